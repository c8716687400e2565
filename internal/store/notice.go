package store

import (
	"context"
	"time"

	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
)

// The invariants of callbacks and deliveries.
const (
	InvariantNotices  = "every event is pending, delivered or dead"
	InvariantSubjects = "every event tells of a coupon or a use that is there"
	InvariantTold     = "where a callback is on, every coupon and every use has its event"
	InvariantAttempts = "every attempt belongs to a delivery that began it"
)

// What InvariantTold looks at. It compares times, which only a production database has that
// nobody moves, and leaves out what nodes may have seen in another order, and what is not kept.
const (
	ToldAfter  = time.Minute
	ToldWithin = 6 * 24 * time.Hour
)

// Span asks for deliveries of a callback: up to Limit of each kind.
type Span struct {
	merchant.CallbackKey
	Limit int64
}

// DeliveryQuery asks for the deliveries of a merchant, the newest first.
type DeliveryQuery struct {
	Owner merchant.ID
	// Product and State narrow the list unless they are empty.
	Product merchant.Product
	State   delivery.State
	// From and Until bound TakenAt, the latter exclusively; zero does not, and a fresh delivery
	// is before all times.
	From, Until time.Time
	// Before is the place of the last delivery of the page before, 0 for the first page.
	Before int64
	Limit  int64
}

// NoticeReader reads callbacks and deliveries.
type NoticeReader interface {
	// Callback returns a callback, or ErrNotFound.
	Callback(ctx context.Context, key merchant.CallbackKey) (merchant.Callback, error)
	// Callbacks lists up to limit callbacks behind a key, in the order of keys.
	Callbacks(ctx context.Context, after merchant.CallbackKey, limit int64) ([]merchant.Callback, error)
	// Backlog is Callbacks for those that are on and have deliveries that are due at now.
	Backlog(ctx context.Context, now time.Time, after merchant.CallbackKey, limit int64) ([]merchant.Callback, error)
	// Deliveries returns a page of a merchant's deliveries.
	Deliveries(ctx context.Context, q DeliveryQuery) ([]delivery.Delivery, error)
	// DeliveryOf returns the delivery of an event, or ErrNotFound.
	DeliveryOf(ctx context.Context, owner merchant.ID, eventID string) (delivery.Delivery, error)
	// Attempts lists the attempts of a delivery, the first one first.
	Attempts(ctx context.Context, key delivery.Key) ([]delivery.Attempt, error)
	// EventAt returns the event of a delivery, or ErrNotFound.
	EventAt(ctx context.Context, key delivery.Key) (delivery.Event, error)
}

// NoticeWriter changes callbacks, makes deliveries of events and moves them on. Several nodes
// may do so: who locked a delivery takes it, others pass it by.
type NoticeWriter interface {
	// SetCallback adds or changes a callback. It waits for transactions that asked, or appended
	// events, for the merchant's callbacks: what commits after it has seen it.
	SetCallback(ctx context.Context, c merchant.Callback) error
	// Listens reports whether a callback is on, and stays so until the transaction ends.
	Listens(ctx context.Context, key merchant.CallbackKey) (bool, error)
	// AppendEvents makes a fresh delivery of each event for which its owner Listens. An event's
	// id is taken once.
	AppendEvents(ctx context.Context, events []delivery.Event) error
	// DueDeliveries locks deliveries of each span: up to Limit that wait for a further attempt
	// and are due at now, those first that are due longest, and behind them up to Limit fresh
	// ones, by their places. Locked ones are passed by.
	DueDeliveries(ctx context.Context, now time.Time, spans []Span) ([]delivery.Due, error)
	// ClaimDeliveries takes locked deliveries. Those that nobody has taken before begin now.
	ClaimDeliveries(ctx context.Context, now time.Time, claims []delivery.Claim) error
	// SettleAttempts keeps attempts and what they lead to. Doing it again changes nothing;
	// a delivery that is gone is passed by.
	SettleAttempts(ctx context.Context, outcomes []delivery.Outcome) error
	// ResendDeliveries makes deliveries pending and due at a time, as if they began then.
	// The Claim of those that are pending already grows by one: an attempt that is under
	// way must not put the next one off.
	ResendDeliveries(ctx context.Context, keys []delivery.Key, at time.Time) error
	// ReplacePayload replaces what an event says; what was sealed is sealed anew. A delivery that is
	// gone is passed by.
	ReplacePayload(ctx context.Context, key delivery.Key, payload []byte) error
	// ExpireDeliveries gives up to limit due deliveries of a callback up that started
	// before a time, and returns how many. Fresh ones did not start.
	ExpireDeliveries(ctx context.Context, e Expiry) (int64, error)
	// RemoveDeliveries removes the deliveries of a callback that ended before a time, among
	// its oldest ones up to limit, and returns how many.
	RemoveDeliveries(ctx context.Context, key merchant.CallbackKey, before time.Time, limit int64) (int64, error)
}

// Expiry says which deliveries are given up.
type Expiry struct {
	merchant.CallbackKey
	// StartedBefore is the bound; Now is when it happens.
	StartedBefore, Now time.Time
	Limit              int64
}

// ProblemExpired is the Problem of deliveries that were given up because their time was
// over.
const ProblemExpired = "no attempt succeeded in time"
