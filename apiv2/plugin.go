package apiv2

import (
	"maps"
	"strconv"
)

// MaxPluginItems is how many coupons one call of the plug-in may claim.
const MaxPluginItems = 10

// Plugin is what a mini program hands to the plug-in: coupons for whoever opened the page
// (10.3). JSAPI signs the same (10.4).
type Plugin struct {
	// SendCouponMerchant is the mchid that gives the coupons out and whose APIv2 key
	// signs.
	SendCouponMerchant string
	// Items are 1 to MaxPluginItems.
	Items []PluginItem
	// Sign is filled by [Plugin.Signed].
	Sign string
}

// PluginItem is one coupon. The names on the wire are those of send_coupon_params.
type PluginItem struct {
	StockID      string `json:"stock_id"`
	OutRequestNo string `json:"out_request_no"`
	// CouponCode is the merchant's own code, for stocks of MERCHANT_API; else "".
	CouponCode string `json:"coupon_code,omitempty"`
	// CustomizeSendTime, RFC 3339 or "", replaces the time of receipt where validity is
	// relative to it. It is not signed.
	CustomizeSendTime string `json:"customize_send_time,omitempty"`
	// CreateCouponMerchant is the mchid that created a stock of cash vouchers, or "". It is not
	// signed.
	CreateCouponMerchant string `json:"create_coupon_merchant,omitempty"`
}

// Parameters returns what is signed: the fields of each item with its index.
func (p Plugin) Parameters() Parameters {
	parameters := Parameters{nameSender: p.SendCouponMerchant}
	for i, item := range p.Items {
		index := strconv.Itoa(i)
		parameters[nameStock+index] = item.StockID
		parameters[nameNumber+index] = item.OutRequestNo
		parameters[nameCode+index] = item.CouponCode
	}
	return parameters
}

// Signed returns the parameters with their sign.
func (p Plugin) Signed(key string) Plugin {
	p.Sign = p.Parameters().Sign(key)
	return p
}

// Verify reports whether the parameters carry their sign.
func (p Plugin) Verify(key string) bool {
	all := maps.Clone(p.Parameters())
	for i, item := range p.Items {
		for name, value := range map[string]string{nameSendTime: item.CustomizeSendTime, nameCreator: item.CreateCouponMerchant} {
			if value != "" {
				all[name+strconv.Itoa(i)] = value
			}
		}
	}
	return verifyEither(key, p.Sign, p.Parameters(), all)
}
