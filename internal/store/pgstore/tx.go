package pgstore

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/row"
)

// tx implements store.Tx on one connection. Statements wait in a pipeline until something
// must be read or the transaction ends: then they travel together, in one round trip.
// Methods stand in files by aggregate, in the order of the contract.
type tx struct {
	store    *Store
	conn     *pgxpool.Conn
	pipeline *pgx.Batch
	// begun is true when the server knows of the transaction.
	begun bool
	// failed is the first error of a statement. The transaction is lost then.
	failed error
	// judged is true when answers to what waits in the pipeline are to be looked at here: a
	// commit must not travel with it.
	judged bool
	// coupons are those that it has locked, so that they are there.
	coupons map[coupon.Key]bool
	// changed are the merchants whose data others may have cached.
	changed map[merchant.ID]bool
	// listening is known of the merchants that were asked for.
	listening map[merchant.ID]*listening
}

// begin takes a connection. The statement that begins travels with the first that follow.
func (s *Store) begin(ctx context.Context, statement string) (*tx, error) {
	t, err := s.connect(ctx)
	if err != nil {
		return nil, err
	}
	t.later(statement)
	return t, nil
}

// connect takes a connection on which nothing has begun.
func (s *Store) connect(ctx context.Context) (*tx, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	return &tx{store: s, conn: conn, pipeline: &pgx.Batch{}}, nil
}

// end gives the connection back, after undoing what was not committed.
func (s *Store) end(ctx context.Context, t *tx) error {
	defer s.release(t)
	if t.begun && !t.conn.Conn().IsClosed() {
		t.pipeline, t.failed = &pgx.Batch{}, nil
		t.later("rollback")
		if err := t.flush(ctx); err != nil && !t.conn.Conn().IsClosed() {
			return fmt.Errorf("roll back: %w", err)
		}
	}
	return nil
}

// release gives the connection back. One that broke makes those that idle doubtful: the server
// has likely gone, and each of them would cost a caller an error.
func (s *Store) release(t *tx) {
	if t.conn.Conn().IsClosed() {
		s.reset()
	}
	t.conn.Release()
}

// outcome is the error of a transaction whose function ended with err. A function that
// swallowed the server's error lost its transaction all the same.
func (t *tx) outcome(err error) error {
	if t.failed == nil || errors.Is(err, t.failed) {
		return err
	}
	return errors.Join(err, t.failed)
}

// later puts a statement into the pipeline. Its error comes from the next flush.
func (t *tx) later(statement string, args ...any) *pgx.QueuedQuery {
	return t.pipeline.Queue(statement, args...)
}

// laterOne is laterAll for one row.
func (t *tx) laterOne(otherwise error, statement string, args ...any) {
	t.laterAll(otherwise, 1, statement, args...)
}

// laterAll is later for a statement that must change n rows; otherwise is the error of the
// transaction if it does not.
func (t *tx) laterAll(otherwise error, n int, statement string, args ...any) {
	t.judged = true
	t.later(statement, args...).Exec(func(tag pgconn.CommandTag) error {
		t.expect(tag.RowsAffected() == int64(n), otherwise)
		return nil
	})
}

// expect fails the transaction unless something holds. It is no error of the pipeline: the
// driver would forget the statements that it has prepared.
func (t *tx) expect(holds bool, otherwise error) { //nolint:revive // it is a finding, not a flag
	if !holds && t.failed == nil {
		t.failed = otherwise
	}
}

// flush sends the pipeline and waits for all answers: one round trip, and another one for
// statements that this connection has not prepared yet. The caller's cancellation does not
// interrupt it: a transaction is short, and a half-run statement helps nobody.
func (t *tx) flush(ctx context.Context) error {
	if t.failed != nil || t.pipeline.Len() == 0 {
		return t.failed
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerWithin)
	defer cancel()
	pipeline := t.pipeline
	t.pipeline, t.begun, t.judged = &pgx.Batch{}, true, false
	if err := t.conn.SendBatch(ctx, pipeline).Close(); err != nil && t.failed == nil {
		t.failed = translate(err)
	}
	return t.failed
}

// queue puts a query into the pipeline. At the next flush, each is called for every row.
func (t *tx) queue(query string, args []any, each func(scan row.Scan) error) {
	t.judged = true
	t.later(query, args...).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			if err := each(rows.Scan); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}

// rows calls each for every row of a query.
func (t *tx) rows(ctx context.Context, query string, args []any, each func(scan row.Scan) error) error {
	t.queue(query, args, each)
	return t.flush(ctx)
}

// row reads one row into dest, or reports store.ErrNotFound.
func (t *tx) row(ctx context.Context, query string, args, dest []any) error {
	found := false
	err := t.rows(ctx, query, args, func(scan row.Scan) error {
		found = true
		return scan(dest...)
	})
	if err == nil && !found {
		return store.ErrNotFound
	}
	return err
}

// noteChange remembers that others may have cached data of a merchant that is now out of
// date. PostgreSQL tells the other nodes when the transaction commits.
func (t *tx) noteChange(owner merchant.ID) {
	if t.changed[owner] {
		return
	}
	if t.changed == nil {
		t.changed = map[merchant.ID]bool{}
	}
	t.changed[owner] = true
	t.later(`select pg_notify('favord', $1)`, string(owner))
}

// column collects what one parameter of an insert by unnest is: a value of every row.
func column[T, V any](list []T, value func(*T) V) []V {
	values := make([]V, len(list))
	for i := range list {
		values[i] = value(&list[i])
	}
	return values
}

// grouped goes over what belongs together by some key, in the order of the keys: a statement names
// one of them.
func grouped[T any, K comparable](list []T, key func(*T) K, compare func(a, b K) int) iter.Seq2[K, []T] {
	parts := map[K][]T{}
	for i := range list {
		k := key(&list[i])
		parts[k] = append(parts[k], list[i])
	}
	return func(yield func(K, []T) bool) {
		for _, k := range slices.SortedFunc(maps.Keys(parts), compare) {
			if !yield(k, parts[k]) {
				return
			}
		}
	}
}
