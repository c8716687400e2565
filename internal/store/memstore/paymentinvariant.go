package memstore

import (
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// paymentsHold proves the invariants of payments with vouchers.
func (d *data) paymentsHold() []store.Invariant {
	type line struct {
		voucher       voucher.ID
		transactionID string
		discount      fen.Fen
	}
	lines := map[line]bool{}
	used, back := map[string]fen.Fen{}, map[string]fen.Fen{}
	spent := map[voucher.StockKey]fen.Fen{}
	for key, flows := range d.paid.flows {
		for _, f := range flows {
			if key.kind == payment.FlowUse {
				lines[line{f.Voucher, f.TransactionID, f.Discount}] = true
				used[f.TransactionID] += f.Discount
				spent[f.Stock] += f.Discount
			} else {
				back[f.TransactionID] += f.Discount
				spent[f.Stock] -= f.Discount
			}
		}
	}
	vouchers := store.Invariant{Name: store.InvariantUsedVouchers}
	for _, v := range d.favor.vouchers {
		if v.State == voucher.StateUsed {
			note(&vouchers, lines[line{v.ID, v.Use.TransactionID, v.Use.Discount}])
		}
	}
	payments := store.Invariant{Name: store.InvariantPayments}
	for id, p := range d.paid.payments {
		note(&payments, p.Refunded <= p.Total && p.RefundedDiscount <= p.Discount && p.Discount == used[id] && p.RefundedDiscount == back[id])
	}
	budgets := store.Invariant{Name: store.InvariantBudgets}
	for key, b := range d.paid.budgets {
		note(&budgets, d.balances[payment.LockedAccount(key)] == b.Amount-spent[key])
	}
	return []store.Invariant{vouchers, payments, budgets}
}
