package explain_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/favord/favord/internal/sandbox/explain"
)

// TestWhereKeysWereNotTriedAFindingSaysSo when it is that no key fits, and not otherwise.
func TestWhereKeysWereNotTriedAFindingSaysSo(t *testing.T) {
	t.Parallel()
	with := known()
	with.Searched = 1000
	said := map[explain.Cause]bool{}
	for _, c := range causes() {
		f := explain.Signature(c.sample.request(), with)
		if strings.Contains(f.Text.EN, "than the 1000 whose") != strings.Contains(f.Text.ZH, "1000个商户") {
			t.Errorf("%s: one language says more\n%s\n%s", c.name, f.Text.EN, f.Text.ZH)
		}
		if strings.Contains(f.Text.EN, "than the 1000 whose") {
			said[f.Causes[0]] = true
		}
		expectSentence(t, &f)
	}
	with.LinkSigns = linkSigns
	link := explain.Request{
		Method: "GET", Target: "/busifavor/getcouponinfo?stock_id=1282070000000017&out_request_no=H5" +
			"&send_coupon_merchant=" + mchid + "&open_id=oUpF8uMuAJO_M2pxb1Q9zNjWeS6o&sign=" + strings.Repeat("0F", 32),
	}
	if f := explain.Signature(link, with); !strings.Contains(f.Text.EN, "than the 1000 whose") {
		t.Errorf("%+v", f)
	}
	d := delivery{key: strings.Repeat("e", 32)}.text(t)
	f := explain.Opening(d, with, boxes())
	if !strings.Contains(f.Text.EN, "than the 1000 whose") {
		t.Errorf("%+v", f)
	}
	want := map[explain.Cause]bool{explain.KeyUnknown: true, explain.SerialUnknown: true}
	if !maps.Equal(said, want) {
		t.Errorf("it is said of %v", said)
	}
}
