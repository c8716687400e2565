package load

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
)

// pipes is a listener whose connections are pipes: with them a test has a clock of its own.
type pipes struct {
	accept chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.accept:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{} }

// serve runs a server within a bubble of time and returns how to reach it.
func serve(t *testing.T, h http.HandlerFunc) dial {
	t.Helper()
	listener := &pipes{accept: make(chan net.Conn), closed: make(chan struct{})}
	server := http.Server{Handler: h, IdleTimeout: 8 * time.Second}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return func(ctx context.Context) (net.Conn, error) {
		mine, theirs := net.Pipe()
		select {
		case listener.accept <- theirs:
			return mine, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

const call = "GET /x HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n"

// play runs a plan of so many calls against a handler, in a bubble of time.
func play(t *testing.T, p Plan, count int, h http.HandlerFunc) *Result {
	t.Helper()
	r := run{target: &Target{Clock: clock.System{}}, plan: p, calls: []signed{signed(call)}, count: count, dial: serve(t, h)}
	result, err := r.do(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// busy answers after a while.
func busy(d time.Duration) http.HandlerFunc {
	return func(http.ResponseWriter, *http.Request) { <-time.After(d) }
}

func TestALatencyCountsFromWhenTheCallWasDue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		// One client serves 50 calls a second of the 100 that are due: the last one waits
		// for a second, not for the 20 ms that the server takes.
		got := play(t, Plan{Rate: 100, Duration: time.Second, Clients: 1}, 100, busy(20*time.Millisecond))
		if got.Sent != 100 || got.Unsent != 0 || got.Answered() != 100 {
			t.Errorf("%d sent, %d unsent, %d answered", got.Sent, got.Unsent, got.Answered())
		}
		if slowest := got.Latency(1); slowest < 990*time.Millisecond || slowest > 1100*time.Millisecond {
			t.Errorf("the slowest took %v", slowest)
		}
		if rate := got.PerSecond(); rate < 49 || rate > 51 {
			t.Errorf("%.1f answers per second", rate)
		}
	})
}

func TestCallsThatFindNoClientInTimeAreCounted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		got := play(t, Plan{Rate: 100, Duration: 4 * time.Second, Clients: 1}, 400, busy(20*time.Millisecond))
		if got.Sent+got.Unsent != 400 || got.Sent < 200 || got.Unsent < 100 {
			t.Errorf("%d sent, %d unsent", got.Sent, got.Unsent)
		}
		if slowest := got.Latency(1); slowest > late+30*time.Millisecond {
			t.Errorf("a call was sent %v late", slowest)
		}
	})
}

func TestAClosedLoopSendsTheNextCallAfterTheAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		got := play(t, Plan{Duration: time.Second, Clients: 4}, 10_000, busy(10*time.Millisecond))
		if got.Sent != 400 || got.Latency(0.5) != 10*time.Millisecond || got.Took != time.Second {
			t.Errorf("%d sent, %v each, in %v", got.Sent, got.Latency(0.5), got.Took)
		}
	})
}

func TestAnswersAreCountedByStatusAndCode(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		n := 0
		got := play(t, Plan{Duration: time.Hour, Clients: 1}, 10, func(w http.ResponseWriter, _ *http.Request) {
			<-time.After(time.Millisecond)
			mu.Lock()
			n++
			mine := n
			mu.Unlock()
			switch {
			case mine == 1:
				w.Header()["Wechatpay-Signature"] = []string{"x"}
				fallthrough
			case mine <= 3:
				w.WriteHeader(http.StatusTooManyRequests)
				_, _ = io.WriteString(w, `{"code":"RATELIMIT_EXCEEDED","message":"频率限制"}`)
			case mine == 4:
				panic(http.ErrAbortHandler) // the connection breaks
			}
		})
		want := []Answer{{Status: 200, Count: 6}, {Status: 429, Code: "RATELIMIT_EXCEEDED", Count: 3}, {Count: 1}}
		if diff := cmp.Diff(want, got.Answers()); diff != "" {
			t.Errorf("answers (-want +got):\n%s", diff)
		}
		if got.RateLimited() != 1 || got.Unanswered != 1 || got.unclear() != 1 || got.Broken == "" || got.Successes() != 6 {
			t.Errorf("%+v", got)
		}
	})
}

func TestWhatIsWrongWithASuccessIsCounted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := run{
			target: &Target{Clock: clock.System{}}, plan: Plan{Duration: time.Hour, Clients: 1},
			calls: []signed{signed(call)}, count: 4, dial: serve(t, busy(time.Millisecond)),
			seen: func(i int, _ []byte) error {
				if i < 2 {
					return errors.New("not what it must be")
				}
				return nil
			},
		}
		got, err := r.do(t.Context())
		if err != nil || got.Wrong != 2 || got.WrongText != "not what it must be" || got.Successes() != 4 {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

func TestAnIdleConnectionIsNotUsedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		// One call in ten seconds: the server closes the connection after eight.
		got := play(t, Plan{Rate: 0.1, Duration: time.Minute, Clients: 1}, 6, busy(time.Millisecond))
		if got.Answered() != 6 {
			t.Errorf("%+v", got)
		}
	})
}

func TestAnInterruptedRunEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, rate := range []float64{0, 10} {
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
			r := run{
				target: &Target{Clock: clock.System{}}, plan: Plan{Rate: rate, Duration: time.Hour, Clients: 2},
				calls: []signed{signed(call)}, count: 36_000, dial: serve(t, busy(time.Second)),
			}
			if _, err := r.do(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("at rate %v: %v", rate, err)
			}
			cancel()
		}
	})
}

func TestAPlanStaysWithinItsBounds(t *testing.T) {
	t.Parallel()
	right := Plan{Rate: 100, Duration: time.Second, Clients: 10}
	if err := right.Check(); err != nil {
		t.Error(err)
	}
	for _, wrong := range []Plan{
		{Rate: 100, Clients: 1},
		{Rate: 100, Duration: MaxDuration + 1, Clients: 1},
		{Rate: 100, Duration: time.Second},
		{Rate: 100, Duration: time.Second, Clients: MaxClients + 1},
		{Rate: -1, Duration: time.Second, Clients: 1},
		{Rate: MaxCalls + 1, Duration: time.Second, Clients: 1},
	} {
		if err := wrong.Check(); fault.KindOf(err) != fault.Refused {
			t.Errorf("%+v gives %v", wrong, err)
		}
	}
}

func TestATargetMustBeAnAddress(t *testing.T) {
	t.Parallel()
	for _, wrong := range []string{"", "127.0.0.1:1", "ftp://h", "http://h/path", "http://%zz"} {
		if _, err := (&Target{BaseURL: wrong}).address(); err == nil {
			t.Errorf("%q is taken", wrong)
		}
	}
	to, err := (&Target{BaseURL: "https://api.mch.weixin.qq.com/"}).address()
	if err != nil || !strings.HasPrefix(to.Host, "api") {
		t.Errorf("%v, %v", to, err)
	}
}

func TestARecoveryIsTheFirstCalmWindow(t *testing.T) {
	t.Parallel()
	before := &Result{samples: []sample{{took: 10 * time.Millisecond, status: 200}}}
	before.Plan.Duration = time.Second
	before.finish()
	after := &Result{Plan: Plan{Duration: 2 * time.Second}}
	for at := time.Duration(0); at < 2*time.Second; at += 10 * time.Millisecond {
		s := sample{at: at, took: 20 * time.Millisecond, status: 200}
		switch {
		case at < 300*time.Millisecond:
			s.status = 429
		case at < 600*time.Millisecond:
			s.took = 400 * time.Millisecond
		}
		after.samples = append(after.samples, s)
	}
	after.finish()
	if got := recovered(before, after); got != 2*window {
		t.Errorf("recovered after %v", got)
	}
	if got := recovered(before, after.between(0, 500*time.Millisecond)); got >= 0 {
		t.Errorf("recovered after %v without being calm", got)
	}
}
