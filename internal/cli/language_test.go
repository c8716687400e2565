package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/cobra"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/cli/term"
)

// englishSentence is three words of small letters in a row: more than a name, a value or a command to type.
var englishSentence = regexp.MustCompile(`\b[A-Za-z]?[a-z']+ [a-z']+ [a-z']+\b`)

// typed are the commands that texts quote for people to type.
var typed = regexp.MustCompile(`(?m)favord [a-z-]+( [a-z-]+)*|[<\[(].*?[>\])]|source|man -l -`)

func expectChinese(t *testing.T, what, text string) {
	t.Helper()
	if found := englishSentence.FindString(typed.ReplaceAllString(text, "")); found != "" {
		t.Errorf("%s says in English %q:\n%s", what, found, text)
	}
	if !regexp.MustCompile(`\p{Han}`).MatchString(text) {
		t.Errorf("%s says nothing in Chinese:\n%s", what, text)
	}
}

// said runs a command line in Chinese and returns what it says.
func said(args ...string) (text string, code int) {
	c := silent(false)
	code = Run(context.Background(), args, c.IO)
	return c.Out.(*bytes.Buffer).String() + c.Err.(*bytes.Buffer).String(), code
}

func TestEveryCommandHelpsAndRefusesInChinese(t *testing.T) {
	t.Parallel()
	every(newCommand(false).Root, func(cmd *cobra.Command) {
		if cmd.Hidden {
			return
		}
		path := strings.Fields(cmd.CommandPath())[1:]
		for _, wrong := range [][]string{{"--no-such-flag"}, {"-Z"}, {"--env"}, {"too", "many", "words", "in", "a", "line"}} {
			if wrong[0] == "--env" && cmd.Flags().Lookup("env") == nil || wrong[0] == "too" && takesMore(cmd) {
				continue
			}
			text, code := said(append(append([]string{}, path...), wrong...)...)
			expectChinese(t, cmd.CommandPath()+" "+wrong[0], text)
			if code != term.ExitUsage {
				t.Errorf("%s %v ends with %d", cmd.CommandPath(), wrong, code)
			}
		}
		text, code := said(append(path, "--help")...)
		expectChinese(t, cmd.CommandPath()+" --help", text)
		if code != term.ExitDone {
			t.Errorf("%s --help ends with %d", cmd.CommandPath(), code)
		}
	})
}

// takesMore reports a command that takes any number of words.
func takesMore(cmd *cobra.Command) bool { return strings.Contains(cmd.Use, "...") }

func TestAnEnglishSentenceIsFound(t *testing.T) {
	t.Parallel()
	c := newCommand(true)
	for _, text := range []string{
		c.Grammar.Guide(c.Root, term.Table{}), c.Sentence(context.DeadlineExceeded), "参数有误：flag needs an argument", "favord: arguments are missing: expected <stock>",
	} {
		if englishSentence.FindString(typed.ReplaceAllString(text, "")) == "" {
			t.Errorf("it is not found in %q", text)
		}
	}
}

func TestWithoutACommandTheGuideIsShown(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{}, {"help"}, {"--help"}} {
		text, code := said(args...)
		expectChinese(t, fmt.Sprint(args), text)
		if code != term.ExitDone || !strings.Contains(text, "入门") {
			t.Errorf("%v ends with %d and says %s", args, code, text)
		}
	}
	if text, code := said("--version"); code != term.ExitDone || !strings.HasPrefix(text, "favord ") {
		t.Errorf("--version ends with %d and says %s", code, text)
	}
}

func TestTheManualIsInChinese(t *testing.T) {
	t.Parallel()
	text, code := said("man")
	expectChinese(t, "man", strings.ReplaceAll(text, `\-`, "-"))
	if code != term.ExitDone {
		t.Errorf("it ends with %d", code)
	}
}

func TestFailuresOfNetworkAndFilesAreSaidInChinese(t *testing.T) {
	t.Parallel()
	c := newCommand(false)
	for name, err := range map[string]error{
		"refused":    &client.TransportError{Method: "GET", Path: "/v3/x", Err: syscall.ECONNREFUSED},
		"cut":        &client.TransportError{Method: "GET", Path: "/v3/x", Sent: true, Err: errors.New("unexpected EOF")},
		"unverified": &client.VerificationError{Status: 200, Serial: "1", RequestID: "2", Err: errors.New("no such platform key")},
		"no file":    fmt.Errorf("body: %w", &fs.PathError{Op: "open", Path: "x.json", Err: fs.ErrNotExist}),
		"not mine":   fmt.Errorf("body: %w", &fs.PathError{Op: "open", Path: "x.json", Err: fs.ErrPermission}),
		"too long":   context.DeadlineExceeded,
		"port":       fmt.Errorf("listen: %w", os.NewSyscallError("bind", syscall.EADDRINUSE)),
		"disk":       fmt.Errorf("backup: %w", &fs.PathError{Op: "write", Path: "x.json", Err: syscall.ENOSPC}),
		"directory":  &fs.PathError{Op: "read", Path: "x", Err: syscall.EISDIR},
		"there":      &fs.PathError{Op: "open", Path: "x", Err: syscall.EEXIST},
	} {
		expectChinese(t, name, c.Sentence(err))
	}
}
