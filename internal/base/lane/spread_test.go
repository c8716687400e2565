package lane_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/favord/favord/internal/base/lane"
)

// TestABatchPerOwnerIsOfOneOwner: whoever else calls meanwhile has lanes of their own.
func TestABatchPerOwnerIsOfOneOwner(t *testing.T) {
	t.Parallel()
	type call struct{ owner, key string }
	for lanes, mixed := range map[int]bool{lane.PerOwner: false, 1: true} {
		synctest.Test(t, func(t *testing.T) {
			var met atomic.Bool
			release := make(chan struct{})
			spread := lane.NewSpread(lane.Bounds{}, lanes, func(_ context.Context, calls []call) ([]int, error) {
				<-release
				for _, c := range calls {
					if c.owner != calls[0].owner {
						met.Store(true)
					}
				}
				return make([]int, len(calls)), nil
			})
			ask := func(owner, key string) {
				go func() {
					if _, err := spread.Do(t.Context(), owner, key, call{owner, key}); err != nil {
						t.Error(err)
					}
				}()
			}
			ask("a", "0")
			synctest.Wait() // it runs alone, and the others come meanwhile
			for n := range 20 {
				ask("a", fmt.Sprint(n))
				ask("b", fmt.Sprint(n))
			}
			synctest.Wait()
			close(release)
			synctest.Wait()
			if met.Load() != mixed {
				t.Errorf("%d lanes: owners met in a batch: %v", lanes, met.Load())
			}
		})
	}
}
