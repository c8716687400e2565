package directory

import (
	"context"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/partner"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// CheckVoucherSender reports whether a merchant may send vouchers of a stock to users of an
// appid: as its creator, from the stock's list, or as a partner (favor 4.11). An appid "" is
// nobody's. Nothing of it is remembered but the merchant: a right that was taken is gone.
func (d *Directory) CheckVoucherSender(ctx context.Context, stock *voucher.Stock, caller merchant.ID, appid merchant.AppID) error {
	return d.checkSender(ctx, stock, caller, func(m *merchant.Merchant) []partner.Partner { return partner.Of(m, appid) })
}

// CheckVoucherReader reports whether a merchant may read a stock: whoever may send its vouchers,
// a partner by any of its appids, too (favor 4.7).
func (d *Directory) CheckVoucherReader(ctx context.Context, stock *voucher.Stock, caller merchant.ID) error {
	return d.checkSender(ctx, stock, caller, partner.OfAny)
}

func (d *Directory) checkSender(ctx context.Context, stock *voucher.Stock, caller merchant.ID, partners func(*merchant.Merchant) []partner.Partner) error {
	if caller == stock.Creator {
		return nil
	}
	m, err := d.Merchant(ctx, caller)
	if err != nil {
		return err
	}
	var granted voucher.Senders
	key := partner.Stock{Creator: stock.Creator, ID: string(stock.ID)}
	err = d.store.Read(ctx, func(tx store.ReadTx) (err error) {
		if granted.Listed, err = tx.VoucherSenders(ctx, stock.StockKey); err != nil {
			return err
		}
		if granted.Partner, err = tx.Partnered(ctx, key, partner.ResourceVouchers, partners(&m)); err != nil {
			return err
		}
		_, all, err := tx.Partnerships(ctx, store.PartnershipQuery{
			Owner: stock.Creator, Resource: partner.ResourceVouchers, Stock: key.ID, Limit: 1,
		})
		granted.Partners = all > 0
		return err
	})
	if err != nil {
		return wrap(err, "senders of stock of vouchers", string(stock.ID))
	}
	return stock.CheckSender(caller, granted)
}
