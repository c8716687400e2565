package claim

import (
	"maps"
	"net/url"
	"strconv"

	"github.com/favord/favord/apiv2"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/rule/voucher"
)

// Names of the parameters of the card pack.
const (
	nameAppID   = "appid"
	nameOpenID  = "openid"
	nameState   = "state"
	nameOffset  = "offset"
	nameStock   = "stock_id"
	nameCode    = "coupon_code"
	nameVoucher = "coupon_id"
)

// walk is a user's way through their card pack: what every address of it has.
type walk struct{ query url.Values }

// walkOf is the way of a user of a sandbox, who is taken at their word.
func walkOf(appid merchant.AppID, openid user.OpenID) walk {
	return walk{url.Values{nameAppID: {string(appid)}, nameOpenID: {string(openid)}}}
}

// walkOfLink is the way of a user whom a merchant's link brought: the link goes with them.
func walkOfLink(p *apiv2.Pack) walk {
	query, _ := url.ParseQuery(p.Query()) // it made it itself
	return walk{query}
}

// address is a path with what every address has, and more parameters; those without a value
// are left out.
func (w walk) address(path string, more map[string]string) string {
	query := maps.Clone(w.query)
	for name, value := range more {
		if value != "" {
			query.Set(name, value)
		}
	}
	return path + "?" + query.Encode()
}

// pack is where the list is.
func (w walk) pack(state coupon.State, offset int64) string {
	from := ""
	if offset > 0 {
		from = strconv.FormatInt(offset, 10)
	}
	return w.address(pathWallet, map[string]string{nameState: string(state), nameOffset: from})
}

// coupon is where a coupon is.
func (w walk) coupon(c *coupon.Coupon) string {
	return w.address(pathCard, map[string]string{nameStock: string(c.Stock.ID), nameCode: string(c.Code)})
}

// voucher is where a cash voucher is.
func (w walk) voucher(id voucher.ID) string {
	return w.address(pathCard, map[string]string{nameVoucher: string(id)})
}
