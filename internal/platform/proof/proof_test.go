package proof_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/platform/proof"
	"github.com/favord/favord/internal/store"
)

// checker answers when it is told to.
type checker struct {
	store.Store
	list []store.Invariant
	err  error
	told chan struct{}
}

func (c *checker) Check(ctx context.Context) ([]store.Invariant, error) {
	select {
	case <-c.told:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return c.list, c.err
}

func TestAProofRunsOnceHoweverManyAskAndIsKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		kept := &checker{list: []store.Invariant{{Name: store.InvariantIssued, Rows: 7}}, told: make(chan struct{})}
		s := proof.New(proof.Config{Store: kept, Clock: clock.System{}})
		ctx, end := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- s.Run(ctx) }()
		if got := s.Report(); got.State != proof.None {
			t.Errorf("before: %+v", got)
		}
		first, second := s.Ask(), s.Ask()
		if first.State != proof.Running || !second.Began.Equal(first.Began) {
			t.Errorf("asked twice: %+v, %+v", first, second)
		}
		<-time.After(time.Second)
		kept.told <- struct{}{}
		synctest.Wait()
		if got := s.Report(); got.State != proof.Done || len(got.Invariants) != 1 || got.Ended.Sub(got.Began) != time.Second {
			t.Errorf("done: %+v", got)
		}
		kept.err = errors.New("disk")
		if got := s.Ask(); got.State != proof.Running || len(got.Invariants) > 0 {
			t.Errorf("asked once more: %+v", got)
		}
		kept.told <- struct{}{}
		synctest.Wait()
		if got := s.Report(); got.State != proof.Failed || got.Reason.EN == "" || got.Invariants != nil {
			t.Errorf("failed: %+v", got)
		}
		end()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}
