package held

import (
	"context"
	"errors"
	"fmt"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
)

// Holder is a user who looks at their own card pack.
type Holder struct {
	AppID  merchant.AppID
	OpenID user.OpenID
	// Party narrows what is shown to what one merchant created, owns or sent; "" does not.
	Party merchant.ID
}

// CardsQuery asks for the coupons of a holder, of all merchants.
type CardsQuery struct {
	Holder
	// State narrows the list unless it is empty. A merchant whose business time was moved
	// may see it change at another moment.
	State  coupon.State
	Offset int64
	// Limit is 1 to MaxPage.
	Limit int64
}

// Cards returns a page of the holder's own coupons, the newest first. It reports
// user.ErrUnknown.
func (s *Service) Cards(ctx context.Context, q CardsQuery) (Page, error) {
	var page Page
	err := s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		holder, err := s.config.Users.Resolve(ctx, tx, q.AppID, q.OpenID)
		if err != nil {
			return err
		}
		coupons, total, err := tx.UserCoupons(ctx, store.CouponQuery{
			Holder: holder.ID, VisibleTo: q.Party, State: q.State, Now: s.config.Clock.For("").Now(), Offset: q.Offset, Limit: q.Limit,
		})
		if err != nil {
			return err
		}
		page.Total = total
		page.Coupons, err = s.ownViews(ctx, tx, coupons)
		return err
	})
	if err != nil {
		return Page{}, fmt.Errorf("card pack: %w", err)
	}
	return page, nil
}

// CardQuery asks for one coupon of a holder.
type CardQuery struct {
	Holder
	StockID coupon.StockID
	Code    coupon.Code
}

// Card returns one of the holder's own coupons. It reports user.ErrUnknown, and
// ErrNotFound for a coupon that is not there or somebody else's.
func (s *Service) Card(ctx context.Context, q CardQuery) (View, error) {
	var view View
	err := s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		holder, err := s.config.Users.Resolve(ctx, tx, q.AppID, q.OpenID)
		if err != nil {
			return err
		}
		stock, err := tx.Stock(ctx, q.StockID)
		if err != nil {
			return absent(err)
		}
		c, err := tx.Coupon(ctx, coupon.Key{Stock: stock.StockKey, Code: q.Code})
		if err != nil {
			return absent(err)
		}
		if c.Holder != holder.ID || q.Party != "" && !c.VisibleTo(q.Party) {
			return ErrNotFound
		}
		views, err := s.ownViews(ctx, tx, []coupon.Coupon{c})
		if err == nil {
			view = views[0]
		}
		return err
	})
	if err != nil {
		return View{}, fmt.Errorf("card: %w", err)
	}
	return view, nil
}

// absent is what a holder learns of a row that is not there.
func absent(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return ErrNotFound
	}
	return err
}

// ownViews shows coupons of several merchants, each in the business time of the creator
// of its stock.
func (s *Service) ownViews(ctx context.Context, tx store.ReadTx, coupons []coupon.Coupon) ([]View, error) {
	views, err := s.views(ctx, tx, s.config.Clock.For("").Now(), coupons)
	for i := range views {
		c := &views[i].Coupon
		now := s.config.Clock.For(string(c.Stock.Creator)).Now()
		views[i].State = c.StateAt(now)
		views[i].Waiting = views[i].State == coupon.StateSent && now.Before(c.Life.Start)
	}
	return views, err
}
