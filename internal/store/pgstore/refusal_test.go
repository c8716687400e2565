package pgstore_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/pgstore"
	"github.com/favord/favord/internal/store/pgtest"
)

// refuses looks that a database is not opened, with a sentence, and left as it was.
func refuses(t *testing.T, dsn, says string) {
	t.Helper()
	s, err := pgstore.Open(t.Context(), pgstore.Options{DSN: dsn, Mode: store.Sandbox})
	if err == nil {
		_ = s.Close()
	}
	expectSentence(t, err, says)
}

func expectSentence(t *testing.T, err error, says string) {
	t.Helper()
	refusal := fault.Of(err)
	if err == nil || refusal.Kind != fault.Refused || !strings.Contains(refusal.Text.EN, says) || refusal.Text.ZH == "" {
		t.Errorf("gives %v, want a sentence with %q", err, says)
	}
	if strings.Contains(refusal.Text.EN+refusal.Text.ZH, "\n") || strings.Contains(refusal.Text.EN+refusal.Text.ZH, "%!") {
		t.Errorf("is no sentence: %q %q", refusal.Text.EN, refusal.Text.ZH)
	}
}

// relations counts what is in a database.
func relations(t *testing.T, dsn string) int {
	t.Helper()
	return ask[int](t, dsn, "select count(*) from pg_class where relnamespace = 'public'::regnamespace")
}

func TestADatabaseThatIsNotOursToUseIsRefusedInOneSentence(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		prepare string
		says    string
	}{
		"newer": {"update meta set value = '99' where name = 'schema'", "newer release"},
		"mode":  {"update meta set value = 'production' where name = 'mode'", "is for production"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dsn := engines.Database(t)
			exec(t, dsn, c.prepare)
			before := relations(t, dsn)
			refuses(t, dsn, c.says)
			if after := relations(t, dsn); after != before {
				t.Errorf("%d relations, %d before", after, before)
			}
		})
	}
	t.Run("another program's", func(t *testing.T) {
		t.Parallel()
		dsn := pgtest.Shared(t).Empty(t)
		exec(t, dsn, "create table meta (name text, value text)")
		refuses(t, dsn, "another program's tables")
		if n := relations(t, dsn); n != 1 {
			t.Errorf("%d relations after the refusal", n)
		}
	})
	t.Run("no UTF-8", func(t *testing.T) {
		t.Parallel()
		shared := pgtest.Shared(t)
		if err := shared.Exec(t.Context(), "postgres", "create database latin template template0 encoding latin1"); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = shared.DropDatabase(context.Background(), "latin") })
		refuses(t, shared.DSN("latin"), "needs UTF8")
	})
}

func TestAServerThatLetsNobodyInIsNamedInOneSentence(t *testing.T) {
	t.Parallel()
	shared := pgtest.Shared(t)
	dsn := shared.Empty(t)
	for _, statement := range []string{
		"create role narrow login password 'secret' connection limit 0",
		"create role lowly login password 'secret'",
	} {
		exec(t, dsn, statement)
	}
	t.Cleanup(func() { // roles are the cluster's
		if err := shared.Exec(context.Background(), "postgres", "drop role narrow, lowly"); err != nil {
			t.Error(err)
		}
	})
	as := func(user, password string) string {
		return with(t, dsn, func(u *url.URL) { u.User = url.UserPassword(user, password) })
	}
	refuses(t, as("favord", "wrong"), "does not let user favord in")
	refuses(t, as("narrow", "secret"), "has no connection left")
	refuses(t, as("lowly", "secret"), "may not create tables")
	refuses(t, shared.DSN("nowhere"), "has no database nowhere")
	refuses(t, with(t, dsn, func(u *url.URL) { u.Host = "127.0.0.1:1" }), "server 127.0.0.1:1 cannot be reached")
	refuses(t, with(t, dsn, func(u *url.URL) { u.Host = "127.0.0.1:1,127.0.0.1:2" }), "server 127.0.0.1:1, 127.0.0.1:2 cannot be reached")
	refuses(t, "postgres://%zz", "is malformed")
	exec(t, dsn, "do $$ begin execute format('alter database %I set default_transaction_read_only = on', current_database()); end $$")
	refuses(t, dsn, "accepts no changes")
	refuses(t, dsn+"&target_session_attrs=any", "accepts no changes")
}

// TestUnsafeSettingsAreRefusedAtTheStartAndLater turns off what durability needs, on a
// cluster of its own.
func TestUnsafeSettingsAreRefusedAtTheStartAndLater(t *testing.T) {
	t.Parallel()
	c := cluster(t)
	dsn := c.DSN("postgres")
	s := mustOpen(t, dsn)
	if err := s.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, setting := range []string{"fsync", "full_page_writes", "synchronous_commit"} {
		for _, value := range []string{"off", "on"} {
			if err := c.Set(t.Context(), map[string]string{setting: value}); err != nil {
				t.Fatal(err)
			}
			awaitSetting(t, c, s, setting, value)
			if value == "off" {
				refuses(t, dsn, "has "+setting+" off")
				expectSentence(t, s.Ready(t.Context()), "has "+setting+" off")
			}
		}
	}
	if err := s.Ready(t.Context()); err != nil {
		t.Errorf("with everything on again: %v", err)
	}
}

// awaitSetting waits until the sessions of a store know of a setting, which they read
// between two statements.
func awaitSetting(t *testing.T, c *pgtest.Cluster, s *pgstore.Store, setting, value string) {
	t.Helper()
	if err := c.Await(t.Context(), "postgres", "select current_setting('"+setting+"') = '"+value+"'"); err != nil {
		t.Fatal(err)
	}
	const most = 10_000 // far more looks than there are sessions
	for looks := 0; (s.Ready(t.Context()) == nil) != (value == "on"); looks++ {
		if looks == most || t.Context().Err() != nil {
			t.Fatalf("with %s %s, readiness stays as it was", setting, value)
		}
	}
}

func TestReadyWantsClocksThatAgree(t *testing.T) {
	t.Parallel()
	dsn := engines.Database(t)
	for offset, want := range map[time.Duration]string{
		0: "", time.Second: "", -time.Second: "",
		time.Hour: "differ by 3", -time.Hour: "differ by 3",
	} {
		s, err := pgstore.Open(t.Context(), pgstore.Options{DSN: dsn, Mode: store.Sandbox, Clock: shifted{clock.System{}, offset}})
		if err != nil {
			t.Fatal(err)
		}
		err = s.Ready(t.Context())
		if want == "" && err != nil {
			t.Errorf("%s off: %v", offset, err)
		} else if want != "" {
			expectSentence(t, err, want)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// shifted is a clock that goes wrong by an offset.
type shifted struct {
	clock.Clock
	by time.Duration
}

func (s shifted) Now() time.Time { return s.Clock.Now().Add(s.by) }
