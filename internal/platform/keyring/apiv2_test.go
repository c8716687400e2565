package keyring_test

import (
	"testing"

	"github.com/favord/favord/apiv2"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
)

func TestWhatAMerchantSignsWithItsAPIv2KeyVerifies(t *testing.T) {
	t.Parallel()
	r := newRing(t, merchant.ModeCertificate)
	link := apiv2.Link{StockID: "1", OutRequestNo: "n", SendCouponMerchant: string(mchid), OpenID: "o"}
	plugin := apiv2.Plugin{SendCouponMerchant: string(mchid), Items: []apiv2.PluginItem{{StockID: "1", OutRequestNo: "n"}}}
	for key, want := range map[string]bool{r.registration.APIv2Key: true, r.registration.APIv3Key: false, "": false} {
		if got := r.keys(t).VerifyLink(link.Signed(key)); got != want {
			t.Errorf("a link verifies: %v, want %v", got, want)
		}
		if got := r.keys(t).VerifyPlugin(plugin.Signed(key)); got != want {
			t.Errorf("parameters verify: %v, want %v", got, want)
		}
	}
}

func TestWithoutAnAPIv2KeyNothingVerifies(t *testing.T) {
	t.Parallel()
	r := emptyRing(t)
	m := merchant.Merchant{ID: mchid, Name: "n", Kind: merchant.Ordinary, KeyMode: merchant.ModeCertificate}
	err := r.store.Write(t.Context(), func(tx store.Tx) error { return tx.InsertMerchant(t.Context(), m, now()) })
	if err != nil {
		t.Fatal(err)
	}
	link := apiv2.Link{StockID: "1", OutRequestNo: "n", SendCouponMerchant: string(mchid), OpenID: "o"}
	if r.keys(t).VerifyLink(link.Signed("")) || r.keys(t).VerifyPlugin(apiv2.Plugin{}.Signed("")) {
		t.Error("something verifies")
	}
}
