package client

import (
	"context"

	"github.com/favord/favord/wire/favor"
)

// UseFlow says where the bill of all consumed vouchers of a stock is, from ten o'clock on the
// day after the stock's end. [Client.Download] fetches it, within 30 seconds.
func (f Favor) UseFlow(ctx context.Context, req *favor.FlowRequest) (*favor.FlowResponse, error) {
	return invoke[favor.FlowResponse](ctx, f.client, favor.UseFlow, req)
}

// RefundFlow says where the bill of all refunds of a stock is, as UseFlow does.
func (f Favor) RefundFlow(ctx context.Context, req *favor.FlowRequest) (*favor.FlowResponse, error) {
	return invoke[favor.FlowResponse](ctx, f.client, favor.RefundFlow, req)
}

// UseFlowByDay says where the bill of the vouchers is that were consumed on a day, from ten
// o'clock on the next.
func (f Favor) UseFlowByDay(ctx context.Context, req *favor.FlowByDayRequest) (*favor.UseFlowByDayResponse, error) {
	return invoke[favor.UseFlowByDayResponse](ctx, f.client, favor.UseFlowByDay, req)
}

// RefundFlowByDay says where the bill of a day's refunds is, as UseFlowByDay does.
func (f Favor) RefundFlowByDay(ctx context.Context, req *favor.FlowByDayRequest) (*favor.RefundFlowByDayResponse, error) {
	return invoke[favor.RefundFlowByDayResponse](ctx, f.client, favor.RefundFlowByDay, req)
}
