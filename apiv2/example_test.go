package apiv2_test

import (
	"fmt"

	"github.com/favord/favord/apiv2"
)

// A merchant's server makes a claim link for one user.
func ExampleLink_Signed() {
	link := apiv2.Link{
		StockID: "1282070000000017", OutRequestNo: "H520261122000001",
		SendCouponMerchant: "1900000001", OpenID: "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
	}.Signed("Abcdefghijklmnopqrstuvwxyz012345")
	fmt.Println(link.Sign)
	fmt.Println(link.URL("http://127.0.0.1:18080"))
	// Output:
	// A2496B567D9F8AB317646F2CB14817EA92FDF053869E63C4C0AB1E8B746D090A
	// http://127.0.0.1:18080/busifavor/getcouponinfo?open_id=oUpF8uMuAJO_M2pxb1Q9zNjWeS6o&out_request_no=H520261122000001&send_coupon_merchant=1900000001&sign=A2496B567D9F8AB317646F2CB14817EA92FDF053869E63C4C0AB1E8B746D090A&stock_id=1282070000000017#wechat_pay&wechat_redirect
}

// A merchant's server signs what its mini program hands to the plug-in.
func ExamplePlugin_Signed() {
	coupons := apiv2.Plugin{
		SendCouponMerchant: "1900000001",
		Items:              []apiv2.PluginItem{{StockID: "1282070000000017", OutRequestNo: "PLUG20261122000001"}},
	}.Signed("Abcdefghijklmnopqrstuvwxyz012345")
	fmt.Println(coupons.Sign)
	// Output: 54C641406D0C3965F1F9DB352833BD314F4FC6A6FFD7639348339CB9E9B28953
}
