package pgstore

import (
	"slices"

	"github.com/favord/favord/internal/store"
)

// voucherProofs look at cash vouchers.
func voucherProofs() []proof { return slices.Concat(voucherStockProofs(), voucherRowProofs()) }

// voucherStockProofs compare what stocks count with the rows that they count, and with
// their limits.
func voucherStockProofs() []proof {
	return []proof{
		{store.InvariantVouchersSent, `
			select count(*), count(*) filter (where s.sent <> coalesce(v.n, 0))
			from voucher_stock s
			left join (select creator_mchid, stock_id, count(*) n from voucher group by 1, 2) v
			  using (creator_mchid, stock_id)`},
		{store.InvariantVouchersMaximum, `
			select count(*), count(*) filter (where
				sent > (content::json -> 'limits' ->> 'max_coupons')::bigint
				or sent * (content::json ->> 'face')::bigint > (content::json -> 'limits' ->> 'max_amount')::bigint)
			from voucher_stock`},
		{store.InvariantVouchersDays, `
			select count(*), count(*) filter (where
				s.sent <> coalesce(d.n, 0)
				or coalesce(d.most, 0) * (s.content::json ->> 'face')::bigint
				   > coalesce((s.content::json -> 'limits' ->> 'max_amount_per_day')::bigint, 9223372036854775807))
			from voucher_stock s
			left join (select creator_mchid, stock_id, sum(sent) n, max(sent) most from voucher_day group by 1, 2) d
			  using (creator_mchid, stock_id)`},
		{store.InvariantVouchersHeld, `
			select count(*), count(*) filter (where
				s.sent <> coalesce(h.n, 0)
				or coalesce(h.most, 0) > (s.content::json -> 'limits' ->> 'max_per_user')::bigint)
			from voucher_stock s
			left join (select creator_mchid, stock_id, sum(received) n, max(received) most from voucher_holder group by 1, 2) h
			  using (creator_mchid, stock_id)`},
	}
}

// voucherRowProofs look at vouchers and what was written about them.
func voucherRowProofs() []proof {
	return []proof{
		{store.InvariantVouchersMonths, `
			select count(*), count(*) filter (where m.received < 0 or m.received > coalesce(w.worth, 0))
			from voucher_month m
			left join (
				select creator_mchid, sum(sent * (content::json ->> 'face')::bigint) worth
				from voucher_stock group by 1) w
			  using (creator_mchid)`},
		{store.InvariantVouchersStates, `
			select count(*), count(*) filter (where
				v.state not in ('SENDED', 'USED') or (v.state = 'USED') <> (v.used_at <> 0)
				or coalesce(s.started_at, 0) = 0)
			from voucher v
			left join voucher_stock s using (creator_mchid, stock_id)`},
		{store.InvariantVouchersRequests, `
			select count(*), count(*) filter (where v.voucher_id is null or r.id is null)
			from (
				select sender_mchid, request_no, voucher_id from voucher) v
			full join (
				select creator_mchid, number, convert_from(answer, 'UTF8') id from request where operation = 21) r
			  on r.creator_mchid = v.sender_mchid and r.number = v.request_no and r.id = v.voucher_id`},
	}
}
