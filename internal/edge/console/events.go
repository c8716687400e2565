package console

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/limit"
	"github.com/favord/favord/internal/edge/serve"
	"github.com/favord/favord/internal/sandbox/journal"
	"github.com/favord/favord/wire/manage"
)

// Bounds of a stream.
const (
	// pingEvery is how long a stream is silent at most: proxies cut what is silent.
	pingEvery = 15 * time.Second
	// writePatience is how long a client may take to read; one that takes longer is cut.
	writePatience = 10 * time.Second
	// batch is how many requests one look at the journal brings.
	batch = 200
)

// bulletin wakes those who wait for a change of the clock or the faults.
type bulletin struct {
	mu      sync.Mutex
	changed chan struct{}
}

func newBulletin() *bulletin { return &bulletin{changed: make(chan struct{})} }

// publish wakes everyone who waits.
func (b *bulletin) publish() {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.changed)
	b.changed = make(chan struct{})
}

// next is closed at the next change.
func (b *bulletin) next() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.changed
}

// telling has an operation wake the streams once it has changed something.
func (s *Server) telling(h handler) handler {
	return func(ctx context.Context, c *call) (any, error) {
		answer, err := h(ctx, c)
		if err == nil {
			s.bulletin.publish()
		}
		return answer, err
	}
}

// stream is one client of the events.
type stream struct {
	server *Server
	w      http.ResponseWriter
	filter journal.Filter
	// at is the sequence up to which the client has the journal.
	at int64
}

// events streams what happens until the client goes or the server ends.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	e, err := s.openStream(w, r)
	if err == nil {
		err = s.following.Enter(r.Context(), limit.Caller{})
		if err != nil {
			err = errors.Join(errFollowed, err)
		}
	}
	if err != nil {
		op := manage.Events()
		status, body := failureOf(err, &op, serve.LanguageOf(r.Header))
		s.answer(w, status, body)
		return
	}
	defer s.following.Leave(limit.Caller{})
	// The server bounds how long a request is read; this one stays open.
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
	h := w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	e.run(r.Context())
}

func (s *Server) openStream(w http.ResponseWriter, r *http.Request) (*stream, error) {
	op := manage.Events()
	who, err := s.admit(r)
	if err == nil {
		err = who.demand(op.Duty)
	}
	if err != nil {
		return nil, err
	}
	req, err := serve.Bind[manage.ListJournalRequest](&op, &serve.Request{Target: r.RequestURI})
	if err != nil {
		return nil, err
	}
	filter, err := journalFilter(req)
	if err != nil {
		return nil, err
	}
	e := &stream{server: s, w: w, filter: filter}
	now := s.Journal.Newest(journal.Filter{}, 0)
	epoch, sequence, resumed := strings.Cut(r.Header.Get("Last-Event-Id"), "-")
	switch {
	case resumed && epoch == s.epoch:
		e.at, _ = strconv.ParseInt(sequence, 10, 64)
	case resumed: // the server was started anew, with an empty journal
		e.at = -1
	case req.After != nil:
		e.at = *req.After
	default:
		e.at = now.Last
	}
	return e, nil
}

func (e *stream) run(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	pages := make(chan journal.Page)
	go e.follow(ctx, pages)
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	changed := e.server.bulletin.next()
	err := e.state()
	for err == nil {
		select {
		case page := <-pages:
			err = e.page(page)
		case <-changed:
			changed = e.server.bulletin.next()
			err = e.state()
		case <-ping.C:
			err = e.send(manage.EventPing, "", struct{}{})
		case <-e.server.Journal.Done():
			return
		case <-ctx.Done():
			return
		}
	}
}

// follow hands on what comes into the journal.
func (e *stream) follow(ctx context.Context, pages chan<- journal.Page) {
	filter := e.filter
	filter.After = max(0, e.at)
	for ctx.Err() == nil {
		page := e.server.Journal.Following(ctx, filter, batch)
		select {
		case pages <- page:
			filter.After = page.Last
		case <-e.server.Journal.Done():
			return
		case <-ctx.Done():
			return
		}
	}
}

// page tells of requests, and of those that are lost.
func (e *stream) page(p journal.Page) error {
	if e.at < 0 || e.at > p.Last || p.Oldest > e.at+1 && p.Oldest > 1 {
		if err := e.send(manage.EventStale, e.id(p.Last), struct{}{}); err != nil {
			return err
		}
	}
	for i := range p.Entries {
		line := e.server.journalLine(&p.Entries[i])
		if err := e.send(manage.EventJournal, e.id(line.Sequence), line); err != nil {
			return err
		}
	}
	e.at = p.Last
	return nil
}

// id names a place in the journal of this run of the server.
func (e *stream) id(sequence int64) string {
	return e.server.epoch + "-" + strconv.FormatInt(sequence, 10)
}

// state tells how the clock and the faults are.
func (e *stream) state() error {
	return errors.Join(
		e.send(manage.EventClock, "", e.server.clockAnswer(e.server.Clock.Show(""))),
		e.send(manage.EventFaults, "", e.server.faultList()),
	)
}

func (e *stream) send(name, id string, value any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("event %s: %w", name, err)
	}
	if id != "" {
		id = "id: " + id + "\n"
	}
	control := http.NewResponseController(e.w)
	_ = control.SetWriteDeadline(clock.System{}.Now().Add(writePatience))
	//nolint:gosec // an event stream is no page: browsers do not render it
	if _, err := fmt.Fprintf(e.w, "event: %s\n%sdata: %s\n\n", name, id, data); err != nil {
		return fmt.Errorf("event %s: %w", name, err)
	}
	return control.Flush()
}
