package pgstore

import (
	"context"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/planted"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/tally"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/row"
)

// slots is over how many rows one count spreads, so that transactions on different connections
// seldom wait for each other.
const slots = 8

// slot is the same for all transactions of a connection.
func (t *tx) slot() int64 { return int64(t.conn.Conn().PgConn().PID() % slots) }

// owners walks the primary key from one merchant to the next.
const owners = `
	with recursive owner (mchid) as (
		select min(creator_mchid)
		from tally_hour
		union all
		select (select min(creator_mchid) from tally_hour where creator_mchid > owner.mchid)
		from owner
		where mchid is not null)`

// steps walks the primary key of an owner's table from one hour or day to the next, from $1 to $2, so that
// what was counted of one stock is found without reading what was counted of all the others.
func steps(table, at, owner string) string {
	first := func(from string) string {
		return `(select ` + at + ` from ` + table + ` where creator_mchid = ` + owner +
			` and ` + at + from + ` and ` + at + ` < $2 order by ` + at + ` limit 1)`
	}
	return `
		with recursive step (at) as (
			select ` + first(` >= $1`) + `
			union all
			select ` + first(` > step.at`) + `
			from step
			where at is not null)`
}

// atSteps are the rows of one stock there.
func atSteps(table, at, owner string) string {
	return `step cross join lateral (
		select *
		from ` + table + `
		where creator_mchid = ` + owner + ` and ` + at + ` = step.at and product = $3 and stock_id = $4
		offset 0) counted`
}

// Tallies uses the primary key of tally_hour: once for each hour where one stock is asked for, and once
// for each merchant where no owner is given.
func (t *tx) Tallies(ctx context.Context, q store.TallyQuery) ([]tally.Count, error) {
	with, from, whose := ``, `tally_hour`, ` and creator_mchid = $7`
	switch {
	case store.OneStock(q.Owner, q.Product, q.StockID):
		with, from, whose = steps("tally_hour", "hour", "$7"), atSteps("tally_hour", "hour", "$7"), ``
	case q.Owner == "":
		with, from, whose = owners, `owner cross join lateral (
			select *
			from tally_hour
			where creator_mchid = owner.mchid and hour >= $1 and hour < $2
			offset 0) counted`, ` and $7::text = ''` // without an offset the join would be turned round
	}
	var list []tally.Count
	err := t.rows(ctx, with+`
		select
			product,
			case when $5 then stock_id else '' end stock,
			case when $6 then hour - ((hour + 8) % 24 + 24) % 24 else hour end begun,
			kind, channel, sum(n)::bigint, sum(amount)::bigint
		from `+from+`
		where hour >= $1 and hour < $2 and ($3::text = '' or product = $3) and ($4::text = '' or stock_id = $4)`+whose+`
		group by product, stock, begun, kind, channel
		order by begun, product, stock, kind, channel`,
		[]any{int64(q.From), int64(q.Until), q.Product, q.StockID, q.ByStock, q.ByDay, q.Owner}, row.Into(&list, row.Tally(q.Owner)))
	return list, err
}

// Expiries uses the primary key of tally_expiry where an owner is given, once for each day where one stock is.
func (t *tx) Expiries(ctx context.Context, q store.ExpiryQuery) ([]tally.Expiry, error) {
	with, from, whose := ``, `tally_expiry`, ` and creator_mchid = $5`
	args := []any{int64(q.From), int64(q.Until), q.Product, q.StockID, q.Owner}
	switch {
	case store.OneStock(q.Owner, q.Product, q.StockID):
		with, from, whose = steps("tally_expiry", "day", "$5"), atSteps("tally_expiry", "day", "$5"), ``
	case q.Owner == "":
		whose, args = ``, args[:4]
	}
	var list []tally.Expiry
	err := t.rows(ctx, with+`
		select day, sum(n)::bigint
		from `+from+`
		where day >= $1 and day < $2 and ($3::text = '' or product = $3) and ($4::text = '' or stock_id = $4)`+whose+`
		group by day
		having sum(n) <> 0
		order by day`,
		args, func(scan row.Scan) error {
			e := tally.Expiry{Stock: tally.Stock{Owner: q.Owner, Product: q.Product, ID: q.StockID}}
			var on int64
			err := scan(&on, &e.N)
			e.Day = day.Day(on)
			list = append(list, e)
			return err
		})
	return list, err
}

// AddTallies uses the primary keys. Rows are met in the order of the keys, those of an owner
// together.
func (t *tx) AddTallies(_ context.Context, sheet *tally.Sheet) error {
	slot := t.slot()
	for owner, counts := range perOwner(sheet.Counts(), func(c *tally.Count) merchant.ID { return c.Owner }) {
		t.later(`
			insert into tally_hour as old (creator_mchid, product, stock_id, hour, kind, channel, slot, n, amount)
			select $1, k.product, k.stock_id, k.hour, k.kind, k.channel, $2, k.n, k.amount
			from unnest($3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::bigint[], $9::bigint[])
				k (product, stock_id, hour, kind, channel, n, amount)
			on conflict (creator_mchid, hour, product, stock_id, kind, channel, slot) do update
			set n = `+planted.PostgresTally.Text("old.n + ", "")+`excluded.n, amount = old.amount + excluded.amount`,
			owner, slot,
			column(counts, func(c *tally.Count) string { return string(c.Product) }),
			column(counts, func(c *tally.Count) string { return c.ID }),
			column(counts, func(c *tally.Count) int64 { return int64(c.Hour) }),
			column(counts, func(c *tally.Count) string { return string(c.Kind) }),
			column(counts, func(c *tally.Count) string { return string(c.Channel) }),
			column(counts, func(c *tally.Count) int64 { return c.N }),
			column(counts, func(c *tally.Count) int64 { return int64(c.Amount) }))
	}
	for owner, days := range perOwner(sheet.Expiries(), func(e *tally.Expiry) merchant.ID { return e.Owner }) {
		t.later(`
			insert into tally_expiry as old (creator_mchid, product, stock_id, day, slot, n)
			select $1, k.product, k.stock_id, k.day, $2, k.n
			from unnest($3::text[], $4::text[], $5::bigint[], $6::bigint[]) k (product, stock_id, day, n)
			on conflict (creator_mchid, day, product, stock_id, slot) do update
			set n = old.n + excluded.n`,
			owner, slot,
			column(days, func(e *tally.Expiry) string { return string(e.Product) }),
			column(days, func(e *tally.Expiry) string { return e.ID }),
			column(days, func(e *tally.Expiry) int64 { return int64(e.Day) }),
			column(days, func(e *tally.Expiry) int64 { return e.N }))
	}
	return nil
}

// perOwner goes over the owners of a sorted list, each with its part of it.
func perOwner[T any](list []T, owner func(*T) merchant.ID) func(yield func(merchant.ID, []T) bool) {
	return func(yield func(merchant.ID, []T) bool) {
		for len(list) > 0 {
			n := 1
			for n < len(list) && owner(&list[n]) == owner(&list[0]) {
				n++
			}
			if !yield(owner(&list[0]), list[:n]) {
				return
			}
			list = list[n:]
		}
	}
}
