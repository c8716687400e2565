package memstore

import (
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// hold proves the invariants of vouchers.
func (d *vouchers) hold(requests map[store.RequestKey]store.Request) []store.Invariant {
	sent, days, held := map[voucher.StockKey]int64{}, map[voucher.StockKey]int64{}, map[voucher.StockKey]int64{}
	above, tooMany := map[voucher.StockKey]bool{}, map[voucher.StockKey]bool{}
	worth := map[merchant.ID]fen.Fen{}
	for _, v := range d.vouchers {
		sent[v.Stock]++
		worth[v.Stock.Creator] += d.stocks[v.Stock].Face
	}
	for key, n := range d.days {
		days[key.stock] += n
		most := d.stocks[key.stock].Limits.MaxAmountPerDay
		above[key.stock] = above[key.stock] || most > 0 && fen.Fen(n)*d.stocks[key.stock].Face > most
	}
	for key, n := range d.held {
		held[key.Stock] += n
		tooMany[key.Stock] = tooMany[key.Stock] || n > d.stocks[key.Stock].Limits.MaxPerUser
	}
	count := store.Invariant{Name: store.InvariantVouchersSent}
	most := store.Invariant{Name: store.InvariantVouchersMaximum}
	daily := store.Invariant{Name: store.InvariantVouchersDays}
	holders := store.Invariant{Name: store.InvariantVouchersHeld}
	for key, stock := range d.stocks {
		n := d.sent[key]
		note(&count, n == sent[key])
		note(&most, n <= stock.Limits.MaxCoupons && fen.Fen(n)*stock.Face <= stock.Limits.MaxAmount)
		note(&daily, n == days[key] && !above[key])
		note(&holders, n == held[key] && !tooMany[key])
	}
	months := store.Invariant{Name: store.InvariantVouchersMonths}
	for key, amount := range d.months {
		note(&months, amount >= 0 && amount <= worth[key.Creator])
	}
	return append([]store.Invariant{count, most, daily, holders, months}, d.vouchersHold(requests)...)
}

func (d *vouchers) vouchersHold(requests map[store.RequestKey]store.Request) []store.Invariant {
	states := store.Invariant{Name: store.InvariantVouchersStates}
	numbers := store.Invariant{Name: store.InvariantVouchersRequests}
	// A number may count for one stock and one user: the voucher tells which of them it is.
	answered := map[store.RequestKey]bool{}
	for key, r := range requests {
		if key.Operation == store.OpSendVoucher {
			note(&numbers, d.vouchers[voucher.ID(r.Answer)].Sender == key.Owner)
			answered[store.RequestKey{Owner: key.Owner, Subject: string(r.Answer), Number: key.Number}] = true
		}
	}
	for _, v := range d.vouchers {
		used := v.State == voucher.StateUsed
		note(&states, (used || v.State == voucher.StateSent) && used != v.Use.At.IsZero() && !d.stocks[v.Stock].StartedAt.IsZero())
		note(&numbers, answered[store.RequestKey{Owner: v.Sender, Subject: string(v.ID), Number: v.RequestNo}])
	}
	return []store.Invariant{states, numbers}
}
