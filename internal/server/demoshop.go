package server

import (
	"context"
	"errors"
	"fmt"

	"github.com/favord/favord/internal/platform/ledger"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
)

// The demo shop is a second merchant of the demo merchant's brand, which may receive
// subsidies. It has no keys and makes no calls.
const (
	demoShopID = merchant.ID("1900000002")
	demoBrand  = "demo"
	// demoFunds is what the demo merchant of a new sandbox has, in fen: 10,000 yuan.
	demoFunds = 1_000_000
)

// addDemoShop adds the demo shop, if it is missing, and gives the demo merchant money, once.
func (s *Server) addDemoShop(ctx context.Context) error {
	err := s.store.Write(ctx, func(tx store.Tx) error {
		_, err := tx.Merchant(ctx, demoShopID)
		if errors.Is(err, store.ErrNotFound) {
			err = tx.InsertMerchant(ctx, merchant.Merchant{
				ID: demoShopID, Name: "惠券台演示门店", Kind: merchant.Ordinary, KeyMode: merchant.ModeMigrating,
			}, s.config.Clock.Now())
		}
		if err != nil {
			return err
		}
		if err := tx.JoinBrand(ctx, demoMchID, demoBrand); err != nil {
			return err
		}
		return tx.JoinBrand(ctx, demoShopID, demoBrand)
	})
	if err == nil {
		_, err = s.ledger.Fund(ctx, ledger.FundCommand{Merchant: demoMchID, Amount: demoFunds, RequestNo: "demo", Actor: "system:sandbox"})
	}
	if err != nil {
		return fmt.Errorf("demo shop: %w", err)
	}
	return nil
}
