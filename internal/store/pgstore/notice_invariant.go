package pgstore

import "github.com/favord/favord/internal/store"

// noticeProofs look at what became of events.
func noticeProofs() []proof {
	return []proof{
		{store.InvariantFeeds, `
			select count(*), count(*) filter (where b.passed <> coalesce(e.n, 0))
			from callback b
			left join (
				select f.creator_mchid, f.product, count(*) n
				from callback f
				join outbox o on o.creator_mchid = f.creator_mchid and o.id > f.since and o.id <= f.position
				group by 1, 2) e
			  using (creator_mchid, product)`},
		{store.InvariantNotices, `
			select count(*), count(*) filter (where b.taken <> b.removed + coalesce(d.n, 0))
			from callback b
			left join (
				select creator_mchid, product, count(*) n
				from delivery
				where state in ('PENDING', 'DELIVERED', 'DEAD') and (state = 'PENDING') = (ended_ms = 0)
				group by 1, 2) d
			  using (creator_mchid, product)`},
		{store.InvariantAttempts, `
			select count(*), count(*) filter (where d.place is null or a.number > d.claim or a.number < 1)
			from attempt a
			left join delivery d on d.creator_mchid = a.creator_mchid and d.place = a.place`},
	}
}
