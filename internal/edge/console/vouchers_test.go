package console_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/storetest"
)

const pathVoucherStocks = "/manage/v1/voucher-stocks"

// addVoucherStocks adds running stocks of the shop's merchant.
func (p *port) addVoucherStocks(ids ...voucher.StockID) {
	p.t.Helper()
	for _, id := range ids {
		if err := p.shop.Store.Write(p.t.Context(), func(tx store.Tx) error {
			return tx.InsertVoucherStock(p.t.Context(), storetest.PlainVoucherStock(id, voucher.Limits{MaxCoupons: 5, MaxAmount: 500, MaxPerUser: 1}))
		}); err != nil {
			p.t.Fatal(err)
		}
	}
}

func TestAStockOfVouchersIsReviewed(t *testing.T) {
	t.Parallel()
	p := newPort(t, nil)
	p.addVoucherStocks("1000000001", "1000000002")
	for _, c := range []struct {
		step   string
		status int
		state  string
	}{
		{"1000000001", 200, "running"},
		{"1000000001/approve", 409, ""},
		{"1000000001/reject", 409, ""},
		{"1000000001/review", 200, "audit"},
		{"1000000001/review", 200, "audit"},
		{"1000000001/approve", 200, "unactivated"},
		{"1000000001/approve", 200, "unactivated"},
		{"1000000001/reject", 409, ""},
		{"1000000002/review", 200, "audit"},
		{"1000000002/reject", 200, "stoped"},
		{"1000000002/reject", 200, "stoped"},
		{"1000000002/review", 409, ""},
		{"1000000002/approve", 409, ""},
		{"1", 404, ""},
		{"1/review", 404, ""},
		{strings.Repeat("1", 21), 400, ""},
	} {
		method := http.MethodPost
		if !strings.Contains(c.step, "/") {
			method = http.MethodGet
		}
		status, got := p.call(method, pathVoucherStocks+"/"+c.step, "")
		if status != c.status || c.state != "" && got["state"] != c.state {
			t.Errorf("%s gives %d %v, want %d %s", c.step, status, got, c.status, c.state)
		}
	}
	for action, want := range map[string]int{"review": 2, "approve": 1, "reject": 1} {
		if _, _, entries := p.shop.Count(t, "manage.voucherstocks."+action); entries != want {
			t.Errorf("%d audit entries of %s, want %d", entries, action, want)
		}
	}
}

func TestTheSendersOfAStockOfVouchersAreSet(t *testing.T) {
	t.Parallel()
	p := newPort(t, nil)
	p.addVoucherStocks("1000000001")
	shop := string(p.shop.Stock.Creator)
	set := func(body string) (int, map[string]any) {
		return p.call(http.MethodPut, pathVoucherStocks+"/1000000001/senders", body)
	}
	for _, c := range []struct {
		body   string
		status int
		want   []any
	}{
		{`{"senders":["` + shop + `","` + shop + `"]}`, 200, []any{shop}},
		{`{"senders":["` + shop + `"]}`, 200, []any{shop}},
		{`{"senders":["1999999999"]}`, 404, nil},
		{`{}`, 400, nil},
		{`{"senders":"` + shop + `"}`, 400, nil},
		{`{"senders":[` + strings.Repeat(`"1",`, 100) + `"1"]}`, 400, nil},
		{`{"senders":[]}`, 200, nil},
	} {
		status, got := set(c.body)
		senders, _ := got["senders"].([]any)
		if status != c.status || status == http.StatusOK && !slices.Equal(senders, c.want) {
			t.Errorf("%.60s gives %d %v", c.body, status, got)
		}
	}
	if _, _, entries := p.shop.Count(t, "manage.voucherstocks.senders"); entries != 2 {
		t.Errorf("%d audit entries of two changes", entries)
	}
}

func TestStocksOfVouchersAreListedInPages(t *testing.T) {
	t.Parallel()
	p := newPort(t, nil)
	p.addVoucherStocks("1000000001", "1000000002", "1000000003")
	shop := string(p.shop.Stock.Creator)
	for query, want := range map[string]string{
		"?mchid=" + shop:                     "1000000003 1000000002 1000000001",
		"?mchid=" + shop + "&limit=2":        "1000000003 1000000002",
		"?mchid=" + shop + "&limit=2&page=1": "1000000001",
		"?mchid=" + shop + "&page=9":         "",
		"?mchid=1900000009":                  "",
	} {
		status, got := p.call(http.MethodGet, pathVoucherStocks+query, "")
		var ids []string
		list, _ := got["stocks"].([]any)
		for _, one := range list {
			ids = append(ids, one.(map[string]any)["stock_id"].(string))
		}
		if status != http.StatusOK || strings.Join(ids, " ") != want {
			t.Errorf("%s gives %d %v", query, status, got)
		}
	}
	for _, query := range []string{"", "?mchid=" + shop + "&limit=0", "?mchid=" + shop + "&limit=201", "?mchid=" + shop + "&page=-1"} {
		if status, got := p.call(http.MethodGet, pathVoucherStocks+query, ""); status != http.StatusBadRequest {
			t.Errorf("%s gives %d %v", query, status, got)
		}
	}
}
