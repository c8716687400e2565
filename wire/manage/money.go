package manage

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// Ids of the operations on balances, paid orders, brands and consumption cards.
const (
	GetBalance   = "manage.balances.get"
	FundBalance  = "manage.balances.fund"
	ReportOrder  = "manage.orders.report"
	GetOrder     = "manage.orders.get"
	JoinBrand    = "manage.merchants.join_brand"
	RegisterCard = "manage.cards.register"
)

// GetBalanceRequest asks what a merchant has, and for a page of what became of it.
type GetBalanceRequest struct {
	MchID string `path:"mchid" json:"-" title:"商户号" rule:"required chars=1..15"`
	// Offset is the position of the first posting, from 0.
	Offset int64 `query:"offset" json:"-" title:"起始位置" rule:"range=0..2147483647"`
	// Limit is how many postings; nil means 20.
	Limit *int64 `query:"limit" json:"-" title:"分页大小" rule:"range=1..100"`
}

// Balance is what a merchant has, in fen.
type Balance struct {
	MchID   string `json:"mchid" title:"商户号" rule:"required"`
	Balance int64  `json:"balance" title:"余额" rule:"required"`
	// Postings come newest first.
	Postings []Posting `json:"postings" title:"流水" rule:"required"`
}

// Posting is one side of a transfer.
type Posting struct {
	Account string `json:"account" title:"账户" rule:"required"`
	// Amount is in fen, below zero for what went out.
	Amount int64 `json:"amount" title:"金额" rule:"required"`
	// Reference is what the transfer was for.
	Reference string      `json:"reference" title:"关联单据" rule:"required"`
	Time      schema.Time `json:"time" title:"时间" rule:"required"`
}

// FundBalanceRequest gives a merchant money from outside.
type FundBalanceRequest struct {
	MchID string `path:"mchid" json:"-" title:"商户号" rule:"required chars=1..15"`
	// Amount is in fen.
	Amount int64 `json:"amount" title:"金额" rule:"required range=1..1000000000000"`
	// RequestNo is unique for the merchant: a repeat changes nothing.
	RequestNo string `json:"request_no" title:"请求单号" rule:"required chars=1..128 match=number"`
}

// FundedBalance is what a merchant had right after it was funded, in fen.
type FundedBalance struct {
	MchID   string      `json:"mchid" title:"商户号" rule:"required"`
	Balance int64       `json:"balance" title:"余额" rule:"required"`
	Time    schema.Time `json:"time" title:"时间" rule:"required"`
}

// ReportOrderRequest says what is known about a paid order. The last report wins.
type ReportOrderRequest struct {
	TransactionID string `path:"transaction_id" json:"-" title:"微信支付订单号" rule:"required chars=28..32"`
	// MchID collected the money.
	MchID      string `json:"mchid" title:"收款商户号" rule:"required chars=1..15"`
	OutTradeNo string `json:"out_trade_no,omitempty" title:"商户订单号" rule:"chars=1..128"`
	// Amount is what the user paid, Refunded how much of it went back, in fen.
	Amount   int64 `json:"amount" title:"用户实付金额" rule:"required range=1..100000000000"`
	Refunded int64 `json:"refunded,omitempty" title:"已退款金额" rule:"range=0..100000000000"`
	// ProfitSharing says whether the order was marked for profit sharing.
	ProfitSharing bool `json:"profit_sharing,omitempty" title:"是否分账"`
}

// OrderRequest names a paid order.
type OrderRequest struct {
	TransactionID string `path:"transaction_id" json:"-" title:"微信支付订单号" rule:"required chars=28..32"`
}

// Order is a paid order.
type Order struct {
	TransactionID string `json:"transaction_id" title:"微信支付订单号" rule:"required"`
	MchID         string `json:"mchid" title:"收款商户号" rule:"required"`
	OutTradeNo    string `json:"out_trade_no,omitempty" title:"商户订单号"`
	// Amount is 0 for an order of which only the number is known.
	Amount        int64 `json:"amount" title:"用户实付金额" rule:"required"`
	Refunded      int64 `json:"refunded" title:"已退款金额" rule:"required"`
	ProfitSharing bool  `json:"profit_sharing" title:"是否分账" rule:"required"`
	// Subsidized is what was paid as subsidies and not returned, Subsidies how many were
	// paid.
	Subsidized int64 `json:"subsidized" title:"已补差金额" rule:"required"`
	Subsidies  int64 `json:"subsidies" title:"补差笔数" rule:"required"`
}

// JoinBrandRequest makes a merchant one of a chain brand, whose merchants may pay subsidies
// to each other.
type JoinBrandRequest struct {
	MchID string `path:"mchid" json:"-" title:"商户号" rule:"required chars=1..15"`
	Brand string `path:"brand" json:"-" title:"品牌" rule:"required chars=1..64"`
}

// Membership says that a merchant is one of a chain brand.
type Membership struct {
	MchID string `json:"mchid" title:"商户号" rule:"required"`
	Brand string `json:"brand" title:"品牌" rule:"required"`
}

// RegisterCardRequest says that a consumption card exists.
type RegisterCardRequest struct {
	CardID string `path:"card_id" json:"-" title:"消费卡ID" rule:"required chars=1..28"`
	// MchID made the card, under AppID.
	MchID string `json:"mchid" title:"商户号" rule:"required chars=1..15"`
	AppID string `json:"appid" title:"appid" rule:"required chars=1..18"`
}

// Card is a consumption card.
type Card struct {
	CardID string `json:"card_id" title:"消费卡ID" rule:"required"`
	MchID  string `json:"mchid" title:"商户号" rule:"required"`
	AppID  string `json:"appid" title:"appid" rule:"required"`
}

func moneyOperations() []wire.Operation {
	operations := []wire.Operation{
		{
			ID: GetBalance, Title: wire.Text{ZH: "查询商户余额", EN: "Show a merchant's balance"}, Duty: wire.DutyBooks,
			Method: http.MethodGet, Path: "/manage/v1/balances/{mchid}", Request: schema.Of[GetBalanceRequest](), Response: schema.Of[Balance](),
		},
		{
			ID: FundBalance, Title: wire.Text{ZH: "为商户充值", EN: "Add money to a merchant's balance"}, RequestNo: "request_no",
			Duty: wire.DutyMoney, Method: http.MethodPost, Path: "/manage/v1/balances/{mchid}/fund",
			Request: schema.Of[FundBalanceRequest](), Response: schema.Of[FundedBalance](),
		},
		{
			ID: ReportOrder, Title: wire.Text{ZH: "上报已支付订单", EN: "Report a paid order"}, Duty: wire.DutyEnroll,
			Method: http.MethodPut, Path: "/manage/v1/orders/{transaction_id}",
			Request: schema.Of[ReportOrderRequest](), Response: schema.Of[Order](),
		},
		{
			ID: GetOrder, Title: wire.Text{ZH: "查询已支付订单", EN: "Show a paid order"}, Duty: wire.DutyBooks,
			Method: http.MethodGet, Path: "/manage/v1/orders/{transaction_id}", Request: schema.Of[OrderRequest](), Response: schema.Of[Order](),
		},
		{
			ID: JoinBrand, Title: wire.Text{ZH: "加入连锁品牌", EN: "Add a merchant to a chain brand"}, Duty: wire.DutyEnroll,
			Method: http.MethodPut, Path: "/manage/v1/merchants/{mchid}/brands/{brand}",
			Request: schema.Of[JoinBrandRequest](), Response: schema.Of[Membership](),
		},
		{
			ID: RegisterCard, Title: wire.Text{ZH: "登记消费卡", EN: "Register a consumption card"}, Duty: wire.DutyEnroll,
			Method: http.MethodPut, Path: "/manage/v1/cards/{card_id}", Request: schema.Of[RegisterCardRequest](), Response: schema.Of[Card](),
		},
	}
	for i := range operations {
		operations[i].Section = "management"
	}
	return operations
}
