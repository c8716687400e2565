package console_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/storetest"
)

// collect adds payments of the shop's merchant, one a minute; so much of each was refunded.
func (p *port) collect(refunded ...fen.Fen) {
	p.t.Helper()
	if err := p.shop.Store.Write(p.t.Context(), func(tx store.Tx) error {
		for i, amount := range refunded {
			one := storetest.APayment(fmt.Sprint("420000000", 9-i)) // the later, the smaller
			one.Merchant, one.Maker, one.At = p.shop.Stock.Creator, "1900000099", p.shop.Now.Add(time.Duration(i)*time.Minute)
			if err := tx.InsertPayments(p.t.Context(), []payment.Payment{one}); err != nil {
				return err
			}
			one.Refunded = amount
			if err := tx.UpdatePayment(p.t.Context(), one); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		p.t.Fatal(err)
	}
}

// payments asks for a page: what it has, in brief, and where the next one begins.
func (p *port) payments(more string) (page []string, next string) {
	p.t.Helper()
	status, got := p.call(http.MethodGet, "/manage/v1/payments?mchid="+string(p.shop.Stock.Creator)+more, "")
	list, is := got["payments"].([]any)
	if status != http.StatusOK || !is {
		p.t.Fatalf("%s gives %d %v", more, status, got)
	}
	for _, one := range list {
		fields, _ := one.(map[string]any)
		page = append(page, fmt.Sprint(fields["transaction_id"], " ", fields["state"], " ", fields["refunded"]))
	}
	next, _ = got["next"].(string)
	return page, next
}

func TestPaymentsOfAMerchantComeByPagesTheNewestFirst(t *testing.T) {
	t.Parallel()
	p := newPort(t, nil)
	if page, next := p.payments(""); len(page) != 0 || next != "" {
		t.Errorf("without payments there are %v, and %q follows", page, next)
	}
	p.collect(0, 1, 5000)
	first, next := p.payments("&limit=2")
	if want := "[4200000007 REFUNDED 5000 4200000008 PARTLY_REFUNDED 1]"; fmt.Sprint(first) != want {
		t.Errorf("the first page has %v, want %s", first, want)
	}
	second, last := p.payments("&limit=2&after=" + next)
	if fmt.Sprint(second) != "[4200000009 PAID 0]" || last != "" {
		t.Errorf("the second page has %v, and %q follows", second, last)
	}
	if all, last := p.payments("&limit=3"); len(all) != 3 || last != "" {
		t.Errorf("a page of all has %v, and %q follows", all, last)
	}
	at := func(after time.Duration) string { return url.QueryEscape(p.shop.Now.Add(after).Format(time.RFC3339)) }
	minute, _ := p.payments("&from=" + at(time.Minute) + "&until=" + at(2*time.Minute))
	if fmt.Sprint(minute) != "[4200000008 PARTLY_REFUNDED 1]" {
		t.Errorf("the second minute has %v", minute)
	}
}

func TestAPaymentIsListedWithoutWhoPaid(t *testing.T) {
	t.Parallel()
	p := newPort(t, nil)
	p.collect(0)
	mchid := string(p.shop.Stock.Creator)
	_, got := p.call(http.MethodGet, "/manage/v1/payments?mchid="+mchid, "")
	want := map[string]any{
		"transaction_id": "4200000009", "mchid": mchid, "maker_mchid": "1900000099", "out_trade_no": "T1", "state": "PAID",
		"total": 5000.0, "discount": 150.0, "payer_total": 4850.0, "refunded": 0.0,
	}
	one, _ := got["payments"].([]any)[0].(map[string]any)
	for name, value := range want {
		if one[name] != value {
			t.Errorf("%s is %v, want %v", name, one[name], value)
		}
	}
	if len(one) != len(want)+1 { // and the time
		t.Errorf("a payment has %v", one)
	}
}

func TestBadQuestionsForPaymentsAreRefused(t *testing.T) {
	t.Parallel()
	p := newPort(t, nil)
	known := "mchid=" + string(p.shop.Stock.Creator)
	for question, want := range map[string]int{
		"": 400, "mchid=1": 404, known + "&limit=0": 400, known + "&limit=101": 400, known + "&from=today": 400,
		known + "&after=4200000001": 400, known + "&after=-1": 400, known + "&after=0-4200000001": 400, known + "&after=x-4200000001": 400,
		known + "&after=" + strings.Repeat("1", 65): 400,
	} {
		if status, got := p.call(http.MethodGet, "/manage/v1/payments?"+question, ""); status != want {
			t.Errorf("%q gives %d %v, want %d", question, status, got, want)
		}
	}
}
