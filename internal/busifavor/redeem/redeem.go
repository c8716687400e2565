// Package redeem changes coupons that users hold: it spends them, at most once each, takes
// the redemption back, voids them, associates orders with them and takes them out of the
// card pack. Who may do what, and in which state, are rules of package coupon; here is how
// a change comes about in one transaction, and that a repeat has no second effect.
package redeem

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/planted"
	"github.com/favord/favord/internal/platform/directory"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/tally"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
)

// Config is what a Service needs.
type Config struct {
	Store     store.Store
	Directory *directory.Directory
	// Clock is business time: it decides whether a coupon is valid.
	Clock clock.Business
	// Users says what happens to unknown openids.
	Users user.Policy
	// Orders says what happens to orders that nobody reported.
	Orders coupon.OrderPolicy
}

// Service changes coupons. It is safe for concurrent use.
type Service struct{ config Config }

// New returns a service.
func New(c Config) *Service { return &Service{c} }

// Target names the coupon of a command.
type Target struct {
	Caller  merchant.ID
	StockID coupon.StockID
	Code    coupon.Code
}

// errContent is the answer to a known request number with other content.
var errContent = fault.New(fault.Refused,
	"请求重入时，参数与首次请求时不一致",
	"The request number was used for this coupon before, with other content.").Numbered(fault.NumberRepeated)

// change is one command on its way: what it does beyond the steps that all have in common.
// A is what it answers, in the form in which it is stored: never rename a field of one.
type change[A any] struct {
	Target
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
	// may says who may make the change.
	may func(*coupon.Coupon, merchant.ID) bool
	// shared is true when more than one merchant may, each with numbers of its own.
	shared bool
	// current, if not nil, is the answer that stands in a coupon under the number of its use.
	current func(*coupon.Coupon) A
	// spent, if not nil, refuses a number that was carried out and stands there no more.
	spent error
	// apply asks the rules and changes the coupon; the rest is written afterwards.
	apply func(ctx context.Context, tx store.Tx, c *coupon.Coupon, now time.Time) (A, error)
}

// carryOut makes a change of a coupon of the stock in one transaction.
func carryOut[A any](ctx context.Context, s *Service, stock coupon.StockKey, ch change[A]) (answer A, err error) {
	err = s.config.Store.Write(ctx, func(tx store.Tx) (err error) {
		answer, err = ch.run(ctx, s, tx, coupon.Key{Stock: stock, Code: ch.Code})
		return err
	})
	return answer, err
}

// run follows the order of checks of busifavor 8.4: existence, permission, repeat, and then
// what the change itself demands.
func (ch *change[A]) run(ctx context.Context, s *Service, tx store.Tx, key coupon.Key) (answer A, err error) {
	c, err := tx.LockCoupon(ctx, key)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return answer, ch.missing
	case err != nil:
		return answer, err
	case !ch.may(&c, ch.Caller):
		return answer, coupon.ErrNotYours
	}
	if answer, known, err := ch.first(ctx, tx, &c); known || err != nil {
		return answer, err
	}
	now, used := s.config.Clock.For(string(key.Stock.Creator)).Now(), c.Use
	if answer, err = ch.apply(ctx, tx, &c, now); err != nil {
		return answer, err
	}
	spent, err := ch.spend(&c, answer, used, now)
	if err != nil {
		return answer, err
	}
	c.Spent += int64(len(spent)) * (1 - planted.RedeemUncounted.One())
	return answer, store.InOrder(
		func() error { return tx.UpdateCoupon(ctx, c) },
		func() error { return tx.InsertRequests(ctx, spent) },
		func() error {
			return tx.AppendAudit(ctx, []store.AuditEntry{audit(&c, now, string(ch.Caller), ch.action)})
		},
		func() error {
			if ch.counts == "" {
				return nil
			}
			var sheet tally.Sheet
			sheet.Coupon(ch.counts, &c, now)
			return tx.AddTallies(ctx, &sheet)
		},
	)
}

// requestKey is where the number counts: for the coupon, and for the caller where several
// may make the change.
func (ch *change[A]) requestKey(key coupon.Key) store.RequestKey {
	subject := string(key.Code)
	if ch.shared {
		subject += "\x00" + string(ch.Caller)
	}
	return store.RequestKey{
		Owner: key.Stock.Creator, Stock: key.Stock.ID, Operation: ch.operation, Subject: subject, Number: ch.number,
	}
}

// first returns the answer to a number that was carried out before, if it was: it stands in the
// coupon, or among the numbers that the coupon counts. The coupon's lock makes the commit wait,
// so that the repeat is as durable as what it repeats.
func (ch *change[A]) first(ctx context.Context, tx store.Tx, c *coupon.Coupon) (answer A, known bool, err error) {
	if ch.current != nil && c.Use.RequestNo == ch.number {
		if c.Use.Content != ch.content.ShortOf() && !planted.RedeemContent.In() {
			return answer, true, errContent
		}
		return ch.current(c), true, nil
	}
	if c.Spent == 0 {
		return answer, false, nil
	}
	key := ch.requestKey(c.Key)
	prior, err := tx.Requests(ctx, []store.RequestKey{key})
	first, known := prior[key]
	switch {
	case err != nil || !known:
		return answer, false, err
	case first.Content.ShortOf() != ch.content.ShortOf():
		return answer, true, errContent
	case ch.spent != nil:
		return answer, true, ch.spent
	}
	if err := json.Unmarshal(first.Answer, &answer); err != nil {
		return answer, true, fmt.Errorf("stored answer: %w", err)
	}
	return answer, true, nil
}

// spend returns the numbers that do not stand in the coupon after a change: its own, unless it
// is a use, and that of the use which it ended.
func (ch *change[A]) spend(c *coupon.Coupon, answer A, used coupon.Use, now time.Time) ([]store.Request, error) {
	if ch.current != nil {
		c.Use.Content = ch.content.ShortOf()
		return nil, nil
	}
	text, err := json.Marshal(answer)
	if err != nil {
		return nil, fmt.Errorf("encode answer: %w", err)
	}
	spent := []store.Request{{RequestKey: ch.requestKey(c.Key), Content: ch.content, Answer: text, At: now}}
	if used.RequestNo == "" || c.Use.RequestNo != "" {
		return spent, nil
	}
	text, err = json.Marshal(usedAnswer{OpenID: used.OpenID, At: used.At.Unix()})
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

func audit(c *coupon.Coupon, at time.Time, actor, action string) store.AuditEntry {
	return store.AuditEntry{
		Owner: c.Stock.Creator, At: at, Actor: actor, Action: action,
		Object: "stock/" + string(c.Stock.ID) + "/coupon/" + string(c.Code),
	}
}

// stock returns the stock that a command names; otherwise is the refusal when there is
// none. Its key never changes, so it may come from memory.
func (s *Service) stock(ctx context.Context, id coupon.StockID, otherwise *fault.Error) (coupon.Stock, error) {
	stock, err := s.config.Directory.Stock(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return stock, otherwise
	}
	return stock, err
}

// done is the answer of a change that tells nothing but when it was made.
type done struct {
	At int64 `json:"at"`
}

// time is when the change was made.
func (d done) time() time.Time { return time.Unix(d.At, 0) }

// named is carryOut for a change that answers its time, of a coupon whose stock must be
// given.
func (s *Service) named(ctx context.Context, noStock *fault.Error, ch change[done]) (time.Time, error) {
	stock, err := s.stock(ctx, ch.StockID, noStock)
	if err == nil {
		var answer done
		if answer, err = carryOut(ctx, s, stock.StockKey, ch); err == nil {
			return answer.time(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%s: %w", ch.action, err)
}
