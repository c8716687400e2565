package voucher

import (
	"errors"
	"slices"
	"time"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/base/planted"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
)

// Counters are how much of a stock was given out. They never go down (6.1).
type Counters struct {
	// Sent is over the life of the stock.
	Sent int64
	// Day is the day that SentToday belongs to.
	Day       day.Day
	SentToday int64
}

// Send counts one voucher.
func (c Counters) Send() Counters {
	c.Sent++
	c.SentToday++
	return c
}

// Refusals of a sending call (4.11).
var (
	ErrUser = fault.New(fault.Refused,
		"openid与appID不匹配", "The openid does not exist, or does not belong to the appid.")
	// ErrStockOfOthers is the answer when stock_creator_mchid is not the creator, and to
	// values that only other kinds of stocks have.
	ErrStockOfOthers = fault.New(fault.Invalid,
		"参数错误，请核对文档要求",
		"stock_creator_mchid is not the merchant that created the stock, or coupon_value or coupon_minimum was passed.")
	// ErrNoSenders is the answer for a stock that grants nobody but its creator.
	ErrNoSenders = fault.New(fault.Blocked,
		"批次不支持跨商户发券", "Only the merchant that created this stock may send its vouchers.")
	// ErrNotSender is the answer for a stock that grants others.
	ErrNotSender = fault.New(fault.Blocked,
		"商户无权发券", "The merchant may not send vouchers of this stock.")
	// ErrOver is the answer after the end of a stock that was running.
	ErrOver = fault.New(fault.Blocked,
		"活动未开始或已结束", "The stock has ended.")
	ErrSuspicious = fault.New(fault.Barred,
		"用户非法", "The user is suspicious, and the stock refuses such users.")
	ErrUserQuota = fault.New(fault.Limited,
		"用户已达最大领券次数", "The user has reached the limit for vouchers of this stock.")
	ErrMonth = fault.New(fault.Refused,
		"暂时无法领取，请联系商家处理。",
		"The user would exceed this month's limit for this merchant's vouchers.")
	ErrDayBudget = fault.New(fault.Limited,
		"发券超过单天限额", "The budget of the day is spent.")
	ErrSpent = fault.New(fault.Exhausted,
		"批次预算不足", "All vouchers of the stock have been sent.")
)

// Senders are who may send vouchers of a stock besides its creator, as far as it matters
// for one caller.
type Senders struct {
	// Listed are the merchants that the creator put on the list of the stock.
	Listed []merchant.ID
	// Partner says that the caller is a partner, Partners that anybody is.
	Partner, Partners bool
}

// CheckSender reports whether a caller may send vouchers of the stock.
func (s *Stock) CheckSender(caller merchant.ID, granted Senders) error {
	switch {
	case caller == s.Creator, slices.Contains(granted.Listed, caller), granted.Partner:
		return nil
	case len(granted.Listed) == 0 && !granted.Partners:
		return ErrNoSenders
	}
	return ErrNotSender
}

// QuotaHolder returns under which id the vouchers of u count for MaxPerUser.
func (l *Limits) QuotaHolder(u *user.User) user.ID {
	if l.NaturalPerson {
		return u.Person
	}
	return u.ID
}

// Asked is what the decision about one more voucher depends on, besides the stock.
type Asked struct {
	User *user.User
	// Held is how many vouchers of the stock the quota holder has received.
	Held int64
	// InMonth is the face value of what the user received of the creator in this month.
	InMonth fen.Fen
	Now     time.Time
}

// exceeds reports whether one voucher more than sent would go beyond a budget.
func (s *Stock) exceeds(budget fen.Fen, sent int64) bool {
	spent, ok := s.Face.Times(sent + 1 - planted.VoucherBudget.One())
	return !ok || spent > budget
}

// Reason names the rule behind a refusal to give out a voucher, in the words that the claim page has
// for coupons (busifavor 10.1), and USERLIMIT, which is peculiar to vouchers; "" is none of them.
func Reason(err error) string {
	for _, one := range []struct {
		refusal *fault.Error
		word    string
	}{
		{ErrWrongState, "NOTRUNNING"},
		{ErrOver, "EXPIRED"},
		{ErrSuspicious, "FAILED"},
		{ErrUserQuota, "MAXQUOTA"},
		{ErrMonth, "USERLIMIT"},
		{ErrDayBudget, "DAYLIMIT"},
		{ErrSpent, "NOTENOUGH"},
	} {
		if errors.Is(err, one.refusal) {
			return one.word
		}
	}
	return ""
}
