package manage

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// Ids of the operations about business time.
const (
	GetClock = "manage.clock.get"
	SetClock = "manage.clock.set"
)

// GetClockRequest asks for a business time.
type GetClockRequest struct {
	// MchID is whose time; empty is that of every merchant without one of its own.
	MchID string `query:"mchid" json:"-" title:"商户号" rule:"chars=1..32"`
}

// SetClockRequest moves a business time. Signature time never moves.
type SetClockRequest struct {
	// MchID is whose time; empty is that of every merchant without one of its own.
	MchID string `json:"mchid,omitempty" title:"商户号" rule:"chars=1..32"`
	// Action is what to do: FREEZE stops the clock, at a time if one is given; SET moves it and
	// lets it run or stand as it did; ADVANCE moves it by seconds; RUN lets a clock that stands run
	// on from there; RESUME goes back to the real time.
	Action string `json:"action" title:"操作" rule:"required enum=FREEZE|SET|ADVANCE|RUN|RESUME"`
	// Time is where to, for SET and FREEZE.
	Time schema.Time `json:"time,omitzero" title:"时间" rule:"chars=1..40"`
	// Seconds is by how much, for ADVANCE.
	Seconds int64 `json:"seconds,omitempty" title:"秒数" rule:"range=-3153600000..3153600000"`
	// Moment takes the place of Time: the next Beijing midnight, or a second before, at or after the
	// beginning or the end of the stock or coupon that is named.
	Moment     string `json:"moment,omitempty" title:"时刻" rule:"enum=MIDNIGHT|BEFORE_START|START|AFTER_START|BEFORE_END|END|AFTER_END"`
	StockID    string `json:"stock_id,omitempty" title:"批次号" rule:"chars=1..20"`
	CouponCode string `json:"coupon_code,omitempty" title:"券code" rule:"chars=1..32"`
}

// Clock is a business time.
type Clock struct {
	MchID string `json:"mchid,omitempty" title:"商户号"`
	// State is REAL, MOVED (it runs, but elsewhere) or FROZEN.
	State string `json:"state" title:"状态" rule:"required enum=REAL|MOVED|FROZEN"`
	// BusinessTime decides validity, days and budgets; RealTime decides signatures.
	BusinessTime schema.Time `json:"business_time" title:"业务时间" rule:"required"`
	RealTime     schema.Time `json:"real_time" title:"真实时间" rule:"required"`
	// OwnMchIDs are the merchants with a business time of their own, when that of all others was
	// asked for.
	OwnMchIDs []string `json:"own_mchids,omitempty" title:"另有业务时间的商户"`
}

func clockOperations() []wire.Operation {
	return []wire.Operation{
		{
			ID: GetClock, Title: wire.Text{ZH: "查看业务时间", EN: "Show the business time"}, Duty: wire.DutyBasic, Section: "management",
			Method: http.MethodGet, Path: "/manage/v1/clock", Auth: wire.ByOperatorInSandbox,
			Request: schema.Of[GetClockRequest](), Response: schema.Of[Clock](),
		},
		{
			ID: SetClock, Title: wire.Text{ZH: "调整业务时间", EN: "Move the business time"}, Duty: wire.DutyDevelop, Section: "management",
			Method: http.MethodPost, Path: "/manage/v1/clock", Auth: wire.ByOperatorInSandbox,
			Request: schema.Of[SetClockRequest](), Response: schema.Of[Clock](),
		},
	}
}
