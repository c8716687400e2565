package manage

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// Ids of the operations on stocks of merchant coupons that the platform does by hand.
const (
	ListStocks   = "manage.stocks.list"
	GetStock     = "manage.stocks.get"
	ApproveStock = "manage.stocks.approve"
	RejectStock  = "manage.stocks.reject"
	PauseStock   = "manage.stocks.pause"
	ResumeStock  = "manage.stocks.resume"
	StopStock    = "manage.stocks.stop"
)

// ListStocksRequest asks for a page of stocks, the newest first.
type ListStocksRequest struct {
	// MchID is who created them; empty is whoever.
	MchID string `query:"mchid" json:"-" title:"商户号" rule:"chars=1..32"`
	// After is the last stock of the page before; empty begins with the newest.
	After string `query:"after" json:"-" title:"起始批次号" rule:"chars=1..20"`
	// Limit is the size of the page; nil means 20.
	Limit *int64 `query:"limit" json:"-" title:"分页大小" rule:"range=1..200"`
}

// StockList is a page of stocks.
type StockList struct {
	Stocks []Stock `json:"stocks" title:"批次" rule:"required"`
	// Next is what the next page is to be asked for as After; empty when this is the last.
	Next string `json:"next,omitempty" title:"下一页起始批次号"`
}

// StockRequest names a stock.
type StockRequest struct {
	StockID string `path:"stock_id" json:"-" title:"批次号" rule:"required chars=1..20"`
}

// Stock is a stock as those see it who run the platform.
type Stock struct {
	StockID string `json:"stock_id" title:"批次号" rule:"required"`
	// MchID created the stock, BelongMchID is whose coupons they are.
	MchID       string `json:"mchid" title:"创建商户号" rule:"required"`
	BelongMchID string `json:"belong_mchid" title:"归属商户号" rule:"required"`
	Name        string `json:"name" title:"批次名称" rule:"required"`
	Type        string `json:"type" title:"批次类型" rule:"required enum=NORMAL|DISCOUNT|EXCHANGE"`
	// GoodsName is what the coupons are good for, Comment the merchant's own note.
	GoodsName string `json:"goods_name,omitempty" title:"适用商品"`
	Comment   string `json:"comment,omitempty" title:"批次备注"`
	// The benefit: amounts are in fen, DiscountPercent is what remains to be paid, 88 for 88 %. Which
	// of them counts depends on Type; TransactionMinimum is the least order, 0 for any.
	DiscountAmount     int64  `json:"discount_amount,omitempty" title:"优惠金额"`
	DiscountPercent    int64  `json:"discount_percent,omitempty" title:"折扣百分比"`
	ExchangePrice      int64  `json:"exchange_price,omitempty" title:"换购价"`
	TransactionMinimum int64  `json:"transaction_minimum,omitempty" title:"消费门槛"`
	CodeMode           string `json:"code_mode" title:"券code模式" rule:"required enum=WECHATPAY_MODE|MERCHANT_API|MERCHANT_UPLOAD"`
	// State is the state now: a stock whose time is over has stopped.
	State      string      `json:"state" title:"批次状态" rule:"required enum=UNAUDIT|RUNNING|STOPED|PAUSED"`
	BeginTime  schema.Time `json:"begin_time" title:"开始时间" rule:"required"`
	EndTime    schema.Time `json:"end_time" title:"结束时间" rule:"required"`
	CreateTime schema.Time `json:"create_time" title:"创建时间" rule:"required"`
	MaxCoupons int64       `json:"max_coupons" title:"批次最大发放个数" rule:"required"`
	// MaxCouponsByDay is 0 when there is no limit per day.
	MaxCouponsByDay int64 `json:"max_coupons_by_day,omitempty" title:"单天发放上限个数"`
	// MaxCouponsPerUser is how many a user may claim.
	MaxCouponsPerUser int64 `json:"max_coupons_per_user" title:"用户最大可领个数" rule:"required"`
	Issued            int64 `json:"issued" title:"已发放个数" rule:"required"`
	// Codes and FreeCodes count uploaded codes.
	Codes     int64 `json:"codes,omitempty" title:"已上传code数"`
	FreeCodes int64 `json:"free_codes,omitempty" title:"可用code数"`
}

func stockOperations() []wire.Operation {
	operations := []wire.Operation{
		{
			ID: ListStocks, Title: wire.Text{ZH: "查询商家券批次列表", EN: "List stocks of merchant coupons"}, Duty: wire.DutyLook,
			Method: http.MethodGet, Path: "/manage/v1/stocks",
			Request: schema.Of[ListStocksRequest](), Response: schema.Of[StockList](),
		},
		stockOperation(GetStock, wire.DutyLook, http.MethodGet, "", wire.Text{ZH: "查询商家券批次", EN: "Show a stock"}),
		stockOperation(ApproveStock, wire.DutyApprove, http.MethodPost, "/approve", wire.Text{ZH: "通过批次审核", EN: "Approve a stock under review"}),
		stockOperation(RejectStock, wire.DutyApprove, http.MethodPost, "/reject", wire.Text{ZH: "驳回批次审核", EN: "Reject a stock under review"}),
		stockOperation(PauseStock, wire.DutyMarket, http.MethodPost, "/pause", wire.Text{ZH: "暂停批次", EN: "Pause a stock"}),
		stockOperation(ResumeStock, wire.DutyMarket, http.MethodPost, "/resume", wire.Text{ZH: "恢复批次", EN: "Resume a paused stock"}),
		stockOperation(StopStock, wire.DutyMarket, http.MethodPost, "/stop", wire.Text{ZH: "停止批次", EN: "Stop a stock permanently"}),
	}
	for i := range operations {
		operations[i].Section = "management"
	}
	return append(operations, codeImportOperations()...)
}

// stockOperation does something with one stock, and answers how it is then.
func stockOperation(id string, duty wire.Duty, method, below string, title wire.Text) wire.Operation {
	return wire.Operation{
		ID: id, Title: title, Duty: duty, Method: method, Path: "/manage/v1/stocks/{stock_id}" + below,
		Request: schema.Of[StockRequest](), Response: schema.Of[Stock](),
	}
}
