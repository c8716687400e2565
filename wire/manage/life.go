package manage

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// Ids of the operations about vouchers of users, and about what became of a coupon or voucher.
const (
	ListVouchers    = "manage.vouchers.list"
	GetVoucher      = "manage.vouchers.get"
	ShowCouponLife  = "manage.coupons.life"
	ShowVoucherLife = "manage.vouchers.life"
)

// ListVouchersRequest asks for the cash vouchers of a user, of all merchants, the newest first.
type ListVouchersRequest struct {
	// OpenID is one that is registered, under any appid.
	OpenID string `query:"openid" json:"-" title:"用户标识" rule:"required chars=1..128"`
	// State narrows the list.
	State string `query:"state" json:"-" title:"券状态" rule:"enum=SENDED|USED|EXPIRED"`
	// Offset is the position of the first voucher, from 0.
	Offset int64 `query:"offset" json:"-" title:"起始位置" rule:"range=0..2147483647"`
	// Limit is the size of the page; nil means 20.
	Limit *int64 `query:"limit" json:"-" title:"分页大小" rule:"range=1..100"`
}

// VoucherList is a page of vouchers.
type VoucherList struct {
	Vouchers []Voucher `json:"vouchers" title:"代金券" rule:"required"`
	// TotalCount counts the whole list.
	TotalCount int64 `json:"total_count" title:"总数" rule:"required"`
}

// VoucherRequest names a voucher.
type VoucherRequest struct {
	VoucherID string `path:"voucher_id" json:"-" title:"代金券id" rule:"required chars=1..20"`
}

// Voucher is a user's cash voucher as those see it who run the platform. Amounts are in fen.
type Voucher struct {
	VoucherID string `json:"voucher_id" title:"代金券id" rule:"required"`
	StockID   string `json:"stock_id" title:"批次号" rule:"required"`
	StockName string `json:"stock_name" title:"批次名称" rule:"required"`
	// MchID created the stock, SenderMchID sent the voucher.
	MchID       string `json:"mchid" title:"创建商户号" rule:"required"`
	SenderMchID string `json:"sender_mchid" title:"发券商户号" rule:"required"`
	// OpenID and AppID are how the holder was named when the voucher was sent.
	OpenID string `json:"openid" title:"用户标识" rule:"required"`
	AppID  string `json:"appid" title:"appid" rule:"required"`
	State  string `json:"state" title:"券状态" rule:"required enum=SENDED|USED|EXPIRED"`
	// CouponAmount is what it takes off an order of at least TransactionMinimum.
	CouponAmount       int64 `json:"coupon_amount" title:"面额" rule:"required"`
	TransactionMinimum int64 `json:"transaction_minimum" title:"使用门槛" rule:"required"`

	BeginTime   schema.Time `json:"begin_time" title:"可用开始时间" rule:"required"`
	EndTime     schema.Time `json:"end_time" title:"可用结束时间" rule:"required"`
	ReceiveTime schema.Time `json:"receive_time" title:"领券时间" rule:"required"`

	SendRequestNo string `json:"send_request_no" title:"发券请求单号" rule:"required"`
	// TransactionID is the payment that used it, ConsumeMchID who collected the money.
	TransactionID string      `json:"transaction_id,omitempty" title:"支付单号"`
	ConsumeMchID  string      `json:"consume_mchid,omitempty" title:"核销商户号"`
	UseTime       schema.Time `json:"use_time,omitzero" title:"核销时间"`
	Discount      int64       `json:"discount,omitempty" title:"优惠金额"`
}

// Life is everything that is stored about what became of a coupon or voucher, in the order of
// time, and what is still to come.
type Life struct {
	Moments []Moment `json:"moments" title:"经历" rule:"required"`
	// Whole is false where the merchant's audit is too long to be searched to its beginning: the
	// oldest changes may be missing.
	Whole bool `json:"whole" title:"是否完整" rule:"required"`
	// MchID is the merchant by whose business time it goes; Now is that time.
	MchID string      `json:"mchid" title:"商户号" rule:"required"`
	Now   schema.Time `json:"now" title:"业务时间" rule:"required"`
	// Own says that the merchant's business time was moved by itself, and does not follow that of all
	// others.
	Own bool `json:"own,omitempty" title:"单独的业务时间"`
}

// Moment is one thing in a life.
type Moment struct {
	// Kind is what it is. BEGINS and EXPIRES bound the time in which it may be used; NOTIFIED is an
	// event on its way to a callback, ATTEMPT one try to deliver it.
	Kind string `json:"kind" title:"类型" rule:"required enum=MADE|RECEIVED|BEGINS|USED|RETURNED|REFUNDED|ASSOCIATED|DISASSOCIATED|DEACTIVATED|DELETED|SUBSIDIZED|SUBSIDY_RETURNED|CHANGED|EXPIRES|NOTIFIED|ATTEMPT"`
	// Time is its place in business time. An attempt's is as long after its event as it took for
	// real.
	Time schema.Time `json:"time" title:"业务时间" rule:"required"`
	// RealTime is when an attempt really began.
	RealTime schema.Time `json:"real_time,omitzero" title:"真实时间"`
	// Actor asked for a change by Action, in the call with the id RequestID. They are absent where a
	// batch has one entry of the audit.
	Actor     string `json:"actor,omitempty" title:"操作者"`
	Action    string `json:"action,omitempty" title:"操作"`
	RequestID string `json:"request_id,omitempty" title:"请求编号"`
	// Number is the merchant's number of the call, TransactionID the payment, Reason what was said
	// about it. Amount is a discount or what of it was given back, or a subsidy, in fen.
	Number        string `json:"number,omitempty" title:"单号"`
	TransactionID string `json:"transaction_id,omitempty" title:"支付单号"`
	Reason        string `json:"reason,omitempty" title:"原因"`
	Amount        int64  `json:"amount,omitempty" title:"金额"`
	// PayerMchID pays a subsidy to PayeeMchID, and gets back what is returned of it. Problem says why
	// nothing was paid.
	PayerMchID string `json:"payer_mchid,omitempty" title:"出资商户号"`
	PayeeMchID string `json:"payee_mchid,omitempty" title:"收款商户号"`
	// EventID is the event that is told, Event its type, State PENDING, DELIVERED or DEAD. Attempt
	// counts from 1; Status is the receiver's answer, 0 when there was none, and Problem says why.
	EventID string `json:"event_id,omitempty" title:"事件编号"`
	Event   string `json:"event_type,omitempty" title:"事件类型"`
	State   string `json:"state,omitempty" title:"状态"`
	Attempt int64  `json:"attempt,omitempty" title:"序号"`
	Status  int64  `json:"status,omitempty" title:"应答状态码"`
	Problem string `json:"problem,omitempty" title:"失败原因"`
	TookMS  int64  `json:"took_ms,omitempty" title:"耗时毫秒数"`
}

func lifeOperations() []wire.Operation {
	const vouchers = "/manage/v1/vouchers"
	return []wire.Operation{
		{
			ID: ShowCouponLife, Title: wire.Text{ZH: "查询一张商家券的经历", EN: "Show what became of a coupon"},
			Duty: wire.DutyFind, Section: "management",
			Method: http.MethodGet, Path: "/manage/v1/coupons/{stock_id}/{coupon_code}/life",
			Request: schema.Of[CouponRequest](), Response: schema.Of[Life](),
		},
		{
			ID: ListVouchers, Title: wire.Text{ZH: "查询用户的代金券", EN: "List a user's vouchers"},
			Duty: wire.DutyHolders, Section: "management",
			Method: http.MethodGet, Path: vouchers, Request: schema.Of[ListVouchersRequest](), Response: schema.Of[VoucherList](),
		},
		{
			ID: GetVoucher, Title: wire.Text{ZH: "查询一张代金券", EN: "Show a voucher"},
			Duty: wire.DutyHolders, Section: "management",
			Method: http.MethodGet, Path: vouchers + "/{voucher_id}", Request: schema.Of[VoucherRequest](), Response: schema.Of[Voucher](),
		},
		{
			ID: ShowVoucherLife, Title: wire.Text{ZH: "查询一张代金券的经历", EN: "Show what became of a voucher"},
			Duty: wire.DutyHolders, Section: "management",
			Method: http.MethodGet, Path: vouchers + "/{voucher_id}/life", Request: schema.Of[VoucherRequest](), Response: schema.Of[Life](),
		},
	}
}
