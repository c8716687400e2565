package notify_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/outbound"
	"github.com/favord/favord/internal/platform/directory"
	"github.com/favord/favord/internal/platform/notify"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/storetest"
)

// node is a service in real time, with the real way out.
type node struct {
	*fixture
}

func openNode(b *testing.B, s store.Store) *node {
	b.Helper()
	shop := storetest.OpenShop(b, s, coupon.Limits{MaxCoupons: 1, MaxPerUser: 1})
	out, err := outbound.New(outbound.Options{Policy: outbound.Policy{Loopback: true}})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(out.Close)
	n := &node{&fixture{store: s, shop: shop, key: apiKey, version: 1}}
	n.config = notify.Config{
		Store: s, Directory: directory.New(s, clock.System{}), Clock: clock.System{}, Business: clock.Same{Source: clock.System{}},
		Post: out, Sender: n.sender, Log: quiet(),
	}
	n.Service = notify.New(n.config)
	return n
}

// run lets the service run until the benchmark ends.
func (n *node) run(b *testing.B) {
	b.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- n.Run(ctx) }()
	b.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			b.Error(err)
		}
	})
}

// tell appends events of merchants, each with a number of its own.
func (n *node) tell(b *testing.B, owners []merchant.ID, number *int) {
	b.Helper()
	events := make([]delivery.Event, len(owners))
	for i, owner := range owners {
		*number++
		events[i] = delivery.Event{
			Owner: owner, Product: merchant.BusiFavor, ID: fmt.Sprint("event-", *number), Kind: delivery.KindCouponSent, At: clock.System{}.Now(),
			Payload: []byte(`{"stock_id":"` + string(n.shop.Stock.ID) + `","holder":"01000000000000000000000000000000","out_request_no":"` + fmt.Sprint(*number) + `"}`),
		}
	}
	if err := n.store.Write(b.Context(), func(tx store.Tx) error { return tx.AppendEvents(b.Context(), events) }); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkDelivery is one event on its way to a receiver that answers at once: sealed,
// signed, posted and stored.
func BenchmarkDelivery(b *testing.B) {
	engines.EachBenchmark(b, func(b *testing.B, s store.Store) {
		b.Helper()
		arrived := make(chan struct{}, 1024)
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.WriteHeader(http.StatusNoContent)
			arrived <- struct{}{}
		}))
		b.Cleanup(server.Close)
		n := openNode(b, s)
		n.set(b, alice, server.URL+"/n")
		number := 0
		for left := b.N; left > 0; left -= 256 {
			n.tell(b, slices.Repeat([]merchant.ID{alice}, min(left, 256)), &number)
		}
		b.ResetTimer()
		n.run(b)
		for range b.N {
			<-arrived
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
	})
}

func (n *node) set(b *testing.B, owner merchant.ID, url string) {
	b.Helper()
	if _, err := n.SetCallback(b.Context(), notify.SetCommand{Caller: owner, Product: merchant.BusiFavor, URL: url}); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkHangingReceivers is the time from an event to its first attempt, for the healthy
// ones of a thousand receivers of which a tenth never answers. Each round tells every one of
// them once, a fiftieth of them every 100 ms.
func BenchmarkHangingReceivers(b *testing.B) {
	const receivers, hanging, share = 1000, 10, 20
	engines.EachBenchmark(b, func(b *testing.B, s store.Store) {
		b.Helper()
		stop := newStopwatch()
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			if strings.HasPrefix(r.URL.Path, "/hang") {
				<-r.Context().Done()
				return
			}
			stop.end(merchant.ID(path.Base(r.URL.Path)))
			w.WriteHeader(http.StatusNoContent)
		}))
		b.Cleanup(server.Close)
		n := openNode(b, s)
		owners := make([]merchant.ID, receivers)
		for i := range owners {
			owners[i] = id(i)
			kind := "/well/"
			if i%hanging == 0 {
				kind = "/hang/"
			}
			n.set(b, owners[i], server.URL+kind+string(owners[i]))
		}
		n.run(b)
		number := 0
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		b.ResetTimer()
		for range b.N {
			for few := range slices.Chunk(owners, share) {
				<-tick.C
				stop.begin(few)
				n.tell(b, few, &number)
			}
		}
		for stop.running() > receivers/hanging {
			<-tick.C
		}
		slices.Sort(stop.took)
		b.ReportMetric(float64(stop.took[len(stop.took)/2].Milliseconds()), "p50-ms")
		b.ReportMetric(float64(stop.took[len(stop.took)*99/100].Milliseconds()), "p99-ms")
		b.ReportMetric(float64(len(stop.took)), "attempts")
	})
}

// stopwatch measures for many at once.
type stopwatch struct {
	mu    sync.Mutex
	began map[merchant.ID]time.Time
	took  []time.Duration
}

func newStopwatch() *stopwatch { return &stopwatch{began: map[merchant.ID]time.Time{}} }

func (s *stopwatch) begin(list []merchant.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, who := range list {
		s.began[who] = clock.System{}.Now()
	}
}

func (s *stopwatch) end(who merchant.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at, running := s.began[who]; running {
		s.took = append(s.took, clock.System{}.Now().Sub(at))
		delete(s.began, who)
	}
}

func (s *stopwatch) running() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.began)
}
