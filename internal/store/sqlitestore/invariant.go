package sqlitestore

import (
	"context"
	"fmt"
	"slices"

	"github.com/favord/favord/internal/store"
)

// proof is a query that returns how many rows it looked at and how many break an
// invariant.
type proof struct{ name, query string }

// proofs are the invariants in SQL. Totals per stock come from one pass over each
// table; nothing here uses an index of the tables it checks, so that a damaged one
// shows.
func proofs() []proof { return slices.Concat(stockProofs(), couponProofs(), marketingProofs()) }

// stockProofs compare what stocks count with the rows that they count.
func stockProofs() []proof {
	return []proof{
		{store.InvariantIssued, `
			select count(*), coalesce(sum(s.issued <> coalesce(c.n, 0)), 0)
			from stock s
			left join (select creator_mchid, stock_id, count(*) n from coupon not indexed group by 1, 2) c
			  using (creator_mchid, stock_id)`},
		{store.InvariantMaximum, `
			select count(*), coalesce(sum(issued > json_extract(content, '$.limits.max_coupons')), 0)
			from stock`},
		{store.InvariantDays, `
			select count(*), coalesce(sum(s.issued <> coalesce(d.n, 0)), 0)
			from stock s
			left join (select creator_mchid, stock_id, sum(issued) n from stock_day group by 1, 2) d
			  using (creator_mchid, stock_id)`},
		{store.InvariantHeld, `
			select count(*), coalesce(sum(s.issued <> coalesce(h.n, 0)), 0)
			from stock s
			left join (select creator_mchid, stock_id, sum(received) n from stock_holder group by 1, 2) h
			  using (creator_mchid, stock_id)`},
		{store.InvariantCodes, `
			select count(*), coalesce(sum(s.codes <> coalesce(k.n, 0) or s.free_codes <> coalesce(f.n, 0)), 0)
			from stock s
			left join (select creator_mchid, stock_id, count(*) n from stock_code group by 1, 2) k
			  using (creator_mchid, stock_id)
			left join (select creator_mchid, stock_id, count(*) n from free_code group by 1, 2) f
			  using (creator_mchid, stock_id)`},
	}
}

// couponProofs look at single coupons and holders.
func couponProofs() []proof {
	return []proof{
		{store.InvariantPerUser, `
			select count(*), coalesce(sum(h.received > json_extract(s.content, '$.limits.max_per_user')), 0)
			from stock_holder h
			join stock s using (creator_mchid, stock_id)`},
		{store.InvariantStates, `
			select count(*), coalesce(sum(
				state not in ('SENDED', 'USED', 'DELETED', 'DEACTIVATED')
				or (state = 'USED') <> (used_at <> 0)), 0)
			from coupon not indexed`},
		{store.InvariantRequests, `
			select count(*), coalesce(sum(s.issued <> coalesce(r.n, 0)), 0)
			from stock s
			left join (
				select creator_mchid, stock_id, count(distinct answer) n
				from request where operation = 2 group by 1, 2) r
			  using (creator_mchid, stock_id)`},
		{store.InvariantUses, `
			select count(*), coalesce(sum(not exists (
				select 1 from request r
				where r.creator_mchid = c.creator_mchid and r.stock_id = c.stock_id and r.operation = 3
				  and r.subject = cast(c.code as blob) and r.number = c.use_request_no)), 0)
			from coupon c not indexed
			where state = 'USED'`},
		{store.InvariantEvents, `
			select count(*), coalesce(sum(c.n <> coalesce(o.n, 0)), 0)
			from (select creator_mchid, count(*) n from coupon not indexed group by 1) c
			left join (
				select creator_mchid, count(distinct event_id) n
				from outbox where kind = 'COUPON.SEND' group by 1) o
			  using (creator_mchid)`},
	}
}

// marketingProofs look at partnerships and images.
func marketingProofs() []proof {
	return []proof{
		{store.InvariantPartnerships, `
			select count(*), coalesce(sum(
				state not in ('ESTABLISHED', 'TERMINATED')
				or (state = 'TERMINATED') <> (terminated_at <> 0)
				or built_at < p.created_at or updated_at < built_at
				or (resource = 'BUSIFAVOR_STOCK' and not exists (
					select 1 from stock s
					where s.creator_mchid = p.creator_mchid and s.stock_id = p.stock_id))), 0)
			from partnership p not indexed`},
		{store.InvariantImages, `
			select count(*), coalesce(sum(i.token is null or r.token is null), 0)
			from image i not indexed
			full join (
				select distinct creator_mchid, cast(answer as text) token
				from request where operation = 45) r
			  on r.creator_mchid = i.mchid and r.token = i.token`},
	}
}

// Check implements store.Checker.
func (s *Store) Check(ctx context.Context) ([]store.Invariant, error) {
	var list []store.Invariant
	err := s.Read(ctx, func(tx store.ReadTx) error { return prove(ctx, tx, &list) })
	return list, err
}

func prove(ctx context.Context, reader store.ReadTx, list *[]store.Invariant) error {
	t, is := reader.(*tx)
	if !is {
		return fmt.Errorf("sqlitestore: %T is no transaction of SQLite", reader)
	}
	for _, p := range proofs() {
		proved := store.Invariant{Name: p.name}
		if err := t.row(ctx, p.query, nil, []any{&proved.Rows, &proved.Broken}); err != nil {
			return fmt.Errorf("check that %s: %w", p.name, err)
		}
		*list = append(*list, proved)
	}
	return nil
}
