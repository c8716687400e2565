package send

import (
	"context"
	"fmt"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// Judge lists what every rule says of a voucher that is to be given out at the time of the command,
// and not only the first that refuses. A draft stands for a stock that is not created yet: it
// counts as running, with nothing sent. Nothing is changed and nothing is promised.
func (s *Service) Judge(ctx context.Context, cmd ClaimCommand, draft *voucher.Stock) (list []fault.Judgement, err error) {
	var p parties
	if draft == nil {
		p, err = s.enter(ctx, cmd)
	} else {
		p, err = s.enterDraft(ctx, cmd, *draft)
	}
	if err != nil {
		return judgedBy("RIGHT", err)
	}
	if cmd.At.IsZero() {
		cmd.At = s.config.Clock.For(string(p.stock.Creator)).Now()
	}
	one := sheet{stock: p.stock, now: cmd.At}
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		list, err = s.judge(ctx, tx, &one, &p.claim)
		return err
	})
	if err != nil {
		return judgedBy("USER", err)
	}
	return list, nil
}

// judgedBy is the judgement of a rule that decides before all others. What is wrong with the server
// stays an error.
func judgedBy(rule string, err error) ([]fault.Judgement, error) {
	refusal := fault.Of(err)
	if refusal.Kind == fault.Internal || refusal.Kind == fault.Unclear {
		return nil, fmt.Errorf("judge voucher: %w", err)
	}
	return []fault.Judgement{{Rule: rule, Text: refusal.Text}}, nil
}

// enterDraft is enter for a stock that the sender has not created yet.
func (s *Service) enterDraft(ctx context.Context, cmd ClaimCommand, stock voucher.Stock) (p parties, err error) {
	stock.StockKey, stock.State = voucher.StockKey{Creator: cmd.Sender}, voucher.StockRunning
	p.stock = stock
	if p.creator, err = s.config.Directory.Merchant(ctx, cmd.Sender); err != nil {
		return p, err
	}
	appid := cmd.AppID
	if appid == "" {
		if appid, err = s.config.Directory.AppIDOf(ctx, cmd.OpenID, &p.creator); err != nil {
			return p, err
		}
	}
	p.claim = claim{door: cmd.Door, stock: stock.StockKey, sender: cmd.Sender, appid: appid, openid: cmd.OpenID}
	return p, merchant.CheckAppID(appid, &p.creator)
}

// judge reads what the rules depend on; of a stock that is not there, what the user got of the
// merchant's other stocks this month.
func (s *Service) judge(ctx context.Context, tx store.ReadTx, one *sheet, c *claim) ([]fault.Judgement, error) {
	there := c.stock.ID != ""
	u, err := s.config.Users.Resolve(ctx, tx, c.appid, c.openid)
	if err != nil {
		return nil, err
	}
	if there {
		if one.stock, err = tx.VoucherStock(ctx, c.stock.ID); err != nil {
			return nil, err
		}
	}
	asked, err := s.asked(ctx, tx, one, &u)
	if err != nil {
		return nil, err
	}
	counters := map[voucher.StockKey]voucher.Counters{}
	if there {
		if counters, err = tx.VoucherCounters(ctx, []voucher.StockKey{c.stock}, day.Of(one.now)); err != nil {
			return nil, err
		}
	}
	right := fault.Judgement{Rule: "RIGHT", Passed: true, Text: fault.Text{ZH: "商户可以发放该批次", EN: "The merchant may send the stock."}}
	return append([]fault.Judgement{right}, one.stock.Judge(counters[c.stock], asked, s.config.MonthlyMost)...), nil
}
