package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// paymentCases are the part of the suite about payments with vouchers.
func paymentCases() map[string]func(*testing.T, store.Store) {
	return map[string]func(*testing.T, store.Store){
		"a payment comes back as it was stored":       testPayment,
		"payments come by pages, the newest before":   testPaymentPages,
		"a bill comes in parts, in the order of time": testFlows,
		"budgets are locked once and found when over": testBudgets,
		"what breaks the invariants of payments":      testPaymentInvariants,
	}
}

// APayment returns a payment with every field set.
func APayment(transactionID string) payment.Payment {
	return payment.Payment{
		Maker: creator, Merchant: other, TransactionID: transactionID, At: noon(), Total: 5000, Discount: 150,
		Vouchers: []payment.PaidVoucher{
			{ID: "8001", Creator: creator, Stock: "1000000001", Discount: 100, Funded: true, Name: "满减券"},
			{
				ID: "8002", Creator: creator, Stock: "1000000002", Discount: 50, SingleItem: true,
				Goods: []voucher.Goods{{ID: "g1", Quantity: 2, Price: 300, Discount: 50}},
			},
		},
		Facts: payment.Facts{
			OutTradeNo: "T1", TradeType: "MICROAPP", DeviceInfo: "D1", BankSerial: "B1",
			Combined: &payment.Combined{TransactionID: "C1", Discount: 200, Total: 9000},
		},
		Content: store.ContentOf(transactionID),
	}
}

func testPayment(t *testing.T, s store.Store) {
	p := APayment("4200000001")
	write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.InsertPayments(ctx, []payment.Payment{p}) })
	if err := s.Write(t.Context(), func(tx store.Tx) error {
		again := p
		again.Merchant = creator
		return tx.InsertPayments(t.Context(), []payment.Payment{again})
	}); !errors.Is(err, store.ErrDuplicate) {
		t.Errorf("a transaction twice: %v", err)
	}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		locked, err := tx.LockPayment(ctx, p.TransactionID)
		if diff := cmp.Diff(p, locked); diff != "" {
			t.Error(diff)
		}
		locked.Refunded, locked.RefundedDiscount, locked.Refunds = 10, 3, 1
		return errors.Join(err, tx.UpdatePayment(ctx, locked))
	})
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		got, err := tx.Payment(ctx, p.TransactionID)
		if got.Refunded != 10 || got.RefundedDiscount != 3 || got.Refunds != 1 {
			t.Errorf("refunded: %+v", got)
		}
		if _, err := tx.Payment(ctx, "4200000002"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("an unknown payment: %v", err)
		}
		return err
	})
}

// testPaymentPages has payments whose numbers are in another order than their times, some of them in
// one second, and one of another merchant.
func testPaymentPages(t *testing.T, s store.Store) {
	at := func(id string, seconds int) payment.Payment {
		p := APayment(id)
		p.At = noon().Add(time.Duration(seconds) * time.Second)
		return p
	}
	want := []payment.Payment{at("4200000003", 60), at("4200000009", 1), at("4200000008", 1), at("4200000007", 1), at("4200000005", 0)}
	strange := at("4200000006", 1)
	strange.Merchant = creator
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.InsertPayments(ctx, []payment.Payment{want[2], want[4], strange, want[0], want[3], want[1]})
	})
	want[1].Refunded, want[1].RefundedDiscount, want[1].Refunds = 5000, 150, 2
	write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.UpdatePayment(ctx, want[1]) })
	list := func(q store.PaymentQuery) (page []payment.Payment) {
		q.Merchant = other
		read(t, s, func(ctx context.Context, tx store.ReadTx) (err error) {
			page, err = tx.Payments(ctx, q)
			return err
		})
		return page
	}
	after := func(p payment.Payment, q store.PaymentQuery) store.PaymentQuery {
		q.BeforeAt, q.BeforeID = p.At, p.TransactionID
		return q
	}
	var all []payment.Payment
	for q := (store.PaymentQuery{Limit: 2}); ; {
		page := list(q)
		if len(page) == 0 {
			break
		}
		all = append(all, page...)
		q = after(page[len(page)-1], q)
	}
	if diff := cmp.Diff(want, all); diff != "" {
		t.Error(diff)
	}
	for _, c := range []struct {
		q    store.PaymentQuery
		want []payment.Payment
	}{
		{store.PaymentQuery{From: noon().Add(time.Second)}, want[:4]},
		{store.PaymentQuery{Until: noon().Add(time.Second)}, want[4:]},
		{after(want[1], store.PaymentQuery{From: noon().Add(time.Second), Until: noon().Add(time.Minute)}), want[2:4]},
		{after(want[1], store.PaymentQuery{Until: noon().Add(time.Second)}), want[4:]},
		{store.PaymentQuery{Until: noon()}, nil},
	} {
		c.q.Limit = 10
		if diff := cmp.Diff(c.want, list(c.q)); diff != "" {
			t.Errorf("%+v: %s", c.q, diff)
		}
	}
}

// aFlow returns a line of a bill.
func aFlow(key voucher.StockKey, kind payment.FlowKind, id voucher.ID, at time.Time) payment.Flow {
	f := payment.Flow{
		Stock: key, Kind: kind, At: at, Voucher: id, TransactionID: "4200000001", Merchant: other, Discount: 100, Total: 5000,
		Goods: []voucher.Goods{{ID: "a", Quantity: 2, Price: 2500, Discount: 100}},
		Facts: payment.Facts{DeviceInfo: "D"},
	}
	if kind == payment.FlowRefund {
		f.RefundID, f.Goods, f.Facts = "5000000001", nil, payment.Facts{}
	}
	return f
}

func testFlows(t *testing.T, s store.Store) {
	key, elsewhere := voucher.StockKey{Creator: creator, ID: "1000000001"}, voucher.StockKey{Creator: creator, ID: "1000000002"}
	want := []payment.Flow{
		aFlow(key, payment.FlowUse, "8001", noon()),
		aFlow(key, payment.FlowUse, "8002", noon()),
		aFlow(key, payment.FlowUse, "8003", noon().Add(time.Second)),
		aFlow(key, payment.FlowUse, "8004", noon().Add(time.Hour)),
	}
	back := aFlow(key, payment.FlowRefund, "8001", noon().Add(2*time.Hour))
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return errors.Join(
			tx.InsertFlows(ctx, []payment.Flow{want[0], aFlow(elsewhere, payment.FlowUse, "8009", noon()), want[1]}),
			tx.InsertFlows(ctx, []payment.Flow{back, want[3]}),
			tx.InsertFlows(ctx, []payment.Flow{want[2]}))
	})
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		q := store.FlowQuery{Stock: key, Kind: payment.FlowUse, From: noon(), To: noon().Add(24 * time.Hour), Limit: 2}
		var got []payment.Flow
		for {
			part, err := tx.Flows(ctx, q)
			if err != nil {
				return err
			}
			if len(part) == 0 {
				break
			}
			got = append(got, part...)
			q.AfterAt, q.AfterID = part[len(part)-1].At, part[len(part)-1].ID
		}
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(payment.Flow{}, "ID")); diff != "" {
			t.Error(diff)
		}
		q = store.FlowQuery{Stock: key, Kind: payment.FlowUse, From: noon().Add(time.Second), To: noon().Add(time.Second), Limit: 10}
		got, err := tx.Flows(ctx, q)
		if len(got) != 1 || got[0].Voucher != "8003" {
			t.Errorf("one second has %+v", got)
		}
		q.Kind, q.To = payment.FlowRefund, noon().Add(24*time.Hour)
		refunds, errRefunds := tx.Flows(ctx, q)
		if diff := cmp.Diff([]payment.Flow{back}, refunds, cmpopts.IgnoreFields(payment.Flow{}, "ID")); diff != "" {
			t.Error(diff)
		}
		return errors.Join(err, errRefunds)
	})
}

func testBudgets(t *testing.T, s store.Store) {
	early := payment.Budget{Stock: voucher.StockKey{Creator: creator, ID: "1"}, Ends: noon(), Amount: 500}
	late := payment.Budget{Stock: voucher.StockKey{Creator: other, ID: "2"}, Ends: noon().Add(time.Hour), Amount: 700}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.InsertBudget(ctx, late), tx.InsertBudget(ctx, early))
	})
	if err := s.Write(t.Context(), func(tx store.Tx) error { return tx.InsertBudget(t.Context(), early) }); !errors.Is(err, store.ErrDuplicate) {
		t.Errorf("a budget twice: %v", err)
	}
	ended := func(now time.Time, limit int64) (list []payment.Budget) {
		read(t, s, func(ctx context.Context, tx store.ReadTx) (err error) {
			list, err = tx.EndedBudgets(ctx, now, limit)
			return err
		})
		return list
	}
	if got := ended(noon(), 10); len(got) != 0 {
		t.Errorf("at its end: %+v", got)
	}
	if diff := cmp.Diff([]payment.Budget{early, late}, ended(noon().Add(2*time.Hour), 10)); diff != "" {
		t.Error(diff)
	}
	if got := ended(noon().Add(2*time.Hour), 1); len(got) != 1 {
		t.Errorf("one of two: %+v", got)
	}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		locked, err := tx.LockBudget(ctx, early.Stock)
		if diff := cmp.Diff(early, locked); diff != "" {
			t.Error(diff)
		}
		return errors.Join(err, tx.DeleteBudget(ctx, early.Stock))
	})
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		if _, err := tx.Budget(ctx, early.Stock); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a released budget: %v", err)
		}
		return nil
	})
}

func testPaymentInvariants(t *testing.T, s store.Store) {
	st := PlainVoucherStock("1000000001", voucher.Limits{MaxCoupons: 5, MaxAmount: 500, MaxPerUser: 5})
	used := func(id voucher.ID) delivery.Event {
		said := delivery.VoucherUsed{StockID: st.ID, VoucherID: id, Use: delivery.Use{TransactionID: "4200000001"}}
		e, err := delivery.NewEvent(creator, noon(), said, string(id))
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	insertVoucherStock(t, s, st)
	sendPlainly(t, s, st, "8001", holder(1))
	use := func(discount fen.Fen) {
		write(t, s, func(ctx context.Context, tx store.Tx) error {
			v := SentVoucher(st.StockKey, "8001", holder(1))
			v.State, v.Use = voucher.StateUsed, voucher.Consumption{TransactionID: "4200000001", At: noon(), Merchant: other, Discount: discount}
			return tx.UpdateVouchers(ctx, []voucher.Voucher{v})
		})
	}
	use(100)
	expectTheseBroken(t, s, store.InvariantUsedVouchers)
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return errors.Join(
			tx.InsertFlows(ctx, []payment.Flow{aFlow(st.StockKey, payment.FlowUse, "8001", noon())}),
			tx.SetCallback(ctx, callback(creator, merchant.Favor)),
			tx.AppendEvents(ctx, []delivery.Event{used("8001")}),
			tx.InsertPayments(ctx, []payment.Payment{{Merchant: other, TransactionID: "4200000001", At: noon(), Total: 5000, Discount: 100}}))
	})
	expectTheseBroken(t, s)
	use(99)
	expectTheseBroken(t, s, store.InvariantUsedVouchers)
	use(100)
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return errors.Join(
			tx.AppendEvents(ctx, []delivery.Event{used("8002")}),
			tx.InsertBudget(ctx, payment.Budget{Stock: st.StockKey, Ends: noon(), Amount: 500}),
			tx.UpdatePayment(ctx, payment.Payment{TransactionID: "4200000001", Refunded: 5001}))
	})
	expectTheseBroken(t, s, store.InvariantSubjects, store.InvariantPayments, store.InvariantBudgets)
}
