package issue

import (
	"context"
	"strings"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/tally"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
)

// rows are what a batch writes, in the order of its grants.
type rows struct {
	coupons  []coupon.Coupon
	requests []store.Request
	events   []delivery.Event
	audit    []store.AuditEntry
	users    []user.User
	held     []store.Held
}

// write stores what was decided. A batch of nothing but repeats takes part in what they
// did, so that its answers are as durable as the first ones.
func (b *batch) write(ctx context.Context, tx store.Tx) error {
	if len(b.grants) == 0 {
		if len(b.repeated) == 0 {
			return nil
		}
		return tx.TouchRequests(ctx, b.repeated)
	}
	r, err := b.rows()
	if err != nil {
		return err
	}
	return store.InOrder(
		func() error { return tx.SetCounters(ctx, b.counts()...) },
		func() error { return tx.SetHeld(ctx, r.held) },
		func() error { return tx.InsertUsers(ctx, r.users) },
		func() error { return tx.InsertCoupons(ctx, r.coupons) },
		func() error { return tx.InsertRequests(ctx, r.requests) },
		func() error { return tx.AppendEvents(ctx, r.events) },
		func() error { return tx.AppendAudit(ctx, r.audit) },
		func() error { return tx.AddTallies(ctx, tally.OfIssued(r.coupons)) },
	)
}

// counts are the changes of the stocks' counters.
func (b *batch) counts() []store.CounterChange {
	var changes []store.CounterChange
	for key, s := range b.sheets {
		if s.grants > 0 {
			changes = append(changes, store.CounterChange{Stock: key, Was: s.was, Is: s.is})
		}
	}
	return changes
}

func (b *batch) rows() (*rows, error) {
	n := len(b.grants)
	r := &rows{
		coupons: make([]coupon.Coupon, n), requests: make([]store.Request, n),
		events: make([]delivery.Event, n), audit: make([]store.AuditEntry, n),
	}
	seen := make(map[store.HolderKey]bool, n)
	for i := range b.grants {
		g := &b.grants[i]
		stock := &g.sheet.stock
		r.coupons[i] = stock.Issue(g.claim, g.code, g.sheet.now)
		r.requests[i] = g.request
		r.audit[i] = store.AuditEntry{
			Owner: stock.Creator, At: g.sheet.now, Actor: string(g.claim.Sender), Action: actionOf(g.claim.Channel),
			Object: "stock/" + string(stock.ID) + "/coupon/" + string(g.code),
		}
		var err error
		if r.events[i], err = sentEvent(&r.coupons[i]); err != nil {
			return nil, err
		}
		if !seen[g.holder] {
			seen[g.holder] = true
			r.held = append(r.held, store.Held{HolderKey: g.holder, Count: b.held[g.holder]})
		}
		if !g.claim.User.Known {
			r.users = append(r.users, g.claim.User)
		}
	}
	return r, nil
}

// actionOf is how the audit names an issue through a channel.
func actionOf(channel coupon.Channel) string {
	if channel == coupon.ChannelAPI {
		return "busifavor.coupons.send"
	}
	return "busifavor.claim." + strings.ToLower(string(channel))
}

// sentEvent is the outbox row of an issued coupon.
func sentEvent(c *coupon.Coupon) (delivery.Event, error) {
	return delivery.NewEvent(c.Stock.Creator, c.Received, delivery.CouponSent{
		StockID: c.Stock.ID, Code: c.Code, Holder: c.Holder, AppID: c.AppID, OpenID: c.OpenID,
		Channel: c.Channel, Sender: c.Sender, RequestNo: c.SendRequestNo,
	}, string(c.Stock.ID), string(c.Code))
}
