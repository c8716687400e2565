package storetest

import (
	"context"
	"fmt"
	"time"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// someVoucherStock returns one of two stocks, each of its merchant; later variants differ.
func someVoucherStock(n int) voucher.Stock {
	st := PlainVoucherStock(voucher.StockID(fmt.Sprint("favor", n%2)), voucher.Limits{MaxCoupons: 10, MaxPerUser: 2})
	st.Creator, st.Name, st.Merchants = owner(n), fmt.Sprint("券", n/2), []merchant.ID{owner(n / 2)}
	return st
}

func someVoucher(n int) voucher.Voucher {
	v := SentVoucher(someVoucherStock(n).StockKey, voucher.ID(few("V", n)), holder(byte(n/2%4)))
	v.Window.End = v.Window.End.Add(time.Duration(n) * time.Minute)
	return v
}

// usedVoucher is a later state of a voucher.
func usedVoucher(n int) voucher.Voucher {
	v := someVoucher(n)
	if n < 6 {
		v.State = voucher.StateUsed
		v.Use = voucher.Consumption{TransactionID: few("42", n), At: noon(), Merchant: other, Discount: fen.Fen(n), Goods: []voucher.Goods{{ID: "g", Quantity: 1}}}
	}
	return v
}

func voucherMonth(n int) store.VoucherMonthKey {
	return store.VoucherMonthKey{Creator: owner(n), Month: day.MonthOf(noon()), Holder: holder(byte(n / 2 % 2))}
}

// newPayment returns a payment of one of two merchants; later variants are of another time.
func newPayment(n int) payment.Payment {
	p := APayment(few("42", n))
	p.Merchant, p.At = owner(n/2), noon().Add(time.Duration(n/2%3)*time.Minute)
	return p
}

func somePayment(n int) payment.Payment {
	p := APayment(few("42", n))
	p.Refunded, p.RefundedDiscount, p.Refunds = fen.Fen(n), fen.Fen(n/2), int64(n)
	return p
}

func someFlow(n int) payment.Flow {
	kinds := []payment.FlowKind{payment.FlowUse, payment.FlowRefund}
	return payment.Flow{
		Stock: someVoucherStock(n).StockKey, Kind: kinds[n/2%2], At: noon().Add(time.Duration(n) * time.Second), Voucher: someVoucher(n).ID,
		TransactionID: few("42", n), Merchant: other, Discount: 5, Total: 10, Facts: payment.Facts{OutTradeNo: "T"},
	}
}

func somePayAsk(n int) store.PayAsk {
	v, b := someVoucher(n), someBudget(n)
	return store.PayAsk{
		Vouchers: []store.VoucherKey{{Stock: v.Stock, ID: v.ID}, {Stock: v.Stock, ID: "none"}},
		Stocks:   []voucher.StockKey{v.Stock, {Creator: v.Stock.Creator, ID: "none"}},
		Payments: []string{few("42", n), "none"}, Budgets: []voucher.StockKey{b.Stock}, Accounts: []payment.Account{account(other)},
	}
}

func someBudget(n int) payment.Budget {
	return payment.Budget{Stock: someVoucherStock(n).StockKey, Ends: noon().Add(time.Duration(n) * time.Minute), Amount: fen.Fen(n + 1)}
}

func forgottenVoucher(n int) voucher.Voucher {
	v := usedVoucher(n)
	v.OpenID = user.Forgotten(v.Holder)
	return v
}

// voucherDeeds are about stocks of vouchers and vouchers.
func voucherDeeds() []deed {
	return []deed{
		{"InsertVoucherStock", of(func(n int) []any { return []any{someVoucherStock(n)} })},
		{"UpdateVoucherStock", of(func(n int) []any { return []any{someVoucherStock(n)} })},
		{"LockVoucherStocks", of(func(n int) []any { return []any{[]voucher.StockKey{someVoucherStock(n).StockKey}, someDay(n)} })},
		{"LockToSend", of(func(n int) []any {
			return []any{store.SendAsk{
				Stocks: []voucher.StockKey{someVoucherStock(n).StockKey, someVoucherStock(n + 1).StockKey}, Day: someDay(n),
				Holders: []store.VoucherHolderKey{{Stock: someVoucherStock(n).StockKey, Holder: holder(byte(n % 4))}},
				Months:  []store.VoucherMonthKey{voucherMonth(n)}, Requests: []store.RequestKey{someRequest(n).RequestKey},
			}}
		})},
		{"SetVoucherCounters", func(ctx context.Context, w *world, n int) ([]any, error) {
			key := someVoucherStock(n).StockKey
			locked, err := w.tx.LockVoucherStocks(ctx, []voucher.StockKey{key}, someDay(n))
			if _, there := locked[key]; err == nil && !there {
				return nil, store.ErrNotFound
			}
			was := locked[key].Counters
			if n == variants-1 {
				was.Sent++ // what is not there any more
			}
			return []any{[]store.VoucherCounterChange{{Stock: key, Was: was, Is: was.Send()}}}, err
		}},
		{"SetVoucherHeld", of(func(n int) []any {
			return []any{[]store.VoucherHeld{{VoucherHolderKey: store.VoucherHolderKey{Stock: someVoucherStock(n).StockKey, Holder: holder(byte(n % 4))}, Count: int64(n + 1)}}}
		})},
		{"SetVoucherMonths", func(ctx context.Context, w *world, n int) ([]any, error) {
			months, err := w.tx.VoucherMonths(ctx, []store.VoucherMonthKey{voucherMonth(n)})
			was := months[voucherMonth(n)]
			if n == variants-1 {
				was++
			}
			return []any{[]store.VoucherMonthChange{{VoucherMonthKey: voucherMonth(n), Was: was, Is: was + 7}}}, err
		}},
		{"SetVoucherSenders", of(func(n int) []any {
			return []any{someVoucherStock(n).StockKey, []merchant.ID{other, creator}[:n/2%3]}
		})},
		{"LockAvailableMerchants", of(func(n int) []any { return []any{[]merchant.ID{owner(n), owner(n + 1)}} })},
		{"InsertStartedVoucherStocks", of(func(n int) []any {
			return []any{[]store.StartedVoucherStock{{Available: owner(n / 2), Stock: someVoucherStock(n).StockKey, End: noon().Add(time.Hour)}}}
		})},
		{"InsertVouchers", of(func(n int) []any { return []any{[]voucher.Voucher{someVoucher(n)}} })},
		{"LockVouchers", of(func(n int) []any {
			return []any{[]store.VoucherKey{{Stock: someVoucher(n).Stock, ID: someVoucher(n).ID}, {Stock: someVoucher(n).Stock, ID: "none"}}}
		})},
		{"UpdateVouchers", of(func(n int) []any { return []any{[]voucher.Voucher{usedVoucher(n)}} })},
		{"RenameVoucherHolders", of(func(n int) []any { return []any{[]voucher.Voucher{forgottenVoucher(n)}} })},
		{"InsertPayments", of(func(n int) []any { return []any{[]payment.Payment{newPayment(n)}} })},
		{"LockPayments", of(func(n int) []any { return []any{[]string{few("42", n), "none"}} })},
		{"LockToPay", of(func(n int) []any { return []any{somePayAsk(n)} })},
		{"LockPayment", of(func(n int) []any { return []any{few("42", n)} })},
		{"UpdatePayment", of(func(n int) []any { return []any{somePayment(n)} })},
		{"InsertFlows", of(func(n int) []any { return []any{[]payment.Flow{someFlow(n), someFlow(n + 2)}} })},
		{"InsertBudget", of(func(n int) []any { return []any{someBudget(n)} })},
		{"LockBudget", of(func(n int) []any { return []any{someBudget(n).Stock} })},
		{"DeleteBudget", of(func(n int) []any { return []any{someBudget(n).Stock} })},
	}
}

func voucherQuestions() (list []question) {
	for n := range 4 {
		who := holder(byte(n))
		list = append(list,
			question{"VoucherHeld", []any{[]store.VoucherHolderKey{{Stock: someVoucherStock(0).StockKey, Holder: who}, {Stock: someVoucherStock(1).StockKey, Holder: who}}}},
			question{"VoucherMonths", []any{[]store.VoucherMonthKey{voucherMonth(n)}}},
			question{"VoucherCounters", []any{[]voucher.StockKey{someVoucherStock(0).StockKey, someVoucherStock(1).StockKey}, someDay(n)}},
			question{"Voucher", []any{someVoucher(n).ID}},
			question{"VoucherOwners", []any{[]voucher.ID{someVoucher(n).ID, "none"}}},
			question{"HeldVoucherStocks", []any{who}},
			question{"UserVouchers", []any{store.VoucherQuery{Holder: who, Limit: store.NoLimit}}},
			question{"UserVouchers", []any{store.VoucherQuery{
				Holder: who, States: []voucher.State{voucher.StateSent}, Stocks: []voucher.StockID{"favor1"}, Now: noon().Add(62 * time.Minute), Limit: 2,
			}}},
			question{"Payment", []any{few("42", n)}})
	}
	for n := range 2 {
		key := someVoucherStock(n).StockKey
		list = append(list,
			question{"VoucherStock", []any{key.ID}},
			question{"VoucherStocks", []any{store.VoucherStockQuery{Creator: owner(n), Now: noon(), Limit: 2}}},
			question{"VoucherSenders", []any{key}},
			question{"StartedVoucherStocks", []any{[]merchant.ID{creator, other}, noon(), int64(1 + n)}},
			question{"Flows", []any{store.FlowQuery{Stock: key, Kind: payment.FlowUse, From: noon(), To: noon().Add(time.Hour), Limit: 10}}},
			question{"Flows", []any{store.FlowQuery{Stock: key, Kind: payment.FlowRefund, From: noon(), To: noon().Add(time.Hour), Limit: 10}}},
			question{"Payments", []any{store.PaymentQuery{Merchant: owner(n), Limit: 2}}},
			question{"Payments", []any{store.PaymentQuery{
				Merchant: owner(n), From: noon(), Until: noon().Add(2 * time.Minute),
				BeforeAt: noon().Add(time.Minute), BeforeID: few("42", 2), Limit: 10,
			}}},
			question{"Budget", []any{key}},
			question{"EndedBudgets", []any{noon().Add(time.Duration(n*5) * time.Minute), int64(10)}})
	}
	return list
}
