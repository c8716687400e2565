package manage

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// ListAttention is the id of the operation that tells what needs somebody.
const ListAttention = "manage.attention.list"

// AttentionRequest asks what needs somebody.
type AttentionRequest struct {
	// MchID is at which merchant; empty is at all of them, and at the server itself.
	MchID string `query:"mchid" json:"-" title:"商户号" rule:"chars=1..32"`
}

// AttentionList is what needs somebody, the most pressing first. It may be five seconds old.
type AttentionList struct {
	Matters []Matter `json:"matters" title:"待处理事项" rule:"required"`
	// Whole is false when there is more than one answer looks at: the newest 500 stocks of each
	// product, of the first 50 merchants.
	Whole bool `json:"whole" title:"是否完整" rule:"required"`
}

// Matter is something that needs somebody.
type Matter struct {
	// Kind is what is the matter: events that were given up; a receiver that took none of the
	// latest; a certificate of a merchant, or something of the server, that ends within 30 days or
	// has ended; a pool with a tenth of its codes left, or less; a stock or a budget of which a
	// tenth is left; one that ends within three days with half of it left; one under review; one
	// that should have begun and was not started.
	Kind string `json:"kind" title:"事项" rule:"required enum=DELIVERIES_DEAD|RECEIVER_FAILING|CERTIFICATE_ENDS|SERVER_ENDS|CODES_LOW|STOCK_NEARLY_OUT|BUDGET_NEARLY_SPENT|STOCK_ENDS_UNUSED|STOCK_UNDER_REVIEW|STOCK_NOT_STARTED"` //nolint:lll // one list
	// MchID is absent for what is the server's.
	MchID string `json:"mchid,omitempty" title:"商户号"`
	// Product is of the stock or of the callback, StockID and Name are of the stock.
	Product string `json:"product,omitempty" title:"产品" rule:"enum=busifavor|favor"`
	StockID string `json:"stock_id,omitempty" title:"批次号"`
	Name    string `json:"name,omitempty" title:"批次名称"`
	// Left of Whole: coupons, codes, or fen of a budget. Of callbacks, Left is how many events were
	// given up, to 100, or not taken.
	Left  int64 `json:"left" title:"剩余" rule:"required"`
	Whole int64 `json:"whole" title:"总数" rule:"required"`
	// Time is when it ends, or should have begun.
	Time schema.Time `json:"time,omitzero" title:"时间"`
	// Detail is the serial number of a certificate; the status or the problem of a receiver; of the
	// server authority, token, tls or manage_tls.
	Detail string `json:"detail,omitempty" title:"详情"`
}

func attentionOperations() []wire.Operation {
	return []wire.Operation{{
		ID: ListAttention, Title: wire.Text{ZH: "查看待处理事项", EN: "Show what needs attention"}, Duty: wire.DutyLook, Section: "management",
		Method: http.MethodGet, Path: "/manage/v1/attention", Request: schema.Of[AttentionRequest](), Response: schema.Of[AttentionList](),
	}}
}
