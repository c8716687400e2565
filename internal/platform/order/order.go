// Package order keeps the paid orders that a payment system reports: subsidies need to know
// that an order was paid, marked for profit sharing, and perhaps refunded; and associating
// an order with a coupon, that it exists. It owns no payment.
package order

import (
	"context"
	"errors"
	"fmt"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/trail"
	"github.com/favord/favord/internal/store"
)

// Config is what a Service needs.
type Config struct {
	Store store.Store
	// Clock is business time.
	Clock clock.Business
}

// Service keeps orders. It is safe for concurrent use.
type Service struct{ config Config }

// New returns a service.
func New(c Config) *Service { return &Service{c} }

// Refusals of a report.
var (
	ErrNoMerchant = fault.New(fault.NotFound,
		"商户号不存在", "The merchant does not exist.")
	ErrForeign = fault.New(fault.Exists,
		"该微信支付订单号属于其他商户", "The transaction_id is that of another merchant's order.")
	ErrRefund = fault.New(fault.Invalid,
		"退款金额不能大于订单金额", "More was refunded than was paid.").At("refunded", "")
	ErrNotFound = fault.New(fault.NotFound,
		"查询的资源不存在", "No such order has been reported.")
)

// ReportCommand says what is known about a paid order.
type ReportCommand struct {
	Merchant      merchant.ID
	TransactionID string
	OutTradeNo    string
	// Amount is what the user paid, at least 1 fen; Refunded how much of it went back.
	Amount, Refunded fen.Fen
	ProfitSharing    bool
	// Actor is who reports, for the audit trail.
	Actor string
}

// Report notes a paid order, or what became of one: the last report wins. Subsidies that it
// got count on.
func (s *Service) Report(ctx context.Context, cmd ReportCommand) (coupon.Order, error) {
	if cmd.Refunded > cmd.Amount {
		return coupon.Order{}, ErrRefund
	}
	var reported coupon.Order
	err := s.config.Store.Write(ctx, func(tx store.Tx) (err error) {
		reported, err = s.report(ctx, tx, cmd)
		return err
	})
	if err != nil {
		return coupon.Order{}, fmt.Errorf("report order: %w", err)
	}
	return reported, nil
}

func (s *Service) report(ctx context.Context, tx store.Tx, cmd ReportCommand) (coupon.Order, error) {
	var none coupon.Order
	if _, err := tx.Merchant(ctx, cmd.Merchant); errors.Is(err, store.ErrNotFound) {
		return none, ErrNoMerchant.At("mchid", string(cmd.Merchant))
	} else if err != nil {
		return none, err
	}
	if err := tx.InsertOrder(ctx, coupon.Order{Merchant: cmd.Merchant, TransactionID: cmd.TransactionID}); err != nil {
		return none, err
	}
	o, err := tx.LockOrder(ctx, cmd.TransactionID)
	switch {
	case err != nil:
		return none, err
	case o.Merchant != cmd.Merchant:
		return none, ErrForeign.At("transaction_id", cmd.TransactionID)
	}
	was := o
	o.OutTradeNo, o.Amount, o.Refunded, o.ProfitSharing = cmd.OutTradeNo, cmd.Amount, cmd.Refunded, cmd.ProfitSharing
	if err := tx.UpdateOrder(ctx, o); err != nil {
		return none, err
	}
	before, after := trail.Between(said(&was), said(&o))
	return o, tx.AppendAudit(ctx, []store.AuditEntry{{
		Owner: cmd.Merchant, At: s.config.Clock.For(string(cmd.Merchant)).Now(), Actor: cmd.Actor,
		Action: "manage.orders.report", Object: "order/" + cmd.TransactionID, Before: before, After: after,
	}})
}

// said is what the audit says about an order.
func said(o *coupon.Order) any {
	return struct {
		OutTradeNo    string  `json:"out_trade_no"`
		Amount        fen.Fen `json:"amount"`
		Refunded      fen.Fen `json:"refunded"`
		ProfitSharing bool    `json:"profit_sharing"`
	}{o.OutTradeNo, o.Amount, o.Refunded, o.ProfitSharing}
}

// Show returns what is known about an order.
func (s *Service) Show(ctx context.Context, transactionID string) (o coupon.Order, err error) {
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) (err error) {
		o, err = tx.Order(ctx, transactionID)
		if errors.Is(err, store.ErrNotFound) {
			err = ErrNotFound.At("transaction_id", transactionID)
		}
		return err
	})
	if err != nil {
		return coupon.Order{}, fmt.Errorf("order: %w", err)
	}
	return o, nil
}
