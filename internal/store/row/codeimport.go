package row

import (
	"github.com/favord/favord/internal/rule/codefile"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/store"
)

// CodeImportColumns are what CodeImport reads, in its order.
const CodeImportColumns = `creator_mchid, stock_id, import_id, name, print, actor, phase, size, received,
	lines, good, wrong, done, stored, existed, problem_zh, problem_en, worker, until_ms, created_at, updated_at`

// CodeImport reads the CodeImportColumns.
func CodeImport(scan Scan) (codefile.Import, error) {
	var i codefile.Import
	var until, created, updated int64
	err := scan(
		&i.Stock.Creator, &i.Stock.ID, &i.ID, &i.Name, &i.Print, &i.Actor, &i.Phase, &i.Size, &i.Received,
		&i.Lines, &i.Good, &i.Wrong, &i.Done, &i.Stored, &i.Existed, &i.Problem.ZH, &i.Problem.EN,
		&i.Worker, &until, &created, &updated)
	i.Until, i.Created, i.Updated = store.TimeOfMillis(until), store.TimeOf(created), store.TimeOf(updated)
	return i, err
}

// CodeImportValues are the values of the CodeImportColumns.
func CodeImportValues(i *codefile.Import) []any {
	return []any{
		i.Stock.Creator, i.Stock.ID, i.ID, i.Name, i.Print, i.Actor, i.Phase, i.Size, i.Received,
		i.Lines, i.Good, i.Wrong, i.Done, i.Stored, i.Existed, i.Problem.ZH, i.Problem.EN,
		i.Worker, store.Millis(i.Until), store.Seconds(i.Created), store.Seconds(i.Updated),
	}
}

// StockKey reads the owner and the id of a stock.
func StockKey(scan Scan) (coupon.StockKey, error) {
	var key coupon.StockKey
	err := scan(&key.Creator, &key.ID)
	return key, err
}
