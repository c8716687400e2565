package busifavor

import "github.com/favord/favord/wire/schema"

// CreateStockRequest is B1: a new stock.
type CreateStockRequest struct {
	StockName          string              `json:"stock_name" title:"商家券批次名称" rule:"required chars=1..21 line"`
	BelongMerchant     string              `json:"belong_merchant" title:"批次归属商户号" rule:"required bytes=8..15"`
	Comment            string              `json:"comment,omitempty" title:"批次备注" rule:"chars=1..20"`
	GoodsName          string              `json:"goods_name" title:"适用商品范围" rule:"required chars=1..15 line"`
	StockType          string              `json:"stock_type" title:"批次类型" rule:"required enum=NORMAL|DISCOUNT|EXCHANGE"`
	CouponUseRule      CouponUseRule       `json:"coupon_use_rule" title:"核销规则" rule:"required"`
	StockSendRule      StockSendRule       `json:"stock_send_rule" title:"发放规则" rule:"required"`
	OutRequestNo       string              `json:"out_request_no" title:"商户请求单号" rule:"required bytes=1..128 match=number"`
	CustomEntrance     *CustomEntrance     `json:"custom_entrance,omitempty" title:"自定义入口"`
	DisplayPatternInfo *DisplayPatternInfo `json:"display_pattern_info,omitempty" title:"样式信息"`
	CouponCodeMode     string              `json:"coupon_code_mode" title:"券code模式" rule:"required enum=WECHATPAY_MODE|MERCHANT_API|MERCHANT_UPLOAD"`
	NotifyConfig       *NotifyConfig       `json:"notify_config,omitempty" title:"事件通知配置"`
	Subsidy            *bool               `json:"subsidy,omitempty" title:"是否允许营销补贴"`
}

// CreateStockResponse names the new stock.
type CreateStockResponse struct {
	StockID    string      `json:"stock_id" title:"批次号" rule:"required bytes=1..20"`
	CreateTime schema.Time `json:"create_time" title:"创建时间" rule:"required"`
}

// GetStockRequest is B2.
type GetStockRequest struct {
	StockID string `path:"stock_id" json:"-" title:"批次号" rule:"required bytes=1..20"`
}

// Stock is the answer to B2: a stock with its rules and how much of it was
// issued.
type Stock struct {
	StockName            string                `json:"stock_name" title:"商家券批次名称" rule:"required"`
	BelongMerchant       string                `json:"belong_merchant" title:"批次归属商户号" rule:"required"`
	Comment              string                `json:"comment,omitempty" title:"批次备注"`
	GoodsName            string                `json:"goods_name" title:"适用商品范围" rule:"required"`
	StockType            string                `json:"stock_type" title:"批次类型" rule:"required enum=NORMAL|DISCOUNT|EXCHANGE"`
	CouponUseRule        CouponUseRule         `json:"coupon_use_rule" title:"核销规则" rule:"required"`
	StockSendRule        StockSendRule         `json:"stock_send_rule" title:"发放规则" rule:"required"`
	CustomEntrance       *CustomEntrance       `json:"custom_entrance,omitempty" title:"自定义入口"`
	DisplayPatternInfo   *DisplayPatternInfo   `json:"display_pattern_info,omitempty" title:"样式信息"`
	StockState           string                `json:"stock_state" title:"批次状态" rule:"required enum=UNAUDIT|RUNNING|STOPED|PAUSED"`
	CouponCodeMode       string                `json:"coupon_code_mode" title:"券code模式" rule:"required enum=WECHATPAY_MODE|MERCHANT_API|MERCHANT_UPLOAD"`
	StockID              string                `json:"stock_id" title:"批次号" rule:"required"`
	CouponCodeCount      *CouponCodeCount      `json:"coupon_code_count,omitempty" title:"券code数量"`
	NotifyConfig         *NotifyConfig         `json:"notify_config,omitempty" title:"事件通知配置"`
	SendCountInformation *SendCountInformation `json:"send_count_information,omitempty" title:"批次发放情况"`
	Subsidy              *bool                 `json:"subsidy,omitempty" title:"是否允许营销补贴"`
}

// CouponUseRule is when and how coupons are redeemed (4.2). Of the three amounts
// the one that fits the stock's type counts.
type CouponUseRule struct {
	CouponAvailableTime CouponAvailableTime `json:"coupon_available_time" title:"券可核销时间" rule:"required"`
	FixedNormalCoupon   *FixedNormalCoupon  `json:"fixed_normal_coupon,omitempty" title:"固定面额满减券使用规则"`
	DiscountCoupon      *DiscountCoupon     `json:"discount_coupon,omitempty" title:"折扣券使用规则"`
	ExchangeCoupon      *ExchangeCoupon     `json:"exchange_coupon,omitempty" title:"换购券使用规则"`
	UseMethod           string              `json:"use_method" title:"核销方式" rule:"required enum=OFF_LINE|MINI_PROGRAMS|SELF_CONSUME|PAYMENT_CODE"`
	MiniProgramsAppID   string              `json:"mini_programs_appid,omitempty" title:"小程序appid" rule:"blank bytes=1..32"`
	MiniProgramsPath    string              `json:"mini_programs_path,omitempty" title:"小程序path" rule:"blank bytes=..1024"`
}

// CouponAvailableTime bounds when coupons may be used (4.3).
type CouponAvailableTime struct {
	AvailableBeginTime          schema.Time       `json:"available_begin_time" title:"开始时间" rule:"required"`
	AvailableEndTime            schema.Time       `json:"available_end_time" title:"结束时间" rule:"required"`
	AvailableDayAfterReceive    int               `json:"available_day_after_receive,omitempty" title:"生效后N天内有效" rule:"range=1..365"`
	WaitDaysAfterReceive        int               `json:"wait_days_after_receive,omitempty" title:"领取后N天开始生效" rule:"range=1..30"`
	AvailableSecondAfterReceive int64             `json:"available_second_after_receive,omitempty" title:"领取后N秒内有效" rule:"range=1..2147483647"`
	AvailableWeek               *AvailableWeek    `json:"available_week,omitempty" title:"固定周期有效时间段"`
	IrregularyAvaliableTime     []IrregularPeriod `json:"irregulary_avaliable_time,omitempty" title:"无规律的有效时间段" rule:"items=..2"`
}

// AvailableWeek are the days of the week and the times of day at which coupons
// may be used.
type AvailableWeek struct {
	// WeekDay has 0 for Sunday to 6 for Saturday.
	WeekDay          []int     `json:"week_day,omitempty" title:"可用星期数" rule:"items=..7 range=0..6"`
	AvailableDayTime []DayTime `json:"available_day_time,omitempty" title:"当天可用时间段" rule:"items=..2"`
}

// DayTime is a period of a day, in seconds since midnight in Beijing.
type DayTime struct {
	BeginTime int `json:"begin_time" title:"当天可用开始时间" rule:"required range=0..86399"`
	EndTime   int `json:"end_time" title:"当天可用结束时间" rule:"required range=0..86399"`
}

// IrregularPeriod is a span of time.
type IrregularPeriod struct {
	BeginTime schema.Time `json:"begin_time" title:"开始时间" rule:"required"`
	EndTime   schema.Time `json:"end_time" title:"结束时间" rule:"required"`
}

// FixedNormalCoupon takes an amount off, in fen.
type FixedNormalCoupon struct {
	DiscountAmount     int64 `json:"discount_amount" title:"优惠金额" rule:"required range=1..10000000"`
	TransactionMinimum int64 `json:"transaction_minimum" title:"消费门槛" rule:"required range=0..10000000"`
}

// DiscountCoupon leaves a percentage to pay: 88 means 88 %.
type DiscountCoupon struct {
	DiscountPercent    int   `json:"discount_percent" title:"折扣比例" rule:"required range=1..100"`
	TransactionMinimum int64 `json:"transaction_minimum" title:"消费门槛" rule:"required range=0..10000000"`
}

// ExchangeCoupon sells an item at a price, in fen.
type ExchangeCoupon struct {
	ExchangePrice      int64 `json:"exchange_price" title:"单品换购价" rule:"required range=0..10000000"`
	TransactionMinimum int64 `json:"transaction_minimum" title:"消费门槛" rule:"required range=0..10000000"`
}

// StockSendRule are the limits of sending (4.4, chapter 7).
type StockSendRule struct {
	MaxCoupons         int64 `json:"max_coupons" title:"批次最大发放个数" rule:"required range=1..1000000000"`
	MaxCouponsPerUser  int32 `json:"max_coupons_per_user" title:"用户最大可领个数" rule:"required range=1..100"`
	MaxCouponsByDay    int64 `json:"max_coupons_by_day,omitempty" title:"单天发放上限个数" rule:"range=1..1000000000"`
	MaxAmount          int64 `json:"max_amount,omitempty" title:"批次总预算" rule:"range=1..100000000000"`
	MaxAmountByDay     int64 `json:"max_amount_by_day,omitempty" title:"单天发放上限金额" rule:"range=1..10000000000"`
	NaturalPersonLimit *bool `json:"natural_person_limit,omitempty" title:"是否开启自然人限制"`
	PreventAPIAbuse    *bool `json:"prevent_api_abuse,omitempty" title:"可疑账号拦截"`
	Transferable       *bool `json:"transferable,omitempty" title:"是否允许转赠"`
	Shareable          *bool `json:"shareable,omitempty" title:"是否允许分享链接"`
}

// CustomEntrance is where the card leads (4.5).
type CustomEntrance struct {
	MiniProgramsInfo *MiniProgramsInfo `json:"mini_programs_info,omitempty" title:"小程序入口"`
	AppID            string            `json:"appid,omitempty" title:"商户公众号appid" rule:"blank bytes=1..32"`
	HallID           string            `json:"hall_id,omitempty" title:"营销馆id" rule:"bytes=..1024"`
	StoreID          string            `json:"store_id,omitempty" title:"可用门店id" rule:"bytes=..1024"`
	CodeDisplayMode  string            `json:"code_display_mode,omitempty" title:"code展示模式" rule:"enum=NOT_SHOW|BARCODE|QRCODE"`
}

// MiniProgramsInfo leads into a mini program.
type MiniProgramsInfo struct {
	MiniProgramsAppID string `json:"mini_programs_appid" title:"商家小程序appid" rule:"required bytes=1..32"`
	MiniProgramsPath  string `json:"mini_programs_path" title:"商家小程序path" rule:"required bytes=1..1024"`
	EntranceWords     string `json:"entrance_words" title:"入口文案" rule:"required chars=1..5 line"`
	GuidingWords      string `json:"guiding_words,omitempty" title:"引导文案" rule:"chars=1..6 line"`
}

// DisplayPatternInfo is how the card looks (4.6).
type DisplayPatternInfo struct {
	Description string `json:"description,omitempty" title:"使用须知" rule:"chars=..1000"`
	// MerchantLogoURL comes from the image upload.
	MerchantLogoURL string `json:"merchant_logo_url" title:"商户logo" rule:"blank bytes=1..256"`
	// MerchantName is filled in by the platform; what a request says is ignored.
	MerchantName    string      `json:"merchant_name,omitempty" title:"商户名称" rule:"chars=..16 line"`
	BackgroundColor string      `json:"background_color,omitempty" title:"背景颜色" rule:"blank enum=Color010|Color020|Color030|Color040|Color050|Color060|Color070|Color080|Color090|Color100"`
	CouponImageURL  string      `json:"coupon_image_url" title:"券详情图片" rule:"blank bytes=1..256"`
	FinderInfo      *FinderInfo `json:"finder_info,omitempty" title:"视频号相关信息"`
}

// FinderInfo is a video channel.
type FinderInfo struct {
	FinderID                 string `json:"finder_id" title:"视频号ID" rule:"required bytes=1..1024"`
	FinderVideoID            string `json:"finder_video_id" title:"视频号视频ID" rule:"required bytes=1..1024"`
	FinderVideoCoverImageURL string `json:"finder_video_cover_image_url" title:"视频号封面图" rule:"required bytes=1..256"`
}

// NotifyConfig is under which appid notifications name users.
type NotifyConfig struct {
	NotifyAppID string `json:"notify_appid,omitempty" title:"事件通知appid" rule:"blank bytes=1..64"`
}

// CouponCodeCount counts uploaded codes, for MERCHANT_UPLOAD.
type CouponCodeCount struct {
	TotalCount     int64 `json:"total_count" title:"该批次总共已上传的code总数" rule:"required"`
	AvailableCount int64 `json:"available_count" title:"该批次当前可用的code数" rule:"required"`
}

// SendCountInformation counts issued coupons (4.8). Amounts are in fen and only
// there for NORMAL; today's only when the stock has a limit per day.
type SendCountInformation struct {
	TotalSendNum    int64  `json:"total_send_num" title:"已发放券张数" rule:"required"`
	TotalSendAmount *int64 `json:"total_send_amount,omitempty" title:"已发放券金额"`
	TodaySendNum    *int64 `json:"today_send_num,omitempty" title:"单天已发放券张数"`
	TodaySendAmount *int64 `json:"today_send_amount,omitempty" title:"单天已发放券金额"`
}
