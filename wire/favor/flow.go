package favor

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// Ids of the operations about bills.
const (
	UseFlow         = "favor.flows.use"
	RefundFlow      = "favor.flows.refund"
	UseFlowByDay    = "favor.flows.usebyday"
	RefundFlowByDay = "favor.flows.refundbyday"
	DownloadFlow    = "favor.flows.download"
)

// DownloadPath is where bills are downloaded (4.20).
const DownloadPath = "/v3/billdownload/file"

func flowOperations() []wire.Operation {
	flow := func(id, zh, en, section, path string) wire.Operation {
		return wire.Operation{
			ID: id, Title: wire.Text{ZH: zh, EN: en}, Section: "favor " + section,
			Method: http.MethodGet, Path: "/v3/marketing/favor/stocks/{stock_id}/" + path, Success: http.StatusOK,
			Failures: []wire.Failure{blocked("调用商户无权限", "The caller did not create the stock."), stockNotFound()},
		}
	}
	whole := func(op wire.Operation) wire.Operation {
		op.Rate, op.Request, op.Response = perMinute(1000), schema.Of[FlowRequest](), schema.Of[FlowResponse]()
		op.Failures = append(op.Failures, noFile("It is before ten o'clock on the day after the end of the stock, or there is no line."))
		return op
	}
	byDay := func(op wire.Operation, response *schema.Object, message, when string) wire.Operation {
		op.Request, op.Response = schema.Of[FlowByDayRequest](), response
		op.Failures = append(op.Failures,
			wire.Failure{Status: http.StatusNotFound, Code: "RESOURCE_NOT_EXISTS", Message: message, When: when},
			invalid("请求日期超限", "It is before ten o'clock on the day after bill_date, or bill_date is too long ago."))
		return op
	}
	return []wire.Operation{
		whole(flow(UseFlow, "下载批次核销明细", "Get the bill of consumed vouchers", "4.14", "use-flow")),
		whole(flow(RefundFlow, "下载批次退款明细", "Get the bill of refunded vouchers", "4.15", "refund-flow")),
		byDay(flow(UseFlowByDay, "按天下载批次核销明细", "Get the bill of the vouchers that were consumed on a day", "4.16", "use-flow-by-day"),
			schema.Of[UseFlowByDayResponse](), "当天没有核销记录", "Nothing was consumed on that day."),
		byDay(flow(RefundFlowByDay, "按天下载批次退款明细", "Get the bill of the vouchers that were refunded on a day", "4.17", "refund-flow-by-day"),
			schema.Of[RefundFlowByDayResponse](), "当天没有退款记录", "Nothing was refunded on that day."),
		{
			ID: DownloadFlow, Title: wire.Text{ZH: "下载账单文件", EN: "Download a bill"}, Section: "favor 4.20",
			Method: http.MethodGet, Path: DownloadPath, Success: http.StatusOK,
			Request:  schema.Of[DownloadFlowRequest](),
			Failures: []wire.Failure{noFile("The token is forged, or older than 30 seconds, or was given to another merchant.")},
		},
	}
}

func noFile(when string) wire.Failure {
	return wire.Failure{Status: http.StatusNotFound, Code: "RESOURCE_NOT_EXISTS", Message: "账单文件不存在", When: when}
}

// FlowRequest is 4.14 and 4.15.
type FlowRequest struct {
	StockID string `path:"stock_id" json:"-" title:"批次号" rule:"required bytes=1..20"`
}

// FlowResponse says where a bill is, for 30 seconds.
type FlowResponse struct {
	URL string `json:"url" title:"下载链接" rule:"required"`
	// HashValue is the digest of the file in lower-case hex.
	HashValue string `json:"hash_value" title:"安全校验码" rule:"required"`
	HashType  string `json:"hash_type" title:"哈希类型" rule:"required enum=SHA1"`
}

// FlowByDayRequest is 4.16 and 4.17.
type FlowByDayRequest struct {
	StockID string `path:"stock_id" json:"-" title:"批次号" rule:"required bytes=1..20"`
	// BillDate is a day in Beijing, as 2006-01-02.
	BillDate string `query:"bill_date" json:"-" title:"账单日期" rule:"required match=date"`
}

// UseFlowByDayResponse says where a day's bill is, for 30 seconds.
type UseFlowByDayResponse struct {
	URL string `json:"url" title:"下载链接" rule:"required"`
	// StockUseFlowHash is the SHA-1 of the file in lower-case hex.
	StockUseFlowHash string `json:"stock_useflow_hash" title:"核销明细文件哈希值" rule:"required"`
	// StockUseFlowCount is how many lines there are, in decimal digits.
	StockUseFlowCount string `json:"stock_useflow_count" title:"核销明细记录数" rule:"required"`
}

// RefundFlowByDayResponse says where a day's bill is, for 30 seconds.
type RefundFlowByDayResponse struct {
	URL string `json:"url" title:"下载链接" rule:"required"`
	// StockRefundFlowHash is the SHA-1 of the file in lower-case hex.
	StockRefundFlowHash string `json:"stock_refundflow_hash" title:"退款明细文件哈希值" rule:"required"`
	// StockRefundFlowCount is how many lines there are, in decimal digits.
	StockRefundFlowCount string `json:"stock_refundflow_count" title:"退款明细记录数" rule:"required"`
}

// DownloadFlowRequest is 4.20. The answer is the file, which is not signed.
type DownloadFlowRequest struct {
	Token string `query:"token" json:"-" title:"下载凭证" rule:"required bytes=1..1024"`
}
