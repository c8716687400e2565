package coupon

import (
	"strconv"
	"strings"
	"time"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/fen"
)

// Hindrance is the rule by which a coupon that is in order cannot be redeemed at some time, or
// for some order.
type Hindrance string

// The hindrances; the empty one is none.
const (
	Unhindered       Hindrance = ""
	HinderedNotBegun Hindrance = "NOT_BEGUN"
	HinderedEnded    Hindrance = "ENDED"
	HinderedWeekDay  Hindrance = "WEEK_DAY"
	HinderedDayTime  Hindrance = "DAY_TIME"
	HinderedPeriod   Hindrance = "PERIOD"
	HinderedMinimum  Hindrance = "MINIMUM"
)

// Hindrance returns the first rule by which a coupon with the given life cannot be redeemed at t
// (6.2): all that were given must hold.
func (v *Validity) Hindrance(life Life, t time.Time) Hindrance {
	switch {
	case t.Before(v.Begin) || t.Before(life.Start):
		return HinderedNotBegun
	case t.After(v.End) || t.After(life.Expire):
		return HinderedEnded
	case !v.onWeekDay(t):
		return HinderedWeekDay
	case !v.atDayTime(t):
		return HinderedDayTime
	case !v.inIrregular(t):
		return HinderedPeriod
	}
	return Unhindered
}

// Suits reports whether an order of a total is large enough for the benefit. The call that
// redeems has no amount: whoever takes the money has to look.
func (b *Benefit) Suits(total fen.Fen) bool { return total >= b.Minimum }

// Text says what a hindrance demands, for a coupon with the given life; it is empty for none.
func (s *Stock) Text(h Hindrance, life Life) fault.Text {
	v := &s.Validity
	switch h {
	case HinderedNotBegun:
		at := show(later(v.Begin, life.Start))
		return fault.Text{ZH: "未到可用时间，" + at + " 起可用", EN: "The coupon cannot be used before " + at + "."}
	case HinderedEnded:
		at := show(earlier(v.End, life.Expire))
		return fault.Text{ZH: "已过可用时间，" + at + " 截止", EN: "The coupon could be used until " + at + "."}
	case HinderedWeekDay:
		zh, en := weekDays(v.WeekDays)
		return fault.Text{ZH: "当天不可用，可用日：" + zh, EN: "The coupon cannot be used on this day of the week, but on " + en + "."}
	case HinderedDayTime:
		list := dayTimes(v.DayTimes)
		return fault.Text{ZH: "当前时刻不可用，每天可用时段：" + list, EN: "The coupon cannot be used at this time of the day, but at " + list + "."}
	case HinderedPeriod:
		list := periods(v.Irregular)
		return fault.Text{ZH: "不在可用时间段内：" + list, EN: "The coupon can be used within certain periods only: " + list + "."}
	case HinderedMinimum:
		least := strconv.FormatInt(int64(s.Benefit.Minimum), 10)
		return fault.Text{
			ZH: "订单金额低于使用门槛 " + least + " 分；核销接口不含金额，须由收银台判断",
			EN: "The order is below the coupon's threshold of " + least + " fen. " +
				"The call that redeems has no amount: the cash desk has to look.",
		}
	case Unhindered:
	}
	return fault.Text{}
}

func weekDays(list []int) (zh, en string) {
	var chinese, english []string
	for _, d := range list {
		chinese = append(chinese, "周"+string([]rune("日一二三四五六")[d]))
		english = append(english, time.Weekday(d).String())
	}
	return strings.Join(chinese, "、"), strings.Join(english, ", ")
}

func dayTimes(list []DayTime) string {
	texts := make([]string, len(list))
	for i, p := range list {
		texts[i] = clockTime(p.Begin) + "–" + clockTime(p.End)
	}
	return strings.Join(texts, ", ")
}

// clockTime writes a second of the day.
func clockTime(second int) string {
	return time.Unix(int64(second), 0).UTC().Format(time.TimeOnly)
}

func periods(list []Period) string {
	texts := make([]string, len(list))
	for i, p := range list {
		texts[i] = p.Begin.In(day.Beijing()).Format(time.DateTime) + "–" + p.End.In(day.Beijing()).Format(time.DateTime)
	}
	return strings.Join(texts, ", ")
}
