package stocks_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/favor/stocks"
	"github.com/favord/favord/internal/platform/directory"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/partner"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/storetest"
)

const (
	alice = merchant.ID("1900000001") // whom storetest.OpenShop makes
	bob   = merchant.ID("1900000002")
)

// office is a service whose time is moved by hand.
type office struct {
	*stocks.Service
	store store.Store
	clock *clock.Manual
	now   time.Time
}

func openOffice(t *testing.T, s store.Store, most int64) *office {
	t.Helper()
	shop := storetest.OpenShop(t, s, coupon.Limits{MaxCoupons: 1, MaxPerUser: 1})
	o := &office{store: s, clock: clock.NewManual(shop.Now), now: shop.Now}
	if err := s.Write(t.Context(), func(tx store.Tx) error {
		return tx.InsertMerchant(t.Context(), merchant.Merchant{ID: bob, Kind: merchant.Ordinary, KeyMode: merchant.ModeCertificate}, shop.Now)
	}); err != nil {
		t.Fatal(err)
	}
	o.Service = stocks.New(stocks.Config{
		Store: s, Directory: directory.New(s, clock.System{}), Clock: clock.Same{Source: o.clock}, RunningMost: most,
		NewID: func() (voucher.StockID, error) { return voucher.NewStockID(rand.Reader) },
	})
	return o
}

// draft is a command that creates a stock of alice.
func (o *office) draft(number string) stocks.CreateCommand {
	stock := storetest.PlainVoucherStock("", voucher.Limits{MaxCoupons: 10, MaxAmount: 1000, MaxPerUser: 5})
	stock.StockKey, stock.State, stock.CreatedAt, stock.StartedAt = voucher.StockKey{}, "", time.Time{}, time.Time{}
	return stocks.CreateCommand{Caller: alice, Belong: alice, RequestNo: number, Stock: stock}
}

func (o *office) create(t *testing.T, number string) stocks.Command {
	t.Helper()
	created, err := o.Create(t.Context(), o.draft(number))
	if err != nil {
		t.Fatal(err)
	}
	return stocks.Command{Caller: alice, Creator: alice, StockID: created.StockID}
}

func (o *office) audited(t *testing.T) (actions []string) {
	t.Helper()
	if err := o.store.Read(t.Context(), func(tx store.ReadTx) error {
		list, err := tx.UnsealedAudit(t.Context(), alice, 0, 1000)
		for _, one := range list {
			actions = append(actions, one.Action)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return actions
}

// TestOneNumberIsOneStock has 64 callers create with one number at once, and every second
// one of them with other content.
func TestOneNumberIsOneStock(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		o := openOffice(t, s, stocks.RunningMost)
		got, errs := storetest.Race(64, func(i int) (stocks.Created, error) {
			cmd := o.draft("same")
			cmd.Stock.Comment = []string{"", "other"}[i%2]
			return o.Create(t.Context(), cmd)
		})
		ids := map[voucher.StockID]int{}
		for i := range got {
			switch {
			case errs[i] == nil:
				ids[got[i].StockID]++
			case !errors.Is(errs[i], voucher.ErrContent):
				t.Error(errs[i])
			}
		}
		if len(ids) != 1 || len(o.audited(t)) != 1 {
			t.Errorf("stocks %v, audit %v", ids, o.audited(t))
		}
	})
}

func TestARepeatCreatesNothingWhateverTheTime(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		o := openOffice(t, s, stocks.RunningMost)
		first, err := o.Create(t.Context(), o.draft("n"))
		if err != nil {
			t.Fatal(err)
		}
		o.clock.Set(o.now.Add(time.Hour))
		again, err := o.Create(t.Context(), o.draft("n"))
		if err != nil || again.StockID != first.StockID || !again.CreatedAt.Equal(first.CreatedAt) {
			t.Errorf("again %+v, %v, want %+v", again, err, first)
		}
		if _, err := o.Create(t.Context(), o.draft("n2")); !errors.Is(err, voucher.ErrBegun) {
			t.Errorf("another number an hour after the begin: %v", err)
		}
		// The failure did not spend its number.
		later := o.draft("n2")
		later.Stock.Begin = o.now.Add(2 * time.Hour)
		if _, err := o.Create(t.Context(), later); err != nil {
			t.Errorf("the number of a failure: %v", err)
		}
	})
}

// TestCommandsAreCarriedOutOnce has 16 callers give each command at once: one of them
// changes the stock, and all learn the same time.
func TestCommandsAreCarriedOutOnce(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		o := openOffice(t, s, stocks.RunningMost)
		cmd, idle := o.create(t, "a"), o.create(t, "b")
		for i, c := range []struct {
			give func() (time.Time, error)
		}{
			{func() (time.Time, error) { return o.Start(t.Context(), cmd) }},
			{func() (time.Time, error) { return o.Pause(t.Context(), cmd) }},
			{func() (time.Time, error) { return o.Restart(t.Context(), cmd) }},
			{func() (time.Time, error) { return o.Stop(t.Context(), idle) }},
		} {
			o.clock.Set(o.now.Add(time.Duration(i+1) * time.Minute))
			times, errs := storetest.Race(16, func(int) (time.Time, error) { return c.give() })
			if err := errors.Join(errs...); err != nil {
				t.Fatal(err)
			}
			for _, at := range times {
				if !at.Equal(times[0]) {
					t.Errorf("command %d: %s and %s", i, at, times[0])
				}
			}
		}
		want := []string{
			"favor.stocks.create", "favor.stocks.create", "favor.stocks.start", "favor.stocks.pause", "favor.stocks.restart", "favor.stocks.stop",
		}
		if got := o.audited(t); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("audit %v, want %v", got, want)
		}
	})
}

// TestNoMerchantIsNamedByTooManyRunningStocks starts stocks at once that all name bob.
func TestNoMerchantIsNamedByTooManyRunningStocks(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		const most = 3
		o := openOffice(t, s, most)
		var cmds []stocks.Command
		for i := range 8 {
			draft := o.draft(fmt.Sprint(i))
			draft.Stock.Merchants = []merchant.ID{alice, bob}
			if i%2 == 0 {
				draft.Stock.Merchants = []merchant.ID{bob}
			}
			created, err := o.Create(t.Context(), draft)
			if err != nil {
				t.Fatal(err)
			}
			cmds = append(cmds, stocks.Command{Caller: alice, Creator: alice, StockID: created.StockID})
		}
		_, errs := storetest.Race(len(cmds), func(i int) (time.Time, error) { return o.Start(t.Context(), cmds[i]) })
		started := 0
		for i, err := range errs {
			switch {
			case err == nil:
				started++
				if _, err := o.Start(t.Context(), cmds[i]); err != nil {
					t.Errorf("a repeat: %v", err)
				}
			case !errors.Is(err, voucher.ErrRunningMost):
				t.Error(err)
			}
		}
		if started != most {
			t.Errorf("%d stocks started, want %d", started, most)
		}
		// Those that ended make room.
		o.clock.Set(o.now.Add(25 * time.Hour))
		late := o.draft("late")
		late.Stock.Begin, late.Stock.End, late.Stock.Merchants = o.clock.Now(), o.clock.Now().Add(time.Hour), []merchant.ID{bob}
		created, err := o.Create(t.Context(), late)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.Start(t.Context(), stocks.Command{Caller: alice, Creator: alice, StockID: created.StockID}); err != nil {
			t.Errorf("when the others have ended: %v", err)
		}
	})
}

func TestAPartnerSeesTheStockAsLongAsItIsOne(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		o := openOffice(t, s, stocks.RunningMost)
		cmd := o.create(t, "a")
		asBob := cmd
		asBob.Caller = bob
		partnership := partner.New(partner.Key{
			Stock: partner.Stock{Creator: alice, ID: string(cmd.StockID)}, Resource: partner.ResourceVouchers,
			Partner: partner.Partner{Type: partner.ByMerchant, ID: string(bob)},
		}, o.now)
		for _, step := range []struct {
			change func()
			want   error
		}{
			{func() {}, nil},
			{func() { partnership.Terminate(o.now) }, voucher.ErrUnrelated},
			{func() { partnership.Build(o.now) }, nil},
		} {
			step.change()
			if err := s.Write(t.Context(), func(tx store.Tx) error { return tx.PutPartnership(t.Context(), partnership) }); err != nil {
				t.Fatal(err)
			}
			if _, err := o.Stock(t.Context(), asBob); !errors.Is(err, step.want) || (err == nil) != (step.want == nil) {
				t.Errorf("%s: %v, want %v", partnership.State, err, step.want)
			}
		}
	})
}

func TestPagesOfMerchantsAndGoods(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		o := openOffice(t, s, stocks.RunningMost)
		draft := o.draft("a")
		draft.Stock.Merchants, draft.Stock.Items = []merchant.ID{alice, bob}, []string{"x", "y", "z"}
		created, err := o.Create(t.Context(), draft)
		if err != nil {
			t.Fatal(err)
		}
		cmd := stocks.Command{Caller: alice, Creator: alice, StockID: created.StockID}
		for _, c := range []struct {
			page             stocks.Page
			merchants, items string
		}{
			{stocks.Page{Number: 0, Size: 1}, "[1900000001]", "[x]"},
			{stocks.Page{Number: 1, Size: 1}, "[1900000002]", "[y]"},
			{stocks.Page{Number: 2, Size: 1}, "past", "[z]"},
			{stocks.Page{Number: 0, Size: 2}, "[1900000001 1900000002]", "[x y]"},
			{stocks.Page{Number: 1, Size: 2}, "past", "[z]"},
			{stocks.Page{Number: 0, Size: 50}, "[1900000001 1900000002]", "[x y z]"},
			{stocks.Page{Number: 1000, Size: 50}, "past", "past"},
		} {
			merchants, n, err := o.Merchants(t.Context(), cmd, c.page)
			expectPage(t, c.page, merchants, n, 2, err, c.merchants)
			items, n, err := o.Items(t.Context(), cmd, c.page)
			expectPage(t, c.page, items, n, 3, err, c.items)
		}
	})
}

func expectPage[T any](t *testing.T, page stocks.Page, got []T, n, total int64, err error, want string) {
	t.Helper()
	if want == "past" {
		if !errors.Is(err, voucher.ErrPage) {
			t.Errorf("%+v: %v", page, err)
		}
		return
	}
	if err != nil || n != total || fmt.Sprint(got) != want {
		t.Errorf("%+v: %v of %d, %v, want %s of %d", page, got, n, err, want, total)
	}
}
