package pgstore

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/row"
)

// VoucherHeld uses the primary key of voucher_holder, once for each stock.
func (t *tx) VoucherHeld(ctx context.Context, keys []store.VoucherHolderKey) (map[store.VoucherHolderKey]int64, error) {
	held := t.queueVoucherHeld(keys)
	return held, t.flush(ctx)
}

// queueVoucherHeld is VoucherHeld; the map is filled at the next flush.
func (t *tx) queueVoucherHeld(keys []store.VoucherHolderKey) map[store.VoucherHolderKey]int64 {
	held := make(map[store.VoucherHolderKey]int64, len(keys))
	for stock, part := range grouped(keys, func(k *store.VoucherHolderKey) voucher.StockKey { return k.Stock }, voucher.CompareKeys) {
		t.queue(`
		select k.holder, h.received
		from unnest($3::bytea[]) k (holder)
		cross join lateral (
			select received
			from voucher_holder
			where creator_mchid = $1 and stock_id = $2 and holder = k.holder
			limit 1) h`,
			[]any{stock.Creator, stock.ID, column(part, func(k *store.VoucherHolderKey) []byte { return k.Holder[:] })},
			func(scan row.Scan) error {
				var holder row.Bytes16
				var n int64
				err := scan(&holder, &n)
				held[store.VoucherHolderKey{Stock: stock, Holder: user.ID(holder)}] = n
				return err
			})
	}
	return held
}

// VoucherMonths uses the primary key of voucher_month, once for each month of a creator.
func (t *tx) VoucherMonths(ctx context.Context, keys []store.VoucherMonthKey) (map[store.VoucherMonthKey]fen.Fen, error) {
	months := t.queueVoucherMonths(keys)
	return months, t.flush(ctx)
}

// ofMonth is a month of a creator.
type ofMonth struct {
	creator merchant.ID
	month   day.Month
}

func compareMonths(a, b ofMonth) int {
	return cmp.Or(cmp.Compare(a.creator, b.creator), cmp.Compare(a.month, b.month))
}

// queueVoucherMonths is VoucherMonths; the map is filled at the next flush.
func (t *tx) queueVoucherMonths(keys []store.VoucherMonthKey) map[store.VoucherMonthKey]fen.Fen {
	months := make(map[store.VoucherMonthKey]fen.Fen, len(keys))
	for of, part := range grouped(keys, func(k *store.VoucherMonthKey) ofMonth { return ofMonth{k.Creator, k.Month} }, compareMonths) {
		t.queue(`
		select k.holder, m.received
		from unnest($3::bytea[]) k (holder)
		cross join lateral (
			select received
			from voucher_month
			where creator_mchid = $1 and month = $2 and holder = k.holder
			limit 1) m`,
			[]any{of.creator, int64(of.month), column(part, func(k *store.VoucherMonthKey) []byte { return k.Holder[:] })},
			func(scan row.Scan) error {
				var holder row.Bytes16
				var amount fen.Fen
				err := scan(&holder, &amount)
				months[store.VoucherMonthKey{Creator: of.creator, Month: of.month, Holder: user.ID(holder)}] = amount
				return err
			})
	}
	return months
}

// SetVoucherCounters changes one stock after the other, by primary key. A counter that is not what
// it was becomes one that the table refuses, as with SetCounters.
func (t *tx) SetVoucherCounters(_ context.Context, changes []store.VoucherCounterChange) error {
	for _, c := range slices.SortedFunc(slices.Values(changes), byVoucherCounter) {
		if c.Was.Day != c.Is.Day {
			return store.ErrStale
		}
		t.later(`
		update voucher_stock
		set sent = case when sent = $3 then $4::bigint else -1 end
		where creator_mchid = $1 and stock_id = $2`, c.Stock.Creator, c.Stock.ID, c.Was.Sent, c.Is.Sent)
		t.later(`
		insert into voucher_day as d (creator_mchid, stock_id, day, sent)
		values ($1, $2, $3, case $4::bigint when 0 then $5::bigint else coalesce((
			select $5
			from voucher_day
			where creator_mchid = $1 and stock_id = $2 and day = $3 and sent = $4), -1) end)
		on conflict (creator_mchid, stock_id, day) do update
		set sent = case when d.sent = $4 then excluded.sent else -1 end`,
			c.Stock.Creator, c.Stock.ID, int64(c.Is.Day), c.Was.SentToday, c.Is.SentToday)
	}
	return nil
}

func byVoucherCounter(a, b store.VoucherCounterChange) int {
	return voucher.CompareKeys(a.Stock, b.Stock)
}

func (t *tx) SetVoucherHeld(_ context.Context, held []store.VoucherHeld) error {
	for stock, part := range grouped(held, func(h *store.VoucherHeld) voucher.StockKey { return h.Stock }, voucher.CompareKeys) {
		t.later(`
		insert into voucher_holder (creator_mchid, stock_id, holder, received)
		select $1, $2, k.holder, k.received
		from unnest($3::bytea[], $4::bigint[]) k (holder, received)
		on conflict (creator_mchid, stock_id, holder) do update
		set received = excluded.received`,
			stock.Creator, stock.ID,
			column(part, func(h *store.VoucherHeld) []byte { return h.Holder[:] }),
			column(part, func(h *store.VoucherHeld) int64 { return h.Count }))
	}
	return nil
}

// SetVoucherMonths changes the months that were there, one after the other in the order of their
// keys, and then adds those that were not: transactions wait for each other and not in a circle.
// An amount that is not what it was becomes one that the table refuses.
func (t *tx) SetVoucherMonths(_ context.Context, changes []store.VoucherMonthChange) error {
	changes = slices.SortedFunc(slices.Values(changes), byVoucherMonth)
	for i := range changes {
		if c := &changes[i]; c.Was != 0 {
			t.later(`
		insert into voucher_month as m (creator_mchid, month, holder, received)
		values ($1, $2, $3, coalesce((
			select $5::bigint
			from voucher_month
			where creator_mchid = $1 and month = $2 and holder = $3 and received = $4), -1))
		on conflict (creator_mchid, month, holder) do update
		set received = case when m.received = $4 then excluded.received else -1 end`,
				c.Creator, int64(c.Month), c.Holder[:], int64(c.Was), int64(c.Is))
		}
	}
	fresh := slices.DeleteFunc(slices.Clone(changes), func(c store.VoucherMonthChange) bool { return c.Was != 0 })
	for of, part := range grouped(fresh, func(c *store.VoucherMonthChange) ofMonth { return ofMonth{c.Creator, c.Month} }, compareMonths) {
		t.later(`
		insert into voucher_month as m (creator_mchid, month, holder, received)
		select $1, $2, k.holder, k.received
		from unnest($3::bytea[], $4::bigint[]) k (holder, received)
		on conflict (creator_mchid, month, holder) do update
		set received = case when m.received = 0 then excluded.received else -1 end`,
			of.creator, int64(of.month),
			column(part, func(c *store.VoucherMonthChange) []byte { return c.Holder[:] }),
			column(part, func(c *store.VoucherMonthChange) int64 { return int64(c.Is) }))
	}
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
