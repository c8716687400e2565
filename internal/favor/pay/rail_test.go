package pay

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/platform/directory"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/storetest"
)

// till is a shop whose merchant pays with vouchers of two stocks: the first is pre-funded,
// with its budget locked.
type till struct {
	*storetest.Shop
	*Service
	t      testing.TB
	now    *clock.Manual
	stocks [2]voucher.Stock
	sent   int
}

const openID = user.OpenID("oUpF8uMuAJO_M2pxb1Q9zNjWeS6o")

func payer() Payer { return Payer{AppID: storetest.ShopAppID, OpenID: openID} }

func openTill(tb testing.TB, s store.Store) *till {
	tb.Helper()
	shop := storetest.OpenShop(tb, s, coupon.Limits{MaxCoupons: 1, MaxPerUser: 1})
	x := &till{Shop: shop, t: tb, now: clock.NewManual(shop.Now)}
	for i := range x.stocks {
		x.stocks[i] = storetest.PlainVoucherStock(voucher.StockID(fmt.Sprintf("100000000%d", i)), voucher.Limits{MaxCoupons: 1000, MaxAmount: 100_000, MaxPerUser: 1000})
	}
	x.stocks[0].NoCash = false
	x.write(func(tx store.Tx) error {
		m, err := tx.Merchant(tb.Context(), shop.Stock.Creator)
		if err != nil {
			return err
		}
		m.Permissions = append(m.Permissions, merchant.PaymentRail)
		funding, locked := payment.Account{Name: payment.AccountFunding}, payment.LockedAccount(x.stocks[0].StockKey)
		if _, err := tx.LockBalances(tb.Context(), funding, locked); err != nil {
			return err
		}
		return errors.Join(
			tx.UpdateMerchant(tb.Context(), m),
			tx.InsertVoucherStock(tb.Context(), x.stocks[0]), tx.InsertVoucherStock(tb.Context(), x.stocks[1]),
			tx.Post(tb.Context(), payment.Transfer{From: funding, To: locked, Amount: 100_000, Reference: "lock", At: shop.Now}),
			tx.InsertBudget(tb.Context(), payment.Budget{Stock: x.stocks[0].StockKey, Ends: x.stocks[0].End, Amount: 100_000}))
	})
	x.Service = New(Config{
		Store: s, Directory: directory.New(s, clock.System{}), Clock: clock.Same{Source: x.now}, Users: user.Policy{AutoRegister: true},
	})
	return x
}

func (x *till) write(fn func(tx store.Tx) error) {
	x.t.Helper()
	if err := x.Store.Write(x.t.Context(), fn); err != nil {
		x.t.Fatal(err)
	}
}

// give sends vouchers of a stock to the payer.
func (x *till) give(stock, n int) []voucher.ID {
	x.t.Helper()
	u, err := user.Policy{AutoRegister: true}.Judge(user.User{}, storetest.ShopAppID, openID)
	if err != nil {
		x.t.Fatal(err)
	}
	var ids []voucher.ID
	x.write(func(tx store.Tx) error {
		ids = nil
		var list []voucher.Voucher
		for i := range n {
			id := voucher.ID(fmt.Sprintf("8%010d", x.sent+i))
			ids = append(ids, id)
			list = append(list, voucher.Voucher{
				ID: id, Stock: x.stocks[stock].StockKey, Sender: x.Stock.Creator, Holder: u.ID, AppID: u.AppID, OpenID: u.OpenID,
				RequestNo: "R" + string(id), Received: x.Now, State: voucher.StateSent, Window: voucher.Window{Begin: x.Now, End: x.stocks[stock].End},
			})
		}
		return tx.InsertVouchers(x.t.Context(), list)
	})
	x.sent += n
	return ids
}

func (x *till) order(total fen.Fen) voucher.Order {
	return voucher.Order{Merchant: x.Stock.Creator, Total: total}
}

func (x *till) consume(transaction string, total fen.Fen, ids ...voucher.ID) (Paid, error) {
	return x.Consume(x.t.Context(), ConsumeCommand{
		Caller: x.Stock.Creator, Payer: payer(), Order: x.order(total), TransactionID: transaction, Vouchers: ids,
	})
}

func (x *till) refund(transaction, number string, amount fen.Fen) (Refunded, error) {
	return x.Refund(x.t.Context(), RefundCommand{Caller: x.Stock.Creator, TransactionID: transaction, RefundID: number, Amount: amount})
}

// money returns what is locked and what was settled.
func (x *till) money() (locked, settled fen.Fen) {
	x.t.Helper()
	if err := x.Store.Read(x.t.Context(), func(tx store.ReadTx) (err error) {
		if locked, err = tx.Balance(x.t.Context(), payment.LockedAccount(x.stocks[0].StockKey)); err != nil {
			return err
		}
		settled, err = tx.Balance(x.t.Context(), payment.Account{Owner: x.Stock.Creator, Name: payment.AccountSettlement})
		return err
	}); err != nil {
		x.t.Fatal(err)
	}
	return locked, settled
}

func (x *till) state(id voucher.ID) voucher.State {
	x.t.Helper()
	var v voucher.Voucher
	if err := x.Store.Read(x.t.Context(), func(tx store.ReadTx) (err error) {
		v, err = tx.Voucher(x.t.Context(), id)
		return err
	}); err != nil {
		x.t.Fatal(err)
	}
	return v.State
}

// holds fails the test unless the invariants of payments hold.
func (x *till) holds() {
	x.t.Helper()
	list, err := x.Store.Check(x.t.Context())
	if err != nil {
		x.t.Fatal(err)
	}
	for _, one := range list {
		switch one.Name {
		case store.InvariantUsedVouchers, store.InvariantPayments, store.InvariantBudgets, store.InvariantSubjects:
			if one.Broken > 0 {
				x.t.Errorf("%s: %d of %d broken", one.Name, one.Broken, one.Rows)
			}
		}
	}
}

func TestAPaymentConsumesItsVouchersAndARefundGivesThemBack(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		x := openTill(t, s)
		ids := append(x.give(0, 1), x.give(1, 1)...)
		quote, err := x.Quote(t.Context(), QuoteQuery{Caller: x.Stock.Creator, Payer: payer(), Order: x.order(3000)})
		if err != nil || quote.Discount != 200 || len(quote.Best) != 2 {
			t.Fatalf("quote: %+v, %v", quote, err)
		}
		paid, err := x.consume("4200000001", 3000, ids...)
		if err != nil || paid.Discount != 200 || len(paid.Vouchers) != 2 {
			t.Fatalf("consume: %+v, %v", paid, err)
		}
		again, err := x.consume("4200000001", 3000, ids...)
		if diff := cmp.Diff(paid, again); diff != "" || err != nil {
			t.Errorf("the repeat: %v\n%s", err, diff)
		}
		if locked, settled := x.money(); locked != 99_900 || settled != 100 {
			t.Errorf("locked %d, settled %d", locked, settled)
		}
		if _, err := x.consume("4200000001", 3001, ids...); !errors.Is(err, voucher.ErrPaymentContent) {
			t.Errorf("other content: %v", err)
		}
		if _, err := x.consume("4200000002", 3000, ids[0]); !errors.Is(err, voucher.MisfitState.Fault()) {
			t.Errorf("twice: %v", err)
		}
		x.holds()
		part, err := x.refund("4200000001", "r1", 1000)
		if err != nil || part.Payer != 933 || part.Discount != 67 || part.Whole || x.state(ids[0]) != voucher.StateUsed {
			t.Errorf("a part: %+v, %v", part, err)
		}
		if again, err := x.refund("4200000001", "r1", 1000); err != nil || !cmp.Equal(part, again) {
			t.Errorf("the repeat: %+v, %v", again, err)
		}
		x.holds()
		rest, err := x.refund("4200000001", "r2", 2000)
		if err != nil || rest.Payer != 2800-933 || rest.Discount != 133 || !rest.Whole {
			t.Errorf("the rest: %+v, %v", rest, err)
		}
		for _, id := range ids {
			if got := x.state(id); got != voucher.StateSent {
				t.Errorf("voucher %s is %s", id, got)
			}
		}
		if locked, settled := x.money(); locked != 100_000 || settled != 0 {
			t.Errorf("locked %d, settled %d", locked, settled)
		}
		x.holds()
		if _, err := x.consume("4200000003", 3000, ids...); err != nil { // it can be used again
			t.Error(err)
		}
		x.holds()
	})
}

// TestNoVoucherIsTooOldForAQuote has more than a thousand newer ones that do not apply, and ones
// that have expired.
func TestNoVoucherIsTooOldForAQuote(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		x := openTill(t, s)
		expired := x.stocks[1]
		x.stocks[1].End = x.Now.Add(-time.Second)
		x.give(1, 2)
		x.stocks[1] = expired
		ids := x.give(0, 1)
		elsewhere := storetest.PlainVoucherStock("1000000009", voucher.Limits{MaxCoupons: 2000, MaxPerUser: 2000})
		elsewhere.Creator, elsewhere.Merchants = "1900000009", []merchant.ID{"1900000009"}
		x.write(func(tx store.Tx) error { return tx.InsertVoucherStock(t.Context(), elsewhere) })
		x.stocks[1] = elsewhere
		x.give(1, 1020)
		quote, err := x.Quote(t.Context(), QuoteQuery{Caller: x.Stock.Creator, Payer: payer(), Order: x.order(3000)})
		if err != nil || len(quote.Vouchers) != 1021 || quote.Discount != 100 || !cmp.Equal(quote.Best, ids) {
			t.Errorf("%d vouchers, best %v, discount %d, %v, want %v", len(quote.Vouchers), quote.Best, quote.Discount, err, ids)
		}
		if paid, err := x.consume("4200000001", 3000); err != nil || paid.Discount != 100 {
			t.Errorf("paid %+v, %v", paid, err)
		}
		x.holds()
	})
}

// TestTheLargestDiscountsAreChosen has more vouchers that may be combined than one payment takes.
func TestTheLargestDiscountsAreChosen(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		x := openTill(t, s)
		dear := storetest.PlainVoucherStock("1000000009", voucher.Limits{MaxCoupons: 1000, MaxPerUser: 1000})
		dear.Face = 150
		x.write(func(tx store.Tx) error { return tx.InsertVoucherStock(t.Context(), dear) })
		small := x.stocks[1]
		x.stocks[1] = dear
		want := x.give(1, 2)
		x.stocks[1] = small
		x.give(1, MaxVouchers)
		quote, err := x.Quote(t.Context(), QuoteQuery{Caller: x.Stock.Creator, Payer: payer(), Order: x.order(100_000)})
		if err != nil || len(quote.Best) != MaxVouchers || quote.Discount != 2*150+(MaxVouchers-2)*100 || quote.Best[0] != want[1] {
			t.Errorf("best %v, discount %d, %v", quote.Best, quote.Discount, err)
		}
	})
}

func TestBadRefundsChangeNothing(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		x := openTill(t, s)
		ids := x.give(0, 1)
		if _, err := x.refund("4200000001", "r0", 1); !errors.Is(err, voucher.ErrPaymentUnknown) {
			t.Errorf("before the payment: %v", err)
		}
		if _, err := x.consume("4200000001", 3000, ids...); err != nil {
			t.Fatal(err)
		}
		for _, amount := range []fen.Fen{0, -1, 3001} {
			if _, err := x.refund("4200000001", "r1", amount); err == nil {
				t.Errorf("%d fen are refunded", amount)
			}
		}
		if _, err := x.refund("4200000001", "r1", 2999); err != nil {
			t.Fatal(err)
		}
		if _, err := x.refund("4200000001", "r1", 1); !errors.Is(err, voucher.ErrRefundContent) {
			t.Errorf("other content: %v", err)
		}
		if _, err := x.refund("4200000001", "r2", 2); !errors.Is(err, voucher.ErrRefundAmount) {
			t.Errorf("too much: %v", err)
		}
		x.now.Set(x.Now.AddDate(0, 0, refundDays).Add(time.Second))
		if _, err := x.refund("4200000001", "r3", 1); !errors.Is(err, voucher.ErrRefundLate) {
			t.Errorf("too late: %v", err)
		}
		x.holds()
	})
}

// TestARefundSaysWhatGoodsItIsFor looks into the bill of a stock for single items.
func TestARefundSaysWhatGoodsItIsFor(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		x := openTill(t, s)
		x.stocks[1] = storetest.PlainVoucherStock("1000000009", voucher.Limits{MaxCoupons: 1000, MaxPerUser: 1000})
		x.stocks[1].Items = []string{"tea"}
		x.write(func(tx store.Tx) error { return tx.InsertVoucherStock(t.Context(), x.stocks[1]) })
		goods := func(teas, cups int64, discount fen.Fen) []voucher.Goods {
			return []voucher.Goods{{ID: "tea", Quantity: teas, Price: 1000, Discount: discount}, {ID: "cup", Quantity: cups, Price: 500}}
		}
		pay := func(transaction string) {
			t.Helper()
			order := x.order(3000)
			order.Goods = goods(2, 2, 0)
			if _, err := x.Consume(t.Context(), ConsumeCommand{
				Caller: x.Stock.Creator, Payer: payer(), Order: order, TransactionID: transaction, Vouchers: x.give(1, 1),
			}); err != nil {
				t.Fatal(err)
			}
		}
		refund := func(transaction, number string, amount fen.Fen, lines ...voucher.Goods) error {
			_, err := x.Refund(t.Context(), RefundCommand{
				Caller: x.Stock.Creator, TransactionID: transaction, RefundID: number, Amount: amount, Goods: lines,
			})
			return err
		}
		pay("4200000001")
		for what, lines := range map[string][]voucher.Goods{
			"others":                {{ID: "pot", Quantity: 1, Price: 1}},
			"too many":              {{ID: "tea", Quantity: 3, Price: 1}},
			"too many in two lines": append(goods(2, 1, 0), goods(1, 1, 0)...),
			"too dear":              {{ID: "tea", Quantity: 2, Price: 751}},
			"none":                  {{ID: "tea", Price: 1}},
			"negative":              {{ID: "tea", Quantity: 1, Price: -1}},
		} {
			if err := refund("4200000001", "bad", 1500, lines...); !errors.Is(err, voucher.ErrRefundGoods) {
				t.Errorf("%s: %v", what, err)
			}
		}
		pay("4200000002")
		for _, err := range []error{
			refund("4200000001", "r1", 1500, goods(1, 1, 0)...),
			refund("4200000001", "r1", 1500, goods(1, 1, 0)...),
			refund("4200000001", "r2", 1500), // nobody says for which
			refund("4200000002", "r3", 3000), // for all
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := refund("4200000001", "r1", 1500, goods(1, 0, 0)[0]); !errors.Is(err, voucher.ErrRefundContent) {
			t.Errorf("other goods: %v", err)
		}
		got := map[string][]voucher.Goods{}
		if err := x.Store.Read(t.Context(), func(tx store.ReadTx) error {
			lines, err := tx.Flows(t.Context(), store.FlowQuery{
				Stock: x.stocks[1].StockKey, Kind: payment.FlowRefund, From: x.Now, To: x.Now.Add(time.Hour), Limit: store.MaxFlows,
			})
			for _, line := range lines {
				got[line.RefundID] = line.Goods
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		want := map[string][]voucher.Goods{"r1": goods(1, 1, 50), "r2": nil, "r3": goods(2, 2, 100)}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		x.holds()
	})
}

func TestARefundOfAPaymentWithoutVouchersMayNameItsGoods(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		x := openTill(t, s)
		order := x.order(2000)
		order.Goods = []voucher.Goods{{ID: "apple", Quantity: 2, Price: 1000}}
		if _, err := x.Consume(t.Context(), ConsumeCommand{
			Caller: x.Stock.Creator, Payer: payer(), Order: order, TransactionID: "4200000001",
		}); err != nil {
			t.Fatal(err)
		}
		cmd := RefundCommand{Caller: x.Stock.Creator, TransactionID: "4200000001", RefundID: "r1", Amount: 2000, Goods: order.Goods}
		if r, err := x.Refund(t.Context(), cmd); err != nil || r.Payer != 2000 || !r.Whole {
			t.Errorf("%+v, %v", r, err)
		}
		cmd.RefundID, cmd.Goods = "r2", []voucher.Goods{{ID: "apple", Quantity: 2, Price: 1001}}
		if _, err := x.Refund(t.Context(), cmd); err == nil {
			t.Error("goods that cost more than the refund are taken")
		}
		x.holds()
	})
}

func TestARaceOfOneTransactionConsumesOnce(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		x := openTill(t, s)
		x.give(0, 8)
		paid, errs := storetest.Race(64, func(int) (Paid, error) { return x.consume("4200000001", 2000) }) // the best ones
		for i, err := range errs {
			if err != nil || !cmp.Equal(paid[i], paid[0]) {
				t.Fatalf("call %d: %+v, %v", i, paid[i], err)
			}
		}
		x.holds()
		refunds, errs := storetest.Race(64, func(int) (Refunded, error) { return x.refund("4200000001", "r1", 500) })
		for i, err := range errs {
			if err != nil || !cmp.Equal(refunds[i], refunds[0]) {
				t.Fatalf("refund %d: %+v, %v", i, refunds[i], err)
			}
		}
		x.holds()
	})
}

func TestAVoucherIsNeverConsumedTwice(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		x := openTill(t, s)
		ids := x.give(0, 3)
		_, errs := storetest.Race(48, func(i int) (Paid, error) {
			return x.consume(fmt.Sprintf("42%08d", i), 2000, ids[i%3], ids[(i+1)%3])
		})
		done := 0
		for _, err := range errs {
			if err == nil {
				done++
			} else if !errors.Is(err, voucher.MisfitState.Fault()) {
				t.Error(err)
			}
		}
		if done != 1 {
			t.Errorf("%d payments took two of three vouchers", done)
		}
		x.holds()
	})
}

// TestAVoucherCountsOnceInAPayment that names it twice.
func TestAVoucherCountsOnceInAPayment(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		x := openTill(t, s)
		ids := x.give(0, 1)
		if _, err := x.consume("4200000001", 6000, ids[0], ids[0]); !errors.Is(err, voucher.MisfitState.Fault()) {
			t.Errorf("twice: %v", err)
		}
		if _, err := x.consume("4200000001", 6000, ids...); err != nil {
			t.Errorf("once: %v", err)
		}
		x.holds()
	})
}

// TestPaymentsOfABatchDoNotHarmEachOther: of many that wait for each other some are refused, some
// repeat others, and the budget of a stock is spent to the last fen and no further.
func TestPaymentsOfABatchDoNotHarmEachOther(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		x := openTill(t, s)
		x.write(func(tx store.Tx) error {
			locked, balance := payment.LockedAccount(x.stocks[0].StockKey), payment.Account{Owner: x.Stock.Creator, Name: payment.AccountBalance}
			_, err := tx.LockBalances(t.Context(), locked, balance)
			return errors.Join(err, tx.Post(t.Context(), payment.Transfer{From: locked, To: balance, Amount: 99_000, Reference: "less", At: x.Now}))
		})
		ids := x.give(0, 20)
		_, errs := storetest.Race(80, func(i int) (Paid, error) {
			return x.consume(fmt.Sprintf("42%08d", i/4), 3000, ids[i/4]) // each four times
		})
		paid := 0
		for i, err := range errs {
			switch {
			case err == nil:
				paid++
			case !errors.Is(err, voucher.ErrLocked):
				t.Errorf("call %d: %v", i, err)
			}
		}
		if locked, settled := x.money(); paid != 40 || locked != 0 || settled != 1000 {
			t.Errorf("%d calls are paid, locked %d, settled %d", paid, locked, settled)
		}
	})
}

func TestWhoMayNotPayIsRefused(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		x := openTill(t, s)
		ids := x.give(1, 1)
		x.write(func(tx store.Tx) error {
			return errors.Join(
				tx.InsertMerchant(t.Context(), merchant.Merchant{ID: "1900000009", Kind: merchant.Ordinary, KeyMode: merchant.ModeCertificate}, x.Now),
				tx.InsertMerchant(t.Context(), merchant.Merchant{
					ID: "1900000008", Kind: merchant.Ordinary, KeyMode: merchant.ModeCertificate, Permissions: []merchant.Permission{merchant.PaymentRail},
				}, x.Now))
		})
		_, err := x.Consume(t.Context(), ConsumeCommand{Caller: "1900000009", Payer: payer(), Order: x.order(3000), TransactionID: "1", Vouchers: ids})
		if !errors.Is(err, voucher.ErrNoRail) {
			t.Errorf("without the permission: %v", err)
		}
		other := payer()
		other.OpenID = "oUpF8uMuAJO_M2pxb1Q9zNjWeS60"
		_, err = x.Consume(t.Context(), ConsumeCommand{Caller: x.Stock.Creator, Payer: other, Order: x.order(3000), TransactionID: "1", Vouchers: ids})
		if !errors.Is(err, voucher.ErrNotFound) {
			t.Errorf("another's voucher: %v", err)
		}
		if _, err := x.consume("1", 1999, ids...); !errors.Is(err, voucher.MisfitThreshold.Fault()) {
			t.Errorf("below the threshold: %v", err)
		}
		if _, err := x.consume("1", 3000, ids...); err != nil {
			t.Fatal(err)
		}
		if _, err := x.Payment(t.Context(), "1900000008", "1"); !errors.Is(err, voucher.ErrPaymentUnknown) {
			t.Errorf("another's payment: %v", err)
		}
		if _, err := x.Refund(t.Context(), RefundCommand{Caller: "1900000008", TransactionID: "1", RefundID: "r", Amount: 1}); !errors.Is(err, voucher.ErrPaymentUnknown) {
			t.Errorf("a refund of another's payment: %v", err)
		}
	})
}

// TestPaymentsThatMeetThemselvesHaveOneEffect: no lock covers the numbers of these pairs. One
// of each has its effect, and the other one the same answer or a refusal for its content.
func TestPaymentsThatMeetThemselvesHaveOneEffect(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		x := openTill(t, s)
		for i := range 30 {
			first, second := fmt.Sprintf("41%08d", i), fmt.Sprintf("43%08d", i)
			x.meet(voucher.ErrPaymentContent, 1, func(int) error {
				_, err := x.consume("40"+first, 1)
				return err
			})
			ids := x.give(1, 3)
			x.meet(voucher.ErrPaymentContent, 2, func(n int) error {
				_, err := x.consume(first, 3000, ids[n])
				return err
			})
			if _, err := x.consume(second, 3000, ids[2]); err != nil {
				t.Fatal(err)
			}
			x.meet(voucher.ErrRefundContent, 2, func(n int) error {
				_, err := x.refund([]string{first, second}[n], fmt.Sprint("r", i), 100)
				return err
			})
		}
		x.holds()
	})
}

// meet runs two calls at once: as many of them are done as have the same content, the others
// are refused.
func (x *till) meet(refused error, contents int, call func(n int) error) {
	x.t.Helper()
	var errs [2]error
	var wg sync.WaitGroup
	for n := range errs {
		wg.Go(func() { errs[n] = call(n) })
	}
	wg.Wait()
	refusals := 0
	for _, err := range errs {
		if errors.Is(err, refused) {
			refusals++
		} else if err != nil {
			x.t.Error(err)
		}
	}
	if refusals != contents-1 {
		x.t.Errorf("%d refused, want %d: %v", refusals, contents-1, errs)
	}
}
