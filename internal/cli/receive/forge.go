package receive

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/apiv3/gm"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/wire/notify"
	"github.com/favord/favord/wire/schema"
)

// forgery is a callback that must be refused.
type forgery struct {
	zh, en string
	// change makes a forgery of a signature that nobody's key made.
	change func(http.Header)
}

func forgeries() []forgery {
	return []forgery{
		{"没有签名", "without a signature", func(h http.Header) {
			for _, name := range []string{apiv3.HeaderSignature, apiv3.HeaderTimestamp, apiv3.HeaderNonce, apiv3.HeaderSerial} {
				delete(h, name)
			}
		}},
		{"签名错误", "with a wrong signature", func(http.Header) {}},
		{"平台的签名探测流量", "a probe of the platform", func(h http.Header) {
			h[apiv3.HeaderSignature] = []string{apiv3.Probe(h[apiv3.HeaderSignature][0])}
		}},
	}
}

// forge sends a receiver callbacks that are right but for their signature, each about a coupon
// that does not exist, and fails when one is accepted.
func forge(c *term.Command, e *sandbox.Environment, to *forwarder) error {
	accepted := 0
	for _, f := range forgeries() {
		body, header, err := forged(c, e)
		if err != nil {
			return err
		}
		f.change(header)
		answer, err := to.post(c.Ctx, header, body)
		if err != nil {
			return err
		}
		verdict := c.Choose("已拒绝", "refused")
		if answer.status/100 == 2 {
			accepted++
			verdict = c.Choose("被接受！请验证签名", "ACCEPTED: verify signatures")
		}
		if _, err := fmt.Fprintf(c.Out, "%s  → %d  %s\n", c.Choose(f.zh, f.en), answer.status, verdict); err != nil {
			return fmt.Errorf("write: %w", err)
		}
	}
	if accepted > 0 {
		c.Say("%d 个伪造的回调被接受：任何人都可以冒充平台", "%d forged callbacks were accepted: anyone can pose as the platform.", accepted)
		return term.ErrReported
	}
	return nil
}

// forged returns a callback with a signature of the right form that no key made. It is sealed
// with the merchant's key, so that opening it is no substitute for verifying it.
func forged(c *term.Command, e *sandbox.Environment) ([]byte, http.Header, error) {
	newBox, scheme := apiv3.NewBox, apiv3.SchemeRSA
	if e.AlgorithmType == "SM2" {
		newBox, scheme = gm.NewBox, apiv3.SchemeSM2
	}
	box, err := newBox([]byte(e.APIv3Key))
	if err != nil {
		return nil, nil, err
	}
	now := c.Clock.Now()
	resource, err := json.Marshal(notify.CouponSend{
		EventType: notify.EventBusiCouponSend, CouponCode: "FORGED", StockID: triggerStock, SendTime: schema.TimeOf(now),
		OpenID: e.OpenID, SendChannel: notify.ChannelAPI, SendMerchant: e.MchID,
	})
	if err != nil {
		return nil, nil, fmt.Errorf("encode: %w", err)
	}
	kind, _ := notify.KindOf(notify.CouponSent)
	envelope, err := kind.Seal(box, notify.Event{ID: "forged-" + apiv3.NewBoxNonce(), CreateTime: schema.TimeOf(now), Resource: resource})
	if err != nil {
		return nil, nil, err
	}
	body, err := json.Marshal(envelope)
	if err != nil {
		return nil, nil, fmt.Errorf("encode: %w", err)
	}
	signature := make([]byte, 256)
	_, _ = rand.Read(signature) // it never fails
	h := http.Header{"Content-Type": {"application/json"}}
	apiv3.ResponseSignature{
		Timestamp: strconv.FormatInt(now.Unix(), 10), Nonce: apiv3.NewNonce(), Serial: e.PlatformSerialNo, Type: scheme,
		Signature: base64.StdEncoding.EncodeToString(signature),
	}.SetHeader(h)
	return body, h, nil
}
