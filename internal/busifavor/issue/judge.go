package issue

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
)

// Judge lists what every rule says of a claim at the time of the command, and not only the first
// that refuses. A draft stands for a stock that is not created yet: it counts as running, with
// nothing issued. Nothing is changed and nothing is promised.
func (s *Service) Judge(ctx context.Context, cmd ClaimCommand, draft *coupon.Stock) ([]fault.Judgement, error) {
	p, c, err := s.judged(ctx, cmd, draft)
	if err != nil {
		return judgedBy("RIGHT", err)
	}
	if cmd.At.IsZero() {
		cmd.At = s.config.Clock.For(string(p.stock.Creator)).Now()
	}
	var list []fault.Judgement
	if err := s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		list, err = s.judge(ctx, tx, p, c, judging{cmd.At, draft == nil})
		return err
	}); err != nil {
		return judgedBy("USER", err)
	}
	return list, nil
}

// judgedBy is the judgement of a rule that decides before all others. What is wrong with the server
// stays an error.
func judgedBy(rule string, err error) ([]fault.Judgement, error) {
	refusal := fault.Of(err)
	if refusal.Kind == fault.Internal || refusal.Kind == fault.Unclear {
		return nil, fmt.Errorf("judge claim: %w", err)
	}
	return []fault.Judgement{{Rule: rule, Text: refusal.Text}}, nil
}

// judged finds who takes part, and reports whether they may.
func (s *Service) judged(ctx context.Context, cmd ClaimCommand, draft *coupon.Stock) (p parties, c claim, err error) {
	var appid merchant.AppID
	if draft == nil {
		p, appid, err = s.enter(ctx, cmd)
	} else {
		p, appid, err = s.enterDraft(ctx, cmd, *draft)
	}
	if err == nil && cmd.Channel == coupon.ChannelAPI {
		err = mayCall(&p.sender)
	}
	if err == nil {
		err = s.admit(ctx, p, appid)
	}
	return p, cmd.claimOf(appid), err
}

// enterDraft is enter for a stock that the sender has not created yet.
func (s *Service) enterDraft(ctx context.Context, cmd ClaimCommand, stock coupon.Stock) (p parties, appid merchant.AppID, err error) {
	stock.Creator, stock.State = cmd.Sender, coupon.StockRunning
	p.stock = stock
	if p.sender, err = s.config.Directory.Merchant(ctx, cmd.Sender); err != nil {
		return p, "", err
	}
	p.belong, err = s.config.Directory.Merchant(ctx, stock.Belong)
	if errors.Is(err, store.ErrNotFound) {
		err = coupon.ErrBelongUnknown
	}
	if err != nil || cmd.AppID != "" {
		return p, cmd.AppID, err
	}
	appid, err = s.config.Directory.AppIDOf(ctx, cmd.OpenID, &p.sender, &p.belong)
	return p, appid, err
}

// judging is when a claim is judged, and whether its stock is there to be read.
type judging struct {
	at    time.Time
	there bool
}

func (s *Service) judge(ctx context.Context, tx store.ReadTx, p parties, c claim, j judging) (list []fault.Judgement, err error) {
	stock, counters, held := p.stock, coupon.Counters{Day: day.Of(j.at)}, int64(0)
	if c.User, err = s.config.Users.Resolve(ctx, tx, c.appid, c.openid); err != nil {
		return nil, err
	}
	if j.there {
		if stock, err = tx.Stock(ctx, stock.ID); err != nil {
			return nil, err
		}
		if _, held, err = given(ctx, tx, &stock, &c); err != nil {
			return nil, err
		}
		if counters, err = tx.Counters(ctx, stock.StockKey, counters.Day); err != nil {
			return nil, err
		}
	} else if stock.CodeMode == coupon.CodesByUpload {
		counters.FreeCodes = 1 // they come before the first claim
	}
	right := fault.Judgement{Rule: "RIGHT", Passed: true, Text: fault.Text{ZH: "商户可以发放该批次", EN: "The merchant may issue the stock."}}
	return append([]fault.Judgement{right}, stock.Judge(counters, &c.User, held, j.at)...), nil
}
