package httpapi

import (
	"context"

	"github.com/favord/favord/internal/busifavor/stocks"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/wire/busifavor"
)

// modifyStock is B3.
func (s *Server) modifyStock(ctx context.Context, c *call, req *busifavor.ModifyStockRequest) (any, error) {
	return nil, s.Campaign.Modify(ctx, stocks.ModifyCommand{
		Caller: c.caller(), StockID: coupon.StockID(req.StockID), RequestNo: req.OutRequestNo, Change: changeOf(req),
	})
}

// changeOf drops what is accepted without effect (B3).
func changeOf(req *busifavor.ModifyStockRequest) coupon.Change {
	change := coupon.Change{
		Comment: req.Comment, Goods: req.GoodsName,
		NotifyAppID: notifyAppID(req.NotifyConfig), Subsidy: flagOf(req.Subsidy),
	}
	if rule := req.CouponUseRule; rule != nil {
		change.UseMethod = rule.UseMethod
		change.UseMiniProgramAppID = merchant.AppID(rule.MiniProgramsAppID)
		change.UseMiniProgramPath = rule.MiniProgramsPath
	}
	if rule := req.StockSendRule; rule != nil {
		change.PreventAbuse = flagOf(rule.PreventAPIAbuse)
	}
	if e := req.CustomEntrance; e != nil {
		change.EntranceAppID, change.HallID, change.CodeDisplay = merchant.AppID(e.AppID), e.HallID, e.CodeDisplayMode
		if m := e.MiniProgramsInfo; m != nil {
			change.MiniProgramAppID, change.MiniProgramPath = merchant.AppID(m.MiniProgramsAppID), m.MiniProgramsPath
			change.EntranceText, change.GuidingText = m.EntranceWords, m.GuidingWords
		}
	}
	if d := req.DisplayPatternInfo; d != nil {
		change.Description, change.ImageURL, change.Color = d.Description, d.CouponImageURL, d.BackgroundColor
		change.Finder = finderOf(d.FinderInfo)
	}
	return change
}

// setBudget is B4.
func (s *Server) setBudget(ctx context.Context, c *call, req *busifavor.SetBudgetRequest) (any, error) {
	quantities, err := s.Campaign.SetBudget(ctx, stocks.BudgetCommand{
		Caller: c.caller(), StockID: coupon.StockID(req.StockID), RequestNo: req.ModifyBudgetRequestNo,
		Budget: coupon.Budget{
			MaxCoupons: req.TargetMaxCoupons, CurrentMaxCoupons: req.CurrentMaxCoupons,
			MaxPerDay: req.TargetMaxCouponsByDay, CurrentMaxPerDay: req.CurrentMaxCouponsByDay,
		},
	})
	if err != nil {
		return nil, err
	}
	return &busifavor.SetBudgetResponse{MaxCoupons: quantities.MaxCoupons, MaxCouponsByDay: quantities.MaxPerDay}, nil
}
