package sqlitestore

import "github.com/favord/favord/internal/store"

// paymentProofs look at payments with vouchers, at bills and locked budgets.
func paymentProofs() []proof {
	return []proof{
		{store.InvariantUsedVouchers, `
			select count(*), coalesce(sum(f.voucher_id is null), 0)
			from (
				select creator_mchid, stock_id, voucher_id, transaction_id, discount
				from voucher not indexed where state = 'USED') v
			left join (
				select creator_mchid, stock_id, voucher_id, transaction_id, discount
				from voucher_flow not indexed where kind = 'USE') f
			  using (creator_mchid, stock_id, voucher_id, transaction_id, discount)`},
		{store.InvariantPayments, `
			select count(*), coalesce(sum(
				p.refunded > p.total or p.refunded_discount > p.discount
				or p.discount <> coalesce(f.used, 0) or p.refunded_discount <> coalesce(f.back, 0)), 0)
			from payment p not indexed
			left join (
				select transaction_id,
				       sum(case kind when 'USE' then discount else 0 end) used,
				       sum(case kind when 'REFUND' then discount else 0 end) back
				from voucher_flow not indexed group by 1) f
			  using (transaction_id)`},
		{store.InvariantBudgets, `
			select count(*), coalesce(sum(coalesce(a.amount, 0) <> b.amount - coalesce(f.used, 0)), 0)
			from voucher_budget b
			left join (
				select creator_mchid, stock_id, sum(case kind when 'USE' then discount else -discount end) used
				from voucher_flow not indexed group by 1, 2) f
			  using (creator_mchid, stock_id)
			left join balance a on a.mchid = b.creator_mchid and a.account = 'VOUCHERS/' || b.stock_id`},
	}
}
