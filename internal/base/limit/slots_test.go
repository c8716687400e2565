package limit_test

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/favord/favord/internal/base/limit"
)

func TestSlotsBoundHowManyCalculateAndRefuseNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const places, callers = 3, 20
		slots, finish := limit.NewSlots(places), make(chan struct{})
		var inside, done atomic.Int64
		var group sync.WaitGroup
		for range callers {
			group.Go(func() {
				slots.Do(func() {
					inside.Add(1)
					<-finish
					inside.Add(-1)
				})
				done.Add(1)
			})
		}
		for finished := range int64(callers) {
			synctest.Wait()
			if want := min(places, callers-finished); inside.Load() != want || done.Load() != finished {
				t.Fatalf("%d calculate and %d are done, want %d and %d", inside.Load(), done.Load(), want, finished)
			}
			finish <- struct{}{}
		}
		group.Wait()
		if done.Load() != callers {
			t.Errorf("%d of %d were served", done.Load(), callers)
		}
	})
}

func TestASlotIsServedInTheOrderOfWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slots, finish := limit.NewSlots(1), make(chan struct{})
		var group sync.WaitGroup
		group.Go(func() { slots.Do(func() { <-finish }) })
		synctest.Wait()
		var served []int
		for i := range 10 {
			group.Go(func() { slots.Do(func() { served = append(served, i) }) })
			synctest.Wait() // now it waits, behind those before it
		}
		close(finish)
		group.Wait()
		for i := range served {
			if served[i] != i {
				t.Fatalf("served in the order %v", served)
			}
		}
	})
}

func TestASlotIsFreeAgainAfterAPanic(t *testing.T) {
	t.Parallel()
	slots, served := limit.NewSlots(1), false
	func() {
		defer func() { _ = recover() }()
		slots.Do(func() { panic("broken") })
	}()
	slots.Do(func() { served = true })
	if !served {
		t.Error("the next is not served")
	}
}

// BenchmarkSlots is what the bound itself costs, with many more callers than slots.
func BenchmarkSlots(b *testing.B) {
	slots := limit.NewSlots(runtime.GOMAXPROCS(0))
	b.SetParallelism(64)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			slots.Do(func() {})
		}
	})
}
