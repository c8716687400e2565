package codefile_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/rule/codefile"
	"github.com/favord/favord/internal/rule/coupon"
)

// split takes a text apart that comes in pieces of some size.
func split(t *testing.T, text string, size int) (lines []codefile.Line) {
	t.Helper()
	var s codefile.Splitter
	each := func(l codefile.Line) error {
		lines = append(lines, l)
		return nil
	}
	for piece := range slices.Chunk([]byte(text), size) {
		if err := s.Push(piece, each); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.End(each); err != nil {
		t.Fatal(err)
	}
	return lines
}

func TestAFileIsTheSameHoweverItComesInPieces(t *testing.T) {
	t.Parallel()
	text := "\uFEFFA-1\r\nA 2\n\n  \n券码\r\n" + strings.Repeat("x", 2000) + "\nlast"
	want := split(t, text, len(text))
	if len(want) != 7 || want[0].Text != "A-1" || want[6] != (codefile.Line{Number: 7, Text: "last"}) || len(want[5].Text) > 256 {
		t.Errorf("lines %+v", want)
	}
	for size := 1; size < 40; size++ {
		if diff := cmp.Diff(want, split(t, text, size)); diff != "" {
			t.Fatalf("in pieces of %d (-whole +pieces):\n%s", size, diff)
		}
	}
}

func TestALineIsWrongAsAnUploadByTheAPISays(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]codefile.Why{
		"A 2": "", `a-_\/=|9`: "", strings.Repeat("y", 32): "", strings.Repeat("y", 33): codefile.Long, "a,b": codefile.Form,
		strings.Repeat("长", 32): codefile.Form, strings.Repeat("长", 33): codefile.Long, "\xff": codefile.Form, "a\rb": codefile.Form,
	} {
		l := codefile.Line{Number: 1, Text: text}
		if got := l.Wrong(); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	if got := codefile.WrongOf(codefile.Line{Number: 3, Text: "\xff\x00好"}, codefile.Form, 0); got.Text != "\uFFFD\uFFFD好" {
		t.Errorf("it is shown as %q", got.Text)
	}
}

func TestLinesThatComeAgainAreFoundInAnyNumberOfRounds(t *testing.T) {
	t.Parallel()
	var lines []codefile.Line
	for n := range 3000 {
		lines = append(lines, codefile.Line{Number: int64(n + 1), Text: fmt.Sprint("CODE-", n%2990)})
	}
	var want []codefile.Repeat
	for n := range uint32(10) {
		want = append(want, codefile.Repeat{Line: 2991 + n, First: 1 + n})
	}
	for _, rounds := range []int{1, 2, 7} {
		marks := codefile.NewMarks(rounds)
		for range rounds {
			for _, l := range lines {
				marks.Add(l)
			}
			marks.Next()
		}
		if diff := cmp.Diff(want, marks.Repeats()); diff != "" {
			t.Errorf("in %d rounds (-want +got):\n%s", rounds, diff)
		}
	}
	if codefile.Rounds(0) != 0 || codefile.Rounds(1) != 1 || codefile.Rounds(codefile.MostCodes) != 8 {
		t.Error("the rounds are others")
	}
}

func TestWhatIsStoredComesBack(t *testing.T) {
	t.Parallel()
	codes := []coupon.Code{"A", "B 2", "C"}
	if got := codefile.DecodeCodes(codefile.EncodeCodes(codes)); !slices.Equal(got, codes) {
		t.Errorf("codes %q", got)
	}
	lines := []codefile.WrongLine{{Line: 2, Text: `"券`, Why: codefile.Form}, {Line: 3, Text: "A", Why: codefile.Again, First: 1}}
	data, err := codefile.EncodeWrong(lines)
	got, errBack := codefile.DecodeWrong(data)
	if err := errors.Join(err, errBack); err != nil || !slices.Equal(got, lines) {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := codefile.DecodeWrong([]byte("{")); err == nil {
		t.Error("half a list is read")
	}
}

func TestEachPhaseLeadsWhereItMay(t *testing.T) {
	t.Parallel()
	for phase, can := range map[codefile.Phase]struct{ run, pause, works, over bool }{
		codefile.Uploading: {}, codefile.Checking: {works: true}, codefile.Ready: {run: true},
		codefile.Running: {run: true, pause: true, works: true}, codefile.Paused: {run: true, pause: true},
		codefile.Done: {run: true, pause: true, over: true}, codefile.Refused: {over: true},
	} {
		run, pause, is := codefile.Import{Phase: phase}, codefile.Import{Phase: phase}, codefile.Import{Phase: phase}
		if (run.Run() == nil) != can.run || (pause.Pause() == nil) != can.pause || is.Works() != can.works || is.Over() != can.over {
			t.Errorf("%s leads elsewhere", phase)
		}
		now := time.Unix(100, 0)
		is.Worker, is.Until = "node", now
		if is.Free(now) != can.works || is.Free(now.Add(-1)) {
			t.Errorf("%s is free at another time", phase)
		}
	}
}
