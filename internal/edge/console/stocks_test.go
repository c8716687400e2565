package console_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/store"
)

const pathStocks = "/manage/v1/stocks"

func TestAStockIsPausedResumedAndStopped(t *testing.T) {
	t.Parallel()
	p := newPort(t, nil)
	id := string(p.shop.Stock.ID)
	for _, c := range []struct {
		step   string
		status int
		state  string
	}{
		{"", 200, "RUNNING"},
		{"/resume", 200, "RUNNING"}, // it runs
		{"/approve", 200, "RUNNING"},
		{"/reject", 409, "RUNNING"},
		{"/pause", 200, "PAUSED"},
		{"/pause", 200, "PAUSED"},
		{"/approve", 409, "PAUSED"},
		{"/reject", 409, "PAUSED"},
		{"/resume", 200, "RUNNING"},
		{"/stop", 200, "STOPED"},
		{"/stop", 200, "STOPED"},
		{"/resume", 409, "STOPED"},
		{"/pause", 409, "STOPED"},
	} {
		method := http.MethodPost
		if c.step == "" {
			method = http.MethodGet
		}
		status, got := p.call(method, pathStocks+"/"+id+c.step, "")
		switch {
		case status != c.status, status == http.StatusOK && got["state"] != c.state:
			t.Errorf("%s gives %d %v", c.step, status, got)
		case status == http.StatusConflict && (got["code"] != "INVALID_REQUEST" || !strings.Contains(got["message"].(string), c.state)):
			t.Errorf("%s is refused with %v", c.step, got)
		}
	}
	if _, _, entries := p.shop.Count(t, "manage.stocks.pause"); entries != 1 {
		t.Errorf("%d audit entries of two pauses", entries)
	}
	if status, got := p.call(http.MethodGet, pathStocks+"/1", ""); status != http.StatusNotFound || got["code"] != "RESOURCE_NOT_EXISTS" {
		t.Errorf("no stock: %d %v", status, got)
	}
	if status, _ := p.call(http.MethodPost, pathStocks+"/"+strings.Repeat("1", 21)+"/pause", ""); status != http.StatusBadRequest {
		t.Errorf("no id: %d", status)
	}
}

func TestStocksAreListedInPages(t *testing.T) {
	t.Parallel()
	p := newPort(t, nil)
	for _, id := range []coupon.StockID{"1282070000000018", "1282070000000019"} {
		more := p.shop.Stock
		more.ID = id
		if err := p.shop.Store.Write(t.Context(), func(tx store.Tx) error { return tx.InsertStock(t.Context(), more) }); err != nil {
			t.Fatal(err)
		}
	}
	page := func(query string) (ids []string, next any) {
		status, got := p.call(http.MethodGet, pathStocks+query, "")
		if status != http.StatusOK {
			t.Errorf("%s gives %d %v", query, status, got)
		}
		list, _ := got["stocks"].([]any)
		for _, one := range list {
			ids = append(ids, one.(map[string]any)["stock_id"].(string))
		}
		return ids, got["next"]
	}
	for _, c := range []struct {
		query string
		want  []string
		next  any
	}{
		{"", []string{"1282070000000019", "1282070000000018", "1282070000000017"}, nil},
		{"?limit=2", []string{"1282070000000019", "1282070000000018"}, "1282070000000018"},
		{"?limit=2&after=1282070000000018", []string{"1282070000000017"}, nil},
		{"?mchid=" + string(p.shop.Stock.Creator), []string{"1282070000000019", "1282070000000018", "1282070000000017"}, nil},
		{"?mchid=1900000009", nil, nil},
	} {
		if got, next := page(c.query); !slices.Equal(got, c.want) || next != c.next {
			t.Errorf("%q lists %v, next %v", c.query, got, next)
		}
	}
	for query, want := range map[string]int{"?limit=0": 400, "?limit=-1": 400, "?limit=201": 400, "?limit=200": 200, "?limit=x": 400, "?after=1": 404} {
		if status, got := p.call(http.MethodGet, pathStocks+query, ""); status != want {
			t.Errorf("%s gives %d %v", query, status, got)
		}
	}
}
