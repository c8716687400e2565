package statistics

import (
	"context"
	"errors"
	"time"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/telemetry"
	"github.com/favord/favord/internal/rule/tally"
	"github.com/favord/favord/internal/store"
)

// What the console's overview asks for: two weeks by days, two days by hours.
const (
	warmDays  = 14
	warmHours = 48
)

const (
	// every is how often Run looks whether something is over.
	every = time.Minute
	// renewed is after how long Run adds up anew what is remembered, before it is forgotten all at once.
	renewed = kept / 2
	// renewedExpired is that of what has expired.
	renewedExpired = keptExpired / 3
)

// warmed is when what is remembered was added up last.
type warmed struct{ counts, expired time.Time }

// Run keeps in memory what the overview of everybody asks for, from the start on and as hours end, so that
// nobody waits until it is added up. It ends with ctx; where nothing is remembered, at once.
func (s *Service) Run(ctx context.Context) error {
	if s.past == nil {
		return nil
	}
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	var last warmed
	for {
		s.report(ctx, s.warm(ctx, &last))
		if !s.wait(ctx, ticker.C) {
			return nil
		}
	}
}

// wait returns with the next tick, or false with the end of ctx. Until then it adds up what somebody saw that was old.
func (s *Service) wait(ctx context.Context, tick <-chan time.Time) bool {
	for {
		select {
		case <-ctx.Done():
			return false
		case <-tick:
			return true
		case renew := <-s.past.stale:
			s.report(ctx, renew(ctx))
		}
	}
}

// report tells the log of what was not added up, unless it is time to end.
func (s *Service) report(ctx context.Context, err error) {
	if err != nil && ctx.Err() == nil {
		s.config.Log.Warn("what was counted is not added up ahead", telemetry.Cause(err))
	}
}

// Warm adds up what the overview of everybody asks for, once.
func (s *Service) Warm(ctx context.Context) error { return s.warm(ctx, &warmed{}) }

func (s *Service) warm(ctx context.Context, last *warmed) error {
	steady := s.config.Steady.Now()
	today := day.Of(s.config.Clock.For("").Now())
	coming := since{from: today}
	return errors.Join(
		s.past.coming.renew(ctx, coming, s.usable(coming)), s.warmExpired(ctx, last, steady, today), s.warmCounts(ctx, last, steady))
}

func (s *Service) warmCounts(ctx context.Context, last *warmed, steady time.Time) error {
	how := s.past.counts.Get
	due := steady.Sub(last.counts) >= renewed
	if due {
		how = s.past.counts.Renew
	}
	now := s.config.Clock.For("").Now()
	until := tally.HourOf(now) + 1
	for _, t := range []store.TallyQuery{
		{From: tally.HourOf((day.Of(now) - (warmDays - 1)).Begin()), Until: until, ByDay: true},
		{From: until - warmHours, Until: until},
	} {
		for _, one := range stretches(Scope{}, t, now) {
			if _, err := s.recall(ctx, one, how); err != nil {
				return err
			}
		}
	}
	if due {
		last.counts = steady
	}
	return nil
}

func (s *Service) warmExpired(ctx context.Context, last *warmed, steady time.Time, today day.Day) error {
	e := ended{until: today}
	if steady.Sub(last.expired) < renewedExpired {
		_, err := s.expired(ctx, e, s.past.expired.Get)
		return err
	}
	_, err := s.expired(ctx, e, s.past.expired.Renew)
	if err == nil {
		last.expired = steady
	}
	return err
}
