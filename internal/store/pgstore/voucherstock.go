package pgstore

import (
	"context"
	"math"
	"slices"
	"time"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/document"
	"github.com/favord/favord/internal/store/row"
)

// VoucherStock uses the unique index voucher_stock_by_id.
func (t *tx) VoucherStock(ctx context.Context, id voucher.StockID) (voucher.Stock, error) {
	owner, err := t.owner(ctx, ownedVoucherStock, string(id))
	if err != nil {
		return voucher.Stock{}, err
	}
	return row.First(t.voucherStocksWhere(ctx, `
		select`+row.VoucherStockColumns+`
		from voucher_stock s
		where s.creator_mchid = $1 and s.stock_id = $2`, owner, id))
}

func (t *tx) voucherStocksWhere(ctx context.Context, query string, args ...any) ([]voucher.Stock, error) {
	var list []voucher.Stock
	err := t.rows(ctx, query, args, func(scan row.Scan) error {
		s, err := row.VoucherStock(scan, &t.store.voucherContents)
		list = append(list, s)
		return err
	})
	return list, err
}

// VoucherCounters uses the primary keys of voucher_stock and voucher_day, once for each
// stock.
func (t *tx) VoucherCounters(ctx context.Context, keys []voucher.StockKey, on day.Day) (map[voucher.StockKey]voucher.Counters, error) {
	counters := make(map[voucher.StockKey]voucher.Counters, len(keys))
	if len(keys) == 0 {
		return counters, nil
	}
	creators, ids := voucherStockKeys(keys)
	err := t.rows(ctx, `
		select k.place, s.sent, coalesce((
			select d.sent
			from voucher_day d
			where d.creator_mchid = k.creator and d.stock_id = k.stock and d.day = $3), 0)
		from unnest($1::text[], $2::text[]) with ordinality k (creator, stock, place)
		cross join lateral (
			select sent
			from voucher_stock
			where creator_mchid = k.creator and stock_id = k.stock
			limit 1) s`,
		[]any{creators, ids, int64(on)}, func(scan row.Scan) error {
			var place int64
			c := voucher.Counters{Day: on}
			err := scan(&place, &c.Sent, &c.SentToday)
			if err == nil {
				counters[keys[place-1]] = c
			}
			return err
		})
	return counters, err
}

// voucherStockKeys are two parameters: the columns of the primary key.
func voucherStockKeys(keys []voucher.StockKey) (creators, ids []string) {
	return column(keys, func(k *voucher.StockKey) string { return string(k.Creator) }),
		column(keys, func(k *voucher.StockKey) string { return string(k.ID) })
}

// voucherStocksMatching is the condition of store.VoucherStockQuery.Matches. An empty state
// does not narrow. It uses the index voucher_stock_by_time.
const voucherStocksMatching = `
		where s.creator_mchid = $1 and s.created_at between $2 and $3
		  and ($4::text = '' or case when s.state <> 'audit' and s.ends_at < $5 then 'stoped' else s.state end = $4)`

// VoucherStocks counts and reads the page in one round trip.
func (t *tx) VoucherStocks(ctx context.Context, q store.VoucherStockQuery) ([]voucher.Stock, int64, error) {
	to := int64(math.MaxInt64)
	if !q.To.IsZero() {
		to = store.Seconds(q.To)
	}
	args := []any{q.Creator, store.Seconds(q.From), to, q.State, store.Seconds(q.Now)}
	var total int64
	t.queue(`
		select count(*)
		from voucher_stock s`+voucherStocksMatching,
		args, func(scan row.Scan) error { return scan(&total) })
	page, err := t.voucherStocksWhere(ctx, `
		select`+row.VoucherStockColumns+`
		from voucher_stock s`+voucherStocksMatching+`
		order by s.created_at desc, s.stock_id desc
		limit $6 offset $7`,
		append(args, q.Limit, q.Offset)...)
	return page, total, err
}

// VoucherSenders uses the primary key of voucher_sender.
func (t *tx) VoucherSenders(ctx context.Context, key voucher.StockKey) ([]merchant.ID, error) {
	var senders []merchant.ID
	err := t.rows(ctx, `
		select mchid
		from voucher_sender
		where creator_mchid = $1 and stock_id = $2
		order by mchid`,
		[]any{key.Creator, key.ID}, row.Into(&senders, row.MerchantID))
	return senders, err
}

// StartedVoucherStocks uses the primary key of voucher_started, once for each merchant.
func (t *tx) StartedVoucherStocks(ctx context.Context, available []merchant.ID, now time.Time, most int64) (map[merchant.ID]int64, error) {
	counts := make(map[merchant.ID]int64, len(available))
	if len(available) == 0 {
		return counts, nil
	}
	err := t.rows(ctx, `
		select k.mchid, (
			select count(*)
			from (
				select
				from voucher_started s
				where s.mchid = k.mchid and s.ends_at >= $2
				limit $3) few)
		from unnest($1::text[]) k (mchid)`,
		[]any{merchantIDs(available), store.Seconds(now), most}, func(scan row.Scan) error {
			var id merchant.ID
			var n int64
			err := scan(&id, &n)
			if n > 0 {
				counts[id] = n
			}
			return err
		})
	return counts, err
}

func merchantIDs(ids []merchant.ID) []string {
	return column(ids, func(id *merchant.ID) string { return string(*id) })
}

func (t *tx) InsertVoucherStock(_ context.Context, s voucher.Stock) error {
	content, err := document.EncodeVoucherStock(&s)
	if err != nil {
		return err
	}
	t.own(ownedVoucherStock, string(s.ID), s.Creator)
	t.later(`
		insert into voucher_stock (
			creator_mchid, stock_id, state, content, created_at, ends_at, started_at, paused_at, restarted_at, stopped_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		s.Creator, s.ID, s.State, string(content), store.Seconds(s.CreatedAt), store.Seconds(s.End),
		store.Seconds(s.StartedAt), store.Seconds(s.PausedAt), store.Seconds(s.RestartedAt), store.Seconds(s.StoppedAt))
	return nil
}

func (t *tx) UpdateVoucherStock(_ context.Context, s voucher.Stock) error {
	content, err := document.EncodeVoucherStock(&s)
	if err != nil {
		return err
	}
	t.noteChange(s.Creator)
	t.laterOne(store.ErrNotFound, `
		update voucher_stock
		set state = $3, content = $4, ends_at = $5, started_at = $6, paused_at = $7, restarted_at = $8, stopped_at = $9
		where creator_mchid = $1 and stock_id = $2`,
		s.Creator, s.ID, s.State, string(content), store.Seconds(s.End),
		store.Seconds(s.StartedAt), store.Seconds(s.PausedAt), store.Seconds(s.RestartedAt), store.Seconds(s.StoppedAt))
	return nil
}

// LockVoucherStocks is LockToSend for nobody.
func (t *tx) LockVoucherStocks(ctx context.Context, keys []voucher.StockKey, on day.Day) (map[voucher.StockKey]store.LockedVoucherStock, error) {
	locked := t.queueVoucherStocks(keys, on)
	return locked, t.flush(ctx)
}

// queueVoucherStocks locks one stock after the other, by primary key, and reads its day in a
// statement of its own: that sees what those committed who held the lock until now. The map is
// filled at the next flush.
func (t *tx) queueVoucherStocks(keys []voucher.StockKey, on day.Day) map[voucher.StockKey]store.LockedVoucherStock {
	locked := make(map[voucher.StockKey]store.LockedVoucherStock, len(keys))
	for _, key := range slices.Compact(slices.SortedFunc(slices.Values(keys), voucher.CompareKeys)) {
		t.queue(`
		select`+row.VoucherStockColumns+`, s.sent
		from voucher_stock s
		where s.creator_mchid = $1 and s.stock_id = $2
		for no key update`,
			[]any{key.Creator, key.ID}, func(scan row.Scan) error {
				one := store.LockedVoucherStock{Counters: voucher.Counters{Day: on}}
				var err error
				one.Stock, err = row.VoucherStock(scan, &t.store.voucherContents, &one.Counters.Sent)
				locked[key] = one
				return err
			})
		t.queue(`
		select sent
		from voucher_day
		where creator_mchid = $1 and stock_id = $2 and day = $3`,
			[]any{key.Creator, key.ID, int64(on)}, func(scan row.Scan) error {
				one := locked[key]
				err := scan(&one.Counters.SentToday)
				locked[key] = one
				return err
			})
	}
	return locked
}

// LockToSend takes one round trip. Each statement names one owner.
func (t *tx) LockToSend(ctx context.Context, ask store.SendAsk) (store.SendLocked, error) {
	l := store.SendLocked{
		Stocks: t.queueVoucherStocks(ask.Stocks, ask.Day),
		Held:   t.queueVoucherHeld(ask.Holders), Months: t.queueVoucherMonths(ask.Months),
		Requests: t.queueRequests(ask.Requests),
	}
	return l, t.flush(ctx)
}
