package subsidy

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
)

// ErrForeign refuses who is no party of what it asks for.
var ErrForeign = fault.New(fault.Forbidden,
	"无权限", "The caller has no part in what it asks for.")

// ListQuery asks for the payments for a coupon.
type ListQuery struct {
	Caller  merchant.ID
	StockID coupon.StockID
	Code    coupon.Code
	// OutNo, if not empty, chooses one number.
	OutNo string
}

// List returns the payments for a coupon, the newest first, at most store.MaxReceipts
// (busifavor B21).
func (s *Service) List(ctx context.Context, q ListQuery) (list []coupon.Subsidy, err error) {
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		stock, err := tx.Stock(ctx, q.StockID)
		if err != nil {
			return missing(err)
		}
		key := coupon.Key{Stock: stock.StockKey, Code: q.Code}
		if _, err := tx.Coupon(ctx, key); err != nil {
			return missing(err)
		}
		if !stock.SubsidizedBy(q.Caller) {
			return ErrForeign
		}
		list, err = tx.Subsidies(ctx, store.SubsidyQuery{Key: key, OutNo: q.OutNo})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list subsidies: %w", err)
	}
	return list, nil
}

// Story is what was paid for a coupon and what of it went back, the newest first.
type Story struct {
	Paid     []coupon.Subsidy
	Returned []coupon.SubsidyReturn
}

// Story returns all payments for a coupon and all returns, those that failed, too, whoever is party
// to them; at most store.MaxReceipts of each.
func (s *Service) Story(ctx context.Context, key coupon.Key) (story Story, err error) {
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		if story.Paid, err = tx.Subsidies(ctx, store.SubsidyQuery{Key: key}); err != nil {
			return err
		}
		story.Returned, err = tx.SubsidyReturns(ctx, key)
		return err
	})
	if err != nil {
		return Story{}, fmt.Errorf("subsidies of a coupon: %w", err)
	}
	return story, nil
}

// Payment returns a payment that succeeded to one of its parties (busifavor B22).
func (s *Service) Payment(ctx context.Context, caller merchant.ID, receiptID string) (paid coupon.Subsidy, err error) {
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		if paid, err = tx.Subsidy(ctx, receiptID); err != nil {
			return missing(err)
		}
		if paid.Status == coupon.SubsidyFailed { // nobody was told this id
			return coupon.ErrSubsidyMissing
		}
		return checkParty(ctx, tx, caller, paid.Stock, paid.Payer, paid.Payee)
	})
	if err != nil {
		return coupon.Subsidy{}, fmt.Errorf("subsidy: %w", err)
	}
	return paid, nil
}

// Returned returns a return that succeeded to one of its parties (busifavor B24).
func (s *Service) Returned(ctx context.Context, caller merchant.ID, returnReceiptID string) (returned coupon.SubsidyReturn, err error) {
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		if returned, err = tx.SubsidyReturn(ctx, returnReceiptID); err != nil {
			return missing(err)
		}
		if returned.Status == coupon.SubsidyFailed { // nobody was told this id
			return coupon.ErrSubsidyMissing
		}
		return checkParty(ctx, tx, caller, returned.Stock, returned.Payer, returned.Payee)
	})
	if err != nil {
		return coupon.SubsidyReturn{}, fmt.Errorf("return of a subsidy: %w", err)
	}
	return returned, nil
}

// missing turns a row that is not there into the documented refusal.
func missing(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return coupon.ErrSubsidyMissing
	}
	return err
}

// checkParty lets payer and payee see a receipt, and the two parties of the stock.
func checkParty(ctx context.Context, tx store.ReadTx, caller merchant.ID, key coupon.StockKey, parties ...merchant.ID) error {
	if slices.Contains(parties, caller) {
		return nil
	}
	stock, err := tx.Stock(ctx, key.ID)
	if err == nil && !stock.SubsidizedBy(caller) {
		err = ErrForeign
	}
	return err
}
