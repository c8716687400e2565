package notify

import (
	"context"
	"errors"
	"time"

	"github.com/favord/favord/internal/base/telemetry"
	"github.com/favord/favord/internal/store"
)

const (
	// soon is how long to wait for what is not settled yet.
	soon = 25 * time.Millisecond
	// afterError is how long to wait when the store fails.
	afterError = time.Second
	// maxLines is how many receivers a node remembers.
	maxLines = 20_000
	// drainWithin is how long the last outcomes may take to be stored.
	drainWithin = 5 * time.Second
)

// Run delivers events until ctx ends. Then it begins no more attempts, waits for those that
// run, which takes no longer than their timeout, and stores what they led to.
func (s *Service) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		s.beginEchoes(ctx)
		s.wait(ctx, s.work(ctx))
	}
	s.beginEchoes(ctx)
	s.running.Wait()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainWithin)
	defer cancel()
	return s.settle(ctx)
}

// Step does once what Run does again and again: it makes one pass, waits for the attempts that it
// began and stores what they led to. It reports how many there were. It is for those who decide
// themselves when that happens, and must not be called beside Run.
func (s *Service) Step(ctx context.Context) (int, error) {
	s.beginEchoes(ctx)
	p, err := s.pass(ctx)
	s.running.Wait()
	if err == nil {
		err = errors.Join(s.sweep(ctx), s.settle(ctx))
	}
	return len(p.claims), err
}

// work makes a pass and says how long to wait for the next one.
func (s *Service) work(ctx context.Context) time.Duration {
	p, err := s.pass(ctx)
	if err == nil {
		err = s.sweep(ctx)
	}
	switch {
	case ctx.Err() != nil:
		return 0
	case err != nil:
		s.config.Log.Error("deliveries wait for the store", telemetry.Cause(err))
		return afterError
	case len(p.claims) > 0 || p.more:
		return 0
	case p.waiting:
		return soon
	}
	return s.config.Bounds.Poll
}

// wait ends after a while, when an attempt ends or there is an echo to be sent, or with ctx.
func (s *Service) wait(ctx context.Context, d time.Duration) {
	if d == 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.finished:
	case e := <-s.echoes:
		s.beginEcho(ctx, e)
	case <-ctx.Done():
	}
}

// settle stores the outcomes that are left.
func (s *Service) settle(ctx context.Context) error {
	done := s.takeOutcomes()
	if len(done) == 0 {
		return nil
	}
	if err := s.config.Store.Write(ctx, func(tx store.Tx) error { return tx.SettleAttempts(ctx, settled(done)) }); err != nil {
		s.giveBack(done)
		return err
	}
	now := s.config.Clock.Now()
	for i := range done {
		s.release(&done[i], now)
	}
	return nil
}
