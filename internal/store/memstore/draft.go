package memstore

import (
	"cmp"
	"context"
	"slices"

	"github.com/favord/favord/internal/rule/draft"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
)

func (t *tx) Draft(_ context.Context, id string) (draft.Draft, error) {
	d, found := t.data.drafts[id]
	if !found {
		return draft.Draft{}, store.ErrNotFound
	}
	return d, nil
}

func (t *tx) Drafts(_ context.Context, q draft.Query) ([]draft.Draft, error) {
	before, id := q.Bound()
	var list []draft.Draft
	for _, d := range t.data.drafts {
		at := store.Seconds(d.Updated)
		if (q.Owner == "" || d.Owner == q.Owner) && (at < before || at == before && d.ID < id) {
			list = append(list, d)
		}
	}
	slices.SortFunc(list, func(a, b draft.Draft) int { return byAge(&b, &a) })
	return list[:min(q.Limit, len(list))], nil
}

// byAge orders drafts by when they were saved last, and by their ids.
func byAge(a, b *draft.Draft) int {
	return cmp.Or(cmp.Compare(store.Seconds(a.Updated), store.Seconds(b.Updated)), cmp.Compare(a.ID, b.ID))
}

func (t *tx) CountDrafts(_ context.Context, owner merchant.ID) (n int64, err error) {
	for _, d := range t.data.drafts {
		if d.Owner == owner {
			n++
		}
	}
	return n, nil
}

func (t *tx) InsertDraft(_ context.Context, d draft.Draft) error {
	if _, found := t.data.drafts[d.ID]; found {
		return store.ErrDuplicate
	}
	put(t, t.data.drafts, d.ID, d)
	return nil
}

func (t *tx) UpdateDraft(_ context.Context, d draft.Draft, version int64) error {
	kept, found := t.data.drafts[d.ID]
	if !found || kept.Version != version {
		return store.ErrStale
	}
	kept.Title, kept.Body, kept.Version, kept.Editor, kept.Updated = d.Title, d.Body, d.Version, d.Editor, d.Updated
	put(t, t.data.drafts, d.ID, kept)
	return nil
}

func (t *tx) DropDraft(_ context.Context, id string) error {
	drop(t, t.data.drafts, id)
	return nil
}

func (t *tx) DropDrafts(_ context.Context, e store.Ended) (int64, error) {
	var old []draft.Draft
	for _, d := range t.data.drafts {
		if endedBefore(d.Updated, e.Before) {
			old = append(old, d)
		}
	}
	slices.SortFunc(old, func(a, b draft.Draft) int { return byAge(&a, &b) })
	old = old[:min(e.Limit, int64(len(old)))]
	for i := range old {
		drop(t, t.data.drafts, old[i].ID)
	}
	return int64(len(old)), nil
}
