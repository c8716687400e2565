package busifavor

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// Ids of the operations on uploaded codes.
const (
	UploadCodes = "busifavor.codes.upload"
	ListCodes   = "busifavor.codes.list"
	GetCode     = "busifavor.codes.get"
	DeleteCode  = "busifavor.codes.delete"
)

// UploadCodesRequest is B5: codes for the pool of a stock.
type UploadCodesRequest struct {
	StockID string `path:"stock_id" json:"-" title:"批次号" rule:"required bytes=1..20"`
	// CouponCodeList has codes of 1 to 32 characters out of letters, digits, blank and
	// -_\/=|. One that has not is refused alone.
	CouponCodeList  []string `json:"coupon_code_list" title:"券code列表" rule:"required items=1..200"`
	UploadRequestNo string   `json:"upload_request_no" title:"请求业务单据号" rule:"required bytes=1..128 match=number"`
}

// UploadCodesResponse says what became of each code. TotalCount, the different codes of the
// request, is the sum of what was stored, was refused and existed.
type UploadCodesResponse struct {
	StockID        string       `json:"stock_id" title:"批次号" rule:"required"`
	TotalCount     int64        `json:"total_count" title:"去重后上传code总数" rule:"required"`
	SuccessCount   int64        `json:"success_count" title:"上传成功code个数" rule:"required"`
	SuccessCodes   []string     `json:"success_codes,omitempty" title:"上传成功的code列表"`
	SuccessTime    schema.Time  `json:"success_time" title:"上传成功时间" rule:"required"`
	FailCount      int64        `json:"fail_count" title:"上传失败code个数"`
	FailCodes      []FailedCode `json:"fail_codes,omitempty" title:"上传失败的code及原因"`
	ExistCodes     []string     `json:"exist_codes,omitempty" title:"已存在的code列表"`
	DuplicateCodes []string     `json:"duplicate_codes,omitempty" title:"本次请求中重复的code列表"`
}

// FailedCode is a code that was refused.
type FailedCode struct {
	CouponCode string `json:"coupon_code" title:"上传失败的券code" rule:"required"`
	Code       string `json:"code" title:"上传失败错误码" rule:"required"`
	Message    string `json:"message" title:"上传失败错误信息" rule:"required"`
}

// ListCodesRequest is B6.
type ListCodesRequest struct {
	StockID string `path:"stock_id" json:"-" title:"批次号" rule:"required bytes=1..20"`
	// Status narrows the list; without it all codes are listed.
	Status string `query:"status" json:"-" title:"code状态" rule:"enum=AVAILABLE|DISPATCHED"`
	// AppID is under which holders are named; without it none is.
	AppID string `query:"appid" json:"-" title:"公众账号ID" rule:"blank bytes=1..32"`
	// Offset is the position of the first code, from 0.
	Offset int64 `query:"offset" json:"-" title:"分页页码" rule:"range=0..2147483647"`
	// Limit is the size of a page; nil means 20.
	Limit *int64 `query:"limit" json:"-" title:"分页大小" rule:"range=1..100"`
}

// ListCodesResponse is a page of a stock's codes in the order of upload.
type ListCodesResponse struct {
	StockID string `json:"stock_id" title:"批次号" rule:"required"`
	// TotalCount counts all codes of the stock, whatever the filter.
	TotalCount int64          `json:"total_count" title:"总数量" rule:"required"`
	Data       []UploadedCode `json:"data" title:"code列表" rule:"required"`
	Offset     int64          `json:"offset" title:"分页页码" rule:"required"`
	// Limit is how many codes the page has.
	Limit int64 `json:"limit" title:"分页大小" rule:"required"`
}

// UploadedCode is a code of a pool (4.9).
type UploadedCode struct {
	Code       string      `json:"code" title:"商户上传的券code" rule:"required"`
	CodeStatus string      `json:"code_status" title:"商户上传的券code状态" rule:"required enum=AVAILABLE|DISPATCHED"`
	UploadTime schema.Time `json:"upload_time" title:"上传时间"`
	// The rest is there for DISPATCHED only.
	DispatchedTime schema.Time `json:"dispatched_time,omitzero" title:"发放时间"`
	OpenID         string      `json:"openid,omitempty" title:"领取人openid"`
	UnionID        string      `json:"unionid,omitempty" title:"领取人unionid"`
	CouponCode     string      `json:"coupon_code,omitempty" title:"券code"`
}

// GetCodeRequest is B7.
type GetCodeRequest struct {
	StockID    string `path:"stock_id" json:"-" title:"批次号" rule:"required bytes=1..20"`
	CouponCode string `path:"coupon_code" json:"-" title:"券code" rule:"required bytes=1..32"`
	// AppID is under which the holder is named; without it none is.
	AppID string `query:"appid" json:"-" title:"公众账号ID" rule:"blank bytes=1..32"`
}

// GetCodeResponse is a code and, once it was given out, its coupon.
type GetCodeResponse struct {
	CodeInformation   UploadedCode `json:"code_information" title:"code信息" rule:"required"`
	CouponInformation *Coupon      `json:"coupon_information,omitempty" title:"券信息"`
}

// DeleteCodeRequest is B8.
type DeleteCodeRequest struct {
	StockID         string `path:"stock_id" json:"-" title:"批次号" rule:"required bytes=1..20"`
	CouponCode      string `path:"coupon_code" json:"-" title:"券code" rule:"required bytes=1..32"`
	DeleteRequestNo string `query:"delete_request_no" json:"-" title:"删除请求单据号" rule:"required bytes=1..128 match=number"`
}

// DeleteCodeResponse says when the code was deleted.
type DeleteCodeResponse struct {
	StockID    string      `json:"stock_id" title:"批次号" rule:"required"`
	DeleteTime schema.Time `json:"delete_time" title:"删除时间" rule:"required"`
}

func codeOperations() []wire.Operation {
	const path = "/v3/marketing/busifavor/stocks/{stock_id}/couponcodes"
	wrongMode := refused("发券模式不合法", "The stock does not use uploaded codes.")
	noStock := notFound("The stock does not exist.")
	noCode := notFound("The stock or the code does not exist.")
	return []wire.Operation{
		{
			ID: UploadCodes, Title: wire.Text{ZH: "上传预存code", EN: "Upload codes"}, Section: "busifavor B5",
			Method: http.MethodPost, Path: path, Success: http.StatusOK,
			RequestNo: "upload_request_no",
			Request:   schema.Of[UploadCodesRequest](),
			Response:  schema.Of[UploadCodesResponse](),
			Failures: []wire.Failure{
				wrongMode,
				refused("上传的自定义code已达上限", "The stock would have more codes than max_coupons."),
				repeated("upload_request_no"),
				foreignStock(), noStock,
			},
		},
		{
			ID: ListCodes, Title: wire.Text{ZH: "查询预存code列表", EN: "List uploaded codes"}, Section: "busifavor B6",
			Method: http.MethodGet, Path: path, Success: http.StatusOK,
			Request:  schema.Of[ListCodesRequest](),
			Response: schema.Of[ListCodesResponse](),
			Failures: []wire.Failure{appIDMismatch(), wrongMode, foreignStock(), noStock},
		},
		{
			ID: GetCode, Title: wire.Text{ZH: "查询预存code详情", EN: "Get an uploaded code"}, Section: "busifavor B7",
			Method: http.MethodGet, Path: path + "/{coupon_code}", Success: http.StatusOK,
			Request:  schema.Of[GetCodeRequest](),
			Response: schema.Of[GetCodeResponse](),
			Failures: []wire.Failure{appIDMismatch(), wrongMode, foreignStock(), noCode},
		},
		{
			ID: DeleteCode, Title: wire.Text{ZH: "删除预存code", EN: "Delete an uploaded code"}, Section: "busifavor B8",
			Method: http.MethodDelete, Path: path + "/{coupon_code}", Success: http.StatusOK,
			RequestNo: "delete_request_no",
			Request:   schema.Of[DeleteCodeRequest](),
			Response:  schema.Of[DeleteCodeResponse](),
			Failures: []wire.Failure{
				refused("券code已被领取，无法删除", "The code has been issued."),
				repeated("delete_request_no"),
				foreignStock(), noCode,
			},
		},
	}
}
