package statistics_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/platform/directory"
	"github.com/favord/favord/internal/platform/statistics"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/tally"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/memstore"
	"github.com/favord/favord/internal/store/storetest"
)

// slow is an engine that has many rows to add up of coming days, and of the hour that goes on.
type slow struct {
	store.Store
	now  *clock.Manual
	hour tally.Hour
	took time.Duration
}

func (s *slow) Glance(ctx context.Context, fn func(store.ReadTx) error) error {
	return s.Store.Glance(ctx, func(tx store.ReadTx) error { return fn(slowTx{tx, s}) })
}

type slowTx struct {
	store.ReadTx
	*slow
}

func (tx slowTx) Expiries(ctx context.Context, q store.ExpiryQuery) ([]tally.Expiry, error) {
	tx.now.Set(tx.now.Now().Add(tx.took))
	return tx.ReadTx.Expiries(ctx, q)
}

func (tx slowTx) Tallies(ctx context.Context, q store.TallyQuery) ([]tally.Count, error) {
	if q.Until > tx.hour {
		tx.now.Set(tx.now.Now().Add(tx.took))
	}
	return tx.ReadTx.Tallies(ctx, q)
}

// usable is a shop whose coupons expire next week, and its figures.
type usable struct {
	*testing.T
	shop    *storetest.Shop
	slow    *slow
	service *statistics.Service
}

// newUsable opens a shop; took is how long it takes to add up either.
func newUsable(t *testing.T, took time.Duration) *usable {
	t.Helper()
	shop := storetest.OpenShop(t, memstore.New(), coupon.Limits{MaxCoupons: 10, MaxPerUser: 5})
	u := &usable{T: t, shop: shop, slow: &slow{shop.Store, clock.NewManual(shop.Now), tally.HourOf(shop.Now), took}}
	u.service = statistics.New(statistics.Config{
		Store: u.slow, Directory: directory.New(shop.Store, clock.System{}),
		Clock: clock.Same{Source: clock.NewManual(shop.Now)}, Steady: u.slow.now,
	})
	return u
}

func (u *usable) issue() {
	u.Helper()
	one := coupon.Coupon{Key: coupon.Key{Stock: u.shop.Stock.StockKey}, Channel: coupon.ChannelAPI}
	one.Life.Expire = (day.Of(u.shop.Now) + 7).Begin()
	var sheet tally.Sheet
	sheet.Coupon(tally.Issued, &one, u.shop.Now)
	if err := u.shop.Store.Write(u.Context(), func(tx store.Tx) error { return tx.AddTallies(u.Context(), &sheet) }); err != nil {
		u.Fatal(err)
	}
}

func (u *usable) pass(d time.Duration) { u.slow.now.Set(u.slow.now.Now().Add(d)) }

func (u *usable) expect(when string, want int64) {
	u.Helper()
	for _, scope := range []statistics.Scope{{}, {Owner: u.shop.Stock.Creator}} {
		sum, err := u.service.Summary(u.Context(), scope)
		if err != nil || sum.Usable != want || sum.Today.Issued != want {
			u.Errorf("%s, %+v: %d issued today, %d usable, %v; want %d", when, scope, sum.Today.Issued, sum.Usable, err, want)
		}
	}
}

func TestFiguresThatAreQuickToAddUpAreShownAsTheyStand(t *testing.T) {
	t.Parallel()
	u := newUsable(t, time.Millisecond)
	for n := range int64(3) {
		u.expect("after each coupon", n)
		u.issue()
	}
}

func TestWhatTakesLongToAddUpIsShownAsItStoodAWhileAgo(t *testing.T) {
	t.Parallel()
	u := newUsable(t, 100*time.Millisecond)
	u.expect("before anything is issued", 0)
	u.issue()
	u.expect("just now", 0)
	u.pass(40 * time.Second)
	u.expect("while nobody adds up ahead", 0)
	u.pass(20 * time.Second)
	u.expect("a minute later", 1)
}

func TestWhatTakesAMinuteToAddUpIsKeptForLonger(t *testing.T) {
	t.Parallel()
	u := newUsable(t, time.Minute)
	u.expect("before anything is issued", 0)
	u.issue()
	u.pass(80 * time.Minute)
	u.expect("after eighty times as long", 0)
	u.pass(20 * time.Minute)
	u.expect("after a hundred times", 1)
}

func TestWhatSomebodySawThatWasOldIsAddedUpForTheNext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUsable(t, 100*time.Millisecond)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- u.service.Run(ctx) }()
		synctest.Wait()
		u.expect("before anything is issued", 0)
		u.issue()
		u.pass(3 * time.Second)
		u.expect("too soon", 0)
		synctest.Wait()
		u.expect("too soon, again", 0)
		u.pass(3 * time.Second)
		u.expect("when it is old", 0)
		synctest.Wait()
		u.expect("whoever comes next", 1)
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}
