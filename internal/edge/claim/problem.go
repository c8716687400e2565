package claim

import (
	"errors"
	"net/http"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/wire/schema"
)

// Error numbers that the page shows (busifavor 10.4).
const (
	numberParameters = 268435461
	numberAppID      = 272756757
	numberSign       = 272758293
	numberRisk       = 268697610
)

// problem is why a user does not get a coupon, in words for the user, with details for
// whoever made the link.
type problem struct {
	status int
	// mood chooses the picture: "sad" when the coupon is out of reach, "wait" when trying
	// again may help, "broken" when the link is wrong.
	mood     string
	headline fault.Text
	// detail says what to do; number is shown beside it unless it is 0.
	detail fault.Text
	number int
}

// problemOf turns an error into what a page shows. Only the text of a fault is shown.
func problemOf(err error) problem {
	if refusal := coupon.RefusalOf(err); refusal != coupon.Admitted {
		return refusalProblem(refusal)
	}
	if v, is := errors.AsType[*schema.Violation](err); is {
		return brokenLink(fault.Text{ZH: v.ZH, EN: v.EN}, numberParameters)
	}
	if p, known := knownProblem(err); known {
		return p
	}
	f := fault.Of(err)
	switch f.Kind {
	case fault.Invalid, fault.Refused, fault.Exists, fault.Forbidden:
		return brokenLink(f.Text, numberParameters)
	case fault.NotFound, fault.UserUnknown, fault.MerchantUnknown:
		broken := brokenLink(f.Text, 0)
		broken.status = http.StatusNotFound
		return broken
	default:
	}
	return problem{
		status: http.StatusInternalServerError, mood: "wait", headline: fault.Text{ZH: "系统繁忙", EN: "Something went wrong"},
		detail: fault.Text{
			ZH: "请稍后重新打开链接，不会重复领取",
			EN: "Please open the link again later. You will not get the coupon twice.",
		},
	}
}

// knownProblem has words of its own for errors that pages often show.
func knownProblem(err error) (p problem, known bool) {
	f := fault.Of(err)
	switch {
	case errors.Is(err, errSign), errors.Is(err, errPackSign):
		p = brokenLink(f.Text, numberSign)
	case errors.Is(err, errPackOld):
		p = problem{
			status: http.StatusForbidden, mood: "wait", headline: fault.Text{ZH: "链接已过期", EN: "This link has expired"}, detail: f.Text,
		}
	case errors.Is(err, coupon.ErrStockNotFound):
		p = problem{
			status: http.StatusNotFound, mood: "sad", headline: fault.Text{ZH: "优惠活动不存在", EN: "There is no such offer"},
			detail: fault.Text{
				ZH: "活动可能已下线，请向商家确认领取链接",
				EN: "It may have been taken down. Please ask the merchant for the right link.",
			},
		}
	case errors.Is(err, voucher.ErrMonth):
		p = problem{
			status: http.StatusOK, mood: "wait", headline: fault.Text{ZH: "已达领取上限", EN: "You have yours"},
			detail: fault.Text{
				ZH: "您本月领取该商家代金券的金额已达上限",
				EN: "You have reached this month's limit for the merchant's vouchers.",
			},
		}
	case errors.Is(err, coupon.ErrStockForeign):
		p = brokenLink(fault.Text{ZH: "发券商户无权发放该批次的券", EN: "The sending merchant may not give out coupons of this stock."}, numberParameters)
	case errors.Is(err, merchant.ErrAppID):
		p = brokenLink(fault.Text{
			ZH: "该用户所属的appid未与发券商户或批次归属商户绑定",
			EN: "The appid of the user is bound neither to the sending merchant nor to the one that the stock belongs to.",
		}, numberAppID)
	case isTooFast(err):
		p = problem{
			status: http.StatusTooManyRequests, mood: "wait", headline: fault.Text{ZH: "请稍候再试", EN: "Just a moment"}, detail: errTooOften.Text,
		}
	default:
		return problem{}, false
	}
	return p, true
}

func brokenLink(detail fault.Text, number int) problem {
	return problem{
		status: http.StatusBadRequest, mood: "broken", headline: fault.Text{ZH: "链接无法使用", EN: "This link does not work"},
		detail: detail, number: number,
	}
}

// refusalProblem is what users read when the rules of a stock hold a coupon back. The page
// is a result like any other: its status is 200.
func refusalProblem(r coupon.Refusal) problem {
	p := problem{status: http.StatusOK, mood: "sad"}
	switch r {
	case coupon.RefusedNotEnough:
		p.headline, p.detail = fault.Text{ZH: "来晚了，券已领完", EN: "All gone"}, fault.Text{ZH: "本次活动的优惠券已全部发出", EN: "Every coupon of this offer has been claimed."}
	case coupon.RefusedDayLimit:
		p.headline, p.detail = fault.Text{ZH: "今日已领完", EN: "Gone for today"}, fault.Text{ZH: "今日名额已用完，请明天再来", EN: "Today's coupons have been claimed. Please come back tomorrow."}
		p.mood = "wait"
	case coupon.RefusedQuota:
		p.headline, p.detail = fault.Text{ZH: "已达领取上限", EN: "You have yours"}, fault.Text{ZH: "您领取该券的张数已达上限", EN: "You have reached the limit for these coupons."}
	case coupon.RefusedPerson:
		p.headline, p.detail = fault.Text{ZH: "已达领取上限", EN: "You have yours"}, fault.Text{ZH: "您的其他账号已领取过该券，同一用户领取张数已达上限", EN: "Your other accounts count as well: you have reached the limit for these coupons."}
	case coupon.RefusedNotRunning:
		return notRunning(false, false)
	case coupon.RefusedExpired:
		p.headline, p.detail = fault.Text{ZH: "活动已结束", EN: "This offer has ended"}, fault.Text{ZH: "优惠券的有效期已过", EN: "The coupons of this offer are no longer valid."}
	case coupon.RefusedFailed, coupon.Admitted:
		p.headline, p.detail = fault.Text{ZH: "暂时无法领取", EN: "Not possible now"}, fault.Text{ZH: "当前账号存在风险，无法领取该券", EN: "This account is barred from claiming the coupon."}
		p.number = numberRisk
	}
	return p
}

// notRunning is what users read of a stock that gives out nothing: it was paused, was stopped,
// or has not begun.
func notRunning(paused, stopped bool) problem {
	switch {
	case paused:
		return problem{
			status: http.StatusOK, mood: "wait", headline: fault.Text{ZH: "活动已暂停", EN: "Paused"},
			detail: fault.Text{
				ZH: "商家暂停了发放，恢复后可再来领取",
				EN: "The merchant has paused this offer. Please come back when it goes on.",
			},
		}
	case stopped:
		return problem{
			status: http.StatusOK, mood: "sad", headline: fault.Text{ZH: "活动已终止", EN: "This offer was stopped"},
			detail: fault.Text{
				ZH: "商家已停止发放该优惠券",
				EN: "The merchant gives out no more of these coupons.",
			},
		}
	}
	return problem{
		status: http.StatusOK, mood: "wait", headline: fault.Text{ZH: "活动尚未开始", EN: "Not open yet"},
		detail: fault.Text{
			ZH: "活动还未开放领取，请留意商家通知",
			EN: "The offer has not started. Please watch for news from the merchant.",
		},
	}
}
