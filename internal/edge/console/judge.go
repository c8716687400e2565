package console

import (
	"context"
	"time"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/busifavor/issue"
	"github.com/favord/favord/internal/favor/send"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

// offered is a stock that users may claim of: one that is there, or one that is drafted.
type offered struct {
	coupon  *coupon.Stock
	voucher *voucher.Stock
	drafted bool
	creator merchant.ID
}

func (s *Server) judgeClaims(ctx context.Context, req *manage.JudgeClaimsRequest) (any, error) {
	of, err := s.offered(ctx, req)
	if err != nil {
		return nil, err
	}
	if req.MchID == "" {
		req.MchID = string(of.creator)
	}
	if _, err := s.Registry.Merchant(ctx, merchant.ID(req.MchID)); err != nil {
		return nil, err
	}
	at := req.At.Time
	if at.IsZero() {
		at = s.businessTime(of.creator)
	}
	answer := &manage.JudgedClaims{At: schema.TimeOf(at), MchID: req.MchID, Users: []manage.JudgedClaim{}}
	for _, id := range req.OpenIDs {
		list, err := s.judge(ctx, req, &of, user.OpenID(id), at)
		if err != nil {
			return nil, err
		}
		answer.Users = append(answer.Users, judgedClaim(id, list))
	}
	return answer, nil
}

// offered finds the stock that is asked about.
func (s *Server) offered(ctx context.Context, req *manage.JudgeClaimsRequest) (offered, error) {
	favor := merchant.Product(req.Product) == merchant.Favor
	switch {
	case req.StockID != "" && favor:
		view, err := s.Promotion.Show(ctx, voucher.StockID(req.StockID))
		return offered{voucher: &view.Stock, creator: view.Stock.Creator}, err
	case req.StockID != "":
		view, err := s.Campaign.Show(ctx, coupon.StockID(req.StockID))
		return offered{coupon: &view.Stock, creator: view.Stock.Creator}, err
	case req.Body == "":
		return offered{}, fault.Missing("stock_id")
	case req.MchID == "":
		return offered{}, fault.Missing("mchid")
	}
	if _, err := s.Registry.Merchant(ctx, merchant.ID(req.MchID)); err != nil {
		return offered{}, err
	}
	got, err := s.Examine(ctx, Draft{MchID: merchant.ID(req.MchID), Product: merchant.Product(req.Product), Body: []byte(req.Body)})
	return offered{coupon: got.Coupon, voucher: got.Voucher, drafted: true, creator: merchant.ID(req.MchID)}, err
}

// judge asks every rule about one user.
func (s *Server) judge(
	ctx context.Context, req *manage.JudgeClaimsRequest, of *offered, id user.OpenID, at time.Time,
) ([]fault.Judgement, error) {
	if of.voucher != nil {
		var draft *voucher.Stock
		if of.drafted {
			draft = of.voucher
		}
		return s.Grant.Judge(ctx, send.ClaimCommand{
			Door: doorOf(req.Channel), Sender: merchant.ID(req.MchID), AppID: merchant.AppID(req.AppID), OpenID: id,
			StockID: of.voucher.ID, At: at,
		}, draft)
	}
	var draft *coupon.Stock
	if of.drafted {
		draft = of.coupon
	}
	cmd := issue.ClaimCommand{
		Channel: coupon.Channel(req.Channel), Sender: merchant.ID(req.MchID), AppID: merchant.AppID(req.AppID), OpenID: id,
		StockID: of.coupon.ID, At: at,
	}
	if cmd.Channel == "" {
		cmd.Channel = coupon.ChannelAPI
	}
	return s.Issue.Judge(ctx, cmd, draft)
}

// doorOf is the door that a channel of vouchers is.
func doorOf(channel string) send.Door {
	switch channel {
	case "H5":
		return send.DoorH5
	case "MINIAPP":
		return send.DoorMiniApp
	}
	return send.DoorCall
}

func judgedClaim(id string, list []fault.Judgement) manage.JudgedClaim {
	judged := manage.JudgedClaim{OpenID: id, Works: true, Rules: []manage.Judgement{}}
	for _, j := range list {
		judged.Works = judged.Works && j.Passed
		judged.Rules = append(judged.Rules, manage.Judgement{Rule: j.Rule, Passed: j.Passed, TextZH: j.Text.ZH, TextEN: j.Text.EN})
	}
	return judged
}
