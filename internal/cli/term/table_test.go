package term_test

import (
	"strings"
	"testing"

	"github.com/favord/favord/internal/cli/term"
)

func TestChineseCharactersTakeTwoColumns(t *testing.T) {
	t.Parallel()
	got := term.Table{}.String([]string{"名称", "ID"}, [][]string{{"满10元减5元", "1"}, {"a", "2"}})
	want := "名称         ID\n满10元减5元  1\na            2\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestAWideTableIsWrappedToTheTerminal(t *testing.T) {
	t.Parallel()
	const width = 40
	long := strings.Repeat("满减券 ", 20)
	got := term.Table{Width: width}.String([]string{"ID", "TEXT", "N"}, [][]string{{"1282070000000017", long, "5"}})
	for line := range strings.Lines(got) {
		if term.Width(strings.TrimRight(line, "\n")) > width {
			t.Errorf("a line has %d columns: %q", term.Width(line), line)
		}
	}
	if strings.Count(got, "满减券") != 20 || !strings.Contains(got, "1282070000000017") {
		t.Errorf("something is lost:\n%s", got)
	}
}

func TestOutputThatGoesElsewhereIsNotWrapped(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x ", 400)
	if got := (term.Table{}).String(nil, [][]string{{"a", long}}); strings.Count(got, "\n") != 1 {
		t.Errorf("it has %d lines", strings.Count(got, "\n"))
	}
}

func TestACellCannotSteerTheTerminal(t *testing.T) {
	t.Parallel()
	if got := (term.Table{}).String(nil, [][]string{{"a\x1b[2Jb\u009bc\rd"}}); strings.ContainsAny(got, "\x1b\u009b\r") {
		t.Errorf("it prints %q", got)
	}
}

func TestHeadsAreBoldOnlyWhenAsked(t *testing.T) {
	t.Parallel()
	if got := (term.Table{}).String([]string{"ID"}, nil); strings.Contains(got, "\x1b") {
		t.Errorf("it prints %q", got)
	}
}
