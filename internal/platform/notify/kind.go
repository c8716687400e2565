package notify

import (
	"context"
	"time"

	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/wire/notify"
	"github.com/favord/favord/wire/schema"
)

// kind is how events of a kind are told.
type kind struct {
	schedule schedule
	// envelope is what all envelopes of the kind have in common.
	envelope notify.Kind
	// resource returns what is sealed, of what the event says.
	resource func(ctx context.Context, c *clerk, said delivery.Payload, at time.Time) (any, error)
}

// kinds are the events that are told, each with the number of deliveries in the contract
// (protocol 6.3).
func kinds(tail time.Duration) map[delivery.Kind]kind {
	return map[delivery.Kind]kind{
		delivery.KindCouponSent: {
			schedule: scheduleOf(11, tail), envelope: envelopeOf(notify.CouponSent), resource: couponSent,
		},
		delivery.KindVoucherUsed: {
			schedule: scheduleOf(9, tail), envelope: envelopeOf(notify.CouponUsed), resource: voucherUsed,
		},
	}
}

func envelopeOf(eventType string) notify.Kind {
	k, _ := notify.KindOf(eventType) // a test looks that each is there
	return k
}

// couponSent is the resource of KindCouponSent (busifavor 11.3). The user is named as under
// the notify_appid of the stock; without one, not at all.
func couponSent(ctx context.Context, c *clerk, said delivery.Payload, at time.Time) (any, error) {
	sent, is := said.(delivery.CouponSent)
	if !is {
		return nil, delivery.ErrPayload
	}
	who, err := c.user(ctx, &sent)
	if err != nil {
		return nil, err
	}
	return notify.CouponSend{
		EventType: notify.EventBusiCouponSend, CouponCode: string(sent.Code), StockID: string(sent.StockID),
		SendTime: schema.TimeOf(at), OpenID: string(who.OpenID), UnionID: who.UnionID,
		SendChannel: "BUSICOUPON_SEND_CHANNEL_" + string(sent.Channel), SendMerchant: string(sent.Sender), SendReqNo: sent.RequestNo,
	}, nil
}

// voucherUsed is the resource of KindVoucherUsed (favor 9.3).
func voucherUsed(_ context.Context, _ *clerk, said delivery.Payload, _ time.Time) (any, error) {
	v, is := said.(delivery.VoucherUsed)
	if !is {
		return nil, delivery.ErrPayload
	}
	told := notify.CouponUse{
		StockCreatorMchID: string(v.Creator), StockID: string(v.StockID), CouponID: string(v.VoucherID),
		CouponName: v.Name, Status: string(voucher.StateUsed), Description: v.Description,
		CreateTime: schema.TimeOf(v.Received), CouponType: "NORMAL", NoCash: v.NoCash,
		AvailableBeginTime: schema.TimeOf(v.Begin), AvailableEndTime: schema.TimeOf(v.End), SingleItem: v.SingleItem,
		NormalCouponInformation: &notify.NormalCouponInformation{
			CouponAmount: int64(v.Worth.Face), TransactionMinimum: int64(v.Worth.Threshold),
		},
		ConsumeInformation: &notify.ConsumeInformation{
			ConsumeTime: schema.TimeOf(v.Use.At), ConsumeMchID: string(v.Use.Merchant), TransactionID: v.Use.TransactionID,
		},
	}
	for _, g := range v.Use.Goods {
		told.ConsumeInformation.GoodsDetail = append(told.ConsumeInformation.GoodsDetail, notify.GoodsDetail{
			GoodsID: g.ID, Quantity: g.Quantity, Price: int64(g.Price), DiscountAmount: int64(g.Discount),
		})
	}
	return told, nil
}
