package pay

import (
	"context"
	"fmt"

	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/store"
)

// ListQuery asks for a page of the payments that a merchant collected, the newest first.
type ListQuery store.PaymentQuery

// List shows payments to those who run the platform, whoever made them.
func (s *Service) List(ctx context.Context, q ListQuery) (page []payment.Payment, err error) {
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		page, err = tx.Payments(ctx, store.PaymentQuery(q))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("payments of %s: %w", q.Merchant, err)
	}
	return page, nil
}
