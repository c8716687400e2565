package pgstore

import (
	"context"
	"hash/fnv"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
)

// Who listens is read under an advisory lock, one for the callbacks of each merchant: a
// transaction whose events depend on them shares it, one that sets a callback has it alone. A
// row cannot be locked that is not there yet.

// callbackLock is the class of these locks: "call" in ASCII.
const callbackLock = 0x63616c6c

// lockOf is the lock of a merchant's callbacks. Those of two merchants may be the same: they
// wait for each other then.
func lockOf(owner merchant.ID) int32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(owner))
	return int32(h.Sum32()) //nolint:gosec // every number will do
}

// listening is which callbacks of a merchant are on, once the answer has arrived.
type listening struct {
	arrived bool
	on      []merchant.Product
}

// queueListening has the next round trip bring which callbacks of the owners are on, unless
// that was asked before. All transactions lock in one order.
func (t *tx) queueListening(owners ...merchant.ID) {
	for _, owner := range slices.Compact(slices.Sorted(slices.Values(owners))) {
		if t.listening[owner] != nil {
			continue
		}
		if t.listening == nil {
			t.listening = map[merchant.ID]*listening{}
		}
		l := &listening{}
		t.listening[owner] = l
		t.later(`select pg_advisory_xact_lock_shared($1, $2)`, int32(callbackLock), lockOf(owner))
		t.later(`
			select product
			from callback
			where creator_mchid = $1 and is_on`,
			owner).Query(func(rows pgx.Rows) (err error) {
			l.on, err = pgx.CollectRows(rows, pgx.RowTo[merchant.Product])
			l.arrived = err == nil
			return err
		})
	}
}

// askListening is queueListening that waits for the answer, if it must.
func (t *tx) askListening(ctx context.Context, owners ...merchant.ID) error {
	t.queueListening(owners...)
	if slices.ContainsFunc(owners, func(owner merchant.ID) bool { return !t.listening[owner].arrived }) {
		return t.flush(ctx)
	}
	return nil
}

// Listens uses the primary key of callback.
func (t *tx) Listens(ctx context.Context, key merchant.CallbackKey) (bool, error) {
	if err := t.askListening(ctx, key.Owner); err != nil {
		return false, err
	}
	return slices.Contains(t.listening[key.Owner].on, key.Product), nil
}

func (t *tx) SetCallback(_ context.Context, c merchant.Callback) error {
	delete(t.listening, c.Owner)
	t.later(`select pg_advisory_xact_lock($1, $2)`, int32(callbackLock), lockOf(c.Owner))
	t.later(`
		insert into callback (creator_mchid, product, url, is_on, updated_at)
		values ($1, $2, $3, $4, $5)
		on conflict (creator_mchid, product) do update
		set url = excluded.url, is_on = excluded.is_on, updated_at = excluded.updated_at`,
		c.Owner, c.Product, c.URL, c.On, store.Seconds(c.UpdatedAt))
	return nil
}
