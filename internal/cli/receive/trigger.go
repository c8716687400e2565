package receive

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/favor"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/notify"
	"github.com/favord/favord/wire/rail"
	"github.com/favord/favord/wire/schema"
)

// Trigger makes an event happen: it does what the event is about.
type Trigger struct {
	term.Managed
	term.Final
	Event  string `arg:"" enum:"COUPON.SEND,COUPON.USE" help:"triggerevent"`
	Stock  string `help:"triggerstock" placeholder:"ID"`
	OpenID string `name:"openid" help:"triggeropenid" placeholder:"OPENID"`
	// Synthetic sends a callback about nothing instead, with Resource as its content.
	Synthetic bool   `help:"triggersynthetic"`
	Resource  string `help:"triggerresource" placeholder:"FILE" type:"path"`
}

// TriggerTexts are the help of the command that makes events happen, in Chinese and English, by their keys.
func TriggerTexts() map[string][2]string {
	return map[string][2]string{
		"trigger":          {"让事件真实发生：发一张券（COUPON.SEND），或发代金券并支付核销（COUPON.USE）", "Make an event happen: issue a coupon (COUPON.SEND), or send a voucher and pay with it (COUPON.USE)."},
		"triggerevent":     {"事件类型：COUPON.SEND或COUPON.USE", "Event type: COUPON.SEND or COUPON.USE."},
		"triggerstock":     {"批次号；缺省为演示批次，代金券则新建一个批次", "Stock; defaults to a demo stock, or creates one for vouchers."},
		"triggersynthetic": {"什么也不发生，只发送一条模拟的回调：加密与签名同真实回调，只发一次，不留记录", "Change nothing and send one simulated callback, encrypted and signed like a real one; it is not recorded."},
		"triggerresource":  {"模拟回调的内容（JSON文件），缺省用模板", "JSON file with the content of the simulated callback; a template if omitted."},
		"triggeropenid":    {"用户openid，缺省为演示用户", "The user's openid; defaults to the demo user."},
	}
}

// triggerStock is the demo stock of merchant coupons of every new sandbox.
const triggerStock = "1282070000000017"

// happened is what `favord trigger` prints.
type happened struct {
	Event    string `json:"event_type"`
	StockID  string `json:"stock_id"`
	CouponID string `json:"coupon"`
	// TransactionID is the payment of a COUPON.USE.
	TransactionID string `json:"transaction_id,omitempty"`
	// EventID is the id of the callback, empty when nobody is told.
	EventID string `json:"event_id,omitempty"`
}

// trigger makes one event happen.
type trigger struct {
	*term.Command
	*Trigger
	environment sandbox.Environment
	caller      *client.Client
	manage      *client.Management
}

// Run implements the command.
func (t *Trigger) Run(c *term.Command) error {
	e, err := t.Environment(c)
	if err != nil {
		return err
	}
	p := &trigger{Command: c, Trigger: t, environment: e}
	if t.OpenID == "" {
		t.OpenID = e.OpenID
	}
	if p.caller, err = c.NewClient(&e, "", nil); err != nil {
		return err
	}
	if p.manage, err = t.Client(c); err != nil {
		return err
	}
	if t.Synthetic {
		return p.synthetic()
	}
	if err := p.inSandbox(); err != nil {
		return term.Refused(c, err)
	}
	result, err := p.happen()
	if refused, is := term.AsAPIError(err); is && refused.Message != "" {
		c.Say("%s  %s", "%s  %s", refused.Code, refused.Message)
		return term.ErrReported
	}
	if err != nil {
		return err
	}
	return t.Output.Print(c, result, []string{
		c.Head("事件", "EVENT"), c.Head("批次", "STOCK"), c.Head("券", "COUPON"), c.Head("支付单", "PAYMENT"), c.Head("事件编号", "EVENT ID"),
	}, [][]string{{result.Event, result.StockID, result.CouponID, dash(result.TransactionID), dash(result.EventID)}})
}

// errProduction keeps events from happening where they cost money.
var errProduction = fault.New(fault.Refused,
	"这是生产服务器：favord trigger 只用于沙箱，未执行任何操作",
	"This is a production server: `favord trigger` is for sandboxes, and did nothing.")

// inSandbox makes sure that what happens is only played.
func (t *trigger) inSandbox() error {
	status, err := t.manage.Status(t.Ctx)
	if err == nil && status.Mode != "sandbox" {
		return errProduction
	}
	return err
}

func dash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// happen makes the event happen and looks up the callback about it.
func (t *trigger) happen() (h *happened, err error) {
	if t.Event == notify.CouponUsed {
		h, err = t.use()
	} else {
		h, err = t.send()
	}
	if err != nil {
		return nil, err
	}
	told, err := t.told()
	if err != nil {
		return nil, err
	}
	if !told {
		t.Say("没有设置通知地址，无人收到回调；可执行 favord listen", "No callback URL is set, so no callback is sent; run `favord listen` to receive one.")
		return h, nil
	}
	h.EventID, err = t.find(h.CouponID)
	return h, err
}

// send issues a merchant coupon.
func (t *trigger) send() (*happened, error) {
	stock := t.Stock
	if stock == "" {
		stock = triggerStock
	}
	sent, err := t.caller.BusiFavor().SendCoupon(t.Ctx, &busifavor.SendCouponRequest{
		OpenID: t.OpenID, AppID: t.environment.AppID, StockID: stock, OutRequestNo: t.number(),
	})
	if err != nil {
		return nil, err
	}
	return &happened{Event: t.Event, StockID: stock, CouponID: sent.SendCouponResult.CouponCode}, nil
}

// use sends a cash voucher and pays with it.
func (t *trigger) use() (*happened, error) {
	stock, total, err := t.vouchers()
	if err != nil {
		return nil, err
	}
	e := &t.environment
	sent, err := t.caller.Favor().SendCoupon(t.Ctx, &favor.SendCouponRequest{
		OpenID: t.OpenID, AppID: e.AppID, StockID: stock, StockCreatorMchID: e.MchID, OutRequestNo: t.number(),
	})
	if err != nil {
		return nil, err
	}
	paid, err := t.caller.Rail().Pay(t.Ctx, &rail.PayRequest{
		TransactionID: transactionID(), AppID: e.AppID, OpenID: t.OpenID, CouponIDs: []string{sent.CouponID},
		Order: rail.Order{MchID: e.MchID, Total: total},
	})
	if err != nil {
		return nil, err
	}
	return &happened{Event: t.Event, StockID: stock, CouponID: sent.CouponID, TransactionID: paid.TransactionID}, nil
}

// vouchers returns a stock of vouchers that is in operation, and the total, in fen, of an
// order that one of them applies to.
func (t *trigger) vouchers() (stock string, total int64, err error) {
	const amount, threshold = 100, 1000
	e := &t.environment
	if t.Stock != "" {
		return t.known(threshold)
	}
	created, err := term.FromNow(func() (*favor.CreateStockResponse, error) {
		business, err := t.manage.Clock(t.Ctx, &manage.GetClockRequest{MchID: e.MchID})
		if err != nil {
			return nil, err
		}
		begin := business.BusinessTime
		return t.caller.Favor().CreateStock(t.Ctx, &favor.CreateStockRequest{
			StockName: "满10元减1元", BelongMerchant: e.MchID,
			AvailableBeginTime: begin, AvailableEndTime: schema.TimeOf(begin.AddDate(0, 1, 0)),
			StockUseRule: favor.StockUseRule{MaxCoupons: 10, MaxAmount: 10 * amount, MaxCouponsPerUser: 10},
			PatternInfo:  &favor.PatternInfo{Description: "全场可用"},
			CouponUseRule: favor.CouponUseRule{
				FixedNormalCoupon:  &favor.FixedNormalCoupon{CouponAmount: amount, TransactionMinimum: threshold},
				AvailableMerchants: []string{e.MchID},
			},
			NoCash: true, StockType: "NORMAL", OutRequestNo: t.number(),
		})
	})
	if err != nil {
		return "", 0, err
	}
	_, err = t.caller.Favor().StartStock(t.Ctx, &favor.CommandRequest{StockID: created.StockID, StockCreatorMchID: e.MchID})
	return created.StockID, threshold, err
}

// known looks at a stock that was named.
func (t *trigger) known(least int64) (stock string, total int64, err error) {
	got, err := t.caller.Favor().GetStock(t.Ctx, &favor.GetStockRequest{StockID: t.Stock, StockCreatorMchID: t.environment.MchID})
	if err != nil {
		return "", 0, err
	}
	total = least
	if rule := got.StockUseRule; rule != nil && rule.FixedNormalCoupon != nil {
		total = max(total, rule.FixedNormalCoupon.TransactionMinimum, rule.FixedNormalCoupon.CouponAmount+1)
	}
	return got.StockID, total, nil
}

// number is a request number that was never used.
func (t *trigger) number() string { return apiv3.NewNonce()[:28] }

// transactionID is a number as payments of the platform have them: 28 digits that begin with
// 4200 (protocol 9).
func transactionID() string {
	const begins, most = 4200, 1_000_000_000_000
	return fmt.Sprintf("%d%012d%012d", begins, rand.Int64N(most), rand.Int64N(most)) //nolint:gosec // a number, no secret
}

// product is whose callback URL the event goes to.
func (t *trigger) product() string {
	if t.Event == notify.CouponUsed {
		return ofVouchers
	}
	return ofCoupons
}

// told reports whether the merchant has a callback URL for the event.
func (t *trigger) told() (bool, error) {
	_, err := callbackURL(t.Ctx, t.caller, t.product(), t.environment.MchID)
	if errors.Is(err, errNoCallback) {
		return false, nil
	}
	return err == nil, err
}

// Bounds of the search for a callback.
const (
	findWithin = 10 * time.Second
	findAgain  = 100 * time.Millisecond
	// clocksDiffer is how much the clocks of two machines may differ.
	clocksDiffer = 10 * time.Minute
)

// find waits until the callback about a coupon has begun, and returns its id.
func (t *trigger) find(coupon string) (string, error) {
	limit := t.Clock.Now().Add(findWithin)
	from, count := schema.TimeOf(t.Clock.Now().Add(-clocksDiffer)), int64(50)
	for t.Clock.Now().Before(limit) {
		list, err := t.manage.Deliveries(t.Ctx, &manage.ListDeliveriesRequest{
			MchID: t.environment.MchID, Product: t.product(), From: from, Limit: &count,
		})
		if err != nil {
			return "", err
		}
		for i := range list.Deliveries {
			id := list.Deliveries[i].EventID
			got, err := t.manage.Delivery(t.Ctx, &manage.GetDeliveryRequest{MchID: t.environment.MchID, EventID: id})
			if err != nil {
				return "", err
			}
			if got.Delivery.Event == t.Event && strings.Contains(got.Resource, `"`+coupon+`"`) {
				return id, nil
			}
		}
		select {
		case <-t.Ctx.Done():
			return "", fmt.Errorf("trigger: %w", t.Ctx.Err())
		case <-time.After(findAgain):
		}
	}
	return "", errNotTold
}

var errNotTold = fault.New(fault.Refused,
	"事件已发生，但10秒内没有开始投递回调；可执行 favord deliveries 查看",
	"The event happened, but its callback was not sent within 10 seconds; see `favord deliveries`.")
