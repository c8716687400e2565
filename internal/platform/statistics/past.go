package statistics

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/base/shelf"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/tally"
	"github.com/favord/favord/internal/store"
)

// Bounds of what is remembered.
const (
	// settles is how long after its end an hour may still be counted in, by transactions that read
	// the clock before it ended.
	settles = 10 * time.Minute
	// maxKept is how many stretches are remembered, and kept how long.
	maxKept = 10_000
	kept    = 24 * time.Hour
	// maxWorths is of how many stocks it is remembered what a coupon is worth.
	maxWorths = 100_000
	// keptExpired is for how long it is remembered what has expired.
	keptExpired = 30 * time.Minute
	// maxOwners is of how many merchants everybody is added up, so that each of them is remembered,
	// too. Where there are more, everybody is asked for at once.
	maxOwners = 50
)

// stretch is an hour or a day that is over. Nothing is counted in it any more, so that it is added
// up once: there may be a row for each stock and channel in each of its hours.
type stretch struct {
	Scope
	from, until tally.Hour
}

// ended is what was usable until a day. It changes seldom: when what has expired is returned, deactivated or deleted.
type ended struct {
	Scope
	until day.Day
}

// since is what is usable from a day on.
type since struct {
	Scope
	from day.Day
}

// past has what was counted in stretches, with stocks and channels added up, how many expired, and what a
// coupon of a stock is worth; and of what goes on, what was counted in hours that are not over, and how
// many may still be used.
type past struct {
	counts  *shelf.Shelf[stretch, []tally.Count]
	expired *shelf.Shelf[ended, int64]
	worth   *shelf.Shelf[coupon.StockID, fen.Fen]

	counting *lately[store.TallyQuery, []tally.Count]
	coming   *lately[since, Standing]
	stale    <-chan func(context.Context) error
}

func newPast(steady clock.Clock) *past {
	stale := make(chan func(context.Context) error, maxStale)
	return &past{
		counts:   shelf.New[stretch, []tally.Count](steady, maxKept, kept),
		expired:  shelf.New[ended, int64](steady, maxKept, keptExpired),
		worth:    shelf.New[coupon.StockID, fen.Fen](steady, maxWorths, kept),
		counting: newLately[store.TallyQuery, []tally.Count](steady, stale),
		coming:   newLately[since, Standing](steady, stale),
		stale:    stale,
	}
}

// from is how what is remembered comes from a shelf: by Get, or Renew.
type from[K comparable, V any] func(ctx context.Context, key K, fetch func(context.Context) (V, error)) (V, error)

// over is the first hour that may still be counted in.
func over(now time.Time) tally.Hour { return tally.HourOf(now.Add(-settles)) }

// stretches cuts the hours from t.From that are over, by days where they are whole.
func stretches(scope Scope, t store.TallyQuery, now time.Time) (list []stretch) {
	for end := min(t.Until, over(now)); t.From < end; {
		one := stretch{Scope: scope, from: t.From, until: t.From + 1}
		if t.ByDay && t.From == t.From.DayBegin() && t.From+24 <= end {
			one.until = t.From + 24
		}
		list, t.From = append(list, one), one.until
	}
	return list
}

// counts has what is over from memory, unless that tells too little apart, and asks for the rest.
func (s *Service) counts(ctx context.Context, q *Query, t store.TallyQuery, now time.Time) ([]tally.Count, error) {
	if s.past == nil || q.ByStock || q.ByChannel {
		return s.ask(ctx, t)
	}
	var list []tally.Count
	for _, one := range stretches(q.Scope, t, now) {
		counts, err := s.recall(ctx, one, s.past.counts.Get)
		if err != nil {
			return nil, err
		}
		list, t.From = append(list, counts...), one.until
	}
	if t.From < t.Until {
		rest, err := s.counting(ctx, t)
		if err != nil {
			return nil, err
		}
		list = append(list, rest...)
	}
	for i := range list {
		if t.ByDay {
			list[i].Hour = list[i].Hour.DayBegin()
		}
	}
	return list, nil
}

// counting returns what is counted in hours that are not over.
func (s *Service) counting(ctx context.Context, t store.TallyQuery) ([]tally.Count, error) {
	if t.StockID != "" {
		return s.ask(ctx, t)
	}
	return s.past.counting.get(ctx, t, func(ctx context.Context) ([]tally.Count, error) {
		list, err := s.ask(ctx, t)
		return merge(list, &Query{}), err
	})
}

// recall returns what was counted in a stretch.
func (s *Service) recall(ctx context.Context, one stretch, how from[stretch, []tally.Count]) ([]tally.Count, error) {
	return how(ctx, one, func(ctx context.Context) ([]tally.Count, error) {
		if one.Owner != "" || one.StockID != "" {
			return s.add(ctx, one)
		}
		owners, all, err := s.owners(ctx)
		if err != nil {
			return nil, err
		}
		if !all {
			return s.add(ctx, one)
		}
		return s.addOwners(ctx, one, owners, how)
	})
}

// add adds a stretch up.
func (s *Service) add(ctx context.Context, one stretch) ([]tally.Count, error) {
	list, err := s.ask(ctx, store.TallyQuery{
		Owner: one.Owner, Product: one.Product, StockID: one.StockID,
		From: one.from, Until: one.until, ByDay: one.until-one.from > 1, ByStock: true,
	})
	return merge(list, &Query{}), err
}

// addOwners adds a stretch of everybody up from those of each owner, in the order of [store.TallyReader].
func (s *Service) addOwners(
	ctx context.Context, one stretch, owners []merchant.ID, how from[stretch, []tally.Count],
) ([]tally.Count, error) {
	var list []tally.Count
	for _, owner := range owners {
		one.Owner = owner
		counts, err := s.recall(ctx, one, how)
		if err != nil {
			return nil, err
		}
		for _, c := range counts {
			c.Owner = ""
			list = append(list, c)
		}
	}
	slices.SortStableFunc(list, func(a, b tally.Count) int {
		return cmp.Or(cmp.Compare(a.Product, b.Product), cmp.Compare(a.Kind, b.Kind))
	})
	return merge(list, &Query{}), nil
}

// owners are all merchants, unless there are too many.
func (s *Service) owners(ctx context.Context) (owners []merchant.ID, all bool, err error) {
	err = s.config.Store.Glance(ctx, func(tx store.ReadTx) error {
		page, err := tx.MerchantPage(ctx, "", maxOwners+1)
		owners, all = nil, len(page) <= maxOwners
		for i := range page {
			owners = append(owners, page[i].ID)
		}
		return err
	})
	return owners, all, err
}

// expired returns how many were not used in time, as they were a while ago.
func (s *Service) expired(ctx context.Context, e ended, how from[ended, int64]) (int64, error) {
	return how(ctx, e, func(ctx context.Context) (n int64, err error) {
		expiries, err := s.expiries(ctx, e.Scope, 0, e.until)
		for _, one := range expiries {
			n += one.N
		}
		return n, err
	})
}
