package coupon

import (
	"time"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
)

// Claim is one user's request for one coupon of a stock.
type Claim struct {
	Sender    merchant.ID
	User      user.User
	Channel   Channel
	RequestNo string
	// Code is the code that the merchant chose; "" when it does not choose.
	Code Code
	// SendTime, if not zero, stands for the time of receipt where the validity of a
	// coupon is counted in days from it (6.3).
	SendTime time.Time
}

// Refusals of an issuing call (B9).
var (
	ErrNoPermission = fault.New(fault.Forbidden,
		"发券商户无权限使用此API", "The merchant has not been granted the right to issue coupons by API.")
	ErrCodeTaken = fault.New(fault.Exists,
		"券code已存在，请更换coupon_code后重试", "The coupon_code is already used in this stock. Use a different one.")
	// ErrCodeForm is the answer to a code that no merchant may choose.
	ErrCodeForm = fault.New(fault.Invalid,
		"券code须为1至32个字符，可包含英文字母、数字、空格和-_\\/=|",
		"A coupon_code has 1 to 32 letters, digits, spaces or -_\\/=|.")
	// ErrClaimContent is the answer to a known number with other content.
	ErrClaimContent = fault.New(fault.Refused,
		"请求重入时，参数与首次请求时不一致", "The out_request_no was used before with other content.").Numbered(fault.NumberRepeated)
)

// CheckCode reports whether the claim names an acceptable code when the stock's mode
// wants one. In the other modes a given code is ignored, whatever it is (B9).
func (s *Stock) CheckCode(c *Claim) error {
	switch {
	case s.CodeMode != CodesByCall:
		return nil
	case c.Code == "":
		return fault.Missing("coupon_code")
	case !WellFormedCode(c.Code):
		return ErrCodeForm.At("coupon_code", string(c.Code))
	}
	return nil
}

// Issue makes the coupon that a claim gets at now, under the code that was chosen
// for it.
func (s *Stock) Issue(c *Claim, code Code, now time.Time) Coupon {
	return Coupon{
		Key:           Key{Stock: s.StockKey, Code: code},
		Belong:        s.Belong,
		Sender:        c.Sender,
		Holder:        c.User.ID,
		AppID:         c.User.AppID,
		OpenID:        c.User.OpenID,
		State:         StateSent,
		Life:          s.Validity.LifeFrom(s.startOf(c, now)),
		Received:      now,
		Channel:       c.Channel,
		SendRequestNo: c.RequestNo,
	}
}

// startOf is from when on the life of the coupon that a claim gets at now is counted.
func (s *Stock) startOf(c *Claim, now time.Time) time.Time {
	if s.Validity.Days > 0 && !c.SendTime.IsZero() {
		return c.SendTime
	}
	return now
}
