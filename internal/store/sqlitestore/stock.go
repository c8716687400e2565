package sqlitestore

import (
	"context"
	"errors"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/rule/coupon"
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
		where stock_id = ?`,
		[]any{id}, row.Into(&found, row.Stocks(t.contents)))
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
		where (created_at, stock_id) < (?2, ?3) and (?1 = '' or creator_mchid = ?1)
		order by created_at desc, stock_id desc
		limit ?4`,
		[]any{q.Creator, before, id, q.Limit}, row.Into(&list, row.Stocks(t.contents)))
	return list, err
}

func (t *tx) Counters(ctx context.Context, key coupon.StockKey, on day.Day) (coupon.Counters, error) {
	c := coupon.Counters{Day: on}
	if err := t.row(ctx, `
		select issued, codes, free_codes
		from stock
		where creator_mchid = ? and stock_id = ?`,
		[]any{key.Creator, key.ID}, []any{&c.Issued, &c.Codes, &c.FreeCodes}); err != nil {
		return coupon.Counters{}, err
	}
	err := t.row(ctx, `
		select issued
		from stock_day
		where creator_mchid = ? and stock_id = ? and day = ?`,
		[]any{key.Creator, key.ID, on}, []any{&c.IssuedToday})
	if errors.Is(err, store.ErrNotFound) {
		return c, nil
	}
	return c, err
}

func (t *tx) Held(ctx context.Context, keys []store.HolderKey) (map[store.HolderKey]int64, error) {
	held := make(map[store.HolderKey]int64, len(keys))
	for _, key := range keys {
		var n int64
		err := t.row(ctx, `
			select received
			from stock_holder
			where creator_mchid = ? and stock_id = ? and holder = ?`,
			[]any{key.Stock.Creator, key.Stock.ID, key.Holder[:]}, []any{&n})
		switch {
		case err == nil:
			held[key] = n
		case !errors.Is(err, store.ErrNotFound):
			return nil, err
		}
	}
	return held, nil
}

func (t *tx) InsertStock(ctx context.Context, s coupon.Stock) error {
	content, err := document.EncodeStock(&s)
	if err != nil {
		return err
	}
	return t.exec(ctx, `
		insert into stock (creator_mchid, stock_id, state, content, created_at)
		values (?, ?, ?, ?, ?)`,
		s.Creator, s.ID, s.State, string(content), store.Seconds(s.CreatedAt))
}

func (t *tx) UpdateStock(ctx context.Context, s coupon.Stock) error {
	t.changed(s.Creator)
	content, err := document.EncodeStock(&s)
	if err != nil {
		return err
	}
	n, err := t.execCount(ctx, `
		update stock
		set state = ?, content = ?
		where creator_mchid = ? and stock_id = ?`,
		s.State, string(content), s.Creator, s.ID)
	if err == nil && n == 0 {
		return store.ErrNotFound
	}
	return err
}

// LockStock needs no lock of its own: there is one writer. It is one query, as every batch
// begins with it.
func (t *tx) LockStock(ctx context.Context, key coupon.StockKey, on day.Day) (coupon.Stock, coupon.Counters, error) {
	var found []store.CountedStock
	err := t.rows(ctx, `
		select`+row.StockColumns+`, coalesce((
			select d.issued
			from stock_day d
			where d.creator_mchid = stock.creator_mchid and d.stock_id = stock.stock_id and d.day = ?), 0)
		from stock
		where creator_mchid = ? and stock_id = ?`,
		[]any{on, key.Creator, key.ID}, row.Into(&found, func(scan row.Scan) (store.CountedStock, error) {
			var today int64
			one, err := row.Stock(scan, t.contents, &today)
			one.Counters.Day, one.Counters.IssuedToday = on, today
			return one, err
		}))
	one, err := row.First(found, err)
	return one.Stock, one.Counters, err
}

func (t *tx) LockStocks(ctx context.Context, keys []coupon.StockKey, on day.Day) (map[coupon.StockKey]store.LockedStock, error) {
	locked := make(map[coupon.StockKey]store.LockedStock, len(keys))
	for _, key := range keys {
		s, c, err := t.LockStock(ctx, key, on)
		switch {
		case err == nil:
			locked[key] = store.LockedStock{Stock: s, Counters: c}
		case !errors.Is(err, store.ErrNotFound):
			return nil, err
		}
	}
	return locked, nil
}

func (t *tx) SetCounters(ctx context.Context, changes ...store.CounterChange) error {
	for i := range changes {
		if err := t.setCounters(ctx, &changes[i]); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) setCounters(ctx context.Context, change *store.CounterChange) error {
	key, was, is := change.Stock, &change.Was, &change.Is
	n, err := t.execCount(ctx, `
		update stock
		set issued = ?, codes = ?, free_codes = ?
		where creator_mchid = ? and stock_id = ?
		  and issued = ? and codes = ? and free_codes = ?`,
		is.Issued, is.Codes, is.FreeCodes, key.Creator, key.ID,
		was.Issued, was.Codes, was.FreeCodes)
	if err != nil {
		return err
	}
	if n != 1 || was.Day != is.Day {
		return store.ErrStale
	}
	n, err = t.execCount(ctx, `
		insert into stock_day (creator_mchid, stock_id, day, issued)
		values (?1, ?2, ?3, ?4)
		on conflict do update
		set issued = ?4
		where issued = ?5`,
		key.Creator, key.ID, is.Day, is.IssuedToday, was.IssuedToday)
	if err == nil && n != 1 {
		return store.ErrStale
	}
	return err
}

func (t *tx) SetHeld(ctx context.Context, held []store.Held) error {
	for _, h := range held {
		if err := t.exec(ctx, `
			insert into stock_holder (creator_mchid, stock_id, holder, received)
			values (?1, ?2, ?3, ?4)
			on conflict do update
			set received = ?4`,
			h.Stock.Creator, h.Stock.ID, h.Holder[:], h.Count); err != nil {
			return err
		}
	}
	return nil
}
