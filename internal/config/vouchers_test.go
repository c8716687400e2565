package config_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/favord/favord/internal/base/fault"
)

func TestRulesOfVouchersMayBeSwitched(t *testing.T) {
	t.Parallel()
	const sandbox = "mode: sandbox\ndata: /tmp/x\n"
	got, err := load(t, sandbox+"vouchers: {forbidden_words: [测试, gift], monthly_limit: 0, running_limit: 20}\n")
	if v := got.Vouchers; err != nil || !slices.Equal(v.ForbiddenWords, []string{"测试", "gift"}) || *v.MonthlyLimit != 0 || *v.RunningLimit != 20 {
		t.Errorf("%+v, %v", v, err)
	}
	if got, err := load(t, sandbox+"vouchers: {forbidden_words: []}\n"); err != nil || got.Vouchers.ForbiddenWords == nil || got.Vouchers.MonthlyLimit != nil {
		t.Errorf("%+v, %v", got.Vouchers, err)
	}
	for text, name := range map[string]string{
		"monthly_limit: -1": "vouchers.monthly_limit",
		"running_limit: -1": "vouchers.running_limit",
		"forbidden_words: [" + strings.Repeat("x,", 1000) + "x]": "vouchers.forbidden_words",
		"monthly: 1": "monthly",
	} {
		if _, err := load(t, sandbox+"vouchers: {"+text+"}\n"); fault.KindOf(err) != fault.Refused || !strings.Contains(err.Error(), name) {
			t.Errorf("%.40s: %v", text, err)
		}
	}
}
