// Package issue gives coupons to users: the hot path. Everything about one stock is
// decided in batches, each in one transaction that locks the stock, asks the rules
// for every claim in turn and writes the lot.
package issue

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/favord/favord/internal/clock"
	"github.com/favord/favord/internal/coupon"
	"github.com/favord/favord/internal/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/user"
)

// Config is what a Service needs.
type Config struct {
	Store store.Store
	// Clock is business time.
	Clock clock.Clock
	// Random is where coupon codes come from.
	Random io.Reader
	// Users says what happens to unknown openids.
	Users user.Policy
}

// Service issues coupons. It is safe for concurrent use.
type Service struct{ Config }

// New returns a service.
func New(c Config) *Service { return &Service{c} }

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
// fault.Limited.
func (s *Service) Send(ctx context.Context, cmd SendCommand) (Sent, error) {
	claim, key, err := s.admit(ctx, cmd)
	if err != nil {
		return Sent{}, fmt.Errorf("issue of stock %s: %w", cmd.StockID, err)
	}
	outcomes, err := s.batch(ctx, key, []coupon.Claim{claim})
	if err == nil {
		err = outcomes[0].err
	}
	if err != nil {
		return Sent{}, fmt.Errorf("issue of stock %s: %w", cmd.StockID, err)
	}
	return Sent{StockID: cmd.StockID, RequestNo: cmd.RequestNo, Code: outcomes[0].code}, nil
}

// admit checks everything that does not depend on what else is issued: who asks, for
// which stock, for whom. It holds nothing, so that the batch is short.
func (s *Service) admit(ctx context.Context, cmd SendCommand) (claim coupon.Claim, key coupon.StockKey, err error) {
	err = s.Store.Read(ctx, func(tx store.ReadTx) error {
		caller, err := tx.Merchant(ctx, cmd.Caller)
		if err != nil {
			return err
		}
		if !caller.May(merchant.IssueByAPI) {
			return coupon.ErrNoPermission
		}
		stock, err := ownStock(ctx, tx, cmd)
		if err != nil {
			return err
		}
		belong, err := tx.Merchant(ctx, stock.Belong)
		if err != nil {
			return err
		}
		if err := merchant.CheckAppID(cmd.AppID, &caller, &belong); err != nil {
			return err
		}
		key = stock.StockKey
		claim = coupon.Claim{Sender: cmd.Caller, Channel: coupon.ChannelAPI, RequestNo: cmd.RequestNo, Code: cmd.Code}
		if err := stock.CheckCode(&claim); err != nil {
			return err
		}
		claim.User, err = s.Users.Resolve(ctx, tx, cmd.AppID, cmd.OpenID)
		return err
	})
	return claim, key, err
}

// ownStock returns the stock if the caller may issue of it: only its creator may.
func ownStock(ctx context.Context, tx store.ReadTx, cmd SendCommand) (coupon.Stock, error) {
	stock, err := tx.Stock(ctx, cmd.StockID)
	if errors.Is(err, store.ErrNotFound) {
		return coupon.Stock{}, coupon.ErrStockNotFound.At("stock_id", string(cmd.StockID))
	}
	if err == nil && stock.Creator != cmd.Caller {
		return coupon.Stock{}, coupon.ErrStockForeign.At("stock_id", string(cmd.StockID))
	}
	return stock, err
}

// outcome is what one claim of a batch gets: a code or a refusal.
type outcome struct {
	code coupon.Code
	err  error
}

// batch decides claims for one stock in one transaction. Its error is that of the
// whole batch; what a claim is refused for is in its outcome.
func (s *Service) batch(ctx context.Context, key coupon.StockKey, claims []coupon.Claim) ([]outcome, error) {
	var outcomes []outcome
	err := s.Store.Write(ctx, func(tx store.Tx) error {
		b, err := s.open(ctx, tx, key, claims)
		if err != nil {
			return err
		}
		if outcomes, err = b.decide(claims); err != nil {
			return err
		}
		return b.write(ctx, tx)
	})
	return outcomes, err
}
