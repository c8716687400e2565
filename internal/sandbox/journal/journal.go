// Package journal keeps the latest requests of a sandbox with their answers, as they were
// received and sent, so that a developer can look at them. It lives in memory, is bounded,
// and ends with the process. It judges nothing: what a refused signature was about is package
// explain's.
package journal

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"time"

	"github.com/favord/favord/internal/base/fault"
)

// Bounds of what is kept.
const (
	// MaxEntries is how many requests there are at most.
	MaxEntries = 5000
	// MaxBytes is how much their heads and bodies take at most.
	MaxBytes = 32 << 20
	// MaxBody is how much of one body is kept; the rest of it is dropped.
	MaxBody = 256 << 10
	// MaxPage is how many requests one list has at most.
	MaxPage = 500
)

// ByConsole is the channel of calls that someone made as a merchant over the management port.
const ByConsole = "CONSOLE"

// Dry is the channel of such calls of which nothing was kept.
const Dry = "DRY"

// Field is one header, in the case it had on the wire.
type Field struct {
	Name  string
	Value string
}

// Entry is one request with its answer.
type Entry struct {
	// Sequence counts requests, and what was marked between them, from 1.
	Sequence int64
	// ID is the Request-ID that the answer carried.
	ID       string
	Received time.Time
	Took     time.Duration

	Method string
	// Target is path and query, as they were sent.
	Target string
	// Proto is the version of HTTP.
	Proto string
	// Header has the headers in the order and case in which they were sent when Exact is
	// true, else sorted.
	Header []Field
	Exact  bool
	// Body is what was received, up to MaxBody; BodySize is how much that was.
	Body     []byte
	BodySize int

	// Operation is the id of the operation, "" for an unknown path.
	Operation string
	// MchID is who the caller claims to be, and Verified whether its signature proved it.
	MchID    string
	Verified bool
	// Channel is ByConsole for a call that came without a signature, else empty.
	Channel string

	Status int
	// Refused says why the answer is no success; it is empty for one that is.
	Refused fault.Text
	// Cut is true when the connection was broken on purpose and no answer was sent.
	Cut bool
	// Lost is true when what goes wrong on purpose kept the caller from an answer that it can trust:
	// a connection that broke, or a signature that does not verify.
	Lost         bool
	AnswerHeader []Field
	// AnswerBody is what was sent, up to MaxBody.
	AnswerBody []byte
}

// size is about how much memory an entry takes.
func (e *Entry) size() int {
	n := len(e.Target) + len(e.Body) + len(e.AnswerBody)
	for _, list := range [...][]Field{e.Header, e.AnswerHeader} {
		for _, f := range list {
			n += len(f.Name) + len(f.Value)
		}
	}
	return n
}

// Journal keeps entries. It is safe for concurrent use. Use New; a nil Journal keeps and
// has nothing.
type Journal struct {
	mu sync.Mutex
	// entries is a ring: the oldest is at first, and count follow each other.
	entries      []Entry
	first, count int
	bytes        int
	limit        int // of bytes
	last         int64
	// added is closed when an entry comes, and replaced.
	added chan struct{}
	// closed ends every wait.
	closed chan struct{}
	once   sync.Once
}

// New returns a journal within the bounds of this package.
func New() *Journal { return newBounded(MaxEntries, MaxBytes) }

func newBounded(entries, size int) *Journal {
	return &Journal{entries: make([]Entry, entries), limit: size, added: make(chan struct{}), closed: make(chan struct{})}
}

// Close ends every wait, so that a server can end that somebody waits at.
func (j *Journal) Close() {
	if j != nil {
		j.once.Do(func() { close(j.closed) })
	}
}

// Add keeps an entry, which gets the next sequence; the oldest make room. The entry's
// slices belong to the journal from then on.
func (j *Journal) Add(e Entry) {
	if j == nil {
		return
	}
	e.BodySize = max(e.BodySize, len(e.Body))
	e.Body, e.AnswerBody = shorten(e.Body), shorten(e.AnswerBody)
	conceal(e.Header)
	j.mu.Lock()
	defer j.mu.Unlock()
	j.last++
	e.Sequence = j.last
	j.bytes += e.size()
	for j.count > 0 && (j.count == len(j.entries) || j.bytes > j.limit) {
		j.dropOldest()
	}
	j.entries[(j.first+j.count)%len(j.entries)] = e
	j.count++
	close(j.added)
	j.added = make(chan struct{})
}

// Mark takes the next sequence for something that is no request, and returns it; 0 without a journal.
func (j *Journal) Mark() int64 {
	if j == nil {
		return 0
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.last++
	return j.last
}

// Old counts the entries that were received before a time, and tells when the first of them was.
func (j *Journal) Old(before time.Time) (count int64, first time.Time) {
	if j == nil {
		return 0, time.Time{}
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for i := range j.count {
		e := j.at(i)
		if !e.Received.Before(before) {
			break
		}
		if count++; i == 0 {
			first = e.Received
		}
	}
	return count, first
}

// Forget lets go of the entries that were received before a time, and returns how many.
func (j *Journal) Forget(before time.Time) (count int64) {
	if j == nil {
		return 0
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for j.count > 0 && j.at(0).Received.Before(before) {
		j.dropOldest()
		count++
	}
	return count
}

// dropOldest makes room; the caller holds the lock.
func (j *Journal) dropOldest() {
	oldest := &j.entries[j.first]
	j.bytes -= oldest.size()
	*oldest = Entry{}
	j.first = (j.first + 1) % len(j.entries)
	j.count--
}

// shorten keeps the beginning of a body, and lets go of the rest.
func shorten(body []byte) []byte {
	if len(body) <= MaxBody {
		return body
	}
	return append([]byte(nil), body[:MaxBody]...)
}

// conceal removes the values of headers that may carry a secret. Authorization carries
// none: a signature, good for one request and five minutes.
func conceal(header []Field) {
	for i := range header {
		switch strings.ToLower(header[i].Name) {
		case "cookie", "proxy-authorization":
			header[i].Value = "…"
		}
	}
}

// at returns the entry with the given distance from the oldest.
func (j *Journal) at(i int) *Entry { return &j.entries[(j.first+i)%len(j.entries)] }

// Filter chooses entries. The zero Filter chooses all.
type Filter struct {
	// MchID is the claimed caller.
	MchID string
	// Operation is an id, or the beginning of one followed by a star.
	Operation string
	// Status is the answer's; 0 is any. Class is its first digit; 0 is any.
	Status int
	Class  int
	// Path is how the target begins.
	Path string
	// After leaves out entries up to this sequence, Before those from this one on; 0 leaves out
	// none.
	After  int64
	Before int64
	// Text is somewhere in the target, the Request-ID or a body.
	Text string
	// Agent is a part of the User-Agent, whatever its case.
	Agent string
	// Verified chooses by whether the signature was right; nil is any.
	Verified *bool
}

func (f *Filter) matches(e *Entry) bool {
	return e.Sequence > f.After && f.matchesText(e) &&
		(f.MchID == "" || f.MchID == e.MchID) &&
		(f.Status == 0 || f.Status == e.Status) &&
		(f.Class == 0 || f.Class == e.Status/100) &&
		(f.Before == 0 || e.Sequence < f.Before) &&
		(f.Verified == nil || *f.Verified == e.Verified)
}

func (f *Filter) matchesText(e *Entry) bool {
	prefix, open := strings.CutSuffix(f.Operation, "*")
	return strings.HasPrefix(e.Target, f.Path) &&
		(f.Operation == "" || f.Operation == e.Operation || open && strings.HasPrefix(e.Operation, prefix)) &&
		(f.Agent == "" || strings.Contains(strings.ToLower(e.agent()), strings.ToLower(f.Agent))) &&
		(f.Text == "" || e.has(f.Text))
}

// agent is the User-Agent.
func (e *Entry) agent() string {
	for i := range e.Header {
		if strings.EqualFold(e.Header[i].Name, "User-Agent") {
			return e.Header[i].Value
		}
	}
	return ""
}

// has reports whether a text is somewhere in an entry.
func (e *Entry) has(text string) bool {
	return strings.Contains(e.Target, text) || strings.Contains(e.ID, text) ||
		bytes.Contains(e.Body, []byte(text)) || bytes.Contains(e.AnswerBody, []byte(text))
}

// Page is a part of the journal.
type Page struct {
	Entries []Entry
	// Last is the sequence of the newest entry of all, chosen or not: what to go on
	// after.
	Last int64
	// Oldest is the sequence of the oldest entry of all that is kept, 0 when there is none.
	Oldest int64
}

// page begins a page; the caller holds the lock.
func (j *Journal) page() Page {
	p := Page{Last: j.last}
	if j.count > 0 {
		p.Oldest = j.at(0).Sequence
	}
	return p
}

// Done is closed when the journal is.
func (j *Journal) Done() <-chan struct{} { return j.closed }

// Newest returns up to limit of the newest entries that a filter chooses, the newest first.
func (j *Journal) Newest(f Filter, limit int) Page {
	if j == nil {
		return Page{}
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	p := j.page()
	for i := j.count - 1; i >= 0 && len(p.Entries) < limit && j.at(i).Sequence > f.After; i-- {
		if e := j.at(i); f.matches(e) {
			p.Entries = append(p.Entries, *e)
		}
	}
	return p
}

// Following returns up to limit of the entries after f.After that a filter chooses, the
// oldest first, and waits for one until ctx ends or the journal is closed when there is none. When there are more
// than limit, Last is that of the last one returned.
func (j *Journal) Following(ctx context.Context, f Filter, limit int) Page {
	if j == nil {
		return Page{}
	}
	for {
		p, added := j.following(f, limit)
		if len(p.Entries) > 0 {
			return p
		}
		select {
		case <-added:
			f.After = p.Last // none up to there is chosen
		case <-j.closed:
			return p
		case <-ctx.Done():
			return p
		}
	}
}

func (j *Journal) following(f Filter, limit int) (Page, <-chan struct{}) {
	j.mu.Lock()
	defer j.mu.Unlock()
	p := j.page()
	missed := min(int64(j.count), max(0, j.last-f.After))
	for i := j.count - int(missed); i < j.count; i++ {
		if !f.matches(j.at(i)) {
			continue
		}
		if len(p.Entries) == limit {
			p.Last = p.Entries[limit-1].Sequence
			break
		}
		p.Entries = append(p.Entries, *j.at(i))
	}
	return p, j.added
}

// ErrNotFound reports an id that is not in the journal, or not any more.
var ErrNotFound = fault.New(fault.NotFound,
	"请求日志中没有这个请求，或已被更新的请求挤出",
	"The request is not in the journal; newer requests may have displaced it.")

// ByID returns the entry whose answer carried an id, or ErrNotFound.
func (j *Journal) ByID(id string) (Entry, error) {
	return j.find(func(e *Entry) bool { return strings.EqualFold(e.ID, id) })
}

// Last returns the newest entry; ErrNotFound when there is none.
func (j *Journal) Last() (Entry, error) { return j.find(func(*Entry) bool { return true }) }

// LastRefused returns the newest entry that was refused, else the newest of all; ErrNotFound
// when there is none.
func (j *Journal) LastRefused() (Entry, error) {
	const refused = 400
	if e, err := j.find(func(e *Entry) bool { return e.Status >= refused }); err == nil {
		return e, nil
	}
	return j.Last()
}

// find returns the newest entry that is wanted.
func (j *Journal) find(wanted func(e *Entry) bool) (Entry, error) {
	if j == nil {
		return Entry{}, ErrNotFound
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for i := j.count - 1; i >= 0; i-- {
		if e := j.at(i); wanted(e) {
			return *e, nil
		}
	}
	return Entry{}, ErrNotFound
}
