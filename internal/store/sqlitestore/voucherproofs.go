package sqlitestore

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
			select count(*), coalesce(sum(s.sent <> coalesce(v.n, 0)), 0)
			from voucher_stock s not indexed
			left join (select creator_mchid, stock_id, count(*) n from voucher not indexed group by 1, 2) v
			  using (creator_mchid, stock_id)`},
		{store.InvariantVouchersMaximum, `
			select count(*), coalesce(sum(
				sent > json_extract(content, '$.limits.max_coupons')
				or sent * json_extract(content, '$.face') > json_extract(content, '$.limits.max_amount')), 0)
			from voucher_stock not indexed`},
		{store.InvariantVouchersDays, `
			select count(*), coalesce(sum(
				s.sent <> coalesce(d.n, 0)
				or coalesce(d.most, 0) * json_extract(s.content, '$.face')
				   > coalesce(json_extract(s.content, '$.limits.max_amount_per_day'), 9223372036854775807)), 0)
			from voucher_stock s not indexed
			left join (select creator_mchid, stock_id, sum(sent) n, max(sent) most from voucher_day group by 1, 2) d
			  using (creator_mchid, stock_id)`},
		{store.InvariantVouchersHeld, `
			select count(*), coalesce(sum(
				s.sent <> coalesce(h.n, 0)
				or coalesce(h.most, 0) > json_extract(s.content, '$.limits.max_per_user')), 0)
			from voucher_stock s not indexed
			left join (select creator_mchid, stock_id, sum(received) n, max(received) most from voucher_holder group by 1, 2) h
			  using (creator_mchid, stock_id)`},
	}
}

// voucherRowProofs look at vouchers and what was written about them.
func voucherRowProofs() []proof {
	return []proof{
		{store.InvariantVouchersMonths, `
			select count(*), coalesce(sum(m.received < 0 or m.received > coalesce(w.worth, 0)), 0)
			from voucher_month m
			left join (
				select creator_mchid, sum(sent * json_extract(content, '$.face')) worth
				from voucher_stock not indexed group by 1) w
			  using (creator_mchid)`},
		{store.InvariantVouchersStates, `
			select count(*), coalesce(sum(
				v.state not in ('SENDED', 'USED') or (v.state = 'USED') <> (v.used_at <> 0)
				or coalesce(s.started_at, 0) = 0), 0)
			from voucher v not indexed
			left join voucher_stock s using (creator_mchid, stock_id)`},
		{store.InvariantVouchersRequests, `
			select count(*), coalesce(sum(sides <> 3), 0)
			from (
				select sum(side) sides
				from (
					select sender_mchid mchid, request_no number, voucher_id id, 1 side from voucher not indexed
					union all
					select creator_mchid, number, cast(answer as text), 2 from request where operation = 21)
				group by mchid, number, id)`},
	}
}
