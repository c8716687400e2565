package busifavor

import "github.com/favord/favord/wire/schema"

// ClaimLinkRequest are the parameters of the H5 claim page (10.4). They are signed with the
// sender's APIv2 key, see package apiv2.
type ClaimLinkRequest struct {
	StockID string `query:"stock_id" json:"-" title:"批次号" rule:"required bytes=1..20"`
	// OutRequestNo has letters and digits only, unlike those of calls.
	OutRequestNo       string `query:"out_request_no" json:"-" title:"发券凭证" rule:"required bytes=1..128 match=alphanumeric"`
	SendCouponMerchant string `query:"send_coupon_merchant" json:"-" title:"发券商户号" rule:"required bytes=8..15 match=mchid"`
	OpenID             string `query:"open_id" json:"-" title:"用户openid" rule:"required bytes=1..128"`
	// CouponCode is the merchant's code, needed for MERCHANT_API and ignored otherwise.
	CouponCode string `query:"coupon_code" json:"-" title:"券code" rule:"bytes=1..32 blank"`
	// CustomizeSendTime stands for the time of receipt where validity is relative to it.
	CustomizeSendTime schema.Time `query:"customize_send_time" json:"-" title:"自定义发券时间" rule:"bytes=1..40 blank"`
	Sign              string      `query:"sign" json:"-" title:"签名" rule:"required bytes=1..128"`
}

// PluginRequest is what the plug-in of mini programs sends in a user's name (10.3,
// inferred). The parameters are signed with the sender's APIv2 key, see package apiv2.
type PluginRequest struct {
	// AppID and OpenID are who opened the page; without both the user cannot be got.
	AppID              string       `json:"appid,omitempty" title:"公众账号ID" rule:"bytes=1..32 blank"`
	OpenID             string       `json:"openid,omitempty" title:"用户标识" rule:"bytes=1..128 blank"`
	SendCouponMerchant string       `json:"send_coupon_merchant" title:"发券商户号" rule:"required bytes=8..15 match=mchid"`
	SendCouponParams   []PluginItem `json:"send_coupon_params" title:"发券参数" rule:"required items=1..10"`
	Sign               string       `json:"sign" title:"签名" rule:"required bytes=1..128"`
}

// PluginItem asks for one coupon.
type PluginItem struct {
	StockID      string `json:"stock_id" title:"批次号" rule:"required bytes=1..20"`
	OutRequestNo string `json:"out_request_no" title:"发券凭证" rule:"required bytes=1..128 match=number"`
	// CouponCode is the merchant's code, needed for MERCHANT_API and ignored otherwise.
	CouponCode string `json:"coupon_code,omitempty" title:"券code" rule:"bytes=1..32 blank"`
	// CustomizeSendTime, RFC 3339, stands for the time of receipt where validity is
	// relative to it. It is a text because the sign may cover it as it was sent.
	CustomizeSendTime string `json:"customize_send_time,omitempty" title:"自定义发券时间" rule:"bytes=1..40 blank"`
	// CreateCouponMerchant is the creator of a stock of cash vouchers. It is not signed.
	CreateCouponMerchant string `json:"create_coupon_merchant,omitempty" title:"制券商户号" rule:"bytes=1..20 blank"`
}

// Overall results of the plug-in (chapter 14).
const (
	PluginOK            = "OK"
	PluginParamError    = "PARAM_ERROR"
	PluginUserNotExists = "USER_NOT_EXISTS"
	PluginUserGetFailed = "USER_GET_FAILED"
	PluginSignError     = "SIGN_ERROR"
	PluginSystemError   = "SYSTEMERROR"
)

// Results of one coupon (10.1).
const (
	ItemSuccess     = "SUCCESS"
	ItemFailed      = "FAILED"
	ItemNotEnough   = "NOTENOUGH"
	ItemDayLimit    = "DAYLIMIT"
	ItemNatureLimit = "NATURELIMIT"
	ItemMaxQuota    = "MAXQUOTA"
	ItemDupRequest  = "DUPREQUEST"
	ItemNotRunning  = "NOTRUNNING"
	ItemExpired     = "EXPIRED"
	// ItemUserLimit is of cash vouchers: the month's limit of a merchant for a user.
	ItemUserLimit      = "USERLIMIT"
	ItemFrequencyLimit = "FREQUENCYLIMIT"
)

// PluginResult is the detail of the plug-in's event. OK may contain items that failed.
type PluginResult struct {
	ErrCode string `json:"errcode" title:"错误码" rule:"required"`
	Msg     string `json:"msg" title:"错误信息" rule:"required"`
	// SendCouponResult has an entry for each item, in their order; none when no item was
	// looked at.
	SendCouponResult []PluginItemResult `json:"send_coupon_result" title:"发券结果" rule:"required"`
}

// PluginItemResult is what became of one item.
type PluginItemResult struct {
	Code         string `json:"code" title:"结果码" rule:"required"`
	Message      string `json:"message" title:"结果信息" rule:"required"`
	OutRequestNo string `json:"out_request_no" title:"发券凭证" rule:"required"`
	StockID      string `json:"stock_id" title:"批次号" rule:"required"`
	// CouponCode is a coupon's code or a cash voucher's id; empty for an item that failed.
	CouponCode string `json:"coupon_code" title:"券code" rule:"required"`
}
