package console

import (
	"context"

	"github.com/favord/favord/internal/platform/statistics"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

func (s *Server) statisticsHandlers() map[string]handler {
	return map[string]handler{
		manage.ShowSummary: bound(s.showSummary),
		manage.ShowSeries:  bound(s.showSeries),
	}
}

func (s *Server) showSummary(ctx context.Context, req *manage.SummaryRequest) (any, error) {
	sum, err := s.Statistics.Summary(ctx, statistics.Scope{
		Owner: merchant.ID(req.MchID), Product: merchant.Product(req.Product), StockID: req.StockID,
	})
	if err != nil {
		return nil, err
	}
	return &manage.Summary{
		Today: dayFigures(&sum.Today), Yesterday: dayFigures(&sum.Yesterday),
		Usable: sum.Usable, ExpiringToday: sum.ExpiringToday, ExpiringSoon: sum.ExpiringSoon, Expired: sum.Expired,
	}, nil
}

func dayFigures(d *statistics.Day) manage.DayFigures {
	return manage.DayFigures{
		BeginTime: schema.TimeOf(d.Begin), Issued: d.Issued, Used: d.Used, Returned: d.Returned,
		Deactivated: d.Deactivated, Deleted: d.Deleted, Amount: int64(d.Amount),
	}
}

func (s *Server) showSeries(ctx context.Context, req *manage.SeriesRequest) (any, error) {
	q := statistics.Query{
		Scope: statistics.Scope{Owner: merchant.ID(req.MchID), Product: merchant.Product(req.Product), StockID: req.StockID},
		From:  req.From.Time, Until: req.Until.Time, ByDay: req.Step == "DAY", ByChannel: req.By == "CHANNEL", ByStock: req.By == "STOCK",
	}
	list, asOf, err := s.Statistics.Series(ctx, q)
	if err != nil {
		return nil, err
	}
	answer := &manage.Series{AsOf: schema.TimeOf(asOf), Points: []manage.Point{}}
	for i := range list {
		c := &list[i]
		answer.Points = append(answer.Points, manage.Point{
			Time: schema.TimeOf(c.Hour.Begin()), Product: string(c.Product), Kind: string(c.Kind),
			Channel: string(c.Channel), StockID: c.ID, Count: c.N, Amount: int64(c.Amount),
		})
	}
	return answer, nil
}
