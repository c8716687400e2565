package coupon

import (
	"errors"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/base/planted"
	"github.com/favord/favord/internal/rule/user"
)

// Counters are how much of a stock was given out. They never go down: a return, a
// deactivation or a deletion gives no quota back (5.2).
type Counters struct {
	// Issued is over the life of the stock.
	Issued int64
	// Day is the day that IssuedToday belongs to.
	Day         day.Day
	IssuedToday int64
	// Codes and FreeCodes count uploaded codes, for CodesByUpload.
	Codes     int64
	FreeCodes int64
}

// On returns the counters as of day d: another day starts from nothing.
func (c Counters) On(d day.Day) Counters {
	if c.Day != d && !planted.CouponYesterday.In() {
		c.Day, c.IssuedToday = d, 0
	}
	return c
}

// Refusal says why one coupon is not issued, in the words of the issuing channels
// (10.1). The empty Refusal means that it is.
type Refusal string

// The refusals.
const (
	Admitted          Refusal = ""
	RefusedFailed     Refusal = "FAILED"
	RefusedNotEnough  Refusal = "NOTENOUGH"
	RefusedDayLimit   Refusal = "DAYLIMIT"
	RefusedPerson     Refusal = "NATURELIMIT"
	RefusedQuota      Refusal = "MAXQUOTA"
	RefusedNotRunning Refusal = "NOTRUNNING"
	RefusedExpired    Refusal = "EXPIRED"
)

// Fault returns the refusal as the issuing call reports it (B9: 403 RULE_LIMIT
// with the text of 10.1).
func (r Refusal) Fault() *fault.Error {
	t := r.text()
	f := fault.New(fault.Limited, t.ZH, t.EN)
	if r == RefusedQuota {
		return f.Numbered(numberQuota)
	}
	return f
}

// RefusalOf returns the refusal in the chain of err, [Admitted] when there is none.
func RefusalOf(err error) Refusal {
	for _, r := range Refusals() {
		if errors.Is(err, r.Fault()) {
			return r
		}
	}
	return Admitted
}

// Refusals lists every refusal.
func Refusals() []Refusal {
	return []Refusal{
		RefusedFailed, RefusedNotEnough, RefusedDayLimit, RefusedPerson, RefusedQuota, RefusedNotRunning, RefusedExpired,
	}
}

func (r Refusal) text() fault.Text {
	switch r {
	case RefusedNotEnough:
		return fault.Text{ZH: "总预算用完", EN: "All coupons of the stock have been issued."}
	case RefusedDayLimit:
		return fault.Text{ZH: "用户达到单天限领", EN: "The stock has reached its limit for today."}
	case RefusedPerson:
		return fault.Text{ZH: "用户自然人限领", EN: "The person behind the user has reached the limit per person."}
	case RefusedQuota:
		return fault.Text{ZH: "用户领取张数达到上限", EN: "The user has reached the limit per user."}
	case RefusedNotRunning:
		return fault.Text{ZH: "批次状态非运营中", EN: "The stock is not running."}
	case RefusedExpired:
		return fault.Text{ZH: "该批次已过期", EN: "The stock has ended."}
	case RefusedFailed, Admitted:
	}
	return fault.Text{ZH: "发券失败，该用户被限制领取", EN: "The coupon was not issued: the user is barred from claiming."}
}

// QuotaHolder returns under which id the coupons of u count for MaxPerUser.
func (l *Limits) QuotaHolder(u *user.User) user.ID {
	if l.NaturalPerson == Yes && !planted.CouponPerson.In() {
		return u.Person
	}
	return u.ID
}

func (l *Limits) quotaRefusal() Refusal {
	if l.NaturalPerson == Yes {
		return RefusedPerson
	}
	return RefusedQuota
}

// exceeds reports whether one coupon more than issued would go beyond a budget in
// money, which only counts for fixed amounts; 0 means no budget.
func (s *Stock) exceeds(budget fen.Fen, issued int64) bool {
	if budget == 0 || s.Type != TypeNormal {
		return false
	}
	spent, ok := s.Benefit.Discount.Times(issued + 1 - planted.CouponBudget.One())
	return !ok || spent > budget
}

// Issue counts one coupon of the stock.
func (c Counters) Issue(mode CodeMode) Counters {
	c.Issued++
	c.IssuedToday++
	if mode == CodesByUpload {
		c.FreeCodes--
	}
	return c
}

// AmountOf returns the money value of n issued coupons, and false for stocks whose
// coupons have no fixed amount (4.8).
func (s *Stock) AmountOf(n int64) (fen.Fen, bool) {
	if s.Type != TypeNormal {
		return 0, false
	}
	return s.Benefit.Discount.Times(n)
}
