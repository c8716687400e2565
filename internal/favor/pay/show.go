package pay

import (
	"context"
	"errors"
	"fmt"

	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// Shown is a payment as it was answered, and how much of its total was refunded since.
type Shown struct {
	Paid
	Refunded fen.Fen
}

// Payment shows a payment to the merchant that made it.
func (s *Service) Payment(ctx context.Context, caller merchant.ID, transactionID string) (Shown, error) {
	m, err := s.config.Directory.Merchant(ctx, caller)
	if err == nil && !m.May(merchant.PaymentRail) {
		err = voucher.ErrNoRail
	}
	var p payment.Payment
	if err == nil {
		err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
			p, err = tx.Payment(ctx, transactionID)
			if errors.Is(err, store.ErrNotFound) || err == nil && p.Maker != caller {
				return voucher.ErrPaymentUnknown.At("transaction_id", transactionID)
			}
			return err
		})
	}
	if err != nil {
		return Shown{}, fmt.Errorf("payment %s: %w", transactionID, err)
	}
	return show(&p), nil
}

func show(p *payment.Payment) Shown {
	shown := Shown{
		Paid:     Paid{TransactionID: p.TransactionID, At: p.At, Total: p.Total, Discount: p.Discount},
		Refunded: p.Refunded,
	}
	for _, v := range p.Vouchers {
		shown.Vouchers = append(shown.Vouchers, PaidVoucher{
			ID: v.ID, StockID: v.Stock, Name: v.Name, Discount: v.Discount, Funded: v.Funded, SingleItem: v.SingleItem, Goods: v.Goods,
		})
	}
	return shown
}
