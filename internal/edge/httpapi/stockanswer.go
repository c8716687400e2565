package httpapi

import (
	"github.com/favord/favord/internal/busifavor/stocks"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/picture"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/schema"
)

// stockAnswer shows a stock (B2): only rules that were set.
func stockAnswer(v *stocks.View) *busifavor.Stock {
	s := &v.Stock
	answer := &busifavor.Stock{
		StockName:            s.Name,
		BelongMerchant:       string(s.Belong),
		Comment:              s.Comment,
		GoodsName:            s.Goods,
		StockType:            string(s.Type),
		CouponUseRule:        useRule(s),
		StockSendRule:        sendRule(&s.Limits),
		CustomEntrance:       entranceAnswer(&s.Entrance),
		DisplayPatternInfo:   displayAnswer(&s.Display, v.MerchantName),
		StockState:           string(v.State),
		CouponCodeMode:       string(s.CodeMode),
		StockID:              string(s.ID),
		NotifyConfig:         notifyConfig(s.NotifyAppID),
		SendCountInformation: sendCount(s, v.Counters),
		Subsidy:              new(s.Subsidy == coupon.Yes),
	}
	if s.CodeMode == coupon.CodesByUpload {
		answer.CouponCodeCount = &busifavor.CouponCodeCount{TotalCount: v.Counters.Codes, AvailableCount: v.Counters.FreeCodes}
	}
	return answer
}

func useRule(s *coupon.Stock) busifavor.CouponUseRule {
	rule := busifavor.CouponUseRule{
		CouponAvailableTime: availableTime(&s.Validity),
		UseMethod:           s.UseBy.Method,
		MiniProgramsAppID:   string(s.UseBy.MiniProgramAppID),
		MiniProgramsPath:    s.UseBy.MiniProgramPath,
	}
	minimum := int64(s.Benefit.Minimum)
	switch s.Type {
	case coupon.TypeNormal:
		rule.FixedNormalCoupon = &busifavor.FixedNormalCoupon{DiscountAmount: int64(s.Benefit.Discount), TransactionMinimum: minimum}
	case coupon.TypeDiscount:
		rule.DiscountCoupon = &busifavor.DiscountCoupon{DiscountPercent: s.Benefit.Percent, TransactionMinimum: minimum}
	case coupon.TypeExchange:
		rule.ExchangeCoupon = &busifavor.ExchangeCoupon{ExchangePrice: int64(s.Benefit.Price), TransactionMinimum: minimum}
	}
	return rule
}

func availableTime(v *coupon.Validity) busifavor.CouponAvailableTime {
	answer := busifavor.CouponAvailableTime{
		AvailableBeginTime:          schema.TimeOf(v.Begin),
		AvailableEndTime:            schema.TimeOf(v.End),
		AvailableDayAfterReceive:    v.Days,
		WaitDaysAfterReceive:        v.WaitDays,
		AvailableSecondAfterReceive: v.Seconds,
	}
	if len(v.WeekDays) > 0 {
		answer.AvailableWeek = &busifavor.AvailableWeek{WeekDay: v.WeekDays}
		for _, p := range v.DayTimes {
			answer.AvailableWeek.AvailableDayTime = append(answer.AvailableWeek.AvailableDayTime,
				busifavor.DayTime{BeginTime: p.Begin, EndTime: p.End})
		}
	}
	for _, p := range v.Irregular {
		answer.IrregularyAvaliableTime = append(answer.IrregularyAvaliableTime,
			busifavor.IrregularPeriod{BeginTime: schema.TimeOf(p.Begin), EndTime: schema.TimeOf(p.End)})
	}
	return answer
}

func sendRule(l *coupon.Limits) busifavor.StockSendRule {
	return busifavor.StockSendRule{
		MaxCoupons:         l.MaxCoupons,
		MaxCouponsPerUser:  int32(l.MaxPerUser), //nolint:gosec // at most 100, see the declaration of the field
		MaxCouponsByDay:    l.MaxPerDay,
		MaxAmount:          int64(l.MaxAmount),
		MaxAmountByDay:     int64(l.MaxAmountPerDay),
		NaturalPersonLimit: boolOf(l.NaturalPerson),
		PreventAPIAbuse:    boolOf(l.PreventAbuse),
		Transferable:       boolOf(l.Transferable),
		Shareable:          boolOf(l.Shareable),
	}
}

func entranceAnswer(e *coupon.Entrance) *busifavor.CustomEntrance {
	if *e == (coupon.Entrance{}) {
		return nil
	}
	answer := &busifavor.CustomEntrance{
		AppID: string(e.AppID), HallID: e.HallID, StoreID: e.StoreID, CodeDisplayMode: e.CodeDisplay,
	}
	if m := e.MiniProgram; m != nil {
		answer.MiniProgramsInfo = &busifavor.MiniProgramsInfo{
			MiniProgramsAppID: string(m.AppID), MiniProgramsPath: m.Path, EntranceWords: m.EntranceText, GuidingWords: m.GuidingText,
		}
	}
	return answer
}

// displayAnswer shows how a card looks. A logo that was not given is the platform's, an
// image that was not given is empty (4.6, seen live).
func displayAnswer(d *coupon.Display, merchantName string) *busifavor.DisplayPatternInfo {
	answer := &busifavor.DisplayPatternInfo{
		Description:     d.Description,
		MerchantLogoURL: d.LogoURL,
		MerchantName:    merchantName,
		BackgroundColor: d.Color,
		CouponImageURL:  d.ImageURL,
	}
	if answer.MerchantLogoURL == "" {
		answer.MerchantLogoURL = picture.DefaultLogo
	}
	if f := d.Finder; f != nil {
		answer.FinderInfo = &busifavor.FinderInfo{FinderID: f.ID, FinderVideoID: f.VideoID, FinderVideoCoverImageURL: f.CoverImageURL}
	}
	return answer
}

func notifyConfig(a merchant.AppID) *busifavor.NotifyConfig {
	if a == "" {
		return nil
	}
	return &busifavor.NotifyConfig{NotifyAppID: string(a)}
}

// sendCount shows how much was issued (4.8): amounts only where coupons have one, today's
// figures only where a day has a limit, in coupons or in fen.
func sendCount(s *coupon.Stock, c coupon.Counters) *busifavor.SendCountInformation {
	info := &busifavor.SendCountInformation{TotalSendNum: c.Issued, TotalSendAmount: amount(s, c.Issued)}
	if s.Limits.MaxPerDay > 0 || s.Limits.MaxAmountPerDay > 0 {
		info.TodaySendNum, info.TodaySendAmount = &c.IssuedToday, amount(s, c.IssuedToday)
	}
	return info
}

func amount(s *coupon.Stock, issued int64) *int64 {
	fen, ok := s.AmountOf(issued)
	if !ok {
		return nil
	}
	n := int64(fen)
	return &n
}

func boolOf(f coupon.Flag) *bool {
	if f == coupon.Unset {
		return nil
	}
	b := f == coupon.Yes
	return &b
}
