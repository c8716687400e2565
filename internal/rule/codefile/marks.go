package codefile

import (
	"cmp"
	"crypto/sha256"
	"slices"
)

const (
	// MostMarks is how many right lines a file may have, those that come again with them.
	MostMarks = MostCodes + MostListed
	// perRound is how many lines are looked at together.
	perRound = 1 << 17
)

// Rounds is how often a file with so many right lines is read to find those that come again.
func Rounds(lines int64) int { return int((lines + perRound - 1) / perRound) }

// mark is a code by its digest: so short that many of them need little room, and so long that two
// codes never meet.
type mark struct {
	digest [12]byte
	line   uint32
}

// Marks finds which lines of a file come again, a part of the codes in each round: the memory that it
// takes is that of one round.
type Marks struct {
	rounds, round int
	list          []mark
	repeats       []Repeat
}

// NewMarks is for a file that is read so many times.
func NewMarks(rounds int) *Marks { return &Marks{rounds: rounds, list: make([]mark, 0, perRound)} }

// Add notes a line that is right by itself; the same code belongs to the same round each time.
func (m *Marks) Add(l Line) {
	if spread(l.Text)%m.rounds != m.round {
		return
	}
	digest := sha256.Sum256([]byte(l.Text))
	one := mark{line: uint32(l.Number)} //nolint:gosec // a file has fewer bytes
	copy(one.digest[:], digest[:])
	m.list = append(m.list, one)
}

// spread spreads codes over rounds.
func spread(text string) int {
	const (
		offset = 2166136261
		prime  = 16777619
	)
	h := uint32(offset)
	for i := range len(text) {
		h = (h ^ uint32(text[i])) * prime
	}
	return int(h >> 1)
}

// Repeat is a line that has the code of an earlier one.
type Repeat struct{ Line, First uint32 }

// Next ends a round.
func (m *Marks) Next() {
	slices.SortFunc(m.list, func(a, b mark) int {
		return cmp.Or(slices.Compare(a.digest[:], b.digest[:]), cmp.Compare(a.line, b.line))
	})
	first := 0
	for i := 1; i < len(m.list); i++ {
		if m.list[i].digest != m.list[first].digest {
			first = i
			continue
		}
		m.repeats = append(m.repeats, Repeat{m.list[i].line, m.list[first].line})
	}
	m.round, m.list = m.round+1, m.list[:0]
}

// Repeats returns the lines that come again, in their order, when all rounds are over.
func (m *Marks) Repeats() []Repeat {
	slices.SortFunc(m.repeats, func(a, b Repeat) int { return cmp.Compare(a.Line, b.Line) })
	return m.repeats
}
