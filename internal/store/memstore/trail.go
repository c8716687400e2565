package memstore

import (
	"context"

	"github.com/favord/favord/internal/store"
)

func (t *tx) Requests(_ context.Context, keys []store.RequestKey) (map[store.RequestKey]store.Request, error) {
	found := make(map[store.RequestKey]store.Request, len(keys))
	for _, key := range keys {
		if r, ok := t.data.requests[key]; ok {
			found[key] = r
		}
	}
	return found, nil
}

func (t *tx) InsertRequests(_ context.Context, requests []store.Request) error {
	for _, r := range requests {
		if _, found := t.data.requests[r.RequestKey]; found {
			return store.ErrDuplicate
		}
		put(t, t.data.requests, r.RequestKey, r)
	}
	return nil
}

// TouchRequests has nothing to do: what can be read is as durable as it gets.
func (t *tx) TouchRequests(context.Context, []store.RequestKey) error { return nil }

// page returns limit elements that match, from the offset-th on.
func page[V any](list []V, matches func(V) bool, offset, limit int64) []V {
	var chosen []V
	for _, v := range list {
		if !matches(v) {
			continue
		}
		if offset > 0 {
			offset--
			continue
		}
		if int64(len(chosen)) == limit {
			break
		}
		chosen = append(chosen, v)
	}
	return chosen
}
