package manage

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// MakeClaimLink is the id of the operation that makes a link by which a user claims a coupon.
const MakeClaimLink = "manage.claimlinks.make"

// MakeClaimLinkRequest asks for a link that is signed with the merchant's APIv2 key (busifavor 10.4). Nothing is given out
// before its user claims.
type MakeClaimLinkRequest struct {
	// MchID is who gives the coupon out.
	MchID   string `path:"mchid" json:"-" title:"商户号" rule:"required chars=1..15"`
	StockID string `json:"stock_id" title:"批次号" rule:"required chars=1..20"`
	OpenID  string `json:"openid" title:"openid" rule:"required chars=1..128"`
	// CouponCode is the merchant's own code, for stocks whose codes are given one by one.
	CouponCode string `json:"coupon_code,omitempty" title:"券code" rule:"chars=1..32"`
}

// ClaimLink is a link for one coupon of one user. Opened again it shows the same coupon.
type ClaimLink struct {
	URL          string `json:"url" title:"领券链接" rule:"required"`
	OutRequestNo string `json:"out_request_no" title:"发券凭证" rule:"required"`
	// QRSize and QRPath draw the link as a QR code: an SVG path in a square of that size.
	QRSize int64  `json:"qr_size" title:"二维码边长" rule:"required"`
	QRPath string `json:"qr_path" title:"二维码图形" rule:"required"`
}

func linkOperations() []wire.Operation {
	return []wire.Operation{{
		ID: MakeClaimLink, Title: wire.Text{ZH: "生成领券链接", EN: "Make a claim link"}, Section: "management",
		Duty: wire.DutyMarket, Method: http.MethodPost, Path: "/manage/v1/merchants/{mchid}/claim-links", ReadOnly: true,
		Request: schema.Of[MakeClaimLinkRequest](), Response: schema.Of[ClaimLink](),
	}}
}
