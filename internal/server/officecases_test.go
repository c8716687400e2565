package server_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/favord/favord/internal/rule/operator"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/wire/manage"
)

// deed is how an operation of the management port is done, and what it leaves behind.
type deed struct {
	// make returns a new request that succeeds each time, and that has been prepared for.
	make func(o *office) asking
	// silent says why there is no entry in the audit; "" is that there is one, whose action is that of
	// the operation unless there is another here.
	silent, action string
	// before says that the entry tells what was replaced, as there is something. fresh says that it
	// tells what became, as before does; without either the action says it all.
	before, fresh bool
	// again is the answer to a repeat of what was done; 0 is a success. Whoever gets it knows how it
	// stands.
	again int
	// renewed says that a repeat has an entry of its own: it is one more of its kind, as with a new
	// invitation, or says that it changed nothing.
	renewed bool
	// counted says that a try is counted, in the audit or not, before it is carried out.
	counted bool
	// unstored says that nothing is committed: it is in memory, or in files.
	unstored bool
	// only is the engine that it exists on; "" is all.
	only string
	// inner says that the answer is one of the signed API, within a success of this port.
	inner bool
}

// Why an operation is not in the audit.
const (
	inMemory   = "it is about what a sandbox pretends, which ends with its process"
	inFiles    = "it is about files of a sandbox"
	inventive  = "it tells a receiver what never happened, and changes nothing"
	changeless = "it changes nothing by itself"
)

// deeds has every operation of the management port that changes something.
func deeds() map[string]deed {
	all := map[string]deed{}
	for _, part := range []map[string]deed{
		pretendedDeeds(), stockDeeds(), importDeeds(), merchantDeeds(), keyDeeds(), peopleDeeds(), personalDeeds(), passkeyDeeds(),
	} {
		maps.Copy(all, part)
	}
	return all
}

// on is a request of which path and body are new each time.
func on(method, path string, body func(o *office) object) func(*office) asking {
	return func(o *office) asking {
		a := ask(method, path, nil)
		if body != nil {
			a.body = body(o)
		}
		return a
	}
}

// ask is a request of a program.
func ask(method, path string, body object) asking {
	return asking{method: method, target: "/manage/v1/" + path, body: body}
}

func always(body object) func(*office) object { return func(*office) object { return body } }

// pretendedDeeds are about what there is in a sandbox only.
func pretendedDeeds() map[string]deed {
	fault := always(object{"kind": "DELAY", "delay_ms": 1, "operation": "busifavor.coupons.send"})
	named := func(o *office) string { return "snapshots/s" + o.number(6) }
	saved := func(method, below string) func(o *office) asking {
		return func(o *office) asking {
			path := named(o)
			o.must(http.MethodPost, path+"/save", nil)
			return ask(method, path+below, nil)
		}
	}
	return map[string]deed{
		manage.SetClock: {silent: inFiles, unstored: true, make: on(http.MethodPost, "clock",
			always(object{"action": "ADVANCE", "seconds": 1}))},
		manage.AddFault:    {silent: inMemory, unstored: true, make: on(http.MethodPost, "faults", fault)},
		manage.ClearFaults: {silent: inMemory, unstored: true, make: on(http.MethodDelete, "faults", nil)},
		manage.RemoveFault: {silent: inMemory, unstored: true, make: func(o *office) asking {
			made := o.must(http.MethodPost, "faults", fault(o))
			return ask(http.MethodDelete, "faults/"+made.text("fault_id"), nil)
		}},
		manage.SaveSnapshot: {only: "sqlite", silent: inFiles, unstored: true, make: func(o *office) asking {
			return ask(http.MethodPost, named(o)+"/save", nil)
		}},
		manage.RestoreSnapshot: {only: "sqlite", silent: inFiles, unstored: true, make: saved(http.MethodPost, "/restore")},
		manage.RemoveSnapshot:  {only: "sqlite", silent: inFiles, unstored: true, make: saved(http.MethodDelete, "")},
		manage.Explain: {silent: changeless, unstored: true, make: on(http.MethodPost, "explain",
			always(object{"content": "R0VUIC92My9jZXJ0aWZpY2F0ZXMgSFRUUC8xLjENCkhvc3Q6IGENCg0K"}))},
		manage.ReplayJournal: {action: "busifavor.coupons.send", renewed: true, counted: true, inner: true, make: func(o *office) asking {
			made := o.must(http.MethodPost, "merchants/"+o.env.MchID+"/calls", o.sendCall())
			return ask(http.MethodPost, "journal/"+made.text("request_id")+"/replay", object{
				"changes": []object{{"path": "out_request_no", "value": "R" + o.number(9)}},
			})
		}},
		manage.SynthesizeNotification: {silent: inventive, unstored: true, make: func(o *office) asking {
			o.callback()
			return ask(http.MethodPost, "deliveries/synthesize", object{
				"mchid": o.env.MchID, "event": "COUPON.SEND", "resource": `{"stock_id":"1"}`,
			})
		}},
		manage.ForgeDelivery: {silent: inventive, unstored: true, make: func(o *office) asking {
			return ask(http.MethodPost, "deliveries/forge", object{"mchid": o.env.MchID, "event_id": o.event()})
		}},
	}
}

// stockDeeds are about stocks, coupons and deliveries.
func stockDeeds() map[string]deed {
	stock := func(step string, before ...string) func(o *office) asking {
		return func(o *office) asking {
			id := o.stock()
			for _, b := range before {
				o.must(http.MethodPost, "stocks/"+id+"/"+b, nil)
			}
			return ask(http.MethodPost, "stocks/"+id+"/"+step, nil)
		}
	}
	vouchers := func(step string, before ...string) func(o *office) asking {
		return func(o *office) asking {
			id := o.voucherStock()
			for _, b := range before {
				o.must(http.MethodPost, "voucher-stocks/"+id+"/"+b, nil)
			}
			return ask(http.MethodPost, "voucher-stocks/"+id+"/"+step, nil)
		}
	}
	return map[string]deed{
		manage.ApproveStock: {before: true, make: stock("approve")},
		manage.RejectStock:  {before: true, make: stock("reject")},
		manage.PauseStock:   {before: true, make: stock("pause", "approve")},
		manage.ResumeStock:  {before: true, make: stock("resume", "approve", "pause")},
		manage.StopStock:    {before: true, make: stock("stop", "approve")},

		manage.ReviewVoucherStock:  {before: true, make: vouchers("review")},
		manage.ApproveVoucherStock: {before: true, make: vouchers("approve", "review")},
		manage.RejectVoucherStock:  {before: true, make: vouchers("reject", "review")},
		manage.SetVoucherSenders: {before: true, make: func(o *office) asking {
			return ask(http.MethodPut, "voucher-stocks/"+o.voucherStock()+"/senders", object{"senders": []string{o.env.MchID}})
		}},

		manage.PutDraft: {fresh: true, make: func(o *office) asking { return ask(http.MethodPut, "drafts/"+o.draft(), o.drafted()) }},
		manage.RemoveDraft: {fresh: true, make: func(o *office) asking {
			path := "drafts/" + o.draft()
			o.must(http.MethodPut, path, o.drafted())
			return ask(http.MethodDelete, path, nil)
		}},

		manage.DeleteCoupon: {action: "busifavor.coupons.delete", before: true, make: func(o *office) asking {
			return ask(http.MethodDelete, "coupons/"+demoStock+"/"+o.coupon(), nil)
		}},
		manage.MakeCall: {renewed: true, counted: true, inner: true, make: func(o *office) asking {
			return ask(http.MethodPost, "merchants/"+o.env.MchID+"/calls", o.sendCall())
		}},
		manage.ResendDeliveries: {renewed: true, before: true, make: func(o *office) asking {
			return ask(http.MethodPost, "deliveries/resend", object{"mchid": o.env.MchID, "event_ids": []string{o.event()}})
		}},
		manage.Prune: {fresh: true, renewed: true, counted: true, make: func(o *office) asking {
			o.longGone()
			return ask(http.MethodPost, "retention/prune", object{"kind": "sessions"})
		}},
	}
}

// merchantDeeds are about merchants, their money and their users.
func merchantDeeds() map[string]deed {
	return map[string]deed{
		manage.PutUser: {renewed: true, before: true, make: func(o *office) asking {
			id := o.user()
			o.must(http.MethodPut, "users/"+id, object{"appid": o.env.AppID})
			return ask(http.MethodPut, "users/"+id, object{"appid": o.env.AppID, "suspicious": true})
		}},
		manage.ForgetUser: {fresh: true, make: func(o *office) asking {
			id := o.user()
			o.must(http.MethodPut, "users/"+id, object{"appid": o.env.AppID})
			return ask(http.MethodPost, "users/"+id+"/forget", nil)
		}, again: http.StatusNotFound},
		manage.CreateMerchant: {action: "merchants.register", fresh: true, again: http.StatusConflict, make: func(o *office) asking {
			return ask(http.MethodPost, "merchants", o.registration())
		}},
		manage.ChangeMerchant: {renewed: true, before: true, make: func(o *office) asking {
			return ask(http.MethodPatch, "merchants/"+o.merchant(), object{"name": "店" + o.number(6)})
		}},
		manage.AddSubMerchant: {renewed: true, before: true, make: func(o *office) asking {
			return ask(http.MethodPut, "merchants/"+o.merchant()+"/sub-merchants/"+o.sub(), nil)
		}},
		manage.RemoveSubMerchant: {renewed: true, before: true, make: func(o *office) asking {
			path := "merchants/" + o.merchant() + "/sub-merchants/" + o.sub()
			o.must(http.MethodPut, path, nil)
			return ask(http.MethodDelete, path, nil)
		}},
		manage.JoinBrand: {renewed: true, fresh: true, make: func(o *office) asking {
			return ask(http.MethodPut, "merchants/"+o.merchant()+"/brands/brand"+o.number(6), nil)
		}},
		manage.FundBalance: {fresh: true, make: func(o *office) asking {
			return ask(http.MethodPost, "balances/"+o.env.MchID+"/fund", object{"amount": 1, "request_no": "F" + o.number(9)})
		}},
		manage.ReportOrder: {renewed: true, before: true, make: func(o *office) asking {
			path, report := "orders/"+o.number(28), object{"mchid": o.env.MchID, "amount": 100}
			o.must(http.MethodPut, path, report)
			return ask(http.MethodPut, path, object{"mchid": o.env.MchID, "amount": 100, "refunded": 50})
		}},
		manage.RegisterCard: {fresh: true, again: http.StatusConflict, make: func(o *office) asking {
			return ask(http.MethodPut, "cards/card"+o.number(20), object{"mchid": o.env.MchID, "appid": o.env.AppID})
		}},
	}
}

// keyDeeds are about keys.
func keyDeeds() map[string]deed {
	key := func(purpose string) deed {
		return deed{before: true, renewed: true, make: func(o *office) asking {
			path := "merchants/" + o.merchant() + "/keys/" + purpose
			o.must(http.MethodPut, path, object{"key": strings.Repeat("a", 32)})
			return ask(http.MethodPut, path, object{"key": o.number(32)})
		}}
	}
	return map[string]deed{
		manage.AddCertificate: {fresh: true, again: http.StatusConflict, make: func(o *office) asking {
			id := o.merchant()
			return ask(http.MethodPost, "merchants/"+id+"/keys/certificates", object{"certificate": o.certificate(id)})
		}},
		manage.SetCertificateStatus: {renewed: true, before: true, make: func(o *office) asking {
			id := o.merchant()
			serial := strings.ToUpper(strconv.FormatInt(serialBegin+o.numbers, 16)) // that of its certificate
			return ask(http.MethodPatch, "merchants/"+id+"/keys/certificates/"+serial, object{"status": "REVOKED"})
		}},
		manage.SetAPIv3Key: key("apiv3"),
		manage.SetAPIv2Key: key("apiv2"),
		manage.AddPlatformCertificate: {fresh: true, renewed: true, make: func(o *office) asking {
			return ask(http.MethodPost, "merchants/"+o.merchant()+"/keys/platform-certificates", object{})
		}},
		manage.Rekey: {silent: "with one key there is nothing to seal anew", make: on(http.MethodPost, "keys/rekey", always(object{}))},
	}
}

// peopleDeeds are what an admin does.
func peopleDeeds() map[string]deed {
	return map[string]deed{
		manage.AddOperator: {fresh: true, again: http.StatusConflict, make: func(o *office) asking {
			return ask(http.MethodPost, "operators", object{"name": "op" + o.number(6), "roles": []string{"VIEWER"}})
		}},
		manage.ChangeOperator: {renewed: true, before: true, make: func(o *office) asking {
			name, _ := o.invited()
			return ask(http.MethodPatch, "operators/"+name, object{"roles": []string{"AUDITOR"}})
		}},
		manage.InviteOperator: {renewed: true, make: func(o *office) asking {
			name, _ := o.invited()
			return ask(http.MethodPost, "operators/"+name+"/invite", nil)
		}},
		manage.CreateToken: {fresh: true, again: http.StatusConflict, make: func(o *office) asking {
			return ask(http.MethodPost, "tokens", o.token("t"+o.number(6)))
		}},
		manage.RotateToken: {before: true, renewed: true, make: func(o *office) asking {
			name := "t" + o.number(6)
			o.must(http.MethodPost, "tokens", o.token(name))
			return ask(http.MethodPost, "tokens/"+name+"/rotate", object{"expire_time": o.in(48 * time.Hour)})
		}},
		manage.RevokeToken: {before: true, again: http.StatusNotFound, make: func(o *office) asking {
			name := "t" + o.number(6)
			o.must(http.MethodPost, "tokens", o.token(name))
			return ask(http.MethodDelete, "tokens/"+name, nil)
		}},
	}
}

// personalDeeds are what people do about themselves.
func personalDeeds() map[string]deed {
	return map[string]deed{
		manage.AcceptInvitation: {again: http.StatusForbidden, make: func(o *office) asking {
			_, invitation := o.invited()
			return ask(http.MethodPost, "invitations/accept", object{"invitation": invitation, "password": officePassword})
		}},
		manage.CreateSession: {renewed: true, counted: true, make: func(o *office) asking {
			name := o.person()
			return ask(http.MethodPost, "sessions", object{"name": name, "password": officePassword})
		}},
		manage.EndSession: {again: http.StatusUnauthorized, make: func(o *office) asking {
			return asking{method: http.MethodDelete, target: "/manage/v1/sessions/current", cookie: o.session(o.person())}
		}},
		manage.RemoveSession: {action: "manage.sessions.end", again: http.StatusNotFound, make: func(o *office) asking {
			name := o.person()
			cookie := o.session(name)
			o.session(name)
			return asking{method: http.MethodDelete, target: "/manage/v1/sessions/" + o.otherSession(cookie), cookie: cookie}
		}},
		manage.ProveSession: {silent: "it is noted in the session alone", make: func(o *office) asking {
			return asking{
				method: http.MethodPost, target: "/manage/v1/sessions/current/prove",
				body: object{"password": officePassword}, cookie: o.session(o.person()),
			}
		}},
		manage.SetPassword: {counted: true, again: http.StatusConflict, make: func(o *office) asking {
			return asking{method: http.MethodPut, target: "/manage/v1/account/password", cookie: o.session(o.person()), body: object{
				"before": officePassword, "password": officePassword + "!",
			}}
		}},
		manage.BeginTOTP: {silent: "nothing counts until it is confirmed", make: func(o *office) asking {
			return asking{method: http.MethodPost, target: "/manage/v1/account/totp", cookie: o.session(o.person())}
		}},
		manage.ConfirmTOTP: {before: true, again: http.StatusConflict, make: func(o *office) asking {
			cookie, code := o.enrolling()
			return asking{method: http.MethodPost, target: "/manage/v1/account/totp/confirm", body: object{"code": code}, cookie: cookie}
		}},
		manage.RemoveTOTP: {before: true, renewed: true, make: func(o *office) asking {
			cookie, code := o.enrolling()
			o.mustBe(asking{method: http.MethodPost, target: "/manage/v1/account/totp/confirm", body: object{"code": code}, cookie: cookie})
			return asking{method: http.MethodDelete, target: "/manage/v1/account/totp", cookie: cookie}
		}},
	}
}

// officePassword is that of everybody.
const officePassword = "a sentence for everybody"

// text is a value of an answer.
func (a *told) text(name string) string {
	value, _ := a.body[name].(string)
	return value
}

func (o *office) in(d time.Duration) string { return o.clock.Now().Add(d).Format(time.RFC3339) }

func (o *office) user() string { return "oOffice" + o.number(21) }

func (o *office) token(name string) object {
	return object{"name": name, "roles": []string{"VIEWER"}, "expire_time": o.in(24 * time.Hour)}
}

// registration registers a new merchant.
func (o *office) registration() object {
	id := "19100" + o.number(5)
	return object{"mchid": id, "name": "店", "kind": "PROVIDER", "certificate": o.certificate(id)}
}

// merchant registers a merchant.
func (o *office) merchant() string {
	o.t.Helper()
	body := o.registration()
	o.must(http.MethodPost, "merchants", body)
	id, _ := body["mchid"].(string)
	return id
}

// sub is the demo merchant: an ordinary one.
func (o *office) sub() string { return o.env.MchID }

// call makes a call as the demo merchant, which succeeds.
func (o *office) call(body object) object {
	o.t.Helper()
	made := o.must(http.MethodPost, "merchants/"+o.env.MchID+"/calls", body)
	if made.body["status"] != float64(http.StatusOK) {
		o.t.Fatalf("%v is answered %v", body, made.body)
	}
	return parse(o.t, made.text("body"))
}

// invited adds an operator.
func (o *office) invited() (name, invitation string) {
	o.t.Helper()
	name = "op" + o.number(6)
	added := o.must(http.MethodPost, "operators", object{"name": name, "roles": []string{"VIEWER"}})
	return name, added.text("invitation")
}

// appoint adds an operator who has a password.
func (o *office) appoint(name, role string) {
	o.t.Helper()
	added := o.must(http.MethodPost, "operators", object{"name": name, "roles": []string{role}})
	o.must(http.MethodPost, "invitations/accept", object{"invitation": added.text("invitation"), "password": officePassword})
}

// person is an operator who has a password.
func (o *office) person() string {
	o.t.Helper()
	name := "op" + o.number(6)
	o.appoint(name, "VIEWER")
	return name
}

// session signs a person in.
func (o *office) session(name string) *http.Cookie {
	o.t.Helper()
	got := o.must(http.MethodPost, "sessions", object{"name": name, "password": officePassword})
	if len(got.cookies) != 1 {
		o.t.Fatalf("a session has %d cookies", len(got.cookies))
	}
	return got.cookies[0]
}

// otherSession is one of a person who has two.
func (o *office) otherSession(current *http.Cookie) string {
	o.t.Helper()
	list := o.mustBe(asking{method: http.MethodGet, target: "/manage/v1/sessions", cookie: current})
	sessions, _ := list.body["sessions"].([]any)
	for _, s := range sessions {
		one, _ := s.(object)
		if current, _ := one["current"].(bool); !current {
			id, _ := one["session_id"].(string)
			return id
		}
	}
	o.t.Fatalf("there is no other session: %v", list.body)
	return ""
}

// enrolling is a person about to show the first code of an authenticator.
func (o *office) enrolling() (cookie *http.Cookie, code string) {
	o.t.Helper()
	cookie = o.session(o.person())
	begun := o.mustBe(asking{method: http.MethodPost, target: "/manage/v1/account/totp", cookie: cookie})
	code, err := totp.GenerateCode(begun.text("secret"), o.clock.Now())
	if err != nil {
		o.t.Fatal(err)
	}
	return cookie, code
}

// draft is the id of a new draft, drafted what is in one of a new merchant.
func (o *office) draft() string { return "draft" + o.number(9) }

func (o *office) drafted() object {
	return object{"mchid": o.merchant(), "operation": "busifavor.stocks.create", "body": "{}", "version": 0}
}

// stock creates a stock of coupons, which waits for a review.
func (o *office) stock() string { return o.stockOf("WECHATPAY_MODE") }

func (o *office) stockOf(codes string) string {
	o.t.Helper()
	created := o.call(object{"method": http.MethodPost, "target": "/v3/marketing/busifavor/stocks", "body": encode(o.t, object{
		"stock_name": "两张", "belong_merchant": o.env.MchID, "goods_name": "全场", "stock_type": "NORMAL",
		"coupon_use_rule": object{
			"coupon_available_time": object{"available_begin_time": o.in(0), "available_end_time": o.in(100 * time.Hour)},
			"fixed_normal_coupon":   object{"discount_amount": 500, "transaction_minimum": 1000}, "use_method": "OFF_LINE",
		},
		"stock_send_rule": object{"max_coupons": 100, "max_coupons_per_user": 2}, "out_request_no": "S" + o.number(9),
		"coupon_code_mode": codes,
	})})
	id, _ := created["stock_id"].(string)
	return id
}

// voucherStock creates a stock of vouchers.
func (o *office) voucherStock() string {
	o.t.Helper()
	created := o.call(object{"method": http.MethodPost, "target": "/v3/marketing/favor/coupon-stocks", "body": encode(o.t, object{
		"stock_name": "满20减1券", "belong_merchant": o.env.MchID,
		"available_begin_time": o.in(time.Hour), "available_end_time": o.in(100 * time.Hour),
		"stock_use_rule": object{
			"max_coupons": 10, "max_amount": 1000, "max_coupons_per_user": 5,
			"natural_person_limit": false, "prevent_api_abuse": false,
		},
		"coupon_use_rule": object{
			"fixed_normal_coupon": object{"coupon_amount": 100, "transaction_minimum": 2000}, "available_merchants": []string{o.env.MchID},
		},
		"no_cash": true, "stock_type": "NORMAL", "out_request_no": "V" + o.number(9),
	})})
	id, _ := created["stock_id"].(string)
	return id
}

// sendCall is a call that issues a coupon.
func (o *office) sendCall() object {
	return object{"method": http.MethodPost, "target": "/v3/marketing/busifavor/coupons/send", "body": encode(o.t, object{
		"stock_id": demoStock, "appid": o.env.AppID, "openid": o.user(), "out_request_no": "C" + o.number(9),
	})}
}

// coupon issues a coupon.
func (o *office) coupon() string {
	o.t.Helper()
	sent, _ := o.call(o.sendCall())["send_coupon_result"].(object)
	code, _ := sent["coupon_code"].(string)
	return code
}

// callback sets where events go: to nobody.
func (o *office) callback() {
	o.t.Helper()
	o.call(object{"method": http.MethodPost, "target": "/v3/marketing/busifavor/callbacks", "body": encode(o.t, object{
		"mchid": o.env.MchID, "notify_url": "https://127.0.0.1:1/", "switch": true,
	})})
}

// event is one that waits for its delivery.
func (o *office) event() string {
	o.t.Helper()
	o.callback()
	o.coupon()
	list := o.must(http.MethodGet, "deliveries?mchid="+o.env.MchID+"&limit=1", nil)
	deliveries, _ := list.body["deliveries"].([]any)
	if len(deliveries) != 1 {
		o.t.Fatalf("there is no event: %v", list.body)
	}
	one, _ := deliveries[0].(object)
	id, _ := one["event_id"].(string)
	return id
}

// longGone is a session that ended long ago.
func (o *office) longGone() {
	o.t.Helper()
	o.numbers++
	ended := o.clock.Now().Add(-10_000 * time.Hour)
	if err := o.unclear.Store.Write(o.t.Context(), func(tx store.Tx) error {
		return tx.InsertCredentials(o.t.Context(), []operator.Credential{{
			Digest: operator.DigestOf(o.number(9)), Kind: operator.Session, Name: "gone", Created: ended, Expires: ended,
		}})
	}); err != nil {
		o.t.Fatal(err)
	}
}

func encode(t *testing.T, body object) string {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func parse(t *testing.T, text string) (body object) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &body); err != nil {
		t.Fatal(err)
	}
	return body
}
