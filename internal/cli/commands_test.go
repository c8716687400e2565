package cli

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/cli/term"
)

var update = flag.Bool("update", false, "write testdata anew")

// Scripts rely on every name: what is missing from the command line, compared with
// testdata/commands.txt, breaks somebody's.
func TestEveryCommandArgumentAndFlagKeepsItsName(t *testing.T) {
	t.Parallel()
	const path = "testdata/commands.txt"
	c := newCommand(true)
	got := strings.Join(c.Grammar.Names(c.Root), "\n") + "\n"
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("the command line changed (-want +got):\n%s", diff)
	}
}

// newCommand is a command line without a terminal, a state and an environment.
func newCommand(english bool) *term.Command {
	c := silent(english)
	tree(c)
	return c
}

// silent is a command line that is not built yet.
func silent(english bool) *term.Command {
	return &term.Command{IO: term.IO{
		In: strings.NewReader(""), Out: &bytes.Buffer{}, Err: &bytes.Buffer{},
		English: english, Clock: clock.System{}, Env: func(string) string { return "" },
	}}
}

// every calls f for each command.
func every(cmd *cobra.Command, f func(cmd *cobra.Command)) {
	f(cmd)
	for _, child := range cmd.Commands() {
		every(child, f)
	}
}
