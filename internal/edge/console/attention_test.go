package console_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/favord/favord/internal/edge/console"
)

// TestWhatNeedsSomebodyIsListed looks at a shop whose stock ends in a day, on a server whose token
// ends.
func TestWhatNeedsSomebodyIsListed(t *testing.T) {
	t.Parallel()
	p := newPort(t, func(c *console.Config) {
		c.Warnings = func(context.Context) []console.Ending {
			return []console.Ending{{Kind: "merchant", Left: time.Hour}, {Kind: "token", Left: -time.Hour}}
		}
	})
	kinds := func(query string) (list []string) {
		answer := p.expect("GET", "/manage/v1/attention"+query, "", http.StatusOK, "whole", true)
		matters, _ := answer["matters"].([]any)
		for _, m := range matters {
			one, _ := m.(map[string]any)
			kind, _ := one["kind"].(string)
			detail, _ := one["detail"].(string)
			list = append(list, kind+detail)
		}
		return list
	}
	for query, want := range map[string]int{"": 2, "?mchid=1900000001": 1, "?mchid=1900000009": 0} {
		if got := kinds(query); len(got) != want || want == 2 && got[0] != "SERVER_ENDStoken" || want > 0 && got[want-1] != "STOCK_ENDS_UNUSED" {
			t.Errorf("%q: %q", query, got)
		}
	}
	p.expect("GET", "/manage/v1/attention?mchid=123456789012345678901234567890123", "", http.StatusBadRequest, "", nil)
}
