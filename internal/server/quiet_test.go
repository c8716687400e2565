package server_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/telemetry"
	"github.com/favord/favord/internal/platform/audit"
	"github.com/favord/favord/internal/platform/notify"
	"github.com/favord/favord/internal/platform/retention"
	"github.com/favord/favord/internal/rule/keep"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/memstore"
	"github.com/favord/favord/internal/store/pgtest"
)

// away is a database that nobody reaches.
type away struct{ store.Store }

var errAway = errors.New("the database is away")

func (away) Write(context.Context, func(store.Tx) error) error    { return errAway }
func (away) Read(context.Context, func(store.ReadTx) error) error { return errAway }

// TestADatabaseThatIsAwayCostsAWorkerALineAMinute has everything that works by itself run for ten
// minutes without a database.
func TestADatabaseThatIsAwayCostsAWorkerALineAMinute(t *testing.T) {
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
				calm := telemetry.NewCalm(slog.New(slog.NewTextHandler(&lines, nil)), clock.System{})
				err := run(calm.Logger())(ctx)
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

// TestADatabaseThatIsAwayCostsALineAMinute calls both ports without a database while time stands
// still, and again when a minute has passed. Each failure is a line or in the count of one.
func TestADatabaseThatIsAwayCostsALineAMinute(t *testing.T) {
	t.Parallel()
	for name, begin := range map[string]func(t *testing.T) (database string, lose func(*running) error){
		"sqlite": func(*testing.T) (string, func(*running) error) {
			return "", func(r *running) error { return r.LoseDatabase() }
		},
		"postgres": func(t *testing.T) (string, func(*running) error) {
			cluster, err := pgtest.Start(t.Context(), pgtest.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = cluster.Stop() })
			return cluster.Empty(t), func(*running) error { return cluster.Halt() }
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			database, lose := begin(t)
			log, hand := &shown{}, clock.NewManual(clock.System{}.Now())
			c := freshConfig(t)
			c.Database, c.Connections, c.ManageToken, c.Unlimited, c.Clock = database, 8, canaryToken, true, hand
			c.Log = telemetry.NewLogger(log, telemetry.LogOptions{Access: func() bool { return false }})
			r := start(t, c)
			callers := r.withoutDatabase(t, hand, func() error { return lose(r) })
			const calls = 20
			lines := map[string]int{}
			for minute := range 2 {
				hand.Set(hand.Now().Add(time.Duration(minute) * 2 * time.Minute))
				for range calls {
					for message, call := range callers {
						call(t)
						lines[message] = failures(log.String(), message, "level=ERROR")
					}
				}
				for message, n := range lines {
					if most := causes * (minute + 1); n == 0 || n > most {
						t.Errorf("%d lines of %q in minute %d:\n%s", n, message, minute, log)
					}
				}
			}
			r.stop()
			if err := <-r.ended; err != nil {
				t.Errorf("the server ends with %v", err)
			}
			for message := range callers {
				if told := failures(log.String(), message, "level=ERROR", "status=500") + counted(log.String(), message); told != 2*calls {
					t.Errorf("%d of %d failures of %q are told:\n%s", told, 2*calls, message, log)
				}
			}
		})
	}
}

// causes is how many ways there are for the first calls to see that a database goes away, and for
// all others that it is away.
const causes = 3

// withoutDatabase takes a server's database away and returns calls of both ports that fail since.
func (r *running) withoutDatabase(t *testing.T, now clock.Clock, lose func() error) map[string]func(*testing.T) {
	t.Helper()
	signed, env := r.demo(t, now)
	operator, err := client.NewManagement(client.ManagementConfig{BaseURL: r.ManageURL(), Token: canaryToken})
	if err != nil {
		t.Fatal(err)
	}
	if err := lose(); err != nil {
		t.Fatal(err)
	}
	failing := func(do func(ctx context.Context, method, target string, body []byte) (*client.Response, error), targets ...string) func(*testing.T) {
		turn := 0
		return func(t *testing.T) {
			t.Helper()
			turn++
			answer, _ := do(t.Context(), http.MethodGet, targets[turn%len(targets)], nil)
			if answer == nil || answer.Status != http.StatusInternalServerError {
				t.Fatalf("%s is answered by %+v", targets[turn%len(targets)], answer)
			}
		}
	}
	return map[string]func(*testing.T){
		telemetry.LineRequest: failing(signed.Do, "/v3/marketing/busifavor/stocks/"+demoStock,
			"/v3/marketing/favor/stocks/"+demoStock+"?stock_creator_mchid="+env.MchID),
		telemetry.LineManage: failing(operator.Do, "/manage/v1/stocks?mchid="+env.MchID, "/manage/v1/users"),
	}
}

// failures counts the lines of a message that have all of these.
func failures(log, message string, have ...string) (n int) {
	for line := range strings.Lines(log) {
		matches := strings.Contains(line, " msg="+message+" ")
		for _, part := range have {
			matches = matches && strings.Contains(line, part)
		}
		if matches {
			n++
		}
	}
	return n
}

// counted sums what lines of a message say of those like them.
func counted(log, message string) (sum int) {
	for _, found := range regexp.MustCompile(` msg=`+message+` .*more=(\d+)`).FindAllStringSubmatch(log, -1) {
		n, _ := strconv.Atoi(found[1])
		sum += n
	}
	return sum
}
