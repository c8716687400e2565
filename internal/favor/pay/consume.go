package pay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/rule/tally"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/once"
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

// PaidVoucher is a voucher that a payment consumed. The names are stored: never rename one.
type PaidVoucher struct {
	ID         voucher.ID      `json:"id"`
	StockID    voucher.StockID `json:"stock_id"`
	Name       string          `json:"name"`
	Discount   fen.Fen         `json:"discount"`
	Funded     bool            `json:"funded,omitempty"`
	SingleItem bool            `json:"single_item,omitempty"`
	Goods      []voucher.Goods `json:"goods,omitempty"`
}

// paidAnswer is the stored form of Paid: never rename a field.
type paidAnswer struct {
	At       int64         `json:"at"`
	Total    fen.Fen       `json:"total"`
	Discount fen.Fen       `json:"discount"`
	Vouchers []PaidVoucher `json:"vouchers"`
}

// Consume spends vouchers on a payment, in one transaction.
func (s *Service) Consume(ctx context.Context, cmd ConsumeCommand) (Paid, error) {
	if err := s.admit(ctx, cmd.Caller, &cmd.Order); err != nil {
		return Paid{}, fmt.Errorf("consume: %w", err)
	}
	a, err := once.Transaction(ctx, s.config.Store, func(tx store.Tx) (paidAnswer, error) {
		return s.consume(ctx, tx, &cmd)
	})
	if err != nil {
		return Paid{}, fmt.Errorf("consume by %s: %w", cmd.TransactionID, err)
	}
	return Paid{TransactionID: cmd.TransactionID, At: time.Unix(a.At, 0), Total: a.Total, Discount: a.Discount, Vouchers: a.Vouchers}, nil
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

// consume locks the vouchers before it looks for a repeat: two calls with one number wait
// for each other there, unless they name other vouchers, or none are left.
func (s *Service) consume(ctx context.Context, tx store.Tx, cmd *ConsumeCommand) (paidAnswer, error) {
	content, err := cmd.content()
	if err != nil {
		return paidAnswer{}, err
	}
	ids, locked, err := s.lock(ctx, tx, cmd)
	if err != nil {
		return paidAnswer{}, err
	}
	request := once.Request{
		RequestKey: store.RequestKey{Owner: cmd.Caller, Operation: store.OpConsume, Number: cmd.TransactionID},
		Content:    content, Refused: voucher.ErrPaymentContent.At("transaction_id", cmd.TransactionID),
		At: s.config.Clock.For(string(cmd.Order.Merchant)).Now(),
	}
	return once.Settle(ctx, tx, request, func() (paidAnswer, error) {
		switch _, err := tx.Payment(ctx, cmd.TransactionID); {
		case err == nil: // another caller's
			return paidAnswer{}, request.Refused
		case !errors.Is(err, store.ErrNotFound):
			return paidAnswer{}, err
		}
		return s.pay(ctx, tx, &sheet{cmd: cmd, at: request.At}, ids, locked)
	})
}

// choices is how often the best vouchers are chosen again because somebody else took one
// meanwhile.
const choices = 5

// lock locks the vouchers of a command: those that it names, or the best ones.
func (s *Service) lock(ctx context.Context, tx store.Tx, cmd *ConsumeCommand) (ids []voucher.ID, locked map[voucher.ID]voucher.Voucher, err error) {
	if len(cmd.Vouchers) > 0 {
		locked, err = tx.LockVouchers(ctx, cmd.Vouchers)
		return cmd.Vouchers, locked, err
	}
	for range choices {
		quote, err := s.quote(ctx, tx, cmd.Payer, &cmd.Order)
		if err != nil {
			return nil, nil, err
		}
		ids = quote.Best
		if locked, err = tx.LockVouchers(ctx, ids); err != nil {
			return nil, nil, err
		}
		if !slices.ContainsFunc(ids, func(id voucher.ID) bool { return locked[id].State != voucher.StateSent }) {
			break
		}
	}
	return ids, locked, nil
}

// sheet is a payment that is being made.
type sheet struct {
	cmd      *ConsumeCommand
	at       time.Time
	paid     paidAnswer
	payment  payment.Payment
	vouchers []voucher.Voucher
	flows    []payment.Flow
	events   []delivery.Event
	audit    []store.AuditEntry
}

// pay consumes locked vouchers: all of them, or none.
func (s *Service) pay(ctx context.Context, tx store.Tx, sh *sheet, ids []voucher.ID, locked map[voucher.ID]voucher.Voucher) (paidAnswer, error) {
	cmd := sh.cmd
	holder, err := s.config.Users.Resolve(ctx, tx, cmd.Payer.AppID, cmd.Payer.OpenID)
	if err != nil {
		return paidAnswer{}, err
	}
	var stocks []voucher.Stock
	for _, id := range ids {
		v, found := locked[id]
		if !found || v.Holder != holder.ID {
			return paidAnswer{}, voucher.ErrNotFound.At("coupon_ids", string(id))
		}
		stock, err := tx.VoucherStock(ctx, v.Stock.ID)
		if err != nil {
			return paidAnswer{}, err
		}
		if misfit := v.Consume(&stock, &cmd.Order, cmd.TransactionID, s.now(&stock)); misfit != voucher.NoMisfit {
			return paidAnswer{}, misfit.Fault().At("coupon_ids", string(id))
		}
		if err := sh.add(v, &stock); err != nil {
			return paidAnswer{}, err
		}
		stocks = append(stocks, stock)
	}
	if !voucher.Combines(stocks) || sh.paid.Discount > cmd.Order.Total {
		return paidAnswer{}, voucher.MisfitCombination.Fault()
	}
	if err := fund(ctx, tx, sh); err != nil {
		return paidAnswer{}, err
	}
	sh.paid.At, sh.paid.Total = sh.at.Unix(), cmd.Order.Total
	return sh.paid, sh.write(ctx, tx)
}

// add puts a consumed voucher on the sheet.
func (sh *sheet) add(v voucher.Voucher, stock *voucher.Stock) error {
	sh.vouchers = append(sh.vouchers, v)
	sh.paid.Discount += v.Use.Discount
	sh.paid.Vouchers = append(sh.paid.Vouchers, PaidVoucher{
		ID: v.ID, StockID: stock.ID, Name: stock.Name, Discount: v.Use.Discount,
		Funded: !stock.NoCash, SingleItem: stock.SingleItem(), Goods: v.Use.Goods,
	})
	sh.payment.Vouchers = append(sh.payment.Vouchers, payment.PaidVoucher{
		ID: v.ID, Creator: stock.Creator, Stock: stock.ID, Discount: v.Use.Discount, Funded: !stock.NoCash,
		Name: stock.Name, SingleItem: stock.SingleItem(), Goods: v.Use.Goods,
	})
	sh.flows = append(sh.flows, payment.Flow{
		Stock: stock.StockKey, Kind: payment.FlowUse, At: v.Use.At, Voucher: v.ID, TransactionID: sh.cmd.TransactionID,
		Merchant: sh.cmd.Order.Merchant, Discount: v.Use.Discount, Total: sh.cmd.Order.Total, Goods: v.Use.Goods, Facts: sh.cmd.Facts,
	})
	sh.audit = append(sh.audit, store.AuditEntry{
		Owner: stock.Creator, At: v.Use.At, Actor: string(sh.cmd.Caller), Action: "rail.payments.consume",
		Object: "voucher-stock/" + string(stock.ID) + "/voucher/" + string(v.ID),
	})
	event, err := delivery.NewEvent(stock.Creator, v.Use.At, delivery.NewVoucherUsed(&v, stock), string(v.ID), v.Use.TransactionID)
	sh.events = append(sh.events, event)
	return err
}

// write stores the payment with everything that follows from it.
func (sh *sheet) write(ctx context.Context, tx store.Tx) error {
	cmd := sh.cmd
	sh.payment.Maker = cmd.Caller
	sh.payment.Merchant, sh.payment.TransactionID, sh.payment.At = cmd.Order.Merchant, cmd.TransactionID, sh.at
	sh.payment.Total, sh.payment.Discount, sh.payment.Facts = cmd.Order.Total, sh.paid.Discount, cmd.Facts
	for _, v := range sh.vouchers {
		if err := tx.UpdateVoucher(ctx, v); err != nil {
			return err
		}
	}
	return store.InOrder(
		func() error { return tx.InsertPayment(ctx, sh.payment) },
		func() error { return tx.InsertFlows(ctx, sh.flows) },
		func() error { return tx.AppendEvents(ctx, sh.events) },
		func() error { return tx.AppendAudit(ctx, sh.audit) },
		func() error { return tx.AddTallies(ctx, tally.OfConsumed(sh.vouchers)) },
	)
}
