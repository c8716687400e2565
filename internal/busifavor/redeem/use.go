package redeem

import (
	"context"
	"fmt"
	"time"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/tally"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
)

// UseCommand asks to redeem one coupon.
type UseCommand struct {
	// Target's StockID may be empty for codes of the platform.
	Target
	AppID merchant.AppID
	// OpenID, if not empty, must be the holder under AppID.
	OpenID user.OpenID
	// RequestNo is unique for the coupon. A repeat returns the first answer as
	// long as the coupon stays redeemed by it.
	RequestNo string
	// The order, if the caller tells it.
	OutTradeNo    string
	OrderMchID    merchant.ID
	TransactionID string
}

// Used is a redemption as it is answered.
type Used struct {
	StockID coupon.StockID
	// OpenID is the holder under the appid of the request.
	OpenID user.OpenID
	At     time.Time
}

// usedAnswer is the stored form of Used: never rename a field.
type usedAnswer struct {
	OpenID user.OpenID `json:"openid"`
	At     int64       `json:"at"`
}

// errStockNeeded refuses a code that a merchant chose without its stock.
var errStockNeeded = fault.Missing("stock_id")

// Use redeems a coupon (busifavor B10).
func (s *Service) Use(ctx context.Context, cmd UseCommand) (Used, error) {
	used, err := s.use(ctx, cmd)
	if err != nil {
		return Used{}, fmt.Errorf("use coupon: %w", err)
	}
	return used, nil
}

// use finds out beforehand what does not change, so that the transaction is short.
func (s *Service) use(ctx context.Context, cmd UseCommand) (Used, error) {
	t, err := s.find(ctx, cmd)
	if err != nil {
		return Used{}, err
	}
	answer, err := carryOut(ctx, s, t.stock, change[usedAnswer]{
		Target: cmd.Target, operation: store.OpUseCoupon, action: "busifavor.coupons.use", counts: tally.Used,
		number: cmd.RequestNo, content: cmd.content(),
		missing: coupon.ErrNotFound, may: (*coupon.Coupon).RedeemableBy,
		current: func(c *coupon.Coupon) usedAnswer { return usedAnswer{OpenID: c.Use.OpenID, At: c.Use.At.Unix()} },
		spent:   coupon.ErrNumberSpent, // the coupon was returned since
		apply: func(ctx context.Context, tx store.Tx, c *coupon.Coupon, now time.Time) (usedAnswer, error) {
			return s.redeem(ctx, tx, cmd, t, c, now)
		},
	})
	return Used{StockID: t.stock.ID, OpenID: answer.OpenID, At: time.Unix(answer.At, 0)}, err
}

// parties are what a redemption needs to know beforehand.
type parties struct {
	stock coupon.StockKey
	// caller and belong are the merchants whose appids count.
	caller, belong merchant.Merchant
}

// find returns what a command names, before anything is known about the coupon.
func (s *Service) find(ctx context.Context, cmd UseCommand) (p parties, err error) {
	id := cmd.StockID
	if id == "" {
		if id, err = s.findByCode(ctx, cmd); err != nil {
			return p, err
		}
	}
	stock, err := s.stock(ctx, id, coupon.ErrNotFound)
	if err != nil {
		return p, err
	}
	p.stock = stock.StockKey
	if p.caller, err = s.config.Directory.Merchant(ctx, cmd.Caller); err != nil {
		return p, err
	}
	p.belong, err = s.config.Directory.Merchant(ctx, stock.Belong)
	return p, err
}

// findByCode looks the stock of a platform's code up. Codes that merchants chose are
// unique only within a stock, so there the stock must be named.
func (s *Service) findByCode(ctx context.Context, cmd UseCommand) (coupon.StockID, error) {
	if !coupon.IsPlatformCode(cmd.Code) {
		return "", errStockNeeded
	}
	var found []coupon.Coupon
	if err := s.config.Store.Read(ctx, func(tx store.ReadTx) (err error) {
		found, err = tx.CouponsWithCode(ctx, cmd.Code, cmd.Caller)
		return err
	}); err != nil {
		return "", err
	}
	for i := range found {
		stock, err := s.config.Directory.Stock(ctx, found[i].Stock.ID)
		if err != nil {
			return "", err
		}
		if stock.CodeMode == coupon.CodesByPlatform {
			return stock.ID, nil
		}
	}
	if len(found) > 0 && found[0].Stock.Creator == cmd.Caller {
		return "", errStockNeeded
	}
	return "", coupon.ErrNotFound
}

// content is what a repeat must not change. The caller's own clock, use_time, is no
// part of it: a retry may well carry a new one (inferred, busifavor B10).
func (cmd *UseCommand) content() store.Content {
	return store.ContentOf(string(cmd.AppID), string(cmd.OpenID), cmd.OutTradeNo, string(cmd.OrderMchID), cmd.TransactionID)
}

// redeem turns the coupon into a used one, and keeps a holder that was not known.
func (s *Service) redeem(ctx context.Context, tx store.Tx, cmd UseCommand, p parties, c *coupon.Coupon, now time.Time) (usedAnswer, error) {
	holder, err := s.decide(ctx, tx, cmd, p, c, now)
	if err != nil {
		return usedAnswer{}, err
	}
	if !holder.Known {
		if err := tx.InsertUsers(ctx, []user.User{holder}); err != nil {
			return usedAnswer{}, err
		}
	}
	return usedAnswer{OpenID: holder.OpenID, At: now.Unix()}, nil
}

// decide checks appid and openid, then state and time, and changes the coupon in memory.
func (s *Service) decide(
	ctx context.Context, tx store.ReadTx, cmd UseCommand, p parties, c *coupon.Coupon, now time.Time,
) (user.User, error) {
	stock, err := tx.Stock(ctx, c.Stock.ID)
	if err != nil {
		return user.User{}, err
	}
	holder, err := s.holder(ctx, tx, cmd, p, c)
	if err != nil {
		return user.User{}, err
	}
	use := coupon.Use{
		RequestNo: cmd.RequestNo, AppID: holder.AppID, OpenID: holder.OpenID,
		OutTradeNo: cmd.OutTradeNo, OrderMchID: cmd.OrderMchID, TransactionID: cmd.TransactionID,
	}
	return holder, c.Redeem(&stock.Validity, use, now)
}

// holder returns who holds the coupon, under the appid of the command, after checking
// that the command may use that appid and names nobody else.
func (s *Service) holder(ctx context.Context, tx store.ReadTx, cmd UseCommand, p parties, c *coupon.Coupon) (user.User, error) {
	if err := merchant.CheckAppID(cmd.AppID, &p.caller, &p.belong); err != nil {
		return user.User{}, err
	}
	if cmd.OpenID != "" {
		if err := s.checkHolder(ctx, tx, c, cmd.AppID, cmd.OpenID); err != nil {
			return user.User{}, err
		}
	}
	issuedTo, err := s.config.Users.Resolve(ctx, tx, c.AppID, c.OpenID)
	if err != nil {
		return user.User{}, err
	}
	return s.config.Users.Under(ctx, tx, issuedTo, cmd.AppID)
}

// checkHolder refuses everybody but the holder of the coupon.
func (s *Service) checkHolder(ctx context.Context, tx store.ReadTx, c *coupon.Coupon, appid merchant.AppID, id user.OpenID) error {
	named, err := s.config.Users.Resolve(ctx, tx, appid, id)
	if err == nil && named.ID != c.Holder {
		err = user.ErrUnknown.At("openid", string(id))
	}
	return err
}
