package console_test

import (
	"fmt"
	"net/http"
	"testing"
)

// TestFiguresAreThereAtOnce looks at what was counted behind a coupon that was issued and deleted.
func TestFiguresAreThereAtOnce(t *testing.T) {
	t.Parallel()
	p := newPort(t, nil)
	code := p.issue()
	figures := func(query string) (today map[string]any, whole map[string]any) {
		whole = p.expect("GET", "/manage/v1/statistics"+query, "", http.StatusOK, "", nil)
		today, _ = whole["today"].(map[string]any)
		return today, whole
	}
	for query, want := range map[string]float64{
		"": 1, "?mchid=1900000001": 1, "?product=busifavor": 1,
		"?stock_id=" + string(p.shop.Stock.ID): 1, "?product=favor": 0, "?mchid=1900000009": 0,
	} {
		if today, whole := figures(query); today["issued"] != want || whole["usable"] != want {
			t.Errorf("%q: %v", query, whole)
		}
	}
	p.expect("DELETE", fmt.Sprintf("/manage/v1/coupons/%s/%s", p.shop.Stock.ID, code), "", http.StatusOK, "state", "DELETED")
	if today, whole := figures(""); today["deleted"] != 1.0 || whole["usable"] != 0.0 || whole["expired"] != 0.0 {
		t.Errorf("after it was deleted: %v", whole)
	}
}

func TestASeriesHasWhatHappenedInItsSpan(t *testing.T) {
	t.Parallel()
	p := newPort(t, nil)
	p.issue()
	series := func(query string) []any {
		points, _ := p.expect("GET", "/manage/v1/statistics/series?"+query, "", http.StatusOK, "", nil)["points"].([]any)
		return points
	}
	const noon = "from=2026-12-05T12:00:00%2B08:00&until=2026-12-05T13:00:00%2B08:00"
	const midnight = "from=2026-12-01T00:00:00%2B08:00&until=2026-12-06T00:00:00%2B08:00"
	for query, want := range map[string]map[string]any{
		"step=HOUR&" + noon:              {"time": "2026-12-05T12:00:00+08:00", "product": "busifavor", "kind": "ISSUED", "count": 1.0},
		"step=HOUR&by=CHANNEL&" + noon:   {"time": "2026-12-05T12:00:00+08:00", "channel": "API"},
		"step=DAY&by=STOCK&" + midnight:  {"time": "2026-12-05T00:00:00+08:00", "stock_id": string(p.shop.Stock.ID), "count": 1.0},
		"step=DAY&product=favor&" + noon: nil,
		"step=HOUR&from=2026-12-05T11:00:00%2B08:00&until=2026-12-05T12:00:00%2B08:00": nil,
	} {
		points := series(query)
		if (len(points) == 1) != (want != nil) {
			t.Errorf("%s: %v", query, points)
			continue
		}
		for name, value := range want {
			if one, _ := points[0].(map[string]any); one[name] != value {
				t.Errorf("%s: %v, want %s %v", query, points, name, value)
			}
		}
	}
	for _, span := range []string{
		"step=HOUR&from=2026-12-05T12:00:00%2B08:00&until=2027-12-05T12:00:00%2B08:00",
		"step=DAY&from=2026-12-05T12:00:00%2B08:00&until=2026-12-01T12:00:00%2B08:00",
	} {
		p.expect("GET", "/manage/v1/statistics/series?"+span, "", http.StatusBadRequest, "", nil)
	}
}
