package pay

import (
	"context"
	"errors"
	"slices"

	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// fund moves what pre-funded vouchers took off from the budgets of their stocks to the
// merchant who is paid.
func fund(ctx context.Context, tx store.Tx, sh *sheet) error {
	amounts := map[voucher.StockKey]fen.Fen{}
	for _, v := range sh.payment.Vouchers {
		if v.Funded {
			amounts[voucher.StockKey{Creator: v.Creator, ID: v.Stock}] += v.Discount
		}
	}
	payee := payment.Account{Owner: sh.cmd.Order.Merchant, Name: payment.AccountSettlement}
	var transfers []payment.Transfer
	for _, key := range sorted(amounts) {
		if _, err := tx.LockBudget(ctx, key); errors.Is(err, store.ErrNotFound) {
			return voucher.ErrLocked
		} else if err != nil {
			return err
		}
		transfers = append(transfers, payment.Transfer{
			From: payment.LockedAccount(key), To: payee, Amount: amounts[key],
			Reference: "payment/" + sh.cmd.TransactionID, At: sh.at,
		})
	}
	return post(ctx, tx, transfers)
}

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
