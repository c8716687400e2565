package statistics

import (
	"context"
	"time"

	"github.com/favord/favord/internal/base/shelf"
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
)

// stretch is an hour or a day that is over. Nothing is counted in it any more, so that it is added
// up once: there may be a row for each stock and channel in each of its hours.
type stretch struct {
	Scope
	from, until tally.Hour
}

// past has what was counted in stretches, with stocks and channels added up.
type past = shelf.Shelf[stretch, []tally.Count]

// counts has what is over from memory, unless that tells too little apart, and asks for the rest.
func (s *Service) counts(ctx context.Context, q *Query, t store.TallyQuery, now time.Time) ([]tally.Count, error) {
	if s.past == nil || q.ByStock || q.ByChannel {
		return s.ask(ctx, t)
	}
	var list []tally.Count
	for over := min(t.Until, tally.HourOf(now.Add(-settles))); t.From < over; {
		one := stretch{Scope: q.Scope, from: t.From, until: t.From + 1}
		if t.ByDay && t.From == t.From.DayBegin() && t.From+24 <= over {
			one.until = t.From + 24
		}
		counts, err := s.past.Get(ctx, one, func(ctx context.Context) ([]tally.Count, error) { return s.add(ctx, one) })
		if err != nil {
			return nil, err
		}
		list, t.From = append(list, counts...), one.until
	}
	if t.From < t.Until {
		rest, err := s.ask(ctx, t)
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

// add adds a stretch up.
func (s *Service) add(ctx context.Context, one stretch) ([]tally.Count, error) {
	list, err := s.ask(ctx, store.TallyQuery{
		Owner: one.Owner, Product: one.Product, StockID: one.StockID,
		From: one.from, Until: one.until, ByDay: one.until-one.from > 1, ByStock: true,
	})
	return merge(list, &Query{}), err
}
