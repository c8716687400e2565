package notify_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/platform/directory"
	"github.com/favord/favord/internal/platform/notify"
	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/memstore"
)

// TestTheScheduleIsTheContracts: once a minute, 11 times for merchant coupons and 9 times for
// vouchers (protocol 6.3), then the tail, which ends after 72 hours.
func TestTheScheduleIsTheContracts(t *testing.T) {
	t.Parallel()
	tail := []time.Duration{
		30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 16 * time.Hour,
		24 * time.Hour, 36 * time.Hour, 48 * time.Hour, 60 * time.Hour, 72 * time.Hour,
	}
	for event, times := range map[string]int{"COUPON.SEND": 11, "COUPON.USE": 9} {
		t.Run(fmt.Sprintf("row 02: %s is sent %d times, and no more without a tail", event, times), func(t *testing.T) {
			t.Parallel()
			var want []time.Duration
			for i := range times {
				want = append(want, time.Duration(i)*time.Minute)
			}
			if diff := cmp.Diff(want, notify.Schedule(event, 0)); diff != "" {
				t.Errorf("without a tail (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(slices.Concat(want, tail[:3]), notify.Schedule(event, 3*time.Hour)); diff != "" {
				t.Errorf("with a short tail (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(slices.Concat(want, tail), notify.Schedule(event, notify.LongestTail)); diff != "" {
				t.Errorf("with the longest tail (-want +got):\n%s", diff)
			}
		})
	}
	t.Logf("proof P10: 11 and 9 attempts a minute apart, then up to %d to the end of the tail", len(tail))
}

// bubble is a fixture whose time is that of a synctest bubble.
func bubble(t *testing.T, bounds notify.Bounds) *fixture {
	t.Helper()
	platform() // made outside, where time is real
	f := newFixture(t, memstore.New())
	f.receiver.clock = clock.System{}
	f.config.Clock, f.config.Bounds = clock.System{}, bounds
	f.config.Directory = directory.New(f.store, clock.System{})
	f.Service = notify.New(f.config)
	return f
}

// running lets a service run until the returned function is called.
func (f *fixture) running() (stop func()) {
	ctx, cancel := context.WithCancel(f.t.Context())
	ended := make(chan error)
	go func() { ended <- f.Run(ctx) }()
	return func() {
		cancel()
		if err := <-ended; err != nil {
			f.t.Error(err)
		}
	}
}

// rare looks for work seldom: the virtual days are long.
func rare() notify.Bounds {
	b := notify.DefaultBounds()
	b.Poll = 10 * time.Second
	return b
}

// TestADeliveryIsAttemptedAtEachStepAndThenDead runs through the schedules of both kinds of
// events in virtual time, while the receiver refuses; hangs would shift nothing.
func TestADeliveryIsAttemptedAtEachStepAndThenDead(t *testing.T) {
	t.Parallel()
	refuses := func(received) (int, error) { return http.StatusInternalServerError, nil }
	for name, c := range map[string]struct {
		answer func(received) (int, error)
		tail   time.Duration
	}{
		"refuses":                {refuses, notify.LongestTail},
		"refuses without a tail": {refuses, 0},
		"hangs":                  {func(received) (int, error) { <-time.After(5 * time.Second); return 0, errHang }, notify.LongestTail},
	} {
		answer, tail := c.answer, c.tail
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := bubble(t, rare())
				f.receiver.answer = answer
				f.config.Tail = tail
				f.Service = notify.New(f.config)
				f.listen(merchant.BusiFavor)
				f.listen(merchant.Favor)
				stop := f.running()
				began := clock.System{}.Now()
				ids := map[string]string{"COUPON.SEND": f.issue(delivery.KindCouponSent), "COUPON.USE": f.issue(delivery.KindVoucherUsed)}
				<-time.After(80 * time.Hour)
				stop()
				for event, id := range ids {
					story := f.story(id)
					if story.State != "DEAD" || story.Ended.IsZero() || !story.Due.IsZero() {
						t.Errorf("%s: %+v", event, story.Delivery)
					}
					var at []time.Duration // each step is late by as much as the service looks for work late
					before, sum := began, time.Duration(0)
					for _, try := range story.Tries {
						sum += try.At.Sub(before).Truncate(time.Minute)
						before, at = try.At, append(at, sum)
					}
					if diff := cmp.Diff(notify.Schedule(event, tail), at); diff != "" {
						t.Errorf("%s (-want +got):\n%s", event, diff)
					}
				}
				t.Logf("proof P10: %d attempts at a receiver that fails for 80 hours, each in the minute of its step", len(f.receiver.deliveries()))
				f.checked()
			})
		})
	}
}

// TestADeadDeliveryIsSentAgainByIDAndByTime: signed anew, with the schedule from its
// beginning.
func TestADeadDeliveryIsSentAgainByIDAndByTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := bubble(t, rare())
		down := true
		f.receiver.answer = func(received) (int, error) {
			if down {
				return http.StatusBadGateway, nil
			}
			return http.StatusOK, nil
		}
		f.listen(merchant.BusiFavor)
		stop := f.running()
		began := clock.System{}.Now()
		var ids []string
		for range 4 {
			ids = append(ids, f.issue(delivery.KindCouponSent))
			<-time.After(time.Hour)
		}
		<-time.After(80 * time.Hour)
		states := func() (list []string) {
			for _, id := range ids {
				list = append(list, f.story(id).State)
			}
			return list
		}
		if diff := cmp.Diff([]string{"DEAD", "DEAD", "DEAD", "DEAD"}, states()); diff != "" {
			t.Errorf("before: %s", diff)
		}
		down = false
		if sent, err := f.Resend(t.Context(), "test", notify.Query{Owner: alice}, ids[0]); sent.Count != 1 || err != nil {
			t.Errorf("by id: %d, %v", sent.Count, err)
		}
		if sent, err := f.Resend(t.Context(), "test", notify.Query{Owner: alice, State: "DEAD", From: began.Add(time.Hour), Until: began.Add(3 * time.Hour), Limit: 100}); sent != (notify.Resent{Count: 2}) || err != nil {
			t.Errorf("by time: %+v, %v", sent, err)
		}
		<-time.After(time.Minute)
		stop()
		if diff := cmp.Diff([]string{"DELIVERED", "DELIVERED", "DELIVERED", "DEAD"}, states()); diff != "" {
			t.Errorf("after: %s", diff)
		}
		got := f.receiver.deliveries()
		f.open(got[len(got)-1], apiKey)
		if _, err := f.Resend(t.Context(), "test", notify.Query{Owner: alice}, "none"); err == nil {
			t.Error("what is not there is sent again")
		}
		t.Log("proof P10: of 4 dead events 1 is sent again by its id, 2 by their time, 1 is left")
		f.checked()
	})
}

// crowd is many merchants whose receivers differ.
type crowd struct {
	*fixture
	// told counts what each merchant was told.
	told  int
	mu    sync.Mutex
	first map[string]time.Time
}

func newCrowd(t *testing.T, merchants int, answer func(url string) error) *crowd {
	t.Helper()
	c := &crowd{fixture: bubble(t, notify.DefaultBounds()), first: map[string]time.Time{}}
	c.receiver.answer = func(d received) (int, error) {
		c.mu.Lock()
		if _, seen := c.first[d.url]; !seen {
			c.first[d.url] = d.at
		}
		c.mu.Unlock()
		return http.StatusOK, answer(d.url)
	}
	for i := range merchants {
		m := merchant.Merchant{
			ID: id(i), Name: "m", Kind: merchant.Ordinary, KeyMode: merchant.ModeCertificate, Permissions: []merchant.Permission{merchant.PushEvents},
		}
		c.write(func(tx store.Tx) error { return tx.InsertMerchant(t.Context(), m, clock.System{}.Now()) })
		if _, err := c.SetCallback(t.Context(), notify.SetCommand{Caller: id(i), Product: merchant.BusiFavor, URL: target + "/" + string(id(i))}); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func id(i int) merchant.ID { return merchant.ID(fmt.Sprintf("19%04d0000", i)) }

// tell gives every merchant some events.
func (c *crowd) tell(merchants, each int) {
	c.t.Helper()
	payload := []byte(`{"stock_id":"` + string(c.shop.Stock.ID) + `","holder":"01000000000000000000000000000000"}`)
	for range each {
		c.told++
		var events []delivery.Event
		for i := range merchants {
			events = append(events, delivery.Event{Owner: id(i), Product: merchant.BusiFavor, ID: fmt.Sprintf("%s-%d", id(i), c.told), Kind: delivery.KindCouponSent, At: clock.System{}.Now(), Payload: payload})
		}
		if err := c.store.Write(c.t.Context(), func(tx store.Tx) error { return tx.AppendEvents(c.t.Context(), events) }); err != nil {
			c.t.Fatal(err)
		}
	}
}

// TestReceiversThatHangDelayNobodyElse: of 300 receivers a tenth never answers, with more
// events than the node has room for.
func TestReceiversThatHangDelayNobodyElse(t *testing.T) {
	t.Parallel()
	const merchants, each, rounds = 300, 3, 5
	synctest.Test(t, func(t *testing.T) {
		hangs := func(url string) bool { return url[len(url)-5] == '0' } // a tenth of them
		c := newCrowd(t, merchants, func(url string) error {
			if hangs(url) {
				<-time.After(5 * time.Second)
				return errHang
			}
			<-time.After(20 * time.Millisecond)
			return nil
		})
		stop := c.running()
		var late []time.Duration
		for range rounds {
			began := clock.System{}.Now()
			clear(c.first)
			c.tell(merchants, each)
			<-time.After(10 * time.Second)
			c.mu.Lock()
			for url, at := range c.first {
				if !hangs(url) {
					late = append(late, at.Sub(began))
				}
			}
			c.mu.Unlock()
		}
		stop()
		slices.Sort(late)
		if want := merchants * 9 / 10 * rounds; len(late) != want {
			t.Fatalf("%d healthy receivers were called, of %d", len(late), want)
		}
		if p99 := late[len(late)*99/100]; p99 > 2*time.Second {
			t.Errorf("p99 of the first attempts is %s", p99)
		} else {
			t.Logf("proof P9: %d receivers of which a tenth hangs: the others get 99 of 100 first attempts within %s", merchants, p99)
		}
		c.checked()
	})
}

// TestTheLastAttemptsAreWaitedFor: what is under way when the server stops is settled.
func TestTheLastAttemptsAreWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := bubble(t, notify.DefaultBounds())
		f.receiver.answer = func(received) (int, error) { <-time.After(4 * time.Second); return http.StatusOK, nil }
		f.listen(merchant.BusiFavor)
		stop := f.running()
		id := f.issue(delivery.KindCouponSent)
		<-time.After(2 * time.Second)
		stop()
		if story := f.story(id); story.State != "DELIVERED" {
			t.Errorf("%+v", story.Delivery)
		}
	})
}

// TestMischiefLooksLikeTheRealThing: what a receiver may see of odd callbacks.
func TestMischiefLooksLikeTheRealThing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		mischief notify.Mischief
		attempts int
		after    time.Duration
	}{
		"twice":  {notify.Mischief{Duplicate: true}, 2, 0},
		"late":   {notify.Mischief{Delay: time.Hour}, 1, time.Hour},
		"forged": {notify.Mischief{Forged: true}, 2, 0},
		"stale":  {notify.Mischief{Stale: true}, 1, 0},
		"probe":  {notify.Mischief{Probe: true}, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := bubble(t, notify.DefaultBounds())
				f.config.Mischief = func(delivery.Kind, merchant.ID) notify.Mischief { return c.mischief }
				f.Service = notify.New(f.config)
				f.listen(merchant.BusiFavor)
				stop := f.running()
				began := clock.System{}.Now()
				f.issue(delivery.KindCouponSent)
				<-time.After(2 * time.Hour)
				stop()
				got := f.receiver.deliveries()
				if len(got) != c.attempts {
					t.Fatalf("%d attempts", len(got))
				}
				last := got[len(got)-1]
				if late := last.at.Sub(began); late < c.after || late > c.after+time.Second {
					t.Errorf("after %s", late)
				}
				if c.mischief.Stale || c.mischief.Probe {
					return
				}
				f.open(last, apiKey)
			})
		})
	}
}
