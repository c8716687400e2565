package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
)

// The invariants of callbacks and deliveries.
const (
	InvariantFeeds    = "every event behind a callback was looked at once"
	InvariantNotices  = "every event for a callback is delivered, pending or dead"
	InvariantAttempts = "every attempt belongs to a delivery that began it"
)

// Feed is how far the events of a merchant have come on their way to one of its
// callbacks. It begins when the callback is first set.
type Feed struct {
	merchant.Callback
	// Since and Position are places in the merchant's outbox: events at Since and before
	// are not for the callback, those up to Position were looked at.
	Since, Position int64
	// Passed counts the events that were looked at, Taken those that became deliveries,
	// Removed the deliveries that are not kept any more.
	Passed, Taken, Removed int64
}

// Placed is an event with its place in its owner's outbox. Places grow; there may be gaps.
type Placed struct {
	Place int64
	delivery.Event
}

// Span asks for up to Limit rows of a callback; in the outbox, of those behind After.
type Span struct {
	merchant.CallbackKey
	After int64
	Limit int64
}

// DeliveryQuery asks for the deliveries of a merchant, the newest first.
type DeliveryQuery struct {
	Owner merchant.ID
	// Product and State narrow the list unless they are empty.
	Product merchant.Product
	State   delivery.State
	// From and Until bound TakenAt, the latter exclusively; zero does not.
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
	// Backlog is Callbacks for those that have something to do at now: events that were
	// not looked at, or, while they are on, deliveries that are due.
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

// NoticeWriter changes callbacks and moves deliveries on. Several nodes may do so: who
// locked a feed takes its events and its due deliveries, others pass it by.
type NoticeWriter interface {
	// SetCallback adds or changes a callback. The feed of a new one begins behind the
	// events that are there.
	SetCallback(ctx context.Context, c merchant.Callback) error
	// LockFeeds locks those feeds that nobody else has locked, and returns them in the
	// order of keys.
	LockFeeds(ctx context.Context, keys []merchant.CallbackKey) ([]Feed, error)
	// OutboxAfter returns the events of each span's owner in the order of places, as far
	// as no earlier place can still be filled: what comes later may be missing for a
	// moment, never skipped. Of spans with the same owner each gets its own.
	OutboxAfter(ctx context.Context, spans []Span) (map[merchant.CallbackKey][]Placed, error)
	// DueDeliveries locks deliveries of each span that are due at now, those first that
	// are due longest. Locked ones are passed by.
	DueDeliveries(ctx context.Context, now time.Time, spans []Span) ([]delivery.Due, error)
	// InsertDeliveries adds deliveries.
	InsertDeliveries(ctx context.Context, list []delivery.Delivery) error
	// ClaimDeliveries begins the next attempt of locked deliveries: their Claim grows by
	// one and they are due again at until, should nobody settle them.
	ClaimDeliveries(ctx context.Context, keys []delivery.Key, until time.Time) error
	// MoveFeeds stores position and counters of locked feeds.
	MoveFeeds(ctx context.Context, feeds []Feed) error
	// SettleAttempts keeps attempts and what they lead to. Doing it again changes nothing;
	// a delivery that is gone is passed by.
	SettleAttempts(ctx context.Context, outcomes []delivery.Outcome) error
	// ResendDeliveries makes deliveries pending and due at a time, as if they began then.
	// The Claim of those that are pending already grows by one: an attempt that is under
	// way must not put the next one off.
	ResendDeliveries(ctx context.Context, keys []delivery.Key, at time.Time) error
	// ExpireDeliveries gives up to limit due deliveries of a callback up that started
	// before a time, and returns how many.
	ExpireDeliveries(ctx context.Context, e Expiry) (int64, error)
	// RemoveDeliveries removes the deliveries of a locked feed that ended before a time,
	// among the feed's oldest ones up to limit, and returns how many. The caller counts
	// them in the feed.
	RemoveDeliveries(ctx context.Context, key merchant.CallbackKey, before time.Time, limit int64) (int64, error)
}

// SortedCallbacks returns the keys in their order, each once.
func SortedCallbacks(keys []merchant.CallbackKey) []merchant.CallbackKey {
	sorted := slices.SortedFunc(slices.Values(keys), func(a, b merchant.CallbackKey) int {
		return cmp.Or(cmp.Compare(a.Owner, b.Owner), cmp.Compare(a.Product, b.Product))
	})
	return slices.Compact(sorted)
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
