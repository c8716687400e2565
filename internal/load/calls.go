package load

import (
	"encoding/json"
	"fmt"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/schema"
)

// caller writes the calls of one run: its request numbers are its own.
type caller struct {
	mchID, appID string
	// run begins every request number, so that no two runs share one.
	run        string
	users      int
	clock      clock.Clock
	operations map[string]wire.Operation
}

func newCaller(t *Target, p Plan) *caller {
	c := &caller{
		mchID: t.Credential.Identity, appID: t.AppID, users: p.users(), clock: t.Clock,
		run:        fmt.Sprintf("load%x", t.Clock.Now().UnixNano()),
		operations: map[string]wire.Operation{},
	}
	for _, op := range busifavor.Operations() {
		c.operations[op.ID] = op
	}
	return c
}

// number is a request number: what for, and which.
func (c *caller) number(what string, i int) string { return fmt.Sprintf("%s-%s-%d", c.run, what, i) }

// openID names a user. Their number is bounded, so that they are registered before they
// are measured.
func (c *caller) openID(user int) string { return fmt.Sprintf("o%027d", user%c.users) }

// grant asks for a coupon; user and number say for whom and under which number.
type grant struct {
	stock  string
	user   int
	number string
}

func (c *caller) issue(g grant) Call {
	return c.call(busifavor.SendCoupon, busifavor.SendCouponRequest{
		OpenID: c.openID(g.user), AppID: c.appID, StockID: g.stock, OutRequestNo: g.number,
	})
}

func (c *caller) use(h holding, number string) Call {
	return c.call(busifavor.UseCoupon, busifavor.UseCouponRequest{
		CouponCode: h.code, StockID: h.stock, AppID: c.appID, UseTime: schema.TimeOf(c.clock.Now()), UseRequestNo: number,
	})
}

func (c *caller) look(h holding) Call {
	return c.call(busifavor.GetUserCoupon, busifavor.GetUserCouponRequest{OpenID: c.openID(h.user), CouponCode: h.code, AppID: c.appID})
}

func (c *caller) list(user int) Call {
	page := int64(10)
	return c.call(busifavor.ListUserCoupons, busifavor.ListUserCouponsRequest{
		OpenID: c.openID(user), AppID: c.appID, CreatorMerchant: c.mchID, Limit: &page,
	})
}

// call encodes a request. What this package writes can be encoded.
func (c *caller) call(id string, request any) Call {
	op := c.operations[id]
	target, err := op.Request.Encode(op.Path, request)
	if err != nil {
		panic(err)
	}
	call := Call{Method: op.Method, Target: target}
	if op.Request.Has(schema.InBody) {
		if call.Body, err = json.Marshal(request); err != nil {
			panic(err)
		}
	}
	return call
}

// issued reads the code out of the answer to an issue.
func issued(body []byte) (string, error) {
	var answer busifavor.SendCouponResponse
	if err := json.Unmarshal(body, &answer); err != nil {
		return "", fmt.Errorf("answer: %w", err)
	}
	if answer.SendCouponResult.CouponCode == "" {
		return "", fmt.Errorf("an issue was answered without a code: %s", body)
	}
	return answer.SendCouponResult.CouponCode, nil
}
