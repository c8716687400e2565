package pgstore

import (
	"context"
	"maps"
	"sync"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store/row"
)

// hints remembers whose an id with a hint may be. There are a hundred thousand hints, and one merchant for
// most of those that are in use. A merchant that came later is found by asking again.
type hints struct {
	mu    sync.RWMutex
	known map[merchant.Hint][]merchant.ID
}

// of returns the merchants of the hints that are known, and the hints that are not.
func (h *hints) of(wanted []merchant.Hint) (owners []merchant.ID, unknown []merchant.Hint) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for _, hint := range wanted {
		found, known := h.known[hint]
		if !known {
			unknown = append(unknown, hint)
		}
		owners = append(owners, found...)
	}
	return owners, unknown
}

func (h *hints) learn(found []merchant.ID) {
	of := map[merchant.Hint][]merchant.ID{}
	for _, id := range found {
		of[id.Hint()] = append(of[id.Hint()], id)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.known == nil {
		h.known = map[merchant.Hint][]merchant.ID{}
	}
	maps.Copy(h.known, of)
}

// mayOwn returns the merchants that ids with these hints may belong to.
func (t *tx) mayOwn(ctx context.Context, wanted []merchant.Hint) ([]merchant.ID, error) {
	owners, unknown := t.store.hints.of(wanted)
	if unknown == nil {
		return owners, nil
	}
	more, err := t.merchantsHinted(ctx, unknown)
	return append(owners, more...), err
}

// merchantsHinted uses the index merchant_by_hint of a table that every node holds.
func (t *tx) merchantsHinted(ctx context.Context, wanted []merchant.Hint) ([]merchant.ID, error) {
	var found []merchant.ID
	err := t.rows(ctx, `
		select mchid
		from merchant
		where right(mchid, 5) = any($1)`,
		[]any{texts(wanted)}, func(scan row.Scan) error {
			var id merchant.ID
			err := scan(&id)
			found = append(found, id)
			return err
		})
	if err == nil {
		t.store.hints.learn(found)
	}
	return found, err
}

// texts is a list of texts as a parameter.
func texts[T ~string](list []T) []string {
	return column(list, func(v *T) string { return string(*v) })
}
