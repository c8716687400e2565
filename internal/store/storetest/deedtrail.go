package storetest

import (
	"context"
	"fmt"
	"time"

	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/store"
)

func someSubsidy(n int) coupon.Subsidy {
	s := paid(few("s", n))
	s.Payer, s.Payee = owner(n), owner(n+1)
	if n >= 4 {
		s.Status, s.Returned = coupon.SubsidyPartialReturn, fen.Fen(n)
	}
	return s
}

func someReturn(n int) coupon.SubsidyReturn {
	s := someSubsidy(n)
	return coupon.SubsidyReturn{
		Key: s.Key, ReturnReceiptID: few("r", n), ReceiptID: s.ReceiptID, OutNo: "o", TransactionID: "4200", RefundID: "5000",
		Payer: s.Payer, Payee: s.Payee, Amount: 1, Status: coupon.SubsidySuccess, CreatedAt: noon(),
	}
}

func someOrder(n int) coupon.Order {
	return coupon.Order{
		Merchant: owner(n), TransactionID: few("42", n), OutTradeNo: few("T", n/2), Amount: 880, Refunded: fen.Fen(n), Subsidies: int64(n),
	}
}

func someCard(n int) store.Card {
	return store.Card{Owner: owner(n), ID: few("card", n), AppID: "wx1"}
}

// transferOf funds a merchant, or moves money on.
func transferOf(n int) payment.Transfer {
	t := fund(owner(n), 10, fmt.Sprint("fund", n))
	if n >= 4 {
		t.From, t.To, t.Amount = account(owner(n)), account(owner(n+1)), fen.Fen(n)
	}
	return t
}

// moneyDeeds are about money between merchants, orders and cards.
func moneyDeeds() []deed {
	return []deed{
		{"InsertSubsidy", of(func(n int) []any { return []any{someSubsidy(n)} })},
		{"UpdateSubsidy", of(func(n int) []any { return []any{someSubsidy(n)} })},
		{"InsertSubsidyReturn", of(func(n int) []any { return []any{someReturn(n)} })},
		{"InsertOrder", of(func(n int) []any { return []any{someOrder(n)} })},
		{"LockOrder", of(func(n int) []any { return []any{few("42", n)} })},
		{"UpdateOrder", of(func(n int) []any { return []any{someOrder(n)} })},
		{"LockBalances", of(func(n int) []any { return []any{account(owner(n)), account(owner(n + 1))} })},
		{"Post", func(ctx context.Context, w *world, n int) ([]any, error) {
			one := transferOf(n)
			_, err := w.tx.LockBalances(ctx, one.From, one.To)
			return []any{one}, err
		}},
		{"InsertCard", of(func(n int) []any { return []any{someCard(n)} })},
		{"InsertCardHolder", of(func(n int) []any {
			return []any{store.CardHolder{Card: someCard(n), Holder: holder(byte(n % 4)), Code: few("c", n), At: noon()}}
		})},
	}
}

func moneyQuestions() (list []question) {
	for n := range 4 {
		list = append(list,
			question{"Subsidy", []any{few("s", n)}},
			question{"SubsidyReturn", []any{few("r", n)}},
			question{"Order", []any{few("42", n)}},
			question{"HasOrder", []any{owner(n), few("T", n)}},
			question{"Card", []any{few("card", n)}},
			question{"CardCode", []any{someCard(n), holder(byte(n))}})
	}
	for n := range 2 {
		list = append(list,
			question{"Balance", []any{account(owner(n))}},
			question{"Postings", []any{owner(n), int64(n), int64(10)}},
			question{"Subsidies", []any{store.SubsidyQuery{Key: paid("").Key, Payer: owner(n)}}},
			question{"SubsidyReturns", []any{someReturn(n).Key}})
	}
	return list
}

func someRequest(n int) store.Request {
	r := store.Request{
		RequestKey: store.RequestKey{Owner: owner(n), Operation: store.OpSignedCall, Subject: "s", Number: few("n", n/2)},
		Content:    store.ContentOf("c"), Answer: []byte{byte(n)}, At: noon().Add(time.Duration(n) * time.Second),
	}
	if n >= 4 {
		r.Operation, r.Stock = store.OpUseCoupon, someStock(n).ID
	}
	return r
}

// placed are arguments that begin with the key of a delivery.
func placed(args func(key delivery.Key, n int) []any) func(context.Context, *world, int) ([]any, error) {
	return func(_ context.Context, w *world, n int) ([]any, error) {
		d, err := w.place(n)
		return args(delivery.Key{Owner: creator, Place: d.Place}, n), err
	}
}

func callbackKey(n int) merchant.CallbackKey {
	products := []merchant.Product{merchant.BusiFavor, merchant.Favor}
	return merchant.CallbackKey{Owner: creator, Product: products[n/2%2]}
}

func someOutcome(key delivery.Key, n int) delivery.Outcome {
	d := delivery.Delivery{Key: key}
	if n%3 == 0 {
		return failure(&d, int64(1+n/4))
	}
	return success(&d, int64(1+n/4))
}

// trailDeeds are about request numbers, events, audit entries and deliveries.
func trailDeeds() []deed {
	late := noon().Add(time.Hour)
	return []deed{
		{"InsertRequests", of(func(n int) []any { return []any{[]store.Request{someRequest(n)}} })},
		{"TouchRequests", of(func(n int) []any { return []any{[]store.RequestKey{someRequest(n).RequestKey}} })},
		{"DropNonces", of(func(n int) []any { return []any{owner(n), store.Ended{Before: noon().Add(time.Minute), Limit: 10}} })},
		{"SetCallback", of(func(n int) []any {
			c := callback(creator, callbackKey(n).Product)
			c.On, c.URL = n < 4, fmt.Sprint("https://example.com/", n)
			return []any{c}
		})},
		{"AppendEvents", func(_ context.Context, w *world, n int) ([]any, error) {
			e := note(owner(n), n)
			w.made++
			e.ID = fmt.Sprint(e.Owner, "-", len(w.places[e.Owner]), "-", w.made) // no other one has it
			return []any{[]delivery.Event{e}}, nil
		}},
		{"AppendAudit", of(func(n int) []any {
			e := store.AuditEntry{Owner: owner(n), At: noon(), Actor: "a", Action: few("x", n), Object: "o"}
			if n >= 4 {
				e.Batch = store.Batch{Count: 2, First: int64(n), Last: int64(n + 1), Digest: store.Hash(store.ContentOf(few("d", n)))}
			}
			return []any{[]store.AuditEntry{e}}
		})},
		{"LockAuditHead", of(func(n int) []any { return []any{owner(n)} })},
		{"SealAudit", func(ctx context.Context, w *world, n int) ([]any, error) {
			head, _, err := w.tx.LockAuditHead(ctx, owner(n))
			if err != nil {
				return nil, err
			}
			entries, err := w.tx.UnsealedAudit(ctx, owner(n), 0, 2)
			var seals []store.Sealed
			for i := range entries {
				head.Seal = entries[i].SealAt(head.Seal)
				seals = append(seals, store.Sealed{ID: entries[i].ID, Seal: head.Seal})
			}
			return []any{owner(n), seals}, err
		}},
		{"Listens", of(func(n int) []any { return []any{callbackKey(n)} })},
		{"DueDeliveries", of(func(n int) []any { return []any{late, []store.Span{{CallbackKey: callbackKey(n), Limit: 10}}} })},
		{"ClaimDeliveries", placed(func(key delivery.Key, n int) []any {
			until := noon().Add(time.Duration(n) * time.Hour)
			return []any{noon(), []delivery.Claim{{Key: key, Number: int64(n / 2), Due: until}}}
		})},
		{"SettleAttempts", placed(func(key delivery.Key, n int) []any { return []any{[]delivery.Outcome{someOutcome(key, n)}} })},
		{"ResendDeliveries", placed(func(key delivery.Key, n int) []any {
			return []any{[]delivery.Key{key}, noon().Add(time.Duration(n) * time.Minute)}
		})},
		{"ReplacePayload", placed(func(key delivery.Key, n int) []any { return []any{key, []byte(few("p", n))} })},
		{"ExpireDeliveries", of(func(n int) []any {
			return []any{store.Expiry{CallbackKey: callbackKey(n), StartedBefore: late, Now: late, Limit: 10}}
		})},
		{"RemoveDeliveries", of(func(n int) []any { return []any{callbackKey(n), noon().Add(240 * time.Hour), int64(10)} })},
	}
}

func trailQuestions() (list []question) {
	for n := range variants {
		list = append(list, question{"Requests", []any{[]store.RequestKey{someRequest(n).RequestKey}}})
	}
	for n := range 2 {
		list = append(list,
			question{"UnsealedAudit", []any{owner(n), int64(0), int64(100)}},
			question{"UnsealedOwners", []any{merchant.ID(""), int64(1 + n)}},
			question{"SealedOwners", []any{merchant.ID(""), int64(1 + n)}},
			question{"SealedAudit", []any{owner(n), int64(n), int64(100)}},
			question{"FindAudit", []any{store.AuditQuery{Owner: owner(n), Below: 100, Limit: 100}}},
			question{"AuditHead", []any{owner(n)}},
			question{"AuditHeads", []any{merchant.ID(""), int64(1 + n)}},
			question{"Deliveries", []any{store.DeliveryQuery{Owner: creator, Product: callbackKey(2 * n).Product, Limit: 10}}},
			question{"Deliveries", []any{store.DeliveryQuery{Owner: creator, State: []delivery.State{delivery.Dead, delivery.Pending}[n], Limit: 10}}},
			question{"Callback", []any{callbackKey(2 * n)}},
			question{"Callbacks", []any{merchant.CallbackKey{}, int64(1 + n)}},
			question{"Backlog", []any{noon().Add(time.Duration(n) * time.Hour), merchant.CallbackKey{}, int64(10)}})
	}
	return list
}

// placedQuestions are about the deliveries at places.
func placedQuestions(places map[merchant.ID][]delivery.Delivery) (list []question) {
	for _, d := range places[creator] {
		list = append(list, question{"EventAt", []any{d.Key}}, question{"Attempts", []any{d.Key}}, question{"DeliveryOf", []any{creator, d.EventID}})
	}
	return list
}
