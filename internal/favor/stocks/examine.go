package stocks

import (
	"context"
	"errors"
	"fmt"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// Examined is what became of a look at a stock that may be created.
type Examined struct {
	// Problems are all refusals that creating it would meet; none when it could be created.
	Problems []error
	// MerchantName is the name on the card; empty while the merchant is not known.
	MerchantName string
}

// Examine looks at a stock that may be created, and changes nothing.
func (s *Service) Examine(ctx context.Context, cmd CreateCommand) (Examined, error) {
	var found Examined
	err := s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		stock, now := &cmd.Stock, s.config.Clock.For(string(cmd.Caller)).Now()
		refusals, err := fault.Refusals(
			func() error { return checkBelong(&cmd) },
			func() error { return stock.CheckBegin(now) },
			stock.CheckSpan,
			func() error { return s.checkImages(ctx, tx, &cmd) },
			func() error { return checkParties(ctx, tx, stock) },
		)
		if err != nil {
			return err
		}
		found.Problems = append(stock.Problems(s.config.Words), refusals...)
		creator, err := tx.Merchant(ctx, cmd.Caller)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		found.MerchantName = creator.CardName()
		return err
	})
	if err != nil {
		return Examined{}, fmt.Errorf("examine stock of vouchers: %w", err)
	}
	return found, nil
}

// checkBelong reports whether the stock is for the caller itself.
func checkBelong(cmd *CreateCommand) error {
	if cmd.Belong != cmd.Caller {
		return voucher.ErrBelong.At("belong_merchant", string(cmd.Belong))
	}
	return nil
}
