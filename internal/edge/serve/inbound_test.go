package serve_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/edge/serve"
	"github.com/favord/favord/wire/busifavor"
)

// FuzzDecodeAgreesWithTheStandardLibrary: what the strict decoder accepts, the lenient
// one accepts, too, and reads the same.
func FuzzDecodeAgreesWithTheStandardLibrary(f *testing.F) {
	for _, seed := range []string{
		`{"a":1,"b":[true,null,"x"],"c":{"d":1.5e3}}`, `{}`, `null`, ``, ` `, `{"a":1,"a":2}`, `[1]`, `{"a":"\ud83d\ude00"}`,
		`{"a":"` + "\xff" + `"}`, strings.Repeat(`{"a":`, 40), `{"a":1}x`, `{"A":1,"a":2}`, `{"a":1e400}`, `{"":{"":[]}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, violation := serve.DecodeBody(body)
		if violation != nil {
			if got != nil || violation.ZH == "" || violation.EN == "" || !utf8.ValidString(fmt.Sprint(violation.Value)) {
				t.Errorf("%q gives %v with %+v", body, got, violation)
			}
			return
		}
		if len(bytes.TrimSpace(body)) == 0 {
			return
		}
		d := json.NewDecoder(bytes.NewReader(body))
		d.UseNumber()
		var want map[string]any
		if err := d.Decode(&want); err != nil {
			t.Fatalf("%q is accepted, but %v", body, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-standard +strict):\n%s", body, diff)
		}
	})
}

// coupons routes merchant coupons' operations to their ids.
func coupons() *serve.Router[string] {
	r := serve.NewRouter[string]()
	for _, op := range busifavor.Operations() {
		r.Add(&op, op.ID)
	}
	return r
}

func FuzzRoutesNeverPanic(f *testing.F) {
	r := coupons()
	f.Add("GET", "/v3/marketing/busifavor/users/o/coupons/A%2FB+C/appids/wx")
	f.Add("GET", "//")
	f.Add("", "")
	f.Fuzz(func(t *testing.T, method, path string) {
		found, status := r.Find(method, path)
		if (status == 0) != (found.Endpoint != "") {
			t.Errorf("%s %s: %q with %d", method, path, found.Endpoint, status)
		}
		for name, value := range found.Parameters {
			if value == "" {
				t.Errorf("%s %s: empty %s", method, path, name)
			}
		}
	})
}

func TestCodesInPathsMayHaveAnyEscape(t *testing.T) {
	t.Parallel()
	r := coupons()
	const before, after = "/v3/marketing/busifavor/users/o1/coupons/", "/appids/wx1"
	for segment, want := range map[string]string{
		"A%2FB": "A/B", "A%20B": "A B", "A+B": "A B", "A%7CB": "A|B", "A|B": "A|B", "A%5CB": `A\B`, "A=B": "A=B", "A%2bB": "A+B", "%E5%88%B8": "券",
	} {
		found, status := r.Find("GET", before+segment+after)
		if status != 0 || found.Parameters["coupon_code"] != want || found.Parameters["openid"] != "o1" || found.Parameters["appid"] != "wx1" {
			t.Errorf("%s gives %d %v, want %q", segment, status, found.Parameters, want)
		}
	}
	// Only codes read a plus sign as a blank.
	if found, _ := r.Find("GET", "/v3/marketing/busifavor/users/a+b/coupons"); found.Parameters["openid"] != "a+b" {
		t.Errorf("openid %v", found.Parameters)
	}
	if _, status := r.Find("GET", before+"A%2"+after); status != 404 {
		t.Errorf("a broken escape gives %d", status)
	}
}

func BenchmarkDecodeBody(b *testing.B) {
	body := []byte(`{"openid":"oUpF8uMuAJO_M2pxb1Q9zNjWeS6o","appid":"wx8888888888888888","stock_id":"1282070000000017","out_request_no":"1900000001202612050001"}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, violation := serve.DecodeBody(body); violation != nil {
			b.Fatal(violation)
		}
	}
}
