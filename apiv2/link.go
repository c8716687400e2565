package apiv2

import (
	"maps"
	"net/url"
	"strings"
)

// Where claims go (10.3, 10.4).
const (
	// Host serves claim links in production.
	Host = "https://action.weixin.qq.com"
	// LinkPath is the H5 claim page.
	LinkPath = "/busifavor/getcouponinfo"
	// PluginPath is where the plug-in claims.
	PluginPath = "/busifavor/sendcoupon"
	// fragment must end a link: without it the page refuses to open.
	fragment = "#wechat_pay&wechat_redirect"
)

// Names of the parameters.
const (
	nameStock    = "stock_id"
	nameNumber   = "out_request_no"
	nameSender   = "send_coupon_merchant"
	nameOpenID   = "open_id" // with an underscore, in the link only
	nameCode     = "coupon_code"
	nameSendTime = "customize_send_time"
	nameCreator  = "create_coupon_merchant"
	nameSign     = "sign"
)

// Link is an H5 claim link: one coupon for one user (10.4).
type Link struct {
	StockID string
	// OutRequestNo has letters and digits only. It makes a repeat safe.
	OutRequestNo string
	// SendCouponMerchant is the mchid that gives the coupon out and whose APIv2 key
	// signs.
	SendCouponMerchant string
	OpenID             string
	// CouponCode is the merchant's own code, for stocks of MERCHANT_API; else "".
	CouponCode string
	// CustomizeSendTime, RFC 3339 or "", replaces the time of receipt where validity is
	// relative to it. It is not signed.
	CustomizeSendTime string
	// Sign is filled by [Link.Signed].
	Sign string
}

// LinkOf reads the parameters of a link from its query.
func LinkOf(query url.Values) Link {
	return Link{
		StockID: query.Get(nameStock), OutRequestNo: query.Get(nameNumber), SendCouponMerchant: query.Get(nameSender),
		OpenID: query.Get(nameOpenID), CouponCode: query.Get(nameCode), CustomizeSendTime: query.Get(nameSendTime),
		Sign: query.Get(nameSign),
	}
}

// Parameters returns what is signed.
func (l Link) Parameters() Parameters {
	return Parameters{
		nameStock: l.StockID, nameNumber: l.OutRequestNo, nameSender: l.SendCouponMerchant,
		nameOpenID: l.OpenID, nameCode: l.CouponCode,
	}
}

// Signed returns the link with its sign.
func (l Link) Signed(key string) Link {
	l.Sign = l.Parameters().Sign(key)
	return l
}

// Verify reports whether the link carries its sign.
func (l Link) Verify(key string) bool {
	all := l.Parameters()
	if l.CustomizeSendTime != "" {
		all = maps.Clone(all)
		all[nameSendTime] = l.CustomizeSendTime
	}
	return verifyEither(key, l.Sign, l.Parameters(), all)
}

// Query returns the parameters of the link that have a value, escaped.
func (l Link) Query() string {
	query := url.Values{}
	for name, value := range l.Parameters() {
		if value != "" {
			query.Set(name, value)
		}
	}
	for name, value := range map[string]string{nameSendTime: l.CustomizeSendTime, nameSign: l.Sign} {
		if value != "" {
			query.Set(name, value)
		}
	}
	return query.Encode()
}

// URL returns the link itself. The base is [Host], or where a sandbox listens.
func (l Link) URL(base string) string {
	return strings.TrimSuffix(base, "/") + LinkPath + "?" + l.Query() + fragment
}
