package product

import "testing"

func TestAmountsInYuanAreReadExactly(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]int64{
		"0": 0, "5": 500, "5.5": 550, "5.05": 505, "0.01": 1, "¥12345.67": 1234567, "￥1": 100, "3元": 300, "999999999.99": 99999999999,
	} {
		if got, is := parseYuan(typed); !is || got != want {
			t.Errorf("%s: %d %v, want %d", typed, got, is, want)
		}
	}
	for _, typed := range []string{"", ".", "5.", ".5", "5.555", "-1", "+1", "1e3", "1,000", "１", "5 5", "9999999999", "0x1", "五"} {
		if got, is := parseYuan(typed); is {
			t.Errorf("%q: %d", typed, got)
		}
	}
}
