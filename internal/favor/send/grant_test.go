package send

import (
	"crypto/rand"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/base/lane"
	"github.com/favord/favord/internal/platform/directory"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/storetest"
)

// shop is a merchant with running stocks of vouchers.
type shop struct {
	*storetest.Shop
	stocks []voucher.Stock
	*Service
}

// openShop makes a shop whose stocks have the given limits each.
func openShop(tb testing.TB, s store.Store, most fen.Fen, limits ...voucher.Limits) *shop {
	tb.Helper()
	sh := &shop{Shop: storetest.OpenShop(tb, s, coupon.Limits{MaxCoupons: 1, MaxPerUser: 1})}
	for i, l := range limits {
		sh.stocks = append(sh.stocks, storetest.PlainVoucherStock(voucher.StockID(fmt.Sprintf("100000000%d", i)), l))
	}
	if err := s.Write(tb.Context(), func(tx store.Tx) error {
		for _, st := range sh.stocks {
			if err := tx.InsertVoucherStock(tb.Context(), st); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		tb.Fatal(err)
	}
	sh.Service = New(Config{
		Store: s, Directory: directory.New(s, clock.System{}), Clock: clock.Same{Source: clock.Fixed(sh.Now)},
		Random: rand.Reader, Users: user.Policy{AutoRegister: true}, MonthlyMost: most,
	})
	return sh
}

func limitsOf(coupons, perUser int64) voucher.Limits {
	return voucher.Limits{MaxCoupons: coupons, MaxAmount: fen.Fen(coupons) * 100, MaxPerUser: perUser}
}

// to is a command for the stock with a place, to a user and under a number.
func (sh *shop) to(place, who int, number string) Command {
	st := sh.stocks[place]
	return Command{
		Caller: st.Creator, Creator: st.Creator, StockID: st.ID, AppID: storetest.ShopAppID, RequestNo: number,
		OpenID: user.OpenID(fmt.Sprintf("oUpF8uMuAJO_M2pxb1Q%09d", who)),
	}
}

// patiently sends, again as long as the lane has no room.
func (sh *shop) patiently(t *testing.T, cmd Command) (voucher.ID, error) {
	t.Helper()
	for {
		id, err := sh.Send(t.Context(), cmd)
		if !errors.Is(err, lane.ErrFull) {
			return id, err
		}
	}
}

// expectInvariants fails the test unless every invariant of the store holds.
func expectInvariants(t *testing.T, s store.Store) {
	t.Helper()
	list, err := s.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range list {
		if i.Broken > 0 {
			t.Errorf("%s: %d of %d rows break it", i.Name, i.Broken, i.Rows)
		}
	}
}

func (sh *shop) counters(t *testing.T, place int) voucher.Counters {
	t.Helper()
	key := sh.stocks[place].StockKey
	var c voucher.Counters
	if err := sh.Store.Read(t.Context(), func(tx store.ReadTx) error {
		all, err := tx.VoucherCounters(t.Context(), []voucher.StockKey{key}, day.Of(sh.Now))
		c = all[key]
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestSixtyFourBuyersGetExactlyWhatThereIs is the race for the last vouchers.
func TestSixtyFourBuyersGetExactlyWhatThereIs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		limits voucher.Limits
		want   int
		else1  error
	}{
		"coupons":           {limitsOf(40, 5), 40, voucher.ErrSpent},
		"budget of the day": {voucher.Limits{MaxCoupons: 1000, MaxAmount: 100_000, MaxAmountPerDay: 3_999, MaxPerUser: 5}, 39, voucher.ErrDayBudget},
		"budget":            {voucher.Limits{MaxCoupons: 1000, MaxAmount: 2_150, MaxPerUser: 5}, 21, voucher.ErrSpent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			engines.Each(t, func(t *testing.T, s store.Store) {
				sh := openShop(t, s, MonthlyMost, c.limits)
				const each = 3
				got, errs := storetest.Race(64*each, func(i int) (voucher.ID, error) {
					return sh.patiently(t, sh.to(0, i/each, fmt.Sprintf("n%d", i)))
				})
				ids := map[voucher.ID]bool{}
				for i := range got {
					if errs[i] == nil {
						ids[got[i]] = true
					} else if !errors.Is(errs[i], c.else1) {
						t.Error(errs[i])
					}
				}
				if n := sh.counters(t, 0); len(ids) != c.want || n.Sent != int64(c.want) || n.SentToday != n.Sent {
					t.Errorf("%d vouchers, counted %+v, want %d", len(ids), n, c.want)
				}
				expectInvariants(t, s)
			})
		})
	}
}

// TestOneNumberIsOneVoucher has 64 callers use one request number at once, half of them for
// another stock.
func TestOneNumberIsOneVoucher(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		sh := openShop(t, s, MonthlyMost, limitsOf(40, 5), limitsOf(40, 5))
		got, errs := storetest.Race(64, func(i int) (voucher.ID, error) {
			return sh.patiently(t, sh.to(i%2, 1, "same"))
		})
		ids := map[voucher.ID]int{}
		for i := range got {
			switch {
			case errs[i] == nil:
				ids[got[i]]++
			case !errors.Is(errs[i], voucher.ErrContent):
				t.Error(errs[i])
			}
		}
		if len(ids) != 1 || sh.counters(t, 0).Sent+sh.counters(t, 1).Sent != 1 {
			t.Errorf("got %v, counted %d and %d", ids, sh.counters(t, 0).Sent, sh.counters(t, 1).Sent)
		}
		expectInvariants(t, s)
	})
}

// TestTheMonthOfAUserHoldsOverAllStocks races for what two stocks share.
func TestTheMonthOfAUserHoldsOverAllStocks(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		sh := openShop(t, s, 1000, limitsOf(1000, 60), limitsOf(1000, 60))
		_, errs := storetest.Race(48, func(i int) (voucher.ID, error) {
			return sh.patiently(t, sh.to(i%2, i%4/2, fmt.Sprintf("n%d", i)))
		})
		sent := 0
		for _, err := range errs {
			if err == nil {
				sent++
			} else if !errors.Is(err, voucher.ErrMonth) {
				t.Error(err)
			}
		}
		if sent != 20 {
			t.Errorf("two users got %d vouchers of 100 fen, want 10 each", sent)
		}
		expectInvariants(t, s)
	})
}

func TestARepeatGetsTheFirstVoucherEvenAfterTheEnd(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		sh := openShop(t, s, MonthlyMost, limitsOf(5, 1))
		first, err := sh.Send(t.Context(), sh.to(0, 1, "n"))
		if err != nil {
			t.Fatal(err)
		}
		sh.config.Clock = clock.Same{Source: clock.Fixed(sh.Now.Add(48 * time.Hour))}
		for range 2 {
			again, err := sh.Send(t.Context(), sh.to(0, 1, "n"))
			if err != nil || again != first {
				t.Errorf("again %s, %v, want %s", again, err, first)
			}
		}
		if _, err := sh.Send(t.Context(), sh.to(0, 2, "n")); !errors.Is(err, voucher.ErrContent) {
			t.Errorf("for another user: %v", err)
		}
		if _, err := sh.Send(t.Context(), sh.to(0, 2, "n2")); !errors.Is(err, voucher.ErrOver) {
			t.Errorf("another number: %v", err)
		}
		expectInvariants(t, s)
	})
}

func TestAFailureDoesNotSpendItsNumber(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		sh := openShop(t, s, MonthlyMost, limitsOf(5, 1))
		if _, err := sh.Send(t.Context(), sh.to(0, 1, "a")); err != nil {
			t.Fatal(err)
		}
		if _, err := sh.Send(t.Context(), sh.to(0, 1, "b")); !errors.Is(err, voucher.ErrUserQuota) {
			t.Fatalf("above the quota: %v", err)
		}
		if _, err := sh.Send(t.Context(), sh.to(0, 2, "b")); err != nil {
			t.Errorf("the number for another user: %v", err)
		}
	})
}

func TestStocksOfOneBatchMayLiveOnDifferentDays(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		sh := openShop(t, s, MonthlyMost, limitsOf(5, 1), limitsOf(5, 1))
		const later = merchant.ID("1900000009")
		other := sh.stocks[1]
		other.Creator, other.ID, other.End = later, "1000000009", other.End.Add(72*time.Hour)
		if err := s.Write(t.Context(), func(tx store.Tx) error {
			m := merchant.Merchant{ID: later, Name: "later", Kind: merchant.Ordinary, KeyMode: merchant.ModeCertificate}
			return errors.Join(tx.InsertMerchant(t.Context(), m, sh.Now), tx.InsertVoucherStock(t.Context(), other))
		}); err != nil {
			t.Fatal(err)
		}
		sh.config.Clock = ahead{now: sh.Now, who: later}
		claims := []claim{
			{stock: sh.stocks[0].StockKey, sender: sh.stocks[0].Creator, appid: storetest.ShopAppID, openid: sh.to(0, 1, "").OpenID, number: "a"},
			{stock: other.StockKey, sender: later, appid: storetest.ShopAppID, openid: sh.to(0, 2, "").OpenID, number: "a"},
		}
		outcomes, err := sh.run(t.Context(), claims)
		if err != nil || outcomes[0].err != nil || outcomes[1].err != nil {
			t.Fatal(outcomes, err)
		}
		for i, want := range []time.Time{sh.Now, sh.Now.Add(48 * time.Hour)} {
			if err := s.Read(t.Context(), func(tx store.ReadTx) error {
				v, err := tx.Voucher(t.Context(), outcomes[i].id)
				if !v.Received.Equal(want) {
					t.Errorf("voucher %d was received at %s, want %s", i, v.Received, want)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// ahead is a business time in which one merchant lives two days later than all others.
type ahead struct {
	now time.Time
	who merchant.ID
}

func (a ahead) For(owner string) clock.Clock {
	if owner == string(a.who) {
		return clock.Fixed(a.now.Add(48 * time.Hour))
	}
	return clock.Fixed(a.now)
}

// twice gives every eight bytes twice, so that ids that were drawn come again.
type twice struct {
	last [8]byte
	left int
}

func (r *twice) Read(p []byte) (int, error) {
	if r.left == 0 {
		_, _ = rand.Read(r.last[:])
		r.left = 2 * len(r.last) * 2 // an id takes two draws of eight bytes
	}
	n := copy(p, r.last[:])
	r.left -= n
	return n, nil
}

func TestAnIDThatIsTakenIsDrawnAgain(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		sh := openShop(t, s, MonthlyMost, limitsOf(40, 40))
		sh.config.Random = &twice{}
		ids := map[voucher.ID]bool{}
		for i := range 6 {
			id, err := sh.Send(t.Context(), sh.to(0, i, fmt.Sprint("n", i)))
			if err != nil || ids[id] {
				t.Fatalf("voucher %d is %s, %v", i, id, err)
			}
			ids[id] = true
		}
		expectInvariants(t, s)
	})
}

// TestWhatNobodyKnowsIsSettledByARepeat: the answer to a commit was lost.
func TestWhatNobodyKnowsIsSettledByARepeat(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		forgetful := &storetest.Forgetful{Store: s}
		sh := openShop(t, forgetful, MonthlyMost, limitsOf(40, 40))
		forgetful.Times.Store(1)
		if _, err := sh.Send(t.Context(), sh.to(0, 1, "n")); !errors.Is(err, store.ErrUnclear) {
			t.Fatalf("a lost answer is %v", err)
		}
		if id, err := sh.Send(t.Context(), sh.to(0, 1, "n")); err != nil || id == "" {
			t.Errorf("the repeat: %s, %v", id, err)
		}
		if n := sh.counters(t, 0); n.Sent != 1 {
			t.Errorf("counted %+v", n)
		}
		expectInvariants(t, s)
	})
}
