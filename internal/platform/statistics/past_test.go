package statistics_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/platform/directory"
	"github.com/favord/favord/internal/platform/statistics"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/tally"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/storetest"
)

// counter counts what happens to a coupon and to a voucher of a shop.
type counter struct {
	t    *testing.T
	shop *storetest.Shop
}

func (c *counter) count(kind tally.Kind, channel coupon.Channel, at time.Time) {
	c.t.Helper()
	var sheet tally.Sheet
	one := coupon.Coupon{Key: coupon.Key{Stock: c.shop.Stock.StockKey}, Channel: channel}
	sheet.Coupon(kind, &one, at)
	sheet.Voucher(kind, &voucher.Voucher{Stock: voucher.StockKey{Creator: c.shop.Stock.Creator, ID: "7"}}, at)
	if err := c.shop.Store.Write(c.t.Context(), func(tx store.Tx) error { return tx.AddTallies(c.t.Context(), &sheet) }); err != nil {
		c.t.Fatal(err)
	}
}

func services(shop *storetest.Shop, now clock.Clock) (remembers, asks *statistics.Service) {
	known := directory.New(shop.Store, clock.System{})
	c := statistics.Config{Store: shop.Store, Directory: known, Clock: clock.Same{Source: now}, Steady: now}
	remembers = statistics.New(c)
	c.Steady = nil
	return remembers, statistics.New(c)
}

// TestWhatIsOverIsAddedUpOnce counts in hours where nobody counts any more, to see who looks.
func TestWhatIsOverIsAddedUpOnce(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		shop := storetest.OpenShop(t, s, coupon.Limits{MaxCoupons: 10, MaxPerUser: 5})
		c := &counter{t, shop}
		now := clock.NewManual(shop.Now.Truncate(24 * time.Hour).Add(4 * time.Hour)) // noon in Beijing
		service, sandbox := services(shop, now)
		hour := now.Now()
		scope := statistics.Scope{Owner: shop.Stock.Creator, Product: merchant.BusiFavor}
		expect := func(when string, service *statistics.Service, today, yesterday int64) {
			t.Helper()
			sum, err := service.Summary(t.Context(), scope)
			if err != nil || sum.Today.Issued != today || sum.Yesterday.Issued != yesterday {
				t.Errorf("%s: %d and %d, %v; want %d and %d", when, sum.Today.Issued, sum.Yesterday.Issued, err, today, yesterday)
			}
		}
		count := func(at time.Time) { c.count(tally.Issued, coupon.ChannelAPI, at) }
		count(hour)
		count(hour.Add(-24 * time.Hour))
		expect("at first", service, 1, 1)
		count(hour)
		expect("within the hour", service, 2, 1)
		now.Set(hour.Add(time.Hour + 9*time.Minute))
		count(hour)
		expect("while transactions may be on their way", service, 3, 1)
		now.Set(hour.Add(time.Hour + 10*time.Minute))
		expect("once the hour is over", service, 3, 1)
		count(hour)
		count(hour.Add(-24 * time.Hour))
		expect("what came too late", service, 3, 1)
		expect("in a sandbox, whose time may go back", sandbox, 4, 2)
		count(now.Now())
		expect("in the next hour", service, 4, 1)
		now.Set(now.Now().Add(25 * time.Hour))
		expect("a day later, whatever was remembered", service, 0, 5)
	})
}

// TestTheOverviewIsAddedUpBeforeAnybodyAsks counts in what is over after it was added up, to see who
// looks, and asks what the console asks.
func TestTheOverviewIsAddedUpBeforeAnybodyAsks(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		shop := storetest.OpenShop(t, s, coupon.Limits{MaxCoupons: 10, MaxPerUser: 5})
		c := &counter{t, shop}
		now := clock.NewManual(shop.Now.Truncate(24 * time.Hour).Add(4 * time.Hour)) // noon in Beijing
		service, asks := services(shop, now)
		today := day.Of(now.Now())
		expired := func() {
			t.Helper()
			one := coupon.Coupon{Key: coupon.Key{Stock: shop.Stock.StockKey}, Channel: coupon.ChannelAPI}
			one.Life.Expire = (today - 3).Begin()
			var sheet tally.Sheet
			sheet.Coupon(tally.Issued, &one, now.Now().Add(-200*time.Hour))
			if err := s.Write(t.Context(), func(tx store.Tx) error { return tx.AddTallies(t.Context(), &sheet) }); err != nil {
				t.Fatal(err)
			}
		}
		everywhere := func() {
			t.Helper()
			for back := range 14 {
				c.count(tally.Issued, coupon.ChannelAPI, now.Now().Add(-time.Duration(back)*24*time.Hour-2*time.Hour))
			}
			expired()
		}
		everywhere()
		if err := service.Warm(t.Context()); err != nil {
			t.Fatal(err)
		}
		warm := map[statistics.Scope]overview{}
		scopes := []statistics.Scope{{}, {Owner: shop.Stock.Creator}}
		for _, scope := range scopes {
			warm[scope] = overviewOf(t, asks, scope, today, now.Now())
		}
		everywhere()
		for _, scope := range scopes {
			got, want := overviewOf(t, service, scope, today, now.Now()), warm[scope]
			if scope.Owner != "" { // what a merchant's stocks have expired is asked for when somebody looks
				want.summary.Expired = overviewOf(t, asks, scope, today, now.Now()).summary.Expired
			}
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(overview{})); diff != "" {
				t.Errorf("%+v is not what was added up ahead:\n%s", scope, diff)
			}
		}
		if err := service.Warm(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, scope := range scopes {
			want := overviewOf(t, asks, scope, today, now.Now())
			if diff := cmp.Diff(want, overviewOf(t, service, scope, today, now.Now()), cmp.AllowUnexported(overview{})); diff != "" {
				t.Errorf("%+v, once it is added up anew:\n%s", scope, diff)
			}
		}
	})
}

// overview is what the console's overview shows.
type overview struct {
	summary     statistics.Summary
	days, hours map[tally.Key]tally.Count
}

func overviewOf(t *testing.T, s *statistics.Service, scope statistics.Scope, today day.Day, now time.Time) (o overview) {
	t.Helper()
	var err error
	if o.summary, err = s.Summary(t.Context(), scope); err != nil {
		t.Fatal(err)
	}
	days, _, err := s.Series(t.Context(), statistics.Query{
		Scope: scope, From: (today - 13).Begin(), Until: (today + 1).Begin(), ByDay: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	until := tally.HourOf(now) + 1
	hours, _, err := s.Series(t.Context(), statistics.Query{Scope: scope, From: (until - 48).Begin(), Until: until.Begin()})
	if err != nil {
		t.Fatal(err)
	}
	o.days, o.hours = sums(days), sums(hours)
	return o
}

// TestWhatIsRememberedAddsUpToWhatIsThere compares every question with the answer of a service
// that remembers nothing.
func TestWhatIsRememberedAddsUpToWhatIsThere(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		shop := storetest.OpenShop(t, s, coupon.Limits{MaxCoupons: 10, MaxPerUser: 5})
		c := &counter{t, shop}
		now := clock.NewManual(shop.Now)
		for i, channel := range []coupon.Channel{coupon.ChannelAPI, coupon.ChannelH5, coupon.ChannelMiniApp} {
			for back := range 20 {
				kind := []tally.Kind{tally.Issued, tally.Used, tally.Returned, tally.Deactivated, tally.Deleted}[(i+back)%5]
				c.count(kind, channel, shop.Now.Add(-time.Duration(back*(i+2))*time.Hour))
			}
		}
		remembers, asks := services(shop, now)
		for _, scope := range []statistics.Scope{
			{}, {Owner: shop.Stock.Creator}, {Product: merchant.Favor}, {Owner: shop.Stock.Creator, StockID: "7"}, {Owner: "1900000999"},
		} {
			for _, q := range []statistics.Query{
				{From: shop.Now.Add(-36 * time.Hour), Until: shop.Now.Add(time.Hour)},
				{From: shop.Now.Add(-100 * time.Hour), Until: shop.Now.Add(24 * time.Hour), ByDay: true},
				{From: shop.Now.Add(-100 * time.Hour), Until: shop.Now.Add(-50 * time.Hour), ByDay: true},
				{From: shop.Now.Add(-100 * time.Hour), Until: shop.Now, ByDay: true, ByStock: true},
				{From: shop.Now.Add(-30 * time.Hour), Until: shop.Now, ByChannel: true},
			} {
				q.Scope = scope
				want, _, err := asks.Series(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				for _, time := range []string{"first", "second"} {
					got, _, err := remembers.Series(t.Context(), q)
					if diff := cmp.Diff(sums(want), sums(got)); err != nil || diff != "" {
						t.Errorf("%+v the %s time: %v\n%s", q, time, err, diff)
					}
				}
			}
			want, err := asks.Summary(t.Context(), scope)
			if got, errGot := remembers.Summary(t.Context(), scope); err != nil || errGot != nil || got != want {
				t.Errorf("%+v: %+v, want %+v (%v, %v)", scope, got, want, errGot, err)
			}
		}
	})
}

// sums is a series whatever the order of what is within an hour.
func sums(list []tally.Count) map[tally.Key]tally.Count {
	found := map[tally.Key]tally.Count{}
	for _, c := range list {
		found[c.Key] = c
	}
	return found
}
