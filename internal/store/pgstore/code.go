package pgstore

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/favord/favord/internal/coupon"
	"github.com/favord/favord/internal/store"
)

func (t *tx) InsertCodes(ctx context.Context, key coupon.StockKey, codes []coupon.Code) ([]coupon.Code, error) {
	if len(codes) == 0 {
		return nil, nil
	}
	sorted := column(codes, func(c *coupon.Code) string { return string(*c) })
	slices.Sort(sorted)
	added := make(map[coupon.Code]bool, len(codes))
	if err := t.rows(ctx, `
		insert into stock_code (creator_mchid, stock_id, code)
		select $1, $2, k.code
		from unnest($3::text[]) k (code)
		on conflict (creator_mchid, stock_id, code) do nothing
		returning code`,
		[]any{key.Creator, key.ID, sorted}, func(rows pgx.Rows) error {
			var code coupon.Code
			err := rows.Scan(&code)
			added[code] = true
			return err
		}); err != nil {
		return nil, err
	}
	var had []coupon.Code
	var free []string
	var slots []int64
	for _, code := range codes {
		if !added[code] {
			had = append(had, code)
			continue
		}
		delete(added, code) // if it comes again, the stock has it
		free, slots = append(free, string(code)), append(slots, store.NewSlot())
	}
	if len(free) > 0 {
		t.later(`
			insert into free_code (creator_mchid, stock_id, slot, code)
			select $1, $2, k.slot, k.code
			from unnest($3::bigint[], $4::text[]) k (slot, code)`, key.Creator, key.ID, slots, free)
	}
	return had, nil
}

// TakeCodes asks every pool in one round trip.
func (t *tx) TakeCodes(ctx context.Context, wanted map[coupon.StockKey]int) (map[coupon.StockKey][]coupon.Code, error) {
	taken := make(map[coupon.StockKey][]coupon.Code, len(wanted))
	for key, n := range wanted {
		t.queueCodes(key, n, taken)
	}
	return taken, t.flush(ctx)
}

// queueCodes begins at a random slot and wraps around once. It walks the primary key from
// there, and finds the rows to delete by where they lie: nobody else moves them while the
// stock is locked.
func (t *tx) queueCodes(key coupon.StockKey, n int, taken map[coupon.StockKey][]coupon.Code) {
	t.queue(`
		delete from free_code
		where ctid = any (array(
			(select ctid
			 from free_code
			 where creator_mchid = $1 and stock_id = $2 and slot >= $3
			 order by slot
			 limit $4)
			union all
			(select ctid
			 from free_code
			 where creator_mchid = $1 and stock_id = $2 and slot < $3
			 order by slot
			 limit $4)
			limit $4))
		returning code`,
		[]any{key.Creator, key.ID, store.NewSlot(), n}, func(rows pgx.Rows) error {
			var code coupon.Code
			err := rows.Scan(&code)
			taken[key] = append(taken[key], code)
			return err
		})
}
