package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// contender is somebody who issues coupons in this process.
type contender struct {
	name   string
	stocks int
	// pid is the database's process; 0 when it is part of this one.
	pid   int
	issue func(ctx context.Context, c claim) error
}

// claim asks for one coupon.
type claim struct {
	stock, user int
	number      string
}

// saleFigures are those of one sale.
type saleFigures struct {
	contender string
	stocks    int
	clients   int
	issued    int64
	perSecond float64
	p50, p99  time.Duration
	// app and database are processor time for each issue. On SQLite the database is
	// part of the app.
	app, database time.Duration
}

func (f *saleFigures) cpu() time.Duration { return f.app + f.database }

// sale has clients ask a contender for coupons as fast as they are answered.
type sale struct {
	contender
	clients  int
	duration time.Duration
	// most ends the sale after so many claims; 0 does not.
	most  int64
	users int
	// numbers keeps the claims of several sales apart.
	numbers *atomic.Int64
}

// warmUp is how long a sale runs before it is measured: connections open, statements are
// prepared, the first pages are read.
const warmUp = 300 * time.Millisecond

// run returns the figures of a sale and how many issues were acknowledged, those of the
// warm-up included.
func (s *sale) run(ctx context.Context) (saleFigures, int64, error) {
	warm, err := s.stretch(ctx, warmUp, int64(s.clients))
	if err != nil {
		return saleFigures{}, 0, err
	}
	app, database := ownCPU(), treeCPU(s.pid)
	measured, err := s.stretch(ctx, s.duration, s.most)
	if err != nil {
		return saleFigures{}, 0, err
	}
	app, database = ownCPU()-app, treeCPU(s.pid)-database
	n := time.Duration(max(1, measured.issued))
	return saleFigures{
		contender: s.name, stocks: s.stocks, clients: s.clients, issued: measured.issued,
		perSecond: float64(measured.issued) / measured.took.Seconds(),
		p50:       measured.latency(50), p99: measured.latency(99), app: app / n, database: database / n,
	}, warm.issued + measured.issued, nil
}

// stretch is what came of a while.
type stretch struct {
	issued    int64
	took      time.Duration
	latencies []time.Duration
}

func (s *stretch) latency(percent int) time.Duration {
	if len(s.latencies) == 0 {
		return 0
	}
	return s.latencies[min(len(s.latencies)-1, len(s.latencies)*percent/100)]
}

func (s *sale) stretch(ctx context.Context, d time.Duration, most int64) (stretch, error) {
	var taken atomic.Int64
	var all sync.WaitGroup
	latencies := make([][]time.Duration, s.clients)
	errs := make([]error, s.clients)
	began := now()
	for c := range s.clients {
		all.Go(func() {
			for at := began; at.Sub(began) < d && ctx.Err() == nil; {
				if most > 0 && taken.Add(1) > most {
					return
				}
				n := int(s.numbers.Add(1))
				if err := s.issue(ctx, claim{stock: n % s.stocks, user: n % s.users, number: fmt.Sprint("n", n)}); err != nil {
					errs[c] = err
					return
				}
				after := now()
				latencies[c] = append(latencies[c], after.Sub(at))
				at = after
			}
		})
	}
	all.Wait()
	r := stretch{took: now().Sub(began), latencies: slices.Concat(latencies...)}
	r.issued = int64(len(r.latencies))
	slices.Sort(r.latencies)
	return r, cmp.Or(append([]error{ctx.Err()}, errs...)...) // all fail alike: one error says it
}
