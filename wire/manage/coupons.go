package manage

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// Ids of the operations on users' coupons.
const (
	ListCoupons  = "manage.coupons.list"
	FindCoupons  = "manage.coupons.find"
	GetCoupon    = "manage.coupons.get"
	DeleteCoupon = "manage.coupons.delete"
)

// ListCouponsRequest asks for the coupons of a user, of all merchants, the newest first.
type ListCouponsRequest struct {
	// OpenID is one that is registered, under any appid.
	OpenID string `query:"openid" json:"-" title:"用户标识" rule:"required chars=1..128"`
	// StockID and State narrow the list.
	StockID string `query:"stock_id" json:"-" title:"批次号" rule:"chars=1..20"`
	State   string `query:"state" json:"-" title:"券状态" rule:"enum=SENDED|USED|EXPIRED|DELETED|DEACTIVATED"`
	// Offset is the position of the first coupon, from 0.
	Offset int64 `query:"offset" json:"-" title:"起始位置" rule:"range=0..2147483647"`
	// Limit is the size of the page; nil means 20.
	Limit *int64 `query:"limit" json:"-" title:"分页大小" rule:"range=1..100"`
}

// FindCouponsRequest asks for the coupons with a code, in any stock.
type FindCouponsRequest struct {
	Code string `query:"code" json:"-" title:"券code" rule:"required chars=1..32"`
	// MchID is whose stocks come first.
	MchID string `query:"mchid" json:"-" title:"商户号" rule:"chars=1..15"`
}

// FoundCoupons are the coupons with a code; none when there is none.
type FoundCoupons struct {
	Coupons []Coupon `json:"coupons" title:"券" rule:"required"`
}

// CouponList is a page of coupons.
type CouponList struct {
	Coupons []Coupon `json:"coupons" title:"券" rule:"required"`
	// TotalCount counts the whole list.
	TotalCount int64 `json:"total_count" title:"总数" rule:"required"`
}

// CouponRequest names a coupon.
type CouponRequest struct {
	StockID    string `path:"stock_id" json:"-" title:"批次号" rule:"required chars=1..20"`
	CouponCode string `path:"coupon_code" json:"-" title:"券code" rule:"required chars=1..32"`
}

// Coupon is a user's coupon as those see it who run the platform.
type Coupon struct {
	StockID    string `json:"stock_id" title:"批次号" rule:"required"`
	CouponCode string `json:"coupon_code" title:"券code" rule:"required"`
	StockName  string `json:"stock_name" title:"批次名称" rule:"required"`
	// MchID created the stock, BelongMchID is whose coupon it is, SenderMchID issued it.
	MchID       string `json:"mchid" title:"创建商户号" rule:"required"`
	BelongMchID string `json:"belong_mchid" title:"归属商户号" rule:"required"`
	SenderMchID string `json:"sender_mchid" title:"发券商户号" rule:"required"`
	// OpenID and AppID are how the holder was named when the coupon was issued.
	OpenID  string `json:"openid" title:"用户标识" rule:"required"`
	AppID   string `json:"appid" title:"appid" rule:"required"`
	State   string `json:"state" title:"券状态" rule:"required enum=SENDED|USED|EXPIRED|DELETED|DEACTIVATED"`
	Channel string `json:"channel" title:"领券渠道" rule:"required"`

	StartTime   schema.Time `json:"start_time" title:"可用开始时间" rule:"required"`
	ExpireTime  schema.Time `json:"expire_time" title:"过期时间" rule:"required"`
	ReceiveTime schema.Time `json:"receive_time" title:"领券时间" rule:"required"`

	SendRequestNo       string      `json:"send_request_no" title:"发券请求单号" rule:"required"`
	UseRequestNo        string      `json:"use_request_no,omitempty" title:"核销请求单号"`
	UseTime             schema.Time `json:"use_time,omitzero" title:"核销时间"`
	ReturnRequestNo     string      `json:"return_request_no,omitempty" title:"退券请求单号"`
	ReturnTime          schema.Time `json:"return_time,omitzero" title:"退券时间"`
	DeactivateRequestNo string      `json:"deactivate_request_no,omitempty" title:"失效请求单号"`
	DeactivateTime      schema.Time `json:"deactivate_time,omitzero" title:"失效时间"`
	DeactivateReason    string      `json:"deactivate_reason,omitempty" title:"失效原因"`
	OutTradeNo          string      `json:"out_trade_no,omitempty" title:"关联的商户订单号"`
	// Subsidized is what was paid as subsidy for the coupon and not returned, in fen.
	Subsidized int64 `json:"subsidized,omitempty" title:"已补差金额"`
}

func couponOperations() []wire.Operation {
	const path = "/manage/v1/coupons"
	one := schema.Of[Coupon]()
	return []wire.Operation{
		{
			ID: ListCoupons, Title: wire.Text{ZH: "查询用户券列表", EN: "List a user's coupons"}, Duty: wire.DutyHolders, Section: "management",
			Method: http.MethodGet, Path: path, Request: schema.Of[ListCouponsRequest](), Response: schema.Of[CouponList](),
		},
		{
			ID: FindCoupons, Title: wire.Text{ZH: "按券code查找券", EN: "Find coupons by their code"}, Section: "management",
			Duty: wire.DutyFind, Method: http.MethodGet, Path: path + "/find",
			Request: schema.Of[FindCouponsRequest](), Response: schema.Of[FoundCoupons](),
		},
		{
			ID: GetCoupon, Title: wire.Text{ZH: "查询用户券", EN: "Show a coupon"}, Duty: wire.DutyFind, Section: "management",
			Method: http.MethodGet, Path: path + "/{stock_id}/{coupon_code}", Request: schema.Of[CouponRequest](), Response: one,
		},
		{
			ID: DeleteCoupon, Title: wire.Text{ZH: "代用户删除券", EN: "Delete a coupon on behalf of its user"}, Section: "management",
			Duty: wire.DutyRetire, Method: http.MethodDelete, Path: path + "/{stock_id}/{coupon_code}",
			Request: schema.Of[CouponRequest](), Response: one,
		},
	}
}
