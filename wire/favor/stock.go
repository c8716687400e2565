package favor

import "github.com/favord/favord/wire/schema"

// CreateStockRequest is 4.1: a new stock of vouchers. It is given out only once it was
// started.
type CreateStockRequest struct {
	StockName          string        `json:"stock_name" title:"批次名称" rule:"required chars=1..20 line"`
	Comment            string        `json:"comment,omitempty" title:"批次备注" rule:"chars=1..60"`
	BelongMerchant     string        `json:"belong_merchant" title:"归属商户号" rule:"required bytes=1..20"`
	AvailableBeginTime schema.Time   `json:"available_begin_time" title:"可用时间-开始时间" rule:"required bytes=1..32" texts:"time=输入时间格式错误"`
	AvailableEndTime   schema.Time   `json:"available_end_time" title:"可用时间-结束时间" rule:"required bytes=1..32" texts:"time=输入时间格式错误"`
	StockUseRule       StockUseRule  `json:"stock_use_rule" title:"发放规则" rule:"required"`
	PatternInfo        *PatternInfo  `json:"pattern_info,omitempty" title:"样式设置"`
	CouponUseRule      CouponUseRule `json:"coupon_use_rule" title:"核销规则" rule:"required"`
	// NoCash is true for a stock that is not pre-funded.
	NoCash       bool   `json:"no_cash" title:"营销经费" rule:"required"`
	StockType    string `json:"stock_type" title:"批次类型" rule:"required enum=NORMAL"`
	OutRequestNo string `json:"out_request_no" title:"商户单据号" rule:"required bytes=1..128 match=number"`
	// ExtInfo is kept and otherwise ignored.
	ExtInfo string `json:"ext_info,omitempty" title:"扩展属性" rule:"bytes=1..128"`
}

// StockUseRule is how much of a stock is given out, and to whom. What a number may be is
// a rule of the business, with an answer of its own.
type StockUseRule struct {
	MaxCoupons int64 `json:"max_coupons" title:"发放总上限" rule:"required range=0.."`
	// MaxAmount is the face value of all vouchers, in fen.
	MaxAmount int64 `json:"max_amount" title:"总预算" rule:"required range=0.."`
	// MaxAmountByDay is the face value that may be given out in a day, in fen; 0 means no
	// such limit.
	MaxAmountByDay     int64 `json:"max_amount_by_day,omitempty" title:"单天预算发放上限" rule:"range=0.."`
	MaxCouponsPerUser  int32 `json:"max_coupons_per_user" title:"单个用户可领个数" rule:"required range=0..2147483647"`
	NaturalPersonLimit bool  `json:"natural_person_limit" title:"是否开启自然人限制" rule:"required"`
	PreventAPIAbuse    bool  `json:"prevent_api_abuse" title:"是否开启防刷拦截" rule:"required"`
}

// PatternInfo is how the card of a voucher looks.
type PatternInfo struct {
	Description      string `json:"description" title:"使用说明" rule:"required chars=1..1000 bytes=..3000"`
	MerchantLogo     string `json:"merchant_logo,omitempty" title:"商户logo" rule:"bytes=1..128"`
	MerchantName     string `json:"merchant_name,omitempty" title:"品牌名称" rule:"chars=1..36 line"`
	BackgroundColor  string `json:"background_color,omitempty" title:"背景颜色" rule:"anycase enum=COLOR010|COLOR020|COLOR030|COLOR040|COLOR050|COLOR060|COLOR070|COLOR080|COLOR081|COLOR082|COLOR090|COLOR100|COLOR101|COLOR102"`
	CouponImage      string `json:"coupon_image,omitempty" title:"券详情图片" rule:"bytes=1..128"`
	JumpTarget       string `json:"jump_target,omitempty" title:"跳转目标" rule:"enum=PAYMENT_CODE|MINI_PROGRAM|DEFAULT_PAGE"`
	MiniProgramAppID string `json:"mini_program_appid,omitempty" title:"小程序appid" rule:"bytes=1..128"`
	MiniProgramPath  string `json:"mini_program_path,omitempty" title:"小程序path" rule:"bytes=1..1024"`
}

// CouponUseRule is when and on what a voucher may be spent.
type CouponUseRule struct {
	CouponAvailableTime *CouponAvailableTime `json:"coupon_available_time,omitempty" title:"券生效时间"`
	FixedNormalCoupon   *FixedNormalCoupon   `json:"fixed_normal_coupon,omitempty" title:"固定面额满减券使用规则" rule:"required"`
	GoodsTag            []string             `json:"goods_tag,omitempty" title:"订单优惠标记" rule:"items=..50 bytes=1..128 match=tag"`
	LimitPay            []string             `json:"limit_pay,omitempty" title:"指定付款方式" rule:"items=1..1 match=paycode"`
	LimitCard           *LimitCard           `json:"limit_card,omitempty" title:"指定银行卡BIN"`
	TradeType           []string             `json:"trade_type,omitempty" title:"支付方式" rule:"items=..6 enum=MICROAPP|APPPAY|PPAY|CARD|FACE|OTHER"`
	// CombineUse is whether the voucher may be combined with others of the merchant; nil
	// means that it may.
	CombineUse *bool `json:"combine_use,omitempty" title:"是否可叠加其他代金券"`
	// AvailableItems makes the stock one for single items.
	AvailableItems     []string `json:"available_items,omitempty" title:"可核销商品编码" rule:"items=1..50 bytes=1..128"`
	UnavailableItems   []string `json:"unavailable_items,omitempty" title:"不可核销商品编码" rule:"items=1..50 bytes=1..128"`
	AvailableMerchants []string `json:"available_merchants" title:"可用商户号" rule:"required items=1..50 bytes=1..20"`
}

// CouponAvailableTime says when a voucher may be spent within the time of its stock.
type CouponAvailableTime struct {
	FixAvailableTime *FixAvailableTime `json:"fix_available_time,omitempty" title:"固定时间段可用"`
	// SecondDayAvailable makes a voucher usable from the day after its receipt.
	SecondDayAvailable bool `json:"second_day_available,omitempty" title:"领取后第二天可用"`
	// AvailableTimeAfterReceive is for how many minutes a voucher is good.
	AvailableTimeAfterReceive *int32 `json:"available_time_after_receive,omitempty" title:"领取后可用时间"`
}

// FixAvailableTime are days of the week and a time of the day, in seconds since midnight.
type FixAvailableTime struct {
	// AvailableWeekDay has 0 for Sunday to 6 for Saturday; empty means every day.
	AvailableWeekDay []int32 `json:"available_week_day,omitempty" title:"可用星期数" rule:"items=..7 range=0..6"`
	BeginTime        int32   `json:"begin_time" title:"当天开始时间" rule:"required range=0..86400"`
	// EndTime is the last second; nil means 86399.
	EndTime *int32 `json:"end_time,omitempty" title:"当天结束时间" rule:"range=1..86399"`
}

// FixedNormalCoupon takes CouponAmount off what costs at least TransactionMinimum, both
// in fen.
type FixedNormalCoupon struct {
	CouponAmount       int64 `json:"coupon_amount" title:"面额" rule:"required range=0.."`
	TransactionMinimum int64 `json:"transaction_minimum" title:"使用门槛" rule:"required range=0.."`
}

// LimitCard are the bank cards that may pay.
type LimitCard struct {
	Name string   `json:"name" title:"银行卡名称" rule:"required chars=1..4 line"`
	Bin  []string `json:"bin" title:"指定卡BIN" rule:"required items=1..10 bytes=6..9 match=digits"`
}

// CreateStockResponse names the new stock.
type CreateStockResponse struct {
	StockID    string      `json:"stock_id" title:"批次号" rule:"required bytes=1..20"`
	CreateTime schema.Time `json:"create_time" title:"创建时间" rule:"required"`
}

// CommandRequest is 4.2 to 4.5: a command to a stock.
type CommandRequest struct {
	StockID           string `path:"stock_id" json:"-" title:"批次号" rule:"required bytes=1..20"`
	StockCreatorMchID string `json:"stock_creator_mchid" title:"创建批次的商户号" rule:"required bytes=1..20" texts:"required=商户号必填"`
}

// StartStockResponse is the result of 4.2.
type StartStockResponse struct {
	StartTime schema.Time `json:"start_time" title:"生效时间" rule:"required"`
	StockID   string      `json:"stock_id" title:"批次号" rule:"required"`
}

// PauseStockResponse is the result of 4.3.
type PauseStockResponse struct {
	PauseTime schema.Time `json:"pause_time" title:"暂停时间" rule:"required"`
	StockID   string      `json:"stock_id" title:"批次号" rule:"required"`
}

// RestartStockResponse is the result of 4.4.
type RestartStockResponse struct {
	RestartTime schema.Time `json:"restart_time" title:"重启时间" rule:"required"`
	StockID     string      `json:"stock_id" title:"批次号" rule:"required"`
}

// StopStockResponse is the result of 4.5.
type StopStockResponse struct {
	StopTime schema.Time `json:"stop_time" title:"终止时间" rule:"required"`
	StockID  string      `json:"stock_id" title:"批次号" rule:"required"`
}

// ListStocksRequest is 4.6. Offset is the number of the page, from 0.
type ListStocksRequest struct {
	Offset            *int64      `query:"offset" json:"-" title:"分页页码" rule:"required range=0..2147483647"`
	Limit             int64       `query:"limit" json:"-" title:"分页大小" rule:"required range=1..10" texts:"max=页大小超过阈值"`
	StockCreatorMchID string      `query:"stock_creator_mchid" json:"-" title:"创建批次的商户号" rule:"required bytes=1..20" texts:"required=商户号必填"`
	CreateStartTime   schema.Time `query:"create_start_time" json:"-" title:"起始时间" rule:"blank bytes=1..32" texts:"time=输入时间格式错误"`
	CreateEndTime     schema.Time `query:"create_end_time" json:"-" title:"终止时间" rule:"blank bytes=1..32" texts:"time=输入时间格式错误"`
	Status            string      `query:"status" json:"-" title:"批次状态" rule:"blank enum=unactivated|audit|running|stoped|paused" texts:"enum=非法的批次状态"`
}

// ListStocksResponse is a page of stocks, the newest first.
type ListStocksResponse struct {
	TotalCount int64   `json:"total_count" title:"批次总数" rule:"required"`
	Data       []Stock `json:"data" title:"批次详情" rule:"required"`
	Limit      int64   `json:"limit" title:"分页大小" rule:"required"`
	Offset     int64   `json:"offset" title:"分页页码" rule:"required"`
}

// GetStockRequest is 4.7.
type GetStockRequest struct {
	StockID           string `path:"stock_id" json:"-" title:"批次号" rule:"required bytes=1..20"`
	StockCreatorMchID string `query:"stock_creator_mchid" json:"-" title:"创建批次的商户号" rule:"required bytes=1..20" texts:"required=商户号必填"`
}

// Stock is the answer to 4.7.
type Stock struct {
	StockID            string          `json:"stock_id" title:"批次号" rule:"required"`
	StockCreatorMchID  string          `json:"stock_creator_mchid" title:"创建批次的商户号" rule:"required"`
	StockName          string          `json:"stock_name" title:"批次名称" rule:"required"`
	Status             string          `json:"status" title:"批次状态" rule:"required enum=unactivated|audit|running|stoped|paused"`
	CreateTime         schema.Time     `json:"create_time" title:"创建时间" rule:"required"`
	Description        string          `json:"description" title:"使用说明" rule:"required"`
	StockUseRule       *StockUseLimits `json:"stock_use_rule,omitempty" title:"满减券批次使用规则"`
	AvailableBeginTime schema.Time     `json:"available_begin_time" title:"可用开始时间" rule:"required"`
	AvailableEndTime   schema.Time     `json:"available_end_time" title:"可用结束时间" rule:"required"`
	DistributedCoupons int64           `json:"distributed_coupons" title:"已发券数量" rule:"required"`
	NoCash             bool            `json:"no_cash" title:"是否无资金流" rule:"required"`
	StartTime          schema.Time     `json:"start_time,omitzero" title:"激活批次的时间"`
	StopTime           schema.Time     `json:"stop_time,omitzero" title:"终止批次的时间"`
	SingleItem         bool            `json:"singleitem" title:"是否单品优惠" rule:"required"`
	StockType          string          `json:"stock_type" title:"批次类型" rule:"required enum=NORMAL|DISCOUNT_CUT|OTHER"`
}

// StockUseLimits are the rules of a stock in answers, of another shape than in the
// request that created it.
type StockUseLimits struct {
	MaxCoupons        int64              `json:"max_coupons" title:"发放总上限" rule:"required"`
	MaxAmount         int64              `json:"max_amount" title:"总预算" rule:"required"`
	MaxAmountByDay    int64              `json:"max_amount_by_day" title:"单天发放上限金额" rule:"required"`
	FixedNormalCoupon *FixedNormalCoupon `json:"fixed_normal_coupon,omitempty" title:"固定面额批次特定信息"`
	MaxCouponsPerUser int32              `json:"max_coupons_per_user" title:"单个用户可领个数" rule:"required"`
	CouponType        string             `json:"coupon_type,omitempty" title:"券类型" rule:"enum=NORMAL|CUT_TO"`
	GoodsTag          []string           `json:"goods_tag" title:"订单优惠标记"`
	TradeType         []string           `json:"trade_type" title:"支付方式"`
	CombineUse        bool               `json:"combine_use" title:"是否可叠加其他优惠"`
}

// ListMerchantsRequest is 4.8. Offset is the number of the page, from 0.
type ListMerchantsRequest struct {
	StockID           string `path:"stock_id" json:"-" title:"批次号" rule:"required bytes=1..20"`
	Offset            *int64 `query:"offset" json:"-" title:"分页页码" rule:"required range=0..1000"`
	Limit             int64  `query:"limit" json:"-" title:"分页大小" rule:"required range=1..50" texts:"max=页大小超过阈值"`
	StockCreatorMchID string `query:"stock_creator_mchid" json:"-" title:"创建批次的商户号" rule:"required bytes=1..20" texts:"required=商户号必填"`
}

// ListItemsRequest is 4.9. Offset is the number of the page, from 0.
type ListItemsRequest struct {
	StockID           string `path:"stock_id" json:"-" title:"批次号" rule:"required bytes=1..20"`
	Offset            *int64 `query:"offset" json:"-" title:"分页页码" rule:"required range=0..500"`
	Limit             int64  `query:"limit" json:"-" title:"分页大小" rule:"required range=1..100" texts:"max=页大小超过阈值"`
	StockCreatorMchID string `query:"stock_creator_mchid" json:"-" title:"创建批次的商户号" rule:"required bytes=1..20" texts:"required=商户号必填"`
}

// ListNamesResponse is a page of merchants (4.8) or of goods (4.9).
type ListNamesResponse struct {
	TotalCount int64    `json:"total_count" title:"总数量" rule:"required"`
	Data       []string `json:"data" title:"列表" rule:"required"`
	Offset     int64    `json:"offset" title:"分页页码" rule:"required"`
	Limit      int64    `json:"limit" title:"分页大小" rule:"required"`
	StockID    string   `json:"stock_id" title:"批次号" rule:"required"`
}

// ModifyGoodsRequest is 4.10. Each list may be an array or one text with commas, and the
// second one may be spelt as the documentation's sample spells it.
type ModifyGoodsRequest struct {
	StockID                 string   `path:"stock_id" json:"-" title:"批次号" rule:"required bytes=1..20"`
	StockCreatorMchID       string   `json:"stock_creator_mchid" title:"创建批次的商户号" rule:"required bytes=1..20" texts:"required=商户号必填"`
	AddGoodsIDList          []string `json:"add_goods_id_list,omitempty" title:"新增商品编码列表" rule:"commas items=..50 bytes=1..128"`
	DeleteGoodsIDList       []string `json:"delete_goods_id_list,omitempty" title:"删除商品编码列表" rule:"commas items=..50 bytes=1..128"`
	DeleteGoodsIDListSample []string `json:"Delete_goods_id_list,omitempty" title:"删除商品编码列表" rule:"commas items=..50 bytes=1..128"`
}

// ModifyGoodsResponse has the time of the change twice, as the sources name it either way.
type ModifyGoodsResponse struct {
	PauseTime  schema.Time `json:"pause_time" title:"生效时间" rule:"required"`
	EffectTime schema.Time `json:"effect_time" title:"生效时间" rule:"required"`
	StockID    string      `json:"stock_id" title:"批次号" rule:"required"`
}
