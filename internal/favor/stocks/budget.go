package stocks

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/favord/favord/internal/base/planted"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// lockBudget puts the budget of a pre-funded stock aside: its vouchers are paid from there
// (favor 4.2).
func (s *Service) lockBudget(ctx context.Context, tx store.Tx, stock *voucher.Stock, now time.Time) error {
	from := payment.Account{Owner: stock.Creator, Name: payment.AccountBalance}
	if s.config.Overdraft {
		touched, err := tx.Postings(ctx, stock.Creator, 0, 1)
		if err != nil {
			return err
		}
		if len(touched) == 0 {
			from = payment.Account{Owner: store.Platform, Name: payment.AccountFunding}
		}
	}
	to := payment.LockedAccount(stock.StockKey)
	held, err := tx.LockBalances(ctx, from, to)
	if err != nil {
		return err
	}
	if from.Owner != store.Platform && held[from] < stock.Limits.MaxAmount && !planted.BudgetUnfunded.In() {
		return voucher.ErrBalance
	}
	if err := tx.Post(ctx, payment.Transfer{
		From: from, To: to, Amount: stock.Limits.MaxAmount, Reference: "voucher-stock/" + string(stock.ID) + "/lock", At: now,
	}); err != nil {
		return err
	}
	return tx.InsertBudget(ctx, payment.Budget{Stock: stock.StockKey, Ends: stock.End, Amount: stock.Limits.MaxAmount})
}

// Bounds of releasing.
const (
	releaseEvery = time.Minute
	releaseMost  = 200
)

// Run gives budgets back that no voucher can use any more, from time to time, until ctx ends.
// Several nodes may do so at once.
func (s *Service) Run(ctx context.Context) error {
	ticker := time.NewTicker(releaseEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			// What fails now is tried again; nothing depends on the moment.
			_, _ = s.Release(ctx)
		}
	}
}

// Release gives the rest of every budget back whose stock has ended, and returns how many
// there were (favor 6.1, inferred).
func (s *Service) Release(ctx context.Context) (int, error) {
	var ended []payment.Budget
	err := s.config.Store.Read(ctx, func(tx store.ReadTx) (err error) {
		ended, err = tx.EndedBudgets(ctx, endOfTime(), releaseMost)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("ended budgets: %w", err)
	}
	released := 0
	for _, b := range ended {
		now := s.config.Clock.For(string(b.Stock.Creator)).Now()
		if !now.After(b.Ends) {
			continue
		}
		err := s.config.Store.Write(ctx, func(tx store.Tx) error { return release(ctx, tx, b.Stock, now) })
		if err != nil && !errors.Is(err, store.ErrNotFound) { // another node's
			return released, fmt.Errorf("release budget of %s: %w", b.Stock.ID, err)
		}
		released++
	}
	return released, nil
}

// endOfTime is after every end: which budgets are over depends on their merchants' time.
func endOfTime() time.Time { return time.Unix(1<<40, 0) }

// release gives the rest of one budget back to the creator.
func release(ctx context.Context, tx store.Tx, key voucher.StockKey, now time.Time) error {
	if _, err := tx.LockBudget(ctx, key); err != nil {
		return err
	}
	from, to := payment.LockedAccount(key), payment.Account{Owner: key.Creator, Name: payment.AccountBalance}
	held, err := tx.LockBalances(ctx, from, to)
	if err != nil {
		return err
	}
	if rest := held[from]; rest > 0 && !planted.BudgetKept.In() {
		if err := tx.Post(ctx, payment.Transfer{From: from, To: to, Amount: rest, Reference: "voucher-stock/" + string(key.ID) + "/release", At: now}); err != nil {
			return err
		}
	}
	if err := tx.DeleteBudget(ctx, key); err != nil {
		return err
	}
	return tx.AppendAudit(ctx, []store.AuditEntry{{
		Owner: key.Creator, At: now, Actor: "system:release", Action: "favor.stocks.release", Object: "voucher-stock/" + string(key.ID),
	}})
}
