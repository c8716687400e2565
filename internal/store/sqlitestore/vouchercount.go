package sqlitestore

import (
	"context"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

func (t *tx) SetVoucherCounters(ctx context.Context, changes []store.VoucherCounterChange) error {
	for i := range changes {
		if err := t.setVoucherCounters(ctx, &changes[i]); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) setVoucherCounters(ctx context.Context, change *store.VoucherCounterChange) error {
	key, was, is := change.Stock, &change.Was, &change.Is
	if was.Day != is.Day {
		return store.ErrStale
	}
	if err := t.guarded(ctx, `
		update voucher_stock
		set sent = ?
		where creator_mchid = ? and stock_id = ? and sent = ?`,
		is.Sent, key.Creator, key.ID, was.Sent); err != nil {
		return err
	}
	return t.guarded(ctx, `
		insert into voucher_day (creator_mchid, stock_id, day, sent)
		values (?1, ?2, ?3, ?4)
		on conflict do update
		set sent = ?4
		where sent = ?5`,
		key.Creator, key.ID, is.Day, is.SentToday, was.SentToday)
}

// guarded runs a statement that must change one row.
func (t *tx) guarded(ctx context.Context, statement string, args ...any) error {
	n, err := t.execCount(ctx, statement, args...)
	if err == nil && n != 1 {
		return store.ErrStale
	}
	return err
}

func (t *tx) SetVoucherHeld(ctx context.Context, held []store.VoucherHeld) error {
	for _, h := range held {
		if err := t.exec(ctx, `
			insert into voucher_holder (creator_mchid, stock_id, holder, received)
			values (?1, ?2, ?3, ?4)
			on conflict do update
			set received = ?4`,
			h.Stock.Creator, h.Stock.ID, h.Holder[:], h.Count); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) SetVoucherMonths(ctx context.Context, changes []store.VoucherMonthChange) error {
	for i := range changes {
		if err := t.setVoucherMonth(ctx, &changes[i]); err != nil {
			return err
		}
	}
	return nil
}

// setVoucherMonth adds a row only for somebody who had received nothing.
func (t *tx) setVoucherMonth(ctx context.Context, c *store.VoucherMonthChange) error {
	if c.Was != 0 {
		return t.guarded(ctx, `
			update voucher_month
			set received = ?
			where creator_mchid = ? and month = ? and holder = ? and received = ?`,
			c.Is, c.Creator, c.Month, c.Holder[:], c.Was)
	}
	return t.guarded(ctx, `
		insert into voucher_month (creator_mchid, month, holder, received)
		values (?1, ?2, ?3, ?4)
		on conflict do update
		set received = ?4
		where received = 0`,
		c.Creator, c.Month, c.Holder[:], c.Is)
}

func (t *tx) SetVoucherSenders(ctx context.Context, key voucher.StockKey, senders []merchant.ID) error {
	if err := t.exec(ctx, `
		delete from voucher_sender
		where creator_mchid = ? and stock_id = ?`, key.Creator, key.ID); err != nil {
		return err
	}
	for _, id := range senders {
		if err := t.exec(ctx, `
			insert into voucher_sender (creator_mchid, stock_id, mchid)
			values (?, ?, ?)`, key.Creator, key.ID, id); err != nil {
			return err
		}
	}
	return nil
}

// LockAvailableMerchants has nothing to do: there is one writer.
func (t *tx) LockAvailableMerchants(context.Context, []merchant.ID) error { return nil }

func (t *tx) InsertStartedVoucherStocks(ctx context.Context, started []store.StartedVoucherStock) error {
	for _, s := range started {
		if err := t.exec(ctx, `
			insert into voucher_started (mchid, ends_at, stock_id, creator_mchid)
			values (?, ?, ?, ?)
			on conflict do nothing`,
			s.Available, store.Seconds(s.End), s.Stock.ID, s.Stock.Creator); err != nil {
			return err
		}
	}
	return nil
}

// LockToSend asks one question after the other: there is no network between.
func (t *tx) LockToSend(ctx context.Context, ask store.SendAsk) (store.SendLocked, error) {
	return store.LockOneByOne(ctx, t, ask)
}
