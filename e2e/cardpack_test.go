package e2e

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/favord/favord/apiv2"
	"github.com/favord/favord/wire/busifavor"
)

// TestAHolderDeletesACardAndTheMerchantSeesIt claims a coupon, deletes it in the card pack,
// and asks for it as the merchant.
func TestAHolderDeletesACardAndTheMerchantSeesIt(t *testing.T) {
	t.Parallel()
	p := start(t, t.TempDir(), t.TempDir())
	link := apiv2.Link{StockID: "1282070000000017", OutRequestNo: "D1", SendCouponMerchant: p.MchID, OpenID: p.OpenID}.Signed(p.APIv2Key)
	if status, page := visit(t, http.MethodPost, link.URL(p.APIURL)); status != http.StatusOK || !strings.Contains(page, "领取成功") {
		t.Fatalf("the claim gives %d %s", status, page)
	}
	pack := p.APIURL + "/wallet?appid=" + p.AppID + "&openid=" + p.OpenID
	_, page := visit(t, http.MethodGet, pack)
	card := regexp.MustCompile(`href="(/wallet/card\?[^"]+)"`).FindStringSubmatch(page)
	if card == nil {
		t.Fatalf("the pack has no card: %s", page)
	}
	if status, page := visit(t, http.MethodPost, p.APIURL+html.UnescapeString(card[1])); status != http.StatusOK || !strings.Contains(page, "已删除") {
		t.Errorf("deleting gives %d %s", status, page)
	}
	coupons, err := p.caller(t).BusiFavor().ListUserCoupons(t.Context(), &busifavor.ListUserCouponsRequest{
		OpenID: p.OpenID, AppID: p.AppID, CreatorMerchant: p.MchID, CouponState: "DELETED",
	})
	if err != nil || coupons.TotalCount != 1 {
		t.Errorf("the merchant sees %+v, %v", coupons, err)
	}
	if status, page := visit(t, http.MethodGet, link.URL(p.APIURL)); status != http.StatusOK || !strings.Contains(page, "已删除") {
		t.Errorf("the link shows %d %s", status, page)
	}
}
