package memstore

import (
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// checkNotices proves what must be true of callbacks and deliveries. InvariantTold is for
// databases of production, which this engine never is.
func (d *data) checkNotices() []store.Invariant {
	notices := store.Invariant{Name: store.InvariantNotices}
	subjects := store.Invariant{Name: store.InvariantSubjects}
	attempts := store.Invariant{Name: store.InvariantAttempts}
	uses := d.usesOfVouchers()
	for _, one := range d.deliveries {
		legal := one.State == delivery.Pending || one.State == delivery.Delivered || one.State == delivery.Dead
		taken := !one.TakenAt.IsZero()
		note(&notices, legal && one.Claim >= 0 && one.Product != "" && (one.State == delivery.Pending) == one.Ended.IsZero() &&
			taken != one.Started.IsZero() && (taken || one.State == delivery.Pending))
		if one.Kind.Product() != "" {
			note(&subjects, d.tellsOfSomething(&one, uses))
		}
	}
	for key, list := range d.attempts {
		notice, found := d.deliveries[key]
		for _, a := range list {
			note(&attempts, found && a.Number >= 1 && a.Number <= notice.Claim)
		}
	}
	return []store.Invariant{notices, subjects, {Name: store.InvariantTold}, attempts}
}

// use is one use of a voucher.
type use struct {
	stock         voucher.StockKey
	voucher       voucher.ID
	transactionID string
}

func (d *data) usesOfVouchers() map[use]bool {
	uses := map[use]bool{}
	for key, flows := range d.paid.flows {
		for _, f := range flows {
			if key.kind == payment.FlowUse {
				uses[use{f.Stock, f.Voucher, f.TransactionID}] = true
			}
		}
	}
	return uses
}

func (d *data) tellsOfSomething(one *delivery.Due, uses map[use]bool) bool {
	event := one.Event()
	said, _ := event.Read()
	switch said := said.(type) {
	case delivery.CouponSent:
		_, there := d.coupons[coupon.Key{Stock: coupon.StockKey{Creator: one.Owner, ID: said.StockID}, Code: said.Code}]
		return there
	case delivery.VoucherUsed:
		stock := voucher.StockKey{Creator: one.Owner, ID: said.StockID}
		return uses[use{stock, said.VoucherID, said.Use.TransactionID}]
	}
	return false
}
