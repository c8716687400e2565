package httpapi

import (
	"context"
	"time"

	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/busifavor/subsidy"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/schema"
)

func (s *Server) subsidyHandlers() map[string]handler {
	return map[string]handler{
		busifavor.PaySubsidy:       bound(s.paySubsidy),
		busifavor.ListSubsidies:    bound(s.listSubsidies),
		busifavor.GetSubsidy:       bound(s.getSubsidy),
		busifavor.ReturnSubsidy:    bound(s.returnSubsidy),
		busifavor.GetSubsidyReturn: bound(s.getSubsidyReturn),
	}
}

// How statuses and reasons begin on the wire. The pages of payments leave the prefix out,
// those of returns and both SDKs have it (12.1): this is the one place to change that.
const (
	payPrefix    = "PAY_RECEIPT_"
	returnPrefix = "RETURN_RECEIPT_"
)

// paySubsidy is B20.
func (s *Server) paySubsidy(ctx context.Context, c *call, req *busifavor.PaySubsidyRequest) (any, error) {
	paid, err := s.Subsidy.Pay(ctx, subsidy.PayCommand{
		Caller:        c.caller(),
		StockID:       coupon.StockID(req.StockID),
		Code:          coupon.Code(req.CouponCode),
		TransactionID: req.TransactionID,
		Payer:         merchant.ID(req.PayerMerchant),
		Payee:         merchant.ID(req.PayeeMerchant),
		Amount:        fen.Fen(req.Amount),
		Description:   req.Description,
		OutNo:         req.OutSubsidyNo,
	})
	if err != nil {
		return nil, err
	}
	return receiptAnswer(&paid), nil
}

// listSubsidies is B21.
func (s *Server) listSubsidies(ctx context.Context, c *call, req *busifavor.ListSubsidiesRequest) (any, error) {
	list, err := s.Subsidy.List(ctx, subsidy.ListQuery{
		Caller: c.caller(), StockID: coupon.StockID(req.StockID), Code: coupon.Code(req.CouponCode), OutNo: req.OutSubsidyNo,
	})
	if err != nil {
		return nil, err
	}
	answer := &busifavor.ListSubsidiesResponse{PayReceiptList: []busifavor.SubsidyReceipt{}}
	for i := range list {
		answer.PayReceiptList = append(answer.PayReceiptList, *receiptAnswer(&list[i]))
	}
	return answer, nil
}

// getSubsidy is B22.
func (s *Server) getSubsidy(ctx context.Context, c *call, req *busifavor.GetSubsidyRequest) (any, error) {
	paid, err := s.Subsidy.Payment(ctx, c.caller(), req.SubsidyReceiptID)
	if err != nil {
		return nil, err
	}
	return receiptAnswer(&paid), nil
}

// returnSubsidy is B23.
func (s *Server) returnSubsidy(ctx context.Context, c *call, req *busifavor.ReturnSubsidyRequest) (any, error) {
	returned, err := s.Subsidy.Return(ctx, subsidy.ReturnCommand{
		Caller:        c.caller(),
		StockID:       coupon.StockID(req.StockID),
		Code:          coupon.Code(req.CouponCode),
		TransactionID: req.TransactionID,
		RefundID:      req.RefundID,
		Payer:         merchant.ID(req.PayerMerchant),
		Payee:         merchant.ID(req.PayeeMerchant),
		Amount:        fen.Fen(req.Amount),
		Description:   req.Description,
		OutNo:         req.OutSubsidyReturnNo,
	})
	if err != nil {
		return nil, err
	}
	return returnAnswer(&returned), nil
}

// getSubsidyReturn is B24.
func (s *Server) getSubsidyReturn(ctx context.Context, c *call, req *busifavor.GetSubsidyReturnRequest) (any, error) {
	returned, err := s.Subsidy.Returned(ctx, c.caller(), req.SubsidyReturnReceiptID)
	if err != nil {
		return nil, err
	}
	return returnAnswer(&returned), nil
}

// receiptAnswer shows a payment (12.4). Its id and time are shown once it succeeded.
func receiptAnswer(s *coupon.Subsidy) *busifavor.SubsidyReceipt {
	answer := &busifavor.SubsidyReceipt{
		StockID:       string(s.Stock.ID),
		CouponCode:    string(s.Code),
		TransactionID: s.TransactionID,
		PayerMerchant: string(s.Payer),
		PayeeMerchant: string(s.Payee),
		Amount:        int64(s.Amount),
		Description:   s.Description,
		Status:        payPrefix + string(s.Status),
		FailReason:    prefixed(payPrefix, s.FailReason),
		OutSubsidyNo:  s.OutNo,
		CreateTime:    schema.TimeOf(s.CreatedAt),
	}
	answer.SubsidyReceiptID, answer.SuccessTime = onSuccess(s.Status, s.ReceiptID, s.DoneAt)
	return answer
}

// returnAnswer shows a return (12.5).
func returnAnswer(r *coupon.SubsidyReturn) *busifavor.SubsidyReturnReceipt {
	answer := &busifavor.SubsidyReturnReceipt{
		StockID:            string(r.Stock.ID),
		CouponCode:         string(r.Code),
		TransactionID:      r.TransactionID,
		RefundID:           r.RefundID,
		PayerMerchant:      string(r.Payer),
		PayeeMerchant:      string(r.Payee),
		Amount:             int64(r.Amount),
		Description:        r.Description,
		Status:             returnPrefix + string(r.Status),
		FailReason:         prefixed(returnPrefix, r.FailReason),
		SubsidyReceiptID:   r.ReceiptID,
		OutSubsidyReturnNo: r.OutNo,
		ReturnCreateTime:   schema.TimeOf(r.CreatedAt),
	}
	answer.SubsidyReturnReceiptID, answer.ReturnDoneTime = onSuccess(r.Status, r.ReturnReceiptID, r.DoneAt)
	return answer
}

func prefixed(prefix string, reason coupon.SubsidyFailure) string {
	if reason == "" {
		return ""
	}
	return prefix + string(reason)
}

func onSuccess(status coupon.SubsidyStatus, id string, at time.Time) (string, schema.Time) {
	if status == coupon.SubsidyFailed {
		return "", schema.Time{}
	}
	return id, schema.TimeOf(at)
}
