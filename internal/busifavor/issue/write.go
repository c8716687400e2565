package issue

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/planted"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/tally"
	"github.com/favord/favord/internal/store"
)

// rows are what a batch writes, in the order of stocks and IDs.
type rows struct {
	counters []store.CounterChange
	coupons  []coupon.Coupon
	events   []delivery.Event
	audit    []store.AuditEntry
}

// write stores what was decided, but for the counters. Of a batch of nothing but repeats the locks are
// what makes its answers as durable as the first ones.
func (r *rows) write(ctx context.Context, tx store.Tx) error {
	if len(r.coupons) == 0 {
		return nil
	}
	if err := r.addEvents(ctx, tx); err != nil {
		return err
	}
	return store.InOrder(
		func() error { return tx.InsertCoupons(ctx, r.coupons) },
		func() error { return tx.AppendEvents(ctx, r.events) },
		func() error { return tx.AppendAudit(ctx, r.audit[planted.IssueAudit.One():]) },
		func() error { return tx.AddTallies(ctx, tally.OfIssued(r.coupons[planted.IssueTally.One():])) },
	)
}

func (b *batch) rows() *rows {
	r := &rows{coupons: make([]coupon.Coupon, 0, len(b.grants))}
	at := clock.System{}.Now() // the machine's: business time may stand still
	for _, key := range slices.SortedFunc(maps.Keys(b.sheets), store.CompareStocks) {
		if s := b.sheets[key]; len(s.grants) > 0 || b.foreseen != 0 {
			b.add(r, s, at)
		}
	}
	return r
}

// add adds what a stock gives. Coupons of one sender and channel get consecutive IDs, so that
// one entry of the audit tells of them.
func (b *batch) add(r *rows, s *sheet, at time.Time) {
	slices.SortStableFunc(s.grants, func(i, j int) int { return b.grants[i].compare(&b.grants[j]) })
	id, first := firstID(at, s.last), len(r.coupons)
	for n, place := range s.grants {
		g := &b.grants[place]
		c := s.stock.Issue(g.claim, g.code, s.now)
		c.ID, c.SendContent = id+int64(n), g.content
		r.coupons = append(r.coupons, c)
		if n+1 == len(s.grants) || g.compare(&b.grants[s.grants[n+1]]) != 0 {
			r.audit = append(r.audit, store.AuditEntry{
				Owner: s.stock.Creator, At: s.now, Actor: string(g.claim.Sender), Action: actionOf(g.claim.Channel),
				Object: "stock/" + string(s.stock.ID), Batch: store.BatchOf(r.coupons[first:]),
			})
			first = len(r.coupons)
		}
	}
	if len(s.grants) > 0 {
		s.last = r.coupons[len(r.coupons)-1].ID
	}
	r.counters = append(r.counters, store.CounterChange{
		Stock: s.stock.StockKey, Was: s.was, Is: s.is, LastID: s.last, Foreseen: b.foreseen,
	})
}

// compare tells whether one entry of the audit is about both.
func (g *grant) compare(other *grant) int {
	return cmp.Or(cmp.Compare(g.claim.Sender, other.claim.Sender), cmp.Compare(g.claim.Channel, other.claim.Channel))
}

// idsPerMilli is how many IDs there are for each millisecond: more than a stock can issue.
const idsPerMilli = 1 << 20

// firstID is the first ID of a batch: it grows with time, and beyond the last one of the stock
// even when clocks step back or nodes disagree.
func firstID(at time.Time, last int64) int64 {
	return max(at.UnixMilli()*idsPerMilli, (last+1)*(1-planted.IssueOrder.One()))
}

// actionOf is how the audit names an issue through a channel.
func actionOf(channel coupon.Channel) string {
	if channel == coupon.ChannelAPI {
		return "busifavor.coupons.send"
	}
	return "busifavor.claim." + strings.ToLower(string(channel))
}

// addEvents adds the events of the coupons whose creators want to be told.
func (r *rows) addEvents(ctx context.Context, tx store.Tx) error {
	listens := map[merchant.ID]bool{}
	for i := range r.coupons {
		owner := r.coupons[i].Stock.Creator
		on, known := listens[owner]
		if !known {
			var err error
			if on, err = tx.Listens(ctx, merchant.CallbackKey{Owner: owner, Product: merchant.BusiFavor}); err != nil {
				return err
			}
			listens[owner] = on
		}
		if !on || planted.IssueEvent.In() {
			continue
		}
		event, err := sentEvent(&r.coupons[i])
		if err != nil {
			return err
		}
		r.events = append(r.events, event)
	}
	return nil
}

// sentEvent tells of an issued coupon.
func sentEvent(c *coupon.Coupon) (delivery.Event, error) {
	return delivery.NewEvent(c.Stock.Creator, c.Received, delivery.CouponSent{
		StockID: c.Stock.ID, Code: c.Code, Holder: c.Holder, AppID: c.AppID, OpenID: c.OpenID,
		Channel: c.Channel, Sender: c.Sender, RequestNo: c.SendRequestNo,
	}, delivery.PartsOfSent(c.Stock.ID, c.Code)...)
}
