package trail

import "github.com/favord/favord/internal/rule/merchant"

// Flaw is what is wrong with a chain.
type Flaw string

// The flaws of a chain. Each is said about a place.
const (
	// Whole is no flaw.
	Whole Flaw = ""
	// FlawMissing is a place without an entry, or an entry behind which the chain should go on.
	FlawMissing Flaw = "MISSING"
	// FlawAltered is an entry that is not what was sealed at its place.
	FlawAltered Flaw = "ALTERED"
	// FlawAdded is an entry that nobody sealed: at a place that is taken, or behind the end.
	FlawAdded Flaw = "ADDED"
	// FlawRewritten is a chain that is sound and not the one that somebody has seen.
	FlawRewritten Flaw = "REWRITTEN"
)

// Chain follows the audit of one merchant from its first entry on.
type Chain struct {
	Owner merchant.ID
	// Last is the seal of the last entry that was looked at, as it is stored.
	Last Seal
	// Entries is how many there were.
	Entries int64
}

// Next looks at the next sealed entry, in the order of places, and says what is wrong at which
// place. Then it goes on behind the entry as it is stored, so that one flaw is found once.
func (c *Chain) Next(e *Entry) (Flaw, int64) {
	want := c.Last.Place + 1
	c.Entries++
	flaw, at := Whole, e.Seal.Place
	switch {
	case e.Seal.Place > want:
		flaw, at = FlawMissing, want
	case e.Seal.Place < want:
		flaw = FlawAdded
	case e.SealAt(c.Last) != e.Seal:
		flaw = FlawAltered
	}
	if e.Seal.Place >= want {
		c.Last = e.Seal
	}
	return flaw, at
}

// End compares the end of the chain with its head.
func (c *Chain) End(head Seal) (Flaw, int64) {
	switch {
	case c.Last.Place < head.Place:
		return FlawMissing, c.Last.Place + 1
	case c.Last.Place > head.Place:
		return FlawAdded, head.Place + 1
	case c.Last != head:
		return FlawAltered, head.Place
	}
	return Whole, 0
}
