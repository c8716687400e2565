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
	var current day.Day
	if err := t.row(ctx, `
		select issued, codes, free_codes, day, day_issued
		from stock
		where creator_mchid = ? and stock_id = ?`,
		[]any{key.Creator, key.ID}, []any{&c.Issued, &c.Codes, &c.FreeCodes, &current, &c.IssuedToday}); err != nil {
		return coupon.Counters{}, err
	}
	if current == on {
		return c, nil
	}
	var err error
	c.IssuedToday, err = t.issuedOn(ctx, key, on)
	return c, err
}

// issuedOn is what was issued on a day that is not the current one.
func (t *tx) issuedOn(ctx context.Context, key coupon.StockKey, on day.Day) (n int64, err error) {
	err = t.row(ctx, `
		select issued
		from stock_day
		where creator_mchid = ? and stock_id = ? and day = ?`,
		[]any{key.Creator, key.ID, on}, []any{&n})
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	return n, err
}

// Given uses the index coupon_by_locator.
func (t *tx) Given(ctx context.Context, keys []store.HolderKey) (map[store.HolderKey][]store.Given, error) {
	given := make(map[store.HolderKey][]store.Given, len(keys))
	for _, key := range keys {
		if _, known := given[key]; known {
			continue
		}
		locator := store.LocatorOf(key)
		if err := t.rows(ctx, `
			select `+row.GivenColumns+`
			from coupon
			where locator = ? and creator_mchid = ?`,
			[]any{locator[:], key.Stock.Creator}, func(scan row.Scan) error {
				found, g, err := row.Given(scan, key.Stock.Creator)
				if found == key {
					given[key] = append(given[key], g)
				}
				return err
			}); err != nil {
			return nil, err
		}
	}
	return given, nil
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

// LockStock needs no lock of its own: there is one writer.
func (t *tx) LockStock(ctx context.Context, key coupon.StockKey, on day.Day) (coupon.Stock, coupon.Counters, error) {
	one, err := t.lockStock(ctx, key, on)
	return one.Stock, one.Counters, err
}

// lockStock is one query, as every batch begins with it.
func (t *tx) lockStock(ctx context.Context, key coupon.StockKey, on day.Day) (store.LockedStock, error) {
	var found []store.LockedStock
	var current day.Day
	if err := t.rows(ctx, `
		select`+row.StockColumns+`, day, day_issued, last_id
		from stock
		where creator_mchid = ? and stock_id = ?`,
		[]any{key.Creator, key.ID}, row.Into(&found, func(scan row.Scan) (store.LockedStock, error) {
			var today, last int64
			one, err := row.Stock(scan, t.contents, &current, &today, &last)
			one.Counters.Day, one.Counters.IssuedToday = on, today
			return store.LockedStock{Stock: one.Stock, Counters: one.Counters, LastID: last}, err
		})); err != nil {
		return store.LockedStock{}, err
	}
	one, err := row.First(found, nil)
	if err == nil && current != on {
		err = t.turn(ctx, key, current, &one.Counters)
	}
	return one, err
}

// turn makes another day the current one of a stock. One that comes again, as clocks differ,
// goes on counting.
func (t *tx) turn(ctx context.Context, key coupon.StockKey, from day.Day, c *coupon.Counters) (err error) {
	ended := c.IssuedToday
	if c.IssuedToday, err = t.issuedOn(ctx, key, c.Day); err != nil {
		return err
	}
	return store.InOrder(
		func() error {
			return t.exec(ctx, `
			delete from stock_day
			where creator_mchid = ? and stock_id = ? and day = ?`, key.Creator, key.ID, c.Day)
		},
		func() error {
			if ended == 0 {
				return nil
			}
			return t.exec(ctx, `
			insert into stock_day (creator_mchid, stock_id, day, issued)
			values (?, ?, ?, ?)`, key.Creator, key.ID, from, ended)
		},
		func() error {
			return t.exec(ctx, `
			update stock
			set day = ?, day_issued = ?
			where creator_mchid = ? and stock_id = ?`, c.Day, c.IssuedToday, key.Creator, key.ID)
		})
}

func (t *tx) LockToIssue(ctx context.Context, ask store.Ask) (store.Locked, error) {
	locked := store.Locked{Stocks: make(map[coupon.StockKey]store.LockedStock, len(ask.Stocks)), Taken: map[coupon.Key]bool{}}
	for _, key := range ask.Stocks {
		one, err := t.lockStock(ctx, key, ask.Day)
		switch {
		case err == nil:
			locked.Stocks[key] = one
		case !errors.Is(err, store.ErrNotFound):
			return locked, err
		}
	}
	for _, key := range ask.Codes {
		found, err := t.exists(ctx, `
			select 1
			from coupon
			where code = ? and stock_id = ? and creator_mchid = ?`, key.Code, key.Stock.ID, key.Stock.Creator)
		if err != nil {
			return locked, err
		}
		if found {
			locked.Taken[key] = true
		}
	}
	var err error
	if locked.Linked, err = t.LinkedAccounts(ctx, ask.Persons); err != nil {
		return locked, err
	}
	locked.Given, err = t.Given(ctx, ask.Holders)
	return locked, err
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
		set issued = ?, codes = ?, free_codes = ?, day_issued = ?, last_id = max(last_id, ?)
		where creator_mchid = ? and stock_id = ?
		  and issued = ? and codes = ? and free_codes = ? and day = ? and day_issued = ?`,
		is.Issued, is.Codes, is.FreeCodes, is.IssuedToday, change.LastID, key.Creator, key.ID,
		was.Issued, was.Codes, was.FreeCodes, was.Day, was.IssuedToday)
	if err == nil && (n != 1 || was.Day != is.Day) {
		return store.ErrStale
	}
	return err
}
