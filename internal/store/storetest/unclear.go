package storetest

import (
	"context"
	"errors"
	"sync"

	"github.com/favord/favord/internal/store"
)

// Outcome is what became of a commit whose outcome the caller was not told.
type Outcome uint8

// The outcomes.
const (
	// Committed is a commit that succeeded before its answer was lost.
	Committed Outcome = iota + 1
	// Abandoned is a commit that was lost itself.
	Abandoned
)

// Unclear is a store of which one commit, chosen before, is reported as unclear.
type Unclear struct {
	store.Store

	mu      sync.Mutex
	outcome Outcome // 0 when none is chosen
	before  int
	reached bool
}

// Lose chooses the commit after so many others, and what becomes of it.
func (s *Unclear) Lose(before int, outcome Outcome) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.before, s.outcome, s.reached = before, outcome, false
}

// Reached reports whether the chosen commit came, and chooses none any more.
func (s *Unclear) Reached() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.outcome = 0
	return s.reached
}

// turn returns what becomes of the next commit; 0 is nothing unusual.
func (s *Unclear) turn() Outcome {
	s.mu.Lock()
	defer s.mu.Unlock()
	outcome := s.outcome
	if outcome == 0 {
		return 0
	}
	if s.before > 0 {
		s.before--
		return 0
	}
	s.outcome, s.reached = 0, true
	return outcome
}

// errAbandoned rolls a transaction back whose commit is lost.
var errAbandoned = errors.New("storetest: the commit is lost")

// Write implements store.Store. A transaction that fails has no commit that could be lost.
func (s *Unclear) Write(ctx context.Context, fn func(tx store.Tx) error) error {
	var outcome Outcome
	asked := false
	err := s.Store.Write(ctx, func(tx store.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		if !asked { // the engine may run this again
			asked, outcome = true, s.turn()
		}
		if outcome == Abandoned {
			return errAbandoned
		}
		return nil
	})
	if outcome == Committed && err == nil || errors.Is(err, errAbandoned) {
		return errors.Join(store.ErrUnclear, context.DeadlineExceeded) // as a commit within which time is up
	}
	return err
}
