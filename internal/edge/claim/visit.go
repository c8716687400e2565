package claim

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/favord/favord/apiv2"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/busifavor/held"
	favorheld "github.com/favord/favord/internal/favor/held"
	"github.com/favord/favord/internal/platform/keyring"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
)

// Refusals of an address of the card pack.
var (
	errAddress = fault.New(fault.Invalid, "地址参数有误：须有appid和openid", "The address must contain appid and openid.")
	// errPackSign refuses a link whose sign is not the merchant's, or that has none.
	errPackSign = fault.New(fault.Unauthenticated,
		"签名错误：须由商户使用APIv2密钥，以HMAC-SHA256对appid、mchid、openid、timestamp签名",
		"The sign is wrong: it must be HMAC-SHA256 of appid, mchid, openid and timestamp with the APIv2 key of the merchant.")
	// errPackOld refuses a link whose time is over, or has not come.
	errPackOld = fault.New(fault.Refused,
		"卡包链接已过期，请回到商家页面重新打开",
		"This link to your card pack is no longer good. Please open it from the merchant's page again.")
)

// packAhead is how far the clock of a merchant may be ahead.
const packAhead = 5 * time.Minute

// visit is a request for the card pack, whose user is known.
type visit struct {
	walk   walk
	appid  merchant.AppID
	openid user.OpenID
	// party is the merchant whose link it is: the pack shows what it is party to. It is empty
	// for a user of a sandbox without a link, who sees everything.
	party merchant.ID
	query url.Values
}

// readVisit finds out whose card pack is asked for: a merchant's link tells, and in a sandbox
// the address alone.
func (s *Server) readVisit(ctx context.Context, r *http.Request) (*visit, error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil || query.Get(nameAppID) == "" || query.Get(nameOpenID) == "" {
		return nil, errAddress
	}
	v := &visit{appid: merchant.AppID(query.Get(nameAppID)), openid: user.OpenID(query.Get(nameOpenID)), query: query}
	if link := apiv2.PackOf(query); link.Sign != "" || !s.Sandbox {
		v.party, v.walk = merchant.ID(link.MchID), walkOfLink(&link)
		return v, s.checkPack(ctx, r, &link)
	}
	v.walk = walkOf(v.appid, v.openid)
	return v, nil
}

// checkPack reports why a link to a card pack does not open it.
func (s *Server) checkPack(ctx context.Context, r *http.Request, link *apiv2.Pack) error {
	opens := s.rates.Load().open()
	if err := s.countAddress(r, opens); err != nil {
		return err
	}
	if err := s.verify(ctx, link.MchID, func(k *keyring.Keys) bool { return k.VerifyPack(*link) }); err != nil {
		if fault.Of(err).Is(errSign) {
			return errPackSign
		}
		return err
	}
	age := s.Clock.Now().Sub(time.Unix(link.Timestamp, 0))
	if age > apiv2.PackSeconds*time.Second || age < -packAhead {
		return errPackOld
	}
	return s.countUser(user.OpenID(link.OpenID), opens)
}

func (v *visit) holder() held.Holder {
	return held.Holder{AppID: v.appid, OpenID: v.openid, Party: v.party}
}

func (v *visit) voucherHolder() favorheld.Holder {
	return favorheld.Holder{AppID: v.appid, OpenID: v.openid, Party: v.party}
}

func (v *visit) state() coupon.State { return coupon.State(v.query.Get(nameState)) }

func (v *visit) couponQuery() held.CardQuery {
	return held.CardQuery{Holder: v.holder(), StockID: coupon.StockID(v.query.Get(nameStock)), Code: coupon.Code(v.query.Get(nameCode))}
}

// offset is how many cards come before the page.
func (v *visit) offset() (n int64, err error) {
	if text := v.query.Get(nameOffset); text != "" {
		if n, err = strconv.ParseInt(text, 10, 64); err != nil || n < 0 || n > maxOffset {
			return 0, errAddress
		}
	}
	return n, nil
}
