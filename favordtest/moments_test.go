package favordtest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/favord/favord/favordtest"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/favor"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/rail"
	"github.com/favord/favord/wire/schema"
)

// must returns the answer to a call that succeeds.
func must[Q, A any](t *testing.T, call func(context.Context, *Q) (*A, error), req *Q) *A {
	t.Helper()
	got, err := call(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func redemption(s *favordtest.Sandbox, code, number string) *busifavor.UseCouponRequest {
	return &busifavor.UseCouponRequest{
		CouponCode: code, StockID: demoStock, AppID: s.AppID, UseTime: schema.TimeOf(s.Now()), UseRequestNo: number,
	}
}

// told are the kinds of moments, with what says most about them.
func told(l *manage.Life) string {
	var list []string
	for _, m := range l.Moments {
		one := m.Kind
		if about := m.Number + m.TransactionID; about != "" {
			one += " " + about
		}
		if m.Kind == "ATTEMPT" {
			one += fmt.Sprintf(" %d %d", m.Attempt, m.Status)
		}
		list = append(list, one)
	}
	return strings.Join(list, ", ")
}

func TestTheLifeOfACouponTellsEverythingThatHappened(t *testing.T) {
	t.Parallel()
	s := favordtest.Start(t)
	inbox := s.Callbacks()
	s.Freeze(s.Now())
	code := send(t, s, "s1")
	inbox.Wait(nil)
	for i, number := range []string{"u1", "u2"} {
		s.Advance(time.Hour)
		must(t, s.Client().BusiFavor().UseCoupon, redemption(s, code, number))
		if i == 0 {
			must(t, s.Client().BusiFavor().ReturnCoupon, &busifavor.ReturnCouponRequest{CouponCode: code, StockID: demoStock, ReturnRequestNo: "r1"})
		}
	}
	one := &manage.CouponRequest{StockID: demoStock, CouponCode: code}
	want := "MADE, RECEIVED s1, NOTIFIED, ATTEMPT 1 204, USED, RETURNED r1, USED u2, EXPIRES"
	life := &manage.Life{}
	for range 100 { // an attempt is stored after the receiver has its answer
		if life = must(t, s.Management().CouponLife, one); told(life) == want {
			break
		}
		<-time.After(20 * time.Millisecond)
	}
	if told(life) != want || !life.Whole || life.MchID != s.MchID || life.Own || !life.Now.Equal(s.Now()) {
		t.Fatalf("its life is %s: %+v", told(life), life)
	}
	for _, m := range life.Moments {
		if m.Kind == "USED" && (m.RequestID == "" || m.Actor != s.MchID) {
			t.Errorf("a use says %+v", m)
		}
	}
	if s.SetClock(manage.SetClockRequest{MchID: s.MchID, Action: "ADVANCE", Seconds: 60}); !must(t, s.Management().CouponLife, one).Own {
		t.Error("the merchant's own time is not told")
	}
	one.CouponCode = "0"
	if status, _ := refusal(failure(s.Management().CouponLife(t.Context(), one))); status != http.StatusNotFound {
		t.Errorf("the life of none gives %d", status)
	}
}

func TestTheLifeOfACouponHasItsSubsidies(t *testing.T) {
	t.Parallel()
	s := favordtest.Start(t)
	code := send(t, s, "subsidy-send")
	must(t, s.Client().BusiFavor().UseCoupon, redemption(s, code, "subsidy-use"))
	pay := &busifavor.PaySubsidyRequest{
		StockID: demoStock, CouponCode: code, TransactionID: "4200000913202101152566792388",
		PayerMerchant: s.MchID, PayeeMerchant: "1900000002", Amount: 100, Description: "补差", OutSubsidyNo: "pay-1",
	}
	s.Advance(time.Hour)
	must(t, s.Client().BusiFavor().PaySubsidy, pay)
	s.Advance(time.Hour)
	must(t, s.Client().BusiFavor().ReturnSubsidy, &busifavor.ReturnSubsidyRequest{
		StockID: demoStock, CouponCode: code, TransactionID: pay.TransactionID, RefundID: "5030000001202101152566792388",
		PayerMerchant: pay.PayerMerchant, PayeeMerchant: pay.PayeeMerchant, Amount: 40, Description: "退款", OutSubsidyReturnNo: "back-1",
	})
	life := must(t, s.Management().CouponLife, &manage.CouponRequest{StockID: demoStock, CouponCode: code})
	want := "MADE, RECEIVED subsidy-send, USED subsidy-use, SUBSIDIZED pay-1" + pay.TransactionID +
		", SUBSIDY_RETURNED back-1" + pay.TransactionID + ", EXPIRES"
	if got := told(life); got != want {
		t.Fatalf("its life is %s", got)
	}
	for i, amount := range []int64{100, 40} {
		m := life.Moments[3+i]
		if m.Amount != amount || m.PayerMchID != s.MchID || m.PayeeMchID != pay.PayeeMerchant || m.TransactionID != pay.TransactionID ||
			m.Reason == "" || m.Problem != "" || m.Actor != s.MchID || m.RequestID == "" {
			t.Errorf("a subsidy says %+v", m)
		}
	}
}

// voucher sends a voucher of a stock of its own.
func voucher(t *testing.T, s *favordtest.Sandbox) string {
	t.Helper()
	made := must(t, s.Client().Favor().CreateStock, &favor.CreateStockRequest{
		StockName: "满10元减1元", BelongMerchant: s.MchID,
		AvailableBeginTime: schema.TimeOf(s.Now()), AvailableEndTime: schema.TimeOf(s.Now().AddDate(0, 1, 0)),
		StockUseRule: favor.StockUseRule{MaxCoupons: 100, MaxAmount: 10000, MaxCouponsPerUser: 10},
		PatternInfo:  &favor.PatternInfo{Description: "全场通用", MerchantName: "演示商户"},
		CouponUseRule: favor.CouponUseRule{
			FixedNormalCoupon:  &favor.FixedNormalCoupon{CouponAmount: 100, TransactionMinimum: 1000},
			AvailableMerchants: []string{s.MchID},
		},
		NoCash: true, StockType: "NORMAL", OutRequestNo: "stock",
	})
	must(t, s.Client().Favor().StartStock, &favor.CommandRequest{StockID: made.StockID, StockCreatorMchID: s.MchID})
	return must(t, s.Client().Favor().SendCoupon, &favor.SendCouponRequest{
		OpenID: s.OpenID, AppID: s.AppID, StockID: made.StockID, StockCreatorMchID: s.MchID, OutRequestNo: "v1",
	}).CouponID
}

func TestTheLifeOfAVoucherTellsItsPayments(t *testing.T) {
	t.Parallel()
	s := favordtest.Start(t)
	s.Freeze(s.Now())
	id := voucher(t, s)
	pay := func(transaction string) {
		s.Advance(time.Minute)
		must(t, s.Client().Rail().Pay, &rail.PayRequest{
			TransactionID: transaction, AppID: s.AppID, OpenID: s.OpenID, CouponIDs: []string{id}, Order: rail.Order{MchID: s.MchID, Total: 2000},
		})
	}
	pay("4200000001")
	s.Advance(time.Minute)
	must(t, s.Client().Rail().Refund, &rail.RefundRequest{TransactionID: "4200000001", RefundID: "50001", Amount: 2000})
	pay("4200000002")
	one := &manage.VoucherRequest{VoucherID: id}
	want := "MADE, RECEIVED v1, USED 4200000001, REFUNDED 500014200000001, USED 4200000002, EXPIRES"
	if got := told(must(t, s.Management().VoucherLife, one)); got != want {
		t.Errorf("its life is %s", got)
	}
	if v := must(t, s.Management().Voucher, one); v.State != "USED" || v.TransactionID != "4200000002" || v.Discount != 100 {
		t.Errorf("it is %+v", v)
	}
	list := must(t, s.Management().Vouchers, &manage.ListVouchersRequest{OpenID: s.OpenID, State: "USED"})
	if list.TotalCount != 1 || list.Vouchers[0].VoucherID != id {
		t.Errorf("the list has %+v", list)
	}
	for _, err := range []error{
		failure(s.Management().Voucher(t.Context(), &manage.VoucherRequest{VoucherID: "1"})),
		failure(s.Management().VoucherLife(t.Context(), &manage.VoucherRequest{VoucherID: "1"})),
		failure(s.Management().Vouchers(t.Context(), &manage.ListVouchersRequest{OpenID: "nobody"})),
	} {
		if status, _ := refusal(err); status != http.StatusNotFound {
			t.Errorf("what is not there gives %v", err)
		}
	}
}

// failure is the error of a call.
func failure[A any](_ *A, err error) error { return err }

func TestForgedCallbacksConvictACarelessReceiver(t *testing.T) {
	t.Parallel()
	s := favordtest.Start(t)
	inbox := s.Callbacks()
	send(t, s, "forge-1")
	event := inbox.Wait(nil).ID
	try := func() (int64, string) {
		got := must(t, s.Management().Forge, &manage.ForgeRequest{MchID: s.MchID, EventID: event})
		var verdicts []string
		for _, one := range got.Trials {
			verdicts = append(verdicts, one.Kind+" "+one.Verdict)
			if one.TextZH == "" || one.TextEN == "" {
				t.Errorf("%s says nothing", one.Kind)
			}
		}
		return got.Fooled, strings.Join(verdicts, ", ")
	}
	if fooled, got := try(); fooled != 0 ||
		got != "GENUINE RIGHT, UNSIGNED RIGHT, SIGNATURE RIGHT, BODY RIGHT, STALE RIGHT, SERIAL RIGHT, PROBE RIGHT, REPLAYED ONCE" {
		t.Errorf("a careful receiver is told: %d, %s", fooled, got)
	}
	answer := func(status int) {
		careless := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
		t.Cleanup(careless.Close)
		must(t, s.Client().BusiFavor().SetCallback, &busifavor.SetCallbackRequest{NotifyURL: careless.URL})
	}
	answer(http.StatusNoContent)
	if fooled, got := try(); fooled != 6 || strings.Count(got, "WRONG") != 6 || !strings.HasPrefix(got, "GENUINE RIGHT") {
		t.Errorf("a careless receiver is told: %d, %s", fooled, got)
	}
	answer(http.StatusInternalServerError)
	fooled, got := try()
	if fooled != 0 || !strings.HasPrefix(got, "GENUINE WRONG, UNSIGNED UNPROVEN") || !strings.HasSuffix(got, "REPLAYED WRONG") {
		t.Errorf("a receiver that refuses everything is told: %d, %s", fooled, got)
	}
	must(t, s.Client().BusiFavor().SetCallback, &busifavor.SetCallbackRequest{NotifyURL: "http://127.0.0.1:1/"})
	if fooled, got := try(); fooled != 0 || got != "GENUINE WRONG" {
		t.Errorf("where nobody listens: %d, %s", fooled, got)
	}
	_, err := s.Management().Forge(t.Context(), &manage.ForgeRequest{MchID: s.MchID, EventID: "none"})
	if status, _ := refusal(err); status != http.StatusNotFound {
		t.Errorf("an event that is not there gives %v", err)
	}
}

func TestAReplayAsSentFailsWithOneByteChanged(t *testing.T) {
	t.Parallel()
	s := favordtest.Start(t)
	code := send(t, s, "replay-1")
	must(t, s.Client().BusiFavor().UseCoupon, redemption(s, code, "replay-use"))
	entry := must(t, s.Management().JournalEntry, &manage.GetJournalRequest{RequestID: "last"})
	place := int64(strings.Index(entry.Body, "replay-use"))
	body := func(at, becomes int64) manage.ReplayEdit {
		return manage.ReplayEdit{Part: "BODY", At: &at, Byte: &becomes}
	}
	signature := manage.ReplayEdit{Part: "SIGNATURE", At: new(int64(5)), Byte: new(int64(0))}
	for _, c := range []struct {
		name   string
		asSent bool
		edits  []manage.ReplayEdit
		status int64
		code   string
	}{
		{"nothing, signed anew", false, nil, 200, ""},
		{"nothing, as sent", true, nil, 200, ""},
		{"a byte of the body, as sent", true, []manage.ReplayEdit{body(place, 'R')}, 401, "SIGN_ERROR"},
		{"a byte of the body, signed anew", false, []manage.ReplayEdit{body(place, 'R')}, 400, ""},
		{"the signature, as sent", true, []manage.ReplayEdit{signature}, 401, "SIGN_ERROR"},
		{"the path, as sent", true, []manage.ReplayEdit{{Part: "TARGET", Value: new(entry.Request.Target + "?a=1")}}, 401, "SIGN_ERROR"},
		{"a header that is not signed", true, []manage.ReplayEdit{{Part: "HEADER", Name: "Accept-Language", Value: new("en")}}, 200, ""},
		{"no Authorization", true, []manage.ReplayEdit{{Part: "HEADER", Name: "Authorization"}}, 401, "SIGN_ERROR"},
		{"no Accept", true, []manage.ReplayEdit{{Part: "HEADER", Name: "Accept"}}, 400, ""},
		{"the method", true, []manage.ReplayEdit{{Part: "METHOD", Value: new("GET")}}, 405, ""},
	} {
		made := must(t, s.Management().Replay, &manage.ReplayRequest{RequestID: entry.Request.RequestID, AsSent: c.asSent, Edits: c.edits})
		var answer struct{ Code string }
		if made.Body != "" {
			if err := json.Unmarshal([]byte(made.Body), &answer); err != nil {
				t.Fatal(err)
			}
		}
		if made.Status != c.status || c.code != "" && answer.Code != c.code {
			t.Errorf("%s gives %d %s", c.name, made.Status, made.Body)
		}
		again := must(t, s.Management().JournalEntry, &manage.GetJournalRequest{RequestID: made.RequestID})
		if again.Request.Channel != "CONSOLE" {
			t.Errorf("%s is in the journal as %+v", c.name, again.Request)
		}
	}
	for _, c := range [][]manage.ReplayEdit{
		{signature},
		{body(1<<19, 1)},
		{{Part: "BODY"}},
		{{Part: "BODY", Name: "a", Value: new("")}},
		{{Part: "HEADER", Value: new("a")}},
		{{Part: "BODY", At: new(int64(0))}},
		{{Part: "BODY", At: new(int64(0)), Byte: new(int64(1)), Value: new("a")}},
	} {
		_, err := s.Management().Replay(t.Context(), &manage.ReplayRequest{RequestID: entry.Request.RequestID, Edits: c})
		if status, _ := refusal(err); status != http.StatusBadRequest {
			t.Errorf("%+v gives %v", c, err)
		}
	}
	unsigned := must(t, s.Management().MakeCall, &manage.MakeCallRequest{MchID: s.MchID, Method: "GET", Target: "/v3/certificates"})
	_, err := s.Management().Replay(t.Context(), &manage.ReplayRequest{RequestID: unsigned.RequestID, AsSent: true})
	if status, _ := refusal(err); status != http.StatusConflict {
		t.Errorf("what came without a signature gives %v", err)
	}
}

func TestWhatWasDoneIsRecordedAndPlayedElsewhere(t *testing.T) {
	t.Parallel()
	s := favordtest.Start(t)
	manager := s.Management()
	before := must(t, manager.Journal, &manage.ListJournalRequest{}).Last
	begin := s.Now().Add(time.Minute)
	made := must(t, s.Client().BusiFavor().CreateStock, &busifavor.CreateStockRequest{
		StockName: "录制", BelongMerchant: s.MchID, GoodsName: "全场商品", StockType: "NORMAL",
		CouponUseRule: busifavor.CouponUseRule{
			CouponAvailableTime: busifavor.CouponAvailableTime{
				AvailableBeginTime: schema.TimeOf(begin.Add(-time.Hour)), AvailableEndTime: schema.TimeOf(begin.AddDate(0, 1, 0)),
			},
			FixedNormalCoupon: &busifavor.FixedNormalCoupon{DiscountAmount: 100, TransactionMinimum: 200},
			UseMethod:         "OFF_LINE",
		},
		StockSendRule:  busifavor.StockSendRule{MaxCoupons: 10, MaxCouponsPerUser: 5},
		OutRequestNo:   "recorded-stock",
		CouponCodeMode: "WECHATPAY_MODE",
	}).StockID
	code := must(t, s.Client().BusiFavor().SendCoupon, &busifavor.SendCouponRequest{
		StockID: made, OpenID: s.OpenID, AppID: s.AppID, OutRequestNo: "recorded-1",
	}).SendCouponResult.CouponCode
	using := redemption(s, code, "recorded-use")
	using.StockID = made
	must(t, s.Client().BusiFavor().UseCoupon, using)
	if _, err := s.Client().BusiFavor().UseCoupon(t.Context(), redemption(s, "0000", "recorded-none")); err == nil {
		t.Error("a coupon that is not there is redeemed")
	}
	must(t, s.Client().BusiFavor().ReturnCoupon, &busifavor.ReturnCouponRequest{
		CouponCode: code, StockID: made, ReturnRequestNo: "recorded-return",
	})
	got := must(t, manager.RecordScenario, &manage.RecordScenarioRequest{MchID: s.MchID, Name: "春季", After: before})
	if got.Calls != 5 || got.LeftOut != 0 || strings.Contains(got.Text, made) || strings.Contains(got.Text, code) {
		t.Errorf("%d calls, %d left out:\n%s", got.Calls, got.LeftOut, got.Text)
	}
	for _, part := range []string{
		"name: 春季", "${mchid}", "${stock_id}", "${coupon_code}", "no1: ${number}", "${now+", "code: RESOURCE_NOT_EXISTS",
	} {
		if !strings.Contains(got.Text, part) {
			t.Errorf("it lacks %s:\n%s", part, got.Text)
		}
	}
	file := filepath.Join(t.TempDir(), "recorded.yaml")
	if err := os.WriteFile(file, []byte(got.Text), 0o600); err != nil {
		t.Fatal(err)
	}
	other := favordtest.Start(t)
	other.Play(file)
	_, err := manager.RecordScenario(t.Context(), &manage.RecordScenarioRequest{MchID: s.MchID, After: 1 << 40})
	if status, _ := refusal(err); status != http.StatusConflict {
		t.Errorf("a scenario of nothing gives %v", err)
	}
}

func TestMovesOfTheClockAndFaultsAreRecordedAndPlayedElsewhere(t *testing.T) {
	t.Parallel()
	s := favordtest.Start(t)
	manager := s.Management()
	s.Advance(time.Hour)
	must(t, manager.AddFault, &manage.AddFaultRequest{Kind: "DELAY", DelayMS: 1, Operation: busifavor.GetStock})
	before := must(t, manager.Journal, &manage.ListJournalRequest{}).Last
	code := send(t, s, "moved-send")
	once := int64(1)
	must(t, manager.AddFault, &manage.AddFaultRequest{
		Kind: "ERROR", MchID: s.MchID, Operation: busifavor.UseCoupon, Code: "SYSTEM_ERROR", Count: &once,
	})
	using, err := json.Marshal(redemption(s, code, "moved-use"))
	if err != nil {
		t.Fatal(err)
	}
	use := func() int {
		answer, err := s.Client().Do(t.Context(), http.MethodPost, "/v3/marketing/busifavor/coupons/use", using)
		if answer == nil {
			t.Log(err)
			return 0
		}
		return answer.Status
	}
	if got := use(); got != http.StatusInternalServerError {
		t.Errorf("a fault gives %d", got)
	}
	cut := must(t, manager.AddFault, &manage.AddFaultRequest{Kind: "BAD_SIGNATURE", MchID: s.MchID, Operation: busifavor.UseCoupon})
	if got := use(); got != 0 {
		t.Errorf("an answer with a bad signature gives %d", got)
	}
	must(t, manager.RemoveFault, &manage.RemoveFaultRequest{ID: cut.ID})
	if got := use(); got != http.StatusOK {
		t.Errorf("without a fault there is %d", got)
	}
	s.SetClock(manage.SetClockRequest{Action: "FREEZE", Moment: "AFTER_END", StockID: demoStock, CouponCode: code})
	must(t, s.Client().BusiFavor().ReturnCoupon, &busifavor.ReturnCouponRequest{
		CouponCode: code, StockID: demoStock, ReturnRequestNo: "moved-return",
	})
	s.SetClock(manage.SetClockRequest{Action: "RESUME"})
	got := must(t, manager.RecordScenario, &manage.RecordScenarioRequest{MchID: s.MchID, After: before})
	if got.Calls != 5 || got.LeftOut != 0 || got.Controls != 6 {
		t.Errorf("%d calls, %d controls, %d left out:\n%s", got.Calls, got.Controls, got.LeftOut, got.Text)
	}
	for _, part := range []string{
		"freeze: after-end", "coupon: ${coupon_code}", "resume: true", "kind: ERROR", "fault: clear", "lost: true", "kind: DELAY",
	} {
		if !strings.Contains(got.Text, part) {
			t.Errorf("it lacks %s:\n%s", part, got.Text)
		}
	}
	file := filepath.Join(t.TempDir(), "recorded.yaml")
	if err := os.WriteFile(file, []byte(got.Text), 0o600); err != nil {
		t.Fatal(err)
	}
	favordtest.Start(t).Play(file)
}

func TestTheInvariantsAreProvedWhileTheServerRuns(t *testing.T) {
	t.Parallel()
	s := favordtest.Start(t)
	send(t, s, "proof-1")
	call := func(do func(context.Context) (*manage.Proof, error)) *manage.Proof {
		t.Helper()
		got, err := do(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got := call(s.Management().Proof); got.State != "NONE" {
		t.Errorf("before: %+v", got)
	}
	got := call(s.Management().StartProof)
	for got.State == "RUNNING" {
		<-time.After(10 * time.Millisecond)
		got = call(s.Management().Proof)
	}
	if got.State != "DONE" || got.Broken != 0 || got.Rows == 0 || len(got.Invariants) < 40 || got.EndTime.IsZero() {
		t.Errorf("proved: %+v", got)
	}
	for _, one := range got.Invariants {
		if one.Group == "" || one.TextZH == "" {
			t.Errorf("%+v", one)
		}
	}
}

func TestADryRunAnswersAndChangesNothing(t *testing.T) {
	t.Parallel()
	s := favordtest.Start(t)
	code := send(t, s, "dry-1")
	call := func(method, target, body string, dry bool) *manage.MadeCall {
		t.Helper()
		return must(t, s.Management().MakeCall, &manage.MakeCallRequest{MchID: s.MchID, Method: method, Target: target, Body: body, DryRun: dry})
	}
	const coupons = "/v3/marketing/busifavor/coupons/"
	using := fmt.Sprintf(`{"coupon_code":%q,"stock_id":%q,"appid":%q,"use_time":%q,"use_request_no":"dry-use"}`,
		code, demoStock, s.AppID, schema.TimeOf(s.Now()))
	sending := fmt.Sprintf(`{"stock_id":%q,"openid":"oUpF8uMuAJO_M2pxb1Q9zNjWdry1","appid":%q,"out_request_no":"dry-send"}`, demoStock, s.AppID)
	calling := fmt.Sprintf(`{"mchid":%q,"notify_url":"http://127.0.0.1:1/dry"}`, s.MchID)
	for range 2 {
		for _, one := range []struct{ target, body string }{
			{coupons + "use", using}, {coupons + "send", sending}, {"/v3/marketing/busifavor/callbacks", calling},
		} {
			made := call(http.MethodPost, one.target, one.body, true)
			if made.Status != http.StatusOK {
				t.Errorf("%s dry gives %d %s", one.target, made.Status, made.Body)
			}
			if e := must(t, s.Management().JournalEntry, &manage.GetJournalRequest{RequestID: made.RequestID}); e.Request.Channel != "DRY" {
				t.Errorf("%s is in the log as %s", one.target, e.Request.Channel)
			}
		}
	}
	if c := must(t, s.Management().Coupon, &manage.CouponRequest{StockID: demoStock, CouponCode: code}); c.State != "SENDED" {
		t.Errorf("after a dry redemption the coupon is %s", c.State)
	}
	if got := must(t, s.Management().Stock, &manage.StockRequest{StockID: demoStock}); got.Issued != 1 {
		t.Errorf("after dry issues %d are issued", got.Issued)
	}
	if list := must(t, s.Management().Callbacks, &manage.MerchantRequest{MchID: s.MchID}); len(list.Callbacks) != 0 {
		t.Errorf("a dry run set %+v", list.Callbacks)
	}
	if made := call(http.MethodPost, coupons+"use", strings.Replace(using, demoStock, "1", 1), true); made.Status == http.StatusOK {
		t.Errorf("what would be refused gives %d", made.Status)
	}
	if made := call(http.MethodPost, coupons+"use", using, false); made.Status != http.StatusOK {
		t.Errorf("the same number then gives %d %s", made.Status, made.Body)
	}
}
