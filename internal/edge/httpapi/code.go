package httpapi

import (
	"context"

	"github.com/favord/favord/internal/busifavor/held"
	"github.com/favord/favord/internal/busifavor/stocks"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/schema"
)

func (s *Server) codeHandlers() map[string]handler {
	return map[string]handler{
		busifavor.UploadCodes: bound(s.uploadCodes),
		busifavor.ListCodes:   bound(s.listCodes),
		busifavor.GetCode:     asking(s, func(r *busifavor.GetCodeRequest) string { return r.StockID }, s.getCode),
		busifavor.DeleteCode:  bound(s.deleteCode),
	}
}

// uploadCodes is B5.
func (s *Server) uploadCodes(ctx context.Context, c *call, req *busifavor.UploadCodesRequest) (any, error) {
	codes := make([]coupon.Code, len(req.CouponCodeList))
	for i, code := range req.CouponCodeList {
		codes[i] = coupon.Code(code)
	}
	uploaded, err := s.Campaign.Upload(ctx, stocks.UploadCommand{
		Caller: c.caller(), StockID: coupon.StockID(req.StockID), RequestNo: req.UploadRequestNo, Codes: codes,
	})
	if err != nil {
		return nil, err
	}
	answer := &busifavor.UploadCodesResponse{
		StockID:        req.StockID,
		TotalCount:     int64(len(uploaded.Codes) + len(uploaded.Failed)),
		SuccessCount:   int64(len(uploaded.Stored)),
		SuccessCodes:   codeTexts(uploaded.Stored),
		SuccessTime:    schema.TimeOf(uploaded.At),
		FailCount:      int64(len(uploaded.Failed)),
		ExistCodes:     codeTexts(uploaded.Known),
		DuplicateCodes: codeTexts(uploaded.Repeated),
	}
	for _, failed := range uploaded.Failed {
		answer.FailCodes = append(answer.FailCodes, busifavor.FailedCode{
			CouponCode: string(failed.Code), Code: failed.Reason, Message: c.language.Of(failed.Text),
		})
	}
	return answer, nil
}

func codeTexts(codes []coupon.Code) []string {
	texts := make([]string, len(codes))
	for i, code := range codes {
		texts[i] = string(code)
	}
	return texts
}

// listCodes is B6.
func (s *Server) listCodes(ctx context.Context, c *call, req *busifavor.ListCodesRequest) (any, error) {
	limit := int64(defaultPage)
	if req.Limit != nil {
		limit = *req.Limit
	}
	page, err := s.Campaign.Codes(ctx, stocks.CodesQuery{
		Caller: c.caller(), StockID: coupon.StockID(req.StockID), Status: coupon.CodeStatus(req.Status),
		AppID: merchant.AppID(req.AppID), Offset: req.Offset, Limit: limit,
	})
	if err != nil {
		return nil, err
	}
	answer := &busifavor.ListCodesResponse{
		StockID: req.StockID, TotalCount: page.Total, Data: []busifavor.UploadedCode{}, Offset: req.Offset, Limit: int64(len(page.Codes)),
	}
	for i := range page.Codes {
		answer.Data = append(answer.Data, uploadedCode(&page.Codes[i]))
	}
	return answer, nil
}

// getCode is B7.
func (s *Server) getCode(ctx context.Context, c *call, req *busifavor.GetCodeRequest) (any, error) {
	detail, err := s.Campaign.Code(ctx, stocks.CodeQuery{
		Caller: c.caller(), StockID: coupon.StockID(req.StockID), Code: coupon.Code(req.CouponCode), AppID: merchant.AppID(req.AppID),
	})
	if err != nil {
		return nil, err
	}
	answer := &busifavor.GetCodeResponse{CodeInformation: uploadedCode(&detail.CodeView)}
	if detail.Coupon != nil {
		answer.CouponInformation = new(couponAnswer(&held.View{
			Coupon: *detail.Coupon, State: detail.State, Stock: detail.Stock, MerchantName: detail.MerchantName,
		}))
	}
	return answer, nil
}

// deleteCode is B8.
func (s *Server) deleteCode(ctx context.Context, c *call, req *busifavor.DeleteCodeRequest) (any, error) {
	at, err := s.Campaign.DeleteCode(ctx, stocks.DeleteCommand{
		Caller: c.caller(), StockID: coupon.StockID(req.StockID), RequestNo: req.DeleteRequestNo, Code: coupon.Code(req.CouponCode),
	})
	if err != nil {
		return nil, err
	}
	return &busifavor.DeleteCodeResponse{StockID: req.StockID, DeleteTime: schema.TimeOf(at)}, nil
}

// uploadedCode shows a code of a pool (4.9).
func uploadedCode(v *stocks.CodeView) busifavor.UploadedCode {
	answer := busifavor.UploadedCode{Code: string(v.Code), CodeStatus: string(v.Status), UploadTime: schema.TimeOf(v.At)}
	if given := v.Coupon; given != nil {
		answer.DispatchedTime, answer.CouponCode = schema.TimeOf(given.Received), string(given.Code)
	}
	if holder := v.Holder; holder != nil {
		answer.OpenID, answer.UnionID = string(holder.OpenID), holder.UnionID
	}
	return answer
}
