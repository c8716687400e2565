package issue

import (
	"testing"
	"time"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/store/storetest"
)

// broken are the rules that refuse.
func broken(list []fault.Judgement) (rules string) {
	for _, j := range list {
		if !j.Passed {
			rules += j.Rule + " "
		}
	}
	return rules
}

// TestEveryRuleThatRefusesIsTold: a claim stops at the first, a judgement has them all.
func TestEveryRuleThatRefusesIsTold(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, coupon.Limits{MaxCoupons: 1, MaxPerUser: 1, MaxPerDay: 1}, func(t *testing.T, shop *storetest.Shop) {
		s := serviceOf(shop)
		judge := func(who int, at time.Time, draft *coupon.Stock) []fault.Judgement {
			cmd := claimThrough(shop, coupon.ChannelH5, who, "")
			cmd.At = at
			list, err := s.Judge(t.Context(), cmd, draft)
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		if list := judge(1, shop.Now, nil); broken(list) != "" || len(list) != 7 {
			t.Errorf("before: %+v", list)
		}
		if _, err := s.Claim(t.Context(), claimThrough(shop, coupon.ChannelH5, 1, "n")); err != nil {
			t.Fatal(err)
		}
		list := judge(1, shop.Now, nil)
		if broken(list) != "QUOTA DAY TOTAL " ||
			list[4].Text.ZH != "该用户已领1 / 1张" || list[5].Text.EN != "Issued on the day: 1 of 1. It goes on at 00:00." {
			t.Errorf("afterwards: %+v", list)
		}
		if got := broken(judge(2, shop.Stock.Validity.End.Add(time.Second), nil)); got != "PERIOD TOTAL " {
			t.Errorf("when it has ended: %s", got)
		}
		// The same stock as a draft has given out nothing.
		draft := shop.Stock
		draft.State = ""
		if got := broken(judge(1, shop.Now, &draft)); got != "" {
			t.Errorf("as a draft: %s", got)
		}
		draft.Belong = "1"
		if got := broken(judge(1, shop.Now, &draft)); got != "RIGHT " {
			t.Errorf("a draft for nobody: %s", got)
		}
		foreign := claimThrough(shop, coupon.ChannelH5, 1, "")
		foreign.AppID = "wxnone"
		if list, err := s.Judge(t.Context(), foreign, nil); err != nil || broken(list) != "RIGHT " || list[0].Text.ZH == "" {
			t.Errorf("under a foreign appid: %+v, %v", list, err)
		}
		if issued, _, _ := shop.Count(t, "busifavor.claim.h5"); issued != 1 {
			t.Errorf("%d coupons are issued", issued)
		}
	})
}
