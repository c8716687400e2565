package console

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/favord/favord/internal/favor/held"
	"github.com/favord/favord/internal/platform/notify"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/rule/trail"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/favor"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/rail"
	"github.com/favord/favord/wire/schema"
)

func (s *Server) lifeHandlers() map[string]handler {
	return map[string]handler{
		manage.ShowCouponLife:  bound(s.couponLife),
		manage.ListVouchers:    bound(s.listVouchers),
		manage.GetVoucher:      bound(s.getVoucher),
		manage.ShowVoucherLife: bound(s.voucherLife),
	}
}

// Kinds of moments that are not changes of the audit.
const (
	momentMade     = "MADE"
	momentReceived = "RECEIVED"
	momentBegins   = "BEGINS"
	momentUsed     = "USED"
	momentReturned = "RETURNED"
	momentVoided   = "DEACTIVATED"
	momentExpires  = "EXPIRES"
	momentNotified = "NOTIFIED"
	momentAttempt  = "ATTEMPT"
	momentChanged  = "CHANGED"
	momentRefunded = "REFUNDED"
	momentSubsidy  = "SUBSIDIZED"
	momentSubsBack = "SUBSIDY_RETURNED"
)

// momentOf is what an action of the audit is in the life of a coupon or voucher.
func momentOf(action string) string {
	if strings.HasPrefix(action, "favor.claim.") {
		return momentReceived
	}
	switch action {
	case favor.SendCoupon:
		return momentReceived
	case busifavor.UseCoupon, rail.Pay:
		return momentUsed
	case busifavor.ReturnCoupon:
		return momentReturned
	case rail.MakeRefund:
		return momentRefunded
	case busifavor.DeactivateCoupon:
		return momentVoided
	case "busifavor.coupons.delete":
		return "DELETED"
	case busifavor.AssociateOrder:
		return "ASSOCIATED"
	case busifavor.DisassociateOrder:
		return "DISASSOCIATED"
	}
	return momentChanged
}

// Bounds of a life.
const (
	// lifeWindows is how many windows of the audit are looked at for changes.
	lifeWindows = 5
	// lifeChanges is how many changes a life tells of, lifeEvents of how many uses it tells whom
	// they were told.
	lifeChanges = 200
	lifeEvents  = 20
)

// life gathers moments.
type life struct {
	server  *Server
	owner   merchant.ID
	moments []manage.Moment
	whole   bool
}

func (s *Server) couponLife(ctx context.Context, req *manage.CouponRequest) (any, error) {
	view, err := s.Wallet.Show(ctx, coupon.StockID(req.StockID), coupon.Code(req.CouponCode))
	if err != nil {
		return nil, err
	}
	c := &view.Coupon
	l := &life{server: s, owner: c.Stock.Creator, whole: true}
	l.add(momentMade, view.Stock.CreatedAt, manage.Moment{})
	received := l.add(momentReceived, c.Received, manage.Moment{Number: c.SendRequestNo, Actor: string(c.Sender)})
	if c.Life.Start.After(c.Received) {
		l.add(momentBegins, c.Life.Start, manage.Moment{})
	}
	l.add(momentExpires, c.Life.Expire, manage.Moment{})
	if c.State != coupon.StateSent || c.Spent > 0 {
		if err := l.changes(ctx, "stock/"+req.StockID+"/coupon/"+req.CouponCode, c.Received); err != nil {
			return nil, err
		}
	}
	l.know(momentUsed, c.Use.At, manage.Moment{Number: c.Use.RequestNo, TransactionID: c.Use.TransactionID})
	l.know(momentReturned, c.Returned.At, manage.Moment{Number: c.Returned.RequestNo})
	l.know(momentVoided, c.Deactivated.At, manage.Moment{Number: c.Deactivated.RequestNo, Reason: c.Deactivated.Reason})
	if err := l.subsidies(ctx, c.Key); err != nil {
		return nil, err
	}
	err = l.told(ctx, received, delivery.NewEventID(delivery.KindCouponSent, delivery.PartsOfSent(c.Stock.ID, c.Code)...))
	return l.answer(), err
}

func (s *Server) voucherLife(ctx context.Context, req *manage.VoucherRequest) (any, error) {
	card, err := s.Purse.Show(ctx, voucher.ID(req.VoucherID))
	if err != nil {
		return nil, err
	}
	v := &card.Voucher
	l := &life{server: s, owner: v.Stock.Creator, whole: true}
	l.add(momentMade, card.Stock.CreatedAt, manage.Moment{})
	if v.Window.Begin.After(v.Received) {
		l.add(momentBegins, v.Window.Begin, manage.Moment{})
	}
	l.add(momentExpires, v.Window.End, manage.Moment{})
	if err := l.changes(ctx, "voucher-stock/"+string(v.Stock.ID)+"/voucher/"+req.VoucherID, v.Received); err != nil {
		return nil, err
	}
	l.know(momentReceived, v.Received, manage.Moment{Number: v.RequestNo, Actor: string(v.Sender)})
	l.know(momentUsed, v.Use.At, manage.Moment{TransactionID: v.Use.TransactionID, Amount: int64(v.Use.Discount)})
	if err := l.paid(ctx, v); err != nil {
		return nil, err
	}
	for i, m := range l.latest(momentUsed) {
		if i >= lifeEvents || m.TransactionID == "" {
			continue
		}
		id := delivery.NewEventID(delivery.KindVoucherUsed, delivery.PartsOfUsed(v.ID, m.TransactionID)...)
		if err := l.told(ctx, m.Time.Time, id); err != nil {
			return nil, err
		}
	}
	return l.answer(), nil
}

// add adds a moment and returns its time.
func (l *life) add(kind string, at time.Time, m manage.Moment) time.Time {
	m.Kind, m.Time = kind, schema.TimeOf(at)
	l.moments = append(l.moments, m)
	return at
}

// know adds to the moment of a kind what the coupon or voucher itself says about it; where no entry
// of the audit told of it, it is a moment of its own. A zero time is none.
func (l *life) know(kind string, at time.Time, m manage.Moment) {
	if at.IsZero() {
		return
	}
	for i := range l.moments {
		known := &l.moments[i]
		if known.Kind == kind && known.Time.Equal(at) {
			known.Number, known.TransactionID, known.Reason, known.Amount = m.Number, m.TransactionID, m.Reason, m.Amount
			return
		}
	}
	l.add(kind, at, m)
}

// subsidies adds what was paid for a coupon, and what of it went back. Of the latest the audit says
// who asked.
func (l *life) subsidies(ctx context.Context, key coupon.Key) error {
	story, err := l.server.Subsidy.Story(ctx, key)
	if err != nil {
		return err
	}
	of := "stock/" + string(key.Stock.ID) + "/coupon/" + string(key.Code) + "/subsidy/"
	for i := range story.Paid {
		p := &story.Paid[i]
		if err := l.transfer(ctx, i, of+p.ReceiptID, p.DoneAt, manage.Moment{
			Kind: momentSubsidy, Number: p.OutNo, TransactionID: p.TransactionID, Amount: int64(p.Amount), Reason: p.Description,
			PayerMchID: string(p.Payer), PayeeMchID: string(p.Payee), Problem: string(p.FailReason),
		}); err != nil {
			return err
		}
	}
	for i := range story.Returned {
		r := &story.Returned[i]
		if err := l.transfer(ctx, i, of+r.ReturnReceiptID, r.DoneAt, manage.Moment{
			Kind: momentSubsBack, Number: r.OutNo, TransactionID: r.TransactionID, Amount: int64(r.Amount), Reason: r.Description,
			PayerMchID: string(r.Payer), PayeeMchID: string(r.Payee), Problem: string(r.FailReason),
		}); err != nil {
			return err
		}
	}
	return nil
}

// transfer adds a payment or return, the n-th from the latest, with what the audit says of it.
func (l *life) transfer(ctx context.Context, n int, object string, at time.Time, m manage.Moment) error {
	if n < lifeEvents {
		page, err := l.server.Audit.List(ctx, trail.Query{Owner: l.owner, Object: object, From: at, Limit: 1})
		if err != nil {
			return err
		}
		for _, e := range page.Entries {
			m.Actor, m.Action, m.RequestID = e.Actor, e.Action, e.Request
		}
	}
	l.add(m.Kind, at, m)
	return nil
}

// changes adds what the audit tells of an object.
func (l *life) changes(ctx context.Context, object string, from time.Time) error {
	q := trail.Query{Owner: l.owner, Object: object, From: from, Limit: lifeChanges}
	var found []trail.Entry
	for window := 0; q.Limit > 0 && (window == 0 || q.Below > 0); window++ {
		if window == lifeWindows {
			l.whole = false
			break
		}
		page, err := l.server.Audit.List(ctx, q)
		if err != nil {
			return err
		}
		found = append(found, page.Entries...)
		q.Limit, q.Below = q.Limit-int64(len(page.Entries)), page.Below
	}
	l.whole = l.whole && q.Limit > 0
	for _, e := range slices.Backward(found) {
		l.add(momentOf(e.Action), e.At, manage.Moment{Actor: e.Actor, Action: e.Action, RequestID: e.Request})
	}
	return nil
}

// paid adds the payments and refunds to what the audit tells of a voucher.
func (l *life) paid(ctx context.Context, v *voucher.Voucher) error {
	for kind, moment := range map[payment.FlowKind]string{payment.FlowUse: momentUsed, payment.FlowRefund: momentRefunded} {
		var at []time.Time
		for _, m := range l.latest(moment) {
			if m.TransactionID == "" && !slices.ContainsFunc(at, m.Time.Equal) {
				at = append(at, m.Time.Time)
			}
		}
		if len(at) == 0 {
			continue
		}
		lines, err := l.server.Purse.Lines(ctx, v, kind, at)
		if err != nil {
			return err
		}
		for i := range lines {
			l.match(moment, &lines[i])
		}
	}
	return nil
}

// match gives a line of a bill to the first moment of its time that has none.
func (l *life) match(kind string, line *payment.Flow) {
	for i := range l.moments {
		m := &l.moments[i]
		if m.Kind == kind && m.TransactionID == "" && m.Time.Equal(line.At) {
			m.TransactionID, m.Amount, m.Number = line.TransactionID, int64(line.Discount), line.RefundID
			return
		}
	}
}

// latest are the moments of a kind, the latest first.
func (l *life) latest(kind string) []manage.Moment {
	var found []manage.Moment
	for i := range l.moments {
		if l.moments[i].Kind == kind {
			found = append(found, l.moments[i])
		}
	}
	slices.SortStableFunc(found, func(a, b manage.Moment) int { return b.Time.Compare(a.Time.Time) })
	return found
}

// told adds the delivery of an event that happened at a business time, with its attempts. That there
// is none is no error: nobody listened.
func (l *life) told(ctx context.Context, at time.Time, eventID string) error {
	story, err := l.server.Notify.Delivery(ctx, l.owner, eventID)
	if errors.Is(err, notify.ErrNoDelivery) {
		return nil
	}
	if err != nil {
		return err
	}
	l.add(momentNotified, at, manage.Moment{EventID: eventID, Event: story.Kind, State: story.State})
	for i := range story.Tries {
		try := &story.Tries[i]
		l.add(momentAttempt, at.Add(max(0, try.At.Sub(story.Tries[0].At)).Truncate(time.Second)), manage.Moment{
			RealTime: schema.TimeOf(try.At), EventID: eventID, Event: story.Kind, Attempt: try.Number,
			Status: int64(try.Status), Problem: try.Problem, TookMS: try.Took.Milliseconds(),
		})
	}
	return nil
}

// answer puts the moments in order. Those of one second stay in the order of a life: it is received
// before it is told, and an attempt comes after its event.
func (l *life) answer() *manage.Life {
	slices.SortStableFunc(l.moments, func(a, b manage.Moment) int {
		return cmp.Or(a.Time.Compare(b.Time.Time), cmp.Compare(rank(a.Kind), rank(b.Kind)), cmp.Compare(a.Attempt, b.Attempt))
	})
	a := &manage.Life{Moments: l.moments, Whole: l.whole, MchID: string(l.owner), Now: schema.TimeOf(l.server.businessTime(l.owner))}
	if c := l.server.Clock; c != nil {
		_, a.Own = c.Travel.Settings()[string(l.owner)]
	}
	return a
}

// rank orders moments of the same second.
func rank(kind string) int {
	const changed = ""
	order := []string{momentMade, momentReceived, momentBegins, changed, momentNotified, momentAttempt, momentExpires}
	if i := slices.Index(order, kind); i >= 0 {
		return i
	}
	return slices.Index(order, changed)
}

func (s *Server) listVouchers(ctx context.Context, req *manage.ListVouchersRequest) (any, error) {
	cards, total, err := s.Purse.Browse(ctx, held.BrowseQuery{
		OpenID: user.OpenID(req.OpenID), State: voucher.State(req.State), Offset: req.Offset, Limit: int64(pageSize(req.Limit)),
	})
	if err != nil {
		return nil, err
	}
	answer := &manage.VoucherList{Vouchers: []manage.Voucher{}, TotalCount: total}
	for i := range cards {
		answer.Vouchers = append(answer.Vouchers, *voucherAnswer(&cards[i]))
	}
	return answer, nil
}

func (s *Server) getVoucher(ctx context.Context, req *manage.VoucherRequest) (any, error) {
	card, err := s.Purse.Show(ctx, voucher.ID(req.VoucherID))
	if err != nil {
		return nil, err
	}
	return voucherAnswer(&card), nil
}

func voucherAnswer(c *held.Card) *manage.Voucher {
	v := &c.Voucher
	answer := &manage.Voucher{
		VoucherID: string(v.ID), StockID: string(v.Stock.ID), StockName: c.Stock.Name,
		MchID: string(v.Stock.Creator), SenderMchID: string(v.Sender),
		OpenID: string(v.OpenID), AppID: string(v.AppID), State: string(c.State),
		CouponAmount: int64(c.Stock.Face), TransactionMinimum: int64(c.Stock.Threshold),
		BeginTime: schema.TimeOf(v.Window.Begin), EndTime: schema.TimeOf(v.Window.End), ReceiveTime: schema.TimeOf(v.Received),
		SendRequestNo: v.RequestNo,
	}
	if v.Use.TransactionID != "" {
		answer.TransactionID, answer.ConsumeMchID = v.Use.TransactionID, string(v.Use.Merchant)
		answer.UseTime, answer.Discount = schema.TimeOf(v.Use.At), int64(v.Use.Discount)
	}
	return answer
}
