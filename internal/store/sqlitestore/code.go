package sqlitestore

import (
	"context"
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
			values (?, ?, ?, ?)`, key.Creator, key.ID, store.NewSlot(), code); err != nil {
			return nil, err
		}
	}
	return had, nil
}

func (t *tx) TakeCodes(ctx context.Context, wanted map[coupon.StockKey]int) (map[coupon.StockKey][]coupon.Code, error) {
	taken := make(map[coupon.StockKey][]coupon.Code, len(wanted))
	for key, n := range wanted {
		var err error
		if taken[key], err = t.takeAround(ctx, key, n); err != nil {
			return nil, err
		}
	}
	return taken, nil
}

// takeAround begins at a random slot and wraps around once.
func (t *tx) takeAround(ctx context.Context, key coupon.StockKey, n int) ([]coupon.Code, error) {
	taken, err := t.takeCodes(ctx, key, store.NewSlot(), n)
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
