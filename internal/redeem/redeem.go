// Package redeem spends coupons: at most once each, and never by anybody but the merchant
// that created their stock.
package redeem

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/favord/favord/internal/clock"
	"github.com/favord/favord/internal/coupon"
	"github.com/favord/favord/internal/directory"
	"github.com/favord/favord/internal/fault"
	"github.com/favord/favord/internal/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/user"
)

// Config is what a Service needs.
type Config struct {
	Store     store.Store
	Directory *directory.Directory
	// Clock is business time: it decides whether a coupon is valid.
	Clock clock.Business
	// Users says what happens to unknown openids.
	Users user.Policy
}

// Service redeems coupons. It is safe for concurrent use.
type Service struct{ Config }

// New returns a service.
func New(c Config) *Service { return &Service{c} }

// UseCommand asks to redeem one coupon.
type UseCommand struct {
	Caller merchant.ID
	Code   coupon.Code
	// StockID may be empty for codes of the platform.
	StockID coupon.StockID
	AppID   merchant.AppID
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

// Refusals that only this operation knows.
var (
	errStockNeeded = fault.New(fault.Invalid,
		"输入源“/body/stock_id”映射到字段“批次号”必填性规则校验失败，此字段为必填项",
		"The field stock_id is required: the merchant chose the codes of this stock.").At("stock_id", "")
	errContent = fault.New(fault.Refused,
		"请求重入时，参数与首次请求时不一致",
		"The use_request_no redeemed this coupon before, with other content.").Numbered(coupon.NumberRepeated)
)

// Use redeems a coupon (busifavor B10).
func (s *Service) Use(ctx context.Context, cmd UseCommand) (Used, error) {
	used, err := s.useNamed(ctx, cmd)
	if err != nil {
		return Used{}, fmt.Errorf("use coupon: %w", err)
	}
	return used, nil
}

// useNamed finds out beforehand what does not change, so that the transaction is short.
func (s *Service) useNamed(ctx context.Context, cmd UseCommand) (used Used, err error) {
	t, err := s.find(ctx, cmd)
	if err != nil {
		return Used{}, err
	}
	err = s.Store.Write(ctx, func(tx store.Tx) (err error) {
		used, err = s.use(ctx, tx, cmd, t)
		return err
	})
	return used, err
}

// target is what a command names.
type target struct {
	coupon.Key
	// caller and belong are the merchants whose appids count.
	caller, belong merchant.Merchant
}

// use follows the order of checks of busifavor 8.4: existence, permission, repeat,
// appid and openid, state and time.
func (s *Service) use(ctx context.Context, tx store.Tx, cmd UseCommand, t target) (Used, error) {
	c, err := tx.LockCoupon(ctx, t.Key)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return Used{}, coupon.ErrNotFound
	case err != nil:
		return Used{}, err
	case t.Stock.Creator != cmd.Caller:
		return Used{}, coupon.ErrNotYours
	}
	request := store.Request{RequestKey: requestKey(t.Key, cmd.RequestNo), Content: cmd.content()}
	prior, err := tx.Requests(ctx, []store.RequestKey{request.RequestKey})
	if err != nil {
		return Used{}, err
	}
	if first, known := prior[request.RequestKey]; known {
		used, err := repeat(&c, first, request.Content)
		return used, errors.Join(err, tx.TouchRequests(ctx, []store.RequestKey{first.RequestKey}))
	}
	return s.redeem(ctx, tx, cmd, t, c, request)
}

// find returns what a command names, before anything is known about the coupon.
func (s *Service) find(ctx context.Context, cmd UseCommand) (t target, err error) {
	id := cmd.StockID
	if id == "" {
		if id, err = s.findByCode(ctx, cmd); err != nil {
			return t, err
		}
	}
	stock, err := s.Directory.Stock(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return t, coupon.ErrNotFound
	}
	if err != nil {
		return t, err
	}
	t.Key = coupon.Key{Stock: stock.StockKey, Code: cmd.Code}
	if t.caller, err = s.Directory.Merchant(ctx, cmd.Caller); err != nil {
		return t, err
	}
	t.belong, err = s.Directory.Merchant(ctx, stock.Belong)
	return t, err
}

// findByCode looks the stock of a platform's code up. Codes that merchants chose are
// unique only within a stock, so there the stock must be named.
func (s *Service) findByCode(ctx context.Context, cmd UseCommand) (coupon.StockID, error) {
	if !coupon.IsPlatformCode(cmd.Code) {
		return "", errStockNeeded
	}
	var found []coupon.Coupon
	if err := s.Store.Read(ctx, func(tx store.ReadTx) (err error) {
		found, err = tx.CouponsWithCode(ctx, cmd.Code, cmd.Caller)
		return err
	}); err != nil {
		return "", err
	}
	for i := range found {
		stock, err := s.Directory.Stock(ctx, found[i].Stock.ID)
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

func requestKey(key coupon.Key, number string) store.RequestKey {
	return store.RequestKey{
		Owner: key.Stock.Creator, Stock: key.Stock.ID, Operation: store.OpUseCoupon,
		Subject: string(key.Code), Number: number,
	}
}

// content is what a repeat must not change. The caller's own clock, use_time, is no
// part of it: a retry may well carry a new one (inferred, busifavor B10).
func (cmd *UseCommand) content() store.Content {
	return store.ContentOf(string(cmd.AppID), string(cmd.OpenID), cmd.OutTradeNo, string(cmd.OrderMchID), cmd.TransactionID)
}

// repeat answers a number that redeemed the coupon before.
func repeat(c *coupon.Coupon, first store.Request, content store.Content) (Used, error) {
	if first.Content != content {
		return Used{}, errContent
	}
	if c.Use.RequestNo != first.Number {
		return Used{}, coupon.ErrNumberSpent // the coupon was returned since
	}
	var a usedAnswer
	if err := json.Unmarshal(first.Answer, &a); err != nil {
		return Used{}, fmt.Errorf("stored answer: %w", err)
	}
	return Used{StockID: c.Stock.ID, OpenID: a.OpenID, At: time.Unix(a.At, 0)}, nil
}

func (s *Service) redeem(ctx context.Context, tx store.Tx, cmd UseCommand, t target, c coupon.Coupon, request store.Request) (Used, error) {
	stock, err := tx.Stock(ctx, c.Stock.ID)
	if err != nil {
		return Used{}, err
	}
	holder, err := s.holder(ctx, tx, cmd, t, &c)
	if err != nil {
		return Used{}, err
	}
	now := s.Clock.For(c.Stock.Creator).Now()
	use := coupon.Use{
		RequestNo: cmd.RequestNo, AppID: holder.AppID, OpenID: holder.OpenID,
		OutTradeNo: cmd.OutTradeNo, OrderMchID: cmd.OrderMchID, TransactionID: cmd.TransactionID,
	}
	if err := c.Redeem(&stock.Validity, use, now); err != nil {
		return Used{}, err
	}
	answer, err := json.Marshal(usedAnswer{OpenID: holder.OpenID, At: now.Unix()})
	if err != nil {
		return Used{}, fmt.Errorf("encode answer: %w", err)
	}
	request.Answer, request.At = answer, now
	return Used{StockID: c.Stock.ID, OpenID: holder.OpenID, At: now}, write(ctx, tx, c, holder, request)
}

// holder returns who holds the coupon, under the appid of the command, after checking
// that the command may use that appid and names nobody else.
func (s *Service) holder(ctx context.Context, tx store.ReadTx, cmd UseCommand, t target, c *coupon.Coupon) (user.User, error) {
	if err := merchant.CheckAppID(cmd.AppID, &t.caller, &t.belong); err != nil {
		return user.User{}, err
	}
	if cmd.OpenID != "" {
		named, err := s.Users.Resolve(ctx, tx, cmd.AppID, cmd.OpenID)
		if err != nil {
			return user.User{}, err
		}
		if named.ID != c.Holder {
			return user.User{}, user.ErrUnknown.At("openid", string(cmd.OpenID))
		}
	}
	issuedTo, err := s.Users.Resolve(ctx, tx, c.AppID, c.OpenID)
	if err != nil {
		return user.User{}, err
	}
	return s.Users.Under(ctx, tx, issuedTo, cmd.AppID)
}

func write(ctx context.Context, tx store.Tx, c coupon.Coupon, holder user.User, request store.Request) error {
	if err := tx.UpdateCoupon(ctx, c); err != nil {
		return err
	}
	if err := tx.InsertRequests(ctx, []store.Request{request}); err != nil {
		return err
	}
	if !holder.Known {
		if err := tx.InsertUsers(ctx, []user.User{holder}); err != nil {
			return err
		}
	}
	return tx.AppendAudit(ctx, []store.AuditEntry{{
		Owner: c.Stock.Creator, At: request.At, Actor: string(c.Stock.Creator), Action: "busifavor.coupons.use",
		Object: "stock/" + string(c.Stock.ID) + "/coupon/" + string(c.Code),
	}})
}
