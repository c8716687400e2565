package httpapi_test

import (
	"testing"

	"github.com/favord/favord/internal/rule/merchant"
)

// TestACertifiedBrandTakesThePlaceOfNameAndLogo asks for a stock before, with and after a brand
// (busifavor 4.6).
func TestACertifiedBrandTakesThePlaceOfNameAndLogo(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock := f.stock(func(object) {})
	const logo = "https://wxpaylogo.qpic.cn/wxpaylogo/brand/0"
	own, _ := f.get(alice, pathStocks+"/"+stock).at("display_pattern_info", "merchant_logo_url").(string)
	for _, c := range []struct {
		brand      merchant.Brand
		name, logo string
	}{
		{merchant.Brand{}, "爱丽丝商店", own},
		{merchant.Brand{Name: "品牌", LogoURL: logo}, "品牌", logo},
		{merchant.Brand{Name: "品牌"}, "品牌", own},
	} {
		f.changeMerchant(alice, func(m *merchant.Merchant) { m.Brand = c.brand })
		got := f.get(alice, pathStocks+"/"+stock)
		if got.at("display_pattern_info", "merchant_name") != c.name || got.at("display_pattern_info", "merchant_logo_url") != c.logo {
			t.Errorf("%+v shows %v", c.brand, got.json["display_pattern_info"])
		}
	}
}
