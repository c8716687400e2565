package httpapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestAnUploadIsSortedOut pins the example of B5.
func TestAnUploadIsSortedOut(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock := f.pool("C3")
	body := f.uploadBody("A1", "A1", "B2", "C3", strings.Repeat("x", 33))
	got := f.post(alice, pathCodes(stock), body)
	golden(t, "codes_upload", got, stock)
	f.advance(time.Hour)
	f.upload(stock, "A1", "D4").expect(t, 200, "")
	if again := f.post(alice, pathCodes(stock), body); again.body != got.body {
		t.Errorf("first %s, then %s", got.body, again.body)
	}
	golden(t, "codes_upload_bad", f.upload(stock, "", "券", "A+B", "A\tB", "A*B", "A.B", strings.Repeat("券", 33), "A+B", "A+B"), stock)
	if count := f.get(alice, pathStocks+"/"+stock).at("coupon_code_count"); f.encode(count) != `{"available_count":4,"total_count":4}` {
		t.Errorf("count %v", count)
	}
}

func TestTheBoundsOfAnUploadHold(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock := f.stock(func(o object) {
		set(set(o, "MERCHANT_UPLOAD", "coupon_code_mode"), 201, "stock_send_rule", "max_coupons")
	})
	codes := func(from, n int) (list []string) {
		for i := range n {
			list = append(list, fmt.Sprintf("%032d", from+i))
		}
		return list
	}
	upload := func(list any) reply {
		return f.post(alice, pathCodes(stock), set(f.uploadBody(), list, "coupon_code_list"))
	}
	for _, list := range []any{nil, []string{}, "A", []any{1}, []any{nil}, codes(0, 201)} {
		upload(list).expect(t, 400, "PARAM_ERROR")
	}
	f.post(alice, pathCodes(stock), set(f.uploadBody("A"), nil, "upload_request_no")).expect(t, 400, "PARAM_ERROR")
	if got := upload(codes(0, 200)); got.json["success_count"] != float64(200) {
		t.Errorf("200 codes: %d %s", got.status, got.body)
	}
	// All or none: 199 of these are new, one would fit.
	upload(codes(199, 200)).expect(t, 400, "INVALID_REQUEST")
	if got := upload(codes(199, 2)); got.json["success_count"] != float64(1) {
		t.Errorf("the last one: %d %s", got.status, got.body)
	}
	// What is full takes what it has.
	if got := upload(codes(0, 200)); got.status != http.StatusOK || len(got.json["exist_codes"].([]any)) != 200 {
		t.Errorf("known codes: %d %s", got.status, got.body)
	}
	if got := f.get(alice, pathCodes(stock)); got.json["total_count"] != float64(201) {
		t.Errorf("%s", got.body)
	}
}

// odd are codes with every character that needs care in a path.
func odd() []string {
	return []string{`A/B C|D`, `/`, ` `, `a\b`, `=-_`, `1 2`, strings.Repeat("/", 32), "couponcodes", "budget"}
}

// TestOddCodesGoThroughTheirWholeLife with every character that a code may have, in bodies
// and in paths of both SDKs.
func TestOddCodesGoThroughTheirWholeLife(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock := f.pool(odd()...)
	for _, code := range odd() {
		path := pathCode(stock, code)
		for _, target := range []string{path, strings.ReplaceAll(path, "%20", "+")} {
			if got := f.get(alice, target); got.at("code_information", "code") != code || got.at("code_information", "code_status") != "AVAILABLE" {
				t.Errorf("%s: %d %s", target, got.status, got.body)
			}
		}
		f.remove(alice, f.deletion(stock, code)).expect(t, 200, "")
		f.get(alice, path).expect(t, 404, "RESOURCE_NOT_EXISTS")
		f.upload(stock, code).expect(t, 200, "")
	}
	f.get(alice, pathCodes(stock)+"/A/B%20C%7CD").expect(t, 404, "") // a slash that is not escaped parts segments
	given := f.coupon(stock)
	f.post(alice, pathUse, f.useBody(stock, given)).expect(t, 200, "")
	if got := f.get(alice, pathCode(stock, given)); got.at("coupon_information", "coupon_state") != "USED" {
		t.Errorf("%s: %s", given, got.body)
	}
}

// TestACodeTellsWhatBecameOfIt pins what lists and details show.
func TestACodeTellsWhatBecameOfIt(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.shareAppID(alice, "wx7777777777777777")
	stock := f.pool("ONLY-ONE")
	f.advance(time.Minute)
	golden(t, "codes_list_free", f.get(alice, pathCodes(stock)+"?appid="+aliceApp), stock)
	golden(t, "code_free", f.get(alice, pathCode(stock, "ONLY-ONE")), stock)
	f.coupon(stock)
	golden(t, "codes_list_given", f.get(alice, pathCodes(stock)+"?appid="+aliceApp), stock)
	golden(t, "code_given", f.get(alice, pathCode(stock, "ONLY-ONE")+"?appid="+aliceApp), stock)
	for query, named := range map[string]bool{"": false, "?appid=": false, "?appid=" + aliceApp: true, "?appid=wx7777777777777777": true} {
		one := f.get(alice, pathCode(stock, "ONLY-ONE")+query).at("code_information").(object)
		if _, has := one["openid"]; has != named {
			t.Errorf("with %q: %v", query, one)
		}
	}
	deleted := f.pool("A")
	once := f.deletion(deleted, "A")
	first := f.remove(alice, once)
	golden(t, "code_delete", first, deleted)
	f.advance(time.Hour)
	if again := f.remove(alice, once); again.body != first.body {
		t.Errorf("repeat: %d %s", again.status, again.body)
	}
}

func TestCodesAreListedInTheOrderOfUpload(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock := f.pool("E", "D", "C", "B", "A")
	given := f.coupon(stock)
	var free []string
	for _, code := range []string{"E", "D", "C", "B", "A"} {
		if code != given {
			free = append(free, code)
		}
	}
	for query, want := range map[string][]string{
		"":                           {"E", "D", "C", "B", "A"},
		"?limit=2":                   {"E", "D"},
		"?offset=1&limit=2":          {"D", "C"},
		"?offset=4&limit=100":        {"A"},
		"?offset=5":                  {},
		"?offset=2147483647":         {},
		"?status=AVAILABLE":          free,
		"?status=AVAILABLE&offset=3": free[3:],
		"?status=DISPATCHED":         {given},
	} {
		got := f.get(alice, pathCodes(stock)+query)
		got.expect(t, 200, "")
		listed := []string{}
		list, _ := got.json["data"].([]any)
		for _, one := range list {
			listed = append(listed, text(one.(object)["code"]))
		}
		if diff := cmp.Diff(want, listed); diff != "" || got.json["total_count"] != float64(5) || got.json["limit"] != float64(len(want)) {
			t.Errorf("%q: %s (-want +got):\n%s", query, got.body, diff)
		}
	}
	for _, query := range []string{"?limit=0", "?limit=101", "?limit=-1", "?offset=-1", "?offset=x", "?status=SENDED", "?status=", "?limit=1&limit=2"} {
		f.get(alice, pathCodes(stock)+query).expect(t, 400, "PARAM_ERROR")
	}
	for _, number := range []string{"", "?delete_request_no=", "?delete_request_no=" + strings.Repeat("x", 129), "?delete_request_no=%20"} {
		f.remove(alice, pathCode(stock, given)+number).expect(t, 400, "PARAM_ERROR")
	}
}
