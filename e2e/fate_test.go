package e2e

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/favord/favord/client"
	"github.com/favord/favord/wire/busifavor"
)

// fate is what was acknowledged about one coupon. Its request number decides by its last
// digit what is to become of it.
type fate struct {
	code                   string
	used, returned, voided time.Time
	// receipt is that of a subsidy.
	receipt string
}

// What becomes of a coupon. The rest of the digits are issued, and the odd ones redeemed.
const (
	deactivated = '4'
	returned    = '5'
	subsidized  = '7'
)

func last(number string) byte { return number[len(number)-1] }

// live issues a coupon to a user of its own and has its fate happen. What was acknowledged
// is returned, also when the rest failed.
func (p *process) live(ctx context.Context, caller *client.Client, stock, number string) (f fate, err error) {
	api := caller.BusiFavor()
	sent, err := api.SendCoupon(ctx, p.send(stock, number))
	if err != nil {
		return f, err
	}
	f.code = sent.SendCouponResult.CouponCode
	if last(number) == deactivated {
		done, err := api.DeactivateCoupon(ctx, p.void(stock, f.code, number))
		if err == nil {
			f.voided = done.WechatpayDeactivateTime.Time
		}
		return f, err
	}
	if last(number)%2 == 0 {
		return f, nil
	}
	redeemed, err := api.UseCoupon(ctx, p.use(stock, f.code, number))
	if err != nil {
		return f, err
	}
	f.used = redeemed.WechatpayUseTime.Time
	switch last(number) {
	case returned:
		done, err := api.ReturnCoupon(ctx, p.giveBack(stock, f.code, number))
		if err != nil {
			return f, err
		}
		f.returned = done.WechatpayReturnTime.Time
	case subsidized:
		paid, err := api.PaySubsidy(ctx, p.subsidy(stock, f.code, number))
		if err != nil {
			return f, err
		}
		f.receipt = paid.SubsidyReceiptID
	}
	return f, nil
}

func (p *process) void(stock, code, number string) *busifavor.DeactivateCouponRequest {
	return &busifavor.DeactivateCouponRequest{StockID: stock, CouponCode: code, DeactivateRequestNo: number}
}

func (p *process) giveBack(stock, code, number string) *busifavor.ReturnCouponRequest {
	return &busifavor.ReturnCouponRequest{StockID: stock, CouponCode: code, ReturnRequestNo: number}
}

func (p *process) subsidy(stock, code, number string) *busifavor.PaySubsidyRequest {
	return &busifavor.PaySubsidyRequest{
		StockID: stock, CouponCode: code, TransactionID: fmt.Sprintf("42000009132021%014s", number), PayerMerchant: p.MchID, PayeeMerchant: "1900000002",
		Amount: 1, Description: "补差", OutSubsidyNo: number,
	}
}

// check repeats what was acknowledged: each answer must be the one that was given. What was
// on its way when the server was killed is settled by the repeat.
func (p *process) check(t *testing.T, l *ledger, stock, number string) {
	t.Helper()
	ctx, api, f := t.Context(), p.caller(t).BusiFavor(), l.told[number]
	sent, err := api.SendCoupon(ctx, p.send(stock, number))
	if err != nil || sent.SendCouponResult.CouponCode != f.code {
		t.Errorf("%s was acknowledged with %s, a repeat gives %+v, %v", number, f.code, sent, err)
		return
	}
	if !f.voided.IsZero() {
		again, err := api.DeactivateCoupon(ctx, p.void(stock, f.code, number))
		if err != nil || !again.WechatpayDeactivateTime.Equal(f.voided) {
			t.Errorf("%s was deactivated at %s, a repeat gives %+v, %v", number, f.voided, again, err)
		}
	}
	if !f.used.IsZero() {
		p.checkUsed(t, &f, stock, number)
	}
	if f.receipt != "" {
		again, err := api.PaySubsidy(ctx, p.subsidy(stock, f.code, number))
		if err != nil || again.SubsidyReceiptID != f.receipt || again.Status != "PAY_RECEIPT_SUCCESS" {
			t.Errorf("%s was paid with receipt %s, a repeat gives %+v, %v", number, f.receipt, again, err)
		}
	}
}

// checkUsed checks a redemption, or its return where there may have been one.
func (p *process) checkUsed(t *testing.T, f *fate, stock, number string) {
	t.Helper()
	api := p.caller(t).BusiFavor()
	if last(number) == returned {
		again, err := api.ReturnCoupon(t.Context(), p.giveBack(stock, f.code, number))
		if err != nil || !f.returned.IsZero() && !again.WechatpayReturnTime.Equal(f.returned) {
			t.Errorf("%s was returned at %s, a repeat gives %+v, %v", number, f.returned, again, err)
		}
	}
	again, err := api.UseCoupon(t.Context(), p.use(stock, f.code, number))
	if last(number) == returned {
		if refused, is := errors.AsType[*client.APIError](err); !is || refused.Code != "INVALID_REQUEST" {
			t.Errorf("%s was returned, a repeat of its use gives %+v, %v", number, again, err)
		}
		return
	}
	if err != nil || !again.WechatpayUseTime.Equal(f.used) {
		t.Errorf("%s was redeemed at %s, a repeat gives %+v, %v", number, f.used, again, err)
	}
}

// count says how much of what was acknowledged.
func (l *ledger) count() string {
	var used, returned, voided, paid int
	for _, f := range l.told {
		for n, happened := range map[*int]bool{
			&used: !f.used.IsZero(), &returned: !f.returned.IsZero(), &voided: !f.voided.IsZero(), &paid: f.receipt != "",
		} {
			if happened {
				*n++
			}
		}
	}
	return fmt.Sprintf("%d issued, %d redeemed, %d returned, %d deactivated, %d subsidized", len(l.told), used, returned, voided, paid)
}

// codes are those of the acknowledged coupons, by request number.
func (l *ledger) codes() map[string]string {
	codes := make(map[string]string, len(l.told))
	for number, f := range l.told {
		codes[number] = f.code
	}
	return codes
}
