package busifavor

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// Ids of the operations that change a stock.
const (
	ModifyStock = "busifavor.stocks.modify"
	SetBudget   = "busifavor.stocks.budget"
)

// ModifyStockRequest is B3. What is left out stays as it is, leaf by leaf; "" is left out
// except where a field says otherwise.
type ModifyStockRequest struct {
	StockID        string          `path:"stock_id" json:"-" title:"批次号" rule:"required bytes=1..20"`
	OutRequestNo   string          `json:"out_request_no" title:"商户请求单号" rule:"required bytes=1..128 match=number"`
	CustomEntrance *EntranceChange `json:"custom_entrance,omitempty" title:"自定义入口"`
	// StockName cannot be changed for now; it is accepted without effect.
	StockName          string          `json:"stock_name,omitempty" title:"商家券批次名称" rule:"chars=1..21 line"`
	Comment            string          `json:"comment,omitempty" title:"批次备注" rule:"chars=1..20"`
	GoodsName          string          `json:"goods_name,omitempty" title:"适用商品范围" rule:"chars=1..15 line"`
	DisplayPatternInfo *DisplayChange  `json:"display_pattern_info,omitempty" title:"样式信息"`
	CouponUseRule      *UseRuleChange  `json:"coupon_use_rule,omitempty" title:"核销规则"`
	StockSendRule      *SendRuleChange `json:"stock_send_rule,omitempty" title:"发放规则"`
	NotifyConfig       *NotifyConfig   `json:"notify_config,omitempty" title:"事件通知配置"`
	// Subsidy can be switched on, not off.
	Subsidy *bool `json:"subsidy,omitempty" title:"是否允许营销补贴"`
}

// EntranceChange changes where the card leads.
type EntranceChange struct {
	MiniProgramsInfo *MiniProgramsChange `json:"mini_programs_info,omitempty" title:"小程序入口"`
	AppID            string              `json:"appid,omitempty" title:"商户公众号appid" rule:"blank bytes=1..32"`
	// HallID may be set to "".
	HallID          *string `json:"hall_id,omitempty" title:"营销馆id" rule:"bytes=..1024"`
	CodeDisplayMode string  `json:"code_display_mode,omitempty" title:"code展示模式" rule:"enum=NOT_SHOW|BARCODE|QRCODE"`
}

// MiniProgramsChange changes the entrance into a mini program. A stock that had none needs
// the first three.
type MiniProgramsChange struct {
	MiniProgramsAppID string `json:"mini_programs_appid,omitempty" title:"商家小程序appid" rule:"blank bytes=1..32"`
	MiniProgramsPath  string `json:"mini_programs_path,omitempty" title:"商家小程序path" rule:"blank bytes=1..1024"`
	EntranceWords     string `json:"entrance_words,omitempty" title:"入口文案" rule:"chars=1..5 line"`
	GuidingWords      string `json:"guiding_words,omitempty" title:"引导文案" rule:"chars=1..6 line"`
}

// DisplayChange changes how the card looks.
type DisplayChange struct {
	// Description may be set to "".
	Description *string `json:"description,omitempty" title:"使用须知" rule:"chars=..1000"`
	// MerchantLogoURL and MerchantName cannot be changed; they are accepted without effect.
	MerchantLogoURL string      `json:"merchant_logo_url,omitempty" title:"商户logo" rule:"blank bytes=1..256"`
	MerchantName    string      `json:"merchant_name,omitempty" title:"商户名称" rule:"chars=..16 line"`
	BackgroundColor string      `json:"background_color,omitempty" title:"背景颜色" rule:"blank enum=Color010|Color020|Color030|Color040|Color050|Color060|Color070|Color080|Color090|Color100"`
	CouponImageURL  string      `json:"coupon_image_url,omitempty" title:"券详情图片" rule:"blank bytes=1..256"`
	FinderInfo      *FinderInfo `json:"finder_info,omitempty" title:"视频号相关信息"`
}

// UseRuleChange changes how coupons are redeemed. Amounts and times never change.
type UseRuleChange struct {
	UseMethod         string `json:"use_method,omitempty" title:"核销方式" rule:"enum=OFF_LINE|MINI_PROGRAMS|SELF_CONSUME|PAYMENT_CODE"`
	MiniProgramsAppID string `json:"mini_programs_appid,omitempty" title:"小程序appid" rule:"blank bytes=1..32"`
	MiniProgramsPath  string `json:"mini_programs_path,omitempty" title:"小程序path" rule:"blank bytes=..1024"`
}

// SendRuleChange changes who may receive coupons.
type SendRuleChange struct {
	// NaturalPersonLimit cannot be changed for now; it is accepted without effect.
	NaturalPersonLimit *bool `json:"natural_person_limit,omitempty" title:"是否开启自然人限制"`
	PreventAPIAbuse    *bool `json:"prevent_api_abuse,omitempty" title:"可疑账号拦截"`
}

// SetBudgetRequest is B4: another quantity, in all or per day, one of the two. The current
// value guards the change: it must be what the stock has. A target of 0 is not given.
type SetBudgetRequest struct {
	StockID          string `path:"stock_id" json:"-" title:"批次号" rule:"required bytes=1..20"`
	TargetMaxCoupons int64  `json:"target_max_coupons,omitempty" title:"目标批次最大发放个数" rule:"range=0..1000000000"`
	// CurrentMaxCoupons is needed beside TargetMaxCoupons.
	CurrentMaxCoupons     *int64 `json:"current_max_coupons,omitempty" title:"当前批次最大发放个数" rule:"range=0..1000000000"`
	TargetMaxCouponsByDay int64  `json:"target_max_coupons_by_day,omitempty" title:"目标单天发放上限个数" rule:"range=0..1000000000"`
	// CurrentMaxCouponsByDay is needed beside TargetMaxCouponsByDay; 0 for a stock without
	// a limit per day.
	CurrentMaxCouponsByDay *int64 `json:"current_max_coupons_by_day,omitempty" title:"当前单天发放上限个数" rule:"range=0..1000000000"`
	ModifyBudgetRequestNo  string `json:"modify_budget_request_no" title:"修改预算请求单据号" rule:"required bytes=1..128 match=number"`
}

// SetBudgetResponse is what the stock may give out after B4.
type SetBudgetResponse struct {
	MaxCoupons      int64 `json:"max_coupons" title:"批次最大发放个数" rule:"required"`
	MaxCouponsByDay int64 `json:"max_coupons_by_day,omitempty" title:"当前单天发放上限个数"`
}

func changeOperations() []wire.Operation {
	return []wire.Operation{
		{
			ID: ModifyStock, Title: wire.Text{ZH: "修改商家券基本信息", EN: "Modify a stock"}, Section: "busifavor B3",
			Method: http.MethodPatch, Path: "/v3/marketing/busifavor/stocks/{stock_id}", Success: http.StatusNoContent,
			RequestNo: "out_request_no",
			Request:   schema.Of[ModifyStockRequest](),
			Failures: []wire.Failure{
				refused("批次已停止或已过期，不能修改", "The stock has stopped or expired."),
				refused("营销补贴开启后不能关闭", "subsidy is true and the request says false."),
				repeated("out_request_no"),
				{Status: http.StatusBadRequest, Code: "PARAM_ERROR", Message: "非法敏感图片", When: "An image URL does not come from the image upload."},
				{Status: http.StatusBadRequest, Code: "APPID_MCHID_NOT_MATCH", Message: "传入的小程序appid或商户appid，必须与调用方商户号存在关联关系", When: "An appid is bound neither to the caller nor to the merchant of the stock."},
				foreignStock(), notFound("The stock does not exist."),
			},
		},
		{
			ID: SetBudget, Title: wire.Text{ZH: "修改批次预算", EN: "Change the quantity of a stock"}, Section: "busifavor B4",
			Method: http.MethodPatch, Path: "/v3/marketing/busifavor/stocks/{stock_id}/budget", Success: http.StatusOK,
			RequestNo: "modify_budget_request_no",
			Request:   schema.Of[SetBudgetRequest](),
			Response:  schema.Of[SetBudgetResponse](),
			Failures: []wire.Failure{
				{Status: http.StatusBadRequest, Code: "PARAM_ERROR", Message: "目标批次最大发放个数与目标单天发放上限个数必须且只能填写一个", When: "Both targets are given, or none."},
				refused("批次库存的当前值错误，请获取批次详情查看最新值", "The current value differs from the one in the request."),
				refused("目标批次最大发放个数不能小于已发放个数", "The stock has issued more than target_max_coupons."),
				refused("批次已停止或已过期，不能修改", "The stock has stopped or expired."),
				repeated("modify_budget_request_no"),
				foreignStock(), notFound("The stock does not exist."),
			},
		},
	}
}

func refused(message, when string) wire.Failure {
	return wire.Failure{Status: http.StatusBadRequest, Code: "INVALID_REQUEST", Message: message, When: when}
}

func repeated(number string) wire.Failure {
	return refused("请求重入时，参数与首次请求时不一致", number+" was used before with other content.")
}

func foreignStock() wire.Failure {
	return wire.Failure{Status: http.StatusForbidden, Code: "NO_AUTH", Message: "无权限", When: "The stock belongs to another merchant."}
}
