package claim

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/favord/favord/apiv2"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/planted"
	"github.com/favord/favord/internal/edge/serve"
	"github.com/favord/favord/internal/platform/keyring"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/schema"
)

// errQuery refuses a link that is no link.
var errQuery = fault.New(fault.Invalid, "链接参数无法解析", "The parameters of the link cannot be decoded.")

// errSign refuses a link or call whose sign is not the sender's.
var errSign = fault.New(fault.Unauthenticated,
	"签名错误：须使用发券商户的APIv2密钥，以HMAC-SHA256计算",
	"The sign is wrong: it must be HMAC-SHA256 with the APIv2 key of the sending merchant.")

// readLink checks the parameters of a claim link and its sign, and turns it into what is
// claimed.
func (s *Server) readLink(ctx context.Context, r *http.Request, doing action) (*ask, error) {
	if err := s.countAddress(r, doing); err != nil {
		return nil, err
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, errQuery
	}
	req, err := serve.BindInput[busifavor.ClaimLinkRequest](s.links, schema.Input{Query: query})
	if err != nil {
		return nil, err
	}
	if req.CouponCode != "" && !coupon.WellFormedCode(coupon.Code(req.CouponCode)) {
		return nil, coupon.ErrCodeForm.At("coupon_code", req.CouponCode)
	}
	if err := s.verify(ctx, req.SendCouponMerchant, func(k *keyring.Keys) bool { return k.VerifyLink(apiv2.LinkOf(query)) }); err != nil {
		return nil, err
	}
	return &ask{
		channel: coupon.ChannelH5, sender: merchant.ID(req.SendCouponMerchant), openid: user.OpenID(req.OpenID),
		stock: req.StockID, number: req.OutRequestNo, code: req.CouponCode, sendTime: req.CustomizeSendTime.Time,
	}, s.countUser(user.OpenID(req.OpenID), doing)
}

// verify reports errSign unless the sender is known and the sign is its own.
func (s *Server) verify(ctx context.Context, sender string, verifies func(*keyring.Keys) bool) error {
	keys, err := s.Keyring.Of(ctx, merchant.ID(sender))
	if err != nil && !errors.Is(err, merchant.ErrSerial) { // which is what an unknown merchant gets
		return err
	}
	if err != nil || !verifies(keys) && !planted.LinkForged.In() {
		return errSign
	}
	return nil
}
