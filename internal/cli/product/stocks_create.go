package product

import (
	"cmp"
	"math"
	"time"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/schema"
)

// StockCreateTexts are the help of the command that creates stocks of coupons, in Chinese and English, by
// their keys.
func StockCreateTexts() map[string][2]string {
	return map[string][2]string{
		"stockscreate": {
			"创建商家券批次：用选项或文件；在终端里什么都不给时逐项询问",
			"Create a stock of merchant coupons from flags or a file; on a terminal, without any, it asks.",
		},
		"createtype": {
			"满减NORMAL、折扣DISCOUNT或换购EXCHANGE，缺省由 --discount、--percent、--price 决定",
			"NORMAL takes an amount off, DISCOUNT a percentage, EXCHANGE sets a price; follows from --discount, --percent or --price if omitted.",
		},
		"creategoods":    {"适用商品范围，缺省为“全场商品”", "Goods that the coupon is for; all goods if omitted."},
		"creatediscount": {"优惠金额（分）", "Amount taken off, in fen."},
		"createpercent":  {"折扣：用户支付百分之几，如 88", "Percentage to pay, such as 88."},
		"createprice":    {"换购价（分）", "Price of the item, in fen."},
		"createdays":     {"领取后多少天内有效", "For how many days a coupon is good after its receipt."},
		"createcodes": {
			"券code由谁生成：WECHATPAY_MODE（平台，缺省）、MERCHANT_API（发券时传入）、MERCHANT_UPLOAD（预先上传）",
			"Who makes the codes: WECHATPAY_MODE (the platform; default), MERCHANT_API (given with each call), MERCHANT_UPLOAD (uploaded before).",
		},
	}
}

// stocksCreate creates a stock of merchant coupons.
type stocksCreate struct {
	create
	Type     string `help:"createtype" enum:",NORMAL,DISCOUNT,EXCHANGE" default:""`
	Goods    string `help:"creategoods" placeholder:"TEXT"`
	Discount int64  `help:"creatediscount" placeholder:"FEN"`
	Percent  int64  `help:"createpercent" placeholder:"N"`
	Price    int64  `help:"createprice" placeholder:"FEN"`
	Days     int64  `help:"createdays" placeholder:"N"`
	Codes    string `help:"createcodes" enum:",WECHATPAY_MODE,MERCHANT_API,MERCHANT_UPLOAD" default:""`
}

// Types of stocks, and who makes codes.
const (
	typeNormal, typeDiscount, typeExchange  = "NORMAL", "DISCOUNT", "EXCHANGE"
	platformCodes, callCodes, uploadedCodes = "WECHATPAY_MODE", "MERCHANT_API", "MERCHANT_UPLOAD"
)

// Run implements the command.
func (s *stocksCreate) Run(c *term.Command) error {
	n := &creation{
		Command: c, create: &s.create, op: operation(busifavor.Operations(), busifavor.CreateStock),
		blank: func() any { return new(busifavor.CreateStockRequest) },
		empty: s.Type+s.Goods+s.Codes == "" && s.Discount == 0 && s.Percent == 0 && s.Price == 0 && s.Days == 0,
		flags: map[string]string{
			"/stock_name": "--name", "/comment": "--comment", "/goods_name": "--goods", "/stock_type": "--type", "/out_request_no": "--request-no",
			"/coupon_use_rule/fixed_normal_coupon/discount_amount":               "--discount",
			"/coupon_use_rule/fixed_normal_coupon/transaction_minimum":           "--minimum",
			"/coupon_use_rule/discount_coupon/discount_percent":                  "--percent",
			"/coupon_use_rule/discount_coupon/transaction_minimum":               "--minimum",
			"/coupon_use_rule/exchange_coupon/exchange_price":                    "--price",
			"/coupon_use_rule/exchange_coupon/transaction_minimum":               "--minimum",
			"/coupon_use_rule/coupon_available_time/available_begin_time":        "--from",
			"/coupon_use_rule/coupon_available_time/available_end_time":          "--until",
			"/coupon_use_rule/coupon_available_time/available_day_after_receive": "--days",
			"/stock_send_rule/max_coupons":                                       "--max",
			"/stock_send_rule/max_coupons_per_user":                              "--per-user",
			"/coupon_code_mode":                                                  "--codes", "/display_pattern_info/description": "--description",
		},
	}
	n.missing, n.questions = s.missing, func() []question { return s.questions(c) }
	n.build = func(now time.Time, e *sandbox.Environment) (any, error) { return s.build(c, now, e) }
	n.done = func(_ *client.Client, stock string) error {
		if c.Width > 0 {
			c.Say("发一张券：favord coupons send %s 单号", "To issue a coupon: favord coupons send %s NUMBER", stock)
		}
		return nil
	}
	return n.run()
}

// operation is one of a table.
func operation(table []wire.Operation, id string) wire.Operation {
	for _, op := range table {
		if op.ID == id {
			return op
		}
	}
	panic("no operation " + id)
}

// kind is the type of the stock: what was said, or what the amounts mean.
func (s *stocksCreate) kind() string {
	switch {
	case s.Type != "":
		return s.Type
	case s.Percent != 0:
		return typeDiscount
	case s.Price != 0:
		return typeExchange
	}
	return typeNormal
}

// missing are the flags without which there is no stock.
func (s *stocksCreate) missing() (list []string) {
	amount := map[string]struct {
		flag  string
		value int64
	}{
		typeNormal: {"--discount", s.Discount}, typeDiscount: {"--percent", s.Percent}, typeExchange: {"--price", s.Price},
	}[s.kind()]
	if s.Name == "" {
		list = append(list, "--name")
	}
	if amount.value == 0 && s.kind() != typeExchange {
		list = append(list, amount.flag)
	}
	if s.Max == 0 {
		list = append(list, "--max")
	}
	return list
}

// build makes the request.
func (s *stocksCreate) build(c *term.Command, now time.Time, e *sandbox.Environment) (*busifavor.CreateStockRequest, error) {
	begin, end, err := s.times(now)
	if err != nil {
		return nil, err
	}
	req := &busifavor.CreateStockRequest{
		StockName: s.Name, BelongMerchant: e.MchID, Comment: s.Comment, GoodsName: cmp.Or(s.Goods, c.Choose("全场商品", "All goods")),
		StockType: s.kind(), OutRequestNo: s.RequestNo, CouponCodeMode: cmp.Or(s.Codes, platformCodes),
		CouponUseRule: busifavor.CouponUseRule{
			CouponAvailableTime: busifavor.CouponAvailableTime{
				AvailableBeginTime: schema.TimeOf(begin), AvailableEndTime: schema.TimeOf(end), AvailableDayAfterReceive: int(s.Days),
			},
			UseMethod: "OFF_LINE",
		},
		StockSendRule: busifavor.StockSendRule{MaxCoupons: s.Max, MaxCouponsPerUser: s.perUser()},
	}
	if e.AppID != "" {
		req.NotifyConfig = &busifavor.NotifyConfig{NotifyAppID: e.AppID}
	}
	if s.Desc != "" {
		req.DisplayPatternInfo = &busifavor.DisplayPatternInfo{Description: s.Desc}
	}
	return req, s.benefit(&req.CouponUseRule)
}

// perUser is how many a user may get: one, if nothing is said.
func (k *create) perUser() int32 {
	return int32(min(max(cmp.Or(k.PerUser, 1), math.MinInt32), math.MaxInt32))
}

// benefit sets what a coupon is worth. An amount of another type is a mistake.
func (s *stocksCreate) benefit(rule *busifavor.CouponUseRule) error {
	kind := s.kind()
	for _, one := range []struct {
		flag, kind string
		value      int64
	}{{"--discount", typeNormal, s.Discount}, {"--percent", typeDiscount, s.Percent}, {"--price", typeExchange, s.Price}} {
		if one.value != 0 && one.kind != kind {
			return &term.Usage{Text: fault.Text{
				ZH: one.flag + " 用于 " + one.kind + "，而批次类型是 " + kind, EN: one.flag + " is for " + one.kind + ", and the stock is of type " + kind,
			}}
		}
	}
	switch kind {
	case typeNormal:
		rule.FixedNormalCoupon = &busifavor.FixedNormalCoupon{DiscountAmount: s.Discount, TransactionMinimum: s.Minimum}
	case typeDiscount:
		percent := min(max(s.Percent, math.MinInt32), math.MaxInt32)
		rule.DiscountCoupon = &busifavor.DiscountCoupon{DiscountPercent: int(percent), TransactionMinimum: s.Minimum}
	case typeExchange:
		rule.ExchangeCoupon = &busifavor.ExchangeCoupon{ExchangePrice: s.Price, TransactionMinimum: s.Minimum}
	}
	return nil
}

// questions are what a person is asked about a stock of merchant coupons.
func (s *stocksCreate) questions(c *term.Command) []question {
	return []question{
		asked("--type", "类型", "Type", takeText(&s.Type)).of(
			choice{typeNormal, fault.Text{ZH: "满减券：减一个金额", EN: "an amount off"}},
			choice{typeDiscount, fault.Text{ZH: "折扣券：打折", EN: "a percentage off"}},
			choice{typeExchange, fault.Text{ZH: "换购券：以换购价购买", EN: "an item at a price"}},
		),
		asked("--name", "批次名称（最多21字）", "Name (at most 21 characters)", takeText(&s.Name)),
		asked("--goods", "适用商品范围（最多15字）", "Goods (at most 15 characters)", takeText(&s.Goods)).or(c.Choose("全场商品", "All goods")),
		s.worth(),
		asked("--minimum", "消费门槛（元），即满多少可用", "Least order total, in yuan", takeYuan(&s.Minimum)).or("0"),
		fromQuestion(&s.create), untilQuestion(&s.create), maxQuestion(&s.create), perUserQuestion(&s.create),
		asked("--codes", "券code由谁生成", "Who makes the codes", takeText(&s.Codes)).of(
			choice{platformCodes, fault.Text{ZH: "平台生成", EN: "the platform"}},
			choice{callCodes, fault.Text{ZH: "发券时由商户传入", EN: "the merchant, with each call"}},
			choice{uploadedCodes, fault.Text{
				ZH: "商户预先上传（favord codes upload）", EN: "the merchant, who uploads them before (favord codes upload)",
			}},
		),
	}
}

// worth asks what a coupon is worth.
func (s *stocksCreate) worth() question {
	switch s.kind() {
	case typeDiscount:
		return asked("--percent", "折扣（用户支付百分之几，如 88 即8.8折）", "Percentage to pay, such as 88", takeNumber(&s.Percent))
	case typeExchange:
		return asked("--price", "换购价（元）", "Price of the item, in yuan", takeYuan(&s.Price))
	}
	return asked("--discount", "优惠金额（元）", "Amount off, in yuan", takeYuan(&s.Discount))
}

// Questions about every kind of stocks.

func fromQuestion(k *create) question {
	return asked("--from", "何时开始，如 2026-12-05 12:00；now 为现在", "When it begins, such as 2026-12-05 12:00", takeTime(&k.From)).or(nowWord)
}

func untilQuestion(k *create) question {
	return asked("--until", "何时结束，如 2026-12-31 23:59:59，或时长",
		"When it ends, such as 2026-12-31 23:59:59, or how long it lasts", takeTime(&k.Until)).or("30d")
}

func maxQuestion(k *create) question {
	return asked("--max", "最多发放多少张", "How many may be given out", takeNumber(&k.Max)).or("1000")
}

func perUserQuestion(k *create) question {
	return asked("--per-user", "每个用户最多领多少张", "How many a user may get", takeNumber(&k.PerUser)).or("1")
}
