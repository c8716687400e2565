package pgstore

import (
	"context"

	"github.com/favord/favord/internal/rule/codefile"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/row"
)

func (t *tx) CodeImport(ctx context.Context, key coupon.StockKey) (codefile.Import, error) {
	return t.codeImport(ctx, `
		select `+row.CodeImportColumns+`
		from code_import
		where creator_mchid = $1 and stock_id = $2`, key)
}

func (t *tx) codeImport(ctx context.Context, query string, key coupon.StockKey) (codefile.Import, error) {
	var found []codefile.Import
	err := t.rows(ctx, query, []any{key.Creator, key.ID}, row.Into(&found, row.CodeImport))
	return row.First(found, err)
}

// NextImportPart uses the primary key.
func (t *tx) NextImportPart(ctx context.Context, from store.PartKey) (store.ImportPart, error) {
	next := store.ImportPart{PartKey: from}
	err := t.row(ctx, `
		select number, data
		from code_import_part
		where creator_mchid = $1 and stock_id = $2 and kind = $3 and number >= $4
		order by number
		limit 1`,
		[]any{from.Stock.Creator, from.Stock.ID, from.Kind, from.Number}, []any{&next.Number, &next.Data})
	if err != nil {
		return store.ImportPart{}, err
	}
	return next, nil
}

// DueImports uses the index code_import_due.
func (t *tx) DueImports(ctx context.Context, d store.Due) (list []coupon.StockKey, err error) {
	err = t.rows(ctx, `
		select creator_mchid, stock_id
		from code_import
		where phase in ('CHECKING', 'RUNNING') and until_ms <= $1
		order by until_ms, creator_mchid, stock_id
		limit $2`,
		[]any{store.Millis(d.Now), d.Limit}, row.Into(&list, row.StockKey))
	return list, err
}

// OldImports uses the index code_import_age.
func (t *tx) OldImports(ctx context.Context, e store.Ended) (list []coupon.StockKey, err error) {
	err = t.rows(ctx, `
		select creator_mchid, stock_id
		from code_import
		where updated_at < $1
		order by updated_at, creator_mchid, stock_id
		limit $2`,
		[]any{store.Seconds(e.Before), e.Limit}, row.Into(&list, row.StockKey))
	return list, err
}

func (t *tx) LockCodeImport(ctx context.Context, key coupon.StockKey) (codefile.Import, error) {
	return t.codeImport(ctx, `
		select `+row.CodeImportColumns+`
		from code_import
		where creator_mchid = $1 and stock_id = $2
		for update`, key)
}

func (t *tx) InsertCodeImport(_ context.Context, i codefile.Import) error {
	t.later(`
		insert into code_import (`+row.CodeImportColumns+`)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`,
		row.CodeImportValues(&i)...)
	return nil
}

func (t *tx) UpdateCodeImport(_ context.Context, i codefile.Import) error {
	t.laterOne(store.ErrStale, `
		update code_import
		set phase = $4, received = $5, lines = $6, good = $7, wrong = $8, done = $9,
			stored = $10, existed = $11, problem_zh = $12, problem_en = $13,
			worker = $14, until_ms = $15, updated_at = $16
		where creator_mchid = $1 and stock_id = $2 and import_id = $3`,
		i.Stock.Creator, i.Stock.ID, i.ID, i.Phase, i.Received, i.Lines, i.Good, i.Wrong, i.Done, i.Stored, i.Existed,
		i.Problem.ZH, i.Problem.EN, i.Worker, store.Millis(i.Until), store.Seconds(i.Updated))
	return nil
}

func (t *tx) InsertImportPart(_ context.Context, p store.ImportPart) error {
	t.later(`
		insert into code_import_part (creator_mchid, stock_id, kind, number, data)
		values ($1, $2, $3, $4, $5)`, p.Stock.Creator, p.Stock.ID, p.Kind, p.Number, nonNil(p.Data))
	return nil
}

func (t *tx) DropImportParts(_ context.Context, below store.PartKey) error {
	t.later(`
		delete from code_import_part
		where creator_mchid = $1 and stock_id = $2 and kind = $3 and number < $4`,
		below.Stock.Creator, below.Stock.ID, below.Kind, below.Number)
	return nil
}

func (t *tx) DropCodeImport(_ context.Context, key coupon.StockKey) error {
	t.later(`delete from code_import_part where creator_mchid = $1 and stock_id = $2`, key.Creator, key.ID)
	t.later(`delete from code_import where creator_mchid = $1 and stock_id = $2`, key.Creator, key.ID)
	return nil
}
