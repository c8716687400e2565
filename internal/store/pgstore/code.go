package pgstore

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/row"
)

// UploadedCode uses the primary keys of stock_code and free_code.
func (t *tx) UploadedCode(ctx context.Context, key coupon.Key) (coupon.UploadedCode, error) {
	found := coupon.UploadedCode{Code: key.Code}
	var at int64
	if err := t.row(ctx, `
		select k.uploaded_at, case when exists (
			select
			from free_code
			where creator_mchid = k.creator_mchid and stock_id = k.stock_id and slot = k.slot)
			then 'AVAILABLE' else 'DISPATCHED' end
		from stock_code k
		where k.creator_mchid = $1 and k.stock_id = $2 and k.code = $3`,
		[]any{key.Stock.Creator, key.Stock.ID, key.Code}, []any{&at, &found.Status}); err != nil {
		return coupon.UploadedCode{}, err
	}
	found.At = store.TimeOf(at)
	return found, nil
}

// UploadedCodes uses the index code_by_position, once for each code of the page.
func (t *tx) UploadedCodes(ctx context.Context, q store.CodeQuery) ([]coupon.UploadedCode, error) {
	blocks, err := t.blocksOf(ctx, q)
	if err != nil {
		return nil, err
	}
	places := q.Places(blocks)
	page := make([]coupon.UploadedCode, len(places))
	err = t.rows(ctx, `
		select k.number, c.code, c.uploaded_at
		from unnest($3::bigint[]) with ordinality k (position, number)
		cross join lateral (
			select code, uploaded_at
			from stock_code
			where creator_mchid = $1 and stock_id = $2 and position = k.position
			limit 1) c`,
		[]any{q.Stock.Creator, q.Stock.ID, column(places, func(p *store.CodePlace) int64 { return p.Position })},
		func(scan row.Scan) error {
			var number, at int64
			var code coupon.Code
			if err := scan(&number, &code, &at); err != nil {
				return err
			}
			page[number-1] = coupon.UploadedCode{Code: code, Status: places[number-1].Status, At: store.TimeOf(at)}
			return nil
		})
	return page, err
}

// blocksOf finds the blocks that hold a page: each has one code of it at least. It uses the
// primary key of code_block.
func (t *tx) blocksOf(ctx context.Context, q store.CodeQuery) ([]store.FoundBlock, error) {
	var blocks []store.FoundBlock
	err := t.rows(ctx, `
		select block, free, given, upto - n
		from (
			select block, free, given, n, sum(n) over (order by block)::bigint upto
			from (
				select block, free, given, case $3::text
					when 'AVAILABLE' then free_codes
					when 'DISPATCHED' then given_codes
					else free_codes + given_codes end n
				from code_block
				where creator_mchid = $1 and stock_id = $2) b) b
		where n > 0 and upto > $4
		order by block
		limit $5`,
		[]any{q.Stock.Creator, q.Stock.ID, q.Status, q.Offset, q.Limit}, func(scan row.Scan) error {
			var b store.FoundBlock
			var free, given pgtype.Bits
			err := scan(&b.Number, &free, &given, &b.Before)
			copy(b.Free[:], free.Bytes)
			copy(b.Given[:], given.Bytes)
			blocks = append(blocks, b)
			return err
		})
	return blocks, err
}

// place is where a new code lies: in the order of upload, and among the free ones.
type place struct{ position, slot int64 }

func (t *tx) InsertCodes(ctx context.Context, key coupon.StockKey, codes []coupon.Code, at time.Time) ([]coupon.Code, error) {
	if len(codes) == 0 {
		return nil, nil
	}
	added, err := t.addCodes(ctx, key, codes, at)
	if err != nil {
		return nil, err
	}
	var had []coupon.Code
	var free []string
	var slots, positions []int64
	changes := store.BlockChanges{}
	for _, code := range codes {
		p, isNew := added[code]
		if !isNew {
			had = append(had, code)
			continue
		}
		delete(added, code) // if it comes again, the stock has it
		free, slots, positions = append(free, string(code)), append(slots, p.slot), append(positions, p.position)
		changes.Upload(key, p.position)
	}
	if len(free) > 0 {
		t.later(`
			insert into free_code (creator_mchid, stock_id, slot, code, position)
			select $1, $2, k.slot, k.code, k.position
			from unnest($3::bigint[], $4::text[], $5::bigint[]) k (slot, code, position)`, key.Creator, key.ID, slots, free, positions)
	}
	t.changeBlocks(changes)
	return had, nil
}

// addCodes stores the codes that the stock does not have, in their order after those that it
// has. Codes that it has leave gaps between positions.
func (t *tx) addCodes(ctx context.Context, key coupon.StockKey, codes []coupon.Code, at time.Time) (map[coupon.Code]place, error) {
	added := make(map[coupon.Code]place, len(codes))
	err := t.rows(ctx, `
		insert into stock_code (creator_mchid, stock_id, code, position, slot, uploaded_at)
		select $1, $2, k.code, k.number + coalesce((
			select position
			from stock_code
			where creator_mchid = $1 and stock_id = $2
			order by position desc
			limit 1), -1), k.slot, $5
		from unnest($3::text[], $4::bigint[]) with ordinality k (code, slot, number)
		on conflict (creator_mchid, stock_id, code) do nothing
		returning code, position, slot`,
		[]any{
			key.Creator, key.ID,
			column(codes, func(c *coupon.Code) string { return string(*c) }),
			column(codes, func(*coupon.Code) int64 { return store.NewSlot() }),
			store.Seconds(at),
		},
		func(scan row.Scan) error {
			var code coupon.Code
			var p place
			err := scan(&code, &p.position, &p.slot)
			added[code] = p
			return err
		})
	return added, err
}

// TakeCodes asks every pool in one round trip.
func (t *tx) TakeCodes(ctx context.Context, wanted map[coupon.StockKey]int) (map[coupon.StockKey][]coupon.Code, error) {
	taken := make(map[coupon.StockKey][]coupon.Code, len(wanted))
	changes := store.BlockChanges{}
	for key, n := range wanted {
		t.queueCodes(key, n, func(code coupon.Code, position int64) {
			taken[key] = append(taken[key], code)
			changes.Give(key, position)
		})
	}
	err := t.flush(ctx)
	t.changeBlocks(changes)
	return taken, err
}

// queueCodes begins at a random slot and wraps around once. It walks the primary key from
// there, and finds the rows to delete by where they lie: nobody else moves them while the
// stock is locked.
func (t *tx) queueCodes(key coupon.StockKey, n int, each func(code coupon.Code, position int64)) {
	t.queue(`
		delete from free_code
		where creator_mchid = $1 and ctid = any (array(
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
		returning code, position`,
		[]any{key.Creator, key.ID, store.NewSlot(), n}, func(scan row.Scan) error {
			var code coupon.Code
			var position int64
			err := scan(&code, &position)
			each(code, position)
			return err
		})
}

// DeleteCode uses the primary keys of stock_code and free_code.
func (t *tx) DeleteCode(ctx context.Context, key coupon.Key) error {
	var position int64
	if err := t.row(ctx, `
		delete from free_code
		where creator_mchid = $1 and stock_id = $2 and slot = (
			select slot
			from stock_code
			where creator_mchid = $1 and stock_id = $2 and code = $3)
		returning position`,
		[]any{key.Stock.Creator, key.Stock.ID, key.Code}, []any{&position}); err != nil {
		return err
	}
	t.laterOne(store.ErrNotFound, `
		delete from stock_code
		where creator_mchid = $1 and stock_id = $2 and code = $3`,
		key.Stock.Creator, key.Stock.ID, key.Code)
	changes := store.BlockChanges{}
	changes.Delete(key.Stock, position)
	t.changeBlocks(changes)
	return nil
}

// changeBlocks flips marks and adds to numbers, whatever they are.
func (t *tx) changeBlocks(changes store.BlockChanges) {
	if len(changes) == 0 {
		return
	}
	keys := make([]store.BlockKey, 0, len(changes))
	for key := range changes {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, byBlockKey)
	marks := func(of func(*store.CodeBlock) *store.CodeBits) []pgtype.Bits {
		return column(keys, func(k *store.BlockKey) pgtype.Bits {
			return pgtype.Bits{Bytes: of(changes[*k])[:], Len: store.CodesPerBlock, Valid: true}
		})
	}
	t.later(`
		insert into code_block as b (creator_mchid, stock_id, block, free, given, free_codes, given_codes)
		select k.creator, k.stock, k.block, k.free, k.given, k.free_codes, k.given_codes
		from unnest($1::text[], $2::text[], $3::bigint[], $4::bit varying[], $5::bit varying[], $6::bigint[], $7::bigint[])
			k (creator, stock, block, free, given, free_codes, given_codes)
		on conflict (creator_mchid, stock_id, block) do update
		set free = b.free # excluded.free, given = b.given # excluded.given,
		    free_codes = b.free_codes + excluded.free_codes, given_codes = b.given_codes + excluded.given_codes`,
		column(keys, func(k *store.BlockKey) string { return string(k.Stock.Creator) }),
		column(keys, func(k *store.BlockKey) string { return string(k.Stock.ID) }),
		column(keys, func(k *store.BlockKey) int64 { return k.Number }),
		marks(func(b *store.CodeBlock) *store.CodeBits { return &b.Free }),
		marks(func(b *store.CodeBlock) *store.CodeBits { return &b.Given }),
		column(keys, func(k *store.BlockKey) int64 { return changes[*k].FreeCodes }),
		column(keys, func(k *store.BlockKey) int64 { return changes[*k].GivenCodes }))
}

func byBlockKey(a, b store.BlockKey) int {
	return cmp.Or(store.CompareStocks(a.Stock, b.Stock), cmp.Compare(a.Number, b.Number))
}
