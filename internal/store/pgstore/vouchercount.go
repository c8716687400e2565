package pgstore

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/row"
)

// VoucherHeld uses the primary key of voucher_holder, once for each holder.
func (t *tx) VoucherHeld(ctx context.Context, keys []store.VoucherHolderKey) (map[store.VoucherHolderKey]int64, error) {
	held := make(map[store.VoucherHolderKey]int64, len(keys))
	if len(keys) == 0 {
		return held, nil
	}
	err := t.rows(ctx, `
		select k.place, h.received
		from unnest($1::text[], $2::text[], $3::bytea[]) with ordinality k (creator, stock, holder, place)
		cross join lateral (
			select received
			from voucher_holder
			where creator_mchid = k.creator and stock_id = k.stock and holder = k.holder
			limit 1) h`,
		[]any{
			column(keys, func(k *store.VoucherHolderKey) string { return string(k.Stock.Creator) }),
			column(keys, func(k *store.VoucherHolderKey) string { return string(k.Stock.ID) }),
			column(keys, func(k *store.VoucherHolderKey) []byte { return k.Holder[:] }),
		},
		func(scan row.Scan) error {
			var place, n int64
			err := scan(&place, &n)
			if err == nil {
				held[keys[place-1]] = n
			}
			return err
		})
	return held, err
}

// VoucherMonths uses the primary key of voucher_month, once for each holder.
func (t *tx) VoucherMonths(ctx context.Context, keys []store.VoucherMonthKey) (map[store.VoucherMonthKey]fen.Fen, error) {
	months := make(map[store.VoucherMonthKey]fen.Fen, len(keys))
	if len(keys) == 0 {
		return months, nil
	}
	err := t.rows(ctx, `
		select k.place, m.received
		from unnest($1::text[], $2::bigint[], $3::bytea[]) with ordinality k (creator, month, holder, place)
		cross join lateral (
			select received
			from voucher_month
			where creator_mchid = k.creator and month = k.month and holder = k.holder
			limit 1) m`,
		[]any{
			column(keys, func(k *store.VoucherMonthKey) string { return string(k.Creator) }),
			column(keys, func(k *store.VoucherMonthKey) int64 { return int64(k.Month) }),
			column(keys, func(k *store.VoucherMonthKey) []byte { return k.Holder[:] }),
		},
		func(scan row.Scan) error {
			var place int64
			var amount fen.Fen
			err := scan(&place, &amount)
			if err == nil {
				months[keys[place-1]] = amount
			}
			return err
		})
	return months, err
}

// SetVoucherCounters adds to the days what was added since they were read, and compares the
// sums, as SetCounters does.
func (t *tx) SetVoucherCounters(_ context.Context, changes []store.VoucherCounterChange) error {
	if len(changes) == 0 {
		return nil
	}
	sums := make(map[voucherDayKey]int64, len(changes))
	for i := range changes {
		c := &changes[i]
		if c.Was.Day != c.Is.Day {
			return store.ErrStale
		}
		sums[voucherDayKey{c.Stock.ID, c.Is.Day}] = c.Is.SentToday
	}
	whole := func(value func(*store.VoucherCounterChange) int64) []int64 { return column(changes, value) }
	creators, ids := voucherStockKeys(column(changes, func(c *store.VoucherCounterChange) voucher.StockKey { return c.Stock }))
	t.laterAll(store.ErrStale, len(changes), `
		update voucher_stock s
		set sent = k.sent
		from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[]) k (creator, stock, sent, was)
		where s.stock_id = k.stock and s.creator_mchid = k.creator and s.sent = k.was`,
		creators, ids,
		whole(func(c *store.VoucherCounterChange) int64 { return c.Is.Sent }),
		whole(func(c *store.VoucherCounterChange) int64 { return c.Was.Sent }))
	t.queue(`
		insert into voucher_day as d (creator_mchid, stock_id, day, sent)
		select *
		from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[])
		on conflict (creator_mchid, stock_id, day) do update
		set sent = d.sent + excluded.sent
		returning d.stock_id, d.day, d.sent`,
		[]any{
			creators, ids,
			whole(func(c *store.VoucherCounterChange) int64 { return int64(c.Is.Day) }),
			whole(func(c *store.VoucherCounterChange) int64 { return c.Is.SentToday - c.Was.SentToday }),
		},
		func(scan row.Scan) error {
			var key voucherDayKey
			var sum int64
			err := scan(&key.stock, &key.day, &sum)
			t.expect(sum == sums[key], store.ErrStale)
			return err
		})
	return nil
}

// voucherDayKey is a stock's day; stock ids are unique.
type voucherDayKey struct {
	stock voucher.StockID
	day   day.Day
}

func (t *tx) SetVoucherHeld(_ context.Context, held []store.VoucherHeld) error {
	if len(held) == 0 {
		return nil
	}
	t.later(`
		insert into voucher_holder (creator_mchid, stock_id, holder, received)
		select k.creator, k.stock, k.holder, k.received
		from unnest($1::text[], $2::text[], $3::bytea[], $4::bigint[]) k (creator, stock, holder, received)
		on conflict (creator_mchid, stock_id, holder) do update
		set received = excluded.received`,
		column(held, func(h *store.VoucherHeld) string { return string(h.Stock.Creator) }),
		column(held, func(h *store.VoucherHeld) string { return string(h.Stock.ID) }),
		column(held, func(h *store.VoucherHeld) []byte { return h.Holder[:] }),
		column(held, func(h *store.VoucherHeld) int64 { return h.Count }))
	return nil
}

// SetVoucherMonths adds what was added since the months were read, and compares the sums. It
// locks the rows in their order, so that transactions wait for each other and not in a
// circle.
func (t *tx) SetVoucherMonths(_ context.Context, changes []store.VoucherMonthChange) error {
	if len(changes) == 0 {
		return nil
	}
	changes = slices.SortedFunc(slices.Values(changes), byVoucherMonth)
	sums := make(map[store.VoucherMonthKey]fen.Fen, len(changes))
	for i := range changes {
		sums[changes[i].VoucherMonthKey] = changes[i].Is
	}
	t.queue(`
		insert into voucher_month as m (creator_mchid, month, holder, received)
		select k.creator, k.month, k.holder, k.added
		from unnest($1::text[], $2::bigint[], $3::bytea[], $4::bigint[]) k (creator, month, holder, added)
		on conflict (creator_mchid, month, holder) do update
		set received = m.received + excluded.received
		returning m.creator_mchid, m.month, m.holder, m.received`,
		[]any{
			column(changes, func(c *store.VoucherMonthChange) string { return string(c.Creator) }),
			column(changes, func(c *store.VoucherMonthChange) int64 { return int64(c.Month) }),
			column(changes, func(c *store.VoucherMonthChange) []byte { return c.Holder[:] }),
			column(changes, func(c *store.VoucherMonthChange) int64 { return int64(c.Is - c.Was) }),
		},
		func(scan row.Scan) error {
			var key store.VoucherMonthKey
			var holder []byte
			var sum fen.Fen
			err := scan(&key.Creator, &key.Month, &holder, &sum)
			key.Holder = store.AccountOf(holder)
			t.expect(sum == sums[key], store.ErrStale)
			return err
		})
	return nil
}

func byVoucherMonth(a, b store.VoucherMonthChange) int {
	return cmp.Or(
		cmp.Compare(a.Creator, b.Creator),
		cmp.Compare(a.Month, b.Month),
		bytes.Compare(a.Holder[:], b.Holder[:]))
}

func (t *tx) SetVoucherSenders(_ context.Context, key voucher.StockKey, senders []merchant.ID) error {
	t.later(`
		delete from voucher_sender
		where creator_mchid = $1 and stock_id = $2`, key.Creator, key.ID)
	t.later(`
		insert into voucher_sender (creator_mchid, stock_id, mchid)
		select $1, $2, k.mchid
		from unnest($3::text[]) k (mchid)`, key.Creator, key.ID, merchantIDs(senders))
	return nil
}

// LockAvailableMerchants locks in the order of the ids.
func (t *tx) LockAvailableMerchants(ctx context.Context, ids []merchant.ID) error {
	if len(ids) == 0 {
		return nil
	}
	return t.rows(ctx, `
		select m.mchid
		from unnest($1::text[]) k (mchid)
		join merchant m on m.mchid = k.mchid
		for no key update of m`,
		[]any{merchantIDs(slices.Sorted(slices.Values(ids)))}, func(row.Scan) error { return nil })
}

func (t *tx) InsertStartedVoucherStocks(_ context.Context, started []store.StartedVoucherStock) error {
	if len(started) == 0 {
		return nil
	}
	t.later(`
		insert into voucher_started (mchid, ends_at, stock_id, creator_mchid)
		select *
		from unnest($1::text[], $2::bigint[], $3::text[], $4::text[])
		on conflict (mchid, ends_at, stock_id) do nothing`,
		column(started, func(s *store.StartedVoucherStock) string { return string(s.Available) }),
		column(started, func(s *store.StartedVoucherStock) int64 { return store.Seconds(s.End) }),
		column(started, func(s *store.StartedVoucherStock) string { return string(s.Stock.ID) }),
		column(started, func(s *store.StartedVoucherStock) string { return string(s.Stock.Creator) }))
	return nil
}
