package pgstore

import (
	"fmt"

	"github.com/favord/favord/internal/store"
)

// noticeProofs look at what became of events.
func noticeProofs() []proof {
	return []proof{
		{store.InvariantNotices, `
			select count(*), count(*) filter (where
				state not in ('PENDING', 'DELIVERED', 'DEAD') or (state = 'PENDING') <> (ended_ms = 0)
				or (taken_ms = 0) <> (started_ms = 0) or state <> 'PENDING' and taken_ms = 0 or claim < 0 or product = '')
			from delivery`},
		{store.InvariantSubjects, `
			select count(*), count(*) filter (where c.code is null and f.voucher_id is null)
			from (
				select creator_mchid, kind, ` + said("stock_id") + `, ` + said("coupon_code") + `, ` + said("coupon_id") + `, ` + said("transaction_id") + `
				from delivery
				where kind in ('COUPON.SEND', 'COUPON.USE')) d
			left join coupon c
			  on d.kind = 'COUPON.SEND' and c.creator_mchid = d.creator_mchid and c.stock_id = d.stock_id and c.code = d.coupon_code
			left join voucher_flow f
			  on d.kind = 'COUPON.USE' and f.kind = 'USE' and f.creator_mchid = d.creator_mchid and f.stock_id = d.stock_id
			  and f.voucher_id = d.coupon_id and f.transaction_id = d.transaction_id`},
		{store.InvariantTold, toldProof()},
		{store.InvariantAttempts, `
			select count(*), count(*) filter (where d.place is null or a.number > d.claim or a.number < 1)
			from attempt a
			left join delivery d on d.creator_mchid = a.creator_mchid and d.place = a.place`},
	}
}

// toldProof compares what happened with the events that tell of it, in a database of
// production: see store.ToldAfter.
func toldProof() string {
	return fmt.Sprintf(`
		select coalesce(sum(happened.n), 0)::bigint, coalesce(sum(abs(happened.n - told.n)), 0)::bigint
		from (
			select creator_mchid, product, updated_at + %d begun, extract(epoch from now())::bigint - %d kept
			from callback
			where is_on and exists (select from meta where name = 'mode' and value = 'production')) b
		cross join lateral (
			select case b.product
				when 'busifavor' then (
					select count(*)
					from coupon
					where creator_mchid = b.creator_mchid and received_at > greatest(b.begun, b.kept))
				else (
					select count(*)
					from voucher_flow
					where creator_mchid = b.creator_mchid and kind = 'USE' and at > greatest(b.begun, b.kept))
				end n) happened
		cross join lateral (
			select count(*) n
			from delivery
			where creator_mchid = b.creator_mchid and product = b.product and at > greatest(b.begun, b.kept)) told`,
		int64(store.ToldAfter.Seconds()), int64(store.ToldWithin.Seconds()))
}

// said is what a payload says under a name, for whatever bytes it has.
func said(name string) string {
	return fmt.Sprintf(`substring(encode(payload, 'escape') from '"%[1]s":"([^"]*)"') %[1]s`, name)
}
