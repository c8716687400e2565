package manage

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// Ids of the operations that tell beforehand whether a coupon could be redeemed or claimed, and
// whether a voucher could be spent or sent.
const (
	AskWhatIf    = "manage.whatif.ask"
	AskVoucherIf = "manage.whatif.vouchers"
	JudgeClaims  = "manage.whatif.claims"
)

// AskRequest asks whether something would work. It changes nothing.
type AskRequest struct {
	// Deed is USE to redeem a coupon, CLAIM to give one to a user.
	Deed    string `json:"deed" title:"要做什么" rule:"required enum=USE|CLAIM"`
	StockID string `json:"stock_id" title:"批次号" rule:"required chars=1..20"`
	// CouponCode is the coupon to redeem; for CLAIM the merchant's own code, where the stock wants
	// one.
	CouponCode string `json:"coupon_code,omitempty" title:"券code" rule:"chars=1..32"`
	// MchID is who does it, without it the creator of the stock.
	MchID string `json:"mchid,omitempty" title:"商户号" rule:"chars=1..15"`
	// OpenID is who claims the coupon, or should hold it; AppID is under which it counts, without it
	// the first of the merchant.
	OpenID string `json:"openid,omitempty" title:"用户标识" rule:"chars=1..128"`
	AppID  string `json:"appid,omitempty" title:"公众账号ID" rule:"chars=1..32"`
	// Channel is how the coupon is claimed, without it by the API.
	Channel string `json:"channel,omitempty" title:"领取渠道" rule:"enum=API|H5|MINIAPP"`
	// At is when, without it now in business time.
	At schema.Time `json:"at,omitzero" title:"时间" rule:"chars=1..40"`
	// Total is the order's amount in fen, which redeeming itself does not look at.
	Total *int64 `json:"total,omitempty" title:"订单金额" rule:"range=0..100000000000"`
}

// AskVoucherRequest asks whether a voucher could be spent, or one be given out. It changes nothing.
type AskVoucherRequest struct {
	// VoucherID is the voucher to spend; else one of StockID is to be given out, to OpenID.
	VoucherID string `json:"voucher_id,omitempty" title:"代金券id" rule:"chars=1..20"`
	StockID   string `json:"stock_id,omitempty" title:"批次号" rule:"chars=1..20"`
	OpenID    string `json:"openid,omitempty" title:"用户标识" rule:"chars=1..128"`
	// AppID is under which the user counts, without it the one under which the user is registered.
	AppID string `json:"appid,omitempty" title:"公众账号ID" rule:"chars=1..32"`
	// MchID is who gives the voucher out, without it the creator of the stock.
	MchID string `json:"mchid,omitempty" title:"商户号" rule:"chars=1..15"`
	// Channel is how it is given out, without it by the API.
	Channel string `json:"channel,omitempty" title:"发放渠道" rule:"enum=API|H5|MINIAPP"`
	// At is when, without it now in business time.
	At schema.Time `json:"at,omitzero" title:"时间" rule:"chars=1..40"`
	// Order is what is paid with the voucher. What it does not tell counts as fitting.
	Order *AskedOrder `json:"order,omitempty" title:"订单"`
}

// AskedOrder is an order of which some may be told.
type AskedOrder struct {
	// MchID collects the money.
	MchID string `json:"mchid,omitempty" title:"收款商户号" rule:"chars=1..20"`
	// Total is in fen.
	Total     int64        `json:"total,omitempty" title:"订单总金额" rule:"range=0..100000000"`
	GoodsTag  string       `json:"goods_tag,omitempty" title:"订单优惠标记" rule:"chars=1..128"`
	TradeType string       `json:"trade_type,omitempty" title:"支付场景" rule:"enum=MICROAPP|APPPAY|PPAY|CARD|FACE|OTHER"`
	PayMethod string       `json:"pay_method,omitempty" title:"支付方式" rule:"chars=1..32"`
	CardBIN   string       `json:"card_bin,omitempty" title:"银行卡号前缀" rule:"chars=6..19 match=digits"`
	Goods     []AskedGoods `json:"goods_detail,omitempty" title:"单品信息" rule:"items=1..100"`
}

// AskedGoods is a line of an order.
type AskedGoods struct {
	GoodsID  string `json:"goods_id" title:"单品编码" rule:"required chars=1..128"`
	Quantity int64  `json:"quantity" title:"数量" rule:"required range=1..1000000"`
	// Price is of one piece, in fen.
	Price int64 `json:"price" title:"单价" rule:"required range=0..100000000"`
}

// Foresight is the answer.
type Foresight struct {
	Works bool        `json:"works" title:"是否可行" rule:"required"`
	At    schema.Time `json:"at" title:"时间" rule:"required"`
	MchID string      `json:"mchid" title:"商户号" rule:"required"`
	// Rule is the rule that speaks against it: a reason of the claim page (10.1), a rule about time
	// (NOT_BEGUN, ENDED, WEEK_DAY, DAY_TIME, PERIOD), MINIMUM, or REFUSED for all others; for a
	// voucher that is sent also USERLIMIT, for one that is spent one of a quote's (docs/rail.md).
	Rule string `json:"rule,omitempty" title:"规则"`
	// RefusedZH and RefusedEN are what the call would answer; DetailZH and DetailEN what would have
	// to be otherwise, where that can be told.
	RefusedZH string `json:"refused_zh,omitempty" title:"拒绝原因"`
	RefusedEN string `json:"refused_en,omitempty" title:"拒绝原因（英文）"`
	DetailZH  string `json:"detail_zh,omitempty" title:"说明"`
	DetailEN  string `json:"detail_en,omitempty" title:"说明（英文）"`
	// Discount is what a voucher takes off, in fen; 0 for all else.
	Discount int64 `json:"discount,omitempty" title:"优惠金额"`
}

// JudgeClaimsRequest asks who could claim of a stock, and what every rule says. It changes nothing.
type JudgeClaimsRequest struct {
	Product string `json:"product" title:"产品" rule:"required enum=busifavor|favor"`
	// StockID is the stock; without it Body is that of the call by which MchID would create one,
	// which counts as running, with nothing given out.
	StockID string `json:"stock_id,omitempty" title:"批次号" rule:"chars=1..20"`
	Body    string `json:"body,omitempty" title:"请求包体" rule:"bytes=2..65536"`
	// MchID gives out, without it the creator of the stock.
	MchID   string   `json:"mchid,omitempty" title:"商户号" rule:"chars=1..15"`
	OpenIDs []string `json:"openids" title:"用户标识" rule:"required items=1..20 chars=1..128"`
	// AppID is under which the users count, without it the one under which each is registered.
	AppID string `json:"appid,omitempty" title:"公众账号ID" rule:"chars=1..32"`
	// Channel is how it is given out, without it by the API.
	Channel string `json:"channel,omitempty" title:"发放渠道" rule:"enum=API|H5|MINIAPP"`
	// At is when, without it now in business time.
	At schema.Time `json:"at,omitzero" title:"时间" rule:"chars=1..40"`
}

// JudgedClaims is the answer, in the order of the users who were asked about.
type JudgedClaims struct {
	At    schema.Time   `json:"at" title:"时间" rule:"required"`
	MchID string        `json:"mchid" title:"商户号" rule:"required"`
	Users []JudgedClaim `json:"users" title:"用户" rule:"required"`
}

// JudgedClaim is what every rule says of one user.
type JudgedClaim struct {
	OpenID string      `json:"openid" title:"用户标识" rule:"required"`
	Works  bool        `json:"works" title:"是否可行" rule:"required"`
	Rules  []Judgement `json:"rules" title:"各条规则" rule:"required"`
}

// Judgement is what one rule says. RIGHT is whether the merchant may, USER whether there is such a
// user: where one of these two fails it stands alone. The others are PERIOD, STATE, ABUSE, QUOTA or
// PERSON, MONTH, DAY, TOTAL and CODES, those that the stock has.
type Judgement struct {
	Rule   string `json:"rule" title:"规则" rule:"required"`
	Passed bool   `json:"passed" title:"是否通过" rule:"required"`
	TextZH string `json:"text_zh" title:"说明" rule:"required"`
	TextEN string `json:"text_en" title:"说明（英文）" rule:"required"`
}

func whatIfOperations() []wire.Operation {
	return []wire.Operation{{
		ID: AskWhatIf, Title: wire.Text{ZH: "询问一张券此时此地能否核销或领取", EN: "Ask whether a coupon could be redeemed or claimed"},
		Duty: wire.DutyFind, Section: "management", Method: http.MethodPost, Path: "/manage/v1/whatif", ReadOnly: true,
		Request: schema.Of[AskRequest](), Response: schema.Of[Foresight](),
	}, {
		ID: AskVoucherIf, Title: wire.Text{ZH: "询问一张代金券此时此地能否使用或发放", EN: "Ask whether a voucher could be spent or sent"},
		Duty: wire.DutyFind, Section: "management", Method: http.MethodPost, Path: "/manage/v1/whatif/vouchers", ReadOnly: true,
		Request: schema.Of[AskVoucherRequest](), Response: schema.Of[Foresight](),
	}, {
		ID: JudgeClaims, Title: wire.Text{ZH: "询问哪些用户可以领取，逐条列出规则", EN: "Ask who could claim, and what every rule says"},
		Duty: wire.DutyFind, Section: "management", Method: http.MethodPost, Path: "/manage/v1/whatif/claims", ReadOnly: true,
		Request: schema.Of[JudgeClaimsRequest](), Response: schema.Of[JudgedClaims](),
	}}
}
