package httpapi

import (
	"context"

	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/busifavor/stocks"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/schema"
)

func (s *Server) stockHandlers() map[string]handler {
	return map[string]handler{
		busifavor.CreateStock: bound(s.createStock),
		busifavor.GetStock:    bound(s.getStock),
		busifavor.ModifyStock: bound(s.modifyStock),
		busifavor.SetBudget:   bound(s.setBudget),
	}
}

// createStock is B1.
func (s *Server) createStock(ctx context.Context, c *call, req *busifavor.CreateStockRequest) (any, error) {
	created, err := s.Campaign.Create(ctx, stocks.CreateCommand{
		Caller: c.caller(), RequestNo: req.OutRequestNo, Stock: stockOf(req),
	})
	if err != nil {
		return nil, err
	}
	return &busifavor.CreateStockResponse{
		StockID: string(created.StockID), CreateTime: schema.TimeOf(created.CreatedAt),
	}, nil
}

// getStock is B2.
func (s *Server) getStock(ctx context.Context, c *call, req *busifavor.GetStockRequest) (any, error) {
	view, err := s.Campaign.Stock(ctx, c.caller(), coupon.StockID(req.StockID))
	if err != nil {
		return nil, err
	}
	return stockAnswer(&view), nil
}

// caller is the merchant that signed.
func (c *call) caller() merchant.ID { return c.keys.Merchant.ID }

// stockOf turns a request into the stock that it asks for.
func stockOf(req *busifavor.CreateStockRequest) coupon.Stock {
	return coupon.Stock{
		Belong:   merchant.ID(req.BelongMerchant),
		Name:     req.StockName,
		Comment:  req.Comment,
		Goods:    req.GoodsName,
		Type:     coupon.Type(req.StockType),
		CodeMode: coupon.CodeMode(req.CouponCodeMode),
		Benefit:  benefitOf(coupon.Type(req.StockType), &req.CouponUseRule),
		UseBy: coupon.UseBy{
			Method:           req.CouponUseRule.UseMethod,
			MiniProgramAppID: merchant.AppID(req.CouponUseRule.MiniProgramsAppID),
			MiniProgramPath:  req.CouponUseRule.MiniProgramsPath,
		},
		Validity:    validityOf(&req.CouponUseRule.CouponAvailableTime),
		Limits:      limitsOf(&req.StockSendRule),
		Entrance:    entranceOf(req.CustomEntrance),
		Display:     displayOf(req.DisplayPatternInfo),
		NotifyAppID: notifyAppID(req.NotifyConfig),
		Subsidy:     flagOf(req.Subsidy),
	}
}

// benefitOf takes the amount that fits the type, and notes whether there are others.
func benefitOf(t coupon.Type, rule *busifavor.CouponUseRule) coupon.Benefit {
	var b coupon.Benefit
	given := 0
	if normal := rule.FixedNormalCoupon; normal != nil {
		given++
		if t == coupon.TypeNormal {
			b = coupon.Benefit{Type: t, Discount: fen.Fen(normal.DiscountAmount), Minimum: fen.Fen(normal.TransactionMinimum)}
		}
	}
	if discount := rule.DiscountCoupon; discount != nil {
		given++
		if t == coupon.TypeDiscount {
			b = coupon.Benefit{Type: t, Percent: discount.DiscountPercent, Minimum: fen.Fen(discount.TransactionMinimum)}
		}
	}
	if exchange := rule.ExchangeCoupon; exchange != nil {
		given++
		if t == coupon.TypeExchange {
			b = coupon.Benefit{Type: t, Price: fen.Fen(exchange.ExchangePrice), Minimum: fen.Fen(exchange.TransactionMinimum)}
		}
	}
	b.Extra = given > 1
	return b
}

func validityOf(available *busifavor.CouponAvailableTime) coupon.Validity {
	v := coupon.Validity{
		Begin:    available.AvailableBeginTime.Time,
		End:      available.AvailableEndTime.Time,
		Days:     available.AvailableDayAfterReceive,
		WaitDays: available.WaitDaysAfterReceive,
		Seconds:  available.AvailableSecondAfterReceive,
	}
	if week := available.AvailableWeek; week != nil {
		v.WeekDays = week.WeekDay
		for _, p := range week.AvailableDayTime {
			v.DayTimes = append(v.DayTimes, coupon.DayTime{Begin: p.BeginTime, End: p.EndTime})
		}
	}
	for _, p := range available.IrregularyAvaliableTime {
		v.Irregular = append(v.Irregular, coupon.Period{Begin: p.BeginTime.Time, End: p.EndTime.Time})
	}
	return v
}

func limitsOf(rule *busifavor.StockSendRule) coupon.Limits {
	return coupon.Limits{
		MaxCoupons:      rule.MaxCoupons,
		MaxPerUser:      int64(rule.MaxCouponsPerUser),
		MaxPerDay:       rule.MaxCouponsByDay,
		MaxAmount:       fen.Fen(rule.MaxAmount),
		MaxAmountPerDay: fen.Fen(rule.MaxAmountByDay),
		NaturalPerson:   flagOf(rule.NaturalPersonLimit),
		PreventAbuse:    flagOf(rule.PreventAPIAbuse),
		Transferable:    flagOf(rule.Transferable),
		Shareable:       flagOf(rule.Shareable),
	}
}

func entranceOf(e *busifavor.CustomEntrance) coupon.Entrance {
	if e == nil {
		return coupon.Entrance{}
	}
	entrance := coupon.Entrance{
		AppID: merchant.AppID(e.AppID), HallID: e.HallID, StoreID: e.StoreID, CodeDisplay: e.CodeDisplayMode,
	}
	if m := e.MiniProgramsInfo; m != nil {
		entrance.MiniProgram = &coupon.MiniProgram{
			AppID: merchant.AppID(m.MiniProgramsAppID), Path: m.MiniProgramsPath,
			EntranceText: m.EntranceWords, GuidingText: m.GuidingWords,
		}
	}
	return entrance
}

// displayOf drops merchant_name: the platform fills it in (4.6).
func displayOf(d *busifavor.DisplayPatternInfo) coupon.Display {
	if d == nil {
		return coupon.Display{}
	}
	display := coupon.Display{
		Description: d.Description, LogoURL: d.MerchantLogoURL, ImageURL: d.CouponImageURL, Color: d.BackgroundColor,
	}
	display.Finder = finderOf(d.FinderInfo)
	return display
}

func finderOf(f *busifavor.FinderInfo) *coupon.Finder {
	if f == nil {
		return nil
	}
	return &coupon.Finder{ID: f.FinderID, VideoID: f.FinderVideoID, CoverImageURL: f.FinderVideoCoverImageURL}
}

func notifyAppID(n *busifavor.NotifyConfig) merchant.AppID {
	if n == nil {
		return ""
	}
	return merchant.AppID(n.NotifyAppID)
}

func flagOf(b *bool) coupon.Flag {
	switch {
	case b == nil:
		return coupon.Unset
	case *b:
		return coupon.Yes
	}
	return coupon.No
}
