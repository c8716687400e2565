package schema_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/schema"
)

// TestNamesThatAreIgnoredArePointedAt: at every depth, in lists too, whatever else is wrong.
func TestNamesThatAreIgnoredArePointedAt(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		`{"stock_name":"x"}`: nil,
		`{"stock_name":1,"code_display_mode":"QRCODE","stock_send_rule":{"max":1,"max_coupons":2}}`: {"/code_display_mode", "/stock_send_rule/max"},
		`{"coupon_use_rule":{"coupon_available_time":{"available_week":{"available_day_time":[{"begin_time":1},{"x":2}]}}},"stock_send_rule":[1]}`: {
			"/coupon_use_rule/coupon_available_time/available_week/available_day_time/1/x",
		},
	} {
		var body map[string]any
		if err := json.Unmarshal([]byte(text), &body); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, schema.Of[busifavor.CreateStockRequest]().Unknown(body)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}
