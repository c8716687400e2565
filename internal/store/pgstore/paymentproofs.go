package pgstore

import "github.com/favord/favord/internal/store"

// paymentProofs look at payments with vouchers, at bills and locked budgets.
func paymentProofs() []proof {
	return []proof{
		{store.InvariantUsedVouchers, `
			select count(*), count(*) filter (where f.creator_mchid is null)
			from (
				select creator_mchid, stock_id, voucher_id, transaction_id, discount
				from voucher where state = 'USED') v
			left join (
				select creator_mchid, stock_id, voucher_id, transaction_id, discount
				from voucher_flow where kind = 'USE') f
			  on f.voucher_id = v.voucher_id and f.transaction_id = v.transaction_id and f.stock_id = v.stock_id
			  and f.creator_mchid = v.creator_mchid and f.discount = v.discount`},
		{store.InvariantPayments, `
			select count(*), count(*) filter (where
				p.refunded > p.total or p.refunded_discount > p.discount
				or p.discount <> coalesce(f.used, 0) or p.refunded_discount <> coalesce(f.back, 0))
			from payment p
			left join (
				select transaction_id,
				       sum(discount) filter (where kind = 'USE') used,
				       sum(discount) filter (where kind = 'REFUND') back
				from voucher_flow group by 1) f
			  using (transaction_id)`},
		{store.InvariantBudgets, `
			select count(*), count(*) filter (where coalesce(a.amount, 0) <> b.amount - coalesce(f.used, 0))
			from voucher_budget b
			left join (
				select creator_mchid, stock_id, sum(case kind when 'USE' then discount else -discount end) used
				from voucher_flow group by 1, 2) f
			  using (creator_mchid, stock_id)
			left join balance a on a.mchid = b.creator_mchid and a.account = 'VOUCHERS/' || b.stock_id`},
	}
}
