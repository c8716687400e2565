package sqlitestore

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"

	"github.com/favord/favord/internal/coupon"
	"github.com/favord/favord/internal/store"
)

func (t *tx) InsertCodes(ctx context.Context, key coupon.StockKey, codes []coupon.Code) ([]coupon.Code, error) {
	var had []coupon.Code
	for _, code := range codes {
		n, err := t.execCount(ctx, `
			insert into stock_code (creator_mchid, stock_id, code)
			values (?, ?, ?)
			on conflict do nothing`, key.Creator, key.ID, code)
		if err != nil {
			return nil, err
		}
		if n == 0 {
			had = append(had, code)
			continue
		}
		if err := t.exec(ctx, `
			insert into free_code (creator_mchid, stock_id, slot, code)
			values (?, ?, ?, ?)`, key.Creator, key.ID, randomSlot(), code); err != nil {
			return nil, err
		}
	}
	return had, nil
}

// randomSlot is where a free code lies in the order of its pool.
func randomSlot() int64 {
	var raw [8]byte
	_, _ = rand.Read(raw[:]) // it never fails
	return int64(binary.BigEndian.Uint64(raw[:]) >> 1)
}

// TakeCodes begins at a random slot and wraps around once.
func (t *tx) TakeCodes(ctx context.Context, key coupon.StockKey, n int) ([]coupon.Code, error) {
	start := randomSlot()
	taken, err := t.takeCodes(ctx, key, start, n)
	if err != nil || len(taken) == n {
		return taken, err
	}
	rest, err := t.takeCodes(ctx, key, 0, n-len(taken))
	return append(taken, rest...), err
}

func (t *tx) takeCodes(ctx context.Context, key coupon.StockKey, from int64, n int) ([]coupon.Code, error) {
	var codes []coupon.Code
	for range n {
		var code coupon.Code
		err := t.row(ctx, `
			delete from free_code
			where creator_mchid = ?1 and stock_id = ?2 and slot = (
				select min(slot)
				from free_code
				where creator_mchid = ?1 and stock_id = ?2 and slot >= ?3)
			returning code`,
			[]any{key.Creator, key.ID, from}, []any{&code})
		if errors.Is(err, store.ErrNotFound) {
			break
		}
		if err != nil {
			return nil, err
		}
		codes = append(codes, code)
	}
	return codes, nil
}
