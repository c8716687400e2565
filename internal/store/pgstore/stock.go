package pgstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/favord/favord/internal/coupon"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/user"
)

// Stock uses the unique index stock_by_id.
func (t *tx) Stock(ctx context.Context, id coupon.StockID) (coupon.Stock, error) {
	s := coupon.Stock{StockKey: coupon.StockKey{ID: id}}
	found := false
	err := t.rows(ctx, `
		select creator_mchid, state, content, created_at
		from stock
		where stock_id = $1`,
		[]any{id}, func(rows pgx.Rows) error {
			found = true
			var content pgtype.DriverBytes
			var created int64
			if err := rows.Scan(&s.Creator, &s.State, &content, &created); err != nil {
				return err
			}
			return t.fill(&s, content, created)
		})
	if err == nil && !found {
		err = store.ErrNotFound
	}
	if err != nil {
		return coupon.Stock{}, err
	}
	return s, nil
}

// fill completes a stock whose key and state are known.
func (t *tx) fill(s *coupon.Stock, content []byte, created int64) error {
	s.CreatedAt = toTime(created)
	if err := t.store.contents.Decode(content, s); err != nil {
		return fmt.Errorf("stock %s: %w", s.ID, err)
	}
	return nil
}

// Counters uses the primary keys of stock and stock_day.
func (t *tx) Counters(ctx context.Context, key coupon.StockKey, day coupon.Day) (coupon.Counters, error) {
	c := coupon.Counters{Day: day}
	err := t.row(ctx, `
		select s.issued, s.codes, s.free_codes, coalesce((
			select d.issued
			from stock_day d
			where d.creator_mchid = s.creator_mchid and d.stock_id = s.stock_id and d.day = $3), 0)
		from stock s
		where s.creator_mchid = $1 and s.stock_id = $2`,
		[]any{key.Creator, key.ID, int64(day)}, []any{&c.Issued, &c.Codes, &c.FreeCodes, &c.IssuedToday})
	if err != nil {
		return coupon.Counters{}, err
	}
	return c, nil
}

// Held uses the primary key of stock_holder, once for each holder.
func (t *tx) Held(ctx context.Context, key coupon.StockKey, holders []user.ID) (map[user.ID]int64, error) {
	held := make(map[user.ID]int64, len(holders))
	if len(holders) == 0 {
		return held, nil
	}
	err := t.rows(ctx, `
		select h.holder, h.received
		from unnest($3::bytea[]) k (holder)
		cross join lateral (
			select holder, received
			from stock_holder
			where creator_mchid = $1 and stock_id = $2 and holder = k.holder
			limit 1) h`,
		[]any{key.Creator, key.ID, column(holders, rawID)},
		func(rows pgx.Rows) error {
			var holder pgtype.DriverBytes
			var n int64
			err := rows.Scan(&holder, &n)
			held[toID(holder)] = n
			return err
		})
	return held, err
}

// rawID is the stored form of an account.
func rawID(id *user.ID) []byte { return id[:] }

func (t *tx) InsertStock(_ context.Context, s coupon.Stock) error {
	content, err := store.EncodeStock(&s)
	if err != nil {
		return err
	}
	t.later(`
		insert into stock (creator_mchid, stock_id, state, content, created_at)
		values ($1, $2, $3, $4, $5)`,
		s.Creator, s.ID, s.State, string(content), toUnix(s.CreatedAt))
	return nil
}

func (t *tx) UpdateStock(_ context.Context, s coupon.Stock) error {
	content, err := store.EncodeStock(&s)
	if err != nil {
		return err
	}
	t.noteChange(s.Creator)
	t.laterOne(store.ErrNotFound, `
		update stock
		set state = $3, content = $4
		where creator_mchid = $1 and stock_id = $2`,
		s.Creator, s.ID, s.State, string(content))
	return nil
}

// LockStock reads the day in a statement of its own: it must see what the transaction
// committed that held the lock until now, and a join would show what was there before.
func (t *tx) LockStock(ctx context.Context, key coupon.StockKey, day coupon.Day) (coupon.Stock, coupon.Counters, error) {
	s, c := coupon.Stock{StockKey: key}, coupon.Counters{Day: day}
	found := false
	t.queue(`
		select state, content, created_at, issued, codes, free_codes
		from stock
		where creator_mchid = $1 and stock_id = $2
		for no key update`,
		[]any{key.Creator, key.ID}, func(rows pgx.Rows) error {
			found = true
			var content pgtype.DriverBytes
			var created int64
			if err := rows.Scan(&s.State, &content, &created, &c.Issued, &c.Codes, &c.FreeCodes); err != nil {
				return err
			}
			return t.fill(&s, content, created)
		})
	err := t.row(ctx, `
		select issued
		from stock_day
		where creator_mchid = $1 and stock_id = $2 and day = $3`,
		[]any{key.Creator, key.ID, int64(day)}, []any{&c.IssuedToday})
	if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	if err == nil && !found {
		err = store.ErrNotFound
	}
	if err != nil {
		return coupon.Stock{}, coupon.Counters{}, err
	}
	return s, c, nil
}

func (t *tx) SetCounters(_ context.Context, key coupon.StockKey, was, is coupon.Counters) error {
	if was.Day != is.Day {
		return store.ErrStale
	}
	t.laterOne(store.ErrStale, `
		update stock
		set issued = $3, codes = $4, free_codes = $5
		where creator_mchid = $1 and stock_id = $2
		  and issued = $6 and codes = $7 and free_codes = $8`,
		key.Creator, key.ID, is.Issued, is.Codes, is.FreeCodes, was.Issued, was.Codes, was.FreeCodes)
	t.laterOne(store.ErrStale, `
		insert into stock_day (creator_mchid, stock_id, day, issued)
		values ($1, $2, $3, $4)
		on conflict (creator_mchid, stock_id, day) do update
		set issued = excluded.issued
		where stock_day.issued = $5`,
		key.Creator, key.ID, int64(is.Day), is.IssuedToday, was.IssuedToday)
	return nil
}

// SetHeld locks the counters in their order. A holder may come more than once; the last
// count stays.
func (t *tx) SetHeld(_ context.Context, key coupon.StockKey, held []store.Held) error {
	held = slices.Clone(held)
	slices.Reverse(held)
	byHolder := func(a, b store.Held) int { return bytes.Compare(a.Holder[:], b.Holder[:]) }
	slices.SortStableFunc(held, byHolder)
	held = slices.CompactFunc(held, func(a, b store.Held) bool { return a.Holder == b.Holder })
	if len(held) == 0 {
		return nil
	}
	t.later(`
		insert into stock_holder (creator_mchid, stock_id, holder, received)
		select $1, $2, k.holder, k.received
		from unnest($3::bytea[], $4::bigint[]) k (holder, received)
		on conflict (creator_mchid, stock_id, holder) do update
		set received = excluded.received`,
		key.Creator, key.ID,
		column(held, func(h *store.Held) []byte { return h.Holder[:] }),
		column(held, func(h *store.Held) int64 { return h.Count }))
	return nil
}
