package console

import (
	"context"

	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/busifavor/card"
	"github.com/favord/favord/internal/platform/ledger"
	"github.com/favord/favord/internal/platform/order"
	"github.com/favord/favord/internal/platform/registry"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

func (s *Server) moneyHandlers() map[string]handler {
	return map[string]handler{
		manage.GetBalance:   bound(s.getBalance),
		manage.FundBalance:  bound(s.fundBalance),
		manage.ReportOrder:  bound(s.reportOrder),
		manage.GetOrder:     bound(s.getOrder),
		manage.JoinBrand:    bound(s.joinBrand),
		manage.RegisterCard: bound(s.registerCard),
	}
}

func (s *Server) getBalance(ctx context.Context, req *manage.GetBalanceRequest) (any, error) {
	shown, err := s.Ledger.Show(ctx, merchant.ID(req.MchID), req.Offset, int64(pageSize(req.Limit)))
	if err != nil {
		return nil, err
	}
	answer := &manage.Balance{MchID: req.MchID, Balance: int64(shown.Balance), Postings: []manage.Posting{}}
	for _, p := range shown.Postings {
		answer.Postings = append(answer.Postings, manage.Posting{
			Account: string(p.Name), Amount: int64(p.Amount), Reference: p.Reference, Time: schema.TimeOf(p.At),
		})
	}
	return answer, nil
}

func (s *Server) fundBalance(ctx context.Context, req *manage.FundBalanceRequest) (any, error) {
	funded, err := s.Ledger.Fund(ctx, ledger.FundCommand{
		Merchant: merchant.ID(req.MchID), Amount: fen.Fen(req.Amount), RequestNo: req.RequestNo, Actor: actorOf(ctx),
	})
	if err != nil {
		return nil, err
	}
	return &manage.FundedBalance{MchID: req.MchID, Balance: int64(funded.Balance), Time: schema.TimeOf(funded.At)}, nil
}

func (s *Server) reportOrder(ctx context.Context, req *manage.ReportOrderRequest) (any, error) {
	o, err := s.Order.Report(ctx, order.ReportCommand{
		Merchant: merchant.ID(req.MchID), TransactionID: req.TransactionID, OutTradeNo: req.OutTradeNo,
		Amount: fen.Fen(req.Amount), Refunded: fen.Fen(req.Refunded), ProfitSharing: req.ProfitSharing, Actor: actorOf(ctx),
	})
	if err != nil {
		return nil, err
	}
	return orderAnswer(&o), nil
}

func (s *Server) getOrder(ctx context.Context, req *manage.OrderRequest) (any, error) {
	o, err := s.Order.Show(ctx, req.TransactionID)
	if err != nil {
		return nil, err
	}
	return orderAnswer(&o), nil
}

func orderAnswer(o *coupon.Order) *manage.Order {
	return &manage.Order{
		TransactionID: o.TransactionID, MchID: string(o.Merchant), OutTradeNo: o.OutTradeNo,
		Amount: int64(o.Amount), Refunded: int64(o.Refunded), ProfitSharing: o.ProfitSharing,
		Subsidized: int64(o.Subsidized), Subsidies: o.Subsidies,
	}
}

func (s *Server) joinBrand(ctx context.Context, req *manage.JoinBrandRequest) (any, error) {
	if err := s.Registry.JoinBrand(ctx, registry.Membership{Actor: actorOf(ctx), Merchant: merchant.ID(req.MchID), Brand: req.Brand}); err != nil {
		return nil, err
	}
	return &manage.Membership{MchID: req.MchID, Brand: req.Brand}, nil
}

func (s *Server) registerCard(ctx context.Context, req *manage.RegisterCardRequest) (any, error) {
	if err := s.Card.Register(ctx, card.RegisterCommand{
		Owner: merchant.ID(req.MchID), CardID: req.CardID, AppID: merchant.AppID(req.AppID), Actor: actorOf(ctx),
	}); err != nil {
		return nil, err
	}
	return &manage.Card{CardID: req.CardID, MchID: req.MchID, AppID: req.AppID}, nil
}
