package memstore

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/favord/favord/internal/rule/codefile"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/store"
)

func (t *tx) CodeImport(_ context.Context, key coupon.StockKey) (codefile.Import, error) {
	i, found := t.data.imports[key]
	if !found {
		return codefile.Import{}, store.ErrNotFound
	}
	return i, nil
}

func (t *tx) NextImportPart(_ context.Context, from store.PartKey) (store.ImportPart, error) {
	next, found := from, false
	for key := range t.data.importParts {
		if key.Stock == from.Stock && key.Kind == from.Kind && key.Number >= from.Number && (!found || key.Number < next.Number) {
			next, found = key, true
		}
	}
	if !found {
		return store.ImportPart{}, store.ErrNotFound
	}
	return store.ImportPart{PartKey: next, Data: slices.Clone(t.data.importParts[next])}, nil
}

func (t *tx) DueImports(_ context.Context, d store.Due) ([]coupon.StockKey, error) {
	return t.importsBy(d.Limit, func(i *codefile.Import) (int64, bool) {
		return store.Millis(i.Until), i.Works() && store.Millis(i.Until) <= store.Millis(d.Now)
	}), nil
}

func (t *tx) OldImports(_ context.Context, e store.Ended) ([]coupon.StockKey, error) {
	return t.importsBy(int(e.Limit), func(i *codefile.Import) (int64, bool) {
		return store.Seconds(i.Updated), endedBefore(i.Updated, e.Before)
	}), nil
}

// importsBy lists imports in the order of a time, those that are wanted.
func (t *tx) importsBy(limit int, time func(*codefile.Import) (at int64, wanted bool)) []coupon.StockKey {
	var list []coupon.StockKey
	at := map[coupon.StockKey]int64{}
	for key, i := range t.data.imports {
		if when, wanted := time(&i); wanted {
			list, at[key] = append(list, key), when
		}
	}
	slices.SortFunc(list, func(a, b coupon.StockKey) int {
		return cmp.Or(cmp.Compare(at[a], at[b]), cmp.Compare(a.Creator, b.Creator), cmp.Compare(a.ID, b.ID))
	})
	return list[:min(limit, len(list))]
}

func (t *tx) LockCodeImport(ctx context.Context, key coupon.StockKey) (codefile.Import, error) {
	return t.CodeImport(ctx, key)
}

func (t *tx) InsertCodeImport(_ context.Context, i codefile.Import) error {
	if _, found := t.data.imports[i.Stock]; found {
		return store.ErrDuplicate
	}
	put(t, t.data.imports, i.Stock, i)
	return nil
}

func (t *tx) UpdateCodeImport(_ context.Context, i codefile.Import) error {
	was, found := t.data.imports[i.Stock]
	if !found || was.ID != i.ID {
		return store.ErrStale
	}
	i.Name, i.Print, i.Actor, i.Size, i.Created = was.Name, was.Print, was.Actor, was.Size, was.Created
	put(t, t.data.imports, i.Stock, i)
	return nil
}

func (t *tx) InsertImportPart(_ context.Context, p store.ImportPart) error {
	if _, found := t.data.importParts[p.PartKey]; found {
		return store.ErrDuplicate
	}
	put(t, t.data.importParts, p.PartKey, slices.Clone(p.Data))
	return nil
}

func (t *tx) DropImportParts(_ context.Context, below store.PartKey) error {
	t.dropParts(func(key store.PartKey) bool {
		return key.Stock == below.Stock && key.Kind == below.Kind && key.Number < below.Number
	})
	return nil
}

func (t *tx) dropParts(which func(store.PartKey) bool) {
	for key := range t.data.importParts {
		if which(key) {
			drop(t, t.data.importParts, key)
		}
	}
}

func (t *tx) DropCodeImport(_ context.Context, key coupon.StockKey) error {
	t.dropParts(func(part store.PartKey) bool { return part.Stock == key })
	drop(t, t.data.imports, key)
	return nil
}

func (d *data) importsHold() store.Invariant {
	proof := store.NewImportProof()
	for _, i := range d.imports {
		proof.Import(i)
	}
	for _, key := range slices.SortedFunc(maps.Keys(d.importParts), compareParts) {
		proof.Part(key, int64(len(d.importParts[key])))
	}
	return proof.Of()
}

func compareParts(a, b store.PartKey) int {
	return cmp.Or(store.CompareStocks(a.Stock, b.Stock), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Number, b.Number))
}
