package send

import (
	"context"

	"github.com/favord/favord/internal/rule/tally"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// rows are what a batch writes, in the order of its grants.
type rows struct {
	vouchers []voucher.Voucher
	requests []store.Request
	audit    []store.AuditEntry
	held     []store.VoucherHeld
}

// write stores what was decided. Of a batch of nothing but repeats the locks are what makes its
// answers as durable as the first ones.
func (b *batch) write(ctx context.Context, tx store.Tx) error {
	if len(b.grants) == 0 {
		return nil
	}
	r := b.rows()
	return store.InOrder(
		func() error { return tx.SetVoucherCounters(ctx, b.counts()) },
		func() error { return tx.SetVoucherHeld(ctx, r.held) },
		func() error { return tx.SetVoucherMonths(ctx, b.months()) },
		func() error { return tx.InsertVouchers(ctx, r.vouchers) },
		func() error { return tx.InsertRequests(ctx, r.requests) },
		func() error { return tx.AppendAudit(ctx, r.audit) },
		func() error { return tx.AddTallies(ctx, tally.OfSent(r.vouchers)) },
	)
}

// counts are the changes of the stocks' counters.
func (b *batch) counts() []store.VoucherCounterChange {
	var changes []store.VoucherCounterChange
	for key, s := range b.sheets {
		if s.is != s.was {
			changes = append(changes, store.VoucherCounterChange{Stock: key, Was: s.was, Is: s.is})
		}
	}
	return changes
}

// months are the changes of what users received in a month.
func (b *batch) months() []store.VoucherMonthChange {
	if b.most == 0 {
		return nil
	}
	changes := make([]store.VoucherMonthChange, 0, len(b.monthsIs))
	for key, is := range b.monthsIs {
		changes = append(changes, store.VoucherMonthChange{VoucherMonthKey: key, Was: b.locked.Months[key], Is: is})
	}
	return changes
}

func (b *batch) rows() *rows {
	n := len(b.grants)
	r := &rows{vouchers: make([]voucher.Voucher, n), requests: make([]store.Request, n), audit: make([]store.AuditEntry, n)}
	seen := make(map[store.VoucherHolderKey]bool, n)
	for i := range b.grants {
		g := &b.grants[i]
		v := &g.voucher
		r.vouchers[i], r.requests[i] = *v, g.request
		r.audit[i] = store.AuditEntry{
			Owner: v.Stock.Creator, At: v.Received, Actor: string(v.Sender), Action: g.action,
			Object: "voucher-stock/" + string(v.Stock.ID) + "/voucher/" + string(v.ID), Request: g.requestID,
		}
		if holder := g.sheet.holder(&g.user); !seen[holder] {
			seen[holder] = true
			r.held = append(r.held, store.VoucherHeld{VoucherHolderKey: holder, Count: b.locked.Held[holder]})
		}
	}
	return r
}
