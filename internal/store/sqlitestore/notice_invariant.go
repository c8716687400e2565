package sqlitestore

import (
	"fmt"

	"github.com/favord/favord/internal/store"
)

// noticeProofs look at what became of events.
func noticeProofs() []proof {
	return []proof{
		{store.InvariantNotices, `
			select count(*), coalesce(sum(
				state not in ('PENDING', 'DELIVERED', 'DEAD') or (state = 'PENDING') <> (ended_ms = 0)
				or (taken_ms = 0) <> (started_ms = 0) or state <> 'PENDING' and taken_ms = 0 or claim < 0 or product = ''), 0)
			from delivery`},
		{store.InvariantSubjects, `
			select count(*), coalesce(sum(c.code is null and f.voucher_id is null), 0)
			from (
				select creator_mchid, kind, iif(json_valid(text), text, '{}') said
				from (
					select creator_mchid, kind, cast(payload as text) text
					from delivery
					where kind in ('COUPON.SEND', 'COUPON.USE'))) d
			left join coupon c
			  on d.kind = 'COUPON.SEND' and c.creator_mchid = d.creator_mchid and c.stock_id = said ->> '$.stock_id'
			  and c.code = said ->> '$.coupon_code'
			left join voucher_flow f
			  on d.kind = 'COUPON.USE' and f.kind = 'USE' and f.creator_mchid = d.creator_mchid and f.stock_id = said ->> '$.stock_id'
			  and f.voucher_id = said ->> '$.coupon_id' and f.transaction_id = said ->> '$.consume_information.transaction_id'`},
		{store.InvariantTold, toldProof()},
		{store.InvariantAttempts, `
			select count(*), coalesce(sum(d.place is null or a.number > d.claim or a.number < 1), 0)
			from attempt a
			left join delivery d on d.creator_mchid = a.creator_mchid and d.place = a.place`},
	}
}

// toldProof compares what happened with the events that tell of it, in a database of
// production: see store.ToldAfter.
func toldProof() string {
	return fmt.Sprintf(`
		select coalesce(sum(happened), 0), coalesce(sum(abs(happened - told)), 0)
		from (
			select
				iif(product = 'busifavor', (
					select count(*)
					from coupon
					where creator_mchid = b.creator_mchid and received_at > since
				), (
					select count(*)
					from voucher_flow
					where creator_mchid = b.creator_mchid and kind = 'USE' and at > since)) happened,
				(
					select count(*)
					from delivery d
					where d.creator_mchid = b.creator_mchid and d.product = b.product and d.at > since) told
			from (
				select creator_mchid, product, max(updated_at + %d, unixepoch() - %d) since
				from callback
				where is_on and exists (select 1 from meta where name = 'mode' and value = 'production')) b)`,
		int64(store.ToldAfter.Seconds()), int64(store.ToldWithin.Seconds()))
}
