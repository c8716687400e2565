package rail

import (
	"encoding/json"
	"fmt"

	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/voucher"
	"github.com/favord/favord/wire/notify"
	"github.com/favord/favord/wire/schema"
)

// usedEvent is the outbox row of a voucher that was consumed: what its creator will be told
// (favor 9.3). All of it is known now, and a refund must not change it.
func usedEvent(v *voucher.Voucher, stock *voucher.Stock) (store.Event, error) {
	told := notify.CouponUse{
		StockCreatorMchID: string(stock.Creator), StockID: string(stock.ID), CouponID: string(v.ID),
		CouponName: stock.Name, Status: string(voucher.StateUsed), Description: stock.Display.Description,
		CreateTime: schema.TimeOf(v.Received), CouponType: "NORMAL", NoCash: stock.NoCash,
		AvailableBeginTime: schema.TimeOf(v.Window.Begin), AvailableEndTime: schema.TimeOf(v.Window.End),
		SingleItem: stock.SingleItem(),
		NormalCouponInformation: &notify.NormalCouponInformation{
			CouponAmount: int64(stock.Face), TransactionMinimum: int64(stock.Threshold),
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
	payload, err := json.Marshal(told)
	if err != nil {
		return store.Event{}, fmt.Errorf("encode event: %w", err)
	}
	return store.Event{
		Owner: stock.Creator, ID: store.EventID(store.EventCouponUsed, string(v.ID), v.Use.TransactionID),
		Kind: store.EventCouponUsed, At: v.Use.At, Payload: payload,
	}, nil
}
