package sqlitestore

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/document"
	"github.com/favord/favord/internal/store/row"
)

// VoucherStock uses the unique index voucher_stock_by_id.
func (t *tx) VoucherStock(ctx context.Context, id voucher.StockID) (voucher.Stock, error) {
	return row.First(t.voucherStocksWhere(ctx, `
		select`+row.VoucherStockColumns+`
		from voucher_stock
		where stock_id = ?`, id))
}

func (t *tx) voucherStocksWhere(ctx context.Context, query string, args ...any) ([]voucher.Stock, error) {
	var list []voucher.Stock
	err := t.rows(ctx, query, args, func(scan row.Scan) error {
		s, err := row.VoucherStock(scan, t.voucherContents)
		list = append(list, s)
		return err
	})
	return list, err
}

func (t *tx) VoucherCounters(ctx context.Context, keys []voucher.StockKey, on day.Day) (map[voucher.StockKey]voucher.Counters, error) {
	counters := make(map[voucher.StockKey]voucher.Counters, len(keys))
	for _, key := range keys {
		c := voucher.Counters{Day: on}
		err := t.row(ctx, `
			select s.sent, coalesce(d.sent, 0)
			from voucher_stock s
			left join voucher_day d on d.creator_mchid = s.creator_mchid and d.stock_id = s.stock_id and d.day = ?
			where s.creator_mchid = ? and s.stock_id = ?`,
			[]any{on, key.Creator, key.ID}, []any{&c.Sent, &c.SentToday})
		switch {
		case err == nil:
			counters[key] = c
		case !errors.Is(err, store.ErrNotFound):
			return nil, err
		}
	}
	return counters, nil
}

// voucherStocksMatching is the condition of store.VoucherStockQuery.Matches. An empty state
// does not narrow. It uses the index voucher_stock_by_time.
const voucherStocksMatching = `
		where creator_mchid = ?1 and created_at between ?2 and ?3
		  and (?4 = '' or case when state <> 'audit' and ends_at < ?5 then 'stoped' else state end = ?4)`

func (t *tx) VoucherStocks(ctx context.Context, q store.VoucherStockQuery) ([]voucher.Stock, int64, error) {
	to := int64(math.MaxInt64)
	if !q.To.IsZero() {
		to = store.Seconds(q.To)
	}
	args := []any{q.Creator, store.Seconds(q.From), to, q.State, store.Seconds(q.Now)}
	var total int64
	if err := t.row(ctx, `
		select count(*)
		from voucher_stock`+voucherStocksMatching,
		args, []any{&total}); err != nil {
		return nil, 0, err
	}
	page, err := t.voucherStocksWhere(ctx, `
		select`+row.VoucherStockColumns+`
		from voucher_stock`+voucherStocksMatching+`
		order by created_at desc, stock_id desc
		limit ?6 offset ?7`,
		append(args, q.Limit, q.Offset)...)
	return page, total, err
}

func (t *tx) VoucherHeld(ctx context.Context, keys []store.VoucherHolderKey) (map[store.VoucherHolderKey]int64, error) {
	held := make(map[store.VoucherHolderKey]int64, len(keys))
	for _, key := range keys {
		var n int64
		err := t.row(ctx, `
			select received
			from voucher_holder
			where creator_mchid = ? and stock_id = ? and holder = ?`,
			[]any{key.Stock.Creator, key.Stock.ID, key.Holder[:]}, []any{&n})
		switch {
		case err == nil:
			held[key] = n
		case !errors.Is(err, store.ErrNotFound):
			return nil, err
		}
	}
	return held, nil
}

func (t *tx) VoucherMonths(ctx context.Context, keys []store.VoucherMonthKey) (map[store.VoucherMonthKey]fen.Fen, error) {
	months := make(map[store.VoucherMonthKey]fen.Fen, len(keys))
	for _, key := range keys {
		var amount fen.Fen
		err := t.row(ctx, `
			select received
			from voucher_month
			where creator_mchid = ? and month = ? and holder = ?`,
			[]any{key.Creator, key.Month, key.Holder[:]}, []any{&amount})
		switch {
		case err == nil:
			months[key] = amount
		case !errors.Is(err, store.ErrNotFound):
			return nil, err
		}
	}
	return months, nil
}

func (t *tx) VoucherSenders(ctx context.Context, key voucher.StockKey) ([]merchant.ID, error) {
	var senders []merchant.ID
	err := t.rows(ctx, `
		select mchid
		from voucher_sender
		where creator_mchid = ? and stock_id = ?
		order by mchid`,
		[]any{key.Creator, key.ID}, row.Into(&senders, row.MerchantID))
	return senders, err
}

func (t *tx) StartedVoucherStocks(ctx context.Context, available []merchant.ID, now time.Time, most int64) (map[merchant.ID]int64, error) {
	counts := make(map[merchant.ID]int64, len(available))
	for _, id := range available {
		var n int64
		if err := t.row(ctx, `
			select count(*)
			from (select 1 from voucher_started where mchid = ? and ends_at >= ? limit ?)`,
			[]any{id, store.Seconds(now), most}, []any{&n}); err != nil {
			return nil, err
		}
		if n > 0 {
			counts[id] = n
		}
	}
	return counts, nil
}

func (t *tx) InsertVoucherStock(ctx context.Context, s voucher.Stock) error {
	content, err := document.EncodeVoucherStock(&s)
	if err != nil {
		return err
	}
	return t.exec(ctx, `
		insert into voucher_stock (
			creator_mchid, stock_id, state, content, created_at, ends_at, started_at, paused_at, restarted_at, stopped_at)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		s.Creator, s.ID, s.State, string(content), store.Seconds(s.CreatedAt), store.Seconds(s.End),
		store.Seconds(s.StartedAt), store.Seconds(s.PausedAt), store.Seconds(s.RestartedAt), store.Seconds(s.StoppedAt))
}

func (t *tx) UpdateVoucherStock(ctx context.Context, s voucher.Stock) error {
	t.changed(s.Creator)
	content, err := document.EncodeVoucherStock(&s)
	if err != nil {
		return err
	}
	n, err := t.execCount(ctx, `
		update voucher_stock
		set state = ?, content = ?, ends_at = ?, started_at = ?, paused_at = ?, restarted_at = ?, stopped_at = ?
		where creator_mchid = ? and stock_id = ?`,
		s.State, string(content), store.Seconds(s.End),
		store.Seconds(s.StartedAt), store.Seconds(s.PausedAt), store.Seconds(s.RestartedAt), store.Seconds(s.StoppedAt),
		s.Creator, s.ID)
	if err == nil && n == 0 {
		return store.ErrNotFound
	}
	return err
}

// LockVoucherStocks needs no lock of its own: there is one writer.
func (t *tx) LockVoucherStocks(ctx context.Context, keys []voucher.StockKey, on day.Day) (map[voucher.StockKey]store.LockedVoucherStock, error) {
	locked := make(map[voucher.StockKey]store.LockedVoucherStock, len(keys))
	for _, key := range keys {
		if err := t.rows(ctx, `
			select`+row.VoucherStockColumns+`, sent, coalesce((
				select d.sent
				from voucher_day d
				where d.creator_mchid = s.creator_mchid and d.stock_id = s.stock_id and d.day = ?), 0)
			from voucher_stock s
			where creator_mchid = ? and stock_id = ?`,
			[]any{on, key.Creator, key.ID}, func(scan row.Scan) error {
				one := store.LockedVoucherStock{Counters: voucher.Counters{Day: on}}
				var err error
				one.Stock, err = row.VoucherStock(scan, t.voucherContents, &one.Counters.Sent, &one.Counters.SentToday)
				locked[key] = one
				return err
			}); err != nil {
			return nil, err
		}
	}
	return locked, nil
}
