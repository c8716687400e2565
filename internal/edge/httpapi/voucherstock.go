package httpapi

import (
	"context"
	"slices"
	"time"

	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/favor/stocks"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store/once"
	"github.com/favord/favord/wire/favor"
	"github.com/favord/favord/wire/schema"
)

func (s *Server) voucherStockHandlers() map[string]handler {
	return map[string]handler{
		favor.CreateStock:   bound(s.createVoucherStock),
		favor.StartStock:    boundOnce(s.startVoucherStock),
		favor.PauseStock:    boundOnce(s.pauseVoucherStock),
		favor.RestartStock:  boundOnce(s.restartVoucherStock),
		favor.StopStock:     boundOnce(s.stopVoucherStock),
		favor.ListStocks:    bound(s.listVoucherStocks),
		favor.GetStock:      bound(s.getVoucherStock),
		favor.ListMerchants: bound(s.listVoucherMerchants),
		favor.ListItems:     bound(s.listVoucherItems),
		favor.ModifyGoods:   boundOnce(s.modifyVoucherGoods),
	}
}

// createVoucherStock is favor 4.1.
func (s *Server) createVoucherStock(ctx context.Context, c *call, req *favor.CreateStockRequest) (any, error) {
	created, err := s.Promotion.Create(ctx, stocks.CreateCommand{
		Caller: c.caller(), Belong: merchant.ID(req.BelongMerchant), RequestNo: req.OutRequestNo, Stock: voucherStockOf(req),
	})
	if err != nil {
		return nil, err
	}
	return &favor.CreateStockResponse{StockID: string(created.StockID), CreateTime: schema.TimeOf(created.CreatedAt)}, nil
}

// startVoucherStock is favor 4.2.
func (s *Server) startVoucherStock(ctx context.Context, c *call, signed once.Call, req *favor.CommandRequest) (any, error) {
	at, err := s.Promotion.Start(ctx, signedCommand(c, signed, req.StockID, req.StockCreatorMchID))
	return answerUnless(err, &favor.StartStockResponse{StartTime: schema.TimeOf(at), StockID: req.StockID})
}

// pauseVoucherStock is favor 4.3.
func (s *Server) pauseVoucherStock(ctx context.Context, c *call, signed once.Call, req *favor.CommandRequest) (any, error) {
	at, err := s.Promotion.Pause(ctx, signedCommand(c, signed, req.StockID, req.StockCreatorMchID))
	return answerUnless(err, &favor.PauseStockResponse{PauseTime: schema.TimeOf(at), StockID: req.StockID})
}

// restartVoucherStock is favor 4.4.
func (s *Server) restartVoucherStock(ctx context.Context, c *call, signed once.Call, req *favor.CommandRequest) (any, error) {
	at, err := s.Promotion.Restart(ctx, signedCommand(c, signed, req.StockID, req.StockCreatorMchID))
	return answerUnless(err, &favor.RestartStockResponse{RestartTime: schema.TimeOf(at), StockID: req.StockID})
}

// stopVoucherStock is favor 4.5.
func (s *Server) stopVoucherStock(ctx context.Context, c *call, signed once.Call, req *favor.CommandRequest) (any, error) {
	at, err := s.Promotion.Stop(ctx, signedCommand(c, signed, req.StockID, req.StockCreatorMchID))
	return answerUnless(err, &favor.StopStockResponse{StopTime: schema.TimeOf(at), StockID: req.StockID})
}

// modifyVoucherGoods is favor 4.10.
func (s *Server) modifyVoucherGoods(ctx context.Context, c *call, signed once.Call, req *favor.ModifyGoodsRequest) (any, error) {
	remove := slices.Concat(req.DeleteGoodsIDList, req.DeleteGoodsIDListSample)
	at, err := s.Promotion.ChangeGoods(ctx, signedCommand(c, signed, req.StockID, req.StockCreatorMchID), remove, req.AddGoodsIDList)
	effect := schema.TimeOf(at)
	return answerUnless(err, &favor.ModifyGoodsResponse{PauseTime: effect, EffectTime: effect, StockID: req.StockID})
}

// answerUnless is the answer of a call that did not fail.
func answerUnless(err error, answer any) (any, error) {
	if err != nil {
		return nil, err
	}
	return answer, nil
}

func commandOf(c *call, stock, creator string) stocks.Command {
	return stocks.Command{Caller: c.caller(), Creator: merchant.ID(creator), StockID: voucher.StockID(stock)}
}

// signedCommand is a command that changes something.
func signedCommand(c *call, signed once.Call, stock, creator string) stocks.Command {
	cmd := commandOf(c, stock, creator)
	cmd.Call = signed
	return cmd
}

// listVoucherStocks is favor 4.6.
func (s *Server) listVoucherStocks(ctx context.Context, c *call, req *favor.ListStocksRequest) (any, error) {
	views, total, err := s.Promotion.Stocks(ctx, stocks.ListQuery{
		Caller: c.caller(), Creator: merchant.ID(req.StockCreatorMchID),
		From: req.CreateStartTime.Time, To: req.CreateEndTime.Time, State: voucher.StockState(req.Status),
		Page: stocks.Page{Number: *req.Offset, Size: req.Limit},
	})
	if err != nil {
		return nil, err
	}
	answer := &favor.ListStocksResponse{TotalCount: total, Data: []favor.Stock{}, Limit: req.Limit, Offset: *req.Offset}
	for i := range views {
		answer.Data = append(answer.Data, voucherStockAnswer(&views[i]))
	}
	return answer, nil
}

// getVoucherStock is favor 4.7.
func (s *Server) getVoucherStock(ctx context.Context, c *call, req *favor.GetStockRequest) (any, error) {
	view, err := s.Promotion.Stock(ctx, commandOf(c, req.StockID, req.StockCreatorMchID))
	if err != nil {
		return nil, err
	}
	answer := voucherStockAnswer(&view)
	return &answer, nil
}

// listVoucherMerchants is favor 4.8.
func (s *Server) listVoucherMerchants(ctx context.Context, c *call, req *favor.ListMerchantsRequest) (any, error) {
	page := stocks.Page{Number: *req.Offset, Size: req.Limit}
	merchants, total, err := s.Promotion.Merchants(ctx, commandOf(c, req.StockID, req.StockCreatorMchID), page)
	return answerUnless(err, &favor.ListNamesResponse{
		TotalCount: total, Data: texts(merchants), Offset: page.Number, Limit: page.Size, StockID: req.StockID,
	})
}

// listVoucherItems is favor 4.9.
func (s *Server) listVoucherItems(ctx context.Context, c *call, req *favor.ListItemsRequest) (any, error) {
	page := stocks.Page{Number: *req.Offset, Size: req.Limit}
	items, total, err := s.Promotion.Items(ctx, commandOf(c, req.StockID, req.StockCreatorMchID), page)
	return answerUnless(err, &favor.ListNamesResponse{
		TotalCount: total, Data: texts(items), Offset: page.Number, Limit: page.Size, StockID: req.StockID,
	})
}

// texts returns ids as texts, an empty list for none.
func texts[T ~string](ids []T) []string {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = string(id)
	}
	return list
}

// voucherStockOf turns a request into the stock that it asks for.
func voucherStockOf(req *favor.CreateStockRequest) voucher.Stock {
	rule, use := &req.StockUseRule, &req.CouponUseRule
	stock := voucher.Stock{
		Name: req.StockName, Comment: req.Comment, ExtInfo: req.ExtInfo, NoCash: req.NoCash,
		Begin: req.AvailableBeginTime.Time, End: req.AvailableEndTime.Time,
		Face: fen.Fen(use.FixedNormalCoupon.CouponAmount), Threshold: fen.Fen(use.FixedNormalCoupon.TransactionMinimum),
		Display: voucherDisplayOf(req.PatternInfo),
		Limits: voucher.Limits{
			MaxCoupons: rule.MaxCoupons, MaxAmount: fen.Fen(rule.MaxAmount), MaxAmountPerDay: fen.Fen(rule.MaxAmountByDay),
			MaxPerUser: int64(rule.MaxCouponsPerUser), NaturalPerson: rule.NaturalPersonLimit, PreventAbuse: rule.PreventAPIAbuse,
		},
		Times:         voucherTimesOf(use.CouponAvailableTime),
		Payment:       voucherPaymentOf(use),
		Items:         unique(use.AvailableItems),
		ExcludedItems: unique(use.UnavailableItems),
	}
	for _, id := range unique(use.AvailableMerchants) {
		stock.Merchants = append(stock.Merchants, merchant.ID(id))
	}
	return stock
}

// unique drops what comes again.
func unique(list []string) []string {
	seen := make(map[string]bool, len(list))
	var kept []string
	for _, entry := range list {
		if !seen[entry] {
			seen[entry] = true
			kept = append(kept, entry)
		}
	}
	return kept
}

func voucherDisplayOf(p *favor.PatternInfo) voucher.Display {
	if p == nil {
		return voucher.Display{}
	}
	return voucher.Display{
		Description: p.Description, LogoURL: p.MerchantLogo, Brand: p.MerchantName, Color: p.BackgroundColor,
		ImageURL: p.CouponImage, JumpTarget: p.JumpTarget,
		MiniProgramAppID: merchant.AppID(p.MiniProgramAppID), MiniProgramPath: p.MiniProgramPath,
	}
}

func voucherTimesOf(available *favor.CouponAvailableTime) voucher.Times {
	if available == nil {
		return voucher.Times{}
	}
	times := voucher.Times{NextDay: available.SecondDayAvailable}
	if minutes := available.AvailableTimeAfterReceive; minutes != nil {
		times.Minutes = new(int64(*minutes))
	}
	if fixed := available.FixAvailableTime; fixed != nil {
		times.Fixed = &voucher.Fixed{Begin: int(fixed.BeginTime), End: voucher.LastSecond}
		if fixed.EndTime != nil {
			times.Fixed.End = int(*fixed.EndTime)
		}
		for _, day := range fixed.AvailableWeekDay {
			times.Fixed.WeekDays = append(times.Fixed.WeekDays, int(day))
		}
	}
	return times
}

func voucherPaymentOf(use *favor.CouponUseRule) voucher.Payment {
	payment := voucher.Payment{
		GoodsTags: use.GoodsTag, TradeTypes: use.TradeType, Combine: use.CombineUse == nil || *use.CombineUse,
	}
	if len(use.LimitPay) > 0 {
		payment.LimitPay = use.LimitPay[0]
	}
	if use.LimitCard != nil {
		payment.Card = &voucher.Card{Name: use.LimitCard.Name, BINs: use.LimitCard.Bin}
	}
	return payment
}

// voucherStockAnswer shows a stock (favor 4.7): what answers do not return stays inside.
func voucherStockAnswer(v *stocks.View) favor.Stock {
	s := &v.Stock
	return favor.Stock{
		StockID: string(s.ID), StockCreatorMchID: string(s.Creator), StockName: s.Name, Status: string(v.State),
		CreateTime: schema.TimeOf(s.CreatedAt), Description: s.Display.Description,
		StockUseRule: &favor.StockUseLimits{
			MaxCoupons: s.Limits.MaxCoupons, MaxAmount: int64(s.Limits.MaxAmount), MaxAmountByDay: int64(s.Limits.MaxAmountPerDay),
			FixedNormalCoupon: &favor.FixedNormalCoupon{CouponAmount: int64(s.Face), TransactionMinimum: int64(s.Threshold)},
			MaxCouponsPerUser: int32(s.Limits.MaxPerUser), //nolint:gosec // at most 60
			CouponType:        voucherType, GoodsTag: texts(s.Payment.GoodsTags), TradeType: texts(s.Payment.TradeTypes),
			CombineUse: s.Payment.Combine,
		},
		AvailableBeginTime: schema.TimeOf(s.Begin), AvailableEndTime: schema.TimeOf(s.End),
		DistributedCoupons: v.Counters.Sent, NoCash: s.NoCash,
		StartTime: optionalTime(s.StartedAt), StopTime: optionalTime(v.StoppedAt),
		SingleItem: s.SingleItem(), StockType: voucherType,
	}
}

// voucherType is the one type of stocks and vouchers that can be created.
const voucherType = "NORMAL"

// optionalTime leaves a time out that there is not.
func optionalTime(t time.Time) schema.Time {
	if t.IsZero() {
		return schema.Time{}
	}
	return schema.TimeOf(t)
}
