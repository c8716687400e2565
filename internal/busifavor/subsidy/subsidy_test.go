package subsidy_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/busifavor/issue"
	"github.com/favord/favord/internal/busifavor/redeem"
	"github.com/favord/favord/internal/busifavor/subsidy"
	"github.com/favord/favord/internal/platform/directory"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/storetest"
)

const (
	payee         = merchant.ID("1900000006")
	transactionID = "4200000913202101152566792388"
	// discount is what a coupon of the market takes off, the cap of its subsidies.
	discount = 500
)

// market is a shop whose merchant pays subsidies to another one of its brand.
type market struct {
	*storetest.Shop
	service *subsidy.Service
}

// onEveryEngine runs a test with a market in each engine, and proves the invariants at its
// end.
func onEveryEngine(t *testing.T, test func(t *testing.T, m *market)) {
	t.Helper()
	engines.Each(t, func(t *testing.T, s store.Store) {
		m := &market{Shop: storetest.OpenShop(t, s, coupon.Limits{MaxCoupons: 100, MaxPerUser: 100})}
		if err := s.Write(t.Context(), func(tx store.Tx) error { return m.open(t, tx) }); err != nil {
			t.Fatal(err)
		}
		m.service = m.over(s)
		test(t, m)
		list, err := s.Check(t.Context())
		if err != nil {
			t.Error(err)
		}
		for _, one := range list {
			if one.Broken > 0 {
				t.Errorf("%s: broken in %d of %d", one.Name, one.Broken, one.Rows)
			}
		}
	})
}

func (m *market) over(s store.Store) *subsidy.Service {
	return subsidy.New(subsidy.Config{
		Store: s, Directory: directory.New(s, clock.System{}), Clock: clock.Same{Source: clock.Fixed(m.Now)},
		Random: rand.Reader, Orders: coupon.OrderPolicy{TakeAny: true},
	})
}

func (m *market) open(t *testing.T, tx store.Tx) error {
	t.Helper()
	ctx := t.Context()
	owner, err := tx.Merchant(ctx, m.Stock.Creator)
	if err != nil {
		return err
	}
	owner.Permissions = append(owner.Permissions, merchant.PaySubsidies)
	return errors.Join(
		tx.UpdateMerchant(ctx, owner),
		tx.InsertMerchant(ctx, merchant.Merchant{ID: payee, Kind: merchant.Ordinary}, m.Now),
		tx.JoinBrand(ctx, owner.ID, "brand"), tx.JoinBrand(ctx, payee, "brand"))
}

// fund gives the payer money.
func (m *market) fund(t *testing.T, amount fen.Fen) {
	t.Helper()
	from := payment.Account{Owner: store.Platform, Name: payment.AccountFunding}
	to := payment.Account{Owner: m.Stock.Creator, Name: payment.AccountBalance}
	if err := m.Store.Write(t.Context(), func(tx store.Tx) error {
		if _, err := tx.LockBalances(t.Context(), from, to); err != nil {
			return err
		}
		return tx.Post(t.Context(), payment.Transfer{From: from, To: to, Amount: amount, Reference: "funding", At: m.Now})
	}); err != nil {
		t.Fatal(err)
	}
}

func (m *market) balance(t *testing.T, id merchant.ID) (held fen.Fen) {
	t.Helper()
	if err := m.Store.Read(t.Context(), func(tx store.ReadTx) (err error) {
		held, err = tx.Balance(t.Context(), payment.Account{Owner: id, Name: payment.AccountBalance})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return held
}

// redeemed returns a coupon that was issued and redeemed.
func (m *market) redeemed(t *testing.T) coupon.Code {
	t.Helper()
	const openID = user.OpenID("oUpF8uMuAJO_M2pxb1Q9zNjWeS6o")
	known, now, users := directory.New(m.Store, clock.System{}), clock.Same{Source: clock.Fixed(m.Now)}, user.Policy{AutoRegister: true}
	number := rand.Text()
	sent, err := issue.New(issue.Config{Store: m.Store, Directory: known, Clock: now, Random: rand.Reader, Users: users}).Send(t.Context(), issue.SendCommand{
		Caller: m.Stock.Creator, AppID: storetest.ShopAppID, OpenID: openID, StockID: m.Stock.ID, RequestNo: number,
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := redeem.New(redeem.Config{Store: m.Store, Directory: known, Clock: now, Users: users}).Use(t.Context(), redeem.UseCommand{
		Target: redeem.Target{Caller: m.Stock.Creator, StockID: m.Stock.ID, Code: sent.Code}, AppID: storetest.ShopAppID, RequestNo: number,
	}); err != nil {
		t.Fatal(err)
	}
	return sent.Code
}

// redeemedMany returns several.
func (m *market) redeemedMany(t *testing.T, n int) []coupon.Code {
	t.Helper()
	codes := make([]coupon.Code, n)
	for i := range codes {
		codes[i] = m.redeemed(t)
	}
	return codes
}

func (m *market) pay(code coupon.Code, amount fen.Fen, number string) subsidy.PayCommand {
	return subsidy.PayCommand{
		Caller: m.Stock.Creator, StockID: m.Stock.ID, Code: code, TransactionID: transactionID, Payer: m.Stock.Creator, Payee: payee,
		Amount: amount, Description: "补差", OutNo: number,
	}
}

func (m *market) giveBack(code coupon.Code, amount fen.Fen, number string) subsidy.ReturnCommand {
	return subsidy.ReturnCommand{
		Caller: m.Stock.Creator, StockID: m.Stock.ID, Code: code, TransactionID: transactionID, RefundID: transactionID,
		Payer: m.Stock.Creator, Payee: payee, Amount: amount, Description: "退", OutNo: number,
	}
}

func TestASubsidyIsPaidOnceForOneNumber(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, m *market) {
		m.fund(t, 10_000)
		code := m.redeemed(t)
		paid, errs := storetest.Race(64, func(int) (coupon.Subsidy, error) { return m.service.Pay(t.Context(), m.pay(code, 100, "same")) })
		for i, err := range errs {
			if err != nil || !cmp.Equal(paid[i], paid[0]) || paid[i].Status != coupon.SubsidySuccess {
				t.Errorf("call %d: %+v, %v", i, paid[i], err)
			}
		}
		if from, to := m.balance(t, m.Stock.Creator), m.balance(t, payee); from != 9_900 || to != 100 {
			t.Errorf("the payer has %d, the payee %d", from, to)
		}
	})
}

// TestOneNumberPaysForOneCoupon races a number over many coupons, which nothing but the
// number keeps apart.
func TestOneNumberPaysForOneCoupon(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, m *market) {
		m.fund(t, 10_000)
		const coupons = 8
		codes := m.redeemedMany(t, coupons)
		_, errs := storetest.Race(32, func(i int) (coupon.Subsidy, error) {
			return m.service.Pay(t.Context(), m.pay(codes[i%coupons], 100, "same"))
		})
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if !errors.Is(err, coupon.ErrSubsidyContent) {
				t.Errorf("refused with %v", err)
			}
		}
		if to := m.balance(t, payee); won != 32/coupons || to != 100 {
			t.Errorf("%d calls won, the payee has %d", won, to)
		}
	})
}

func TestARaceStopsAtTheCap(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, m *market) {
		m.fund(t, 100_000)
		code := m.redeemed(t)
		paid, errs := storetest.Race(32, func(i int) (coupon.Subsidy, error) {
			return m.service.Pay(t.Context(), m.pay(code, 100, fmt.Sprint(i)))
		})
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		succeeded := 0
		for _, one := range paid {
			switch {
			case one.Status == coupon.SubsidySuccess:
				succeeded++
			case one.FailReason != coupon.SubsidyAmountQuota:
				t.Errorf("%+v", one)
			}
		}
		if to := m.balance(t, payee); succeeded != discount/100 || to != discount {
			t.Errorf("%d payments, the payee has %d", succeeded, to)
		}
	})
}

// TestNobodyPaysWithMoneyHeLacks races payments for coupons that share nothing but the
// payer.
func TestNobodyPaysWithMoneyHeLacks(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, m *market) {
		m.fund(t, 250)
		const coupons = 16
		codes := m.redeemedMany(t, coupons)
		paid, errs := storetest.Race(coupons, func(i int) (coupon.Subsidy, error) {
			cmd := m.pay(codes[i], 100, fmt.Sprint(i))
			cmd.TransactionID = fmt.Sprintf("42000009132021011525667923%02d", i)
			return m.service.Pay(t.Context(), cmd)
		})
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		reasons := map[coupon.SubsidyFailure]int{}
		for _, one := range paid {
			reasons[one.FailReason]++
		}
		if reasons[""] != 2 || reasons[coupon.SubsidyNoBalance] != coupons-2 || m.balance(t, m.Stock.Creator) != 50 {
			t.Errorf("%v, %d left", reasons, m.balance(t, m.Stock.Creator))
		}
	})
}

func TestNoMoreGoesBackThanWasPaid(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, m *market) {
		m.fund(t, 1000)
		code := m.redeemed(t)
		paid, err := m.service.Pay(t.Context(), m.pay(code, 100, "p"))
		if err != nil {
			t.Fatal(err)
		}
		_, errs := storetest.Race(32, func(i int) (coupon.SubsidyReturn, error) {
			return m.service.Return(t.Context(), m.giveBack(code, 40, fmt.Sprint(i%16))) // each number twice
		})
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if !errors.Is(err, coupon.ErrReturnTooMuch) {
				t.Errorf("refused with %v", err)
			}
		}
		shown, err := m.service.Payment(t.Context(), m.Stock.Creator, paid.ReceiptID)
		if err != nil || shown.Returned != 80 || shown.Status != coupon.SubsidyPartialReturn || won < 2 || won > 4 || m.balance(t, payee) != 20 {
			t.Errorf("%d calls won, %+v, %v", won, shown, err)
		}
		if last, err := m.service.Return(t.Context(), m.giveBack(code, 20, "last")); err != nil || last.Status != coupon.SubsidySuccess {
			t.Errorf("the rest: %+v, %v", last, err)
		}
		// A repeat of the payment shows it as it stands by now.
		again, err := m.service.Pay(t.Context(), m.pay(code, 100, "p"))
		if err != nil || again.Status != coupon.SubsidyFullReturn || again.ReceiptID != paid.ReceiptID {
			t.Errorf("the repeat: %+v, %v", again, err)
		}
	})
}

// TestAPaymentThatWentBackMakesRoom: the cap is about what is paid and not returned.
func TestAPaymentThatWentBackMakesRoom(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, m *market) {
		m.fund(t, 1000)
		code := m.redeemed(t)
		for i := range 3 {
			paid, err := m.service.Pay(t.Context(), m.pay(code, discount, fmt.Sprint("p", i)))
			if err != nil || paid.Status != coupon.SubsidySuccess {
				t.Fatalf("%d: %+v, %v", i, paid, err)
			}
			returned, err := m.service.Return(t.Context(), m.giveBack(code, discount, fmt.Sprint("r", i)))
			if err != nil || returned.Status != coupon.SubsidySuccess || returned.ReceiptID != paid.ReceiptID {
				t.Fatalf("%d: %+v, %v", i, returned, err)
			}
		}
		if list, err := m.service.List(t.Context(), subsidy.ListQuery{Caller: m.Stock.Creator, StockID: m.Stock.ID, Code: code}); err != nil || len(list) != 3 {
			t.Errorf("%d payments, %v", len(list), err)
		}
	})
}

func TestTheNumberOfPaymentsForAnOrderIsLimited(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, m *market) {
		m.fund(t, 1000)
		code := m.redeemed(t)
		for i := range coupon.MaxSubsidies + 1 {
			paid, err := m.service.Pay(t.Context(), m.pay(code, 1, fmt.Sprint(i)))
			want := coupon.SubsidyFailure("")
			if i == coupon.MaxSubsidies {
				want = coupon.SubsidyCountQuota
			}
			if err != nil || paid.FailReason != want {
				t.Fatalf("%d: %+v, %v", i, paid, err)
			}
		}
	})
}

func TestAnUnclearPaymentIsSettledByARepeat(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, m *market) {
		m.fund(t, 1000)
		code := m.redeemed(t)
		forgetful := &storetest.Forgetful{Store: m.Store}
		unsure := m.over(forgetful)
		forgetful.Times.Store(1)
		if _, err := unsure.Pay(t.Context(), m.pay(code, 100, "p")); fault.KindOf(err) != fault.Unclear {
			t.Fatalf("gives %v", err)
		}
		if paid, err := unsure.Pay(t.Context(), m.pay(code, 100, "p")); err != nil || paid.Status != coupon.SubsidySuccess {
			t.Errorf("the repeat: %+v, %v", paid, err)
		}
		forgetful.Times.Store(1)
		if _, err := unsure.Return(t.Context(), m.giveBack(code, 100, "r")); fault.KindOf(err) != fault.Unclear {
			t.Fatalf("gives %v", err)
		}
		if returned, err := unsure.Return(t.Context(), m.giveBack(code, 100, "r")); err != nil || returned.Status != coupon.SubsidySuccess {
			t.Errorf("the repeat: %+v, %v", returned, err)
		}
		if m.balance(t, payee) != 0 || m.balance(t, m.Stock.Creator) != 1000 {
			t.Error("the money is not where it was")
		}
	})
}

// TestAFailedTransferIsRemembered: it is an answer, and its number is spent.
func TestAFailedTransferIsRemembered(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, m *market) {
		code := m.redeemed(t)
		failed, err := m.service.Pay(t.Context(), m.pay(code, 100, "p"))
		if err != nil || failed.FailReason != coupon.SubsidyNoBalance {
			t.Fatalf("%+v, %v", failed, err)
		}
		m.fund(t, 1000)
		if again, err := m.service.Pay(t.Context(), m.pay(code, 100, "p")); err != nil || !cmp.Equal(again, failed) {
			t.Errorf("the repeat: %+v, %v", again, err)
		}
		if _, err := m.service.Payment(t.Context(), m.Stock.Creator, failed.ReceiptID); !errors.Is(err, coupon.ErrSubsidyMissing) {
			t.Errorf("its id, which nobody was told: %v", err)
		}
		if other, err := m.service.Pay(t.Context(), m.pay(code, 100, "p2")); err != nil || other.Status != coupon.SubsidySuccess {
			t.Errorf("another number: %+v, %v", other, err)
		}
	})
}
