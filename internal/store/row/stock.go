package row

import (
	"fmt"

	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/document"
)

// StockColumns are what Stock reads, in its order.
const StockColumns = `
		creator_mchid, stock_id, state, content, created_at, issued, codes, free_codes`

// Stock reads the StockColumns, a stock with its counters of no day, and more columns behind
// them.
func Stock(scan Scan, contents *document.Contents, more ...any) (one store.CountedStock, err error) {
	s, c := &one.Stock, &one.Counters
	var content []byte
	var created int64
	if err := scan(append([]any{
		&s.Creator, &s.ID, &s.State, &content, &created, &c.Issued, &c.Codes, &c.FreeCodes,
	}, more...)...); err != nil {
		return one, err
	}
	s.CreatedAt = store.TimeOf(created)
	if err := contents.Decode(content, s); err != nil {
		return one, fmt.Errorf("stock %s: %w", s.ID, err)
	}
	return one, nil
}

// Stocks is Stock for a list.
func Stocks(contents *document.Contents) func(Scan) (store.CountedStock, error) {
	return func(scan Scan) (store.CountedStock, error) { return Stock(scan, contents) }
}
