package console_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/edge/console"
	"github.com/favord/favord/internal/sandbox/journal"
)

func newJournalPort(t *testing.T) (*port, *journal.Journal) {
	t.Helper()
	kept := journal.New()
	p := newPort(t, func(c *console.Config) { c.Journal = kept })
	kept.Add(journal.Entry{
		ID: "08AA-0", Received: time.UnixMilli(1796000000123), Took: 1500 * time.Microsecond, Method: "POST", Target: "/v3/a?B=%E5",
		Proto: "HTTP/1.1", Header: []journal.Field{{Name: "hOST", Value: "x"}}, Exact: true, Body: []byte("{}\n"),
		Operation: "busifavor.coupons.use", MchID: "1900000001", Verified: true, Status: 200, AnswerBody: []byte("\xff"),
	})
	kept.Add(journal.Entry{ID: "08BB-1", Method: "GET", Target: "/v3/b", Header: []journal.Field{{Name: "User-Agent", Value: "curl/8"}}, MchID: "1900000002", Status: 401, Refused: fault.Text{ZH: "错", EN: "wrong"}})
	return p, kept
}

const pathJournal = "/manage/v1/journal"

func TestTheJournalIsListedAndFiltered(t *testing.T) {
	t.Parallel()
	p, _ := newJournalPort(t)
	for query, want := range map[string][]string{
		"":                                     {"08BB-1", "08AA-0"},
		"?limit=1":                             {"08BB-1"},
		"?mchid=1900000001":                    {"08AA-0"},
		"?operation=busifavor.*":               {"08AA-0"},
		"?status=401":                          {"08BB-1"},
		"?status=4xx":                          {"08BB-1"},
		"?status=2XX":                          {"08AA-0"},
		"?path=/v3/a":                          {"08AA-0"},
		"?q=8BB":                               {"08BB-1"},
		"?q=%7B%7D":                            {"08AA-0"},
		"?agent=CURL":                          {"08BB-1"},
		"?verified=true":                       {"08AA-0"},
		"?verified=false":                      {"08BB-1"},
		"?before=2":                            {"08AA-0"},
		"?after=0":                             {"08AA-0", "08BB-1"},
		"?after=1":                             {"08BB-1"},
		"?after=1&status=200":                  {},
		"?after=0&limit=1&wait_seconds=10":     {"08AA-0"},
		"?after=0&mchid=1900000002&status=4xx": {"08BB-1"},
	} {
		status, got := p.call(http.MethodGet, pathJournal+query, "")
		list, _ := got["requests"].([]any)
		ids := []string{}
		for _, line := range list {
			ids = append(ids, line.(map[string]any)["request_id"].(string))
		}
		if status != http.StatusOK || len(ids) != len(want) {
			t.Errorf("%s gives %d %v", query, status, got)
			continue
		}
		for i := range ids {
			if ids[i] != want[i] {
				t.Errorf("%s gives %v, want %v", query, ids, want)
			}
		}
	}
	for _, query := range []string{"?status=abc", "?status=600", "?status=9xx", "?limit=0", "?limit=501", "?after=-1", "?wait_seconds=11", "?status=40"} {
		if status, got := p.call(http.MethodGet, pathJournal+query, ""); status != http.StatusBadRequest {
			t.Errorf("%s gives %d %v", query, status, got)
		}
	}
}

func TestARequestIsShownAsItWas(t *testing.T) {
	t.Parallel()
	p, _ := newJournalPort(t)
	status, got := p.call(http.MethodGet, pathJournal+"/08AA-0", "")
	line, _ := got["request"].(map[string]any)
	if status != http.StatusOK || line["target"] != "/v3/a?B=%E5" || line["received_ms"] != 1796000000123.0 || line["took_micros"] != 1500.0 ||
		got["body"] != "{}\n" || got["answer_body_base64"] != "/w==" || fmt.Sprint(got["exact"]) != "true" {
		t.Errorf("%d %v", status, got)
	}
	if _, got := p.call(http.MethodGet, pathJournal+"/last", ""); got["request"].(map[string]any)["request_id"] != "08BB-1" {
		t.Errorf("the last one is %v", got)
	}
	if status, got := p.call(http.MethodGet, pathJournal+"/none", ""); status != http.StatusNotFound {
		t.Errorf("one that is not there: %d %v", status, got)
	}
}

// TestAListWaitsForTheNextRequest as `favord logs --follow` does.
func TestAListWaitsForTheNextRequest(t *testing.T) {
	t.Parallel()
	p, kept := newJournalPort(t)
	shown := make(chan map[string]any)
	go func() {
		_, got := p.call(http.MethodGet, pathJournal+"?after=2&wait_seconds=10", "")
		shown <- got
	}()
	kept.Add(journal.Entry{ID: "08CC-0"})
	if got := <-shown; len(got["requests"].([]any)) != 1 || got["last"] != 3.0 {
		t.Errorf("%v", got)
	}
}

// TestSoManyFollowTheJournalAndNoMore as each request wakes all of them. What is there already is
// listed all the while.
func TestSoManyFollowTheJournalAndNoMore(t *testing.T) {
	t.Parallel()
	p, kept := newJournalPort(t)
	const places, more = 64, 16
	statuses := make(chan int, places+more)
	for range places + more {
		go func() {
			status, _ := p.call(http.MethodGet, pathJournal+"?after=2&wait_seconds=10", "")
			statuses <- status
		}()
	}
	for range more {
		if status := <-statuses; status != http.StatusTooManyRequests {
			t.Errorf("one that finds no place gets %d", status)
		}
	}
	if status, _ := p.call(http.MethodGet, pathJournal, ""); status != http.StatusOK {
		t.Errorf("a list gives %d", status)
	}
	kept.Close()
	for range places {
		if status := <-statuses; status != http.StatusOK {
			t.Errorf("one that waited gets %d", status)
		}
	}
}
