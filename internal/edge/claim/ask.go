package claim

import (
	"context"
	"errors"
	"slices"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/busifavor/issue"
	"github.com/favord/favord/internal/favor/send"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/voucher"
)

// ask is a coupon or a cash voucher that a user wants. Which of them it is, its stock says.
type ask struct {
	// ClaimCommand asks for a coupon. Its appid is empty on the claim page, which does not know
	// it.
	issue.ClaimCommand
	// creator is that of a stock of vouchers, where the page names it.
	creator merchant.ID
}

// voucher asks for a voucher, which has neither code nor time of sending.
func (a *ask) voucher() send.ClaimCommand {
	door := send.DoorH5
	if a.Channel == coupon.ChannelMiniApp {
		door = send.DoorMiniApp
	}
	return send.ClaimCommand{
		Door: door, Sender: a.Sender, AppID: a.AppID, OpenID: a.OpenID,
		StockID: voucher.StockID(a.StockID), Creator: a.creator, RequestNo: a.RequestNo,
	}
}

// given is what an ask got: the code of a coupon or the id of a voucher.
type given struct {
	code string
	// repeated is true when the request number had got it before.
	repeated bool
}

// give carries out an ask.
func (s *Server) give(ctx context.Context, a *ask) (given, error) {
	got, err := s.Issue.Claim(ctx, a.ClaimCommand)
	if !errors.Is(err, coupon.ErrStockNotFound) {
		return given{string(got.Code), got.Repeated}, err
	}
	v, err := s.Grant.Claim(ctx, a.voucher())
	return given{string(v.ID), v.Repeated}, asCouponFault(err)
}

// asCouponFault says what the rules of vouchers refuse in the words that pages have for
// coupons. What is peculiar to vouchers stays as it is.
func asCouponFault(err error) error {
	for _, one := range []struct{ from, to *fault.Error }{
		{voucher.ErrStockNotFound, coupon.ErrStockNotFound},
		{voucher.ErrNoSenders, coupon.ErrStockForeign},
		{voucher.ErrNotSender, coupon.ErrStockForeign},
		{voucher.ErrContent, coupon.ErrClaimContent},
	} {
		if errors.Is(err, one.from) {
			return one.to
		}
	}
	if refusal := coupon.Refusal(voucher.Reason(err)); slices.Contains(coupon.Refusals(), refusal) {
		return refusal.Fault()
	}
	return err
}
