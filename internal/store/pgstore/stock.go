package pgstore

import (
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
		select s.issued, s.codes, s.free_codes, case when s.day = $3 then s.day_issued else coalesce((
			select d.issued
			from stock_day d
			where d.creator_mchid = $1 and d.stock_id = $2 and d.day = $3), 0) end
		from stock s
		where s.creator_mchid = $1 and s.stock_id = $2`,
		[]any{key.Creator, key.ID, int64(on)}, []any{&c.Issued, &c.Codes, &c.FreeCodes, &c.IssuedToday})
	if err != nil {
		return coupon.Counters{}, err
	}
	return c, nil
}

// Given uses the index coupon_by_locator.
func (t *tx) Given(ctx context.Context, keys []store.HolderKey) (map[store.HolderKey][]store.Given, error) {
	given := t.queueGiven(keys)
	return given, t.flush(ctx)
}

// queueGiven asks for the coupons of each creator's holders; the map is filled at the next
// flush. Those of strangers whose locator is the same are left out.
func (t *tx) queueGiven(keys []store.HolderKey) map[store.HolderKey][]store.Given {
	given := make(map[store.HolderKey][]store.Given, len(keys))
	for _, part := range store.ByOwner(keys, func(k *store.HolderKey) coupon.StockKey { return k.Stock }) {
		wanted := make(map[store.HolderKey]bool, len(part))
		locators := make([][]byte, 0, len(part))
		for i := range part {
			if !wanted[part[i]] {
				wanted[part[i]] = true
				locator := store.LocatorOf(part[i])
				locators = append(locators, locator[:])
			}
		}
		creator := part[0].Stock.Creator
		t.queue(`
		select `+row.GivenColumns+`
		from coupon
		where creator_mchid = $1 and locator = any($2)`,
			[]any{creator, locators}, func(scan row.Scan) error {
				key, g, err := row.Given(scan, creator)
				if wanted[key] {
					given[key] = append(given[key], g)
				}
				return err
			})
	}
	return given
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

// LockStock is LockToIssue for one.
func (t *tx) LockStock(ctx context.Context, key coupon.StockKey, on day.Day) (coupon.Stock, coupon.Counters, error) {
	found, err := t.LockToIssue(ctx, store.Ask{Stocks: []coupon.StockKey{key}, Day: on})
	if err != nil {
		return coupon.Stock{}, coupon.Counters{}, err
	}
	locked, exists := found.Stocks[key]
	if !exists {
		return coupon.Stock{}, coupon.Counters{}, store.ErrNotFound
	}
	return locked.Stock, locked.Counters, nil
}

// LockToIssue takes one round trip, whatever it asks for, but on a stock's first batch of a
// day. It locks one stock after the other, by key: no plan can go wrong. Each statement sees
// what the transactions committed that held the locks until now. The locks alone make the
// commit wait for disk and standby: a repeat that is answered after it is as durable as the
// first answer.
func (t *tx) LockToIssue(ctx context.Context, ask store.Ask) (store.Locked, error) {
	locked := store.Locked{Stocks: make(map[coupon.StockKey]store.LockedStock, len(ask.Stocks)), Taken: map[coupon.Key]bool{}}
	var ended []ending
	t.queueListening(column(ask.Stocks, func(k *coupon.StockKey) merchant.ID { return k.Creator })...)
	for _, key := range slices.SortedFunc(slices.Values(ask.Stocks), store.CompareStocks) {
		t.queue(`
		select`+row.StockColumns+`, day, day_issued, last_id
		from stock
		where creator_mchid = $1 and stock_id = $2
		for no key update`,
			[]any{key.Creator, key.ID}, func(scan row.Scan) error {
				e := ending{StockKey: key}
				var last int64
				one, err := row.Stock(scan, &t.store.contents, &e.day, &e.issued, &last)
				one.Counters.Day, one.Counters.IssuedToday = ask.Day, e.issued
				locked.Stocks[key] = store.LockedStock{Stock: one.Stock, Counters: one.Counters, LastID: last}
				if e.day != ask.Day {
					ended = append(ended, e)
				}
				return err
			})
	}
	locked.Given, locked.Linked = t.queueGiven(ask.Holders), t.queueLinked(ask.Persons)
	t.queueTaken(ask.Codes, locked.Taken)
	if err := t.flush(ctx); err != nil {
		return locked, err
	}
	return locked, t.turn(ctx, ended, ask.Day, locked.Stocks)
}

// ending is a stock with a current day that is over, and what it issued then.
type ending struct {
	coupon.StockKey
	day    day.Day
	issued int64
}

// turn makes another day the current one of stocks. One that comes again, as clocks differ,
// goes on counting.
func (t *tx) turn(ctx context.Context, ended []ending, on day.Day, locked map[coupon.StockKey]store.LockedStock) error {
	if len(ended) == 0 {
		return nil
	}
	for _, e := range ended {
		one := locked[e.StockKey]
		one.Counters.IssuedToday = 0
		locked[e.StockKey] = one
		t.queue(`
		delete from stock_day
		where creator_mchid = $1 and stock_id = $2 and day = $3
		returning issued`,
			[]any{e.Creator, e.ID, int64(on)}, func(scan row.Scan) error {
				err := scan(&one.Counters.IssuedToday)
				locked[e.StockKey] = one
				return err
			})
	}
	if err := t.flush(ctx); err != nil {
		return err
	}
	for _, e := range ended {
		if e.issued > 0 {
			t.later(`
		insert into stock_day (creator_mchid, stock_id, day, issued)
		values ($1, $2, $3, $4)`, e.Creator, e.ID, int64(e.day), e.issued)
		}
		t.later(`
		update stock
		set day = $3, day_issued = $4
		where creator_mchid = $1 and stock_id = $2`, e.Creator, e.ID, int64(on), locked[e.StockKey].Counters.IssuedToday)
	}
	return nil
}

// queueTaken uses the index coupon_by_code: the codes of each creator's stocks.
func (t *tx) queueTaken(keys []coupon.Key, taken map[coupon.Key]bool) {
	for _, part := range store.ByOwner(keys, func(k *coupon.Key) coupon.StockKey { return k.Stock }) {
		creator := part[0].Stock.Creator
		t.queue(`
		select code, stock_id
		from coupon
		where creator_mchid = $1 and code = any($2)`,
			[]any{creator, column(part, func(k *coupon.Key) string { return string(k.Code) })}, func(scan row.Scan) error {
				key := coupon.Key{Stock: coupon.StockKey{Creator: creator}}
				err := scan(&key.Code, &key.Stock.ID)
				if slices.Contains(part, key) {
					taken[key] = true
				}
				return err
			})
	}
}

// SetCounters changes one stock after the other, by primary key: no plan can go wrong. A
// counter that is not what it was becomes one that the table refuses, so that the commit may
// travel with the change.
func (t *tx) SetCounters(_ context.Context, changes ...store.CounterChange) error {
	for i := range changes {
		c := &changes[i]
		was, is := &c.Was, &c.Is
		if was.Day != is.Day {
			return store.ErrStale
		}
		t.later(`
		update stock
		set issued = case
				when issued = $3 and codes = $4 and free_codes = $5 and day = $6 and day_issued = $7 then $8
				else -1 end,
		    codes = $9, free_codes = $10, day_issued = $11, last_id = greatest(last_id, $12)
		where creator_mchid = $1 and stock_id = $2`,
			c.Stock.Creator, c.Stock.ID, was.Issued, was.Codes, was.FreeCodes, int64(was.Day), was.IssuedToday,
			is.Issued, is.Codes, is.FreeCodes, is.IssuedToday, c.LastID)
	}
	return nil
}
