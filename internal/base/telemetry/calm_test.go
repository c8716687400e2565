package telemetry_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/telemetry"
)

// calm is a Calm with what it wrote.
type calm struct {
	*telemetry.Calm
	log   *slog.Logger
	clock *clock.Manual
	text  bytes.Buffer
}

func newCalm() *calm {
	c := &calm{clock: clock.NewManual(time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC))}
	c.Calm = telemetry.NewCalm(telemetry.NewLogger(&c.text, telemetry.LogOptions{}), c.clock)
	c.log = c.Logger()
	return c
}

// lines are those since the last look, without their time.
func (c *calm) lines() (list []string) {
	for line := range strings.Lines(c.text.String()) {
		_, line, _ = strings.Cut(strings.TrimSpace(line), "level=")
		list = append(list, line)
	}
	c.text.Reset()
	return list
}

func (c *calm) expect(t *testing.T, want ...string) {
	t.Helper()
	if got := c.lines(); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the log has\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestWhatFailsAgainAndAgainIsToldOnceAMinute with a count, the first at once, whatever the errors
// are wrapped in and whatever numbers they have.
func TestWhatFailsAgainAndAgainIsToldOnceAMinute(t *testing.T) {
	t.Parallel()
	c := newCalm()
	fail := func(port int) {
		closed := fmt.Errorf("port %d is closed", port)
		c.log.Error("request", slog.Int("n", port), telemetry.Cause(fmt.Errorf("read stock %d: %w", port, closed)))
	}
	for i := range 10 {
		fail(i)
	}
	c.expect(t, `ERROR msg=request n=0 error="read stock 0: port 0 is closed"`)
	c.clock.Set(c.clock.Now().Add(time.Minute))
	for i := range 3 {
		fail(20 + i)
	}
	c.expect(t, `ERROR msg=request n=20 error="read stock 20: port 20 is closed" more=9`)
	c.Tell(t.Context())
	c.expect(t, `ERROR msg=request error="read stock 22: port 22 is closed" more=2`)
	c.Tell(t.Context())
	c.expect(t)
}

// TestCausesAreToldApart by the message and by the innermost errors; lines without one are none of
// its business.
func TestCausesAreToldApart(t *testing.T) {
	t.Parallel()
	c := newCalm()
	for range 2 {
		c.log.Error("request", telemetry.Cause(fmt.Errorf("a: %w", io.EOF)))
		c.log.Error("manage", telemetry.Cause(io.EOF))
		c.log.Warn("request", telemetry.Cause(errors.Join(io.EOF, io.ErrClosedPipe)))
		c.log.With("node", "n").Error("request", telemetry.Cause(io.ErrClosedPipe))
		c.log.Error("panic", slog.Any("error", io.EOF))
	}
	c.expect(t, `ERROR msg=request error="a: EOF"`, `ERROR msg=manage error=EOF`, `WARN msg=request error="EOF\nio: read/write on closed pipe"`,
		`ERROR msg=request node=n error="io: read/write on closed pipe"`, `ERROR msg=panic error=EOF`, `ERROR msg=panic error=EOF`)
}

// TestCausesWithoutEndAreToldAsOne so that no text of an error makes the log or the memory grow.
func TestCausesWithoutEndAreToldAsOne(t *testing.T) {
	t.Parallel()
	const most = 64
	c := newCalm()
	for i := range 10 * most {
		c.log.Error("request", telemetry.Cause(errors.New(strings.Repeat("x", i+1)))) //nolint:err113 // each another
	}
	if n := len(c.lines()); n > most+1 {
		t.Errorf("%d lines", n)
	}
	c.Tell(t.Context())
	if text := strings.Join(c.lines(), "\n"); strings.Count(text, "\n") > most || !strings.Contains(text, "more=") {
		t.Error(text)
	}
}

// TestACountIsToldThoughNothingComesAfterIt and a clock that was set back silences nothing.
func TestACountIsToldThoughNothingComesAfterIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var text bytes.Buffer
		c := telemetry.NewCalm(slog.New(slog.NewTextHandler(&text, nil)), clock.System{})
		for range 5 {
			c.Logger().Error("deliveries", telemetry.Cause(io.EOF))
		}
		ctx, stop := context.WithTimeout(t.Context(), 3*time.Minute)
		defer stop()
		if err := c.Run(ctx); err != nil {
			t.Error(err)
		}
		if got := text.String(); strings.Count(got, "\n") != 2 || !strings.Contains(got, "more=4") {
			t.Error(got)
		}
	})
	c := newCalm()
	for range 2 {
		c.log.Error("request", telemetry.Cause(io.EOF))
		c.clock.Set(c.clock.Now().Add(-time.Hour))
	}
	if n := len(c.lines()); n != 2 {
		t.Errorf("%d lines", n)
	}
}
