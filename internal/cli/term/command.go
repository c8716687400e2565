package term

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/favord/favord/internal/base/clock"
)

// Exit codes.
const (
	ExitDone = 0
	// ExitFailed is a command that could not do what it was told, or an answer
	// that is not a success.
	ExitFailed = 1
	// ExitUsage is a command line that makes no sense.
	ExitUsage = 2
)

// IO is what a command reads, writes and goes by.
type IO struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer
	// English addresses people in English instead of Chinese.
	English bool
	// StateDir is where running sandboxes are found.
	StateDir string
	Clock    clock.Clock
	// Env returns an environment variable, empty when it is not set.
	Env func(name string) string
	// Width is how many columns the terminal has; 0 when the output goes elsewhere.
	Width int
	// Bold makes headings stand out.
	Bold bool
	// Interactive is true when a person sits at the terminal, who can be asked.
	Interactive bool
	// Started is when the process began.
	Started time.Time
	// Hangups returns where it is told that the configuration shall be read again, until the
	// function is called; nil is never.
	Hangups func() (<-chan os.Signal, func())
}

// Command is what every command gets.
type Command struct {
	IO
	Root    *cobra.Command
	Grammar *Grammar
	Ctx     context.Context //nolint:containedctx // one command, one context: it is handed over by the parser.
	// Final is true for a command that does what cannot be taken back.
	Final bool

	// CSV is true for a command that prints rows for a program.
	CSV bool

	// chosen are the environments that the command has asked for.
	chosen map[Whom]chosen
	// typed is the input of a person.
	typed *bufio.Reader
}

// Say prints a line for people: on the error stream, so that the output stays clean.
func (c *Command) Say(zh, en string, args ...any) {
	_, _ = fmt.Fprintf(c.Err, c.Choose(zh, en)+"\n", args...)
}

// Choose returns the text in the language of the user.
func (c *IO) Choose(zh, en string) string {
	if c.English {
		return en
	}
	return zh
}

// Head returns what stands in a table: in the language of the user, but for programs, that read
// CSV, always in English.
func (c *Command) Head(zh, en string) string {
	if c.CSV {
		return en
	}
	return c.Choose(zh, en)
}

// ErrReported ends a command that has already said what is wrong.
var ErrReported = errors.New("reported")

// Report says on the error stream what went wrong, unless the command has.
func (c *Command) Report(err error) {
	if errors.Is(err, ErrReported) {
		return
	}
	_, _ = fmt.Fprintln(c.Err, "favord:", c.Sentence(err))
}

// Ended is how a command ends whose exit code is another program's.
type Ended int //nolint:errname // it says how a command ended

// Error implements error.
func (e Ended) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// Short names a key by its end, which is where two differ.
func Short(serial string) string {
	const shown = 8
	if len(serial) <= shown {
		return serial
	}
	return "…" + serial[len(serial)-shown:]
}

// OrElse is a text, or another one when it is empty.
func OrElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
