package pay

import (
	"context"
	"slices"

	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// sorted lists stocks in the order in which they are locked.
func sorted(amounts map[voucher.StockKey]fen.Fen) []voucher.StockKey {
	keys := make([]voucher.StockKey, 0, len(amounts))
	for key := range amounts {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, voucher.CompareKeys)
	return keys
}

// post locks the accounts of transfers and makes them, unless one lacks the money.
func post(ctx context.Context, tx store.Tx, transfers []payment.Transfer) error {
	if len(transfers) == 0 {
		return nil
	}
	var accounts []payment.Account
	need := map[payment.Account]fen.Fen{}
	for _, t := range transfers {
		for _, a := range []payment.Account{t.From, t.To} {
			if !slices.Contains(accounts, a) {
				accounts = append(accounts, a)
			}
		}
		need[t.From] += t.Amount
	}
	held, err := tx.LockBalances(ctx, accounts...)
	if err != nil {
		return err
	}
	for a, amount := range need {
		if held[a] < amount {
			return voucher.ErrLocked
		}
	}
	return tx.Post(ctx, transfers...)
}
