package coupon

import (
	"fmt"
	"time"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/planted"
	"github.com/favord/favord/internal/rule/user"
)

// ruling is what one rule says of a claim.
type ruling struct {
	rule    string
	refusal Refusal
	broken  bool
}

// rulings are those of all rules, in the order of 10.2.
func (s *Stock) rulings(c Counters, u *user.User, held int64, now time.Time) [7]ruling {
	quota := "QUOTA"
	if s.Limits.NaturalPerson == Yes {
		quota = "PERSON"
	}
	return [...]ruling{
		{"PERIOD", RefusedExpired, now.After(s.Validity.End)},
		{"STATE", RefusedNotRunning, s.State != StockRunning},
		{"ABUSE", RefusedFailed, s.Limits.PreventAbuse == Yes && u.Suspicious},
		{quota, s.Limits.quotaRefusal(), held >= s.Limits.MaxPerUser+planted.CouponUser.One()},
		{"DAY", RefusedDayLimit, s.Limits.MaxPerDay > 0 && c.IssuedToday >= s.Limits.MaxPerDay+planted.CouponDay.One() ||
			s.exceeds(s.Limits.MaxAmountPerDay, c.IssuedToday)},
		{"TOTAL", RefusedNotEnough, c.Issued >= s.Limits.MaxCoupons+planted.CouponTotal.One() || s.exceeds(s.Limits.MaxAmount, c.Issued)},
		{"CODES", RefusedNotEnough, s.CodeMode == CodesByUpload && c.FreeCodes <= 0},
	}
}

// Admit decides whether the stock may issue one more coupon at now to u, whose
// quota holder has held coupons of it before. The counters must be those of
// today. The first rule that is broken decides.
func (s *Stock) Admit(c Counters, u *user.User, held int64, now time.Time) Refusal {
	rulings := s.rulings(c, u, held, now)
	for i := range rulings {
		if rulings[i].broken {
			return rulings[i].refusal
		}
	}
	return Admitted
}

// Judge lists what every rule of [Stock.Admit] says, and not only the first that refuses.
func (s *Stock) Judge(c Counters, u *user.User, held int64, now time.Time) []fault.Judgement {
	var list []fault.Judgement
	for _, r := range s.rulings(c, u, held, now) {
		if r.rule == "CODES" && s.CodeMode != CodesByUpload {
			continue
		}
		list = append(list, fault.Judgement{Rule: r.rule, Passed: !r.broken, Text: s.said(r, c, held)})
	}
	return list
}

// said says a state in words.
func (s StockState) said() fault.Text {
	switch s {
	case StockUnaudited:
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
func (s *Stock) said(r ruling, c Counters, held int64) fault.Text {
	switch r.rule {
	case "PERIOD":
		end := s.Validity.End.In(day.Beijing()).Format(time.DateTime)
		return fault.Text{ZH: "批次于" + end + "结束", EN: "The stock ends at " + end + " (Beijing)."}
	case "STATE":
		return s.State.said()
	case "ABUSE":
		return s.Limits.saidOfAbuse(r.broken)
	case "DAY":
		return s.saidOfDay(r.broken, c)
	case "TOTAL":
		return part("总共已发", "Issued", c.Issued, s.Limits.MaxCoupons)
	case "CODES":
		return fault.Text{ZH: fmt.Sprintf("可用券code剩%d个", c.FreeCodes), EN: fmt.Sprintf("%d codes are left.", c.FreeCodes)}
	case "PERSON":
		return part("同一自然人已领", "The person has", held, s.Limits.MaxPerUser)
	}
	return part("该用户已领", "The user has", held, s.Limits.MaxPerUser)
}

// part says how much of a limit is used.
func part(zh, en string, n, most int64) fault.Text {
	return fault.Text{ZH: fmt.Sprintf("%s%d / %d张", zh, n, most), EN: fmt.Sprintf("%s %d of %d.", en, n, most)}
}

func (s *Stock) saidOfDay(broken bool, c Counters) fault.Text { //nolint:revive // it is a finding, not a flag
	if s.Limits.MaxPerDay == 0 && s.Limits.MaxAmountPerDay == 0 {
		return fault.Text{ZH: "没有单日上限", EN: "There is no limit per day."}
	}
	said := fault.Text{ZH: fmt.Sprintf("当天已发%d张", c.IssuedToday), EN: fmt.Sprintf("Issued on the day: %d.", c.IssuedToday)}
	if s.Limits.MaxPerDay > 0 {
		said = part("当天已发", "Issued on the day:", c.IssuedToday, s.Limits.MaxPerDay)
	}
	if broken {
		said.ZH, said.EN = said.ZH+"，次日00:00恢复", said.EN+" It goes on at 00:00."
	}
	return said
}

func (l *Limits) saidOfAbuse(broken bool) fault.Text {
	switch {
	case broken:
		return fault.Text{ZH: "该用户是可疑账号，批次拦截可疑账号", EN: "The account is suspicious, and the stock refuses those."}
	case l.PreventAbuse == Yes:
		return fault.Text{ZH: "该用户不是可疑账号", EN: "The account is not suspicious."}
	}
	return fault.Text{ZH: "批次不拦截可疑账号", EN: "The stock does not refuse suspicious accounts."}
}
