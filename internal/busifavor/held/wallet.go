// Package held shows the coupons that users hold to the merchants that are party to
// them. It changes nothing.
package held

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
)

// Config is what a Service needs.
type Config struct {
	Store store.Store
	// Clock is business time: that of the caller decides what has expired.
	Clock clock.Business
	// Users says what happens to unknown openids.
	Users user.Policy
}

// Service shows coupons. It is safe for concurrent use.
type Service struct{ config Config }

// New returns a service.
func New(c Config) *Service { return &Service{c} }

// MaxPage is the largest page of a list (busifavor B16, inferred).
const MaxPage = 100

// View is a coupon with its stock, as its parties see it.
type View struct {
	Coupon coupon.Coupon
	// State is the state now.
	State coupon.State
	Stock coupon.Stock
	// MerchantName is the name on the card.
	MerchantName string
	// Waiting is true while a holder cannot use it yet. Only holders and operators are told.
	Waiting bool
}

// ListQuery asks for a user's coupons. Of the three merchants at least one must be
// given, and one of those given must be the caller.
type ListQuery struct {
	Caller  merchant.ID
	AppID   merchant.AppID
	OpenID  user.OpenID
	StockID coupon.StockID
	State   coupon.State
	Creator merchant.ID
	Belong  merchant.ID
	Sender  merchant.ID
	Offset  int64
	// Limit is 1 to MaxPage.
	Limit int64
}

// Page is a part of a list.
type Page struct {
	Coupons []View
	// Total counts the whole list.
	Total int64
}

// Refusals of a list and of a single coupon (busifavor B16, B17).
var (
	ErrNoMerchant = fault.New(fault.Invalid,
		"创建方商户、归属方商户、发放方商户，必须至少填一个",
		"At least one of creator_merchant, belong_merchant and sender_merchant must be given.")
	ErrForeign = fault.New(fault.Forbidden,
		"无权限", "The caller has no part in what it asks for.")
	ErrNotFound = fault.New(fault.NotFound,
		"查询的资源不存在", "The user has no such coupon.")
)

// List returns a page of a user's coupons, the newest first (busifavor B16).
func (s *Service) List(ctx context.Context, q ListQuery) (Page, error) {
	var page Page
	err := s.config.Store.Read(ctx, func(tx store.ReadTx) (err error) {
		page, err = s.list(ctx, tx, q)
		return err
	})
	if err != nil {
		return Page{}, fmt.Errorf("list coupons: %w", err)
	}
	return page, nil
}

func (s *Service) list(ctx context.Context, tx store.ReadTx, q ListQuery) (Page, error) {
	switch {
	case q.Creator == "" && q.Belong == "" && q.Sender == "":
		return Page{}, ErrNoMerchant
	case q.Caller != q.Creator && q.Caller != q.Belong && q.Caller != q.Sender:
		return Page{}, ErrForeign
	}
	if err := checkAppID(ctx, tx, q.AppID, q.Caller); err != nil {
		return Page{}, err
	}
	holder, err := s.config.Users.Resolve(ctx, tx, q.AppID, q.OpenID)
	if err != nil {
		return Page{}, err
	}
	now := s.config.Clock.For(string(q.Caller)).Now()
	coupons, total, err := tx.UserCoupons(ctx, store.CouponQuery{
		Holder: holder.ID, Stock: q.StockID, State: q.State, Now: now,
		Creator: q.Creator, Belong: q.Belong, Sender: q.Sender,
		Offset: q.Offset, Limit: q.Limit,
	})
	if err != nil {
		return Page{}, err
	}
	if total == 0 && q.StockID != "" {
		if err := checkStock(ctx, tx, q); err != nil {
			return Page{}, err
		}
	}
	views, err := s.views(ctx, tx, now, coupons)
	return Page{Coupons: views, Total: total}, err
}

// checkAppID wants an appid of the caller or of one of its sub-merchants (busifavor
// 1.2).
func checkAppID(ctx context.Context, tx store.ReadTx, appid merchant.AppID, caller merchant.ID) error {
	serves, err := tx.AppIDServes(ctx, appid, caller)
	if err == nil && !serves {
		return merchant.ErrAppID.At("appid", string(appid))
	}
	return err
}

// checkStock tells an empty list of a stock from a stock that does not exist, which
// to anybody but its parties is the same.
func checkStock(ctx context.Context, tx store.ReadTx, q ListQuery) error {
	stock, err := tx.Stock(ctx, q.StockID)
	if errors.Is(err, store.ErrNotFound) || err == nil && !stock.VisibleTo(q.Caller) {
		return coupon.ErrStockNotFound.At("stock_id", string(q.StockID))
	}
	return err
}

// views adds the stocks, each read once.
func (s *Service) views(ctx context.Context, tx store.ReadTx, now time.Time, coupons []coupon.Coupon) ([]View, error) {
	stocks := map[coupon.StockID]coupon.Stock{}
	names := map[merchant.ID]string{}
	views := make([]View, len(coupons))
	for i, c := range coupons {
		stock, known := stocks[c.Stock.ID]
		if !known {
			var err error
			if stock, err = tx.Stock(ctx, c.Stock.ID); err != nil {
				return nil, fmt.Errorf("stock %s: %w", c.Stock.ID, err)
			}
			belong, err := tx.Merchant(ctx, stock.Belong)
			if err != nil {
				return nil, fmt.Errorf("merchant %s: %w", stock.Belong, err)
			}
			stocks[c.Stock.ID], names[stock.Belong] = stock, belong.Name
		}
		views[i] = View{Coupon: c, State: c.StateAt(now), Stock: stock, MerchantName: names[stock.Belong]}
	}
	return views, nil
}

// GetQuery asks for one coupon of a user.
type GetQuery struct {
	Caller merchant.ID
	AppID  merchant.AppID
	OpenID user.OpenID
	Code   coupon.Code
}

// Get returns one coupon of a user. When several stocks have the code, it is the one
// received last that the caller may see (busifavor B17).
func (s *Service) Get(ctx context.Context, q GetQuery) (View, error) {
	var view View
	err := s.config.Store.Read(ctx, func(tx store.ReadTx) (err error) {
		view, err = s.get(ctx, tx, q)
		return err
	})
	if err != nil {
		return View{}, fmt.Errorf("coupon: %w", err)
	}
	return view, nil
}

func (s *Service) get(ctx context.Context, tx store.ReadTx, q GetQuery) (View, error) {
	if err := checkAppID(ctx, tx, q.AppID, q.Caller); err != nil {
		return View{}, err
	}
	holder, err := s.config.Users.Resolve(ctx, tx, q.AppID, q.OpenID)
	if err != nil {
		return View{}, err
	}
	now := s.config.Clock.For(string(q.Caller)).Now()
	c, err := s.findVisible(ctx, tx, q, holder.ID, now)
	if err != nil {
		return View{}, err
	}
	views, err := s.views(ctx, tx, now, []coupon.Coupon{c})
	if err != nil {
		return View{}, err
	}
	return views[0], nil
}

// findVisible returns the newest coupon with the code that the caller may see.
func (s *Service) findVisible(ctx context.Context, tx store.ReadTx, q GetQuery, holder user.ID, now time.Time) (coupon.Coupon, error) {
	query := store.CouponQuery{Holder: holder, Code: q.Code, Now: now, Limit: 1}
	visible := query
	visible.VisibleTo = q.Caller
	found, _, err := tx.UserCoupons(ctx, visible)
	if err != nil {
		return coupon.Coupon{}, err
	}
	if len(found) > 0 {
		return found[0], nil
	}
	_, total, err := tx.UserCoupons(ctx, query)
	if err != nil {
		return coupon.Coupon{}, err
	}
	if total > 0 {
		return coupon.Coupon{}, ErrForeign
	}
	return coupon.Coupon{}, ErrNotFound
}
