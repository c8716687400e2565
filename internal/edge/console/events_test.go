package console_test

import (
	"bufio"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/favord/favord/internal/edge/console"
	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/internal/sandbox/journal"
)

// event is one of a stream.
type event struct{ name, id, data string }

// listener reads a stream.
type listener struct {
	t     *testing.T
	lines *bufio.Scanner
	end   func()
}

func listen(t *testing.T, base, query, last string) *listener {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/manage/v1/events"+query, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if last != "" {
		r.Header.Set("Last-Event-Id", last)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	end := func() { _ = answer.Body.Close() }
	t.Cleanup(end)
	if kind := answer.Header.Get("Content-Type"); answer.StatusCode != http.StatusOK || !strings.HasPrefix(kind, "text/event-stream") {
		t.Fatalf("the stream answers %d %s", answer.StatusCode, kind)
	}
	return &listener{t: t, lines: bufio.NewScanner(answer.Body), end: end}
}

// next returns the next event of a name, and passes over others.
func (l *listener) next(names ...string) event {
	l.t.Helper()
	var e event
	for l.lines.Scan() {
		name, value, _ := strings.Cut(l.lines.Text(), ": ")
		switch name {
		case "event":
			e.name = value
		case "id":
			e.id = value
		case "data":
			e.data = value
		case "":
			if strings.Contains(strings.Join(names, " "), e.name) {
				return e
			}
			e = event{}
		}
	}
	l.t.Fatalf("the stream ended: %v", l.lines.Err())
	return e
}

func newStreamingPort(t *testing.T) (base string, kept *journal.Journal, p *port) {
	t.Helper()
	kept = journal.New()
	p = newPort(t, func(c *console.Config) { c.Journal, c.Faults = kept, sandbox.NewFaults(1) })
	server := httptest.NewServer(p)
	t.Cleanup(func() { kept.Close(); server.Close() })
	return server.URL, kept, p
}

func add(j *journal.Journal, from, until int) {
	for i := from; i <= until; i++ {
		j.Add(journal.Entry{ID: fmt.Sprintf("R%d", i), Method: "GET", Target: "/v3/x", Status: 200 + i%2})
	}
}

func TestNothingIsLostWhenAStreamIsCutAndTakenUpAgain(t *testing.T) {
	t.Parallel()
	base, kept, _ := newStreamingPort(t)
	add(kept, 1, 1)
	l := listen(t, base, "?after=1", "")
	l.next("clock")
	add(kept, 2, 400)
	last := ""
	for i := 2; i <= 250; i++ {
		e := l.next("journal", "stale")
		if e.name != "journal" || !strings.Contains(e.data, fmt.Sprintf(`"request_id":"R%d"`, i)) {
			t.Fatalf("event %d is %+v", i, e)
		}
		last = e.id
	}
	l.end()
	add(kept, 401, 600)
	l = listen(t, base, "?after=1", last)
	for i := 251; i <= 600; i++ {
		if e := l.next("journal", "stale"); !strings.Contains(e.data, fmt.Sprintf(`"request_id":"R%d"`, i)) {
			t.Fatalf("event %d is %+v", i, e)
		}
	}
}

func TestAStreamSaysWhenRequestsAreLost(t *testing.T) {
	t.Parallel()
	base, kept, _ := newStreamingPort(t)
	add(kept, 1, journal.MaxEntries+10)
	if e := listen(t, base, "?after=5", "").next("stale", "journal"); e.name != "stale" {
		t.Errorf("a place that is gone: %+v", e)
	}
	if e := listen(t, base, "", "another-7").next("stale", "journal"); e.name != "stale" {
		t.Errorf("a place in another run of the server: %+v", e)
	}
	l := listen(t, base, "?status=201", "")
	add(kept, 1, 2)
	if e := l.next("stale", "journal"); e.name != "journal" || !strings.Contains(e.data, `"request_id":"R1"`) {
		t.Errorf("a stream from now on: %+v", e)
	}
}

func TestAStreamTellsOfTheClockAndTheFaults(t *testing.T) {
	t.Parallel()
	base, _, p := newStreamingPort(t)
	l := listen(t, base, "", "")
	if e := l.next("clock"); !strings.Contains(e.data, `"state":"REAL"`) {
		t.Errorf("at first: %+v", e)
	}
	l.next("faults")
	if status, got := p.call(http.MethodPost, "/manage/v1/clock", `{"action":"FREEZE"}`); status != http.StatusOK {
		t.Fatalf("%d %v", status, got)
	}
	if e := l.next("clock"); !strings.Contains(e.data, `"state":"FROZEN"`) {
		t.Errorf("frozen: %+v", e)
	}
	if status, got := p.call(http.MethodPost, "/manage/v1/faults", `{"kind":"CALLBACK_DUPLICATE"}`); status != http.StatusOK {
		t.Fatalf("%d %v", status, got)
	}
	for e := l.next("faults"); !strings.Contains(e.data, "CALLBACK_DUPLICATE"); e = l.next("faults") {
		if !strings.Contains(e.data, `"faults":[]`) {
			t.Fatalf("%+v", e)
		}
	}
}

func TestAStreamIsOpenToThoseWhoManageOnly(t *testing.T) {
	t.Parallel()
	p := newPort(t, func(c *console.Config) { c.Journal, c.Token = journal.New(), "secret" })
	if status, got := p.call(http.MethodGet, "/manage/v1/events", ""); status != http.StatusUnauthorized {
		t.Errorf("without a token: %d %v", status, got)
	}
	p = newPort(t, func(c *console.Config) { c.Journal, c.Sandbox, c.Token = nil, false, "secret" })
	bearer := func(r *http.Request) { r.Header.Set("Authorization", "Bearer secret") }
	if status, got := p.call(http.MethodGet, "/manage/v1/events", "", bearer); status != http.StatusNotFound {
		t.Errorf("in production: %d %v", status, got)
	}
	p = newPort(t, func(c *console.Config) { c.Journal = journal.New() })
	if status, got := p.call(http.MethodGet, "/manage/v1/events?status=x", ""); status != http.StatusBadRequest {
		t.Errorf("a wrong filter: %d %v", status, got)
	}
}
