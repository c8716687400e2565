package story

import (
	"context"
	"fmt"

	"github.com/favord/favord/wire/busifavor"
)

// What the demo has of an order: the ids that a payment and its refund got.
const (
	demoTransaction = "4200000913202101152566792388"
	demoRefund      = "5030000001202101152566792388"
	// demoPayee is a merchant of the demo merchant's brand.
	demoPayee = "1900000002"
)

// undoStory goes on with the coupon that was redeemed: the budget, the subsidy, and how all
// of it is taken back.
func (p *player) undoStory() []step {
	return []step{
		{"修改批次预算：从100张到200张", "Change the quantity of the stock: from 100 to 200", p.budget},
		{"支付营销补差", "Pay a subsidy for the redeemed coupon", p.paySubsidy},
		{"回退营销补差", "Return the subsidy", p.returnSubsidy},
		{"退券：券可再次使用", "Return the coupon: it can be used again", p.giveBack},
		{"使券失效", "Deactivate the coupon permanently", p.deactivate},
	}
}

func (p *player) budget(ctx context.Context) (string, error) {
	const target = 200
	answer, err := p.caller.BusiFavor().SetBudget(ctx, &busifavor.SetBudgetRequest{
		StockID: p.stockID, TargetMaxCoupons: target, CurrentMaxCoupons: new(p.create.StockSendRule.MaxCoupons), ModifyBudgetRequestNo: p.number("budget"),
	})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("max_coupons %d", answer.MaxCoupons), same("max_coupons", fmt.Sprint(target), fmt.Sprint(answer.MaxCoupons))
}

// subsidy is what is paid and returned, in fen.
const subsidy = 300

func (p *player) paySubsidy(ctx context.Context) (string, error) {
	receipt, err := p.caller.BusiFavor().PaySubsidy(ctx, &busifavor.PaySubsidyRequest{
		StockID: p.stockID, CouponCode: p.code, TransactionID: demoTransaction, PayerMerchant: p.environment.MchID, PayeeMerchant: demoPayee,
		Amount: subsidy, Description: "营销补差", OutSubsidyNo: p.number("subsidy"),
	})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("subsidy_receipt_id %s  amount %d", receipt.SubsidyReceiptID, receipt.Amount), same("status", "PAY_RECEIPT_SUCCESS", receipt.Status)
}

func (p *player) returnSubsidy(ctx context.Context) (string, error) {
	receipt, err := p.caller.BusiFavor().ReturnSubsidy(ctx, &busifavor.ReturnSubsidyRequest{
		StockID: p.stockID, CouponCode: p.code, TransactionID: demoTransaction, RefundID: demoRefund,
		PayerMerchant: p.environment.MchID, PayeeMerchant: demoPayee,
		Amount: subsidy, Description: "订单退款", OutSubsidyReturnNo: p.number("subsidyreturn"),
	})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("subsidy_return_receipt_id %s  amount %d", receipt.SubsidyReturnReceiptID, receipt.Amount), same("status", "RETURN_RECEIPT_SUCCESS", receipt.Status)
}

func (p *player) giveBack(ctx context.Context) (string, error) {
	answer, err := p.caller.BusiFavor().ReturnCoupon(ctx, &busifavor.ReturnCouponRequest{
		CouponCode: p.code, StockID: p.stockID, ReturnRequestNo: p.number("return"),
	})
	if err != nil {
		return "", err
	}
	return "wechatpay_return_time " + answer.WechatpayReturnTime.String(), nil
}

func (p *player) deactivate(ctx context.Context) (string, error) {
	answer, err := p.caller.BusiFavor().DeactivateCoupon(ctx, &busifavor.DeactivateCouponRequest{
		CouponCode: p.code, StockID: p.stockID, DeactivateRequestNo: p.number("deactivate"), DeactivateReason: "演示结束",
	})
	if err != nil {
		return "", err
	}
	return "wechatpay_deactivate_time " + answer.WechatpayDeactivateTime.String(), nil
}
