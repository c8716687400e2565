package pgstore

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/favord/favord/internal/base/planted"
	"github.com/favord/favord/internal/store"
)

// maxAttempts is how often a transaction runs that met another one in a deadlock.
const maxAttempts = 5

// Write implements store.Store. Rows that fn locks change for nobody else until the commit;
// a transaction that PostgreSQL gave up in favour of another one runs again.
func (s *Store) Write(ctx context.Context, fn func(store.Tx) error) error {
	for attempt := 1; ; attempt++ {
		again, err := s.attempt(ctx, fn)
		s.noteFull(err)
		if err == nil || !again || attempt == maxAttempts {
			return err
		}
		if err := pause(ctx, attempt); err != nil {
			return err
		}
	}
}

// attempt runs a transaction once. It reports whether another attempt may succeed: only when
// the server gave it up before the commit.
func (s *Store) attempt(ctx context.Context, fn func(store.Tx) error) (again bool, err error) {
	t, err := s.begin(ctx, "begin isolation level read committed, read write")
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, s.end(ctx, t)) }()
	if err = fn(t); err == nil && t.judged {
		err = t.flush(ctx)
	}
	if err := t.outcome(err); err != nil {
		return isConflict(t.failed), err
	}
	if !t.begun && t.pipeline.Len() == 1 {
		return false, nil // it asked for nothing
	}
	err = t.commit(ctx)
	if err == nil {
		s.commits.Add(1)
	}
	if t.failed != nil {
		return isConflict(t.failed), err
	}
	if err == nil || errors.Is(err, store.ErrUnclear) {
		s.ear.tell(t.changed)
	}
	return false, err
}

// pause waits a moment that is hard to foretell, longer after each attempt.
func pause(ctx context.Context, attempt int) error {
	most := big.NewInt(int64(time.Millisecond) << attempt)
	wait, err := rand.Int(rand.Reader, most)
	if err != nil {
		return fmt.Errorf("random pause: %w", err)
	}
	timer := time.NewTimer(time.Duration(wait.Int64()))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// errRolledBack reports a commit to which the server answered that it rolled back.
var errRolledBack = errors.New("pgstore: the server rolled the transaction back")

// commit makes the transaction durable, whatever happens to the caller. It travels with the
// changes that wait: without a Sync between them the server skips all that follows an error,
// the commit, too. So an error that it sends before it came to the commit is a rollback for
// certain. Otherwise, unless the server says so without reservation, nobody knows whether it
// committed: a warning means that it did not wait for its standby.
func (t *tx) commit(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerWithin)
	defer cancel()
	conn := t.conn.Conn()
	forgetWarning(conn.PgConn())
	pipeline, reached, answer := t.pipeline, t.pipeline.Len() == 0, ""
	if n := pipeline.Len(); n > 0 {
		pipeline.QueuedQueries[n-1].Exec(func(pgconn.CommandTag) error {
			reached = true
			return nil
		})
	}
	pipeline.Queue("commit").Exec(func(tag pgconn.CommandTag) error {
		answer = tag.String()
		return nil
	})
	t.pipeline, t.begun = &pgx.Batch{}, true
	err := conn.SendBatch(ctx, pipeline).Close()
	warning := warningOf(conn.PgConn())
	switch {
	case err != nil && pgconn.SafeToRetry(err):
		return fmt.Errorf("commit was not sent: %w", err)
	case err != nil && !reached && codeOf(err) != "":
		t.failed = translate(err)
		return t.failed
	case err != nil:
		return errors.Join(store.ErrUnclear, fmt.Errorf("commit: %w", err))
	case answer == "ROLLBACK":
		t.begun = false
		return errRolledBack
	case answer != "COMMIT" || warning != nil && !planted.PostgresAlone.In():
		return errors.Join(store.ErrUnclear, fmt.Errorf("commit: %s %w", answer, errors.Join(warning)))
	}
	t.begun = false
	return nil
}

// warningKey is where a connection keeps the last warning of its server.
const warningKey = "favord.warning"

// noteWarning keeps what the server says besides its answers.
func noteWarning(conn *pgconn.PgConn, n *pgconn.Notice) {
	conn.CustomData()[warningKey] = (*pgconn.PgError)(n)
}

func forgetWarning(conn *pgconn.PgConn) { delete(conn.CustomData(), warningKey) }

func warningOf(conn *pgconn.PgConn) error {
	if warning, is := conn.CustomData()[warningKey].(*pgconn.PgError); is {
		return warning
	}
	return nil
}
