package stocks

import (
	"context"
	"errors"
	"fmt"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
)

// MaxCodePage is the largest page of a list of codes (busifavor B6, inferred).
const MaxCodePage = 100

// CodesQuery asks for a page of a stock's uploaded codes.
type CodesQuery struct {
	Caller  merchant.ID
	StockID coupon.StockID
	// Status narrows the list unless it is empty.
	Status coupon.CodeStatus
	// AppID is under which holders are named; "" names none.
	AppID  merchant.AppID
	Offset int64
	// Limit is 1 to MaxCodePage.
	Limit int64
}

// CodeView is an uploaded code with what became of it.
type CodeView struct {
	coupon.UploadedCode
	// Coupon is the coupon that has the code; nil while it is free.
	Coupon *coupon.Coupon
	// Holder is who holds it under the appid of the query; nil when nobody does, none was
	// asked for, or the holder is not known there.
	Holder *user.User
}

// CodePage is a part of a stock's codes, in the order of upload.
type CodePage struct {
	Codes []CodeView
	// Total counts every code of the stock, whatever the query narrows.
	Total int64
}

// Codes lists the uploaded codes of a stock of the caller (busifavor B6).
func (s *Service) Codes(ctx context.Context, q CodesQuery) (CodePage, error) {
	var page CodePage
	err := s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		stock, err := s.ownPool(ctx, tx, q.Caller, q.StockID, q.AppID)
		if err != nil {
			return err
		}
		counters, err := tx.Counters(ctx, stock.StockKey, day.Of(s.config.Clock.For(string(q.Caller)).Now()))
		if err != nil {
			return err
		}
		codes, err := tx.UploadedCodes(ctx, store.CodeQuery{Stock: stock.StockKey, Status: q.Status, Offset: q.Offset, Limit: q.Limit})
		if err != nil {
			return err
		}
		page.Total = counters.Codes
		page.Codes, err = s.codeViews(ctx, tx, stock.StockKey, q.AppID, codes)
		return err
	})
	if err != nil {
		return CodePage{}, fmt.Errorf("codes of stock %s: %w", q.StockID, err)
	}
	return page, nil
}

// CodeQuery asks for one uploaded code.
type CodeQuery struct {
	Caller  merchant.ID
	StockID coupon.StockID
	Code    coupon.Code
	// AppID is under which the holder is named; "" names none.
	AppID merchant.AppID
}

// CodeDetail is an uploaded code with its stock.
type CodeDetail struct {
	CodeView
	Stock coupon.Stock
	// State is the state of the coupon now.
	State coupon.State
	// MerchantName is the name on the card.
	MerchantName string
}

// Code shows one uploaded code of a stock of the caller (busifavor B7).
func (s *Service) Code(ctx context.Context, q CodeQuery) (CodeDetail, error) {
	var detail CodeDetail
	err := s.config.Store.Read(ctx, func(tx store.ReadTx) (err error) {
		detail, err = s.code(ctx, tx, q)
		return err
	})
	if err != nil {
		return CodeDetail{}, fmt.Errorf("code of stock %s: %w", q.StockID, err)
	}
	return detail, nil
}

func (s *Service) code(ctx context.Context, tx store.ReadTx, q CodeQuery) (d CodeDetail, err error) {
	if d.Stock, err = s.ownPool(ctx, tx, q.Caller, q.StockID, q.AppID); err != nil {
		return d, err
	}
	found, err := tx.UploadedCode(ctx, coupon.Key{Stock: d.Stock.StockKey, Code: q.Code})
	if errors.Is(err, store.ErrNotFound) {
		return d, coupon.ErrCodeUnknown.At("coupon_code", string(q.Code))
	}
	if err != nil {
		return d, err
	}
	views, err := s.codeViews(ctx, tx, d.Stock.StockKey, q.AppID, []coupon.UploadedCode{found})
	if err != nil {
		return d, err
	}
	d.CodeView = views[0]
	if d.Coupon != nil {
		d.State = d.Coupon.StateAt(s.config.Clock.For(string(d.Stock.Creator)).Now())
	}
	belong, err := tx.Merchant(ctx, d.Stock.Belong)
	d.MerchantName = d.Stock.Dress(&belong)
	return d, err
}

// ownPool returns a stock of the caller that takes uploaded codes. An appid, if given, must
// be bound to the caller or to the merchant that the stock belongs to.
func (s *Service) ownPool(ctx context.Context, tx store.ReadTx, caller merchant.ID, id coupon.StockID, appid merchant.AppID) (coupon.Stock, error) {
	stock, err := own(ctx, tx, caller, id)
	if err != nil {
		return stock, err
	}
	if err := stock.CheckUpload(); err != nil || appid == "" {
		return stock, err
	}
	creator, err := tx.Merchant(ctx, stock.Creator)
	if err != nil {
		return stock, fmt.Errorf("creator %s: %w", stock.Creator, err)
	}
	belong, err := tx.Merchant(ctx, stock.Belong)
	if err != nil {
		return stock, fmt.Errorf("merchant %s: %w", stock.Belong, err)
	}
	return stock, merchant.CheckAppID(appid, &creator, &belong)
}

// codeViews adds the coupons that have the codes, and who holds them.
func (s *Service) codeViews(ctx context.Context, tx store.ReadTx, stock coupon.StockKey, appid merchant.AppID, codes []coupon.UploadedCode) ([]CodeView, error) {
	var keys []coupon.Key
	for _, code := range codes {
		if code.Status == coupon.CodeDispatched {
			keys = append(keys, coupon.Key{Stock: stock, Code: code.Code})
		}
	}
	coupons, err := tx.Coupons(ctx, keys)
	if err != nil {
		return nil, err
	}
	holders, err := s.holders(ctx, tx, coupons, appid)
	if err != nil {
		return nil, err
	}
	views := make([]CodeView, len(codes))
	for i, code := range codes {
		key := coupon.Key{Stock: stock, Code: code.Code}
		views[i].UploadedCode, views[i].Holder = code, holders[key]
		if given, found := coupons[key]; found {
			views[i].Coupon = &given
		} else if code.Status == coupon.CodeDispatched {
			return nil, fmt.Errorf("code of stock %s was given out and has no coupon", stock.ID)
		}
	}
	return views, nil
}

// holders returns who holds the coupons under an appid; those of whom that is not known are
// left out.
func (s *Service) holders(ctx context.Context, tx store.ReadTx, coupons map[coupon.Key]coupon.Coupon, appid merchant.AppID) (map[coupon.Key]*user.User, error) {
	if appid == "" {
		return nil, nil
	}
	var ids []user.OpenID
	for _, c := range coupons {
		ids = append(ids, c.OpenID)
	}
	known, err := tx.Users(ctx, ids)
	if err != nil {
		return nil, err
	}
	holders := make(map[coupon.Key]*user.User, len(coupons))
	for key, c := range coupons {
		holder, err := s.config.Users.Judge(known[c.OpenID], c.AppID, c.OpenID)
		if err == nil {
			holder, err = s.config.Users.Under(ctx, tx, holder, appid)
		}
		switch {
		case err == nil:
			holders[key] = &holder
		case !errors.Is(err, user.ErrUnknown):
			return nil, err
		}
	}
	return holders, nil
}
