package issue

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/lane"
	"github.com/favord/favord/internal/platform/directory"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/storetest"
)

// ahead is a business time in which one merchant lives later than all others.
type ahead struct {
	now time.Time
	who merchant.ID
	by  time.Duration
}

func (a ahead) For(owner string) clock.Clock {
	if owner == string(a.who) {
		return clock.Fixed(a.now.Add(a.by))
	}
	return clock.Fixed(a.now)
}

// TestStocksOfABatchFollowTheTimesOfTheirCreators: of two stocks in one batch, one
// is created by a merchant who lives two days later.
func TestStocksOfABatchFollowTheTimesOfTheirCreators(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, coupon.Limits{MaxCoupons: 10, MaxPerUser: 5}, func(t *testing.T, shop *storetest.Shop) {
		const later = merchant.ID("1900000009")
		other := shop.Stock
		other.Creator, other.ID = later, "1282070000000099"
		other.Validity.End = other.Validity.End.Add(72 * time.Hour)
		if err := shop.Store.Write(t.Context(), func(tx store.Tx) error {
			if err := tx.InsertMerchant(t.Context(), merchant.Merchant{ID: later, Kind: merchant.Ordinary, KeyMode: merchant.ModeCertificate}, shop.Now); err != nil {
				return err
			}
			return tx.InsertStock(t.Context(), other)
		}); err != nil {
			t.Fatal(err)
		}
		s := New(Config{
			Store: shop.Store, Directory: directory.New(shop.Store, clock.System{}), Random: rand.Reader, Users: user.Policy{AutoRegister: true},
			Clock: ahead{now: shop.Now, who: later, by: 48 * time.Hour},
		})
		claims := []claim{claimOf(shop, 1, "n", ""), claimOf(shop, 2, "n", "")}
		claims[1].stock = other.StockKey
		outcomes, err := s.run(t.Context(), claims, &lane.Relay{})
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []time.Time{shop.Now, shop.Now.Add(48 * time.Hour)} {
			if outcomes[i].err != nil {
				t.Fatal(outcomes[i].err)
			}
			key := coupon.Key{Stock: claims[i].stock, Code: outcomes[i].code}
			if got := received(t, shop.Store, key); !got.Equal(want) {
				t.Errorf("coupon %d was received at %s, want %s", i, got, want)
			}
		}
	})
}

func received(t *testing.T, s store.Store, key coupon.Key) (at time.Time) {
	t.Helper()
	if err := s.Read(t.Context(), func(tx store.ReadTx) error {
		c, err := tx.Coupon(t.Context(), key)
		at = c.Received
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return at
}

// TestIDsGrowWhateverClocksSay: they grow beyond the last one of the stock also on a node whose clock
// is behind that of the node that gave it.
func TestIDsGrowWhateverClocksSay(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 12, 5, 4, 0, 0, 0, time.UTC)
	last := firstID(at, 0)
	for _, behind := range []time.Duration{0, time.Millisecond, time.Second, time.Hour} {
		next := firstID(at.Add(-behind), last)
		if next <= last {
			t.Errorf("%s behind, %d follows %d", behind, next, last)
		}
		last = next
	}
	if next := firstID(at.Add(time.Second), last); next <= last {
		t.Errorf("a second later, %d follows %d", next, last)
	}
}
