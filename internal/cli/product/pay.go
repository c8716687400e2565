package product

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/wire/rail"
)

// Pay plays the payment system: what consumes cash vouchers.
type Pay struct {
	Quote   payQuote   `cmd:"" help:"payquote"`
	Consume payConsume `cmd:"" help:"payconsume"`
	Show    payShow    `cmd:"" help:"payshow"`
	Refund  payRefund  `cmd:"" help:"payrefund"`
}

// PayTexts are the help of the commands about payments, in Chinese and English, by their keys.
func PayTexts() map[string][2]string {
	return map[string][2]string{
		"pay":         {"支付通道：代金券的询价、核销、退款", "Quote, consume and refund cash vouchers through the payment rail."},
		"payquote":    {"用户的代金券对一笔订单有何优惠，不改变任何状态", "Show what a user's vouchers take off an order; nothing changes."},
		"payconsume":  {"以一笔支付核销代金券", "Consume vouchers in a payment."},
		"payshow":     {"查看一笔支付", "Show a payment."},
		"payrefund":   {"退款，全额退款时退回代金券", "Refund a payment; a full refund returns the vouchers."},
		"paytotal":    {"订单总金额（分）", "Order total, in fen."},
		"payopenid":   {"付款用户，缺省为环境中的用户", "Paying user; defaults to the user of the environment."},
		"payappid":    {"用户所属的appid，缺省为环境中的", "Appid of the openid; defaults to that of the environment."},
		"paymchid":    {"收款商户号，缺省为环境中的商户", "Merchant that receives the payment; defaults to that of the environment."},
		"paygoods":    {"单品：编码=数量*单价（分），可重复", "Order item: ID=QUANTITY*PRICE in fen; repeatable."},
		"paytag":      {"订单优惠标记", "goods_tag of the order."},
		"paytrade":    {"支付场景", "Where the user pays: MICROAPP, APPPAY, PPAY, CARD, FACE or OTHER."},
		"paymethod":   {"支付方式，如 CFT（零钱）或银行代码 ICBC_CREDIT", "Code of the payment method, such as CFT (balance) or a bank's ICBC_CREDIT."},
		"paycard":     {"银行卡号前缀（6至19位）", "First 6 to 19 digits of the bank card."},
		"paysubs":     {"合单支付中的商户号，可重复", "Merchant of an order that is paid together with others; repeatable."},
		"paytradeno":  {"商户订单号，见于账单", "The merchant's order number, for bills."},
		"paydevice":   {"设备号，见于账单", "Device, for bills."},
		"payserial":   {"银行流水号，见于账单", "Serial number of the bank, for bills."},
		"paycoupon":   {"要核销的代金券，可重复，缺省为最优组合", "Voucher to consume; repeatable. Defaults to the best combination."},
		"paynumber":   {"支付单号，重试时给出同一个", "Payment number; use the same one to retry."},
		"payrefundid": {"退款单号，重试时给出同一个", "Refund number; use the same one to retry."},
		"payreturned": {"退款的单品，见于账单：编码=数量*单价（分），可重复", "Item refunded, for bills: ID=QUANTITY*PRICE in fen; repeatable."},
		"payamount":   {"退款金额（分，含优惠）", "Amount to refund, in fen, discount included."},
	}
}

type (
	// payOrder is whose order of what.
	payOrder struct {
		term.Signed
		OpenID   string   `name:"openid" help:"payopenid" placeholder:"OPENID"`
		AppID    string   `name:"appid" help:"payappid" placeholder:"APPID"`
		MchID    string   `name:"mchid" help:"paymchid" placeholder:"MCHID"`
		Total    int64    `required:"" help:"paytotal" placeholder:"FEN"`
		Goods    []string `sep:"none" help:"paygoods" placeholder:"ID=N*FEN"`
		GoodsTag string   `help:"paytag" placeholder:"TAG"`
		Trade    string   `name:"trade-type" help:"paytrade" placeholder:"TYPE"`
		Method   string   `name:"pay-method" help:"paymethod" placeholder:"CODE"`
		CardBIN  string   `name:"card-bin" help:"paycard" placeholder:"DIGITS"`
		Subs     []string `name:"sub-mchid" sep:"none" help:"paysubs" placeholder:"MCHID"`
	}
	payQuote   struct{ payOrder }
	payConsume struct {
		payOrder
		term.Final
		Number   string   `arg:"" name:"transaction" help:"paynumber"`
		Coupons  []string `name:"coupon" sep:"none" help:"paycoupon" placeholder:"ID"`
		OutTrade string   `name:"out-trade-no" help:"paytradeno" placeholder:"NO"`
		Device   string   `name:"device-info" help:"paydevice" placeholder:"ID"`
		Serial   string   `name:"bank-serial" help:"payserial" placeholder:"NO"`
	}
	payShow struct {
		term.Signed
		Number string `arg:"" name:"transaction" help:"paynumber"`
	}
	payRefund struct {
		term.Signed
		term.Final
		Number   string   `arg:"" name:"transaction" help:"paynumber"`
		RefundID string   `arg:"" name:"refund" help:"payrefundid"`
		Amount   int64    `required:"" help:"payamount" placeholder:"FEN"`
		Goods    []string `sep:"none" help:"payreturned" placeholder:"ID=N*FEN"`
	}
)

// fill completes what was not said by the environment.
func (o *payOrder) fill(c *term.Command) (rail.Order, error) {
	e, err := o.Environment(c)
	if err != nil {
		return rail.Order{}, err
	}
	o.OpenID, o.AppID, o.MchID = term.OrElse(o.OpenID, e.OpenID), term.OrElse(o.AppID, e.AppID), term.OrElse(o.MchID, e.MchID)
	order := rail.Order{
		MchID: o.MchID, Total: o.Total, GoodsTag: o.GoodsTag, TradeType: o.Trade, PayMethod: o.Method, CardBIN: o.CardBIN, SubMchIDs: o.Subs,
	}
	order.GoodsDetail, err = goodsLines(c, o.Goods)
	return order, err
}

func goodsLines(c *term.Command, lines []string) (list []rail.Goods, err error) {
	for _, line := range lines {
		one, err := goods(c, line)
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, nil
}

// goods reads ID=QUANTITY*PRICE.
func goods(c *term.Command, line string) (rail.Goods, error) {
	id, amounts, is := strings.Cut(line, "=")
	quantity, price, both := strings.Cut(amounts, "*")
	n, notNumber := strconv.ParseInt(quantity, 10, 64)
	fen, notPrice := strconv.ParseInt(price, 10, 64)
	if !is || !both || notNumber != nil || notPrice != nil {
		return rail.Goods{}, fmt.Errorf(c.Choose("单品 %q 应为 编码=数量*单价", "goods %q: want ID=QUANTITY*PRICE"), line)
	}
	return rail.Goods{GoodsID: id, Quantity: n, Price: fen}, nil
}

// Run implements the command.
func (q *payQuote) Run(c *term.Command) error {
	order, err := q.fill(c)
	if err != nil {
		return err
	}
	caller, err := q.Client(c)
	if err != nil {
		return err
	}
	got, err := caller.Rail().Quote(c.Ctx, &rail.QuoteRequest{AppID: q.AppID, OpenID: q.OpenID, Order: order})
	if err != nil {
		return c.Refused(err)
	}
	rows := make([][]string, len(got.Vouchers))
	for i := range got.Vouchers {
		v := &got.Vouchers[i]
		rows[i] = []string{v.CouponID, v.StockID, v.CouponName, strconv.FormatInt(v.Discount, 10), v.Message}
	}
	return q.Output.Print(c, got, []string{
		c.Head("代金券", "VOUCHER"), c.Head("批次", "STOCK"), c.Head("名称", "NAME"), c.Head("优惠（分）", "DISCOUNT"), c.Head("不可用原因", "WHY NOT"),
	}, rows)
}

// Run implements the command.
func (p *payConsume) Run(c *term.Command) error {
	order, err := p.fill(c)
	if err != nil {
		return err
	}
	caller, err := p.Client(c)
	if err != nil {
		return err
	}
	got, err := caller.Rail().Pay(c.Ctx, &rail.PayRequest{
		TransactionID: p.Number, AppID: p.AppID, OpenID: p.OpenID, Order: order, CouponIDs: p.Coupons,
		OutTradeNo: p.OutTrade, DeviceInfo: p.Device, BankSerial: p.Serial,
	})
	if err != nil {
		return c.Refused(err)
	}
	return printPayment(c, p.Output, got)
}

// Run implements the command.
func (s *payShow) Run(c *term.Command) error {
	caller, err := s.Client(c)
	if err != nil {
		return err
	}
	got, err := caller.Rail().GetPayment(c.Ctx, &rail.GetPaymentRequest{TransactionID: s.Number})
	if err != nil {
		return c.Refused(err)
	}
	return printPayment(c, s.Output, got)
}

// printPayment prints a payment.
func printPayment(c *term.Command, f term.Format, p *rail.Payment) error {
	return f.Print(c, p, []string{
		c.Head("支付单号", "PAYMENT"), c.Head("时间", "TIME"), c.Head("总金额", "TOTAL"), c.Head("优惠", "DISCOUNT"), c.Head("实付", "PAID"),
		c.Head("已退款", "REFUNDED"), c.Head("代金券", "VOUCHERS"),
	}, [][]string{{
		p.TransactionID, p.ConsumeTime.String(), strconv.FormatInt(p.Total, 10), strconv.FormatInt(p.Discount, 10), strconv.FormatInt(p.PayerTotal, 10),
		strconv.FormatInt(p.Refunded, 10), promoted(p.PromotionDetail),
	}})
}

// promoted names the vouchers of a payment or refund.
func promoted(promotions []rail.Promotion) string {
	ids := make([]string, len(promotions))
	for i := range promotions {
		ids[i] = promotions[i].CouponID
	}
	return strings.Join(ids, " ")
}

// Run implements the command.
func (r *payRefund) Run(c *term.Command) error {
	caller, err := r.Client(c)
	if err != nil {
		return err
	}
	lines, err := goodsLines(c, r.Goods)
	if err != nil {
		return err
	}
	got, err := caller.Rail().Refund(c.Ctx, &rail.RefundRequest{
		TransactionID: r.Number, RefundID: r.RefundID, Amount: r.Amount, GoodsDetail: lines,
	})
	if err != nil {
		return c.Refused(err)
	}
	return r.Output.Print(c, got, []string{
		c.Head("退款单号", "REFUND"), c.Head("时间", "TIME"), c.Head("退款金额", "AMOUNT"), c.Head("退给用户", "TO PAYER"), c.Head("退回优惠", "TO VOUCHERS"),
		c.Head("券已退回", "RETURNED"),
	}, [][]string{{
		got.RefundID, got.RefundTime.String(), strconv.FormatInt(got.Amount, 10), strconv.FormatInt(got.PayerRefund, 10),
		strconv.FormatInt(got.DiscountRefund, 10), strconv.FormatBool(got.CouponsReturned),
	}})
}
