package call

import (
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/internal/server"
	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/example"
)

const headerSerial = apiv3.HeaderSerial

// script writes calls as commands of a shell, which may be run as they stand.
type script struct {
	*term.Command
	b      strings.Builder
	values *example.Values
	// env are the words that name the environment, with a blank before them.
	env string
	// serial names a key of the platform.
	serial string
}

// printScript prints an example with all that comes before it.
func (x *Example) printScript(c *term.Command, op *wire.Operation, one *example.Example, v *example.Values, e *sandbox.Environment) error {
	s := &script{Command: c, values: v, serial: quote(term.OrElse(e.PublicKeyID, e.PlatformSerialNo))}
	if x.EnvFile != "" {
		s.env = " --env " + quote(x.EnvFile)
	}
	if s.serial == quote("") {
		s.serial = `"$FAVORD_PUBLIC_KEY_ID"`
	}
	s.begin(one, e)
	operations := map[string]wire.Operation{}
	for _, known := range server.Operations() {
		operations[known.ID] = known
	}
	for i := range one.Before {
		step := &one.Before[i]
		if step.Advance > 0 {
			s.advance(step.Advance)
			continue
		}
		before := operations[step.Call.Operation]
		s.step(&before, step)
	}
	s.title(op)
	s.b.WriteString(s.call(op, one, "") + "\n")
	if _, err := fmt.Fprint(c.Out, s.b.String()); err != nil {
		return fmt.Errorf("example: %w", err)
	}
	if c.Width > 0 {
		c.Say("\n直接执行：favord example %s | sh", "\nTo run it: favord example %s | sh", op.ID)
	}
	return nil
}

// begin writes what a script of more than one command starts with.
func (s *script) begin(one *example.Example, e *sandbox.Environment) {
	if one.Serial && e.MchID == "" {
		s.b.WriteString(`eval "$(favord env)"` + "\n")
	}
	if len(one.Before) > 0 {
		s.b.WriteString("set -e\n")
	}
	if one.Moves() {
		fmt.Fprintf(&s.b, "trap 'favord clock resume%s >/dev/null' EXIT\n", strings.ReplaceAll(s.env, "'", `'\''`))
	}
}

// title says what a command does.
func (s *script) title(op *wire.Operation) {
	fmt.Fprintf(&s.b, "# %s  %s\n", s.Choose(op.Title.ZH, op.Title.EN), op.ID)
}

func (s *script) advance(by time.Duration) {
	what := s.Choose("业务时间前移（仅沙箱）", "Business time moves on (sandbox only)")
	fmt.Fprintf(&s.b, "# %s\nfavord clock advance %s%s >/dev/null\n", what, span(by), s.env)
}

// span writes a duration as `favord clock` reads it.
func span(d time.Duration) string {
	const day = 24 * time.Hour
	if d%day == 0 {
		return fmt.Sprintf("%dd", d/day)
	}
	return strings.TrimSuffix(d.String(), "0s")
}

// step writes a call that comes before, and keeps what is needed of its answer.
func (s *script) step(op *wire.Operation, step *example.Step) {
	s.title(op)
	if step.Keep == "" {
		s.b.WriteString(s.call(op, &step.Call, " >/dev/null") + "\n")
		return
	}
	written := s.call(op, &step.Call, " --pick "+quoteIfNeeded(step.From))
	if strings.Contains(written, "\n") {
		written += "\n"
	}
	fmt.Fprintf(&s.b, "%s=$(%s)\n", step.Keep, written)
}

// call writes one call; more stands at the end of its first line.
func (s *script) call(op *wire.Operation, one *example.Example, more string) string {
	if one.File != nil {
		encoded := base64.StdEncoding.EncodeToString(one.File)
		return fmt.Sprintf("printf %%s %s | base64 -d >example.png\nfavord images upload example.png%s%s", quote(encoded), s.env, more)
	}
	r := one.Request(op, s.values)
	line := fmt.Sprintf("favord %s %s", strings.ToLower(r.Method), quoteOpen(r.Target))
	headers := make([]string, len(r.Header))
	for i, h := range r.Header {
		headers[i] = " --header " + quoteOpen(h[0]+": "+h[1])
	}
	line += strings.Join(headers, "")
	if one.Serial {
		line += " --serial " + s.serial
	}
	line += s.env
	if r.Body == nil {
		return line + more
	}
	mark := "'EOF'"
	if isOpen(string(r.Body)) {
		mark = "EOF" // so that the shell fills it in
	}
	return fmt.Sprintf("%s -f -%s <<%s\n%s\nEOF", line, more, mark, r.Body)
}

// isOpen reports a text with values that a shell has to fill in.
func isOpen(text string) bool { return strings.Contains(text, "${") }

func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// quoteOpen quotes a text so that a shell fills in what is open.
func quoteOpen(text string) string {
	if isOpen(text) {
		return `"` + text + `"`
	}
	return quoteIfNeeded(text)
}

func quoteIfNeeded(text string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-:"
	if text != "" && strings.Trim(text, plain) == "" {
		return text
	}
	return quote(text)
}
