package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
)

// OpenTravel returns the business time of a sandbox, which is as it was left: its settings
// are kept in the file. One process at a time may have it.
func OpenTravel(path string, source clock.Clock) (*clock.Travel, error) {
	settings := map[string]clock.Setting{}
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("business time: %w", err)
	}
	if err == nil {
		if err := json.Unmarshal(text, &settings); err != nil {
			return nil, fault.New(fault.Refused,
				fmt.Sprintf("业务时间文件 %s 已损坏，删除它即回到真实时间", path),
				fmt.Sprintf("The business time file %s is damaged; delete it to return to real time.", path))
		}
	}
	return clock.NewTravel(source, settings, func(s map[string]clock.Setting) error {
		text, err := json.Marshal(s)
		if err != nil {
			return fmt.Errorf("encode settings: %w", err)
		}
		return WritePrivate(path, text)
	}), nil
}

// Clock moves the business time of a sandbox. It is safe for concurrent use.
type Clock struct {
	Travel *clock.Travel
	Store  store.Store
	// Real is the real time, which never moves.
	Real clock.Clock
}

// Action is what to do with a business time.
type Action string

// The actions.
const (
	// Freeze stops the clock, at a time if one is given.
	Freeze Action = "FREEZE"
	// Set moves the clock and lets it run or stand as it did.
	Set Action = "SET"
	// Advance moves the clock by a span, which may be negative.
	Advance Action = "ADVANCE"
	// Run lets a clock that stands run on from there.
	Run Action = "RUN"
	// Resume goes back to the real time.
	Resume Action = "RESUME"
)

// Moment names a time that the sandbox looks up.
type Moment string

// The moments. All but the first belong to a stock or a coupon.
const (
	Midnight    Moment = "MIDNIGHT"
	BeforeStart Moment = "BEFORE_START"
	AtStart     Moment = "START"
	AfterStart  Moment = "AFTER_START"
	BeforeEnd   Moment = "BEFORE_END"
	AtEnd       Moment = "END"
	AfterEnd    Moment = "AFTER_END"
)

// Move asks to change a business time.
type Move struct {
	// Owner is whose; clock.Everybody is that of all who have none of their own.
	Owner  merchant.ID
	Action Action
	// Time is where to, for Set and Freeze; Moment takes its place.
	Time   time.Time
	By     time.Duration
	Moment Moment
	Stock  coupon.StockID
	Coupon coupon.Code
}

// Reading is what a business clock shows.
type Reading struct {
	Owner   merchant.ID
	Setting clock.Setting
	// Business and Real are the two times.
	Business, Real time.Time
}

// earliest and latest bound business times, so that nothing that is calculated from them
// leaves what the wire can carry.
const (
	earliestYear = 2000
	latestYear   = 2200
)

// Refusals of a move.
var (
	ErrNoSpan = fault.New(fault.Invalid,
		"请给出要移动的秒数（seconds），不能为0", "Give the number of seconds to move by; 0 moves nothing.").At("seconds", "")
	ErrUnfit = fault.New(fault.Invalid,
		"该参数不适用于此操作", "This parameter does not go with the action.")
	ErrTwoTimes = fault.New(fault.Invalid,
		"时间（time）与时刻（moment）只能给出一个", "Give a time or a moment, not both.").At("moment", "")
	ErrNoTime = fault.New(fault.Invalid,
		"请给出时间（time）或时刻（moment）", "Give a time or a moment.").At("time", "")
	ErrTimeRange = fault.New(fault.Invalid,
		fmt.Sprintf("业务时间须在 %d 年到 %d 年之间", earliestYear, latestYear),
		fmt.Sprintf("A business time must lie in the years %d to %d.", earliestYear, latestYear)).At("time", "")
	ErrNoSubject = fault.New(fault.Invalid,
		"该时刻需要批次号（stock_id），可再加券code（coupon_code）", "This moment needs stock_id and, for a coupon, coupon_code.").At("stock_id", "")
)

// Show reads a business clock.
func (c *Clock) Show(owner merchant.ID) Reading {
	now, setting := c.Real.Now(), c.Travel.Setting(string(owner))
	return Reading{Owner: owner, Setting: setting, Business: setting.At(now).Truncate(time.Second), Real: now}
}

// Move changes a business clock and reads it.
func (c *Clock) Move(ctx context.Context, m Move) (Reading, error) {
	if err := m.check(); err != nil {
		return Reading{}, err
	}
	if m.Owner != clock.Everybody {
		if err := c.Store.Read(ctx, func(tx store.ReadTx) error {
			_, err := tx.Merchant(ctx, m.Owner)
			return err
		}); errors.Is(err, store.ErrNotFound) {
			return Reading{}, fault.New(fault.NotFound, "商户号不存在", "The merchant does not exist.").At("mchid", string(m.Owner))
		} else if err != nil {
			return Reading{}, err
		}
	}
	target, err := c.target(ctx, &m)
	if err != nil {
		return Reading{}, err
	}
	err = c.Travel.Change(string(m.Owner), func(was clock.Setting, now time.Time) clock.Setting {
		return m.setting(was, now, target)
	})
	return c.Show(m.Owner), err
}

// check refuses what would move nothing, and what would be ignored.
func (m *Move) check() error {
	leads := m.Action == Set || m.Action == Freeze
	for _, one := range []struct {
		given, fits bool
		name        string
	}{
		{m.By != 0, m.Action == Advance, "seconds"},
		{!m.Time.IsZero(), leads, "time"},
		{m.Moment != "", leads, "moment"},
		{m.Stock != "", m.ofSubject(), "stock_id"},
		{m.Coupon != "", m.ofSubject(), "coupon_code"},
	} {
		if one.given && !one.fits {
			return ErrUnfit.At(one.name, "")
		}
	}
	switch {
	case m.Action == Advance && m.By == 0:
		return ErrNoSpan
	case m.Moment != "" && !m.Time.IsZero():
		return ErrTwoTimes
	}
	return nil
}

// ofSubject reports whether a move leads to a moment of a stock or coupon.
func (m *Move) ofSubject() bool { return m.Moment != "" && m.Moment != Midnight }

// setting is the pure part: what a move makes of a setting.
func (m *Move) setting(was clock.Setting, now, target time.Time) clock.Setting {
	frozen := !was.Frozen.IsZero()
	switch m.Action {
	case Freeze:
		return clock.Setting{Frozen: target}
	case Set, Advance:
		if frozen {
			return clock.Setting{Frozen: target}
		}
		return clock.Setting{Offset: target.Sub(now)}
	case Run:
		if frozen {
			return clock.Setting{Offset: was.Frozen.Sub(now)}
		}
		return was
	case Resume:
	}
	return clock.Setting{}
}

// target is where a move leads; Run and Resume have none.
func (c *Clock) target(ctx context.Context, m *Move) (target time.Time, err error) {
	now := c.Travel.For(string(m.Owner)).Now()
	switch {
	case m.Action == Run || m.Action == Resume:
		return now, nil
	case m.Action == Advance:
		target = now.Add(m.By)
	case m.Moment != "":
		if target, err = c.moment(ctx, m, now); err != nil {
			return time.Time{}, err
		}
	case !m.Time.IsZero():
		target = m.Time.Truncate(time.Second)
	case m.Action == Freeze:
		target = now
	default:
		return time.Time{}, ErrNoTime
	}
	if year := target.In(day.Beijing()).Year(); year < earliestYear || year >= latestYear {
		return time.Time{}, ErrTimeRange
	}
	return target, nil
}

// moment looks a time up.
func (c *Clock) moment(ctx context.Context, m *Move, now time.Time) (time.Time, error) {
	if m.Moment == Midnight {
		return (day.Of(now) + 1).Begin(), nil
	}
	if m.Stock == "" {
		return time.Time{}, ErrNoSubject
	}
	start, end, err := c.span(ctx, m)
	if err != nil {
		return time.Time{}, err
	}
	switch m.Moment {
	case BeforeStart:
		return start.Add(-time.Second), nil
	case AtStart:
		return start, nil
	case AfterStart:
		return start.Add(time.Second), nil
	case BeforeEnd:
		return end.Add(-time.Second), nil
	case AfterEnd:
		return end.Add(time.Second), nil
	case AtEnd, Midnight:
	}
	return end, nil
}

// span is from when to when a stock or one of its coupons is good, both included.
func (c *Clock) span(ctx context.Context, m *Move) (start, end time.Time, err error) {
	err = c.Store.Read(ctx, func(tx store.ReadTx) error {
		stock, err := tx.Stock(ctx, m.Stock)
		if errors.Is(err, store.ErrNotFound) {
			return coupon.ErrStockNotFound.At("stock_id", string(m.Stock))
		}
		if err != nil {
			return err
		}
		start, end = stock.Validity.Begin, stock.Validity.End
		if m.Coupon == "" {
			return nil
		}
		one, err := tx.Coupon(ctx, coupon.Key{Stock: stock.StockKey, Code: m.Coupon})
		if errors.Is(err, store.ErrNotFound) {
			return coupon.ErrNotFound.At("coupon_code", string(m.Coupon))
		}
		start, end = one.Life.Start, one.Life.Expire
		return err
	})
	return start, end, err
}
