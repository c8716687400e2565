package pay

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/base/planted"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/rule/tally"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/once"
)

// Bounds of refunds (favor 7.2).
const (
	maxRefunds = 50
	refundDays = 365
)

// RefundCommand refunds some or all of a payment.
type RefundCommand struct {
	// Caller needs the permission merchant.PaymentRail.
	Caller        merchant.ID
	TransactionID string
	// RefundID is unique. A repeat returns the first answer.
	RefundID string
	// Amount is in fen of the order's total.
	Amount fen.Fen
	// Goods are the lines of the order that it is for, if that is known. They are for the bills, and divide nothing but
	// the share of a voucher. A refund of everything at once is for all lines.
	Goods []voucher.Goods
}

// content is what a repeat must not change.
func (cmd *RefundCommand) content() store.Content {
	parts := []string{cmd.TransactionID, strconv.FormatInt(int64(cmd.Amount), 10)}
	for _, g := range cmd.Goods {
		parts = append(parts, g.ID, strconv.FormatInt(g.Quantity, 10), strconv.FormatInt(int64(g.Price), 10))
	}
	return store.ContentOf(parts...)
}

// check reports what is wrong with a refund of a payment at now.
func (cmd *RefundCommand) check(p *payment.Payment, now time.Time) error {
	switch {
	case p.Refunds >= maxRefunds:
		return voucher.ErrRefundMany
	case cmd.Amount > p.Total-p.Refunded+fen.Fen(planted.RefundOver.One()):
		return voucher.ErrRefundAmount.At("amount", "")
	case now.After(p.At.AddDate(0, 0, refundDays)):
		return voucher.ErrRefundLate
	}
	paid := cmd.Goods // of a payment without vouchers no lines are kept, as no bill will show any
	if len(p.Vouchers) > 0 {
		paid = p.Vouchers[0].Goods // each has all lines of the order
	}
	return voucher.CheckRefund(cmd.Goods, paid, cmd.Amount)
}

// Refunded is a refund as it is answered. The names are stored: never rename one.
type Refunded struct {
	RefundID string `json:"refund_id"`
	// Seconds is when, since 1970.
	Seconds int64 `json:"at"`
	// Amount is what was asked for; Payer is what the payer gets of it, Discount what goes
	// back for the vouchers.
	Amount   fen.Fen `json:"amount"`
	Payer    fen.Fen `json:"payer"`
	Discount fen.Fen `json:"discount"`
	// Vouchers are the shares of the vouchers.
	Vouchers []payment.PaidVoucher `json:"vouchers"`
	// Whole is true when nothing is left: the vouchers may be used again.
	Whole bool `json:"whole,omitempty"`
}

// At is when the refund was made.
func (r *Refunded) At() time.Time { return time.Unix(r.Seconds, 0) }

// Refund gives money back, and after a full refund the vouchers.
func (s *Service) Refund(ctx context.Context, cmd RefundCommand) (r Refunded, err error) {
	m, err := s.config.Directory.Merchant(ctx, cmd.Caller)
	if err == nil && !m.May(merchant.PaymentRail) {
		err = voucher.ErrNoRail
	}
	if err == nil && cmd.Amount < 1 {
		err = voucher.ErrOrder.At("amount", "")
	}
	if err == nil {
		r, err = once.Transaction(ctx, s.config.Store, func(tx store.Tx) (Refunded, error) { return s.refund(ctx, tx, &cmd) })
	}
	if err != nil {
		return Refunded{}, fmt.Errorf("refund %s: %w", cmd.RefundID, err)
	}
	return r, nil
}

func (s *Service) refund(ctx context.Context, tx store.Tx, cmd *RefundCommand) (Refunded, error) {
	p, err := tx.LockPayment(ctx, cmd.TransactionID)
	if errors.Is(err, store.ErrNotFound) || err == nil && p.Maker != cmd.Caller {
		return Refunded{}, voucher.ErrPaymentUnknown.At("transaction_id", cmd.TransactionID)
	}
	if err != nil {
		return Refunded{}, err
	}
	now := s.config.Clock.For(string(p.Merchant)).Now()
	request := once.Request{
		RequestKey: store.RequestKey{Owner: cmd.Caller, Operation: store.OpRefund, Number: cmd.RefundID},
		Content:    cmd.content(),
		Refused:    voucher.ErrRefundContent.At("refund_id", cmd.RefundID), At: now,
	}
	return once.Settle(ctx, tx, request, func() (Refunded, error) {
		if err := cmd.check(&p, now); err != nil {
			return Refunded{}, err
		}
		r := split(&p, cmd)
		r.Seconds = now.Unix()
		err := s.giveBack(ctx, tx, cmd, &p, &r)
		return r, err
	})
}

// split divides a refund between the payer and the vouchers, in proportion to what each of
// them paid, rounded half up to the fen in favour of the payer; a refund of all that is left
// evens the rounding out (favor 7.2).
func split(p *payment.Payment, cmd *RefundCommand) Refunded {
	paid := p.Total - p.Discount
	r := Refunded{RefundID: cmd.RefundID, Amount: cmd.Amount, Whole: p.Refunded+cmd.Amount == p.Total}
	if r.Whole {
		r.Payer = paid - (p.Refunded - p.RefundedDiscount)
	} else {
		r.Payer = min((2*cmd.Amount*paid+p.Total)/(2*p.Total), paid-(p.Refunded-p.RefundedDiscount))
		r.Payer = max(r.Payer, cmd.Amount-(p.Discount-p.RefundedDiscount))
	}
	r.Discount = cmd.Amount - r.Payer
	before, after := shares(p, p.RefundedDiscount), shares(p, p.RefundedDiscount+r.Discount)
	for i, v := range p.Vouchers {
		v.Discount = after[i] - before[i]
		if len(cmd.Goods) > 0 || cmd.Amount < p.Total {
			v.Goods = voucher.ShareRefund(cmd.Goods, v.Goods, v.Discount)
		}
		r.Vouchers = append(r.Vouchers, v)
	}
	return r
}

// shares divides what of the discount went back over the vouchers, in proportion; the last
// one gets the rest.
func shares(p *payment.Payment, back fen.Fen) []fen.Fen {
	list := make([]fen.Fen, len(p.Vouchers))
	left := back
	for i, v := range p.Vouchers {
		if p.Discount > 0 {
			list[i] = back * v.Discount / p.Discount
		}
		left -= list[i]
	}
	if len(list) > 0 {
		list[len(list)-1] += left
	}
	return list
}

// giveBack writes a refund: the vouchers of a payment that is wholly refunded, the money of
// pre-funded ones, the lines of the bills.
func (s *Service) giveBack(ctx context.Context, tx store.Tx, cmd *RefundCommand, p *payment.Payment, r *Refunded) error {
	var sheet tally.Sheet
	if r.Whole && !planted.RefundVoucher.In() {
		if err := s.restore(ctx, tx, p, &sheet); err != nil {
			return err
		}
	}
	if err := unfund(ctx, tx, p, r); err != nil {
		return err
	}
	refunded := p.Refunded
	p.Refunded += r.Amount
	p.RefundedDiscount += r.Discount
	p.Refunds++
	var flows []payment.Flow
	var audit []store.AuditEntry
	for _, v := range r.Vouchers {
		key := voucher.StockKey{Creator: v.Creator, ID: v.Stock}
		at := s.config.Clock.For(string(v.Creator)).Now()
		flows = append(flows, payment.Flow{
			Stock: key, Kind: payment.FlowRefund, At: at, Voucher: v.ID, TransactionID: p.TransactionID, RefundID: r.RefundID,
			Merchant: p.Merchant, Discount: v.Discount, Total: r.Amount, Goods: v.Goods, Facts: p.Facts,
		})
		sheet.Refunded(key, v.Discount, at)
		audit = append(audit, store.AuditEntry{
			Owner: v.Creator, At: at, Actor: string(cmd.Caller), Action: "rail.payments.refund",
			Object: "voucher-stock/" + string(v.Stock) + "/voucher/" + string(v.ID),
			Before: fmt.Sprintf(`{"refunded":%d}`, refunded),
			After: fmt.Sprintf(`{"amount":%d,"discount":%d,"refund_id":%q,"refunded":%d,"transaction_id":%q}`,
				r.Amount, v.Discount, r.RefundID, p.Refunded, p.TransactionID),
		})
	}
	return store.InOrder(
		func() error { return tx.UpdatePayment(ctx, *p) },
		func() error { return tx.InsertFlows(ctx, flows) },
		func() error { return tx.AppendAudit(ctx, audit) },
		func() error { return tx.AddTallies(ctx, &sheet) },
	)
}

// restore lets vouchers be used again that this payment used.
func (s *Service) restore(ctx context.Context, tx store.Tx, p *payment.Payment, sheet *tally.Sheet) error {
	keys := make([]store.VoucherKey, len(p.Vouchers))
	for i, v := range p.Vouchers {
		keys[i] = store.VoucherKey{Stock: voucher.StockKey{Creator: v.Creator, ID: v.Stock}, ID: v.ID}
	}
	locked, err := tx.LockVouchers(ctx, keys)
	if err != nil {
		return err
	}
	var back []voucher.Voucher
	for _, key := range keys {
		if v := locked[key.ID]; v.Use.TransactionID == p.TransactionID {
			v.GiveBack()
			sheet.Voucher(tally.Returned, &v, s.config.Clock.For(string(v.Stock.Creator)).Now())
			back = append(back, v)
		}
	}
	return tx.UpdateVouchers(ctx, back)
}

// unfund moves the shares of pre-funded vouchers back into the budgets of their stocks, or
// to the creator once a budget was released (favor 6.1, inferred).
func unfund(ctx context.Context, tx store.Tx, p *payment.Payment, r *Refunded) error {
	amounts := map[voucher.StockKey]fen.Fen{}
	for _, v := range r.Vouchers {
		if v.Funded && v.Discount > 0 && !planted.RefundBudget.In() {
			amounts[voucher.StockKey{Creator: v.Creator, ID: v.Stock}] += v.Discount
		}
	}
	var transfers []payment.Transfer
	for _, key := range sorted(amounts) {
		to := payment.LockedAccount(key)
		if _, err := tx.LockBudget(ctx, key); errors.Is(err, store.ErrNotFound) {
			to = payment.Account{Owner: key.Creator, Name: payment.AccountBalance}
		} else if err != nil {
			return err
		}
		transfers = append(transfers, payment.Transfer{
			From: payment.Account{Owner: p.Merchant, Name: payment.AccountSettlement}, To: to, Amount: amounts[key],
			Reference: "refund/" + r.RefundID, At: r.At(),
		})
	}
	return post(ctx, tx, transfers)
}
