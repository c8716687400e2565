package receive

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strconv"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/notify"
	"github.com/favord/favord/wire/schema"
)

// synthetic sends a callback that nothing stands behind: a template, or the file that is
// named. It is sealed and signed as real ones are, sent once, and kept nowhere.
func (t *trigger) synthetic() error {
	resource, err := t.resource()
	if err != nil {
		return err
	}
	var told *manage.SynthesizeResponse
	err = term.ManageRun(t.Command, &t.Managed, func(m *client.Management) (*manage.SynthesizeResponse, error) {
		answer, err := m.Synthesize(t.Ctx, &manage.SynthesizeRequest{MchID: t.environment.MchID, Event: t.Event, Resource: string(resource)})
		told = answer
		return answer, err
	}, []string{
		t.Choose("事件", "EVENT"), t.Choose("事件编号", "EVENT ID"), t.Choose("通知地址", "URL"), t.Choose("应答", "STATUS"), t.Choose("失败原因", "PROBLEM"),
	}, func(sent *manage.SynthesizeResponse) [][]string {
		return [][]string{{t.Event, sent.EventID, sent.URL, strconv.FormatInt(sent.Status, 10), dash(sent.Problem)}}
	})
	if err == nil && told.Status != http.StatusOK && told.Status != http.StatusNoContent {
		return errNotDelivered
	}
	return err
}

// errNotDelivered is the end of a synthetic callback that its receiver did not take.
var errNotDelivered = fault.New(fault.Refused,
	"回调没有送达：接收方须应答200或204", "The callback was not delivered: its receiver must answer 200 or 204.")

// resource is the content of a synthetic event.
func (t *trigger) resource() ([]byte, error) {
	if t.Resource != "" {
		text, err := os.ReadFile(t.Resource)
		if err != nil {
			return nil, fault.New(fault.Refused, "无法读取事件内容："+err.Error(), "The resource file cannot be read: "+err.Error())
		}
		return text, nil
	}
	text, err := json.Marshal(t.template())
	if err != nil {
		return nil, fmt.Errorf("encode event: %w", err)
	}
	return text, nil
}

// template is an event as it could be.
func (t *trigger) template() any {
	now, e := schema.TimeOf(t.Clock.Now()), &t.environment
	stock := term.OrElse(t.Stock, triggerStock)
	if t.Event != notify.CouponUsed {
		return notify.CouponSend{
			EventType: notify.EventBusiCouponSend, CouponCode: "1201059453000011082766", StockID: stock, SendTime: now,
			OpenID: t.OpenID, SendChannel: "BUSICOUPON_SEND_CHANNEL_API", SendMerchant: e.MchID, SendReqNo: t.number(),
		}
	}
	const face, threshold = 100, 1000
	return notify.CouponUse{
		StockCreatorMchID: e.MchID, StockID: stock, CouponID: "100000000000000001", CouponName: "满10元减1元", Status: "USED",
		CreateTime: now, CouponType: "NORMAL", NoCash: true, AvailableBeginTime: now, AvailableEndTime: schema.TimeOf(now.AddDate(0, 1, 0)),
		NormalCouponInformation: &notify.NormalCouponInformation{CouponAmount: face, TransactionMinimum: threshold},
		ConsumeInformation:      &notify.ConsumeInformation{ConsumeTime: now, ConsumeMchID: e.MchID, TransactionID: transactionID()},
	}
}
