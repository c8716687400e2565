package client

import (
	"context"

	"github.com/favord/favord/wire/manage"
)

// Deliveries lists what a merchant was told, the newest first.
func (m *Management) Deliveries(ctx context.Context, req *manage.ListDeliveriesRequest) (*manage.ListDeliveriesResponse, error) {
	return managed[manage.ListDeliveriesResponse](ctx, m, manage.ListDeliveries, req)
}

// Delivery returns a delivery with its attempts.
func (m *Management) Delivery(ctx context.Context, req *manage.GetDeliveryRequest) (*manage.GetDeliveryResponse, error) {
	return managed[manage.GetDeliveryResponse](ctx, m, manage.GetDelivery, req)
}

// ResendDeliveries has events delivered again, signed anew.
func (m *Management) ResendDeliveries(ctx context.Context, req *manage.ResendDeliveriesRequest) (*manage.ResendDeliveriesResponse, error) {
	return managed[manage.ResendDeliveriesResponse](ctx, m, manage.ResendDeliveries, req)
}

// Synthesize sends a merchant of a sandbox one notification that nothing stands behind.
func (m *Management) Synthesize(ctx context.Context, req *manage.SynthesizeRequest) (*manage.SynthesizeResponse, error) {
	return managed[manage.SynthesizeResponse](ctx, m, manage.SynthesizeNotification, req)
}
