package sqlitestore

import (
	"fmt"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/store"
)

// moneyProofs look at what moves between merchants.
func moneyProofs() []proof { return append(ledgerProofs(), subsidyProofs()...) }

// ledgerProofs compare accounts with postings.
func ledgerProofs() []proof {
	return []proof{
		{store.InvariantBalances, `
			select count(*), coalesce(sum(coalesce(b.amount, 0) <> coalesce(p.n, 0)), 0)
			from balance b
			full join (select mchid, account, sum(amount) n from posting group by 1, 2) p using (mchid, account)`},
		{store.InvariantZero, `
			select count(*), coalesce(sum(n <> 0), 0)
			from (select sum(amount) n from posting group by reference)`},
		{store.InvariantDebt, `
			select count(*), coalesce(sum(amount < 0), 0)
			from balance
			where mchid <> ''`},
	}
}

// subsidyProofs compare subsidies with postings, coupons and orders.
func subsidyProofs() []proof {
	return []proof{
		{store.InvariantPaid, `
			select count(*), coalesce(sum(coalesce(p.n, 0) <> iif(s.status = 'FAIL', 0, s.amount)), 0)
			from subsidy s
			left join (select mchid, reference, sum(amount) n from posting where amount > 0 group by 1, 2) p
			  on p.mchid = s.payee_mchid and p.reference = 'subsidy/' || s.receipt_id`},
		{store.InvariantPaidBack, `
			select count(*), coalesce(sum(
				s.returned <> coalesce(r.n, 0) or s.returned > s.amount
				or s.status <> case
					when s.status = 'FAIL' then 'FAIL'
					when s.returned = 0 then 'SUCCESS'
					when s.returned < s.amount then 'PARTIAL_RETURN'
					else 'FULL_RETURN' end), 0)
			from subsidy s
			left join (
				select r.receipt_id, sum(p.amount) n
				from subsidy_return r
				join posting p
				  on p.mchid = r.payer_mchid and p.amount > 0
				 and p.reference = 'subsidy-return/' || r.return_receipt_id
				where r.status = 'SUCCESS'
				group by 1) r using (receipt_id)`},
		{store.InvariantSubsidized, `
			select count(*), coalesce(sum(coalesce(c.subsidized, 0) <> coalesce(s.n, 0)), 0)
			from coupon c not indexed
			left join (
				select creator_mchid, stock_id, code, sum(amount - returned) n
				from subsidy where status <> 'FAIL' group by 1, 2, 3) s
			  using (creator_mchid, stock_id, code)
			where c.subsidized is not null or s.n is not null`},
		{store.InvariantOrders, fmt.Sprintf(`
			select count(*), coalesce(sum(
				o.subsidized <> coalesce(s.n, 0) or o.subsidies <> coalesce(s.m, 0)
				or o.subsidized > %d or o.subsidies > %d), 0)
			from paid_order o
			left join (
				select transaction_id, sum(amount - returned) n, count(*) m
				from subsidy where status <> 'FAIL' group by 1) s
			  using (transaction_id)`, coupon.MaxSubsidy, coupon.MaxSubsidies)},
	}
}
