package product

import (
	"errors"
	"strconv"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

// VoucherWhyTexts are the help of the command that tells of vouchers beforehand, in Chinese and
// English, by their keys.
func VoucherWhyTexts() map[string][2]string {
	return map[string][2]string{
		"voucherswhy": {
			"一张代金券此时此地能否使用（给出券id），或能否发给某用户（给出批次号和openid）；退出码0为能，1为不能",
			"Tell whether a voucher could be spent, or one of a stock be sent to a user; exit code 0 if so, 1 if not, with the rule.",
		},
		"voucherwhyid": {"代金券id，或批次号", "Voucher ID, or stock ID."},
		"voucherwhyopenid": {
			"批次的券要发给的用户", "The user to whom a voucher of the stock would be sent.",
		},
		"voucherwhypayee": {"收款商户号，缺省为该券的可用商户", "Merchant that receives the payment; one of the voucher's if omitted."},
		"voucherwhytotal": {"订单总金额（分），缺省为达到门槛的金额", "Order total, in fen; enough for the threshold if omitted."},
	}
}

// vouchersWhy asks about a voucher. What of the order is not said counts as fitting.
type vouchersWhy struct {
	why
	ID       string   `arg:"" help:"voucherwhyid"`
	OpenID   string   `arg:"" optional:"" name:"openid" help:"voucherwhyopenid"`
	Channel  string   `help:"whychannel" enum:",API,H5,MINIAPP" default:""`
	Payee    string   `help:"voucherwhypayee" placeholder:"MCHID"`
	Total    int64    `help:"voucherwhytotal" placeholder:"FEN"`
	Goods    []string `sep:"none" help:"paygoods" placeholder:"ID=N*FEN"`
	GoodsTag string   `help:"paytag" placeholder:"TAG"`
	Trade    string   `name:"trade-type" help:"paytrade" placeholder:"TYPE"`
	Method   string   `name:"pay-method" help:"paymethod" placeholder:"CODE"`
	CardBIN  string   `name:"card-bin" help:"paycard" placeholder:"DIGITS"`
}

// Run implements the command.
func (w *vouchersWhy) Run(c *term.Command) error {
	at, err := w.time()
	if err != nil {
		return err
	}
	req := &manage.AskVoucherRequest{At: at}
	if w.OpenID != "" {
		req.StockID, req.OpenID, req.AppID, req.MchID, req.Channel = w.ID, w.OpenID, w.AppID, w.MchID, w.Channel
	} else if req.Order, err = w.order(c); err != nil {
		return err
	} else {
		req.VoucherID = w.ID
	}
	return w.answer(c, func(m *client.Management) (*manage.Foresight, error) {
		f, err := m.VoucherIf(c.Ctx, req)
		if refused, is := term.AsAPIError(err); is && w.OpenID+w.Payee == "" && errors.Is(refused, client.ErrResourceNotExists) {
			c.Say("问批次的券能否发放时，还要给出用户的openid：favord vouchers why 批次号 OPENID",
				"To ask about a stock, name the user, too: favord vouchers why STOCK OPENID")
		}
		return f, err
	})
}

// order is what was said of the order.
func (w *vouchersWhy) order(c *term.Command) (*manage.AskedOrder, error) {
	o := &manage.AskedOrder{
		MchID: w.Payee, Total: w.Total, GoodsTag: w.GoodsTag, TradeType: w.Trade, PayMethod: w.Method, CardBIN: w.CardBIN,
	}
	for _, line := range w.Goods {
		one, err := goods(c, line)
		if err != nil {
			return nil, err
		}
		o.Goods = append(o.Goods, manage.AskedGoods{GoodsID: one.GoodsID, Quantity: one.Quantity, Price: one.Price})
	}
	return o, nil
}

// discounted is what a voucher takes off, for people.
func discounted(c *term.Command, f *manage.Foresight) string {
	if f.Discount == 0 {
		return ""
	}
	amount := strconv.FormatInt(f.Discount, 10)
	return c.Choose("减 "+amount+" 分", "takes "+amount+" fen off")
}

// time is when, the zero time for now.
func (w *why) time() (schema.Time, error) {
	if w.At == "" {
		return schema.Time{}, nil
	}
	at, err := term.ParseTime(w.At)
	return schema.TimeOf(at), err
}
