package httpapi

import (
	"context"

	"github.com/favord/favord/internal/favor/held"
	"github.com/favord/favord/internal/favor/send"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/wire/favor"
	"github.com/favord/favord/wire/schema"
)

func (s *Server) voucherHandlers() map[string]handler {
	return map[string]handler{
		favor.SendCoupon:  bound(s.sendVoucher),
		favor.ListCoupons: bound(s.listVouchers),
		favor.GetCoupon:   asking(s, func(r *favor.GetCouponRequest) string { return r.OpenID }, s.getVoucher),
	}
}

// sendVoucher is favor 4.11.
func (s *Server) sendVoucher(ctx context.Context, c *call, req *favor.SendCouponRequest) (any, error) {
	cmd := send.Command{
		Caller: c.caller(), AppID: merchant.AppID(req.AppID), OpenID: user.OpenID(req.OpenID),
		StockID: voucher.StockID(req.StockID), Creator: merchant.ID(req.StockCreatorMchID), RequestNo: req.OutRequestNo,
	}
	for _, value := range []*int64{req.CouponValue, req.CouponMinimum} {
		if value != nil {
			cmd.Values++
		}
	}
	id, err := s.Grant.Send(ctx, cmd)
	return answerUnless(err, &favor.SendCouponResponse{CouponID: string(id)})
}

// listVouchers is favor 4.12. Vouchers of consumer money, which business_type asks for, do
// not exist here.
func (s *Server) listVouchers(ctx context.Context, c *call, req *favor.ListCouponsRequest) (any, error) {
	size := int64(held.DefaultPage)
	if req.Limit != nil {
		size = *req.Limit
	}
	page, err := s.Purse.List(ctx, held.ListQuery{
		Caller: c.caller(), AppID: merchant.AppID(req.AppID), OpenID: user.OpenID(req.OpenID),
		StockID: voucher.StockID(req.StockID), Filter: held.Filter(req.Status), Consumer: req.BusinessType != "",
		Creator: merchant.ID(req.CreatorMchID), Sender: merchant.ID(req.SenderMchID), Available: merchant.ID(req.AvailableMchID),
		Number: req.Offset, Size: size,
	})
	if err != nil {
		return nil, err
	}
	answer := &favor.ListCouponsResponse{Data: []favor.Coupon{}, TotalCount: page.Total, Limit: page.Size, Offset: page.Number}
	for i := range page.Vouchers {
		answer.Data = append(answer.Data, voucherAnswer(&page.Vouchers[i]))
	}
	return answer, nil
}

// getVoucher is favor 4.13.
func (s *Server) getVoucher(ctx context.Context, c *call, req *favor.GetCouponRequest) (any, error) {
	view, err := s.Purse.Get(ctx, held.GetQuery{
		Caller: c.caller(), AppID: merchant.AppID(req.AppID), OpenID: user.OpenID(req.OpenID), ID: voucher.ID(req.CouponID),
	})
	if err != nil {
		return nil, err
	}
	answer := voucherAnswer(&view)
	return &answer, nil
}

// voucherAnswer shows a voucher (favor 4.13).
func voucherAnswer(v *held.View) favor.Coupon {
	one, stock := &v.Voucher, &v.Stock
	return favor.Coupon{
		StockCreatorMchID: string(one.Stock.Creator), StockID: string(one.Stock.ID), CouponID: string(one.ID),
		CouponName: stock.Name, Status: string(v.State), Description: stock.Display.Description,
		CreateTime: schema.TimeOf(one.Received), CouponType: voucherType, NoCash: stock.NoCash,
		AvailableBeginTime: schema.TimeOf(one.Window.Begin), AvailableEndTime: schema.TimeOf(one.Window.End),
		SingleItem: stock.SingleItem(),
		NormalCouponInformation: &favor.NormalCouponInformation{
			CouponAmount: int64(stock.Face), TransactionMinimum: int64(stock.Threshold),
		},
		ConsumeInformation: consumeInformation(v),
	}
}

// consumeInformation shows the payment that consumed a voucher (favor 7.3).
func consumeInformation(v *held.View) *favor.ConsumeInformation {
	if v.State != voucher.StateUsed {
		return nil
	}
	use := &v.Voucher.Use
	shown := &favor.ConsumeInformation{
		ConsumeTime: schema.TimeOf(use.At), ConsumeMchID: string(use.Merchant), TransactionID: use.TransactionID,
	}
	for _, line := range use.Goods {
		shown.GoodsDetail = append(shown.GoodsDetail, favor.GoodsDetail{
			GoodsID: line.ID, Quantity: line.Quantity, Price: int64(line.Price), DiscountAmount: int64(line.Discount),
		})
	}
	return shown
}
