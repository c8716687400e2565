// Package statistics shows what happened with stocks, as it was counted by the transactions in
// which it happened.
package statistics

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/platform/directory"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/tally"
	"github.com/favord/favord/internal/store"
)

// Config is what a Service needs.
type Config struct {
	Store     store.Store
	Directory *directory.Directory
	// Clock is business time.
	Clock clock.Business
	// Steady is the machine's clock where business time never goes back, so that what is over is
	// remembered; nil in a sandbox.
	Steady clock.Clock
	// Log is for what Run cannot do.
	Log *slog.Logger
}

// Service shows figures. It is safe for concurrent use.
type Service struct {
	config Config
	past   *past
}

// New returns a service.
func New(c Config) *Service {
	s := &Service{config: c}
	if c.Steady != nil {
		s.past = newPast(c.Steady)
	}
	return s
}

// Bounds of a series.
const (
	MaxHours = 35 * 24
	MaxDays  = 400
)

// ErrSpan refuses a series that is too long, or ends before it begins.
var ErrSpan = fault.New(fault.Invalid,
	"时间范围须为正，按小时最长35天，按天最长400天",
	"The span must be positive, at most 35 days by hours and 400 days by days.").At("until", "")

// Scope says which stocks: those of an owner, or everybody's when it is empty, of one product or
// both, or one alone.
type Scope struct {
	Owner   merchant.ID
	Product merchant.Product
	StockID string
}

// Query asks for a series.
type Query struct {
	Scope
	// From and Until bound it, the latter exclusively, in whole hours or days.
	From, Until time.Time
	ByDay       bool
	// ByChannel and ByStock tell these apart.
	ByChannel, ByStock bool
}

// Series returns what was counted until now, in the order of time. Hours and days in which
// nothing was are left out.
func (s *Service) Series(ctx context.Context, q Query) (list []tally.Count, now time.Time, err error) {
	now = s.config.Clock.For(string(q.Owner)).Now()
	list, err = s.series(ctx, &q, now)
	if err != nil {
		return nil, now, fmt.Errorf("series: %w", err)
	}
	return list, now, nil
}

func (s *Service) series(ctx context.Context, q *Query, now time.Time) ([]tally.Count, error) {
	t := store.TallyQuery{
		Owner: q.Owner, Product: q.Product, StockID: q.StockID, From: tally.HourOf(q.From), Until: tally.HourOf(q.Until.Add(time.Hour - 1)),
		ByDay: q.ByDay, ByStock: true,
	}
	most := tally.Hour(MaxHours)
	if q.ByDay {
		t.From, most = t.From.DayBegin(), MaxDays*24
	}
	if t.Until <= t.From || t.Until-t.From > most {
		return nil, ErrSpan
	}
	list, err := s.counts(ctx, q, t, now)
	if err != nil {
		return nil, err
	}
	return merge(list, q), nil
}

// ask asks what was counted, and what that was worth.
func (s *Service) ask(ctx context.Context, t store.TallyQuery) (list []tally.Count, err error) {
	if err := s.config.Store.Glance(ctx, func(tx store.ReadTx) (err error) {
		list, err = tx.Tallies(ctx, t)
		return err
	}); err != nil {
		return nil, err
	}
	return list, s.value(ctx, list)
}

// value says what used merchant coupons are worth, where their stock says so: their discount
// never changes, so that it was not counted with each and is remembered for long.
func (s *Service) value(ctx context.Context, list []tally.Count) error {
	for i := range list {
		c := &list[i]
		if c.Product != merchant.BusiFavor || c.Kind != tally.Used && c.Kind != tally.Returned {
			continue
		}
		worth, err := s.worth(ctx, coupon.StockID(c.ID))
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		c.Amount = fen.Fen(c.N) * worth
	}
	return nil
}

// worth is what a coupon of a stock takes off, if all take off the same.
func (s *Service) worth(ctx context.Context, id coupon.StockID) (fen.Fen, error) {
	ask := func(ctx context.Context) (fen.Fen, error) {
		stock, err := s.config.Directory.Stock(ctx, id)
		if err != nil || stock.Type != coupon.TypeNormal {
			return 0, err
		}
		return stock.Benefit.Discount, nil
	}
	if s.past == nil {
		return ask(ctx)
	}
	return s.past.worth.Get(ctx, id, ask)
}

// merge adds up what the query does not tell apart. The list stays in the order of time.
func merge(list []tally.Count, q *Query) []tally.Count {
	var merged []tally.Count
	at := map[tally.Key]int{}
	for _, c := range list {
		if !q.ByStock {
			c.ID = ""
		}
		if !q.ByChannel {
			c.Channel = ""
		}
		i, known := at[c.Key]
		if !known {
			at[c.Key] = len(merged)
			merged = append(merged, c)
			continue
		}
		merged[i].N += c.N
		merged[i].Amount += c.Amount
	}
	return merged
}

// Day is what happened on a day.
type Day struct {
	Begin                                        time.Time
	Issued, Used, Returned, Deactivated, Deleted int64
	// Amount is what those that were used took off, less what was returned.
	Amount fen.Fen
}

// Summary is how things stand. Where there are so many stocks that it takes longer than 10 ms to add that up,
// it is how they stood a minute ago at worst, or a hundred times as long ago as that takes.
type Summary struct {
	Today, Yesterday Day
	Standing
}

// Standing counts what may still be used as Usable, of which ExpiringToday and ExpiringSoon, within the
// next three days, expire unless they are. Expired counts what was not used in time; of more than
// one stock, half an hour ago at worst.
type Standing struct{ Usable, ExpiringToday, ExpiringSoon, Expired int64 }

// soon is how many days count as such, today included.
const soon = 3

// Summary returns how things stand at business time.
func (s *Service) Summary(ctx context.Context, scope Scope) (Summary, error) {
	now := s.config.Clock.For(string(scope.Owner)).Now()
	today := day.Of(now)
	list, err := s.series(ctx, &Query{Scope: scope, From: (today - 1).Begin(), Until: (today + 1).Begin(), ByDay: true}, now)
	if err != nil {
		return Summary{}, fmt.Errorf("summary: %w", err)
	}
	sum := Summary{Today: Day{Begin: today.Begin()}, Yesterday: Day{Begin: (today - 1).Begin()}}
	for i := range list {
		if list[i].Hour == tally.HourOf(today.Begin()) {
			sum.Today.add(&list[i])
		} else {
			sum.Yesterday.add(&list[i])
		}
	}
	if sum.Standing, err = s.standing(ctx, scope, today); err != nil {
		return Summary{}, fmt.Errorf("summary: %w", err)
	}
	return sum, nil
}

// standing returns what expires, or has.
func (s *Service) standing(ctx context.Context, scope Scope, today day.Day) (found Standing, err error) {
	if s.past == nil || scope.StockID != "" {
		return s.stand(ctx, scope, 0, today)
	}
	expired, err := s.expired(ctx, ended{scope, today}, s.past.expired.Get)
	if err != nil {
		return Standing{}, err
	}
	key := since{scope, today}
	found, err = s.past.coming.get(ctx, key, s.usable(key))
	found.Expired = expired
	return found, err
}

// usable adds up what may be used from a day on.
func (s *Service) usable(key since) adder[Standing] {
	return func(ctx context.Context) (Standing, error) { return s.stand(ctx, key.Scope, key.from, key.from) }
}

// stand adds up what expires, or has, from a day on.
func (s *Service) stand(ctx context.Context, scope Scope, from, today day.Day) (found Standing, err error) {
	expiries, err := s.expiries(ctx, scope, from, today+forever)
	for _, e := range expiries {
		found.expires(e.Day-today, e.N)
	}
	return found, err
}

// expiries asks what is usable until some days, unless something happens.
func (s *Service) expiries(ctx context.Context, scope Scope, from, until day.Day) (list []tally.Expiry, err error) {
	err = s.config.Store.Glance(ctx, func(tx store.ReadTx) (err error) {
		list, err = tx.Expiries(ctx, store.ExpiryQuery{
			Owner: scope.Owner, Product: scope.Product, StockID: scope.StockID, From: from, Until: until,
		})
		return err
	})
	return list, err
}

// forever is more days than any coupon lives.
const forever = 100_000

func (s *Standing) expires(in day.Day, n int64) {
	if in < 0 {
		s.Expired += n
		return
	}
	s.Usable += n
	if in == 0 {
		s.ExpiringToday += n
	}
	if in < soon {
		s.ExpiringSoon += n
	}
}

func (d *Day) add(c *tally.Count) {
	switch c.Kind {
	case tally.Issued:
		d.Issued += c.N
	case tally.Used:
		d.Used += c.N
		d.Amount += c.Amount
	case tally.Returned:
		d.Returned += c.N
		d.Amount -= c.Amount
	case tally.Deactivated:
		d.Deactivated += c.N
	case tally.Deleted:
		d.Deleted += c.N
	}
}
