package send

import (
	"testing"

	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
)

// TestEveryRuleThatRefusesIsTold: a claim stops at the first, a judgement has them all.
func TestEveryRuleThatRefusesIsTold(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		sh := openShop(t, s, 0, limitsOf(1, 1))
		broken := func(cmd ClaimCommand, draft *voucher.Stock) (rules string) {
			list, err := sh.Judge(t.Context(), cmd, draft)
			if err != nil {
				t.Fatal(err)
			}
			for _, j := range list {
				if j.Text.ZH == "" || j.Text.EN == "" {
					t.Errorf("%s says nothing", j.Rule)
				}
				if !j.Passed {
					rules += j.Rule + " "
				}
			}
			return rules
		}
		if got := broken(sh.through(DoorH5, 1, ""), nil); got != "" {
			t.Errorf("before: %s", got)
		}
		if _, err := sh.Claim(t.Context(), sh.through(DoorH5, 1, "n")); err != nil {
			t.Fatal(err)
		}
		if got := broken(sh.through(DoorH5, 1, ""), nil); got != "QUOTA TOTAL " {
			t.Errorf("afterwards: %s", got)
		}
		late := sh.through(DoorH5, 2, "")
		late.At = sh.stocks[0].End.AddDate(0, 0, 1)
		if got := broken(late, nil); got != "PERIOD TOTAL " {
			t.Errorf("when it has ended: %s", got)
		}
		draft := sh.stocks[0]
		draft.ID, draft.State = "", ""
		if got := broken(sh.through(DoorH5, 1, ""), &draft); got != "" {
			t.Errorf("as a draft: %s", got)
		}
		foreign := sh.through(DoorH5, 1, "")
		foreign.AppID = "wxnone"
		if got := broken(foreign, nil); got != "RIGHT " {
			t.Errorf("under a foreign appid: %s", got)
		}
	})
}
