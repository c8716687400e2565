package sqlitestore

import (
	"context"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/rule/tally"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/row"
)

// owners walks the primary key from one merchant to the next.
const owners = `
	with recursive owner (mchid) as (
		select min(creator_mchid)
		from tally_hour
		union all
		select (select min(creator_mchid) from tally_hour where creator_mchid > owner.mchid)
		from owner
		where mchid is not null)`

// steps walks the primary key of an owner's table from one hour or day to the next, from ?1 to ?2, so that
// what was counted of one stock is found without reading what was counted of all the others.
func steps(table, at, owner string) string {
	first := func(from string) string {
		return `select min(` + at + `) from ` + table + ` where creator_mchid = ` + owner + ` and ` + at + from + ` and ` + at + ` < ?2`
	}
	return `
		with recursive step (at) as (
			` + first(` >= ?1`) + `
			union all
			select (` + first(` > step.at`) + `)
			from step
			where at is not null)`
}

// atSteps says of a row that it is one stock's there.
func atSteps(at, owner string) string {
	return `creator_mchid = ` + owner + ` and ` + at + ` = step.at and product = ?3 and stock_id = ?4`
}

// Tallies uses the primary key of tally_hour: once for each hour where one stock is asked for, and once
// for each merchant where no owner is given.
func (t *tx) Tallies(ctx context.Context, q store.TallyQuery) ([]tally.Count, error) {
	with, from, whose := ``, `tally_hour`, `creator_mchid = ?7`
	switch {
	case store.OneStock(q.Owner, q.Product, q.StockID):
		with, from, whose = steps("tally_hour", "hour", "?7"), `step cross join tally_hour`, atSteps("hour", "?7")
	case q.Owner == "":
		with, from, whose = owners, `owner cross join tally_hour`, `creator_mchid = owner.mchid and ?7 = ''`
	}
	var list []tally.Count
	err := t.rows(ctx, with+`
		select
			product, iif(?5, stock_id, '') stock, iif(?6, hour - ((hour + 8) % 24 + 24) % 24, hour) begun,
			kind, channel, sum(n), sum(amount)
		from `+from+`
		where hour >= ?1 and hour < ?2 and (?3 = '' or product = ?3) and (?4 = '' or stock_id = ?4) and `+whose+`
		group by product, stock, begun, kind, channel
		order by begun, product, stock, kind, channel`,
		[]any{int64(q.From), int64(q.Until), q.Product, q.StockID, q.ByStock, q.ByDay, q.Owner}, row.Into(&list, row.Tally(q.Owner)))
	return list, err
}

// Expiries uses the primary key of tally_expiry where an owner is given, once for each day where one stock is.
func (t *tx) Expiries(ctx context.Context, q store.ExpiryQuery) ([]tally.Expiry, error) {
	with, from, whose := ``, `tally_expiry`, `creator_mchid = ?5`
	if store.OneStock(q.Owner, q.Product, q.StockID) {
		with, from, whose = steps("tally_expiry", "day", "?5"), `step cross join tally_expiry`, atSteps("day", "?5")
	}
	query := with + `
		select day, sum(n)
		from ` + from + `
		where day >= ?1 and day < ?2 and (?3 = '' or product = ?3) and (?4 = '' or stock_id = ?4)`
	args := []any{int64(q.From), int64(q.Until), q.Product, q.StockID}
	if q.Owner != "" {
		query += ` and ` + whose
		args = append(args, q.Owner)
	}
	var list []tally.Expiry
	err := t.rows(ctx, query+`
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

// AddTallies needs no slots: there is one writer.
func (t *tx) AddTallies(ctx context.Context, sheet *tally.Sheet) error {
	for _, c := range sheet.Counts() {
		if err := t.exec(ctx, `
			insert into tally_hour (creator_mchid, product, stock_id, hour, kind, channel, n, amount)
			values (?, ?, ?, ?, ?, ?, ?, ?)
			on conflict (creator_mchid, hour, product, stock_id, kind, channel) do update
			set n = n + excluded.n, amount = amount + excluded.amount`,
			c.Owner, c.Product, c.ID, int64(c.Hour), c.Kind, c.Channel, c.N, c.Amount); err != nil {
			return err
		}
	}
	for _, e := range sheet.Expiries() {
		if err := t.exec(ctx, `
			insert into tally_expiry (creator_mchid, product, stock_id, day, n)
			values (?, ?, ?, ?, ?)
			on conflict (creator_mchid, day, product, stock_id) do update
			set n = n + excluded.n`,
			e.Owner, e.Product, e.ID, int64(e.Day), e.N); err != nil {
			return err
		}
	}
	return nil
}
