package coupon_test

import (
	"strings"
	"testing"
	"time"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/user"
)

// TestAJudgementSaysTheStateInWords looks for the names that the protocol has for states.
func TestAJudgementSaysTheStateInWords(t *testing.T) {
	t.Parallel()
	said := map[string]bool{}
	for _, state := range coupon.StockStates() {
		s := coupon.Stock{State: state}
		for _, one := range s.Judge(coupon.Counters{}, &user.User{}, 0, time.Time{}) {
			if one.Rule != "STATE" {
				continue
			}
			if strings.Contains(one.Text.ZH, string(state)) || one.Text.EN == string(state) || said[one.Text.ZH] || said[one.Text.EN] {
				t.Errorf("%s: %+v", state, one.Text)
			}
			said[one.Text.ZH], said[one.Text.EN] = true, true
		}
	}
	if len(said) != 2*len(coupon.StockStates()) {
		t.Errorf("said %v", said)
	}
}
