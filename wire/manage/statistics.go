package manage

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// Ids of the operations about figures.
const (
	ShowSummary = "manage.statistics.summary"
	ShowSeries  = "manage.statistics.series"
)

// SummaryRequest asks how things stand.
type SummaryRequest struct {
	// MchID is whose stocks; empty is everybody's.
	MchID   string `query:"mchid" json:"-" title:"商户号" rule:"chars=1..32"`
	Product string `query:"product" json:"-" title:"产品" rule:"enum=busifavor|favor"`
	StockID string `query:"stock_id" json:"-" title:"批次号" rule:"chars=1..20"`
}

// Summary is how things stand, at business time.
type Summary struct {
	Today     DayFigures `json:"today" title:"今日" rule:"required"`
	Yesterday DayFigures `json:"yesterday" title:"昨日" rule:"required"`
	// Usable counts what may still be used. Of these ExpiringToday and, within three days,
	// ExpiringSoon expire unless they are; Expired counts what was not used in time.
	Usable        int64 `json:"usable" title:"可用张数" rule:"required"`
	ExpiringToday int64 `json:"expiring_today" title:"今日到期张数" rule:"required"`
	ExpiringSoon  int64 `json:"expiring_soon" title:"三日内到期张数" rule:"required"`
	Expired       int64 `json:"expired" title:"已过期张数" rule:"required"`
}

// DayFigures are what happened on a day.
type DayFigures struct {
	BeginTime   schema.Time `json:"begin_time" title:"开始时间" rule:"required"`
	Issued      int64       `json:"issued" title:"发放张数" rule:"required"`
	Used        int64       `json:"used" title:"核销张数" rule:"required"`
	Returned    int64       `json:"returned" title:"退券张数" rule:"required"`
	Deactivated int64       `json:"deactivated" title:"失效张数" rule:"required"`
	Deleted     int64       `json:"deleted" title:"删除张数" rule:"required"`
	// Amount is what those that were used took off, less what was returned, in fen. Discounts and
	// exchange prices of merchant coupons are not known to the platform.
	Amount int64 `json:"amount" title:"优惠金额" rule:"required"`
}

// SeriesRequest asks for what happened, by hours or days.
type SeriesRequest struct {
	// MchID is whose stocks; empty is everybody's.
	MchID   string `query:"mchid" json:"-" title:"商户号" rule:"chars=1..32"`
	Product string `query:"product" json:"-" title:"产品" rule:"enum=busifavor|favor"`
	StockID string `query:"stock_id" json:"-" title:"批次号" rule:"chars=1..20"`
	// By tells channels or stocks apart; kinds always are.
	By   string `query:"by" json:"-" title:"分组" rule:"enum=CHANNEL|STOCK"`
	Step string `query:"step" json:"-" title:"粒度" rule:"required enum=HOUR|DAY"`
	// From and Until bound the time, the latter exclusively: at most 35 days by hours and 400 by
	// days.
	From  schema.Time `query:"from" json:"-" title:"起始时间" rule:"required chars=1..40"`
	Until schema.Time `query:"until" json:"-" title:"截止时间" rule:"required chars=1..40"`
}

// Series is what happened, in the order of time.
type Series struct {
	// AsOf is business time: what happened until then is counted.
	AsOf   schema.Time `json:"as_of" title:"统计截至" rule:"required"`
	Points []Point     `json:"points" title:"数据点" rule:"required"`
}

// Point is how often something happened in an hour or on a day. Those in which nothing did are
// left out.
type Point struct {
	Time    schema.Time `json:"time" title:"开始时间" rule:"required"`
	Product string      `json:"product" title:"产品" rule:"required enum=busifavor|favor"`
	Kind    string      `json:"kind" title:"类型" rule:"required enum=ISSUED|USED|RETURNED|DEACTIVATED|DELETED"`
	// Channel and StockID are those that were asked for with By.
	Channel string `json:"channel,omitempty" title:"渠道" rule:"enum=API|MINIAPP|H5"`
	StockID string `json:"stock_id,omitempty" title:"批次号"`
	Count   int64  `json:"count" title:"张数" rule:"required"`
	// Amount is what it took off, in fen, where that is known.
	Amount int64 `json:"amount,omitempty" title:"金额"`
}

func statisticsOperations() []wire.Operation {
	return []wire.Operation{
		{
			ID: ShowSummary, Title: wire.Text{ZH: "查看经营概况", EN: "Show how things stand"}, Duty: wire.DutyLook, Section: "management",
			Method: http.MethodGet, Path: "/manage/v1/statistics",
			Request: schema.Of[SummaryRequest](), Response: schema.Of[Summary](),
		},
		{
			ID: ShowSeries, Title: wire.Text{ZH: "查看经营趋势", EN: "Show what happened by hours or days"}, Duty: wire.DutyLook, Section: "management",
			Method: http.MethodGet, Path: "/manage/v1/statistics/series",
			Request: schema.Of[SeriesRequest](), Response: schema.Of[Series](),
		},
	}
}
