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

func (t *tx) Callback(_ context.Context, key merchant.CallbackKey) (merchant.Callback, error) {
	c, found := t.data.callbacks[key]
	if !found {
		return merchant.Callback{}, store.ErrNotFound
	}
	return c, nil
}

func (t *tx) Callbacks(_ context.Context, after merchant.CallbackKey, limit int64) ([]merchant.Callback, error) {
	return t.callbacks(after, limit, func(*merchant.Callback) bool { return true }), nil
}

func (t *tx) Backlog(_ context.Context, now time.Time, after merchant.CallbackKey, limit int64) ([]merchant.Callback, error) {
	return t.callbacks(after, limit, func(c *merchant.Callback) bool {
		return c.On && len(t.due(c.CallbackKey, time.Time{}, now)) > 0
	}), nil
}

func (t *tx) callbacks(after merchant.CallbackKey, limit int64, wanted func(*merchant.Callback) bool) []merchant.Callback {
	var list []merchant.Callback
	for _, key := range slices.SortedFunc(maps.Keys(t.data.callbacks), compareCallbacks) {
		c := t.data.callbacks[key]
		if int64(len(list)) < limit && compareCallbacks(key, after) > 0 && wanted(&c) {
			list = append(list, c)
		}
	}
	return list
}

func compareCallbacks(a, b merchant.CallbackKey) int {
	return cmp.Or(cmp.Compare(a.Owner, b.Owner), cmp.Compare(a.Product, b.Product))
}

// due lists the keys of a callback's deliveries that are due between two times, those first
// that are due longest.
func (t *tx) due(key merchant.CallbackKey, from, until time.Time) []delivery.Key {
	var list []delivery.Key
	for k, d := range t.data.deliveries {
		if k.Owner == key.Owner && d.Product == key.Product && d.State == delivery.Pending && !d.Due.Before(from) && !d.Due.After(until) {
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
		if d.Owner == q.Owner && matches(&q, &d.Delivery) {
			list = append(list, d.Delivery)
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
	key, found := t.data.byEvent[eventKey{owner, eventID}]
	if !found {
		return delivery.Delivery{}, store.ErrNotFound
	}
	return t.data.deliveries[key].Delivery, nil
}

func (t *tx) Attempts(_ context.Context, key delivery.Key) ([]delivery.Attempt, error) {
	return slices.SortedFunc(slices.Values(t.data.attempts[key]), func(a, b delivery.Attempt) int { return cmp.Compare(a.Number, b.Number) }), nil
}

func (t *tx) EventAt(_ context.Context, key delivery.Key) (delivery.Event, error) {
	d, found := t.data.deliveries[key]
	if !found {
		return delivery.Event{}, store.ErrNotFound
	}
	return d.Event(), nil
}

// SetCallback waits for nobody: there is one transaction at a time.
func (t *tx) SetCallback(_ context.Context, c merchant.Callback) error {
	put(t, t.data.callbacks, c.CallbackKey, c)
	return nil
}

func (t *tx) Listens(_ context.Context, key merchant.CallbackKey) (bool, error) {
	return t.data.callbacks[key].On, nil
}

func (t *tx) AppendEvents(_ context.Context, events []delivery.Event) error {
	for _, e := range events {
		if !t.data.callbacks[merchant.CallbackKey{Owner: e.Owner, Product: e.Product}].On {
			continue
		}
		if _, told := t.data.byEvent[eventKey{e.Owner, e.ID}]; told {
			return store.ErrDuplicate
		}
		put(t, t.data.places, e.Owner, t.data.places[e.Owner]+1)
		d := delivery.Delivery{
			Key: delivery.Key{Owner: e.Owner, Place: t.data.places[e.Owner]}, Product: e.Product,
			EventID: e.ID, Kind: e.Kind, At: e.At, State: delivery.Pending,
		}
		put(t, t.data.deliveries, d.Key, delivery.Due{Delivery: d, Payload: e.Payload})
		put(t, t.data.byEvent, eventKey{e.Owner, e.ID}, d.Key)
	}
	return nil
}

// change changes a delivery that is there.
func (t *tx) change(key delivery.Key, how func(d *delivery.Delivery)) {
	if d, found := t.data.deliveries[key]; found {
		how(&d.Delivery)
		put(t, t.data.deliveries, key, d)
	}
}

// DueDeliveries locks nothing.
func (t *tx) DueDeliveries(_ context.Context, now time.Time, spans []store.Span) ([]delivery.Due, error) {
	var list []delivery.Due
	for _, span := range spans {
		waiting := t.due(span.CallbackKey, time.UnixMilli(1), now)
		fresh := t.due(span.CallbackKey, time.Time{}, time.Time{})
		for _, keys := range [][]delivery.Key{waiting, fresh} {
			for _, key := range keys[:min(int64(len(keys)), span.Limit)] {
				list = append(list, t.data.deliveries[key])
			}
		}
	}
	return list, nil
}

func (t *tx) ClaimDeliveries(_ context.Context, now time.Time, claims []delivery.Claim) error {
	for _, c := range claims {
		t.change(c.Key, func(d *delivery.Delivery) {
			if d.TakenAt.IsZero() {
				d.TakenAt, d.Started = now, now
			}
			d.Claim, d.Due = c.Number, c.Due
		})
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
		t.change(key, func(d *delivery.Delivery) {
			if d.State == delivery.Pending {
				d.Claim++
			}
			if d.TakenAt.IsZero() {
				d.TakenAt = at
			}
			d.State, d.Started, d.Due, d.Step, d.Ended = delivery.Pending, at, at, 0, time.Time{}
		})
	}
	return nil
}

func (t *tx) ReplacePayload(_ context.Context, key delivery.Key, payload []byte) error {
	if d, found := t.data.deliveries[key]; found {
		d.Payload, d.Sealed, d.KeyVersion = payload, nil, 0
		put(t, t.data.deliveries, key, d)
	}
	return nil
}

func (t *tx) ExpireDeliveries(_ context.Context, e store.Expiry) (int64, error) {
	var n int64
	for _, key := range t.due(e.CallbackKey, time.UnixMilli(1), e.Now) {
		if n == e.Limit || !t.data.deliveries[key].Started.Before(e.StartedBefore) {
			continue
		}
		n++
		t.change(key, func(d *delivery.Delivery) {
			d.State, d.Ended, d.Problem = delivery.Dead, e.Now, store.ProblemExpired
		})
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
			drop(t, t.data.byEvent, eventKey{k.Owner, d.EventID})
			drop(t, t.data.attempts, k)
			n++
		}
	}
	return n, nil
}
