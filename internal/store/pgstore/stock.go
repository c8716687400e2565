package pgstore

import (
	"cmp"
	"context"
	"slices"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/planted"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/document"
	"github.com/favord/favord/internal/store/row"
)

// Stock uses the primary key.
func (t *tx) Stock(ctx context.Context, id coupon.StockID) (coupon.Stock, error) {
	owner, err := t.owner(ctx, ownedStock, string(id))
	if err != nil {
		return coupon.Stock{}, err
	}
	var found []store.CountedStock
	err = t.rows(ctx, `
		select`+row.StockColumns+`
		from stock
		where creator_mchid = $1 and stock_id = $2`,
		[]any{owner, id}, row.Into(&found, row.Stocks(&t.store.contents)))
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
	t.own(ownedStock, string(s.ID), s.Creator)
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
// day. It locks the stocks of one creator after those of another, in the order of the primary
// key. Each statement sees what the transactions committed that held the locks until now.
// The locks alone make the commit wait for disk and standby: a repeat that is answered after it is
// as durable as the first answer.
func (t *tx) LockToIssue(ctx context.Context, ask store.Ask) (store.Locked, error) {
	locked := store.Locked{Stocks: make(map[coupon.StockKey]store.LockedStock, len(ask.Stocks)), Taken: map[coupon.Key]bool{}}
	var ended []ending
	t.queueListening(column(ask.Stocks, func(k *coupon.StockKey) merchant.ID { return k.Creator })...)
	if ask.Foreseen != nil {
		t.queue(`select`+versionColumn, nil, func(scan row.Scan) error { return scan(&locked.Version) })
		locked.Stocks[ask.Foreseen.Stock.StockKey] = ask.Foreseen.LockedStock
		ask.Stocks = nil
	}
	byOwner(ask.Stocks, stockOwner, func(owner merchant.ID, ids []string) {
		t.queue(`
		select`+row.StockColumns+`, day, day_issued, last_id,`+versionColumn+`
		from stock
		where creator_mchid = $1 and stock_id = any($2)
		order by stock_id
		for no key update`,
			[]any{owner, ids}, func(scan row.Scan) error {
				var e ending
				var last int64
				one, err := row.Stock(scan, &t.store.contents, &e.day, &e.issued, &last, &locked.Version)
				e.StockKey = one.Stock.StockKey
				one.Counters.Day, one.Counters.IssuedToday = ask.Day, e.issued
				locked.Stocks[e.StockKey] = store.LockedStock{Stock: one.Stock, Counters: one.Counters, LastID: last}
				if e.day != ask.Day {
					ended = append(ended, e)
				}
				return err
			})
	})
	locked.Given, locked.Linked = t.queueGiven(ask.Holders), t.queueLinked(ask.Persons)
	t.queueTaken(ask.Codes, locked.Taken)
	if err := t.flush(ctx); err != nil {
		return locked, err
	}
	return locked, t.turn(ctx, ended, ask.Day, locked.Stocks)
}

// versionColumn is the version of what this transaction changes: what xmin is in the rows that it leaves.
const versionColumn = ` pg_current_xact_id()::xid::text::bigint`

func stockOwner(k coupon.StockKey) (merchant.ID, string) { return k.Creator, string(k.ID) }

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

// SetCounters changes the stocks of each creator in one statement, by key and without a join: no plan
// can go wrong. A counter that is not what it was becomes one that the table refuses, so that the
// commit may travel with the change.
func (t *tx) SetCounters(ctx context.Context, changes ...store.CounterChange) error {
	for owner, part := range grouped(changes, func(c *store.CounterChange) merchant.ID { return c.Stock.Creator }, cmp.Compare) {
		for i := range part {
			if part[i].Was.Day != part[i].Is.Day {
				return store.ErrStale
			}
		}
		t.lockForeseen(owner, part)
		whole := func(value func(*store.CounterChange) int64) []int64 { return column(part, value) }
		t.later(`
		update stock s
		set (issued, codes, free_codes, day_issued, last_id) = (
			select
				case
					when s.issued = ($3::bigint[])[n] and s.codes = ($4::bigint[])[n] and s.free_codes = ($5::bigint[])[n]
						and s.day = ($6::bigint[])[n] and s.day_issued = ($7::bigint[])[n]
						and ($13::bigint[])[n] in (0, s.xmin::text::bigint)
					then ($8::bigint[])[n]
					else -1 end,
				($9::bigint[])[n], ($10::bigint[])[n], ($11::bigint[])[n], greatest(s.last_id, ($12::bigint[])[n])
			from (select array_position($2::text[], s.stock_id) n offset 0) place)
		where creator_mchid = $1 and stock_id = any($2)`,
			owner, column(part, func(c *store.CounterChange) string { return string(c.Stock.ID) }),
			whole(func(c *store.CounterChange) int64 { return c.Was.Issued }),
			whole(func(c *store.CounterChange) int64 { return c.Was.Codes }),
			whole(func(c *store.CounterChange) int64 { return c.Was.FreeCodes }),
			whole(func(c *store.CounterChange) int64 { return int64(c.Was.Day) }),
			whole(func(c *store.CounterChange) int64 { return c.Was.IssuedToday }),
			whole(func(c *store.CounterChange) int64 { return c.Is.Issued }),
			whole(func(c *store.CounterChange) int64 { return c.Is.Codes }),
			whole(func(c *store.CounterChange) int64 { return c.Is.FreeCodes }),
			whole(func(c *store.CounterChange) int64 { return c.Is.IssuedToday }),
			whole(func(c *store.CounterChange) int64 { return c.LastID }),
			whole(func(c *store.CounterChange) int64 { return int64(c.Foreseen) * (1 - planted.PostgresForeseen.One()) }))
	}
	if slices.ContainsFunc(changes, func(c store.CounterChange) bool { return c.Foreseen != 0 }) {
		return t.flush(ctx)
	}
	return nil
}

// lockForeseen locks the stocks that were only foreseen. A statement of its own does: one that waits for a
// row and then changes it may still see in part what it was.
func (t *tx) lockForeseen(owner merchant.ID, changes []store.CounterChange) {
	for i := range changes {
		if changes[i].Foreseen != 0 {
			t.later(`
		select
		from stock
		where creator_mchid = $1 and stock_id = $2
		for no key update`, owner, changes[i].Stock.ID)
		}
	}
}
