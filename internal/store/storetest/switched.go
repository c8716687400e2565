package storetest

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
)

// interval is from before a change to after it, on a clock that ticks with each of them.
type interval struct{ begun, ended int64 }

// testSwitched sets a callback, changes it and switches it off while many stocks give out
// coupons. What happened while it was on for certain waits once, what happened while it was off
// for certain does not, and nothing waits twice.
func testSwitched(t *testing.T, s store.Store) {
	const writers, each, switches = 6, 30, 12
	var clock atomic.Int64
	var writing sync.WaitGroup
	written := make([]interval, writers*each)
	for w := range writers {
		st := insertStock(t, s, plain(coupon.StockID(fmt.Sprint(w)), coupon.Limits{}))
		writing.Go(func() {
			for i := range each {
				n := w*each + i
				written[n].begun = clock.Add(1)
				if err := s.Write(t.Context(), func(tx store.Tx) error {
					return appendSlowly(t.Context(), tx, st.StockKey, note(creator, n), (w+i)%writers)
				}); err != nil {
					t.Error(err)
				}
				written[n].ended = clock.Add(1)
			}
		})
	}
	c := callback(creator, merchant.BusiFavor)
	set := make([]interval, switches)
	for i := range set {
		c.On, c.URL = i%4 != 3, fmt.Sprint("https://example.com/", i)
		set[i].begun = clock.Add(1)
		setCallbacks(t, s, c)
		set[i].ended = clock.Add(1)
		pass(t, s, int(set[i].ended)%5)
	}
	writing.Wait()
	waits := map[string]int{}
	for _, d := range deliveries(t, s, store.DeliveryQuery{Owner: creator, Limit: writers * each}) {
		waits[d.EventID]++
	}
	for n, w := range written {
		on, certain := stateDuring(set, w)
		if got := waits[note(creator, n).ID]; got > 1 || certain && (got == 1) != on {
			t.Errorf("event %d waits %d times; the callback was on: %v", n, got, on)
		}
	}
	expectInvariants(t, s)
}

// stateDuring reports whether the callback was on throughout something, and whether that is
// certain.
func stateDuring(set []interval, w interval) (on, certain bool) {
	for i, one := range set {
		is := i%4 != 3
		switch {
		case one.ended < w.begun:
			on = is
		case one.begun < w.ended && is != on:
			return false, false
		}
	}
	return on, true
}

// pass lets others go on for a while: so many reads.
func pass(t *testing.T, s store.Store, reads int) {
	t.Helper()
	for range reads {
		read(t, s, func(ctx context.Context, tx store.ReadTx) error {
			_, err := tx.IsSubMerchant(ctx, creator, other)
			return err
		})
	}
}
