package memstore

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
)

// The place of an event is its number in the list of all events.

func (t *tx) Callback(_ context.Context, key merchant.CallbackKey) (merchant.Callback, error) {
	f, found := t.data.feeds[key]
	if !found {
		return merchant.Callback{}, store.ErrNotFound
	}
	return f.Callback, nil
}

func (t *tx) Callbacks(_ context.Context, after merchant.CallbackKey, limit int64) ([]merchant.Callback, error) {
	return t.callbacks(after, limit, func(*store.Feed) bool { return true }), nil
}

func (t *tx) Backlog(_ context.Context, now time.Time, after merchant.CallbackKey, limit int64) ([]merchant.Callback, error) {
	return t.callbacks(after, limit, func(f *store.Feed) bool {
		for _, e := range t.data.events[min(int(f.Position), len(t.data.events)):] {
			if e.Owner == f.Owner {
				return true
			}
		}
		return f.On && len(t.due(f.CallbackKey, now)) > 0
	}), nil
}

func (t *tx) callbacks(after merchant.CallbackKey, limit int64, wanted func(*store.Feed) bool) []merchant.Callback {
	var list []merchant.Callback
	for _, key := range slices.SortedFunc(maps.Keys(t.data.feeds), compareCallbacks) {
		f := t.data.feeds[key]
		if int64(len(list)) < limit && compareCallbacks(key, after) > 0 && wanted(&f) {
			list = append(list, f.Callback)
		}
	}
	return list
}

func compareCallbacks(a, b merchant.CallbackKey) int {
	return cmp.Or(cmp.Compare(a.Owner, b.Owner), cmp.Compare(a.Product, b.Product))
}

// due lists the keys of a callback's deliveries that are due, those first that are due
// longest.
func (t *tx) due(key merchant.CallbackKey, now time.Time) []delivery.Key {
	var list []delivery.Key
	for k, d := range t.data.deliveries {
		if k.Owner == key.Owner && d.Product == key.Product && d.State == delivery.Pending && !d.Due.After(now) {
			list = append(list, k)
		}
	}
	slices.SortFunc(list, func(a, b delivery.Key) int {
		return cmp.Or(t.data.deliveries[a].Due.Compare(t.data.deliveries[b].Due), cmp.Compare(a.Place, b.Place))
	})
	return list
}

func (t *tx) Deliveries(_ context.Context, q store.DeliveryQuery) ([]delivery.Delivery, error) {
	var list []delivery.Delivery
	for _, d := range t.data.deliveries {
		if d.Owner == q.Owner && matches(&q, &d) {
			list = append(list, d)
		}
	}
	slices.SortFunc(list, func(a, b delivery.Delivery) int { return cmp.Compare(b.Place, a.Place) })
	return list[:min(int64(len(list)), q.Limit)], nil
}

func matches(q *store.DeliveryQuery, d *delivery.Delivery) bool {
	return (q.Product == "" || d.Product == q.Product) && (q.State == "" || d.State == q.State) &&
		(q.Before == 0 || d.Place < q.Before) &&
		!d.TakenAt.Before(q.From) && (q.Until.IsZero() || d.TakenAt.Before(q.Until))
}

func (t *tx) DeliveryOf(_ context.Context, owner merchant.ID, eventID string) (delivery.Delivery, error) {
	for _, d := range t.data.deliveries {
		if d.Owner == owner && d.EventID == eventID {
			return d, nil
		}
	}
	return delivery.Delivery{}, store.ErrNotFound
}

func (t *tx) Attempts(_ context.Context, key delivery.Key) ([]delivery.Attempt, error) {
	return slices.SortedFunc(slices.Values(t.data.attempts[key]), func(a, b delivery.Attempt) int { return cmp.Compare(a.Number, b.Number) }), nil
}

func (t *tx) EventAt(_ context.Context, key delivery.Key) (delivery.Event, error) {
	if key.Place < 1 || key.Place > int64(len(t.data.events)) || t.data.events[key.Place-1].Owner != key.Owner {
		return delivery.Event{}, store.ErrNotFound
	}
	return t.data.events[key.Place-1], nil
}

func (t *tx) SetCallback(_ context.Context, c merchant.Callback) error {
	f, found := t.data.feeds[c.CallbackKey]
	if !found {
		f.Since = int64(len(t.data.events))
		f.Position = f.Since
	}
	f.Callback = c
	put(t, t.data.feeds, c.CallbackKey, f)
	return nil
}

// LockFeeds locks nothing: there is one transaction at a time.
func (t *tx) LockFeeds(_ context.Context, keys []merchant.CallbackKey) ([]store.Feed, error) {
	var list []store.Feed
	for _, key := range store.SortedCallbacks(keys) {
		if f, found := t.data.feeds[key]; found {
			list = append(list, f)
		}
	}
	return list, nil
}

func (t *tx) OutboxAfter(_ context.Context, spans []store.Span) (map[merchant.CallbackKey][]store.Placed, error) {
	found := map[merchant.CallbackKey][]store.Placed{}
	for _, span := range spans {
		for i := span.After; i < int64(len(t.data.events)) && int64(len(found[span.CallbackKey])) < span.Limit; i++ {
			if e := t.data.events[i]; e.Owner == span.Owner {
				found[span.CallbackKey] = append(found[span.CallbackKey], store.Placed{Place: i + 1, Event: e})
			}
		}
	}
	return found, nil
}

func (t *tx) DueDeliveries(_ context.Context, now time.Time, spans []store.Span) ([]delivery.Due, error) {
	var list []delivery.Due
	for _, span := range spans {
		keys := t.due(span.CallbackKey, now)
		for _, key := range keys[:min(int64(len(keys)), span.Limit)] {
			list = append(list, delivery.Due{Delivery: t.data.deliveries[key], Event: t.data.events[key.Place-1]})
		}
	}
	return list, nil
}

func (t *tx) InsertDeliveries(_ context.Context, list []delivery.Delivery) error {
	for _, d := range list {
		if _, found := t.data.deliveries[d.Key]; found {
			return store.ErrDuplicate
		}
		put(t, t.data.deliveries, d.Key, d)
	}
	return nil
}

func (t *tx) ClaimDeliveries(_ context.Context, keys []delivery.Key, until time.Time) error {
	for _, key := range keys {
		d := t.data.deliveries[key]
		d.Claim++
		d.Due = until
		put(t, t.data.deliveries, key, d)
	}
	return nil
}

func (t *tx) MoveFeeds(_ context.Context, feeds []store.Feed) error {
	for _, f := range feeds {
		stored := t.data.feeds[f.CallbackKey]
		f.Callback, f.Since = stored.Callback, stored.Since
		put(t, t.data.feeds, f.CallbackKey, f)
	}
	return nil
}

func (t *tx) SettleAttempts(_ context.Context, outcomes []delivery.Outcome) error {
	for _, o := range outcomes {
		d, found := t.data.deliveries[o.Key]
		if !found {
			continue
		}
		list := t.data.attempts[o.Key]
		if !slices.ContainsFunc(list, func(a delivery.Attempt) bool { return a.Number == o.Number }) {
			put(t, t.data.attempts, o.Key, append(slices.Clip(list), o.Attempt))
		}
		late := d.State != delivery.Pending || d.Claim != o.Number
		if late && (o.State != delivery.Delivered || d.State == delivery.Delivered) {
			continue
		}
		d.State, d.Due, d.Step, d.Status, d.Problem = o.State, o.Due, o.Step, o.Status, o.Problem
		d.Sealed, d.KeyVersion = o.Sealed, o.KeyVersion
		d.Ended = o.EndedAt()
		put(t, t.data.deliveries, o.Key, d)
	}
	return nil
}

func (t *tx) ResendDeliveries(_ context.Context, keys []delivery.Key, at time.Time) error {
	for _, key := range keys {
		if d, found := t.data.deliveries[key]; found {
			if d.State == delivery.Pending {
				d.Claim++
			}
			d.State, d.Started, d.Due, d.Step, d.Ended = delivery.Pending, at, at, 0, time.Time{}
			put(t, t.data.deliveries, key, d)
		}
	}
	return nil
}

func (t *tx) ExpireDeliveries(_ context.Context, e store.Expiry) (int64, error) {
	var n int64
	for _, key := range t.due(e.CallbackKey, e.Now) {
		d := t.data.deliveries[key]
		if n == e.Limit || !d.Started.Before(e.StartedBefore) {
			continue
		}
		n++
		d.State, d.Ended, d.Problem = delivery.Dead, e.Now, store.ProblemExpired
		put(t, t.data.deliveries, key, d)
	}
	return n, nil
}

func (t *tx) RemoveDeliveries(_ context.Context, key merchant.CallbackKey, before time.Time, limit int64) (int64, error) {
	var oldest []delivery.Key
	for k, d := range t.data.deliveries {
		if k.Owner == key.Owner && d.Product == key.Product {
			oldest = append(oldest, k)
		}
	}
	slices.SortFunc(oldest, func(a, b delivery.Key) int { return cmp.Compare(a.Place, b.Place) })
	var n int64
	for _, k := range oldest[:min(int64(len(oldest)), limit)] {
		if d := t.data.deliveries[k]; d.State != delivery.Pending && d.Ended.Before(before) {
			drop(t, t.data.deliveries, k)
			drop(t, t.data.attempts, k)
			n++
		}
	}
	return n, nil
}
