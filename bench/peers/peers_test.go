package peers

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/favord/favord/internal/store/pgtest"
)

func limits() Limits { return Limits{MaxCoupons: 40, MaxPerUser: 3, MaxPerDay: 1000} }

func claim(user int, number string) Claim {
	return Claim{User: fmt.Sprintf("o%027d", user), Number: number, At: time.Now()}
}

// each runs a test with every way on PostgreSQL, and with Redis where it is installed.
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
	program, found := FindRedis()
	if !found {
		t.Log("redis-server is not installed")
		return
	}
	t.Run("Redis", func(t *testing.T) {
		t.Parallel()
		p, err := StartRedis(context.WithoutCancel(t.Context()), program, "everysec", 2, l)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = p.Close() })
		test(t, p)
	})
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
