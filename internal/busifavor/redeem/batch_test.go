package redeem_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/busifavor/redeem"
	"github.com/favord/favord/internal/platform/directory"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/storetest"
)

// held is a store whose first transaction waits, so that the calls behind it become one batch.
type held struct {
	store.Store
	begun, release chan struct{}
	writes         atomic.Int64
}

func (h *held) Write(ctx context.Context, fn func(store.Tx) error) error {
	if h.writes.Add(1) == 1 {
		close(h.begun)
		<-h.release
	}
	return h.Store.Write(ctx, fn)
}

// together makes calls that are decided in one batch, in their order, behind one about a coupon that
// does not exist. It returns how each ended, and how many transactions there were for them.
func together(t *testing.T, shop *storetest.Shop, calls ...func(*redeem.Service) error) (errs []error, transactions int64) {
	t.Helper()
	h := &held{Store: shop.Store, begun: make(chan struct{}), release: make(chan struct{})}
	s := redeem.New(redeem.Config{
		Store: h, Directory: directory.New(shop.Store, clock.System{}), Clock: clock.Same{Source: clock.Fixed(shop.Now)},
		Users: users(), Orders: coupon.OrderPolicy{TakeAny: true}, Lanes: 1,
	})
	var wg sync.WaitGroup
	wg.Go(func() {
		_, _ = s.Use(t.Context(), command(shop, "none", "n")) // what becomes of it is of no interest
	})
	<-h.begun
	errs = make([]error, len(calls))
	for i, call := range calls {
		wg.Go(func() { errs[i] = call(s) })
		for s.Lane().Stats().Waiting <= i {
			runtime.Gosched()
		}
	}
	close(h.release)
	wg.Wait()
	return errs, h.writes.Load() - 1
}

func use(t *testing.T, shop *storetest.Shop, code coupon.Code, number string) func(*redeem.Service) error {
	return func(s *redeem.Service) error {
		used, err := s.Use(t.Context(), command(shop, code, number))
		if err == nil && (used.OpenID != openID || !used.At.Equal(shop.Now)) {
			t.Errorf("%s is used by %+v", code, used)
		}
		return err
	}
}

func giveBack(t *testing.T, shop *storetest.Shop, code coupon.Code, number string) func(*redeem.Service) error {
	return func(s *redeem.Service) error {
		_, err := s.Return(t.Context(), redeem.ReturnCommand{Target: target(shop, code), RequestNo: number})
		return err
	}
}

// TestChangesOfABatchSeeEachOther: one transaction leads two coupons through their lives.
func TestChangesOfABatchSeeEachOther(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, shop *storetest.Shop, code coupon.Code) {
		second := send(t, shop, "send2")
		deactivate := func(number string) func(*redeem.Service) error {
			return func(s *redeem.Service) error {
				_, err := s.Deactivate(t.Context(), redeem.DeactivateCommand{Target: target(shop, second), RequestNo: number})
				return err
			}
		}
		remove := func(s *redeem.Service) error {
			return s.Delete(t.Context(), redeem.DeleteCommand{StockID: shop.Stock.ID, Code: code, Actor: "operator"})
		}
		want := []struct {
			call func(*redeem.Service) error
			err  error
		}{
			{use(t, shop, code, "u1"), nil},
			{use(t, shop, code, "u1"), nil},
			{use(t, shop, code, "u2"), coupon.ErrUsed},
			{giveBack(t, shop, code, "r1"), nil},
			{giveBack(t, shop, code, "r1"), nil},
			{use(t, shop, code, "u1"), coupon.ErrNumberSpent},
			{giveBack(t, shop, code, "r2"), coupon.ErrNotUsed},
			{use(t, shop, code, "u3"), nil},
			{use(t, shop, "nowhere", "u1"), coupon.ErrNotFound},
			{deactivate("d1"), nil},
			{deactivate("d1"), nil},
			{use(t, shop, second, "u1"), coupon.ErrNotUsable},
			{giveBack(t, shop, code, "r3"), nil},
			{remove, nil},
			{remove, nil},
			{use(t, shop, code, "u4"), coupon.ErrDeleted},
		}
		calls := make([]func(*redeem.Service) error, len(want))
		for i := range want {
			calls[i] = want[i].call
		}
		errs, transactions := together(t, shop, calls...)
		for i, err := range errs {
			if !errors.Is(err, want[i].err) || (err == nil) != (want[i].err == nil) {
				t.Errorf("call %d: %v, want %v", i, err, want[i].err)
			}
		}
		if transactions != 1 {
			t.Errorf("%d transactions", transactions)
		}
		for action, n := range map[string]int{
			"busifavor.coupons.use": 2, "busifavor.coupons.return": 2, "busifavor.coupons.deactivate": 1, "busifavor.coupons.delete": 1,
		} {
			if _, _, entries := shop.Count(t, action); entries != n {
				t.Errorf("%s: %d audit entries", action, entries)
			}
		}
		expectWhole(t, shop.Store)
	})
}

// TestABrokenCouponKeepsNoOthersFromTheirs: calls share transactions, not failures.
func TestABrokenCouponKeepsNoOthersFromTheirs(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, shop *storetest.Shop, broken coupon.Code) {
		good := send(t, shop, "send2")
		if err := shop.Store.Write(t.Context(), func(tx store.Tx) error {
			return tx.InsertRequests(t.Context(), []store.Request{{ // which the coupon does not count
				RequestKey: store.RequestKey{
					Owner: shop.Stock.Creator, Stock: shop.Stock.ID, Operation: store.OpReturnCoupon, Subject: string(broken), Number: "r",
				}, Answer: []byte("{}"), At: shop.Now,
			}})
		}); err != nil {
			t.Fatal(err)
		}
		errs, transactions := together(t, shop,
			use(t, shop, broken, "u"), giveBack(t, shop, broken, "r"), use(t, shop, good, "u"), use(t, shop, "nowhere", "u"))
		for _, err := range errs[:2] {
			if fault.KindOf(err) != fault.Internal || !errors.Is(err, store.ErrDuplicate) {
				t.Errorf("the broken coupon: %v", err)
			}
		}
		if errs[2] != nil || !errors.Is(errs[3], coupon.ErrNotFound) {
			t.Errorf("the others: %v", errs[2:])
		}
		if _, _, entries := shop.Count(t, "busifavor.coupons.use"); entries != 1 || transactions != 4 {
			t.Errorf("%d audit entries, %d transactions", entries, transactions)
		}
	})
}

// TestAnUnclearBatchIsUnclearForAll: nobody is told that something failed which may have happened.
func TestAnUnclearBatchIsUnclearForAll(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, shop *storetest.Shop, code coupon.Code) {
		second := send(t, shop, "send2")
		forgetful := &storetest.Forgetful{Store: shop.Store}
		forgetful.Times.Store(2)
		unsure := *shop
		unsure.Store = forgetful
		errs, _ := together(t, &unsure, use(t, shop, code, "u"), use(t, shop, second, "u"))
		for i, err := range errs {
			if fault.KindOf(err) != fault.Unclear {
				t.Errorf("call %d: %v", i, err)
			}
		}
		s := serviceOf(shop)
		for _, code := range []coupon.Code{code, second} {
			if err := use(t, shop, code, "u")(s); err != nil {
				t.Errorf("the repeat gives %v", err)
			}
		}
		if _, _, entries := shop.Count(t, "busifavor.coupons.use"); entries != 2 {
			t.Errorf("%d audit entries", entries)
		}
	})
}

// TestTheHolderIsNamedUnderTheAppIDOfTheCall: whoever was never seen there is registered in a
// sandbox, and unknown elsewhere.
func TestTheHolderIsNamedUnderTheAppIDOfTheCall(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, shop *storetest.Shop, code coupon.Code) {
		const elsewhere = merchant.AppID("wx9999999999999999")
		if err := shop.Store.Write(t.Context(), func(tx store.Tx) error {
			m, err := tx.Merchant(t.Context(), shop.Stock.Creator)
			m.AppIDs = append(m.AppIDs, elsewhere)
			return errors.Join(err, tx.UpdateMerchant(t.Context(), m))
		}); err != nil {
			t.Fatal(err)
		}
		under := func(code coupon.Code, as user.OpenID) redeem.UseCommand {
			cmd := command(shop, code, "n")
			cmd.AppID, cmd.OpenID = elsewhere, as
			return cmd
		}
		strict := redeem.New(redeem.Config{
			Store: shop.Store, Directory: directory.New(shop.Store, clock.System{}), Clock: clock.Same{Source: clock.Fixed(shop.Now)},
		})
		if _, err := strict.Use(t.Context(), under(code, "")); !errors.Is(err, user.ErrUnknown) {
			t.Errorf("where nobody is registered by being named: %v", err)
		}
		s := serviceOf(shop)
		used, err := s.Use(t.Context(), under(code, ""))
		if err != nil || used.OpenID == openID || used.OpenID == "" {
			t.Fatalf("%+v, %v", used, err)
		}
		again, err := s.Use(t.Context(), under(code, ""))
		if err != nil || again != used {
			t.Errorf("the repeat gives %+v, %v", again, err)
		}
		second := send(t, shop, "send2")
		if _, err := s.Use(t.Context(), under(second, openID)); !errors.Is(err, user.ErrUnknown) {
			t.Errorf("the openid of the other appid: %v", err)
		}
		if named, err := strict.Use(t.Context(), under(second, used.OpenID)); err != nil || named.OpenID != used.OpenID {
			t.Errorf("the openid of the appid gives %+v, %v", named, err)
		}
	})
}

// TestAnOrderThatIsReportedMayBeAssociated, by the caller or the merchant that the coupon belongs to.
func TestAnOrderThatIsReportedMayBeAssociated(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, shop *storetest.Shop, code coupon.Code) {
		s := redeem.New(redeem.Config{
			Store: shop.Store, Directory: directory.New(shop.Store, clock.System{}), Users: users(),
			Clock: clock.Same{Source: clock.Fixed(shop.Now)},
		})
		associate := func(code coupon.Code, number string) (time.Time, error) {
			return s.Associate(t.Context(), redeem.AssociateCommand{Target: target(shop, code), OutTradeNo: "MCH_1", RequestNo: number})
		}
		if _, err := associate(code, "n"); !errors.Is(err, coupon.ErrNoOrder) {
			t.Errorf("an order that nobody reported: %v", err)
		}
		if _, err := associate("none", "n"); err == nil || errors.Is(err, coupon.ErrNoOrder) {
			t.Errorf("a coupon that does not exist: %v", err)
		}
		if err := shop.Store.Write(t.Context(), func(tx store.Tx) error {
			return tx.InsertOrder(t.Context(), coupon.Order{Merchant: shop.Stock.Creator, TransactionID: "4200", OutTradeNo: "MCH_1", Amount: 1})
		}); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if at, err := associate(code, "n"); err != nil || !at.Equal(shop.Now) {
				t.Errorf("%s, %v", at, err)
			}
		}
	})
}
