package server_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/platform/audit"
	"github.com/favord/favord/internal/platform/notify"
	"github.com/favord/favord/internal/platform/retention"
	"github.com/favord/favord/internal/rule/keep"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/memstore"
)

// away is a database that nobody reaches.
type away struct{ store.Store }

var errAway = errors.New("the database is away")

func (away) Write(context.Context, func(store.Tx) error) error    { return errAway }
func (away) Read(context.Context, func(store.ReadTx) error) error { return errAway }

// TestADatabaseThatIsAwayCostsALineAMinute has everything that works by itself run for ten minutes
// without a database.
func TestADatabaseThatIsAwayCostsALineAMinute(t *testing.T) {
	t.Parallel()
	for name, run := range map[string]func(log *slog.Logger) func(context.Context) error{
		"the audit's sealer": func(log *slog.Logger) func(context.Context) error {
			return audit.New(audit.Config{Store: away{memstore.New()}, Clock: clock.System{}, Log: log}).Run
		},
		"deliveries": func(log *slog.Logger) func(context.Context) error {
			return notify.New(notify.Config{
				Store: away{memstore.New()}, Clock: clock.System{}, Business: clock.Same{Source: clock.System{}}, Log: log,
			}).Run
		},
		"what is kept for a while": func(log *slog.Logger) func(context.Context) error {
			return retention.New(retention.Config{Store: away{memstore.New()}, Clock: clock.System{}, Spans: keep.Usual(), Log: log}).Run
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				const minutes = 10
				var lines bytes.Buffer
				ctx, stop := context.WithTimeout(t.Context(), minutes*time.Minute)
				defer stop()
				err := run(slog.New(slog.NewTextHandler(&lines, nil)))(ctx)
				if err != nil && !errors.Is(err, errAway) && !errors.Is(err, context.DeadlineExceeded) {
					t.Error(err)
				}
				if n := strings.Count(lines.String(), "\n"); n < minutes || n > minutes+1 {
					t.Errorf("%d lines in %d minutes:\n%s", n, minutes, &lines)
				}
			})
		})
	}
}
