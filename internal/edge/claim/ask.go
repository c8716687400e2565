package claim

import (
	"context"
	"errors"
	"time"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/busifavor/issue"
	"github.com/favord/favord/internal/favor/send"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/rule/voucher"
)

// ask is a coupon or a cash voucher that a user wants. Which of them it is, its stock says.
type ask struct {
	channel coupon.Channel
	sender  merchant.ID
	// appid is empty on the claim page, which does not know it.
	appid  merchant.AppID
	openid user.OpenID
	stock  string
	number string
	// code and sendTime are of coupons only, creator is of vouchers only.
	code     string
	sendTime time.Time
	creator  merchant.ID
}

func (a *ask) coupon() issue.ClaimCommand {
	return issue.ClaimCommand{
		Channel: a.channel, Sender: a.sender, AppID: a.appid, OpenID: a.openid,
		StockID: coupon.StockID(a.stock), RequestNo: a.number, Code: coupon.Code(a.code), SendTime: a.sendTime,
	}
}

func (a *ask) voucher() send.ClaimCommand {
	door := send.DoorH5
	if a.channel == coupon.ChannelMiniApp {
		door = send.DoorMiniApp
	}
	return send.ClaimCommand{
		Door: door, Sender: a.sender, AppID: a.appid, OpenID: a.openid,
		StockID: voucher.StockID(a.stock), Creator: a.creator, RequestNo: a.number,
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
	got, err := s.Issue.Claim(ctx, a.coupon())
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
		{voucher.ErrWrongState, coupon.RefusedNotRunning.Fault()},
		{voucher.ErrOver, coupon.RefusedExpired.Fault()},
		{voucher.ErrSuspicious, coupon.RefusedFailed.Fault()},
		{voucher.ErrUserQuota, coupon.RefusedQuota.Fault()},
		{voucher.ErrDayBudget, coupon.RefusedDayLimit.Fault()},
		{voucher.ErrSpent, coupon.RefusedNotEnough.Fault()},
		{voucher.ErrContent, coupon.ErrClaimContent},
	} {
		if errors.Is(err, one.from) {
			return one.to
		}
	}
	return err
}
