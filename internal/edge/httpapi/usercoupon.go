package httpapi

import (
	"context"

	"github.com/favord/favord/internal/busifavor/held"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/schema"
)

func (s *Server) userHandlers() map[string]handler {
	return map[string]handler{
		busifavor.ListUserCoupons: bound(s.listUserCoupons),
		busifavor.GetUserCoupon:   asking(s, func(r *busifavor.GetUserCouponRequest) string { return r.OpenID }, s.getUserCoupon),
	}
}

// defaultPage is the size of a page that no request asks for (B16, seen live).
const defaultPage = 20

// listUserCoupons is B16.
func (s *Server) listUserCoupons(ctx context.Context, c *call, req *busifavor.ListUserCouponsRequest) (any, error) {
	limit := int64(defaultPage)
	if req.Limit != nil {
		limit = *req.Limit
	}
	page, err := s.Wallet.List(ctx, held.ListQuery{
		Caller:  c.caller(),
		AppID:   merchant.AppID(req.AppID),
		OpenID:  user.OpenID(req.OpenID),
		StockID: coupon.StockID(req.StockID),
		State:   coupon.State(req.CouponState),
		Creator: merchant.ID(req.CreatorMerchant),
		Belong:  merchant.ID(req.BelongMerchant),
		Sender:  merchant.ID(req.SenderMerchant),
		Offset:  firstOf(req.Offset, limit),
		Limit:   limit,
	})
	if err != nil {
		return nil, err
	}
	answer := &busifavor.ListUserCouponsResponse{
		Data: []busifavor.Coupon{}, TotalCount: page.Total, Limit: limit, Offset: req.Offset,
	}
	for i := range page.Coupons {
		entry := couponAnswer(&page.Coupons[i])
		entry.DisplayPatternInfo.Description = "" // only B17 has it
		answer.Data = append(answer.Data, entry)
	}
	return answer, nil
}

// firstOf returns how many coupons come before a page: offset is the number of a page, from 0
// (B16, inferred).
func firstOf(offset, limit int64) int64 { return offset * limit }

// getUserCoupon is B17.
func (s *Server) getUserCoupon(ctx context.Context, c *call, req *busifavor.GetUserCouponRequest) (any, error) {
	view, err := s.Wallet.Get(ctx, held.GetQuery{
		Caller: c.caller(), AppID: merchant.AppID(req.AppID), OpenID: user.OpenID(req.OpenID), Code: coupon.Code(req.CouponCode),
	})
	if err != nil {
		return nil, err
	}
	answer := couponAnswer(&view)
	return &answer, nil
}

// couponAnswer shows a coupon (4.10).
func couponAnswer(v *held.View) busifavor.Coupon {
	c, s := &v.Coupon, &v.Stock
	answer := busifavor.Coupon{
		BelongMerchant:     string(s.Belong),
		StockName:          s.Name,
		Comment:            s.Comment,
		GoodsName:          s.Goods,
		StockType:          string(s.Type),
		Transferable:       boolOf(s.Limits.Transferable),
		Shareable:          boolOf(s.Limits.Shareable),
		CouponState:        string(v.State),
		DisplayPatternInfo: displayAnswer(&s.Display, v.MerchantName),
		CouponUseRule:      useRule(s),
		CustomEntrance:     entranceAnswer(&s.Entrance),
		CouponCode:         string(c.Code),
		StockID:            string(c.Stock.ID),
		AvailableStartTime: schema.TimeOf(c.Life.Start),
		ExpireTime:         schema.TimeOf(c.Life.Expire),
		ReceiveTime:        schema.TimeOf(c.Received),
		SendRequestNo:      c.SendRequestNo,
	}
	tell(&answer, c)
	return answer
}

// tell adds what happened to a coupon: the redemption that counts, the last return, the end,
// and the associated order, each only where there is one.
func tell(answer *busifavor.Coupon, c *coupon.Coupon) {
	if c.Use.RequestNo != "" {
		answer.UseRequestNo, answer.UseTime = c.Use.RequestNo, schema.TimeOf(c.Use.At)
	}
	if c.Returned.RequestNo != "" {
		answer.ReturnRequestNo, answer.ReturnTime = c.Returned.RequestNo, schema.TimeOf(c.Returned.At)
	}
	if d := c.Deactivated; d.RequestNo != "" {
		answer.DeactivateRequestNo, answer.DeactivateTime, answer.DeactivateReason = d.RequestNo, schema.TimeOf(d.At), d.Reason
	}
	answer.AssociateOutTradeNo = c.Associated
}
