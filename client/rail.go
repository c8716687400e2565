package client

import (
	"context"

	"github.com/favord/favord/wire/rail"
)

// Rail calls the payment rail: what the payment system of a wallet does with cash vouchers. It
// is Favord's own; the real service has no such calls.
type Rail struct{ client *Client }

// Rail returns the operations of the payment rail.
func (c *Client) Rail() Rail { return Rail{client: c} }

// Quote tells what a user's vouchers do for an order. It changes nothing.
func (r Rail) Quote(ctx context.Context, req *rail.QuoteRequest) (*rail.Quote, error) {
	return invoke[rail.Quote](ctx, r.client, rail.MakeQuote, req)
}

// Pay consumes vouchers with a payment. A repeat with the same TransactionID and content
// returns the first answer.
func (r Rail) Pay(ctx context.Context, req *rail.PayRequest) (*rail.Payment, error) {
	return invoke[rail.Payment](ctx, r.client, rail.Pay, req)
}

// GetPayment returns a payment and how much of it was refunded.
func (r Rail) GetPayment(ctx context.Context, req *rail.GetPaymentRequest) (*rail.Payment, error) {
	return invoke[rail.Payment](ctx, r.client, rail.GetPayment, req)
}

// Refund refunds some or all of a payment. A repeat with the same RefundID returns the first
// answer.
func (r Rail) Refund(ctx context.Context, req *rail.RefundRequest) (*rail.Refund, error) {
	return invoke[rail.Refund](ctx, r.client, rail.MakeRefund, req)
}
