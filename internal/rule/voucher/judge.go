package voucher

import (
	"fmt"
	"time"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/base/planted"
)

// ruling is what one rule says of a voucher that is to be given out.
type ruling struct {
	rule    string
	refusal *fault.Error
	broken  bool
}

// rulings are those of all rules, in the order of 4.11.
func (s *Stock) rulings(c Counters, a Asked, most fen.Fen) [7]ruling {
	return [...]ruling{
		{"STATE", ErrWrongState, s.State != StockRunning},
		{"PERIOD", ErrOver, a.Now.After(s.End)},
		{"ABUSE", ErrSuspicious, s.Limits.PreventAbuse && a.User.Suspicious},
		{"QUOTA", ErrUserQuota, a.Held >= s.Limits.MaxPerUser+planted.VoucherUser.One()},
		{"MONTH", ErrMonth, most > 0 && a.InMonth+s.Face > most+fen.Fen(planted.VoucherMonth.One())},
		{"DAY", ErrDayBudget, s.Limits.MaxAmountPerDay > 0 && s.exceeds(s.Limits.MaxAmountPerDay, c.SentToday)},
		{"TOTAL", ErrSpent, c.Sent >= s.Limits.MaxCoupons+planted.VoucherTotal.One() || s.exceeds(s.Limits.MaxAmount, c.Sent)},
	}
}

// Admit decides whether the stock may give out one more voucher. The counters must be those
// of today; most is the face value that a user may receive of one creator in a month, 0 for
// no such rule. The first rule that is broken decides.
func (s *Stock) Admit(c Counters, a Asked, most fen.Fen) error {
	rulings := s.rulings(c, a, most)
	for i := range rulings {
		if rulings[i].broken {
			return rulings[i].refusal
		}
	}
	return nil
}

// Judge lists what every rule of [Stock.Admit] says, and not only the first that refuses.
func (s *Stock) Judge(c Counters, a Asked, most fen.Fen) []fault.Judgement {
	var list []fault.Judgement
	for _, r := range s.rulings(c, a, most) {
		if r.rule == "MONTH" && most == 0 {
			continue
		}
		list = append(list, fault.Judgement{Rule: r.rule, Passed: !r.broken, Text: s.said(r, c, a, most)})
	}
	return list
}

// said says a state in words.
func (s StockState) said() fault.Text {
	switch s {
	case StockUnactivated:
		return fault.Text{ZH: "批次未激活", EN: "The stock was not started."}
	case StockAudit:
		return fault.Text{ZH: "批次审核中", EN: "The stock is under review."}
	case StockRunning:
		return fault.Text{ZH: "批次发放中", EN: "The stock is running."}
	case StockPaused:
		return fault.Text{ZH: "批次已暂停", EN: "The stock is paused."}
	case StockStopped:
		return fault.Text{ZH: "批次已停止", EN: "The stock was stopped."}
	}
	return fault.Text{ZH: string(s), EN: string(s)}
}

// said says a ruling in figures.
func (s *Stock) said(r ruling, c Counters, a Asked, most fen.Fen) fault.Text {
	switch r.rule {
	case "STATE":
		return s.State.said()
	case "PERIOD":
		end := s.End.In(day.Beijing()).Format(time.DateTime)
		return fault.Text{ZH: "批次于" + end + "结束", EN: "The stock ends at " + end + " (Beijing)."}
	case "ABUSE":
		return s.Limits.saidOfAbuse(r.broken)
	case "QUOTA":
		return part("该用户已领", "The user has", a.Held, s.Limits.MaxPerUser)
	case "MONTH":
		return amounts("该用户本月已领", "Received this month:", a.InMonth, most)
	case "DAY":
		if s.Limits.MaxAmountPerDay == 0 {
			return fault.Text{ZH: "没有单日上限", EN: "There is no limit per day."}
		}
		return amounts("当天已发", "Sent on the day:", s.Face*fen.Fen(c.SentToday), s.Limits.MaxAmountPerDay)
	}
	return part("总共已发", "Sent", c.Sent, s.Limits.MaxCoupons)
}

// part says how much of a limit is used, amounts how much of one in money.
func part(zh, en string, n, most int64) fault.Text {
	return fault.Text{ZH: fmt.Sprintf("%s%d / %d张", zh, n, most), EN: fmt.Sprintf("%s %d of %d.", en, n, most)}
}

func amounts(zh, en string, n, most fen.Fen) fault.Text {
	const perYuan = 100
	return fault.Text{
		ZH: fmt.Sprintf("%s%d.%02d / %d.%02d元", zh, n/perYuan, n%perYuan, most/perYuan, most%perYuan),
		EN: fmt.Sprintf("%s ¥%d.%02d of ¥%d.%02d.", en, n/perYuan, n%perYuan, most/perYuan, most%perYuan),
	}
}

func (l *Limits) saidOfAbuse(broken bool) fault.Text {
	switch {
	case broken:
		return fault.Text{ZH: "该用户是可疑账号，批次拦截可疑账号", EN: "The account is suspicious, and the stock refuses those."}
	case l.PreventAbuse:
		return fault.Text{ZH: "该用户不是可疑账号", EN: "The account is not suspicious."}
	}
	return fault.Text{ZH: "批次不拦截可疑账号", EN: "The stock does not refuse suspicious accounts."}
}
