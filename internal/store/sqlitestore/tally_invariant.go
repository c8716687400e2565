package sqlitestore

import "github.com/favord/favord/internal/store"

// tallyProofs compare what was counted by the hour and by the day with the rows.
func tallyProofs() []proof {
	return []proof{
		{store.InvariantTallies, `
			select count(*), coalesce(sum(
				(t.issued, t.used, t.deactivated, t.deleted, t.spent, t.back) is not (r.issued, r.used, r.deactivated, r.deleted, r.spent, r.back)), 0)
			from (
				select
					creator_mchid, product, stock_id, coalesce(sum(n) filter (where kind = 'ISSUED'), 0) issued,
					coalesce(sum(n) filter (where kind = 'USED'), 0) - coalesce(sum(n) filter (where kind = 'RETURNED'), 0) used,
					coalesce(sum(n) filter (where kind = 'DEACTIVATED'), 0) deactivated,
					coalesce(sum(n) filter (where kind = 'DELETED'), 0) deleted,
					coalesce(sum(amount) filter (where kind = 'USED'), 0) spent,
					coalesce(sum(amount) filter (where kind = 'RETURNED'), 0) back
				from tally_hour
				group by creator_mchid, product, stock_id) t
			full join (
				select
					creator_mchid, 'busifavor' product, stock_id, count(*) issued, count(*) filter (where used_at > 0) used,
					count(*) filter (where state = 'DEACTIVATED') deactivated, count(*) filter (where state = 'DELETED') deleted,
					0 spent, 0 back
				from coupon not indexed
				group by creator_mchid, stock_id
				union all
				select
					creator_mchid, 'favor', stock_id, count(*), count(*) filter (where v.state = 'USED'), 0, 0,
					coalesce(max(f.spent), 0), coalesce(max(f.back), 0)
				from voucher v not indexed
				left join (
					select
						creator_mchid, stock_id, coalesce(sum(discount) filter (where kind = 'USE'), 0) spent,
						coalesce(sum(discount) filter (where kind = 'REFUND'), 0) back
					from voucher_flow not indexed
					group by creator_mchid, stock_id) f
				  using (creator_mchid, stock_id)
				group by creator_mchid, stock_id) r
			  using (creator_mchid, product, stock_id)`},
		{store.InvariantExpiries, expiryProof()},
	}
}

// expiryProof compares the days on which a stock expires with what is usable of it.
func expiryProof() string {
	return `
	select count(*), coalesce(sum(coalesce(t.n, 0) <> coalesce(r.n, 0)), 0)
	from (
		select creator_mchid, product, stock_id, day, sum(n) n
		from tally_expiry
		group by creator_mchid, product, stock_id, day) t
	full join (
		select creator_mchid, 'busifavor' product, stock_id, (expire_at + 28800) / 86400 as day, count(*) n
		from coupon not indexed
		where state = 'SENDED'
		group by creator_mchid, stock_id, day
		union all
		select creator_mchid, 'favor', stock_id, (end_at + 28800) / 86400 as day, count(*)
		from voucher not indexed
		where state = 'SENDED'
		group by creator_mchid, stock_id, day) r
	  using (creator_mchid, product, stock_id, day)`
}
