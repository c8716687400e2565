package manage

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// Ids of the operations on stocks of cash vouchers that the platform does by hand.
const (
	ListVoucherStocks   = "manage.voucherstocks.list"
	GetVoucherStock     = "manage.voucherstocks.get"
	ReviewVoucherStock  = "manage.voucherstocks.review"
	ApproveVoucherStock = "manage.voucherstocks.approve"
	RejectVoucherStock  = "manage.voucherstocks.reject"
	SetVoucherSenders   = "manage.voucherstocks.senders"
)

// ListVoucherStocksRequest asks for a page of a merchant's stocks, the newest first.
type ListVoucherStocksRequest struct {
	// MchID is who created them.
	MchID string `query:"mchid" json:"-" title:"商户号" rule:"required chars=1..32"`
	// Page is the number of the page, from 0.
	Page int64 `query:"page" json:"-" title:"页码" rule:"range=0..1000000"`
	// Limit is the size of the page; nil means 20.
	Limit *int64 `query:"limit" json:"-" title:"分页大小" rule:"range=1..200"`
}

// VoucherStockList is a page of stocks, without their senders.
type VoucherStockList struct {
	Stocks []VoucherStock `json:"stocks" title:"批次" rule:"required"`
	// Total counts all stocks of the merchant.
	Total int64 `json:"total" title:"总数" rule:"required"`
}

// VoucherStockRequest names a stock.
type VoucherStockRequest struct {
	StockID string `path:"stock_id" json:"-" title:"批次号" rule:"required chars=1..20"`
}

// SetVoucherSendersRequest replaces the merchants that may send vouchers of a stock besides
// its creator.
type SetVoucherSendersRequest struct {
	StockID string   `path:"stock_id" json:"-" title:"批次号" rule:"required chars=1..20"`
	Senders []string `json:"senders" title:"发券商户号" rule:"required items=..100 chars=1..32"`
}

// VoucherStock is a stock as those see it who run the platform. Amounts are in fen.
type VoucherStock struct {
	StockID string `json:"stock_id" title:"批次号" rule:"required"`
	MchID   string `json:"mchid" title:"创建商户号" rule:"required"`
	Name    string `json:"name" title:"批次名称" rule:"required"`
	// State is the state now: a stock whose time is over has stopped.
	State        string      `json:"state" title:"批次状态" rule:"required enum=unactivated|audit|running|stoped|paused"`
	NoCash       bool        `json:"no_cash" title:"是否无资金流" rule:"required"`
	CouponAmount int64       `json:"coupon_amount" title:"面额" rule:"required"`
	BeginTime    schema.Time `json:"begin_time" title:"开始时间" rule:"required"`
	EndTime      schema.Time `json:"end_time" title:"结束时间" rule:"required"`
	CreateTime   schema.Time `json:"create_time" title:"创建时间" rule:"required"`
	MaxCoupons   int64       `json:"max_coupons" title:"发放总上限" rule:"required"`
	Sent         int64       `json:"sent" title:"已发放个数" rule:"required"`
	SentToday    int64       `json:"sent_today" title:"当天发放个数" rule:"required"`
	// Senders are the merchants that may send besides the creator.
	Senders []string `json:"senders,omitempty" title:"发券商户号"`
}

func voucherStockOperations() []wire.Operation {
	one := func(id string, duty wire.Duty, below string, title wire.Text) wire.Operation {
		op := wire.Operation{
			ID: id, Title: title, Duty: duty, Method: http.MethodPost, Path: "/manage/v1/voucher-stocks/{stock_id}" + below,
			Request: schema.Of[VoucherStockRequest](), Response: schema.Of[VoucherStock](),
		}
		if below == "" {
			op.Method = http.MethodGet
		}
		return op
	}
	operations := []wire.Operation{
		{
			ID: ListVoucherStocks, Title: wire.Text{ZH: "查询代金券批次列表", EN: "List a merchant's voucher stocks"}, Duty: wire.DutyLook,
			Method: http.MethodGet, Path: "/manage/v1/voucher-stocks",
			Request: schema.Of[ListVoucherStocksRequest](), Response: schema.Of[VoucherStockList](),
		},
		one(GetVoucherStock, wire.DutyLook, "", wire.Text{ZH: "查询代金券批次", EN: "Show a voucher stock"}),
		one(ReviewVoucherStock, wire.DutyApprove, "/review", wire.Text{ZH: "将代金券批次置为审核中", EN: "Put a voucher stock under review"}),
		one(ApproveVoucherStock, wire.DutyApprove, "/approve", wire.Text{ZH: "通过代金券批次审核", EN: "Approve a voucher stock under review"}),
		one(RejectVoucherStock, wire.DutyApprove, "/reject", wire.Text{ZH: "驳回代金券批次审核", EN: "Reject a voucher stock under review"}),
		one(SetVoucherSenders, wire.DutyMarket, "/senders", wire.Text{ZH: "设置代金券批次的发券商户", EN: "Set which merchants may send a voucher stock"}),
	}
	senders := &operations[len(operations)-1]
	senders.Method, senders.Request = http.MethodPut, schema.Of[SetVoucherSendersRequest]()
	for i := range operations {
		operations[i].Section = "management"
	}
	return operations
}
