// Package redeem changes coupons that users hold: it spends them, at most once each, takes
// the redemption back, voids them, associates orders with them and takes them out of the
// card pack. Who may do what, and in which state, are rules of package coupon; here is how
// a change comes about, and that a repeat has no second effect. What is asked for at the same
// time is decided in batches, each in one transaction.
package redeem

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/lane"
	"github.com/favord/favord/internal/platform/directory"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
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
	// Lane bounds what waits in one lane; the zero value is that of [lane.DefaultBounds].
	Lane lane.Bounds
	// Lanes is how many batches run at once; 0 is [lane.DefaultLanes]. A coupon has one lane,
	// always the same.
	Lanes int
}

// Service changes coupons. It is safe for concurrent use.
type Service struct {
	config Config
	lanes  *lane.Spread[change, outcome]
}

// New returns a service.
func New(c Config) *Service {
	s := &Service{config: c}
	s.lanes = lane.NewSpread(c.Lane, c.Lanes, s.run)
	return s
}

// Lane is where changes wait for each other.
func (s *Service) Lane() lane.Watched { return s.lanes }

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

// stock returns the stock that a command names; otherwise is the refusal when there is
// none. Its key never changes, so it may come from memory.
func (s *Service) stock(ctx context.Context, id coupon.StockID, otherwise *fault.Error) (coupon.Stock, error) {
	stock, err := s.config.Directory.Stock(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return stock, otherwise
	}
	return stock, err
}

// timed has a change made, of a coupon whose stock must be given, and returns when it was.
func (s *Service) timed(ctx context.Context, noStock *fault.Error, ch change) (time.Time, error) {
	stock, err := s.stock(ctx, ch.StockID, noStock)
	if err == nil {
		ch.stock = stock.StockKey
		var a answer
		if a, err = s.do(ctx, ch); err == nil {
			return a.time(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%s: %w", ch.action, err)
}

// named returns whom a command names, or why it names nobody: a user who was never seen is none
// that has to be registered for that. An error is that of looking.
func (s *Service) named(ctx context.Context, appid merchant.AppID, id user.OpenID) (u user.User, nobody, err error) {
	u, err = s.config.Directory.User(ctx, user.Policy{}, appid, id)
	if errors.Is(err, user.ErrUnknown) {
		u, nobody = s.config.Users.Judge(user.User{}, appid, id)
		return u, nobody, nil
	}
	return u, nil, err
}
