package manage

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// AskWhatIf is the id of the operation that tells beforehand whether a coupon could be redeemed
// or claimed.
const AskWhatIf = "manage.whatif.ask"

// AskRequest asks whether something would work. It changes nothing.
type AskRequest struct {
	// Deed is USE to redeem a coupon, CLAIM to give one to a user.
	Deed    string `json:"deed" title:"要做什么" rule:"required enum=USE|CLAIM"`
	StockID string `json:"stock_id" title:"批次号" rule:"required chars=1..20"`
	// Product is whose stock it is, without it busifavor. Of favor only USE can be asked, about a
	// payment.
	Product string `json:"product,omitempty" title:"产品" rule:"enum=busifavor|favor"`
	// CouponCode is the coupon to redeem, for favor the id of the voucher; for CLAIM the merchant's own
	// code, where the stock wants one.
	CouponCode string `json:"coupon_code,omitempty" title:"券code" rule:"chars=1..32"`
	// MchID is who does it, without it the creator of the stock; for favor who collects the money,
	// without it a merchant that the stock names.
	MchID string `json:"mchid,omitempty" title:"商户号" rule:"chars=1..15"`
	// OpenID is who claims the coupon, or should hold it; AppID is under which it counts, without it
	// the first of the merchant.
	OpenID string `json:"openid,omitempty" title:"用户标识" rule:"chars=1..128"`
	AppID  string `json:"appid,omitempty" title:"公众账号ID" rule:"chars=1..32"`
	// Channel is how the coupon is claimed, without it by the API.
	Channel string `json:"channel,omitempty" title:"领取渠道" rule:"enum=API|H5|MINIAPP"`
	// At is when, without it now in business time.
	At schema.Time `json:"at,omitzero" title:"时间" rule:"chars=1..40"`
	// Total is the order's amount in fen, which redeeming itself does not look at. Without it nothing
	// is said about amounts and goods.
	Total *int64 `json:"total,omitempty" title:"订单金额" rule:"range=0..100000000000"`
}

// Foresight is the answer.
type Foresight struct {
	Works bool        `json:"works" title:"是否可行" rule:"required"`
	At    schema.Time `json:"at" title:"时间" rule:"required"`
	MchID string      `json:"mchid" title:"商户号" rule:"required"`
	// Rule is the rule that speaks against it: a reason of the claim page (10.1), a rule about time
	// (NOT_BEGUN, ENDED, WEEK_DAY, DAY_TIME, PERIOD), MINIMUM, for favor why a voucher does not apply
	// (as in a quote), or REFUSED for all others.
	Rule string `json:"rule,omitempty" title:"规则"`
	// RefusedZH and RefusedEN are what the call would answer; DetailZH and DetailEN what would have
	// to be otherwise, where that can be told.
	RefusedZH string `json:"refused_zh,omitempty" title:"拒绝原因"`
	RefusedEN string `json:"refused_en,omitempty" title:"拒绝原因（英文）"`
	DetailZH  string `json:"detail_zh,omitempty" title:"说明"`
	DetailEN  string `json:"detail_en,omitempty" title:"说明（英文）"`
}

func whatIfOperations() []wire.Operation {
	return []wire.Operation{{
		ID: AskWhatIf, Title: wire.Text{ZH: "询问一张券此时此地能否核销或领取", EN: "Ask whether a coupon could be redeemed or claimed"},
		Duty: wire.DutyFind, Section: "management", Method: http.MethodPost, Path: "/manage/v1/whatif", ReadOnly: true,
		Request: schema.Of[AskRequest](), Response: schema.Of[Foresight](),
	}}
}
