package operate

import (
	"strconv"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/wire/manage"
)

// Balances shows what merchants have and gives them money.
type Balances struct {
	Show balancesShow `cmd:"" help:"balancesshow"`
	Fund balancesFund `cmd:"" help:"balancesfund"`
}

// MoneyTexts are the help of the commands about merchants' money, in Chinese and English, by their keys.
func MoneyTexts() map[string][2]string {
	return map[string][2]string{
		"balances":       {"商户余额：查看、充值", "Manage merchant balances: show, fund."},
		"balancesshow":   {"查看商户余额和流水，新的在前", "Show a merchant's balance and postings, newest first."},
		"balancesfund":   {"为商户充值", "Add money to a merchant's balance."},
		"balancesamount": {"金额，单位为分", "Amount in fen."},
		"balancesno":     {"请求单号，同一单号只充值一次", "Request number; the same number funds only once."},
		"balancesoffset": {"从第几条流水开始，从0数起", "First posting to list, counted from 0."},
		"balanceslimit":  {"最多列出多少条（1至100）", "Maximum number to list (1 to 100)."},
		"merchantsbrand": {"加入连锁品牌，同一品牌的商户可互相补差", "Join a chain brand; merchants of one brand can pay subsidies to each other."},
		"merchantbrand":  {"品牌", "The brand."},
		"cards":          {"消费卡：登记", "Manage consumption cards: register."},
		"cardsregister":  {"登记一张在别处创建的消费卡", "Register a consumption card that was created elsewhere."},
		"cardid":         {"消费卡ID", "Card ID."},
		"cardmchid":      {"创建该卡的商户号", "Merchant that created the card."},
		"cardappid":      {"创建该卡的appid", "Appid under which the card was created."},
		"strictorders":   {"拒绝未上报的订单和未登记的消费卡（如同生产环境），见 favord orders、favord cards", "Refuse unreported orders and unregistered consumption cards, as production does; see favord orders and favord cards."},
		"orders":         {"已支付订单：上报、查看（用于补差和关联订单）", "Report and show paid orders (for subsidies and associated orders)."},
		"ordersreport":   {"上报一笔已支付订单，或其退款；后报覆盖先报", "Report a paid order or its refund; the latest report counts."},
		"ordersshow":     {"查看一笔订单", "Show an order."},
		"orderid":        {"微信支付订单号", "WeChat Pay transaction ID."},
		"ordermchid":     {"收款商户号", "Merchant that received the payment."},
		"balancesof":     {"商户号，缺省为环境中的商户，或唯一的商户", "Merchant; defaults to that of the environment, or the only one."},
		"orderamount":    {"用户实付金额，单位为分", "Amount the user paid, in fen."},
		"orderrefunded":  {"已退款金额，单位为分", "Amount refunded, in fen."},
		"ordersharing":   {"订单已标记分账", "The order is marked for profit sharing."},
		"ordernumber":    {"商户订单号", "The merchant's order number."},
	}
}

type (
	balancesShow struct {
		term.Managed
		MchID  string `arg:"" optional:"" name:"mchid" help:"balancesof"`
		Offset int64  `help:"balancesoffset" default:"0"`
		Limit  int64  `help:"balanceslimit" default:"20"`
	}
	balancesFund struct {
		oneMerchant
		Amount    int64  `arg:"" help:"balancesamount"`
		RequestNo string `required:"" name:"request-no" help:"balancesno" placeholder:"NUMBER"`
	}
)

// Run implements the command.
func (b *balancesShow) Run(c *term.Command) error {
	mchid, err := b.Merchant(c, b.MchID)
	if err != nil {
		return err
	}
	req := &manage.GetBalanceRequest{MchID: mchid, Offset: b.Offset, Limit: &b.Limit}
	return term.ManageRun(c, &b.Managed, func(m *client.Management) (*manage.Balance, error) { return m.Balance(c.Ctx, req) },
		[]string{c.Head("时间", "time"), c.Head("账户", "account"), c.Head("金额（分）", "amount"), c.Head("关联单据", "reference")},
		func(shown *manage.Balance) [][]string {
			rows := [][]string{{"", c.Choose("余额", "balance"), strconv.FormatInt(shown.Balance, 10), shown.MchID}}
			for _, p := range shown.Postings {
				rows = append(rows, []string{p.Time.String(), p.Account, strconv.FormatInt(p.Amount, 10), p.Reference})
			}
			return rows
		})
}

// Run implements the command.
func (b *balancesFund) Run(c *term.Command) error {
	req := &manage.FundBalanceRequest{MchID: b.MchID, Amount: b.Amount, RequestNo: b.RequestNo}
	return term.ManageRun(c, &b.Managed, func(m *client.Management) (*manage.FundedBalance, error) { return m.FundBalance(c.Ctx, req) },
		[]string{c.Head("商户号", "merchant"), c.Head("余额（分）", "balance"), c.Head("时间", "time")},
		func(f *manage.FundedBalance) [][]string {
			return [][]string{{f.MchID, strconv.FormatInt(f.Balance, 10), f.Time.String()}}
		})
}

// Orders tells of paid orders.
type Orders struct {
	Report ordersReport `cmd:"" help:"ordersreport"`
	Show   ordersShow   `cmd:"" help:"ordersshow"`
}

type (
	// oneOrder is what every command about one order takes.
	oneOrder struct {
		term.Managed
		ID string `arg:"" help:"orderid"`
	}
	ordersShow   struct{ oneOrder }
	ordersReport struct {
		oneOrder
		MchID         string `required:"" name:"mchid" help:"ordermchid" placeholder:"MCHID"`
		Amount        int64  `required:"" help:"orderamount" placeholder:"FEN"`
		Refunded      int64  `help:"orderrefunded" placeholder:"FEN"`
		ProfitSharing bool   `name:"profit-sharing" help:"ordersharing"`
		OutTradeNo    string `name:"out-trade-no" help:"ordernumber" placeholder:"NUMBER"`
	}
)

// Run implements the command.
func (s *ordersShow) Run(c *term.Command) error {
	return s.run(c, func(m *client.Management) (*manage.Order, error) {
		return m.Order(c.Ctx, &manage.OrderRequest{TransactionID: s.ID})
	})
}

// Run implements the command.
func (r *ordersReport) Run(c *term.Command) error {
	return r.run(c, func(m *client.Management) (*manage.Order, error) {
		return m.ReportOrder(c.Ctx, &manage.ReportOrderRequest{
			TransactionID: r.ID, MchID: r.MchID, OutTradeNo: r.OutTradeNo, Amount: r.Amount, Refunded: r.Refunded, ProfitSharing: r.ProfitSharing,
		})
	})
}

func (o *oneOrder) run(c *term.Command, call func(*client.Management) (*manage.Order, error)) error {
	return term.ManageRun(c, &o.Managed, call,
		[]string{
			c.Head("微信支付订单号", "transaction"), c.Head("商户号", "merchant"), c.Head("商户订单号", "number"), c.Head("实付（分）", "paid"),
			c.Head("已退（分）", "refunded"), c.Head("分账", "profit sharing"), c.Head("已补差（分）", "subsidized"),
		},
		func(one *manage.Order) [][]string {
			return [][]string{{
				one.TransactionID, one.MchID, one.OutTradeNo, strconv.FormatInt(one.Amount, 10), strconv.FormatInt(one.Refunded, 10),
				strconv.FormatBool(one.ProfitSharing), strconv.FormatInt(one.Subsidized, 10),
			}}
		})
}

// merchantsBrand makes a merchant one of a chain brand.
type merchantsBrand struct {
	oneMerchant
	Brand string `arg:"" help:"merchantbrand"`
}

// Run implements the command.
func (b *merchantsBrand) Run(c *term.Command) error {
	req := &manage.JoinBrandRequest{MchID: b.MchID, Brand: b.Brand}
	return term.ManageRun(c, &b.Managed, func(m *client.Management) (*manage.Membership, error) { return m.JoinBrand(c.Ctx, req) },
		[]string{c.Head("商户号", "merchant"), c.Head("品牌", "brand")},
		func(joined *manage.Membership) [][]string { return [][]string{{joined.MchID, joined.Brand}} })
}

// Cards registers consumption cards.
type Cards struct {
	Register cardsRegister `cmd:"" help:"cardsregister"`
}

type cardsRegister struct {
	term.Managed
	ID    string `arg:"" help:"cardid"`
	MchID string `required:"" name:"mchid" help:"cardmchid" placeholder:"MCHID"`
	AppID string `required:"" name:"appid" help:"cardappid" placeholder:"APPID"`
}

// Run implements the command.
func (r *cardsRegister) Run(c *term.Command) error {
	req := &manage.RegisterCardRequest{CardID: r.ID, MchID: r.MchID, AppID: r.AppID}
	return term.ManageRun(c, &r.Managed, func(m *client.Management) (*manage.Card, error) { return m.RegisterCard(c.Ctx, req) },
		[]string{c.Head("消费卡ID", "card"), c.Head("商户号", "merchant"), "appid"},
		func(card *manage.Card) [][]string { return [][]string{{card.CardID, card.MchID, card.AppID}} })
}
