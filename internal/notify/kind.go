package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/favord/favord/internal/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/wire/notify"
	"github.com/favord/favord/wire/schema"
)

// errPayload reports an event whose payload is not what its kind says.
var errPayload = errors.New("notify: the event has no payload of its kind")

// kind is how events of a kind are told.
type kind struct {
	// product says which of a merchant's callbacks is told.
	product  merchant.Product
	schedule schedule
	// envelope is what all envelopes of the kind have in common.
	envelope notify.Kind
	// resource returns the JSON that is sealed.
	resource func(ctx context.Context, c *clerk, e *store.Event) ([]byte, error)
}

// kinds are the events that are told, each with the number of deliveries in the contract
// (protocol 6.3) and the tail after them.
func kinds(tail time.Duration) map[store.EventKind]kind {
	return map[store.EventKind]kind{
		store.EventCouponSent: {
			product: merchant.BusiFavor, schedule: scheduleOf(11, tail), envelope: envelopeOf(notify.CouponSent), resource: couponSent,
		},
		store.EventCouponUsed: {
			product: merchant.Favor, schedule: scheduleOf(9, tail), envelope: envelopeOf(notify.CouponUsed), resource: asItIs,
		},
	}
}

func envelopeOf(eventType string) notify.Kind {
	k, _ := notify.KindOf(eventType) // a test looks that each is there
	return k
}

// asItIs is the resource of events whose payload is what the merchant reads.
func asItIs(_ context.Context, _ *clerk, e *store.Event) ([]byte, error) {
	if !json.Valid(e.Payload) {
		return nil, errPayload
	}
	return e.Payload, nil
}

// couponSent is the resource of EventCouponSent (busifavor 11.3). The user is named as under
// the notify_appid of the stock; without one, not at all.
func couponSent(ctx context.Context, c *clerk, e *store.Event) ([]byte, error) {
	var sent store.CouponSent
	if err := json.Unmarshal(e.Payload, &sent); err != nil {
		return nil, errPayload
	}
	who, err := c.user(ctx, &sent)
	if err != nil {
		return nil, err
	}
	return encode(notify.CouponSend{
		EventType: notify.EventBusiCouponSend, CouponCode: string(sent.Code), StockID: string(sent.StockID),
		SendTime: schema.TimeOf(e.At), OpenID: string(who.OpenID), UnionID: who.UnionID,
		SendChannel: "BUSICOUPON_SEND_CHANNEL_" + string(sent.Channel), SendMerchant: string(sent.Sender), SendReqNo: sent.RequestNo,
	})
}

// encode writes JSON as the platform does: UTF-8 as it is, nothing escaped for HTML, no line
// end.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("encode notification: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
