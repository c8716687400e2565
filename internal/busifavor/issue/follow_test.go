package issue

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/favord/favord/internal/base/lane"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/storetest"
)

// onFollowingEngines runs a test with a shop in each engine on which a batch may follow another one.
func onFollowingEngines(t *testing.T, limits coupon.Limits, test func(t *testing.T, shop *storetest.Shop)) {
	t.Helper()
	engines.Each(t, func(t *testing.T, s store.Store) {
		shop := storetest.OpenShop(t, s, limits)
		if givesVersions(t, shop) { // otherwise there is one transaction at a time
			storetest.Listen(t, s, shop.Stock.Creator)
			test(t, shop)
		}
	})
}

func givesVersions(t *testing.T, shop *storetest.Shop) bool {
	t.Helper()
	var version store.Version
	err := shop.Store.Write(t.Context(), func(tx store.Tx) error {
		locked, err := tx.LockToIssue(t.Context(), store.Ask{Stocks: []coupon.StockKey{shop.Stock.StockKey}})
		version = locked.Version
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return version != 0
}

// beside carries out claims in a batch and others behind it, which have read what they depend on before
// the first batch is written.
func beside(t *testing.T, shop *storetest.Shop, first, second []claim) (one, two []outcome) {
	t.Helper()
	behind, read := serviceOf(shop), make(chan struct{})
	behind.config.Store = reading{shop.Store, sync.OnceFunc(func() { close(read) })}
	var both sync.WaitGroup
	one, err := serviceOf(shop).batch(t.Context(), first, nil, func(l *left) {
		both.Go(func() {
			var done bool
			var err error
			if two, done, err = behind.follow(t.Context(), second, l, func(*left) {}); !done || err != nil {
				t.Errorf("the second batch: done %t, %v", done, err)
			}
		})
		<-read
	})
	both.Wait()
	if err != nil || two == nil {
		t.Fatalf("the first batch: %v; passed on: %t", err, two != nil)
	}
	return one, two
}

// reading says when a batch has read what it depends on.
type reading struct {
	store.Store
	done func()
}

func (r reading) Write(ctx context.Context, fn func(store.Tx) error) error {
	return r.Store.Write(ctx, func(tx store.Tx) error { return fn(readingTx{tx, r.done}) })
}

type readingTx struct {
	store.Tx
	done func()
}

func (r readingTx) LockToIssue(ctx context.Context, ask store.Ask) (store.Locked, error) {
	defer r.done()
	return r.Tx.LockToIssue(ctx, ask)
}

func TestABatchBuildsOnTheOneThatIsStillWritten(t *testing.T) {
	t.Parallel()
	onFollowingEngines(t, coupon.Limits{MaxCoupons: 3, MaxPerUser: 1}, func(t *testing.T, shop *storetest.Shop) {
		_, second := beside(t, shop,
			[]claim{claimOf(shop, 1, "a", ""), claimOf(shop, 2, "a", "")},
			[]claim{claimOf(shop, 2, "b", ""), claimOf(shop, 3, "a", ""), claimOf(shop, 4, "a", "")})
		if got := second[0]; !errors.Is(got.err, coupon.RefusedQuota.Fault()) {
			t.Errorf("a second coupon of one user: %+v", got)
		}
		if got := second[1]; got.err != nil || got.code == "" {
			t.Errorf("the last coupon: %+v", got)
		}
		if got := second[2]; !errors.Is(got.err, coupon.RefusedNotEnough.Fault()) {
			t.Errorf("one coupon too many: %+v", got)
		}
		expectSound(t, shop.Store)
	})
}

func TestARepeatGetsTheCouponOfABatchThatIsStillWritten(t *testing.T) {
	t.Parallel()
	onFollowingEngines(t, coupon.Limits{MaxCoupons: 3, MaxPerUser: 2}, func(t *testing.T, shop *storetest.Shop) {
		first, second := beside(t, shop, []claim{claimOf(shop, 1, "a", "")}, []claim{claimOf(shop, 1, "a", "")})
		if got := second[0]; got.code != first[0].code || !got.repeated || got.code == "" {
			t.Errorf("the repeat got %+v, the first call %+v", got, first[0])
		}
		expectSound(t, shop.Store)
	})
}

// TestABatchOfRefusalsProvesWhatItRefusesFor: what refuses is what the batch before leaves.
func TestABatchOfRefusalsProvesWhatItRefusesFor(t *testing.T) {
	t.Parallel()
	onFollowingEngines(t, coupon.Limits{MaxCoupons: 1, MaxPerUser: 1}, func(t *testing.T, shop *storetest.Shop) {
		before := leftOf(t, serviceOf(shop), failing{shop.Store}, claimOf(shop, 1, "a", ""))
		s := serviceOf(shop)
		if _, done, err := s.follow(t.Context(), []claim{claimOf(shop, 2, "a", "")}, before, func(*left) {}); done || err != nil {
			t.Errorf("refused for a coupon that nobody got: done %t, %v", done, err)
		}
		if sent, err := s.Send(t.Context(), command(shop, 2, "a")); err != nil {
			t.Errorf("then it gets %+v, %v", sent, err)
		}
		expectSound(t, shop.Store)
	})
}

// leftOf is what a batch of one claim left on a store, whatever became of it.
func leftOf(t *testing.T, s *Service, on store.Store, c claim) *left {
	t.Helper()
	s.config.Store = on
	var l *left
	if _, err := s.batch(t.Context(), []claim{c}, nil, func(passed *left) { l = passed }); err != nil && !errors.Is(err, errOnPurpose) {
		t.Fatal(err)
	}
	if l == nil {
		t.Fatal("nothing was left")
	}
	return l
}

var errOnPurpose = errors.New("failed on purpose")

// failing undoes every transaction.
type failing struct{ store.Store }

func (f failing) Write(ctx context.Context, fn func(store.Tx) error) error {
	return f.Store.Write(ctx, func(tx store.Tx) error { return errors.Join(fn(tx), errOnPurpose) })
}

// TestWhatDidNotComeTrueIsDecidedAgain whatever came between: then nothing is written on it.
func TestWhatDidNotComeTrueIsDecidedAgain(t *testing.T) {
	t.Parallel()
	for name, between := range map[string]func(t *testing.T, shop *storetest.Shop){
		"another coupon": func(t *testing.T, shop *storetest.Shop) {
			t.Helper()
			if _, err := serviceOf(shop).Send(t.Context(), command(shop, 9, "x")); err != nil {
				t.Error(err)
			}
		},
		"another budget": func(t *testing.T, shop *storetest.Shop) {
			t.Helper()
			shop.Stock.Limits.MaxCoupons--
			update(t, shop)
		},
		"the same again": update,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onFollowingEngines(t, coupon.Limits{MaxCoupons: 100, MaxPerUser: 10}, func(t *testing.T, shop *storetest.Shop) {
				before := leftOf(t, serviceOf(shop), shop.Store, claimOf(shop, 1, "a", ""))
				between(t, shop)
				was, _, _ := shop.Count(t, "busifavor.coupons.send")
				s := serviceOf(shop)
				if _, done, err := s.follow(t.Context(), []claim{claimOf(shop, 2, "a", "")}, before, func(*left) {}); done || err != nil {
					t.Errorf("done %t, %v", done, err)
				}
				if is, _, _ := shop.Count(t, "busifavor.coupons.send"); is != was {
					t.Errorf("%d coupons, %d before", is, was)
				}
				expectSound(t, shop.Store)
			})
		})
	}
}

func update(t *testing.T, shop *storetest.Shop) {
	t.Helper()
	if err := shop.Store.Write(t.Context(), func(tx store.Tx) error { return tx.UpdateStock(t.Context(), shop.Stock) }); err != nil {
		t.Error(err)
	}
}

// TestALimitHoldsBesideOtherNodesAndChanges has two nodes sell one stock whose limits change meanwhile, so
// that batches follow each other, and some in vain.
func TestALimitHoldsBesideOtherNodesAndChanges(t *testing.T) {
	t.Parallel()
	const claims, users, most = 4000, 600, 2
	onFollowingEngines(t, coupon.Limits{MaxCoupons: claims, MaxPerUser: most}, func(t *testing.T, shop *storetest.Shop) {
		nodes := []*Service{serviceOf(shop), serviceOf(shop)}
		_, errs := storetest.Race(claims, func(i int) (Sent, error) {
			switch {
			case i%1000 == 999:
				update(t, shop)
				return Sent{}, nil
			case i%8 == 7:
				return nodes[1].Send(t.Context(), command(shop, i%users, fmt.Sprint("n", i)))
			default:
				return nodes[0].Send(t.Context(), command(shop, i%users, fmt.Sprint("n", i)))
			}
		})
		for i, err := range errs {
			if err != nil && !errors.Is(err, coupon.RefusedQuota.Fault()) {
				t.Fatalf("claim %d: %v", i, err)
			}
		}
		t.Logf("proof P4: %d claims of two nodes, %d batches followed another one", claims, nodes[0].followed.Load()+nodes[1].followed.Load())
		if issued, _, _ := shop.Count(t, "busifavor.coupons.send"); issued != users*most {
			t.Errorf("%d users, who may have %d each, got %d", users, most, issued)
		}
		expectSound(t, shop.Store)
	})
}

// TestTheBatchesOfOneHotStockFollowEachOther, each beside the one before it.
func TestTheBatchesOfOneHotStockFollowEachOther(t *testing.T) {
	t.Parallel()
	onFollowingEngines(t, coupon.Limits{MaxCoupons: 1e6, MaxPerUser: 2}, func(t *testing.T, shop *storetest.Shop) {
		s := serviceOf(shop)
		_, errs := storetest.Race(2000, func(i int) (Sent, error) { return s.Send(t.Context(), command(shop, i, "n")) })
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		if s.followed.Load() == 0 || s.calm.Load() > 0 {
			t.Errorf("%d batches followed another one; %d more are to follow none", s.followed.Load(), s.calm.Load())
		}
		expectSound(t, shop.Store)
	})
}

// TestNothingFollowsOnADistributedDatabase, where a row's version is that of its worker.
func TestNothingFollowsOnADistributedDatabase(t *testing.T) {
	t.Parallel()
	onFollowingEngines(t, coupon.Limits{MaxCoupons: 10, MaxPerUser: 2}, func(t *testing.T, shop *storetest.Shop) {
		s := serviceOf(shop)
		s.config.Lanes = lane.PerOwner
		if _, err := s.batch(t.Context(), []claim{claimOf(shop, 1, "a", "")}, nil, func(*left) { t.Error("it passed on") }); err != nil {
			t.Error(err)
		}
	})
}
