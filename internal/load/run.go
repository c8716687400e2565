package load

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/favord/favord/apiv3"
)

// run is one stretch of load.
type run struct {
	target *Target
	plan   Plan
	calls  []signed
	// count is how many calls there are; call i sends calls[i%len(calls)].
	count int
	// seen looks at each success, out of the time that is measured. It is called by
	// several goroutines. Its error says that the answer is wrong.
	seen func(i int, body []byte) error

	// dial opens connections; nil is to the target.
	dial dial

	began  time.Time
	result *Result
	mu     sync.Mutex // guards what of the result several calls write
}

// do makes the calls arrive and waits for the last answer.
func (r *run) do(ctx context.Context) (*Result, error) {
	if r.dial == nil {
		to, err := r.target.address()
		if err != nil {
			return nil, err
		}
		r.dial = dialTo(to)
	}
	r.result = &Result{Plan: r.plan, samples: make([]sample, r.count)}
	r.began = r.target.Clock.Now()
	if r.plan.Rate > 0 {
		r.open(ctx)
	} else {
		r.closed(ctx)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r.result.finish()
	return r.result, nil
}

func (r *run) since() time.Duration { return r.target.Clock.Now().Sub(r.began) }

// closed has every client send its next call when it has the answer to the last.
func (r *run) closed(ctx context.Context) {
	var next atomic.Int64
	var clients sync.WaitGroup
	for range min(r.plan.Clients, r.count) {
		clients.Go(func() {
			c := r.connection()
			defer c.close()
			for ctx.Err() == nil {
				i, due := int(next.Add(1))-1, r.since()
				if i >= r.count || due >= r.plan.Duration {
					return
				}
				r.one(ctx, c, i, due)
			}
		})
	}
	clients.Wait()
}

// open has calls arrive by the schedule. One goroutine keeps it, and gives each call to a
// client that is free, the one that was busy last, so that connections stay warm.
func (r *run) open(ctx context.Context) {
	free := pool{room: make(chan struct{}, r.plan.Clients), dial: r.connection}
	defer free.close()
	var under sync.WaitGroup
	defer under.Wait()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for i := range r.count {
		due := time.Duration(float64(i) / r.plan.Rate * float64(time.Second))
		if wait := due - r.since(); wait > 0 {
			timer.Reset(wait)
			select {
			case <-timer.C:
			case <-ctx.Done():
				return
			}
		}
		c, ok := free.take(ctx)
		if !ok {
			return
		}
		if r.since()-due > late {
			r.result.samples[i] = sample{at: due, unsent: true}
			free.give(c)
			continue
		}
		under.Go(func() {
			defer free.give(c)
			r.one(ctx, c, i, due)
		})
	}
}

func (r *run) connection() *connection {
	return &connection{dial: r.dial, clock: r.target.Clock}
}

// one sends a call that was due, and notes what came of it.
func (r *run) one(ctx context.Context, c *connection, i int, due time.Duration) {
	answer, err := c.send(ctx, r.calls[i%len(r.calls)])
	s := sample{at: due, took: r.since() - due, status: answer.status, signed: answer.signed}
	switch {
	case err != nil:
		r.note(&r.result.Broken, err)
	case s.good():
		if r.seen != nil {
			if err := r.seen(i, answer.body); err != nil {
				s.wrong = true
				r.note(&r.result.WrongText, err)
			}
		}
	default:
		s.code = codeOf(answer.body)
	}
	r.result.samples[i] = s
}

// note keeps the first text of its kind.
func (r *run) note(text *string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if *text == "" {
		*text = err.Error()
	}
}

// codeOf reads the code of an error answer.
func codeOf(body []byte) string {
	var e apiv3.Error
	if json.Unmarshal(body, &e) != nil {
		return ""
	}
	return e.Code
}

// good reports a success.
func (s *sample) good() bool {
	return s.status >= http.StatusOK && s.status < http.StatusMultipleChoices
}

// pool keeps the clients of an open loop. The one that came back last goes out first.
type pool struct {
	room chan struct{} // a place for each client that is busy
	dial func() *connection

	mu   sync.Mutex
	idle []*connection
}

// take waits for a free client. It reports false when ctx ends.
func (p *pool) take(ctx context.Context) (*connection, bool) {
	select {
	case p.room <- struct{}{}:
	case <-ctx.Done():
		return nil, false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.idle); n > 0 {
		c := p.idle[n-1]
		p.idle = p.idle[:n-1]
		return c, true
	}
	return p.dial(), true
}

func (p *pool) give(c *connection) {
	p.mu.Lock()
	p.idle = append(p.idle, c)
	p.mu.Unlock()
	<-p.room
}

func (p *pool) close() {
	for _, c := range p.idle {
		c.close()
	}
}
