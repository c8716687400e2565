package subsidy

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/once"
)

// ReturnCommand asks to pay a subsidy, or a part of it, back.
type ReturnCommand struct {
	Caller        merchant.ID
	StockID       coupon.StockID
	Code          coupon.Code
	TransactionID string
	RefundID      string
	// Payer and Payee are those of the payment: the payee is debited now.
	Payer, Payee merchant.ID
	// Amount is 1 to coupon.MaxSubsidy fen.
	Amount      fen.Fen
	Description string
	// OutNo is unique for the caller. A repeat returns the first answer.
	OutNo string
}

func (cmd *ReturnCommand) content() store.Content {
	return store.ContentOf(string(cmd.StockID), string(cmd.Code), cmd.TransactionID, cmd.RefundID, string(cmd.Payer), string(cmd.Payee),
		strconv.FormatInt(int64(cmd.Amount), 10), cmd.Description)
}

// Return transfers a subsidy back at once (busifavor B23). Want of money is no error but a
// return that failed.
func (s *Service) Return(ctx context.Context, cmd ReturnCommand) (coupon.SubsidyReturn, error) {
	returned, err := s.giveBack(ctx, cmd)
	if err != nil {
		return coupon.SubsidyReturn{}, fmt.Errorf("return subsidy: %w", err)
	}
	return returned, nil
}

func (s *Service) giveBack(ctx context.Context, cmd ReturnCommand) (coupon.SubsidyReturn, error) {
	stock, err := s.admit(ctx, cmd.Caller, cmd.StockID)
	if err != nil {
		return coupon.SubsidyReturn{}, err
	}
	number := store.RequestKey{Owner: cmd.Caller, Operation: store.OpReturnSubsidy, Number: cmd.OutNo}
	return once.Transaction(ctx, s.config.Store, func(tx store.Tx) (returned coupon.SubsidyReturn, err error) {
		receipt, err := s.open(ctx, tx, coupon.Key{Stock: stock.StockKey, Code: cmd.Code}, number, cmd.content(), func(d *desk) (once.Text, error) {
			if !stock.SubsidizedBy(cmd.Caller) {
				return "", coupon.ErrSubsidyParty
			}
			returned, err = d.giveBack(ctx, cmd)
			return once.Text(returned.ReturnReceiptID), err
		})
		if err == nil && returned.ReturnReceiptID == "" { // it was returned before
			returned, err = tx.SubsidyReturn(ctx, string(receipt))
		}
		return returned, err
	})
}

func (d *desk) giveBack(ctx context.Context, cmd ReturnCommand) (coupon.SubsidyReturn, error) {
	var none coupon.SubsidyReturn
	paid, err := d.payment(ctx, cmd)
	if err != nil {
		return none, err
	}
	if d.order, err = d.tx.LockOrder(ctx, cmd.TransactionID); err != nil {
		return none, err
	}
	if err := d.order.CheckRefund(); err != nil {
		return none, err
	}
	from, to := balanceOf(cmd.Payee), balanceOf(cmd.Payer)
	held, err := d.tx.LockBalances(ctx, from, to)
	if err != nil {
		return none, err
	}
	returned := coupon.SubsidyReturn{
		Key: d.coupon.Key, OutNo: cmd.OutNo, TransactionID: cmd.TransactionID, RefundID: cmd.RefundID,
		Payer: cmd.Payer, Payee: cmd.Payee, Amount: cmd.Amount, Description: cmd.Description,
	}
	if returned.ReturnReceiptID, err = coupon.NewReceiptID(coupon.ReturnReceipt, d.now, d.config.Random); err != nil {
		return none, err
	}
	was := d.coupon.Subsidized
	returned.Settle(&paid, &d.coupon, &d.order, held[from], d.now)
	if err := d.tx.InsertSubsidyReturn(ctx, returned); err != nil {
		return none, err
	}
	if returned.Status == coupon.SubsidySuccess {
		if err := d.tx.UpdateSubsidy(ctx, paid); err != nil {
			return none, err
		}
		if err := d.transfer(ctx, from, to, returned.Amount, store.SubsidyReturnReference(returned.ReturnReceiptID)); err != nil {
			return none, err
		}
	}
	done := deed{"busifavor.subsidy.return", returned.ReturnReceiptID, returned.Amount, string(returned.Status), was}
	return returned, d.close(ctx, cmd.Caller, done)
}

// payment finds what is to go back: of the payments that fit, the first with enough left.
func (d *desk) payment(ctx context.Context, cmd ReturnCommand) (coupon.Subsidy, error) {
	paid, err := d.tx.Subsidies(ctx, store.SubsidyQuery{
		Key: d.coupon.Key, TransactionID: cmd.TransactionID, Payer: cmd.Payer, Payee: cmd.Payee, Paid: true,
	})
	if err != nil {
		return coupon.Subsidy{}, err
	}
	for _, one := range slices.Backward(paid) {
		if one.Rest() >= cmd.Amount {
			return one, nil
		}
	}
	if len(paid) > 0 {
		return coupon.Subsidy{}, coupon.ErrReturnTooMuch
	}
	return coupon.Subsidy{}, coupon.ErrSubsidyMissing
}
