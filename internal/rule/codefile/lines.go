package codefile

import (
	"bytes"
	"strings"

	"github.com/favord/favord/internal/rule/coupon"
)

// kept is how many bytes of a line are kept: more than any code has.
const kept = 256

// Line is a line of a file, without what ends it.
type Line struct {
	// Number counts from 1, empty lines too.
	Number int64
	// Text is the line, of a long one its beginning.
	Text string
}

// Splitter takes a file apart, whatever pieces it comes in. It keeps no more than the beginning of a
// line.
type Splitter struct {
	rest  []byte
	lines int64
}

// Push calls each for every line that ends in a piece.
func (s *Splitter) Push(piece []byte, each func(Line) error) error {
	for {
		end := bytes.IndexByte(piece, '\n')
		if end < 0 {
			s.keep(piece)
			return nil
		}
		s.keep(piece[:end])
		if err := s.line(each); err != nil {
			return err
		}
		piece = piece[end+1:]
	}
}

// End calls each for a last line that nothing ends.
func (s *Splitter) End(each func(Line) error) error {
	if len(s.rest) == 0 {
		return nil
	}
	return s.line(each)
}

func (s *Splitter) keep(piece []byte) {
	s.rest = append(s.rest, piece[:min(len(piece), kept-len(s.rest))]...)
}

func (s *Splitter) line(each func(Line) error) error {
	s.lines++
	text := bytes.TrimSuffix(s.rest, []byte("\r"))
	if s.lines == 1 {
		text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	}
	line := Line{Number: s.lines, Text: string(text)}
	s.rest = s.rest[:0]
	return each(line)
}

// Blank reports a line that is neither right nor wrong.
func (l *Line) Blank() bool { return strings.TrimSpace(l.Text) == "" }

// Why says why a line is not imported.
type Why string

// The reasons.
const (
	// Long has more characters than a code may have, Form others.
	Long Why = "LONG"
	Form Why = "FORM"
	// Again is a code that an earlier line has.
	Again Why = "AGAIN"
)

// Wrong returns what stands against a line by itself, "" for nothing: what an upload by the API says.
func (l *Line) Wrong() Why {
	failed := coupon.Code(l.Text).Fails()
	switch {
	case failed == nil:
		return ""
	case failed.TooLong():
		return Long
	}
	return Form
}

// WrongLine is a line that is not imported.
type WrongLine struct {
	Line int64 `json:"line"`
	// Text is its beginning.
	Text string `json:"text"`
	Why  Why    `json:"why"`
	// First is the earlier line that has the code.
	First int64 `json:"first,omitempty"`
}

// shown is how many characters of a wrong line are shown.
const shown = 60

// WrongOf describes a line that is wrong.
func WrongOf(l Line, why Why, first int64) WrongLine {
	const unreadable = "\uFFFD"
	text := []rune(strings.ReplaceAll(strings.ToValidUTF8(l.Text, unreadable), "\x00", unreadable))
	return WrongLine{Line: l.Number, Text: string(text[:min(len(text), shown)]), Why: why, First: first}
}
