// Package subsidy has merchants refund each other the discounts of redeemed coupons, and
// take such payments back. Caps and statuses are rules of package coupon; the money is that
// of the ledger, which package ledger fills.
package subsidy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/platform/directory"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/rule/trail"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/once"
)

// Config is what a Service needs.
type Config struct {
	Store     store.Store
	Directory *directory.Directory
	// Clock is business time.
	Clock clock.Business
	// Random is where receipt ids come from.
	Random io.Reader
	// Orders says what happens to orders that nobody reported.
	Orders coupon.OrderPolicy
}

// Service pays and returns subsidies. It is safe for concurrent use.
type Service struct{ config Config }

// New returns a service.
func New(c Config) *Service { return &Service{c} }

// PayCommand asks to pay a subsidy.
type PayCommand struct {
	Caller        merchant.ID
	StockID       coupon.StockID
	Code          coupon.Code
	TransactionID string
	// Payer is debited, Payee credited.
	Payer, Payee merchant.ID
	// Amount is 1 to coupon.MaxSubsidy fen.
	Amount      fen.Fen
	Description string
	// OutNo is unique for the caller. A repeat returns the payment as it stands by then.
	OutNo string
}

func (cmd *PayCommand) content() store.Content {
	return store.ContentOf(string(cmd.StockID), string(cmd.Code), cmd.TransactionID, string(cmd.Payer), string(cmd.Payee),
		strconv.FormatInt(int64(cmd.Amount), 10), cmd.Description)
}

// Pay transfers a subsidy at once (busifavor B20). A transfer that is refused for want of
// money, or by a cap, is no error but a payment that failed.
func (s *Service) Pay(ctx context.Context, cmd PayCommand) (coupon.Subsidy, error) {
	paid, err := s.pay(ctx, cmd)
	if err != nil {
		return coupon.Subsidy{}, fmt.Errorf("pay subsidy: %w", err)
	}
	return paid, nil
}

func (s *Service) pay(ctx context.Context, cmd PayCommand) (coupon.Subsidy, error) {
	stock, err := s.admit(ctx, cmd.Caller, cmd.StockID)
	if err != nil {
		return coupon.Subsidy{}, err
	}
	number := store.RequestKey{Owner: cmd.Caller, Operation: store.OpPaySubsidy, Number: cmd.OutNo}
	return once.Transaction(ctx, s.config.Store, func(tx store.Tx) (paid coupon.Subsidy, err error) {
		receipt, err := s.open(ctx, tx, coupon.Key{Stock: stock.StockKey, Code: cmd.Code}, number, cmd.content(), func(d *desk) (once.Text, error) {
			paid, err = d.pay(ctx, cmd, &stock)
			return once.Text(paid.ReceiptID), err
		})
		if err == nil && paid.ReceiptID == "" { // it was paid before
			paid, err = tx.Subsidy(ctx, string(receipt))
		}
		return paid, err
	})
}

// admit checks what does not change: whether the caller may use the calls at all, and which
// stock it names.
func (s *Service) admit(ctx context.Context, caller merchant.ID, id coupon.StockID) (coupon.Stock, error) {
	m, err := s.config.Directory.Merchant(ctx, caller)
	if err != nil {
		return coupon.Stock{}, err
	}
	if !m.May(merchant.PaySubsidies) {
		return coupon.Stock{}, coupon.ErrSubsidyPermission
	}
	stock, err := s.config.Directory.Stock(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return coupon.Stock{}, coupon.ErrSubsidyMissing
	}
	return stock, err
}

// desk is where one payment or return is decided: a transaction that has locked the coupon,
// and then locks the order and the accounts.
type desk struct {
	*Service
	tx     store.Tx
	now    time.Time
	coupon coupon.Coupon
	order  coupon.Order
}

// open locks the coupon, and has decide pay or return unless the number did so before. It
// returns the receipt.
func (s *Service) open(ctx context.Context, tx store.Tx, key coupon.Key, number store.RequestKey, content store.Content, decide func(d *desk) (once.Text, error)) (once.Text, error) {
	c, missing := tx.LockCoupon(ctx, key)
	if missing != nil && !errors.Is(missing, store.ErrNotFound) {
		return "", missing
	}
	now := s.config.Clock.For(string(key.Stock.Creator)).Now()
	request := once.Request{RequestKey: number, Content: content, Refused: coupon.ErrSubsidyContent, At: now}
	return once.Settle(ctx, tx, request, func() (once.Text, error) {
		if missing != nil {
			return "", coupon.ErrSubsidyMissing
		}
		return decide(&desk{Service: s, tx: tx, now: now, coupon: c})
	})
}

// pay follows the order of checks of busifavor 8.4: permission, then what the coupon and
// the order allow, and last the transfer.
func (d *desk) pay(ctx context.Context, cmd PayCommand, stock *coupon.Stock) (coupon.Subsidy, error) {
	var none coupon.Subsidy
	if err := d.checkParties(ctx, cmd, stock); err != nil {
		return none, err
	}
	if err := d.coupon.CheckSubsidy(cmd.TransactionID); err != nil {
		return none, err
	}
	if err := d.lockOrder(ctx, cmd); err != nil {
		return none, err
	}
	most, eligible := stock.SubsidyCap(d.order.Amount)
	if !eligible {
		return none, coupon.ErrSubsidyType
	}
	from, to := balanceOf(cmd.Payer), balanceOf(cmd.Payee)
	held, err := d.tx.LockBalances(ctx, from, to)
	if err != nil {
		return none, err
	}
	paid := coupon.Subsidy{
		Key: d.coupon.Key, OutNo: cmd.OutNo, TransactionID: cmd.TransactionID, Payer: cmd.Payer, Payee: cmd.Payee,
		Amount: cmd.Amount, Description: cmd.Description,
	}
	if paid.ReceiptID, err = coupon.NewReceiptID(coupon.PaymentReceipt, d.now, d.config.Random); err != nil {
		return none, err
	}
	was := d.coupon.Subsidized
	paid.Settle(&d.coupon, &d.order, most, held[from], d.now)
	if err := d.tx.InsertSubsidy(ctx, paid); err != nil {
		return none, err
	}
	if paid.Status == coupon.SubsidySuccess {
		if err := d.transfer(ctx, from, to, paid.Amount, store.SubsidyReference(paid.ReceiptID)); err != nil {
			return none, err
		}
	}
	return paid, d.close(ctx, cmd.Caller, deed{"busifavor.subsidy.pay", paid.ReceiptID, paid.Amount, string(paid.Status), was})
}

func balanceOf(m merchant.ID) payment.Account {
	return payment.Account{Owner: m, Name: payment.AccountBalance}
}

// checkParties asks whether the caller may debit the payer, and the payer pay the payee.
func (d *desk) checkParties(ctx context.Context, cmd PayCommand, stock *coupon.Stock) error {
	if cmd.Payer == cmd.Payee || !stock.PayableBy(cmd.Caller, cmd.Payer) {
		return coupon.ErrSubsidyParty
	}
	if cmd.Payee == stock.Belong {
		return nil
	}
	related, err := d.tx.SameBrand(ctx, stock.Belong, cmd.Payee)
	if err == nil && !related {
		err = coupon.ErrSubsidyParty
	}
	return err
}

// lockOrder locks the order, which the payee must have collected. One that nobody reported
// counts as reported if the policy says so.
func (d *desk) lockOrder(ctx context.Context, cmd PayCommand) (err error) {
	if d.config.Orders.TakeAny {
		assumed := coupon.Order{Merchant: cmd.Payee, TransactionID: cmd.TransactionID, ProfitSharing: true}
		if d.coupon.Use.TransactionID == cmd.TransactionID {
			assumed.OutTradeNo = d.coupon.Use.OutTradeNo
		}
		if err := d.tx.InsertOrder(ctx, assumed); err != nil {
			return err
		}
	}
	d.order, err = d.tx.LockOrder(ctx, cmd.TransactionID)
	if errors.Is(err, store.ErrNotFound) || err == nil && d.order.Merchant != cmd.Payee {
		return coupon.ErrSubsidyMissing
	}
	return err
}

// transfer moves the money and writes down what coupon and order count.
func (d *desk) transfer(ctx context.Context, from, to payment.Account, amount fen.Fen, reference string) error {
	if err := d.tx.Post(ctx, payment.Transfer{From: from, To: to, Amount: amount, Reference: reference, At: d.now}); err != nil {
		return err
	}
	if err := d.tx.UpdateCoupons(ctx, d.coupon); err != nil {
		return err
	}
	return d.tx.UpdateOrder(ctx, d.order)
}

// deed is what the audit says of a payment or a return. before is what the coupon was subsidized with
// until then.
type deed struct {
	action, receipt string
	amount          fen.Fen
	status          string
	before          fen.Fen
}

// close writes down who asked.
func (d *desk) close(ctx context.Context, caller merchant.ID, done deed) error {
	before, after := trail.Between(map[string]any{"subsidized": done.before}, map[string]any{
		"subsidized": d.coupon.Subsidized, "amount": done.amount, "status": done.status, "transaction_id": d.order.TransactionID,
	})
	return d.tx.AppendAudit(ctx, []store.AuditEntry{{
		Owner: d.coupon.Stock.Creator, At: d.now, Actor: string(caller), Action: done.action, Before: before, After: after,
		Object: "stock/" + string(d.coupon.Stock.ID) + "/coupon/" + string(d.coupon.Code) + "/subsidy/" + done.receipt,
	}})
}
