package memstore

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// vouchers is the part of the data about cash vouchers.
type vouchers struct {
	stocks   map[voucher.StockKey]voucher.Stock
	creators map[voucher.StockID]merchant.ID
	sent     map[voucher.StockKey]int64
	days     map[voucherDayKey]int64
	held     map[store.VoucherHolderKey]int64
	months   map[store.VoucherMonthKey]fen.Fen
	senders  map[voucher.StockKey][]merchant.ID
	started  map[store.StartedVoucherStock]bool
	vouchers map[voucher.ID]voucher.Voucher
	// byHolder lists ids in the order of sending.
	byHolder map[user.ID][]voucher.ID
}

type voucherDayKey struct {
	stock voucher.StockKey
	day   day.Day
}

func newVouchers() vouchers {
	return vouchers{
		stocks:   map[voucher.StockKey]voucher.Stock{},
		creators: map[voucher.StockID]merchant.ID{},
		sent:     map[voucher.StockKey]int64{},
		days:     map[voucherDayKey]int64{},
		held:     map[store.VoucherHolderKey]int64{},
		months:   map[store.VoucherMonthKey]fen.Fen{},
		senders:  map[voucher.StockKey][]merchant.ID{},
		started:  map[store.StartedVoucherStock]bool{},
		vouchers: map[voucher.ID]voucher.Voucher{},
		byHolder: map[user.ID][]voucher.ID{},
	}
}

func (t *tx) VoucherStock(_ context.Context, id voucher.StockID) (voucher.Stock, error) {
	creator, found := t.data.favor.creators[id]
	if !found {
		return voucher.Stock{}, store.ErrNotFound
	}
	return t.data.favor.stocks[voucher.StockKey{Creator: creator, ID: id}], nil
}

func (t *tx) VoucherCounters(_ context.Context, keys []voucher.StockKey, on day.Day) (map[voucher.StockKey]voucher.Counters, error) {
	counters := make(map[voucher.StockKey]voucher.Counters, len(keys))
	for _, key := range keys {
		if _, found := t.data.favor.stocks[key]; found {
			counters[key] = t.voucherCounters(key, on)
		}
	}
	return counters, nil
}

func (t *tx) voucherCounters(key voucher.StockKey, on day.Day) voucher.Counters {
	return voucher.Counters{Sent: t.data.favor.sent[key], Day: on, SentToday: t.data.favor.days[voucherDayKey{key, on}]}
}

func (t *tx) VoucherStocks(_ context.Context, q store.VoucherStockQuery) ([]voucher.Stock, int64, error) {
	var all []voucher.Stock
	for _, s := range t.data.favor.stocks {
		if q.Matches(&s) {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(a, b voucher.Stock) int {
		return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(b.ID, a.ID))
	})
	total := int64(len(all))
	from := min(q.Offset, total)
	return all[from:min(from+q.Limit, total)], total, nil
}

func (t *tx) VoucherHeld(_ context.Context, keys []store.VoucherHolderKey) (map[store.VoucherHolderKey]int64, error) {
	return pick(t.data.favor.held, keys), nil
}

func (t *tx) VoucherMonths(_ context.Context, keys []store.VoucherMonthKey) (map[store.VoucherMonthKey]fen.Fen, error) {
	return pick(t.data.favor.months, keys), nil
}

// pick returns the entries of a map that have one of the keys.
func pick[K comparable, V any](m map[K]V, keys []K) map[K]V {
	found := make(map[K]V, len(keys))
	for _, key := range keys {
		if value, has := m[key]; has {
			found[key] = value
		}
	}
	return found
}

func (t *tx) VoucherSenders(_ context.Context, key voucher.StockKey) ([]merchant.ID, error) {
	return slices.Clone(t.data.favor.senders[key]), nil
}

func (t *tx) StartedVoucherStocks(_ context.Context, available []merchant.ID, now time.Time, most int64) (map[merchant.ID]int64, error) {
	counts := make(map[merchant.ID]int64, len(available))
	for s := range t.data.favor.started {
		if slices.Contains(available, s.Available) && !s.End.Before(now) && counts[s.Available] < most {
			counts[s.Available]++
		}
	}
	return counts, nil
}

func (t *tx) InsertVoucherStock(_ context.Context, s voucher.Stock) error {
	if _, found := t.data.favor.creators[s.ID]; found {
		return store.ErrDuplicate
	}
	put(t, t.data.favor.creators, s.ID, s.Creator)
	put(t, t.data.favor.stocks, s.StockKey, s)
	return nil
}

func (t *tx) UpdateVoucherStock(_ context.Context, s voucher.Stock) error {
	old, found := t.data.favor.stocks[s.StockKey]
	if !found {
		return store.ErrNotFound
	}
	t.changed[s.Creator] = true
	s.CreatedAt = old.CreatedAt
	put(t, t.data.favor.stocks, s.StockKey, s)
	return nil
}

func (t *tx) LockVoucherStocks(_ context.Context, keys []voucher.StockKey, on day.Day) (map[voucher.StockKey]store.LockedVoucherStock, error) {
	locked := make(map[voucher.StockKey]store.LockedVoucherStock, len(keys))
	for _, key := range keys {
		if s, found := t.data.favor.stocks[key]; found {
			locked[key] = store.LockedVoucherStock{Stock: s, Counters: t.voucherCounters(key, on)}
		}
	}
	return locked, nil
}

func (t *tx) SetVoucherCounters(_ context.Context, changes []store.VoucherCounterChange) error {
	for _, c := range changes {
		if t.voucherCounters(c.Stock, c.Was.Day) != c.Was || c.Is.Day != c.Was.Day {
			return store.ErrStale
		}
		put(t, t.data.favor.sent, c.Stock, c.Is.Sent)
		put(t, t.data.favor.days, voucherDayKey{c.Stock, c.Is.Day}, c.Is.SentToday)
	}
	return nil
}

func (t *tx) SetVoucherHeld(_ context.Context, held []store.VoucherHeld) error {
	for _, h := range held {
		put(t, t.data.favor.held, h.VoucherHolderKey, h.Count)
	}
	return nil
}

func (t *tx) SetVoucherMonths(_ context.Context, changes []store.VoucherMonthChange) error {
	for _, c := range changes {
		if t.data.favor.months[c.VoucherMonthKey] != c.Was {
			return store.ErrStale
		}
		put(t, t.data.favor.months, c.VoucherMonthKey, c.Is)
	}
	return nil
}

func (t *tx) SetVoucherSenders(_ context.Context, key voucher.StockKey, senders []merchant.ID) error {
	put(t, t.data.favor.senders, key, slices.Sorted(slices.Values(senders)))
	return nil
}

// LockAvailableMerchants has nothing to do: there is one writer.
func (t *tx) LockAvailableMerchants(context.Context, []merchant.ID) error { return nil }

func (t *tx) InsertStartedVoucherStocks(_ context.Context, started []store.StartedVoucherStock) error {
	for _, s := range started {
		put(t, t.data.favor.started, s, true)
	}
	return nil
}

func (t *tx) Voucher(_ context.Context, id voucher.ID) (voucher.Voucher, error) {
	v, found := t.data.favor.vouchers[id]
	if !found {
		return voucher.Voucher{}, store.ErrNotFound
	}
	return v, nil
}

func (t *tx) HeldVoucherStocks(_ context.Context, holder user.ID) ([]store.HeldVoucherStock, error) {
	until := map[voucher.StockKey]time.Time{}
	for _, id := range t.data.favor.byHolder[holder] {
		v := t.data.favor.vouchers[id]
		if v.State == voucher.StateSent && v.Window.End.After(until[v.Stock]) {
			until[v.Stock] = v.Window.End
		}
	}
	var list []store.HeldVoucherStock
	for key, end := range until {
		list = append(list, store.HeldVoucherStock{StockKey: key, Until: end})
	}
	slices.SortFunc(list, func(a, b store.HeldVoucherStock) int {
		return cmp.Or(cmp.Compare(a.Creator, b.Creator), cmp.Compare(a.ID, b.ID))
	})
	return list, nil
}

func (t *tx) UserVouchers(_ context.Context, q store.VoucherQuery) ([]voucher.Voucher, int64, error) {
	var page []voucher.Voucher
	var total int64
	for _, id := range slices.Backward(t.data.favor.byHolder[q.Holder]) {
		v := t.data.favor.vouchers[id]
		if !q.Matches(&v) {
			continue
		}
		if total >= q.Offset && total-q.Offset < q.Limit {
			page = append(page, v)
		}
		total++
	}
	return page, total, nil
}

func (t *tx) InsertVouchers(_ context.Context, list []voucher.Voucher) error {
	for _, v := range list {
		if _, found := t.data.favor.vouchers[v.ID]; found {
			return store.ErrDuplicate
		}
		put(t, t.data.favor.vouchers, v.ID, v)
		put(t, t.data.favor.byHolder, v.Holder, append(t.data.favor.byHolder[v.Holder], v.ID))
	}
	return nil
}

func (t *tx) LockVouchers(_ context.Context, keys []store.VoucherKey) (map[voucher.ID]voucher.Voucher, error) {
	locked := make(map[voucher.ID]voucher.Voucher, len(keys))
	for _, key := range keys {
		if v, found := t.data.favor.vouchers[key.ID]; found {
			locked[key.ID] = v
		}
	}
	return locked, nil
}

func (t *tx) UpdateVouchers(_ context.Context, vouchers []voucher.Voucher) error {
	for _, v := range vouchers {
		if old, found := t.data.favor.vouchers[v.ID]; found {
			old.State, old.Use = v.State, v.Use
			put(t, t.data.favor.vouchers, v.ID, old)
		}
	}
	return nil
}

func (t *tx) RenameVoucherHolders(_ context.Context, vouchers []voucher.Voucher) error {
	for _, v := range vouchers {
		if old, found := t.data.favor.vouchers[v.ID]; found {
			old.OpenID = v.OpenID
			put(t, t.data.favor.vouchers, v.ID, old)
		}
	}
	return nil
}

func (t *tx) VoucherOwners(_ context.Context, ids []voucher.ID) (map[voucher.ID]voucher.StockKey, error) {
	owners := map[voucher.ID]voucher.StockKey{}
	for id, v := range pick(t.data.favor.vouchers, ids) {
		owners[id] = v.Stock
	}
	return owners, nil
}

// LockToSend asks one question after the other: it is all in memory.
func (t *tx) LockToSend(ctx context.Context, ask store.SendAsk) (store.SendLocked, error) {
	return store.LockOneByOne(ctx, t, ask)
}
