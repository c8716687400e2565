package pay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// ConsumeCommand pays an order with vouchers.
type ConsumeCommand struct {
	// Caller needs the permission merchant.PaymentRail.
	Caller merchant.ID
	Payer  Payer
	Order  voucher.Order
	// TransactionID is unique. A repeat returns the first answer.
	TransactionID string
	// Vouchers are those to consume, all of them or none; without any, those that
	// together take most off.
	Vouchers []voucher.ID
	Facts    payment.Facts
}

// Combine says that the payment was made together with others.
func (cmd *ConsumeCommand) Combine(transactionID string, discount, total fen.Fen) {
	cmd.Facts.Combined = &payment.Combined{TransactionID: transactionID, Discount: discount, Total: total}
}

// Paid is a payment as it is answered.
type Paid struct {
	TransactionID   string
	At              time.Time
	Total, Discount fen.Fen
	Vouchers        []PaidVoucher
}

// PaidVoucher is a voucher that a payment consumed.
type PaidVoucher struct {
	ID         voucher.ID
	StockID    voucher.StockID
	Name       string
	Discount   fen.Fen
	Funded     bool
	SingleItem bool
	Goods      []voucher.Goods
}

// Consume spends vouchers on a payment: what is asked for at the same time is decided in batches.
func (s *Service) Consume(ctx context.Context, cmd ConsumeCommand) (paid Paid, err error) {
	if err = s.admit(ctx, cmd.Caller, &cmd.Order); err == nil {
		paid, err = s.settle(ctx, &cmd)
	}
	if err != nil {
		return Paid{}, fmt.Errorf("consume by %s: %w", cmd.TransactionID, err)
	}
	return paid, nil
}

// choices is how often the best vouchers are chosen again because somebody else took one
// meanwhile.
const choices = 5

// settle has a command decided. Where it names no vouchers the best ones are chosen, and chosen
// again when one of them was taken meanwhile.
func (s *Service) settle(ctx context.Context, cmd *ConsumeCommand) (Paid, error) {
	content, err := cmd.content()
	if err != nil {
		return Paid{}, err
	}
	c := claim{cmd: cmd, content: content, ids: cmd.Vouchers}
	for tries := 1; ; tries++ {
		if len(cmd.Vouchers) == 0 {
			if c.ids, err = s.best(ctx, cmd); err != nil {
				return Paid{}, err
			}
		}
		c.choosing = len(cmd.Vouchers) == 0 && tries < choices
		got, err := s.ask(ctx, c)
		if err != nil || !got.taken {
			return got.paid, errors.Join(err, got.err)
		}
	}
}

// best chooses the vouchers that together take most off.
func (s *Service) best(ctx context.Context, cmd *ConsumeCommand) (ids []voucher.ID, err error) {
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		quote, err := s.quote(ctx, tx, cmd.Payer, &cmd.Order)
		ids = quote.Best
		return err
	})
	return ids, err
}

// content is what a repeat must not change.
func (cmd *ConsumeCommand) content() (store.Content, error) {
	text, err := json.Marshal(struct {
		Payer    Payer
		Order    voucher.Order
		Vouchers []voucher.ID
		Facts    payment.Facts
	}{cmd.Payer, cmd.Order, cmd.Vouchers, cmd.Facts})
	if err != nil {
		return store.Content{}, fmt.Errorf("encode payment: %w", err)
	}
	return store.ContentOf(string(text)), nil
}
