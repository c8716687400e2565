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
	// again, if not nil, may refuse to repeat the answer to a number that was carried out.
	again func(*coupon.Coupon) error
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
	request := store.Request{RequestKey: ch.requestKey(key), Content: ch.content}
	prior, err := tx.Requests(ctx, []store.RequestKey{request.RequestKey})
	if err != nil {
		return answer, err
	}
	if first, known := prior[request.RequestKey]; known {
		return ch.repeat(ctx, tx, &c, first)
	}
	request.At = s.config.Clock.For(string(key.Stock.Creator)).Now()
	if answer, err = ch.apply(ctx, tx, &c, request.At); err != nil {
		return answer, err
	}
	if request.Answer, err = json.Marshal(answer); err != nil {
		return answer, fmt.Errorf("encode answer: %w", err)
	}
	return answer, ch.write(ctx, tx, c, request)
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

// repeat answers a number that was carried out before, and changes nothing.
func (ch *change[A]) repeat(ctx context.Context, tx store.Tx, c *coupon.Coupon, first store.Request) (answer A, err error) {
	if first.Content != ch.content {
		return answer, errContent
	}
	if ch.again != nil {
		if err := ch.again(c); err != nil {
			return answer, err
		}
	}
	if err := json.Unmarshal(first.Answer, &answer); err != nil {
		return answer, fmt.Errorf("stored answer: %w", err)
	}
	return answer, tx.TouchRequests(ctx, []store.RequestKey{first.RequestKey})
}

func (ch *change[A]) write(ctx context.Context, tx store.Tx, c coupon.Coupon, request store.Request) error {
	if err := tx.UpdateCoupon(ctx, c); err != nil {
		return err
	}
	if err := tx.InsertRequests(ctx, []store.Request{request}); err != nil {
		return err
	}
	if err := tx.AppendAudit(ctx, []store.AuditEntry{audit(&c, request.At, string(ch.Caller), ch.action)}); err != nil || ch.counts == "" {
		return err
	}
	var sheet tally.Sheet
	sheet.Coupon(ch.counts, &c, request.At)
	return tx.AddTallies(ctx, &sheet)
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
