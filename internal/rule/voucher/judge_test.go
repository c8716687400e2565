package voucher_test

import (
	"strings"
	"testing"

	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/rule/voucher"
)

// TestAJudgementSaysTheStateInWords looks for the names that the protocol has for states.
func TestAJudgementSaysTheStateInWords(t *testing.T) {
	t.Parallel()
	said := map[string]bool{}
	for _, state := range voucher.StockStates() {
		s := voucher.Stock{State: state}
		for _, one := range s.Judge(voucher.Counters{}, voucher.Asked{User: &user.User{}}, 0) {
			if one.Rule != "STATE" {
				continue
			}
			if strings.Contains(one.Text.ZH, string(state)) || one.Text.EN == string(state) || said[one.Text.ZH] || said[one.Text.EN] {
				t.Errorf("%s: %+v", state, one.Text)
			}
			said[one.Text.ZH], said[one.Text.EN] = true, true
		}
	}
	if len(said) != 2*len(voucher.StockStates()) {
		t.Errorf("said %v", said)
	}
}
