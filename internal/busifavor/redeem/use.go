package redeem

import (
	"context"
	"errors"
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

// use finds out beforehand what does not change, so that the transaction is short. Where the
// batch finds that it is about an appid other than that of the coupon, the holder's openid there
// is looked up, and then the redemption decided again.
func (s *Service) use(ctx context.Context, cmd UseCommand) (Used, error) {
	p, err := s.find(ctx, cmd)
	if err != nil {
		return Used{}, err
	}
	a, err := s.do(ctx, s.redemption(&cmd, &p))
	if c, wanted := errors.AsType[holderWantedError](err); wanted {
		if p.holder, err = s.holderUnder(ctx, c.appid, c.openid, cmd.AppID); err == nil {
			a, err = s.do(ctx, s.redemption(&cmd, &p))
		}
	}
	return Used{StockID: p.stock.ID, OpenID: a.OpenID, At: a.time()}, err
}

// redemption is the change that a command asks for.
func (s *Service) redemption(cmd *UseCommand, p *parties) change {
	return change{
		Target: cmd.Target, stock: p.stock, operation: store.OpUseCoupon, action: "busifavor.coupons.use", counts: tally.Used,
		number: cmd.RequestNo, content: cmd.content(),
		missing: coupon.ErrNotFound, may: (*coupon.Coupon).RedeemableBy,
		apply: func(c *coupon.Coupon, v *view) (answer, error) { return redeem(cmd, p, c, v) },
	}
}

// parties are what a redemption needs to know beforehand.
type parties struct {
	stock coupon.StockKey
	// caller and belong are the merchants whose appids count.
	caller, belong merchant.Merchant
	// named is whom the command names, if it does; nobody is why that is no user.
	named  user.User
	nobody error
	// holder is the coupon's holder under the appid of the command, once it was looked up.
	holder user.User
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
	if p.belong, err = s.config.Directory.Merchant(ctx, stock.Belong); err != nil || cmd.OpenID == "" {
		return p, err
	}
	p.named, p.nobody, err = s.named(ctx, cmd.AppID, cmd.OpenID)
	return p, err
}

// findByCode looks the stock of a platform's code up. Codes that merchants chose are
// unique only within a stock, so there the stock must be named.
func (s *Service) findByCode(ctx context.Context, cmd UseCommand) (coupon.StockID, error) {
	if !coupon.IsPlatformCode(cmd.Code) {
		return "", errStockNeeded
	}
	var found []coupon.Coupon
	if err := s.config.Store.Glance(ctx, func(tx store.ReadTx) (err error) {
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

// redeem checks appid and openid, then state and time.
func redeem(cmd *UseCommand, p *parties, c *coupon.Coupon, v *view) (answer, error) {
	holder, err := holderOf(cmd, p, c)
	if err != nil {
		return answer{}, err
	}
	if v.stock == nil {
		return answer{}, store.ErrNotFound
	}
	use := coupon.Use{
		RequestNo: cmd.RequestNo, AppID: cmd.AppID, OpenID: holder,
		OutTradeNo: cmd.OutTradeNo, OrderMchID: cmd.OrderMchID, TransactionID: cmd.TransactionID,
	}
	return answer{OpenID: holder, At: v.now.Unix()}, c.Redeem(&v.stock.Validity, use, v.now)
}

// holderWantedError asks for the openid of a coupon's holder under another appid.
type holderWantedError struct {
	// appid and openid are how the holder was named when the coupon was issued.
	appid  merchant.AppID
	openid user.OpenID
}

// Error implements error.
func (holderWantedError) Error() string { return "redeem: the holder is to be looked up" }

// holderOf returns who holds the coupon, under the appid of the command, after checking that the
// command may use that appid and names nobody else.
func holderOf(cmd *UseCommand, p *parties, c *coupon.Coupon) (user.OpenID, error) {
	if err := merchant.CheckAppID(cmd.AppID, &p.caller, &p.belong); err != nil {
		return "", err
	}
	switch {
	case cmd.OpenID != "":
		return cmd.OpenID, checkHolder(c, &p.named, p.nobody, cmd.OpenID)
	case cmd.AppID == c.AppID:
		return c.OpenID, nil
	case p.holder.OpenID != "":
		return p.holder.OpenID, nil
	}
	return "", holderWantedError{c.AppID, c.OpenID}
}

// checkHolder refuses everybody but the holder of the coupon.
func checkHolder(c *coupon.Coupon, named *user.User, nobody error, id user.OpenID) error {
	if nobody == nil && named.ID != c.Holder {
		return user.ErrUnknown.At("openid", string(id))
	}
	return nobody
}

// holderUnder returns whom an openid stands for, under another appid. Who was never seen there and
// is taken by the policy is registered.
func (s *Service) holderUnder(ctx context.Context, appid merchant.AppID, id user.OpenID, other merchant.AppID) (u user.User, err error) {
	find := func(tx store.ReadTx) error {
		holder, err := s.config.Users.Resolve(ctx, tx, appid, id)
		if err == nil {
			u, err = s.config.Users.Under(ctx, tx, holder, other)
		}
		return err
	}
	if err = s.config.Store.Read(ctx, find); err != nil || u.Known {
		return u, err
	}
	return u, s.config.Store.Write(ctx, func(tx store.Tx) error { return tx.InsertUsers(ctx, []user.User{u}) })
}
