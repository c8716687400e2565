package client

import (
	"context"

	"github.com/favord/favord/wire/busifavor"
)

// SendCard gives a consumption card to a user. A repeat with the same OutRequestNo and
// SendTime returns the same code.
func (b BusiFavor) SendCard(ctx context.Context, req *busifavor.SendCardRequest) (*busifavor.SendCardResponse, error) {
	return invoke[busifavor.SendCardResponse](ctx, b.client, busifavor.SendCard, req)
}

// PaySubsidy pays a subsidy. An answer may say that the payment failed: look at its Status.
// A repeat with the same OutSubsidyNo and content returns the payment as it stands.
func (b BusiFavor) PaySubsidy(ctx context.Context, req *busifavor.PaySubsidyRequest) (*busifavor.SubsidyReceipt, error) {
	return invoke[busifavor.SubsidyReceipt](ctx, b.client, busifavor.PaySubsidy, req)
}

// ListSubsidies returns the payments for a coupon, those that failed among them.
func (b BusiFavor) ListSubsidies(ctx context.Context, req *busifavor.ListSubsidiesRequest) (*busifavor.ListSubsidiesResponse, error) {
	return invoke[busifavor.ListSubsidiesResponse](ctx, b.client, busifavor.ListSubsidies, req)
}

// GetSubsidy returns a payment that succeeded.
func (b BusiFavor) GetSubsidy(ctx context.Context, req *busifavor.GetSubsidyRequest) (*busifavor.SubsidyReceipt, error) {
	return invoke[busifavor.SubsidyReceipt](ctx, b.client, busifavor.GetSubsidy, req)
}

// ReturnSubsidy pays a subsidy back, or a part of it. An answer may say that the return
// failed: look at its Status. A repeat with the same OutSubsidyReturnNo and content returns
// the first answer.
func (b BusiFavor) ReturnSubsidy(ctx context.Context, req *busifavor.ReturnSubsidyRequest) (*busifavor.SubsidyReturnReceipt, error) {
	return invoke[busifavor.SubsidyReturnReceipt](ctx, b.client, busifavor.ReturnSubsidy, req)
}

// GetSubsidyReturn returns a return that succeeded.
func (b BusiFavor) GetSubsidyReturn(ctx context.Context, req *busifavor.GetSubsidyReturnRequest) (*busifavor.SubsidyReturnReceipt, error) {
	return invoke[busifavor.SubsidyReturnReceipt](ctx, b.client, busifavor.GetSubsidyReturn, req)
}
