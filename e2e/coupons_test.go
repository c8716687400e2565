package e2e

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/favord/favord/wire/busifavor"
)

// TestAnOperatorSeesAndDeletesUsersCoupons plays a coupon's life and looks at it with the
// command line.
func TestAnOperatorSeesAndDeletesUsersCoupons(t *testing.T) {
	t.Parallel()
	dir, state := t.TempDir(), t.TempDir()
	p := start(t, dir, state)
	favord := func(want string, args ...string) {
		t.Helper()
		command := exec.CommandContext(t.Context(), binary, args...)
		command.Env = append(os.Environ(), "FAVORD_STATE_DIR="+state, "FAVORD_LANG=en")
		output, _ := command.CombinedOutput() // what it says tells how it ended
		if !strings.Contains(string(output), want) {
			t.Errorf("favord %s says %s, want %s", strings.Join(args, " "), output, want)
		}
	}
	const stock = "1282070000000017"
	number := "operator"
	sent, err := p.caller(t).BusiFavor().SendCoupon(t.Context(), p.send(stock, number))
	if err != nil {
		t.Fatal(err)
	}
	code := sent.SendCouponResult.CouponCode
	favord(code, "coupons", "list", openID(number))
	favord("SENDED", "coupons", "show", stock, code)
	if _, err := p.caller(t).BusiFavor().UseCoupon(t.Context(), p.use(stock, code, number)); err != nil {
		t.Fatal(err)
	}
	favord("use_request_no: "+number, "coupons", "show", stock, code, "-o", "yaml")
	favord(`"total_count": 1`, "coupons", "list", openID(number), "--state", "USED", "-o", "json")
	favord("DELETED", "coupons", "delete", stock, code)
	favord("DELETED", "coupons", "delete", stock, code)
	shown, err := p.caller(t).BusiFavor().GetUserCoupon(t.Context(), &busifavor.GetUserCouponRequest{
		OpenID: openID(number), CouponCode: code, AppID: p.AppID,
	})
	if err != nil || shown.CouponState != "DELETED" || shown.UseRequestNo != number {
		t.Errorf("%+v, %v", shown, err)
	}
	p.checkInvariants(t, dir)
}
