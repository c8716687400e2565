package redeem

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/planted"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/tally"
	"github.com/favord/favord/internal/rule/trail"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
)

// change is one command that waits to be decided: what it does beyond the steps that all have in
// common.
type change struct {
	Target
	// stock is where the coupon is, and actor who asks.
	stock coupon.StockKey
	actor string
	// requestID is that of the call that asks, for the audit.
	requestID string
	// operation numbers the change; 0 is one without a number.
	operation store.Operation
	// action is the id of the operation on the wire.
	action string
	// counts is what the change counts as; empty is nothing.
	counts tally.Kind
	// number is the request number, content what a repeat of it must not change.
	number  string
	content store.Content
	// missing refuses a coupon that does not exist.
	missing *fault.Error
	// may says who may make the change; nil is whoever asks.
	may func(*coupon.Coupon, merchant.ID) bool
	// shared is true when more than one merchant may, each with numbers of its own.
	shared bool
	// apply asks the rules and changes the coupon; the rest is written afterwards.
	apply func(c *coupon.Coupon, v *view) (answer, error)
}

// view is what a rule may know besides the coupon.
type view struct {
	// stock is nil when there is none.
	stock *coupon.Stock
	// now is the business time of the stock's creator.
	now time.Time
}

// answer is what a change answers, in the form in which it is stored: never rename a field.
type answer struct {
	// OpenID is empty but for a use.
	OpenID user.OpenID `json:"openid,omitempty"`
	At     int64       `json:"at"`
}

// time is when the change was made.
func (a answer) time() time.Time { return time.Unix(a.At, 0) }

// key is the coupon that the change is about.
func (ch *change) key() coupon.Key { return coupon.Key{Stock: ch.stock, Code: ch.Code} }

// uses reports whether the change is a redemption: the number of the one that counts stands in the
// coupon.
func (ch *change) uses() bool { return ch.operation == store.OpUseCoupon }

// request is where the number counts: for the coupon, and for the caller where several may make
// the change.
func (ch *change) request() store.RequestKey {
	subject := string(ch.Code)
	if ch.shared {
		subject += "\x00" + string(ch.Caller)
	}
	return store.RequestKey{
		Owner: ch.stock.Creator, Stock: ch.stock.ID, Operation: ch.operation, Subject: subject, Number: ch.number,
	}
}

// first returns the answer to a number that was carried out before, if it was: it stands in the
// coupon, or among the numbers that the coupon counts. The coupon's lock makes the commit wait,
// so that the repeat is as durable as what it repeats.
func (ch *change) first(c *coupon.Coupon, spent map[store.RequestKey]store.Request) (a answer, known bool, err error) {
	if ch.uses() && c.Use.RequestNo == ch.number {
		if c.Use.Content != ch.content.ShortOf() && !planted.RedeemContent.In() {
			return a, true, errContent
		}
		return answer{OpenID: c.Use.OpenID, At: c.Use.At.Unix()}, true, nil
	}
	first, known := spent[ch.request()]
	switch {
	case !known:
		return a, false, nil
	case first.Content.ShortOf() != ch.content.ShortOf():
		return a, true, errContent
	case ch.uses():
		return a, true, coupon.ErrNumberSpent // the coupon was returned since
	}
	if err := json.Unmarshal(first.Answer, &a); err != nil {
		return a, true, fmt.Errorf("stored answer: %w", err)
	}
	return a, true, nil
}

// spend returns the numbers that do not stand in the coupon after a change: its own, unless it
// is a use, and that of the use which it ended.
func (ch *change) spend(c *coupon.Coupon, a answer, used coupon.Use, now time.Time) ([]store.Request, error) {
	if ch.uses() {
		c.Use.Content = ch.content.ShortOf()
		return nil, nil
	}
	if ch.operation == 0 {
		return nil, nil
	}
	text, err := json.Marshal(a)
	if err != nil {
		return nil, fmt.Errorf("encode answer: %w", err)
	}
	spent := []store.Request{{RequestKey: ch.request(), Content: ch.content, Answer: text, At: now}}
	if used.RequestNo == "" || c.Use.RequestNo != "" {
		return spent, nil
	}
	text, err = json.Marshal(answer{At: used.At.Unix()}) // nobody gets it any more: it names no user
	if err != nil {
		return nil, fmt.Errorf("encode answer: %w", err)
	}
	ended := store.Request{RequestKey: useKey(c.Key, used.RequestNo), Answer: text, At: used.At}
	copy(ended.Content[:], used.Content[:])
	return append(spent, ended), nil
}

// useKey is where the number of a redemption counts.
func useKey(key coupon.Key, number string) store.RequestKey {
	return store.RequestKey{
		Owner: key.Stock.Creator, Stock: key.Stock.ID, Operation: store.OpUseCoupon, Subject: string(key.Code), Number: number,
	}
}

// audit is the entry about the change of a coupon from a state to another. A change that leaves
// the state says nothing about it.
func (ch *change) audit(was, is *coupon.Coupon, at time.Time) store.AuditEntry {
	before, after := "", ""
	switch {
	case was.State != is.State:
		before, after = `{"state":"`+string(was.State)+`"}`, `{"state":"`+string(is.State)+`"}`
	case was.Associated != is.Associated:
		before, after = trail.Between(orderOf(was), orderOf(is))
	}
	return store.AuditEntry{
		Owner: ch.stock.Creator, At: at, Actor: ch.actor, Action: ch.action, Request: ch.requestID, Before: before, After: after,
		Object: "stock/" + string(ch.stock.ID) + "/coupon/" + string(ch.Code),
	}
}

// orderOf is what the audit says of the order that a coupon is associated with.
func orderOf(c *coupon.Coupon) any { return map[string]string{"out_trade_no": c.Associated} }
