package client_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/favord/favord/client"
	"github.com/favord/favord/wire/busifavor"
)

// coupons answers a page of n coupons out of total.
func coupons(n, total int) step {
	items := strings.Repeat(`{"coupon_code":"c"},`, n)
	return answer(http.StatusOK, fmt.Sprintf(`{"data":[%s],"total_count":%d}`, strings.TrimSuffix(items, ","), total))
}

// TestAListIsWalkedToItsEnd page by page, and no further.
func TestAListIsWalkedToItsEnd(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		request busifavor.ListUserCouponsRequest
		steps   []step
		items   int
		queries string
	}{
		"one page":        {steps: []step{coupons(3, 3)}, items: 3, queries: "limit=100"},
		"none":            {steps: []step{coupons(0, 0)}, items: 0, queries: "limit=100"},
		"pages":           {steps: []step{coupons(100, 201), coupons(100, 201), coupons(1, 201)}, items: 201, queries: "limit=100 limit=100&offset=1 limit=100&offset=2"},
		"small pages":     {request: busifavor.ListUserCouponsRequest{Limit: new(int64(2))}, steps: []step{coupons(2, 3), coupons(1, 3)}, items: 3, queries: "limit=2 limit=2&offset=1"},
		"from the middle": {request: busifavor.ListUserCouponsRequest{Offset: 5}, steps: []step{coupons(2, 502)}, items: 2, queries: "limit=100&offset=5"},
		"it shrinks":      {steps: []step{coupons(100, 150), coupons(0, 100)}, items: 100, queries: "limit=100 limit=100&offset=1"},
	} {
		s := &script{t: t, steps: c.steps}
		c.request.OpenID = "o"
		items := 0
		for coupon, err := range s.client().BusiFavor().UserCoupons(t.Context(), &c.request) {
			if err != nil || coupon.CouponCode != "c" {
				t.Fatalf("%s: %+v, %v", name, coupon, err)
			}
			items++
		}
		var queries []string
		for _, a := range s.asked {
			_, query, _ := strings.Cut(a.target, "?")
			queries = append(queries, query)
		}
		if got := strings.Join(queries, " "); items != c.items || got != c.queries {
			t.Errorf("%s: %d items with %s, want %d with %s", name, items, got, c.items, c.queries)
		}
	}
}

// TestAWalkEndsWithItsError or when nobody wants more.
func TestAWalkEndsWithItsError(t *testing.T) {
	t.Parallel()
	s := &script{t: t, steps: []step{coupons(100, 300), answer(404, `{"code":"USER_NOT_EXISTS","message":"OpenID不正确"}`)}}
	items, failures := 0, 0
	for _, err := range s.client().BusiFavor().UserCoupons(t.Context(), &busifavor.ListUserCouponsRequest{OpenID: "o"}) {
		if err == nil {
			items++
			continue
		}
		failures++
		if !errors.Is(err, client.ErrUserNotExists) {
			t.Error(err)
		}
	}
	if items != 100 || failures != 1 {
		t.Errorf("%d items, %d errors", items, failures)
	}
	s = &script{t: t, steps: []step{coupons(100, 300)}}
	for _, err := range s.client().BusiFavor().UserCoupons(t.Context(), &busifavor.ListUserCouponsRequest{OpenID: "o"}) {
		if err != nil {
			t.Error(err)
		}
		break
	}
	if len(s.asked) != 1 {
		t.Errorf("%d requests for one item", len(s.asked))
	}
}
