package pay

import (
	"context"
	"fmt"
	"time"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/store"
)

// ListQuery asks for a page of the payments that a merchant collected, the newest first.
type ListQuery struct {
	Merchant merchant.ID
	// From and Until bound the time, the latter exclusively; zero does not.
	From, Until time.Time
	// BeforeAt and BeforeID are time and number of the last payment of the page before.
	BeforeAt time.Time
	BeforeID string
	Limit    int64
}

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
