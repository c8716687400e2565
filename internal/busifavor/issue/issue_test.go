package issue

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/lane"
	"github.com/favord/favord/internal/platform/directory"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/storetest"
)

// onEveryEngine runs a test with a shop in each engine.
func onEveryEngine(t *testing.T, limits coupon.Limits, test func(t *testing.T, shop *storetest.Shop)) {
	t.Helper()
	engines.Each(t, func(t *testing.T, s store.Store) {
		shop := storetest.OpenShop(t, s, limits)
		storetest.Listen(t, s, shop.Stock.Creator)
		test(t, shop)
	})
}

func serviceOf(shop *storetest.Shop) *Service {
	return serviceAt(shop, clock.Fixed(shop.Now))
}

func serviceAt(shop *storetest.Shop, now clock.Clock) *Service {
	return New(Config{
		Store: shop.Store, Directory: directory.New(shop.Store, clock.System{}), Clock: clock.Same{Source: now},
		Random: rand.Reader, Users: user.Policy{AutoRegister: true},
	})
}

// alone decides claims in a batch of no lane.
func (s *Service) alone(ctx context.Context, claims []claim) ([]outcome, error) {
	return s.batch(ctx, claims, nil, func(*left) {})
}

func claimOf(shop *storetest.Shop, who int, number string, code coupon.Code) claim {
	return claim{
		stock: shop.Stock.StockKey, chooses: shop.Stock.CodeMode == coupon.CodesByCall,
		Claim: coupon.Claim{
			Sender: shop.Stock.Creator, RequestNo: number, Code: code,
			User: user.New(storetest.ShopAppID, user.OpenID(fmt.Sprintf("o%027d", who)), ""),
		},
	}
}

func command(shop *storetest.Shop, who int, number string) SendCommand {
	return SendCommand{
		Caller: shop.Stock.Creator, AppID: storetest.ShopAppID, OpenID: user.OpenID(fmt.Sprintf("o%027d", who)),
		StockID: shop.Stock.ID, RequestNo: number,
	}
}

func TestAStockIsNeverOversold(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, coupon.Limits{MaxCoupons: 40, MaxPerUser: 3}, func(t *testing.T, shop *storetest.Shop) {
		s := serviceOf(shop)
		sent, errs := storetest.Race(100, func(i int) (Sent, error) { return s.Send(t.Context(), command(shop, i%50, fmt.Sprint("n", i))) })
		codes := map[coupon.Code]bool{}
		for i, err := range errs {
			switch {
			case err == nil:
				codes[sent[i].Code] = true
			case !errors.Is(err, coupon.RefusedNotEnough.Fault()):
				t.Errorf("claim %d: %v", i, err)
			}
		}
		issued, events, entries := shop.Count(t, "busifavor.coupons.send")
		t.Logf("proof P4: 100 claims at once for 40 coupons get %d", len(codes))
		if len(codes) != 40 || issued != 40 || events != 40 || entries != 40 {
			t.Errorf("%d codes were answered, the stock counts %d, with %d events and %d audit entries", len(codes), issued, events, entries)
		}
		expectSound(t, shop.Store)
	})
}

func TestAUserNeverGetsMoreThanTheLimit(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, coupon.Limits{MaxCoupons: 1000, MaxPerUser: 3}, func(t *testing.T, shop *storetest.Shop) {
		s := serviceOf(shop)
		_, errs := storetest.Race(60, func(i int) (Sent, error) { return s.Send(t.Context(), command(shop, i%4, fmt.Sprint("n", i))) })
		got := 0
		for _, err := range errs {
			if err == nil {
				got++
			} else if !errors.Is(err, coupon.RefusedQuota.Fault()) {
				t.Errorf("refused with %v", err)
			}
		}
		t.Logf("proof P4: 60 claims at once of 4 users who may have 3 each get %d", got)
		if got != 12 {
			t.Errorf("4 users of 3 got %d", got)
		}
	})
}

func TestARaceOfOneNumberIssuesOneCoupon(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, coupon.Limits{MaxCoupons: 1000, MaxPerUser: 100}, func(t *testing.T, shop *storetest.Shop) {
		s := serviceOf(shop)
		sent, errs := storetest.Race(64, func(int) (Sent, error) { return s.Send(t.Context(), command(shop, 1, "same")) })
		for i, err := range errs {
			if err != nil || sent[i] != sent[0] {
				t.Errorf("call %d: %+v, %v", i, sent[i], err)
			}
		}
		if issued, events, entries := shop.Count(t, "busifavor.coupons.send"); issued != 1 || events != 1 || entries != 1 {
			t.Errorf("issued %d with %d events and %d audit entries", issued, events, entries)
		}
	})
}

func TestAnUnclearCommitIsReportedAndSettledByARepeat(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, coupon.Limits{MaxCoupons: 10, MaxPerUser: 1}, func(t *testing.T, shop *storetest.Shop) {
		forgetful := &storetest.Forgetful{Store: shop.Store}
		shop.Store = forgetful
		s := serviceOf(shop)
		forgetful.Times.Store(1)
		if _, err := s.Send(t.Context(), command(shop, 1, "n")); fault.KindOf(err) != fault.Unclear {
			t.Fatalf("gives %v", err)
		}
		sent, err := s.Send(t.Context(), command(shop, 1, "n"))
		if err != nil || sent.Code == "" {
			t.Errorf("the repeat gives %+v, %v", sent, err)
		}
		if issued, events, _ := shop.Count(t, ""); issued != 1 || events != 1 {
			t.Errorf("issued %d with %d events", issued, events)
		}
	})
}

// TestLaterClaimsOfABatchSeeEarlierOnes decides several claims in one transaction.
func TestLaterClaimsOfABatchSeeEarlierOnes(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, coupon.Limits{MaxCoupons: 3, MaxPerUser: 2}, func(t *testing.T, shop *storetest.Shop) {
		s := serviceOf(shop)
		outcomes, err := s.alone(t.Context(), []claim{
			claimOf(shop, 1, "a", ""), claimOf(shop, 1, "a", ""), claimOf(shop, 1, "b", ""), claimOf(shop, 1, "c", ""),
			claimOf(shop, 2, "a", ""), claimOf(shop, 3, "a", ""),
		})
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []error{nil, nil, nil, coupon.RefusedQuota.Fault(), nil, coupon.RefusedNotEnough.Fault()} {
			if got := outcomes[i].err; !errors.Is(got, want) || (got == nil) != (want == nil) {
				t.Errorf("claim %d: %v, want %v", i, got, want)
			}
		}
		if outcomes[0].code != outcomes[1].code || outcomes[0].code == outcomes[2].code {
			t.Errorf("codes %v", outcomes)
		}
		if issued, events, _ := shop.Count(t, ""); issued != 3 || events != 3 {
			t.Errorf("issued %d with %d events", issued, events)
		}
	})
}

func TestACodeIsGivenOnceWithinABatch(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, coupon.Limits{MaxCoupons: 10, MaxPerUser: 5}, func(t *testing.T, shop *storetest.Shop) {
		shop.Stock.CodeMode = coupon.CodesByCall
		if err := shop.Store.Write(t.Context(), func(tx store.Tx) error { return tx.UpdateStock(t.Context(), shop.Stock) }); err != nil {
			t.Fatal(err)
		}
		s := serviceOf(shop)
		for round, want := range []error{nil, coupon.ErrCodeTaken} {
			outcomes, err := s.alone(t.Context(), []claim{claimOf(shop, 10*round+1, "n", "A"), claimOf(shop, 10*round+2, "n", "A")})
			if err != nil {
				t.Fatal(err)
			}
			if !errors.Is(outcomes[0].err, want) || !errors.Is(outcomes[1].err, coupon.ErrCodeTaken) {
				t.Errorf("round %d: %v", round, outcomes)
			}
		}
	})
}

// TestTheDayIsTheOneOfTheIssue: the counter of a day does not care when the user's
// coupon begins.
func TestTheDayIsTheOneOfTheIssue(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, coupon.Limits{MaxCoupons: 10, MaxPerUser: 5, MaxPerDay: 1}, func(t *testing.T, shop *storetest.Shop) {
		now := clock.NewManual(day.Of(shop.Now).End())
		s := serviceAt(shop, now)
		send := func(number string) error {
			_, err := s.Send(t.Context(), command(shop, 1, number))
			return err
		}
		if err := send("a"); err != nil {
			t.Fatal(err)
		}
		if err := send("b"); !errors.Is(err, coupon.RefusedDayLimit.Fault()) {
			t.Errorf("in the last second of the day: %v", err)
		}
		now.Set(now.Now().Add(time.Second))
		if err := send("c"); err != nil {
			t.Errorf("in the first second of the next: %v", err)
		}
	})
}

func TestUploadedCodesAreGivenOutOnce(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, coupon.Limits{MaxCoupons: 100, MaxPerUser: 5}, func(t *testing.T, shop *storetest.Shop) {
		const codes = 30
		fillPool(t, shop, codes)
		s := serviceOf(shop)
		sent, errs := storetest.Race(50, func(i int) (Sent, error) { return s.Send(t.Context(), command(shop, i, "n")) })
		got := map[coupon.Code]bool{}
		for i, err := range errs {
			switch {
			case err == nil && strings.HasPrefix(string(sent[i].Code), "UP"):
				got[sent[i].Code] = true
			case !errors.Is(err, coupon.RefusedNotEnough.Fault()):
				t.Errorf("claim %d: %+v, %v", i, sent[i], err)
			}
		}
		if len(got) != codes {
			t.Errorf("%d of %d codes were given out", len(got), codes)
		}
		expectSound(t, shop.Store)
	})
}

// fillPool turns the shop's stock into one with n uploaded codes.
func fillPool(t *testing.T, shop *storetest.Shop, n int) {
	t.Helper()
	ctx := t.Context()
	if err := shop.Store.Write(ctx, func(tx store.Tx) error {
		shop.Stock.CodeMode = coupon.CodesByUpload
		codes := make([]coupon.Code, n)
		for i := range codes {
			codes[i] = coupon.Code(fmt.Sprintf("UP%06d", i))
		}
		_, was, err := tx.LockStock(ctx, shop.Stock.StockKey, day.Of(shop.Now))
		if err != nil {
			return err
		}
		is := was
		is.Codes, is.FreeCodes = int64(n), int64(n)
		_, errCodes := tx.InsertCodes(ctx, shop.Stock.StockKey, codes, shop.Now)
		return errors.Join(errCodes, tx.UpdateStock(ctx, shop.Stock), tx.SetCounters(ctx, store.CounterChange{Stock: shop.Stock.StockKey, Was: was, Is: is}))
	}); err != nil {
		t.Fatal(err)
	}
}

// expectSound proves the invariants of a store.
func expectSound(t *testing.T, s store.Store) {
	t.Helper()
	list, err := s.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range list {
		if one.Broken > 0 {
			t.Errorf("%d of %d rows break: %s", one.Broken, one.Rows, one.Name)
		}
	}
}

func TestAFullLaneRefusesAndDoesNothing(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, coupon.Limits{MaxCoupons: 100, MaxPerUser: 100}, func(t *testing.T, shop *storetest.Shop) {
		s := serviceOf(shop)
		s = New(Config{
			Store: shop.Store, Directory: s.config.Directory, Clock: s.config.Clock, Random: rand.Reader, Users: s.config.Users,
			Lane: lane.Bounds{Queue: 1, Batch: 1},
		})
		_, errs := storetest.Race(64, func(i int) (Sent, error) { return s.Send(t.Context(), command(shop, i, "n")) })
		served := int64(0)
		for i, err := range errs {
			if err == nil {
				served++
			} else if !errors.Is(err, lane.ErrFull) || fault.KindOf(err) != fault.TooFast {
				t.Errorf("claim %d: %v", i, err)
			}
		}
		if issued, _, _ := shop.Count(t, ""); issued != served || served == 0 {
			t.Errorf("%d were served, %d issued", served, issued)
		}
	})
}

// TestABrokenStockKeepsNoCouponsOfOthers: stocks share transactions, not failures.
func TestABrokenStockKeepsNoCouponsOfOthers(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, coupon.Limits{MaxCoupons: 100, MaxPerUser: 5}, func(t *testing.T, shop *storetest.Shop) {
		broken := shop.Stock
		broken.ID, broken.CodeMode = "1282070000000018", coupon.CodesByUpload
		if err := shop.Store.Write(t.Context(), func(tx store.Tx) error {
			if err := tx.InsertStock(t.Context(), broken); err != nil {
				return err
			}
			_, was, err := tx.LockStock(t.Context(), broken.StockKey, day.Of(shop.Now))
			if err != nil {
				return err
			}
			is := was
			is.Codes, is.FreeCodes = 5, 5 // which are not there
			return tx.SetCounters(t.Context(), store.CounterChange{Stock: broken.StockKey, Was: was, Is: is})
		}); err != nil {
			t.Fatal(err)
		}
		s := serviceOf(shop)
		bad := claimOf(shop, 1, "n", "")
		bad.stock = broken.StockKey
		missing := claimOf(shop, 1, "n", "")
		missing.stock.ID = "1282070000000019"
		outcomes, err := s.run(t.Context(), []claim{bad, claimOf(shop, 1, "n", ""), missing, claimOf(shop, 2, "n", "")}, &lane.Relay{})
		if err != nil {
			t.Fatal(err)
		}
		if outcomes[0].err == nil || fault.KindOf(outcomes[0].err) != fault.Internal {
			t.Errorf("the broken stock: %+v", outcomes[0])
		}
		if !errors.Is(outcomes[2].err, coupon.ErrStockNotFound) {
			t.Errorf("the missing stock: %+v", outcomes[2])
		}
		if outcomes[1].code == "" || outcomes[3].code == "" {
			t.Errorf("the others: %+v", outcomes)
		}
		if issued, events, _ := shop.Count(t, ""); issued != 2 || events != 2 {
			t.Errorf("issued %d with %d events", issued, events)
		}
	})
}
