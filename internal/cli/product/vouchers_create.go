package product

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/wire/favor"
	"github.com/favord/favord/wire/schema"
)

// VoucherCreateTexts are the help of the command that creates stocks of vouchers, in Chinese and English, by
// their keys.
func VoucherCreateTexts() map[string][2]string {
	return map[string][2]string{
		"voucherscreate": {
			"创建代金券批次：用选项或文件；在终端里什么都不给时逐项询问",
			"Create a stock of cash vouchers from flags or a file; on a terminal, without any, it asks.",
		},
		"createamount":    {"面额（分）", "Face value, in fen."},
		"createmerchants": {"可用商户号，缺省为自己", "Merchants at which it can be used; defaults to the caller."},
		"createitems": {
			"可核销的商品编码（单品券），缺省为全场",
			"Goods ids, for vouchers of single items; the whole order if omitted.",
		},
		"createprefunded": {
			"预充值：激活时锁定预算（缺省为免充值）",
			"Pre-funded: the budget is locked on start; not pre-funded if omitted.",
		},
		"createstart": {"创建后立即激活", "Start it at once."},
	}
}

// vouchersCreate creates a stock of cash vouchers.
type vouchersCreate struct {
	create
	Amount    int64    `help:"createamount" placeholder:"FEN"`
	Merchants []string `help:"createmerchants" placeholder:"MCHID"`
	Items     []string `help:"createitems" placeholder:"ID"`
	PreFunded bool     `help:"createprefunded"`
	Start     bool     `help:"createstart"`
}

// Run implements the command.
func (v *vouchersCreate) Run(c *term.Command) error {
	n := &creation{
		Command: c, create: &v.create, op: operation(favor.Operations(), favor.CreateStock),
		blank: func() any { return new(favor.CreateStockRequest) },
		empty: v.Amount == 0 && len(v.Merchants)+len(v.Items) == 0 && !v.PreFunded,
		flags: map[string]string{
			"/stock_name": "--name", "/comment": "--comment", "/out_request_no": "--request-no",
			"/available_begin_time": "--from", "/available_end_time": "--until", "/pattern_info/description": "--description",
			"/stock_use_rule/max_coupons": "--max", "/stock_use_rule/max_coupons_per_user": "--per-user", "/stock_use_rule/max_amount": "--max",
			"/coupon_use_rule/fixed_normal_coupon/coupon_amount":       "--amount",
			"/coupon_use_rule/fixed_normal_coupon/transaction_minimum": "--minimum",
			"/coupon_use_rule/available_merchants":                     "--merchants",
			"/coupon_use_rule/available_items":                         "--items",
		},
		missing: v.missing, questions: v.questions, done: func(caller *client.Client, stock string) error { return v.done(c, caller, stock) },
	}
	n.build = func(now time.Time, e *sandbox.Environment) (any, error) { return v.build(now, e) }
	return n.run()
}

func (v *vouchersCreate) missing() (list []string) {
	for _, one := range []struct {
		flag   string
		absent bool
	}{{"--name", v.Name == ""}, {"--amount", v.Amount == 0}, {"--minimum", v.Minimum == 0}, {"--max", v.Max == 0}} {
		if one.absent {
			list = append(list, one.flag)
		}
	}
	return list
}

// build makes the request. The budget follows from face value and number.
func (v *vouchersCreate) build(now time.Time, e *sandbox.Environment) (*favor.CreateStockRequest, error) {
	begin, end, err := v.times(now)
	if err != nil {
		return nil, err
	}
	if v.Amount < 0 || v.Max < 0 || v.Amount > 0 && v.Max > math.MaxInt64/v.Amount {
		return nil, fault.New(fault.Refused, "--amount 与 --max 的乘积（总预算）超出范围", "The budget, --amount times --max, is out of range.")
	}
	merchants := v.Merchants
	if len(merchants) == 0 {
		merchants = []string{e.MchID}
	}
	req := &favor.CreateStockRequest{
		StockName: v.Name, Comment: v.Comment, BelongMerchant: e.MchID,
		AvailableBeginTime: schema.TimeOf(begin), AvailableEndTime: schema.TimeOf(end),
		StockUseRule: favor.StockUseRule{
			MaxCoupons: v.Max, MaxAmount: v.Amount * v.Max, MaxCouponsPerUser: v.perUser(),
		},
		CouponUseRule: favor.CouponUseRule{
			FixedNormalCoupon: &favor.FixedNormalCoupon{CouponAmount: v.Amount, TransactionMinimum: v.Minimum},
			AvailableItems:    slices.Clone(v.Items), AvailableMerchants: merchants,
		},
		NoCash: !v.PreFunded, StockType: typeNormal, OutRequestNo: v.RequestNo,
	}
	if v.Desc != "" {
		req.PatternInfo = &favor.PatternInfo{Description: v.Desc}
	}
	return req, nil
}

// done starts the stock if that was asked for, and says how otherwise.
func (v *vouchersCreate) done(c *term.Command, caller *client.Client, stock string) error {
	e, err := v.Environment(c)
	if err != nil {
		return err
	}
	if v.Start {
		_, err := caller.Favor().StartStock(c.Ctx, &favor.CommandRequest{StockID: stock, StockCreatorMchID: e.MchID})
		if err != nil {
			c.Say("批次 %s 已创建，但没有激活：", "The stock %s was created, but not started:", stock)
		}
		return err //nolint:wrapcheck // whoever calls says of what
	}
	if c.Width > 0 {
		c.Say("激活后才能发放：favord post /v3/marketing/favor/stocks/%s/start -f -  （下次可加 --start）",
			"It has to be started before it sends: favord post /v3/marketing/favor/stocks/%s/start -f -  (next time add --start)", stock)
	}
	return nil
}

// questions are what a person is asked about a stock of vouchers.
func (v *vouchersCreate) questions() []question {
	const yes, pre = "yes", "prefunded"
	items := asked("--items", "可核销的商品编码，以逗号分隔；全场通用则留空", "Goods ids, separated by commas; none for the whole order", v.takeItems)
	items.optional = true
	return []question{
		asked("--name", "批次名称（最多9个汉字或20个字母）", "Name (at most 9 Chinese characters or 20 letters)", takeText(&v.Name)),
		asked("--amount", "面额（元）", "Face value, in yuan", takeYuan(&v.Amount)),
		asked("--minimum", "消费门槛（元），须大于面额", "Least order total, in yuan; more than the face value", takeYuan(&v.Minimum)),
		fromQuestion(&v.create), untilQuestion(&v.create), maxQuestion(&v.create), perUserQuestion(&v.create), items,
		asked("--pre-funded", "营销经费", "Money", func(typed string) error { v.PreFunded = typed == pre; return nil }).of(
			choice{"no_cash", fault.Text{ZH: "免充值：优惠由商户承担，用户少付，商户少收", EN: "not pre-funded: the merchant receives less"}},
			choice{pre, fault.Text{ZH: "预充值：激活时从余额锁定总预算", EN: "pre-funded: the budget is locked on start"}},
		),
		asked("--start", "创建后立即激活", "Start it at once", func(typed string) error { v.Start = typed == yes; return nil }).of(
			choice{yes, fault.Text{ZH: "是", EN: "yes"}}, choice{"no", fault.Text{ZH: "否，稍后再激活", EN: "no, later"}},
		),
	}
}

func (v *vouchersCreate) takeItems(typed string) error {
	v.Items = nil
	for one := range strings.SplitSeq(strings.ReplaceAll(typed, "，", ","), ",") {
		if one = strings.TrimSpace(one); one != "" {
			v.Items = append(v.Items, one)
		}
	}
	return nil
}
