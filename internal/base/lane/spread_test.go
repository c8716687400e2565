package lane_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/favord/favord/internal/base/lane"
)

// TestABatchPerOwnerIsOfOneOwner: whoever else calls meanwhile has lanes of their own.
func TestABatchPerOwnerIsOfOneOwner(t *testing.T) {
	t.Parallel()
	type call struct{ owner, key string }
	for lanes, mixed := range map[int]bool{lane.PerOwner: false, 1: true} {
		var mu sync.Mutex
		met := false
		begun, release := make(chan struct{}, 100), make(chan struct{})
		spread := lane.NewSpread(lane.Bounds{}, lanes, func(_ context.Context, calls []call) ([]int, error) {
			begun <- struct{}{}
			<-release
			mu.Lock()
			defer mu.Unlock()
			for _, c := range calls {
				met = met || c.owner != calls[0].owner
			}
			return make([]int, len(calls)), nil
		})
		var wg sync.WaitGroup
		ask := func(owner, key string) {
			wg.Go(func() {
				if _, err := spread.Do(t.Context(), owner, key, call{owner, key}); err != nil {
					t.Error(err)
				}
			})
		}
		ask("a", "0")
		<-begun
		for n := range 20 {
			ask("a", fmt.Sprint(n))
			ask("b", fmt.Sprint(n))
		}
		for spread.Stats().Waiting < 20 {
			<-tick()
		}
		close(release)
		wg.Wait()
		if met != mixed {
			t.Errorf("%d lanes: owners met in a batch: %v", lanes, met)
		}
	}
}

// tick lets others run.
func tick() <-chan struct{} {
	done := make(chan struct{})
	go close(done)
	return done
}
