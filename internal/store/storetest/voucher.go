package storetest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// voucherCases are the part of the suite about cash vouchers.
func voucherCases() map[string]func(*testing.T, store.Store) {
	return map[string]func(*testing.T, store.Store){
		"a stock of vouchers comes back as it was stored":       testVoucherStock,
		"stocks of vouchers are listed as the query says":       testVoucherStocks,
		"counters of vouchers are guarded by their old values":  testVoucherCounters,
		"days of vouchers count apart":                          testVoucherDays,
		"holders of vouchers count apart":                       testVoucherHeld,
		"months are guarded by their old values":                testVoucherMonths,
		"what to send depends on is asked for at once":          testLockToSend,
		"the senders of a stock of vouchers are replaced":       testVoucherSenders,
		"stocks that were started count until they end":         testStartedVoucherStocks,
		"a voucher comes back as it was stored":                 testVoucher,
		"ids that say whose they may be lead there":             testHinted,
		"a user's vouchers are filtered as the query says":      testUserVouchers,
		"two that count the same month do not lose each other":  testVoucherMonthRace,
		"stocks that start together are counted by one another": testStartRace,
		"what breaks the invariants of vouchers shows":          testVoucherInvariants,
	}
}

// VoucherStock returns a running stock of vouchers of the suite's merchant with every field
// set.
func VoucherStock(id voucher.StockID) voucher.Stock {
	return voucher.Stock{
		StockKey: voucher.StockKey{Creator: creator, ID: id},
		Name:     "满20减1券", Comment: "零售批次", NoCash: true, ExtInfo: `{"a":1}`,
		Display: voucher.Display{
			Description: "须知", LogoURL: "https://qpic.cn/l", Brand: "微信支付", Color: "COLOR020", ImageURL: "https://qpic.cn/i",
			JumpTarget: voucher.JumpToMiniProgram, MiniProgramAppID: "wx1", MiniProgramPath: "/p",
		},
		Begin: noon(), End: noon().Add(24 * time.Hour), Face: 100, Threshold: 2000,
		Limits: voucher.Limits{
			MaxCoupons: 40, MaxAmount: 4000, MaxAmountPerDay: 3000, MaxPerUser: 5, NaturalPerson: true, PreventAbuse: true,
		},
		Times: voucher.Times{
			Fixed: &voucher.Fixed{WeekDays: []int{0, 6}, Begin: 3600, End: 7200}, NextDay: true, Minutes: new(int64(60)),
		},
		Payment: voucher.Payment{
			GoodsTags: []string{"T"}, LimitPay: "CFT", Card: &voucher.Card{Name: "工行", BINs: []string{"620000"}},
			TradeTypes: []string{"MICROAPP"}, Combine: true,
		},
		Items: []string{"a"}, ExcludedItems: []string{"b"}, Merchants: []merchant.ID{creator, other},
		State: voucher.StockRunning, CreatedAt: noon(), StartedAt: noon().Add(time.Second),
	}
}

// PlainVoucherStock returns a running stock with few rules.
func PlainVoucherStock(id voucher.StockID, limits voucher.Limits) voucher.Stock {
	s := VoucherStock(id)
	s.Limits, s.Display, s.Times, s.Payment = limits, voucher.Display{}, voucher.Times{}, voucher.Payment{Combine: true}
	s.Items, s.ExcludedItems, s.Merchants = nil, nil, []merchant.ID{creator}
	return s
}

// SentVoucher returns a voucher of a stock.
func SentVoucher(key voucher.StockKey, id voucher.ID, to user.ID) voucher.Voucher {
	return voucher.Voucher{
		ID: id, Stock: key, Sender: other, Holder: to, AppID: "wx1", OpenID: "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
		RequestNo: "R-" + string(id), Received: noon(), State: voucher.StateSent,
		Window: voucher.Window{Begin: noon(), End: noon().Add(time.Hour)},
	}
}

func insertVoucherStock(tb testing.TB, s store.Store, stocks ...voucher.Stock) {
	tb.Helper()
	write(tb, s, func(ctx context.Context, tx store.Tx) error {
		for _, st := range stocks {
			if err := tx.InsertVoucherStock(ctx, st); err != nil {
				return err
			}
		}
		return nil
	})
}

func testVoucherStock(t *testing.T, s store.Store) {
	want := VoucherStock("1000000001")
	insertVoucherStock(t, s, want)
	expectVoucherStock(t, s, want)
	want.State, want.PausedAt, want.Items = voucher.StockPaused, noon().Add(time.Hour), []string{"c", "d"}
	write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.UpdateVoucherStock(ctx, want) })
	expectVoucherStock(t, s, want)
	bare := PlainVoucherStock("1000000002", voucher.Limits{MaxCoupons: 5, MaxPerUser: 1})
	insertVoucherStock(t, s, bare)
	expectVoucherStock(t, s, bare)
	err := s.Write(t.Context(), func(tx store.Tx) error { return tx.UpdateVoucherStock(t.Context(), VoucherStock("9")) })
	if !errors.Is(err, store.ErrNotFound) {
		t.Errorf("update of an unknown stock gives %v", err)
	}
	stranger := want
	stranger.Creator = other
	err = s.Write(t.Context(), func(tx store.Tx) error { return tx.InsertVoucherStock(t.Context(), stranger) })
	if !errors.Is(err, store.ErrDuplicate) {
		t.Errorf("the same id for another merchant gives %v", err)
	}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		locked, err := tx.LockVoucherStocks(ctx, []voucher.StockKey{stranger.StockKey, bare.StockKey, want.StockKey, {Creator: creator, ID: "9"}}, today())
		counters := voucher.Counters{Day: today()}
		if diff := cmp.Diff(map[voucher.StockKey]store.LockedVoucherStock{
			bare.StockKey: {Stock: bare, Counters: counters}, want.StockKey: {Stock: want, Counters: counters},
		}, locked); diff != "" {
			t.Errorf("locked (-want +got):\n%s", diff)
		}
		return err
	})
}

func expectVoucherStock(t *testing.T, s store.Store, want voucher.Stock) {
	t.Helper()
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		got, err := tx.VoucherStock(ctx, want.ID)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("stock (-want +got):\n%s", diff)
		}
		if _, err := tx.VoucherStock(ctx, "9"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("an unknown stock gives %v", err)
		}
		return err
	})
}

// testVoucherStocks compares each filter, alone and together, with what Matches says.
func testVoucherStocks(t *testing.T, s store.Store) {
	var all []voucher.Stock
	for i, state := range slices.Concat(voucher.StockStates(), voucher.StockStates()) {
		one := PlainVoucherStock(voucher.StockID(rune('a'+i)), voucher.Limits{MaxCoupons: 5, MaxPerUser: 1})
		one.State, one.CreatedAt = state, noon().Add(time.Duration(i/2)*time.Minute)
		if i >= len(voucher.StockStates()) {
			one.End = noon().Add(time.Minute)
		}
		if i == 3 {
			one.Creator = other
		}
		all = append(all, one)
	}
	insertVoucherStock(t, s, all...)
	slices.Reverse(all) // the newest first; those of one second by their ids
	for _, from := range []time.Time{{}, noon().Add(time.Minute)} {
		for _, to := range []time.Time{{}, noon().Add(3 * time.Minute)} {
			for _, state := range append(voucher.StockStates(), "") {
				for _, now := range []time.Time{noon(), noon().Add(time.Minute), noon().Add(61 * time.Second)} {
					q := store.VoucherStockQuery{Creator: creator, From: from, To: to, State: state, Now: now, Limit: 100}
					expectVoucherStocks(t, s, all, q)
					q.Offset, q.Limit = 1, 2
					expectVoucherStocks(t, s, all, q)
				}
			}
		}
	}
}

func expectVoucherStocks(t *testing.T, s store.Store, all []voucher.Stock, q store.VoucherStockQuery) {
	t.Helper()
	var want []voucher.Stock
	for _, one := range all {
		if q.Matches(&one) {
			want = append(want, one)
		}
	}
	total := int64(len(want))
	want = want[min(q.Offset, total):min(q.Offset+q.Limit, total)]
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		got, n, err := tx.VoucherStocks(ctx, q)
		if diff := cmp.Diff(append([]voucher.Stock{}, want...), append([]voucher.Stock{}, got...)); diff != "" || n != total {
			t.Errorf("%+v: %d in all, want %d (-want +got):\n%s", q, n, total, diff)
		}
		return err
	})
}

func testVoucherCounters(t *testing.T, s store.Store) {
	st := VoucherStock("1000000001")
	insertVoucherStock(t, s, st)
	zero, five := voucher.Counters{Day: today()}, voucher.Counters{Sent: 5, Day: today(), SentToday: 5}
	change := func(was, is voucher.Counters) error {
		return s.Write(t.Context(), func(tx store.Tx) error {
			return tx.SetVoucherCounters(t.Context(), []store.VoucherCounterChange{{Stock: st.StockKey, Was: was, Is: is}})
		})
	}
	if err := change(zero, five); err != nil {
		t.Fatal(err)
	}
	for name, was := range map[string]voucher.Counters{
		"old":             zero,
		"other total":     {Sent: 4, Day: today(), SentToday: 5},
		"other day count": {Sent: 5, Day: today(), SentToday: 4},
		"other day":       {Sent: 5, Day: today() - 1, SentToday: 5},
	} {
		if err := change(was, voucher.Counters{Sent: 6, Day: today(), SentToday: 6}); !errors.Is(err, store.ErrStale) {
			t.Errorf("%s values give %v", name, err)
		}
	}
	expectVoucherCounters(t, s, st.StockKey, five)
}

func expectVoucherCounters(t *testing.T, s store.Store, key voucher.StockKey, want voucher.Counters) {
	t.Helper()
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		foreign := voucher.StockKey{Creator: other, ID: key.ID}
		got, err := tx.VoucherCounters(ctx, []voucher.StockKey{key, foreign}, want.Day)
		if diff := cmp.Diff(map[voucher.StockKey]voucher.Counters{key: want}, got); diff != "" {
			t.Errorf("counters (-want +got):\n%s", diff)
		}
		return err
	})
}

func testVoucherDays(t *testing.T, s store.Store) {
	st := VoucherStock("1000000001")
	insertVoucherStock(t, s, st)
	for i := range 3 {
		write(t, s, func(ctx context.Context, tx store.Tx) error {
			locked, err := tx.LockVoucherStocks(ctx, []voucher.StockKey{st.StockKey}, today()+day.Day(i))
			was := locked[st.StockKey].Counters
			return errors.Join(err, tx.SetVoucherCounters(ctx, []store.VoucherCounterChange{{Stock: st.StockKey, Was: was, Is: was.Send()}}))
		})
	}
	for i := range 3 {
		expectVoucherCounters(t, s, st.StockKey, voucher.Counters{Sent: 3, Day: today() + day.Day(i), SentToday: 1})
	}
	expectVoucherCounters(t, s, st.StockKey, voucher.Counters{Sent: 3, Day: today() + 9})
}

func testVoucherHeld(t *testing.T, s store.Store) {
	key := voucher.StockKey{Creator: creator, ID: "1"}
	mine := store.VoucherHolderKey{Stock: key, Holder: holder(1)}
	yours := store.VoucherHolderKey{Stock: key, Holder: holder(2)}
	for _, count := range []int64{1, 7} {
		write(t, s, func(ctx context.Context, tx store.Tx) error {
			return tx.SetVoucherHeld(ctx, []store.VoucherHeld{{VoucherHolderKey: mine, Count: count}, {VoucherHolderKey: yours, Count: 2}})
		})
	}
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		foreign := mine
		foreign.Stock.Creator = other
		got, err := tx.VoucherHeld(ctx, []store.VoucherHolderKey{mine, yours, foreign})
		if diff := cmp.Diff(map[store.VoucherHolderKey]int64{mine: 7, yours: 2}, got); diff != "" {
			t.Errorf("held (-want +got):\n%s", diff)
		}
		return err
	})
}

func testVoucherMonths(t *testing.T, s store.Store) {
	month := day.MonthOf(noon())
	key := store.VoucherMonthKey{Creator: creator, Month: month, Holder: holder(1)}
	next, foreign, else1 := key, key, key
	next.Month++
	foreign.Creator = other
	else1.Holder = holder(2)
	set := func(was, is fen.Fen) error {
		return s.Write(t.Context(), func(tx store.Tx) error {
			return tx.SetVoucherMonths(t.Context(), []store.VoucherMonthChange{
				{VoucherMonthKey: key, Was: was, Is: is}, {VoucherMonthKey: else1, Was: 0, Is: 0},
			})
		})
	}
	for _, c := range []struct {
		was, is fen.Fen
		want    error
	}{
		{5, 6, store.ErrStale},
		{0, 100, nil},
		{0, 100, store.ErrStale},
		{100, 300, nil},
		{100, 400, store.ErrStale},
	} {
		if err := set(c.was, c.is); !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("from %d to %d: %v, want %v", c.was, c.is, err, c.want)
		}
	}
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		got, err := tx.VoucherMonths(ctx, []store.VoucherMonthKey{key, next, foreign})
		if diff := cmp.Diff(map[store.VoucherMonthKey]fen.Fen{key: 300}, got); diff != "" {
			t.Errorf("months (-want +got):\n%s", diff)
		}
		return err
	})
}

// testVoucherMonthRace has writers add to one month, each reading without a lock and going
// again when another one was faster.
func testVoucherMonthRace(t *testing.T, s store.Store) {
	key := store.VoucherMonthKey{Creator: creator, Month: 1, Holder: holder(1)}
	const writers = 16
	_, errs := Race(writers, func(int) (struct{}, error) {
		for {
			err := s.Write(t.Context(), func(tx store.Tx) error {
				was, err := tx.VoucherMonths(t.Context(), []store.VoucherMonthKey{key})
				if err != nil {
					return err
				}
				return tx.SetVoucherMonths(t.Context(), []store.VoucherMonthChange{{VoucherMonthKey: key, Was: was[key], Is: was[key] + 1}})
			})
			if !errors.Is(err, store.ErrStale) {
				return struct{}{}, err
			}
		}
	})
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		got, err := tx.VoucherMonths(ctx, []store.VoucherMonthKey{key})
		if got[key] != writers {
			t.Errorf("%d of %d were counted", got[key], writers)
		}
		return err
	})
}

func testVoucherSenders(t *testing.T, s store.Store) {
	key := voucher.StockKey{Creator: creator, ID: "1"}
	for _, senders := range [][]merchant.ID{{other, creator}, {"3"}, nil} {
		write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.SetVoucherSenders(ctx, key, senders) })
		read(t, s, func(ctx context.Context, tx store.ReadTx) error {
			got, err := tx.VoucherSenders(ctx, key)
			if want := slices.Sorted(slices.Values(senders)); !slices.Equal(want, got) {
				t.Errorf("senders %v, want %v", got, want)
			}
			return err
		})
	}
}

func testStartedVoucherStocks(t *testing.T, s store.Store) {
	var started []store.StartedVoucherStock
	for i := range 4 {
		started = append(started, store.StartedVoucherStock{
			Available: creator, Stock: voucher.StockKey{Creator: other, ID: voucher.StockID(rune('a' + i))},
			End: noon().Add(time.Duration(i) * time.Minute),
		})
	}
	started = append(started, store.StartedVoucherStock{Available: other, Stock: started[0].Stock, End: noon()}, started[0])
	write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.InsertStartedVoucherStocks(ctx, started) })
	write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.InsertStartedVoucherStocks(ctx, started[:1]) })
	for _, c := range []struct {
		at   time.Time
		most int64
		want map[merchant.ID]int64
	}{
		{noon(), 10, map[merchant.ID]int64{creator: 4, other: 1}},
		{noon().Add(time.Second), 10, map[merchant.ID]int64{creator: 3}},
		{noon(), 2, map[merchant.ID]int64{creator: 2, other: 1}},
	} {
		read(t, s, func(ctx context.Context, tx store.ReadTx) error {
			got, err := tx.StartedVoucherStocks(ctx, []merchant.ID{creator, other, "3"}, c.at, c.most)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("at %s up to %d (-want +got):\n%s", c.at, c.most, diff)
			}
			return err
		})
	}
}

// testStartRace has stocks start at once, each only if fewer than three have.
func testStartRace(t *testing.T, s store.Store) {
	const most = 3
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.InsertMerchant(ctx, merchant.Merchant{ID: creator, Kind: merchant.Ordinary, KeyMode: merchant.ModeCertificate}, noon())
	})
	began, errs := Race(12, func(i int) (began bool, err error) {
		err = s.Write(t.Context(), func(tx store.Tx) error {
			began = false
			if err := tx.LockAvailableMerchants(t.Context(), []merchant.ID{creator}); err != nil {
				return err
			}
			counts, err := tx.StartedVoucherStocks(t.Context(), []merchant.ID{creator}, noon(), most)
			if err != nil || counts[creator] >= most {
				return err
			}
			began = true
			return tx.InsertStartedVoucherStocks(t.Context(), []store.StartedVoucherStock{{
				Available: creator, Stock: voucher.StockKey{Creator: creator, ID: voucher.StockID(rune('a' + i))}, End: noon(),
			}})
		})
		return began, err
	})
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	if n := len(slices.DeleteFunc(began, func(b bool) bool { return !b })); n != most {
		t.Errorf("%d stocks began, want %d", n, most)
	}
}

func testVoucher(t *testing.T, s store.Store) {
	want := SentVoucher(voucher.StockKey{Creator: creator, ID: "1"}, "8001", holder(1))
	write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.InsertVouchers(ctx, []voucher.Voucher{want}) })
	expectVoucher(t, s, want)
	err := s.Write(t.Context(), func(tx store.Tx) error {
		return tx.InsertVouchers(t.Context(), []voucher.Voucher{SentVoucher(voucher.StockKey{Creator: other, ID: "2"}, "8001", holder(2))})
	})
	if !errors.Is(err, store.ErrDuplicate) {
		t.Errorf("a taken id gives %v", err)
	}
	want.State = voucher.StateUsed
	want.Use = voucher.Consumption{
		TransactionID: "4200", At: noon().Add(time.Minute), Merchant: other, Discount: 100,
		Goods: []voucher.Goods{{ID: "a", Quantity: 7, Price: 300, Discount: 100}},
	}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		locked, err := tx.LockVouchers(ctx, []store.VoucherKey{{Stock: want.Stock, ID: want.ID}, {Stock: want.Stock, ID: "none"}})
		if len(locked) != 1 || locked[want.ID].State != voucher.StateSent {
			t.Errorf("locked %+v", locked)
		}
		return errors.Join(err, tx.UpdateVouchers(ctx, []voucher.Voucher{want}))
	})
	expectVoucher(t, s, want)
	want.State, want.Use = voucher.StateSent, voucher.Consumption{}
	write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.UpdateVouchers(ctx, []voucher.Voucher{want}) })
	expectVoucher(t, s, want)
}

func expectVoucher(t *testing.T, s store.Store, want voucher.Voucher) {
	t.Helper()
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		got, err := tx.Voucher(ctx, want.ID)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("voucher (-want +got):\n%s", diff)
		}
		if _, err := tx.Voucher(ctx, "none"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("an unknown voucher gives %v", err)
		}
		return err
	})
}

// testUserVouchers compares each filter, alone and together, with what Matches says.
func testUserVouchers(t *testing.T, s store.Store) {
	var all []voucher.Voucher
	for i := range 24 {
		v := SentVoucher(voucher.StockKey{Creator: creator, ID: "1"}, voucher.ID(rune('a'+i)), holder(byte(i%2)))
		if i%3 == 0 {
			v.Stock = voucher.StockKey{Creator: other, ID: "2"}
		}
		if i%4 < 2 {
			v.Sender = creator
		}
		if i%5 == 0 {
			v.Window.End = noon().Add(time.Second)
		}
		all = append(all, v)
	}
	write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.InsertVouchers(ctx, all) })
	for i := range all {
		if i%7 == 0 {
			all[i].State, all[i].Use = voucher.StateUsed, voucher.Consumption{TransactionID: "4200", At: noon(), Merchant: other, Discount: 1}
			write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.UpdateVouchers(ctx, []voucher.Voucher{all[i]}) })
		}
	}
	expectHeldVoucherStocks(t, s, all)
	slices.Reverse(all)
	for _, stock := range []voucher.StockID{"", "1"} {
		for _, ids := range [][3]merchant.ID{{}, {creator}, {"", other}, {"", "", creator}, {other, creator, creator}, {other, creator, "3"}} {
			for _, states := range [][]voucher.State{nil, {voucher.StateSent}, {voucher.StateSent, voucher.StateUsed}, {voucher.StateExpired}} {
				q := store.VoucherQuery{
					Holder: holder(1), Stock: stock, Creator: ids[0], Sender: ids[1], VisibleTo: ids[2],
					States: states, Now: noon().Add(2 * time.Second), Limit: 100,
				}
				expectVouchers(t, s, all, q)
				q.Offset, q.Limit = 2, 3
				expectVouchers(t, s, all, q)
				q.Offset, q.Limit, q.Stocks = 0, store.NoLimit, []voucher.StockID{"2", "3"}
				expectVouchers(t, s, all, q)
			}
		}
	}
}

// expectHeldVoucherStocks compares the stocks of which holders have vouchers that were not used.
func expectHeldVoucherStocks(t *testing.T, s store.Store, all []voucher.Voucher) {
	t.Helper()
	for who := range byte(3) {
		var want []store.HeldVoucherStock
		for _, key := range []voucher.StockKey{{Creator: creator, ID: "1"}, {Creator: other, ID: "2"}} {
			one := store.HeldVoucherStock{StockKey: key}
			for _, v := range all {
				if v.Holder == holder(who) && v.Stock == key && v.State == voucher.StateSent && v.Window.End.After(one.Until) {
					one.Until = v.Window.End
				}
			}
			if !one.Until.IsZero() {
				want = append(want, one)
			}
		}
		read(t, s, func(ctx context.Context, tx store.ReadTx) error {
			got, err := tx.HeldVoucherStocks(ctx, holder(who))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("stocks of holder %d (-want +got):\n%s", who, diff)
			}
			return err
		})
	}
}

func expectVouchers(t *testing.T, s store.Store, all []voucher.Voucher, q store.VoucherQuery) {
	t.Helper()
	want := slices.DeleteFunc(slices.Clone(all), func(v voucher.Voucher) bool { return !q.Matches(&v) })
	total := int64(len(want))
	want = want[min(q.Offset, total):min(q.Offset+q.Limit, total)]
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		got, n, err := tx.UserVouchers(ctx, q)
		if diff := cmp.Diff(append([]voucher.Voucher{}, want...), append([]voucher.Voucher{}, got...)); diff != "" || n != total {
			t.Errorf("%+v: %d in all, want %d (-want +got):\n%s", q, n, total, diff)
		}
		return err
	})
}

// testVoucherInvariants breaks one invariant after the other.
func testVoucherInvariants(t *testing.T, s store.Store) {
	st := PlainVoucherStock("1000000001", voucher.Limits{MaxCoupons: 2, MaxAmount: 250, MaxAmountPerDay: 200, MaxPerUser: 2})
	insertVoucherStock(t, s, st)
	expectTheseBroken(t, s)
	sendPlainly(t, s, st, "8001", holder(1))
	sendPlainly(t, s, st, "8002", holder(1))
	expectTheseBroken(t, s)
	sendPlainly(t, s, st, "8003", holder(2)) // beyond maximum, budget and the day's
	expectTheseBroken(t, s, store.InvariantVouchersMaximum, store.InvariantVouchersDays)
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		stranger := SentVoucher(st.StockKey, "8004", holder(1)) // not counted, not asked for
		odd := SentVoucher(voucher.StockKey{Creator: creator, ID: "9"}, "8005", holder(1))
		return errors.Join(
			tx.InsertVouchers(ctx, []voucher.Voucher{stranger, odd}),
			tx.SetVoucherHeld(ctx, []store.VoucherHeld{{VoucherHolderKey: store.VoucherHolderKey{Stock: st.StockKey, Holder: holder(3)}, Count: 3}}),
			tx.SetVoucherMonths(ctx, []store.VoucherMonthChange{{VoucherMonthKey: store.VoucherMonthKey{Creator: creator, Month: 1, Holder: holder(1)}, Is: 1e6}}))
	})
	expectTheseBroken(t, s, store.InvariantVouchersSent, store.InvariantVouchersMaximum, store.InvariantVouchersDays,
		store.InvariantVouchersHeld, store.InvariantVouchersMonths, store.InvariantVouchersStates, store.InvariantVouchersRequests)
}

// sendPlainly sends a voucher and asks no rules.
func sendPlainly(t *testing.T, s store.Store, st voucher.Stock, id voucher.ID, to user.ID) {
	t.Helper()
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		locked, err := tx.LockVoucherStocks(ctx, []voucher.StockKey{st.StockKey}, today())
		if err != nil {
			return err
		}
		was := locked[st.StockKey].Counters
		key := store.VoucherHolderKey{Stock: st.StockKey, Holder: to}
		held, err := tx.VoucherHeld(ctx, []store.VoucherHolderKey{key})
		v := SentVoucher(st.StockKey, id, to)
		return errors.Join(
			err,
			tx.SetVoucherCounters(ctx, []store.VoucherCounterChange{{Stock: st.StockKey, Was: was, Is: was.Send()}}),
			tx.SetVoucherHeld(ctx, []store.VoucherHeld{{VoucherHolderKey: key, Count: held[key] + 1}}),
			tx.InsertVouchers(ctx, []voucher.Voucher{v}),
			tx.InsertRequests(ctx, []store.Request{{
				RequestKey: store.RequestKey{Owner: v.Sender, Operation: store.OpSendVoucher, Number: v.RequestNo},
				Answer:     []byte(id), At: noon(),
			}}))
	})
}

func expectTheseBroken(t *testing.T, s store.Store, want ...string) {
	t.Helper()
	list, err := s.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var broken []string
	for _, one := range list {
		if one.Broken > 0 && !ofTallies(one.Name) {
			broken = append(broken, one.Name)
		}
	}
	if diff := cmp.Diff(want, broken); diff != "" {
		t.Errorf("broken (-want +got):\n%s", diff)
	}
}
