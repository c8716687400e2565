package memstore

import (
	"context"
	"slices"
	"time"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/store"
)

// uploaded is a code of a pool.
type uploaded struct {
	at time.Time
	// position is where it stands among the uploads, slot where among the free ones;
	// -1 is nowhere.
	position, slot int
}

func (u uploaded) status() coupon.CodeStatus {
	if u.slot < 0 {
		return coupon.CodeDispatched
	}
	return coupon.CodeAvailable
}

func (t *tx) UploadedCode(_ context.Context, key coupon.Key) (coupon.UploadedCode, error) {
	u, found := t.data.codes[key]
	if !found {
		return coupon.UploadedCode{}, store.ErrNotFound
	}
	return coupon.UploadedCode{Code: key.Code, Status: u.status(), At: u.at}, nil
}

func (t *tx) UploadedCodes(ctx context.Context, q store.CodeQuery) ([]coupon.UploadedCode, error) {
	var page []coupon.UploadedCode
	offset := q.Offset
	for position, code := range t.data.uploads[q.Stock] {
		key := coupon.Key{Stock: q.Stock, Code: code}
		u, found := t.data.codes[key]
		if !found || u.position != position || q.Status != "" && q.Status != u.status() {
			continue
		}
		if offset > 0 {
			offset--
			continue
		}
		if int64(len(page)) == q.Limit {
			break
		}
		one, err := t.UploadedCode(ctx, key)
		if err != nil {
			return nil, err
		}
		page = append(page, one)
	}
	return page, nil
}

func (t *tx) InsertCodes(_ context.Context, key coupon.StockKey, codes []coupon.Code, at time.Time) ([]coupon.Code, error) {
	var had []coupon.Code
	for _, code := range codes {
		that := coupon.Key{Stock: key, Code: code}
		if _, found := t.data.codes[that]; found {
			had = append(had, code)
			continue
		}
		order, free := t.data.uploads[key], t.data.free[key]
		put(t, t.data.codes, that, uploaded{at: store.TimeOf(store.Seconds(at)), position: len(order), slot: len(free)})
		put(t, t.data.uploads, key, append(order, code))
		put(t, t.data.free, key, append(free, code))
	}
	return had, nil
}

func (t *tx) TakeCodes(_ context.Context, wanted map[coupon.StockKey]int) (map[coupon.StockKey][]coupon.Code, error) {
	taken := make(map[coupon.StockKey][]coupon.Code, len(wanted))
	for key, n := range wanted {
		for range min(n, len(t.data.free[key])) {
			free := t.data.free[key]
			code := free[t.data.draw(len(free))]
			t.removeFree(coupon.Key{Stock: key, Code: code})
			taken[key] = append(taken[key], code)
		}
	}
	return taken, nil
}

// removeFree puts the last of the free codes into the place of one.
func (t *tx) removeFree(key coupon.Key) {
	free := t.data.free[key.Stock]
	gone, last := t.data.codes[key], free[len(free)-1]
	slot := gone.slot
	moved := coupon.Key{Stock: key.Stock, Code: last}
	at := t.data.codes[moved]
	at.slot = slot
	put(t, t.data.codes, moved, at)
	gone.slot = -1
	put(t, t.data.codes, key, gone)
	free[slot] = last
	t.undo = append(t.undo, func() { free[slot] = key.Code })
	put(t, t.data.free, key.Stock, slices.Clip(free[:len(free)-1])) // what follows is still the undone slice's
}

func (t *tx) DeleteCode(_ context.Context, key coupon.Key) error {
	if u, found := t.data.codes[key]; !found || u.slot < 0 {
		return store.ErrNotFound
	}
	t.removeFree(key)
	drop(t, t.data.codes, key)
	return nil
}
