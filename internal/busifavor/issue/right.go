package issue

import (
	"context"
	"errors"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/partner"
	"github.com/favord/favord/internal/store"
)

// parties are who takes part in an issue: the sender, the stock with its creator, and the
// merchant that the stock belongs to.
type parties struct {
	sender, belong merchant.Merchant
	stock          coupon.Stock
}

// partiesOf finds the parties of an issue of a stock by a sender.
func (s *Service) partiesOf(ctx context.Context, sender merchant.Merchant, id coupon.StockID) (parties, error) {
	stock, err := s.config.Directory.Stock(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return parties{}, coupon.ErrStockNotFound.At("stock_id", string(id))
	}
	if err != nil {
		return parties{}, err
	}
	belong, err := s.config.Directory.Merchant(ctx, stock.Belong)
	return parties{sender: sender, belong: belong, stock: stock}, err
}

// admit reports whether the sender may give out coupons of the stock to users of an
// appid: the sender is the creator or its partner, and the appid is bound to the sender or
// to the merchant that the stock belongs to (busifavor 1.2, 10.2, 10.6).
func (s *Service) admit(ctx context.Context, p parties, appid merchant.AppID) error {
	if p.sender.ID != p.stock.Creator {
		partnered, err := s.partnered(ctx, p, appid)
		if err != nil {
			return err
		}
		if !partnered {
			return coupon.ErrStockForeign.At("stock_id", string(p.stock.ID))
		}
	}
	return merchant.CheckAppID(appid, &p.sender, &p.belong)
}

// partnered reports whether the creator lets the sender give out the stock. It is asked anew
// for every coupon, so that whoever was told that a partnership has ended can rely on it.
func (s *Service) partnered(ctx context.Context, p parties, appid merchant.AppID) (found bool, err error) {
	err = s.config.Store.Glance(ctx, func(tx store.ReadTx) error {
		found, err = tx.Partnered(ctx, partner.Stock{Creator: p.stock.Creator, ID: string(p.stock.ID)}, partner.ResourceCoupons, partner.Of(&p.sender, appid))
		return err
	})
	return found, err
}
