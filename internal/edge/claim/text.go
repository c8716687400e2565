package claim

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/edge/serve"
	"github.com/favord/favord/internal/rule/coupon"
)

// language is the language of a page, with the words of a page.
type language struct{ serve.Language }

func languageOf(h http.Header) language { return language{serve.LanguageOf(h)} }

// yuan writes an amount without needless zeros: 500 is 5, 990 is 9.9.
func yuan(f fen.Fen) string {
	const fenPerYuan = 100
	text := strconv.FormatInt(int64(f/fenPerYuan), 10)
	if cents := f % fenPerYuan; cents != 0 {
		text += strings.TrimRight(fmt.Sprintf(".%02d", cents), "0")
	}
	return text
}

// zhe writes a percentage that remains to be paid as the Chinese write discounts: 88 is
// 8.8, 80 is 8, 5 is 0.5.
func zhe(percent int) string {
	const tenth = 10
	if percent%tenth == 0 {
		return strconv.Itoa(percent / tenth)
	}
	return strconv.Itoa(percent/tenth) + "." + strconv.Itoa(percent%tenth)
}

// figure is the large text on a card: a number with what stands before and behind it.
type figure struct{ Before, Number, Behind string }

// Size is the class of a figure that is too long for the size of most: a line holds it whole.
func (f figure) Size() string {
	const long, longer = 6, 9
	switch n := len([]rune(f.Before + f.Number + f.Behind)); {
	case n > longer:
		return "longer"
	case n > long:
		return "long"
	}
	return ""
}

func (l language) figure(b *coupon.Benefit) figure {
	const hundred = 100
	switch b.Type {
	case coupon.TypeDiscount:
		if l.Language == serve.English {
			return figure{Number: strconv.Itoa(hundred - b.Percent), Behind: "% off"}
		}
		return figure{Number: zhe(b.Percent), Behind: "折"}
	case coupon.TypeExchange:
		return figure{Before: "¥", Number: yuan(b.Price), Behind: l.Choose("换购", "")}
	case coupon.TypeNormal:
	}
	return figure{Before: "¥", Number: yuan(b.Discount), Behind: l.Choose("", " off")}
}

// condition says from which order on a coupon counts.
func (l language) condition(minimum fen.Fen) string {
	if minimum == 0 {
		return l.Choose("无门槛", "No minimum spend")
	}
	return l.Choose("满"+yuan(minimum)+"元可用", "Spend ¥"+yuan(minimum)+" or more")
}

// benefit says in one phrase what a coupon is worth.
func (l language) benefit(b *coupon.Benefit) string {
	from, fromEN := "", ""
	if b.Minimum > 0 {
		from, fromEN = "满"+yuan(b.Minimum)+"元", " on orders of ¥"+yuan(b.Minimum)+" or more"
	}
	switch b.Type {
	case coupon.TypeDiscount:
		return l.Choose(from+zhe(b.Percent)+"折", l.figure(b).Number+"% off"+fromEN)
	case coupon.TypeExchange:
		return l.Choose(from+"加"+yuan(b.Price)+"元换购", "One item for ¥"+yuan(b.Price)+fromEN)
	case coupon.TypeNormal:
	}
	return l.Choose(from+"减"+yuan(b.Discount)+"元", "¥"+yuan(b.Discount)+" off"+fromEN)
}

const (
	minuteText = "2006.01.02 15:04"
	dayText    = "2006.01.02"
)

// span writes a span of time in Beijing, by days where it is one of whole days.
func span(from, to time.Time) string {
	from, to = from.In(day.Beijing()), to.In(day.Beijing())
	wholeDays := from.Equal(day.Of(from).Begin()) && (to.Equal(day.Of(to).End()) || to.Equal(day.Of(to).Begin()))
	if !wholeDays {
		return from.Format(minuteText) + " – " + to.Format(minuteText)
	}
	if to.Equal(day.Of(to).Begin()) {
		to = to.Add(-time.Second)
	}
	if day.Of(from) == day.Of(to) {
		return from.Format(dayText)
	}
	return from.Format(dayText) + " – " + to.Format(dayText)
}

// validity says when the coupons of a stock may be used.
func (l language) validity(v *coupon.Validity) []string {
	lines := []string{span(v.Begin, v.End)}
	switch {
	case v.Days > 0 && v.WaitDays > 0:
		lines = append(lines, l.Choose(
			fmt.Sprintf("领取后第%d天生效，生效后%d天内有效", v.WaitDays+1, v.Days),
			fmt.Sprintf("Starts %d day(s) after you claim it, then good for %d day(s)", v.WaitDays, v.Days)))
	case v.Days > 0:
		lines = append(lines, l.Choose(fmt.Sprintf("领取后%d天内有效", v.Days), fmt.Sprintf("Good for %d day(s), the day of the claim included", v.Days)))
	case v.Seconds > 0:
		d := l.duration(v.Seconds)
		lines = append(lines, l.Choose("领取后"+d+"内有效", "Good for "+d+" after you claim it"))
	}
	return append(lines, l.times(v)...)
}

// duration is a number of seconds as people say it.
func (l language) duration(seconds int64) string {
	var parts []string
	for _, unit := range []struct {
		size   int64
		zh, en string
	}{
		{24 * 60 * 60, "%d天", "%d d"}, {60 * 60, "%d小时", "%d h"}, {60, "%d分钟", "%d min"}, {1, "%d秒", "%d s"},
	} {
		if n := seconds / unit.size; n > 0 {
			parts = append(parts, fmt.Sprintf(l.Choose(unit.zh, unit.en), n))
		}
		seconds %= unit.size
	}
	return strings.Join(parts, l.Choose("", " "))
}

// times says at which times within its life a coupon may be used.
func (l language) times(v *coupon.Validity) []string {
	var lines []string
	if len(v.WeekDays) > 0 {
		parts := []string{l.weekDays(v.WeekDays)}
		for _, p := range v.DayTimes {
			parts = append(parts, clockText(p.Begin)+"–"+clockText(p.End))
		}
		when := strings.Join(parts, " ")
		lines = append(lines, l.Choose("限"+when+"使用", "Only "+when))
	}
	for _, p := range v.Irregular {
		lines = append(lines, l.Choose("限 "+span(p.Begin, p.End)+" 使用", "Only "+span(p.Begin, p.End)))
	}
	return lines
}

// weekDays names days of the week, of which Sunday is 0 or 7.
func (l language) weekDays(list []int) string {
	days := make([]string, len(list))
	for i, d := range list {
		days[i] = l.Choose("周"+string([]rune("日一二三四五六")[d%7]), time.Weekday(d % 7).String()[:3])
	}
	return strings.Join(days, l.Choose("、", ", "))
}

// clockText writes a second of the day as a time; the last one is the end of the day.
func clockText(second int) string {
	const hour, minute, last = 60 * 60, 60, 24*60*60 - 1
	if second == last {
		return "24:00"
	}
	return fmt.Sprintf("%02d:%02d", second/hour, second%hour/minute)
}

// useMethod says how a coupon is redeemed.
func (l language) useMethod(method string) string {
	switch method {
	case "OFF_LINE":
		return l.Choose("到店出示券码，由商家核销", "Show the code at the shop")
	case coupon.UseByMiniProgram:
		return l.Choose("在商家小程序内使用", "Use it in the merchant's mini program")
	case "SELF_CONSUME":
		return l.Choose("自助核销", "Redeem it yourself")
	case "PAYMENT_CODE":
		return l.Choose("出示付款码使用", "Show your payment code")
	}
	return ""
}

// stateText names the state of a coupon.
func (l language) stateText(s coupon.State) string {
	switch s {
	case coupon.StateSent:
		return l.Choose("可使用", "Ready to use")
	case coupon.StateUsed:
		return l.Choose("已使用", "Used")
	case coupon.StateExpired:
		return l.Choose("已过期", "Expired")
	case coupon.StateDeleted:
		return l.Choose("已删除", "Deleted")
	case coupon.StateDeactivated:
		return l.Choose("已失效", "Voided")
	}
	return string(s)
}
