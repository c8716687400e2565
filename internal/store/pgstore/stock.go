package pgstore

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/document"
	"github.com/favord/favord/internal/store/row"
)

// Stock uses the unique index stock_by_id.
func (t *tx) Stock(ctx context.Context, id coupon.StockID) (coupon.Stock, error) {
	var found []store.CountedStock
	err := t.rows(ctx, `
		select`+row.StockColumns+`
		from stock
		where stock_id = $1`,
		[]any{id}, row.Into(&found, row.Stocks(&t.store.contents)))
	one, err := row.First(found, err)
	return one.Stock, err
}

// Stocks walks the index stock_by_age backwards.
func (t *tx) Stocks(ctx context.Context, q store.StockQuery) ([]store.CountedStock, error) {
	before, id := store.PageStart(q)
	var list []store.CountedStock
	err := t.rows(ctx, `
		select`+row.StockColumns+`
		from stock
		where (created_at, stock_id) < ($2, $3) and ($1::text = '' or creator_mchid = $1)
		order by created_at desc, stock_id desc
		limit $4`,
		[]any{q.Creator, before, id, q.Limit}, row.Into(&list, row.Stocks(&t.store.contents)))
	return list, err
}

// Counters uses the primary keys of stock and stock_day.
func (t *tx) Counters(ctx context.Context, key coupon.StockKey, on day.Day) (coupon.Counters, error) {
	c := coupon.Counters{Day: on}
	err := t.row(ctx, `
		select s.issued, s.codes, s.free_codes, coalesce((
			select d.issued
			from stock_day d
			where d.creator_mchid = s.creator_mchid and d.stock_id = s.stock_id and d.day = $3), 0)
		from stock s
		where s.creator_mchid = $1 and s.stock_id = $2`,
		[]any{key.Creator, key.ID, int64(on)}, []any{&c.Issued, &c.Codes, &c.FreeCodes, &c.IssuedToday})
	if err != nil {
		return coupon.Counters{}, err
	}
	return c, nil
}

// Held uses the primary key of stock_holder, once for each holder.
func (t *tx) Held(ctx context.Context, keys []store.HolderKey) (map[store.HolderKey]int64, error) {
	held := make(map[store.HolderKey]int64, len(keys))
	if len(keys) == 0 {
		return held, nil
	}
	err := t.rows(ctx, `
		select k.place, h.received
		from unnest($1::text[], $2::text[], $3::bytea[]) with ordinality k (creator, stock, holder, place)
		cross join lateral (
			select received
			from stock_holder
			where creator_mchid = k.creator and stock_id = k.stock and holder = k.holder
			limit 1) h`,
		[]any{
			column(keys, func(k *store.HolderKey) string { return string(k.Stock.Creator) }),
			column(keys, func(k *store.HolderKey) string { return string(k.Stock.ID) }),
			column(keys, func(k *store.HolderKey) []byte { return k.Holder[:] }),
		},
		func(scan row.Scan) error {
			var place, n int64
			err := scan(&place, &n)
			if err == nil {
				held[keys[place-1]] = n
			}
			return err
		})
	return held, err
}

func (t *tx) InsertStock(_ context.Context, s coupon.Stock) error {
	content, err := document.EncodeStock(&s)
	if err != nil {
		return err
	}
	t.later(`
		insert into stock (creator_mchid, stock_id, state, content, created_at)
		values ($1, $2, $3, $4, $5)`,
		s.Creator, s.ID, s.State, string(content), store.Seconds(s.CreatedAt))
	return nil
}

func (t *tx) UpdateStock(_ context.Context, s coupon.Stock) error {
	content, err := document.EncodeStock(&s)
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

// LockStock is LockStocks for one.
func (t *tx) LockStock(ctx context.Context, key coupon.StockKey, on day.Day) (coupon.Stock, coupon.Counters, error) {
	found, err := t.LockStocks(ctx, []coupon.StockKey{key}, on)
	if err != nil {
		return coupon.Stock{}, coupon.Counters{}, err
	}
	locked, exists := found[key]
	if !exists {
		return coupon.Stock{}, coupon.Counters{}, store.ErrNotFound
	}
	return locked.Stock, locked.Counters, nil
}

// LockStocks locks in the order of the keys' values, whatever that of the keys: the join is
// a loop over what it is given. It reads the days in a statement of their own: it must see
// what the transactions committed that held the locks until now, and a join would show what
// was there before.
func (t *tx) LockStocks(ctx context.Context, keys []coupon.StockKey, on day.Day) (map[coupon.StockKey]store.LockedStock, error) {
	keys = slices.SortedFunc(slices.Values(keys), byStockKey)
	locked := make(map[coupon.StockKey]store.LockedStock, len(keys))
	ids := column(keys, func(k *coupon.StockKey) string { return string(k.ID) })
	t.queueListening(column(keys, func(k *coupon.StockKey) merchant.ID { return k.Creator })...)
	t.queue(`
		select s.creator_mchid, s.stock_id, s.state, s.content, s.created_at, s.issued, s.codes, s.free_codes
		from unnest($1::text[]) k (stock)
		join stock s on s.stock_id = k.stock
		for no key update of s`,
		[]any{ids}, func(scan row.Scan) error { return t.scanLocked(scan, keys, on, locked) })
	err := t.rows(ctx, `
		select k.place, d.issued
		from unnest($1::text[], $2::text[]) with ordinality k (creator, stock, place)
		cross join lateral (
			select issued
			from stock_day
			where creator_mchid = k.creator and stock_id = k.stock and day = $3
			limit 1) d`,
		[]any{column(keys, func(k *coupon.StockKey) string { return string(k.Creator) }), ids, int64(on)},
		func(scan row.Scan) error {
			var place, n int64
			if err := scan(&place, &n); err != nil {
				return err
			}
			if one, found := locked[keys[place-1]]; found {
				one.Counters.IssuedToday = n
				locked[keys[place-1]] = one
			}
			return nil
		})
	if err != nil {
		return nil, err
	}
	return locked, nil
}

// scanLocked reads one row of LockStocks. A stock of another merchant counts as none.
func (t *tx) scanLocked(scan row.Scan, keys []coupon.StockKey, on day.Day, locked map[coupon.StockKey]store.LockedStock) error {
	one, err := row.Stock(scan, &t.store.contents)
	if _, wanted := slices.BinarySearchFunc(keys, one.Stock.StockKey, byStockKey); err != nil || !wanted {
		return err
	}
	one.Counters.Day = on
	locked[one.Stock.StockKey] = store.LockedStock(one)
	return nil
}

func byStockKey(a, b coupon.StockKey) int {
	return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Creator, b.Creator))
}

// SetCounters adds to the days what was added since they were read, and compares the sums:
// an insert that meets a row knows nothing of the value that it should find there.
func (t *tx) SetCounters(_ context.Context, changes ...store.CounterChange) error {
	if len(changes) == 0 {
		return nil
	}
	sums := make(map[dayKey]int64, len(changes))
	for i := range changes {
		c := &changes[i]
		if c.Was.Day != c.Is.Day {
			return store.ErrStale
		}
		sums[dayKey{c.Stock.ID, c.Is.Day}] = c.Is.IssuedToday
	}
	whole := func(value func(*store.CounterChange) int64) []int64 { return column(changes, value) }
	creators := column(changes, func(c *store.CounterChange) string { return string(c.Stock.Creator) })
	ids := column(changes, func(c *store.CounterChange) string { return string(c.Stock.ID) })
	t.laterAll(store.ErrStale, len(changes), `
		update stock s
		set issued = k.issued, codes = k.codes, free_codes = k.free_codes
		from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[])
			k (creator, stock, issued, codes, free_codes, was_issued, was_codes, was_free_codes)
		where s.stock_id = k.stock and s.creator_mchid = k.creator
		  and s.issued = k.was_issued and s.codes = k.was_codes and s.free_codes = k.was_free_codes`,
		creators, ids,
		whole(func(c *store.CounterChange) int64 { return c.Is.Issued }),
		whole(func(c *store.CounterChange) int64 { return c.Is.Codes }),
		whole(func(c *store.CounterChange) int64 { return c.Is.FreeCodes }),
		whole(func(c *store.CounterChange) int64 { return c.Was.Issued }),
		whole(func(c *store.CounterChange) int64 { return c.Was.Codes }),
		whole(func(c *store.CounterChange) int64 { return c.Was.FreeCodes }))
	t.queue(`
		insert into stock_day as d (creator_mchid, stock_id, day, issued)
		select *
		from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[])
		on conflict (creator_mchid, stock_id, day) do update
		set issued = d.issued + excluded.issued
		returning d.stock_id, d.day, d.issued`,
		[]any{
			creators, ids,
			whole(func(c *store.CounterChange) int64 { return int64(c.Is.Day) }),
			whole(func(c *store.CounterChange) int64 { return c.Is.IssuedToday - c.Was.IssuedToday }),
		},
		func(scan row.Scan) error {
			var key dayKey
			var sum int64
			err := scan(&key.stock, &key.day, &sum)
			t.expect(sum == sums[key], store.ErrStale)
			return err
		})
	return nil
}

// dayKey is a stock's day; stock ids are unique.
type dayKey struct {
	stock coupon.StockID
	day   day.Day
}

// SetHeld locks the counters in their order. A holder may come more than once; the last
// count stays.
func (t *tx) SetHeld(_ context.Context, held []store.Held) error {
	held = slices.Clone(held)
	slices.Reverse(held)
	slices.SortStableFunc(held, byHolderKey)
	held = slices.CompactFunc(held, func(a, b store.Held) bool { return a.HolderKey == b.HolderKey })
	if len(held) == 0 {
		return nil
	}
	t.later(`
		insert into stock_holder (creator_mchid, stock_id, holder, received)
		select k.creator, k.stock, k.holder, k.received
		from unnest($1::text[], $2::text[], $3::bytea[], $4::bigint[]) k (creator, stock, holder, received)
		on conflict (creator_mchid, stock_id, holder) do update
		set received = excluded.received`,
		column(held, func(h *store.Held) string { return string(h.Stock.Creator) }),
		column(held, func(h *store.Held) string { return string(h.Stock.ID) }),
		column(held, func(h *store.Held) []byte { return h.Holder[:] }),
		column(held, func(h *store.Held) int64 { return h.Count }))
	return nil
}

func byHolderKey(a, b store.Held) int {
	return cmp.Or(
		cmp.Compare(a.Stock.Creator, b.Stock.Creator),
		cmp.Compare(a.Stock.ID, b.Stock.ID),
		bytes.Compare(a.Holder[:], b.Holder[:]))
}
