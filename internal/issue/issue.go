// Package issue gives coupons to users: the hot path. What is asked for one stock is
// decided in batches, each in one transaction that locks the stock, asks the rules for
// every claim in turn and writes the lot.
package issue

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/favord/favord/internal/clock"
	"github.com/favord/favord/internal/coupon"
	"github.com/favord/favord/internal/directory"
	"github.com/favord/favord/internal/lane"
	"github.com/favord/favord/internal/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/user"
)

// Config is what a Service needs.
type Config struct {
	Store     store.Store
	Directory *directory.Directory
	// Clock is business time.
	Clock clock.Clock
	// Random is where coupon codes come from.
	Random io.Reader
	// Users says what happens to unknown openids.
	Users user.Policy
	// Lane bounds what waits for one stock; the zero value is [DefaultLane].
	Lane lane.Bounds
}

// DefaultLane is a queue of some 200 ms of a busy stock, and batches beyond which a
// commit gains nothing.
func DefaultLane() lane.Bounds { return lane.Bounds{Queue: 4096, Batch: 256} }

// Service issues coupons. It is safe for concurrent use.
type Service struct {
	Config
	lanes *lane.Group[coupon.StockKey, claim, outcome]
}

// New returns a service.
func New(c Config) *Service {
	if c.Lane == (lane.Bounds{}) {
		c.Lane = DefaultLane()
	}
	s := &Service{Config: c}
	s.lanes = lane.New(c.Lane, s.batch)
	return s
}

// SendCommand asks for one coupon for one user.
type SendCommand struct {
	// Caller is the sender.
	Caller  merchant.ID
	AppID   merchant.AppID
	OpenID  user.OpenID
	StockID coupon.StockID
	// RequestNo is unique for the stock and the user. A repeat returns the
	// coupon that it got.
	RequestNo string
	// Code is the merchant's own, for stocks that want one.
	Code coupon.Code
}

// Sent names the issued coupon.
type Sent struct {
	StockID   coupon.StockID
	RequestNo string
	Code      coupon.Code
}

// Send issues a coupon (busifavor B9). Refusals of the stock's limits are of kind
// fault.Limited; lane.ErrFull says that too many wait for the stock.
func (s *Service) Send(ctx context.Context, cmd SendCommand) (Sent, error) {
	stock, err := s.admit(ctx, cmd)
	if err != nil {
		return Sent{}, fmt.Errorf("issue of stock %s: %w", cmd.StockID, err)
	}
	got, err := s.lanes.Do(ctx, stock, claim{
		Claim: coupon.Claim{Sender: cmd.Caller, Channel: coupon.ChannelAPI, RequestNo: cmd.RequestNo, Code: cmd.Code},
		appid: cmd.AppID, openid: cmd.OpenID,
	})
	if err == nil {
		err = got.err
	}
	if err != nil {
		return Sent{}, fmt.Errorf("issue of stock %s: %w", cmd.StockID, err)
	}
	return Sent{StockID: cmd.StockID, RequestNo: cmd.RequestNo, Code: got.code}, nil
}

// admit checks everything that does not depend on what else is issued: who asks, for
// which stock, with which appid. None of it needs the database, as a rule.
func (s *Service) admit(ctx context.Context, cmd SendCommand) (coupon.StockKey, error) {
	caller, err := s.Directory.Merchant(ctx, cmd.Caller)
	if err != nil {
		return coupon.StockKey{}, err
	}
	if !caller.May(merchant.IssueByAPI) {
		return coupon.StockKey{}, coupon.ErrNoPermission
	}
	stock, err := s.ownStock(ctx, cmd)
	if err != nil {
		return coupon.StockKey{}, err
	}
	belong, err := s.Directory.Merchant(ctx, stock.Belong)
	if err != nil {
		return coupon.StockKey{}, err
	}
	if err := merchant.CheckAppID(cmd.AppID, &caller, &belong); err != nil {
		return coupon.StockKey{}, err
	}
	return stock.StockKey, stock.CheckCode(&coupon.Claim{Code: cmd.Code})
}

// ownStock returns the stock if the caller may issue of it: only its creator may.
func (s *Service) ownStock(ctx context.Context, cmd SendCommand) (coupon.Stock, error) {
	stock, err := s.Directory.Stock(ctx, cmd.StockID)
	if errors.Is(err, store.ErrNotFound) {
		return coupon.Stock{}, coupon.ErrStockNotFound.At("stock_id", string(cmd.StockID))
	}
	if err == nil && stock.Creator != cmd.Caller {
		return coupon.Stock{}, coupon.ErrStockForeign.At("stock_id", string(cmd.StockID))
	}
	return stock, err
}

// claim is a claim whose user was not looked up yet.
type claim struct {
	coupon.Claim
	appid  merchant.AppID
	openid user.OpenID
}

// outcome is what one claim of a batch gets: a code or a refusal.
type outcome struct {
	code coupon.Code
	err  error
}

// batch decides claims for one stock in one transaction. Its error is that of the
// whole batch; what a claim is refused for is in its outcome.
func (s *Service) batch(ctx context.Context, key coupon.StockKey, claims []claim) ([]outcome, error) {
	var outcomes []outcome
	err := s.Store.Write(ctx, func(tx store.Tx) error {
		b, err := s.open(ctx, tx, key, claims)
		if err != nil {
			return err
		}
		verdicts := b.decide(claims)
		if err := b.assign(ctx, tx, s.Random); err != nil {
			return err
		}
		outcomes = b.answer(verdicts)
		return b.write(ctx, tx)
	})
	return outcomes, err
}
