package peers

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/store/pgtest"
)

func limits() Limits { return Limits{MaxCoupons: 40, MaxPerUser: 3, MaxPerDay: 1000} }

func claim(user int, number string) Claim {
	return Claim{User: fmt.Sprintf("o%027d", user), Number: number, At: time.Now()}
}

// each runs a test with every way on PostgreSQL.
func each(t *testing.T, l Limits, test func(t *testing.T, p Peer)) {
	t.Helper()
	for _, way := range []Way{RowLock, OneStatement} {
		t.Run(way.String(), func(t *testing.T) {
			t.Parallel()
			p, err := OpenPostgres(t.Context(), pgtest.Shared(t).Empty(t), way, 2, 8, l)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = p.Close() })
			test(t, p)
		})
	}
}

func TestPeersNeverOversell(t *testing.T) {
	t.Parallel()
	each(t, limits(), func(t *testing.T, p Peer) {
		var mu sync.Mutex
		acknowledged := int64(0)
		var all sync.WaitGroup
		for i := range 100 {
			all.Go(func() {
				_, err := p.Issue(t.Context(), claim(i%50, fmt.Sprint("n", i)))
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					acknowledged++
				} else if !errors.Is(err, ErrRefused) {
					t.Error(err)
				}
			})
		}
		all.Wait()
		expectTotals(t, p, acknowledged)
		if acknowledged != limits().MaxCoupons {
			t.Errorf("%d acknowledged", acknowledged)
		}
	})
}

func expectTotals(t *testing.T, p Peer, acknowledged int64) {
	t.Helper()
	totals, err := p.Totals(t.Context())
	if err == nil {
		err = totals.Check(acknowledged, limits())
	}
	if err != nil {
		t.Error(err)
	}
}

func TestPeersGiveNobodyMoreThanTheLimit(t *testing.T) {
	t.Parallel()
	each(t, limits(), func(t *testing.T, p Peer) {
		var all sync.WaitGroup
		for i := range 20 {
			all.Go(func() {
				if _, err := p.Issue(t.Context(), claim(1, fmt.Sprint("n", i))); err != nil && !errors.Is(err, ErrRefused) {
					t.Error(err)
				}
			})
		}
		all.Wait()
		expectTotals(t, p, limits().MaxPerUser)
	})
}

func TestPeersGiveARepeatTheSameCoupon(t *testing.T) {
	t.Parallel()
	each(t, limits(), func(t *testing.T, p Peer) {
		codes := make([]string, 20)
		var all sync.WaitGroup
		for i := range codes {
			all.Go(func() {
				var err error
				if codes[i], err = p.Issue(t.Context(), claim(1, "same")); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		for _, code := range codes {
			if code != codes[0] || code == "" {
				t.Errorf("codes %q", codes)
			}
		}
		expectTotals(t, p, 1)
	})
}

func TestTotalsThatDoNotAgreeAreFound(t *testing.T) {
	t.Parallel()
	right := Totals{Counted: 2, Coupons: 2, Requests: 2, Events: 2, MostPerUser: 3}
	if err := right.Check(2, limits()); err != nil {
		t.Error(err)
	}
	for _, wrong := range []Totals{
		{Counted: 3, Coupons: 2, Requests: 2, Events: 2},
		{Counted: 2, Coupons: 3, Requests: 2, Events: 2},
		{Counted: 2, Coupons: 2, Requests: 1, Events: 2},
		{Counted: 2, Coupons: 2, Requests: 2},
		{Counted: 2, Coupons: 2, Requests: 2, Events: 2, MostPerUser: 4},
	} {
		if wrong.Check(2, limits()) == nil {
			t.Errorf("%+v is taken", wrong)
		}
	}
}

// answering returns a connection whose other end answers any command with a text.
func answering(t *testing.T, text string) *resp {
	t.Helper()
	mine, theirs := net.Pipe()
	go func() {
		in := bufio.NewReader(theirs)
		for { // the command of these tests is one word: three lines
			if line, err := in.ReadString('\n'); err != nil || strings.HasPrefix(line, "PING") {
				break
			}
		}
		_, _ = theirs.Write([]byte(text))
		_ = theirs.Close()
	}()
	t.Cleanup(func() { _ = mine.Close() })
	return &resp{conn: mine, in: bufio.NewReader(mine)}
}

func TestAnswersOfRedisAreRead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]any{
		"+PONG\r\n":         "PONG",
		":42\r\n":           int64(42),
		"$5\r\na\r\nbc\r\n": "a\r\nbc",
		"$-1\r\n":           nil,
		"*-1\r\n":           nil,
		"*3\r\n$1\r\nx\r\n:7\r\n*1\r\n$0\r\n\r\n": []any{"x", int64(7), []any{""}},
	} {
		got, err := answering(t, text).do("PING")
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%q: %v (-want +got):\n%s", text, err, diff)
		}
	}
	for _, wrong := range []string{"-ERR no\r\n", "", "x\r\n", "+PONG", ":a\r\n", "$9\r\nab\r\n", "?1\r\n", "$999999999999\r\n", "*2\r\n:1\r\n"} {
		if got, err := answering(t, wrong).do("PING"); err == nil {
			t.Errorf("%q gives %v", wrong, got)
		}
	}
}

func TestASocketThatNobodyListensOnIsAnError(t *testing.T) {
	t.Parallel()
	port, err := freePort(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := dialRESP(context.Background(), net.JoinHostPort("127.0.0.1", port)); err == nil {
		t.Error("it is there")
	}
}
