package console_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

const pathDrafts = "/manage/v1/drafts"

// draftBody is a request that saves a draft over a version.
func (p *port) draftBody(version int, title string) string {
	return fmt.Sprintf(`{"mchid":%q,"operation":"busifavor.stocks.create","title":%q,"body":"{\"stock_name\":\"x\"}","version":%d}`,
		p.shop.Stock.Creator, title, version)
}

func TestADraftIsSavedReadAndDiscarded(t *testing.T) {
	t.Parallel()
	p := newPort(t, nil)
	for version := range 2 {
		status, got := p.call(http.MethodPut, pathDrafts+"/draft001", p.draftBody(version, "t"))
		if status != http.StatusOK || got["version"] != float64(version+1) || got["editor"] != "operator" {
			t.Errorf("saved: %d %v", status, got)
		}
	}
	if status, got := p.call(http.MethodGet, pathDrafts+"/draft001", ""); status != http.StatusOK || got["body"] != `{"stock_name":"x"}` {
		t.Errorf("read: %d %v", status, got)
	}
	status, got := p.call(http.MethodPut, pathDrafts+"/draft001", p.draftBody(1, "other"))
	if message, _ := got["message"].(string); status != http.StatusConflict || !strings.Contains(message, "operator") {
		t.Errorf("over a version that is old: %d %v", status, got)
	}
	for range 2 {
		if status, _ := p.call(http.MethodDelete, pathDrafts+"/draft001", ""); status != http.StatusNoContent {
			t.Errorf("discarded: %d", status)
		}
	}
	if status, _ := p.call(http.MethodGet, pathDrafts+"/draft001", ""); status != http.StatusNotFound {
		t.Errorf("read again: %d", status)
	}
}

func TestDraftsAreListedByPages(t *testing.T) {
	t.Parallel()
	p := newPort(t, nil)
	for i := range 5 {
		if status, got := p.call(http.MethodPut, fmt.Sprintf("%s/draft%03d", pathDrafts, i), p.draftBody(0, "")); status != http.StatusOK {
			t.Fatal(status, got)
		}
	}
	seen := map[string]bool{}
	for after := ""; ; {
		status, got := p.call(http.MethodGet, fmt.Sprintf("%s?mchid=%s&limit=2%s", pathDrafts, p.shop.Stock.Creator, after), "")
		list, _ := got["drafts"].([]any)
		if status != http.StatusOK || len(list) == 0 || len(list) > 2 {
			t.Fatal(status, got)
		}
		for _, one := range list {
			line, _ := one.(map[string]any)
			seen[fmt.Sprint(line["draft_id"])] = true
		}
		next, more := got["next"].(string)
		if !more {
			break
		}
		after = "&after=" + next
	}
	if len(seen) != 5 {
		t.Errorf("%v are listed", seen)
	}
	if status, _ := p.call(http.MethodGet, pathDrafts+"?after=x", ""); status != http.StatusBadRequest {
		t.Errorf("a page from nowhere: %d", status)
	}
}

func TestADraftThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	p := newPort(t, nil)
	good := p.draftBody(0, "")
	for name, c := range map[string]struct {
		path, body string
		status     int
	}{
		"a short id":      {"/short", good, 400},
		"an odd id":       {"/draft-001", good, 400},
		"no object":       {"/draft001", strings.Replace(good, `"{\"stock_name\":\"x\"}"`, `"[]"`, 1), 400},
		"no JSON":         {"/draft001", strings.Replace(good, `"{\"stock_name\":\"x\"}"`, `"{x"`, 1), 400},
		"a large one":     {"/draft001", strings.Replace(good, `\"x\"`, `\"`+strings.Repeat("x", 65536)+`\"`, 1), 400},
		"no merchant":     {"/draft001", strings.Replace(good, string(p.shop.Stock.Creator), "1", 1), 404},
		"another call":    {"/draft001", strings.Replace(good, "stocks.create", "coupons.send", 1), 400},
		"a version ahead": {"/draft001", p.draftBody(4, ""), 404},
	} {
		if status, got := p.call(http.MethodPut, pathDrafts+c.path, c.body); status != c.status {
			t.Errorf("%s: %d %v, want %d", name, status, got, c.status)
		}
	}
}
