package coupon

import (
	"time"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/planted"
)

// Budget asks for another quantity of a stock, either in all or per day, provided that
// it is still what the caller believes (B4). A target of 0 is not given; nil is a current
// value that is not given.
type Budget struct {
	MaxCoupons        int64
	CurrentMaxCoupons *int64
	MaxPerDay         int64
	CurrentMaxPerDay  *int64
}

// Refusals of a budget (B4).
var (
	ErrOneTarget = fault.New(fault.Invalid,
		"目标批次最大发放个数与目标单天发放上限个数必须且只能填写一个",
		"Exactly one of target_max_coupons and target_max_coupons_by_day must be given and above 0.")
	ErrBudgetStale = fault.New(fault.Refused,
		"批次库存的当前值错误，请获取批次详情查看最新值",
		"The current value has changed. Query the stock and try again with its value.")
	ErrBelowIssued = fault.New(fault.Refused,
		"目标批次最大发放个数不能小于已发放个数", "The stock has issued more coupons than target_max_coupons.")
)

// Check reports what is missing or too much.
func (b *Budget) Check() error {
	switch {
	case b.MaxCoupons > 0 && b.MaxPerDay > 0, b.MaxCoupons == 0 && b.MaxPerDay == 0:
		return ErrOneTarget
	case b.MaxCoupons > 0 && b.CurrentMaxCoupons == nil:
		return fault.Missing("current_max_coupons")
	case b.MaxPerDay > 0 && b.CurrentMaxPerDay == nil:
		return fault.Missing("current_max_coupons_by_day")
	}
	return nil
}

// Effective returns the budget without what has no effect: the current value beside a
// target that is not given. What is left is what two equal requests share.
func (b *Budget) Effective() Budget {
	if b.MaxCoupons > 0 {
		return Budget{MaxCoupons: b.MaxCoupons, CurrentMaxCoupons: b.CurrentMaxCoupons}
	}
	return Budget{MaxPerDay: b.MaxPerDay, CurrentMaxPerDay: b.CurrentMaxPerDay}
}

// SetBudget changes a quantity of a stock that has issued what c counts, or refuses. The
// budget was checked. A limit per day may go below what was issued today: then the day
// gives no more.
func (s *Stock) SetBudget(c Counters, b *Budget, now time.Time) error {
	if err := s.CheckChangeable(now); err != nil {
		return err
	}
	if b.MaxCoupons == 0 {
		if *b.CurrentMaxPerDay != s.Limits.MaxPerDay {
			return ErrBudgetStale.At("current_max_coupons_by_day", *b.CurrentMaxPerDay)
		}
		s.Limits.MaxPerDay = b.MaxPerDay
		return nil
	}
	if *b.CurrentMaxCoupons != s.Limits.MaxCoupons && !planted.BudgetStale.In() {
		return ErrBudgetStale.At("current_max_coupons", *b.CurrentMaxCoupons)
	}
	if b.MaxCoupons+planted.BudgetBelow.One() < c.Issued {
		return ErrBelowIssued.At("target_max_coupons", b.MaxCoupons)
	}
	s.Limits.MaxCoupons = b.MaxCoupons
	return nil
}
