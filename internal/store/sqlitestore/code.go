package sqlitestore

import (
	"context"
	"errors"
	"time"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/row"
)

func (t *tx) UploadedCode(ctx context.Context, key coupon.Key) (coupon.UploadedCode, error) {
	found := coupon.UploadedCode{Code: key.Code}
	var at int64
	err := t.row(ctx, `
		select k.uploaded_at, case when f.slot is null then 'DISPATCHED' else 'AVAILABLE' end
		from stock_code k
		left join free_code f on f.creator_mchid = k.creator_mchid and f.stock_id = k.stock_id and f.slot = k.slot
		where k.creator_mchid = ? and k.stock_id = ? and k.code = ?`,
		[]any{key.Stock.Creator, key.Stock.ID, key.Code}, []any{&at, &found.Status})
	found.At = store.TimeOf(at)
	return found, err
}

func (t *tx) UploadedCodes(ctx context.Context, q store.CodeQuery) ([]coupon.UploadedCode, error) {
	blocks, err := t.blocksOf(ctx, q)
	if err != nil {
		return nil, err
	}
	var page []coupon.UploadedCode
	for _, place := range q.Places(blocks) {
		found := coupon.UploadedCode{Status: place.Status}
		var at int64
		// It uses the index code_by_position.
		if err := t.row(ctx, `
			select code, uploaded_at
			from stock_code
			where creator_mchid = ? and stock_id = ? and position = ?`,
			[]any{q.Stock.Creator, q.Stock.ID, place.Position}, []any{&found.Code, &at}); err != nil {
			return nil, err
		}
		found.At = store.TimeOf(at)
		page = append(page, found)
	}
	return page, nil
}

// blocksOf finds the blocks that hold a page: each has one code of it at least.
func (t *tx) blocksOf(ctx context.Context, q store.CodeQuery) ([]store.FoundBlock, error) {
	var blocks []store.FoundBlock
	err := t.rows(ctx, `
		select b.block, b.free, b.given, c.upto - c.n
		from (
			select block, n, sum(n) over (order by block) upto
			from (
				select block, case ?3
					when 'AVAILABLE' then free_codes
					when 'DISPATCHED' then given_codes
					else free_codes + given_codes end n
				from code_block
				where creator_mchid = ?1 and stock_id = ?2)) c
		join code_block b on b.creator_mchid = ?1 and b.stock_id = ?2 and b.block = c.block
		where c.n > 0 and c.upto > ?4
		order by c.block
		limit ?5`,
		[]any{q.Stock.Creator, q.Stock.ID, q.Status, q.Offset, q.Limit}, func(scan row.Scan) error {
			var b store.FoundBlock
			var free, given []byte
			err := scan(&b.Number, &free, &given, &b.Before)
			copy(b.Free[:], free)
			copy(b.Given[:], given)
			blocks = append(blocks, b)
			return err
		})
	return blocks, err
}

func (t *tx) InsertCodes(ctx context.Context, key coupon.StockKey, codes []coupon.Code, at time.Time) ([]coupon.Code, error) {
	var had []coupon.Code
	var last int64
	// It uses the index code_by_position.
	if err := t.row(ctx, `
		select coalesce(max(position), -1)
		from stock_code
		where creator_mchid = ? and stock_id = ?`,
		[]any{key.Creator, key.ID}, []any{&last}); err != nil {
		return nil, err
	}
	changes := store.BlockChanges{}
	for _, code := range codes {
		added, err := t.insertCode(ctx, coupon.Key{Stock: key, Code: code}, last+1, at)
		if err != nil {
			return nil, err
		}
		if !added {
			had = append(had, code)
			continue
		}
		last++
		changes.Upload(key, last)
	}
	return had, t.changeBlocks(ctx, changes)
}

// insertCode reports whether the stock had no such code.
func (t *tx) insertCode(ctx context.Context, key coupon.Key, position int64, at time.Time) (bool, error) {
	slot := store.NewSlot()
	n, err := t.execCount(ctx, `
		insert into stock_code (creator_mchid, stock_id, code, position, slot, uploaded_at)
		values (?, ?, ?, ?, ?, ?)
		on conflict (creator_mchid, stock_id, code) do nothing`,
		key.Stock.Creator, key.Stock.ID, key.Code, position, slot, store.Seconds(at))
	if err != nil || n == 0 {
		return false, err
	}
	return true, t.exec(ctx, `
		insert into free_code (creator_mchid, stock_id, slot, code, position)
		values (?, ?, ?, ?, ?)`,
		key.Stock.Creator, key.Stock.ID, slot, key.Code, position)
}

func (t *tx) TakeCodes(ctx context.Context, wanted map[coupon.StockKey]int) (map[coupon.StockKey][]coupon.Code, error) {
	taken := make(map[coupon.StockKey][]coupon.Code, len(wanted))
	changes := store.BlockChanges{}
	for key, n := range wanted {
		var err error
		if taken[key], err = t.takeAround(ctx, key, n, changes); err != nil {
			return nil, err
		}
	}
	return taken, t.changeBlocks(ctx, changes)
}

// takeAround begins at a random slot and wraps around once.
func (t *tx) takeAround(ctx context.Context, key coupon.StockKey, n int, changes store.BlockChanges) ([]coupon.Code, error) {
	taken, err := t.takeCodes(ctx, key, store.NewSlot(), n, changes)
	if err != nil || len(taken) == n {
		return taken, err
	}
	rest, err := t.takeCodes(ctx, key, 0, n-len(taken), changes)
	return append(taken, rest...), err
}

func (t *tx) takeCodes(ctx context.Context, key coupon.StockKey, from int64, n int, changes store.BlockChanges) ([]coupon.Code, error) {
	var codes []coupon.Code
	for range n {
		var code coupon.Code
		var position int64
		err := t.row(ctx, `
			delete from free_code
			where creator_mchid = ?1 and stock_id = ?2 and slot = (
				select min(slot)
				from free_code
				where creator_mchid = ?1 and stock_id = ?2 and slot >= ?3)
			returning code, position`,
			[]any{key.Creator, key.ID, from}, []any{&code, &position})
		if errors.Is(err, store.ErrNotFound) {
			break
		}
		if err != nil {
			return nil, err
		}
		codes = append(codes, code)
		changes.Give(key, position)
	}
	return codes, nil
}

func (t *tx) DeleteCode(ctx context.Context, key coupon.Key) error {
	var position int64
	if err := t.row(ctx, `
		delete from free_code
		where creator_mchid = ?1 and stock_id = ?2 and slot = (
			select slot
			from stock_code
			where creator_mchid = ?1 and stock_id = ?2 and code = ?3)
		returning position`,
		[]any{key.Stock.Creator, key.Stock.ID, key.Code}, []any{&position}); err != nil {
		return err
	}
	if err := t.exec(ctx, `
		delete from stock_code
		where creator_mchid = ? and stock_id = ? and code = ?`,
		key.Stock.Creator, key.Stock.ID, key.Code); err != nil {
		return err
	}
	changes := store.BlockChanges{}
	changes.Delete(key.Stock, position)
	return t.changeBlocks(ctx, changes)
}

// changeBlocks reads each block and writes it back: SQLite cannot change single bits.
func (t *tx) changeBlocks(ctx context.Context, changes store.BlockChanges) error {
	for key, change := range changes {
		block, err := t.block(ctx, key)
		if err != nil {
			return err
		}
		block.Apply(change)
		if err := t.exec(ctx, `
			insert into code_block (creator_mchid, stock_id, block, free, given, free_codes, given_codes)
			values (?1, ?2, ?3, ?4, ?5, ?6, ?7)
			on conflict do update
			set free = ?4, given = ?5, free_codes = ?6, given_codes = ?7`,
			key.Stock.Creator, key.Stock.ID, key.Number,
			block.Free[:], block.Given[:], block.FreeCodes, block.GivenCodes); err != nil {
			return err
		}
	}
	return nil
}

// block returns a block as it is stored; the empty one when it is not.
func (t *tx) block(ctx context.Context, key store.BlockKey) (store.CodeBlock, error) {
	var b store.CodeBlock
	var free, given []byte
	err := t.row(ctx, `
		select free, given, free_codes, given_codes
		from code_block
		where creator_mchid = ? and stock_id = ? and block = ?`,
		[]any{key.Stock.Creator, key.Stock.ID, key.Number}, []any{&free, &given, &b.FreeCodes, &b.GivenCodes})
	if errors.Is(err, store.ErrNotFound) {
		return b, nil
	}
	copy(b.Free[:], free)
	copy(b.Given[:], given)
	return b, err
}
