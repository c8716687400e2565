package stocks_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/busifavor/issue"
	"github.com/favord/favord/internal/busifavor/stocks"
	"github.com/favord/favord/internal/platform/directory"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/storetest"
)

// office is the service over a shop with a second stock, whose codes are uploaded.
type office struct {
	*stocks.Service
	t     *testing.T
	shop  *storetest.Shop
	clock *clock.Manual
	pool  coupon.StockID
}

func openOffice(t *testing.T, s store.Store) *office {
	t.Helper()
	o := &office{t: t, shop: storetest.OpenShop(t, s, coupon.Limits{MaxCoupons: 100, MaxPerUser: 5}), pool: "1282070000000018"}
	o.clock = clock.NewManual(o.shop.Now)
	o.Service = stocks.New(stocks.Config{
		Store: s, Clock: clock.Same{Source: o.clock}, Users: user.Policy{AutoRegister: true},
		NewID: func() (coupon.StockID, error) { return o.pool, nil },
	})
	stock := o.template()
	stock.CodeMode = coupon.CodesByUpload
	if _, err := o.Create(t.Context(), stocks.CreateCommand{Caller: o.caller(), RequestNo: "pool", Stock: stock}); err != nil {
		t.Fatal(err)
	}
	return o
}

// template is a stock that may be created.
func (o *office) template() coupon.Stock {
	stock := o.shop.Stock
	stock.UseBy, stock.NotifyAppID = coupon.UseBy{Method: "OFF_LINE"}, ""
	return stock
}

func (o *office) caller() merchant.ID { return o.shop.Stock.Creator }

// expectSound proves the invariants.
func (o *office) expectSound() {
	o.t.Helper()
	list, err := o.shop.Store.Check(o.t.Context())
	if err != nil {
		o.t.Fatal(err)
	}
	for _, one := range list {
		if one.Broken > 0 {
			o.t.Errorf("%d of %d break that %s", one.Broken, one.Rows, one.Name)
		}
	}
}

// give issues a coupon of the pool to a user of its own and returns its code.
func (o *office) give(number int) (coupon.Code, error) {
	sender := issue.New(issue.Config{
		Store: o.shop.Store, Directory: directory.New(o.shop.Store, clock.System{}), Clock: clock.Same{Source: o.clock},
		Random: rand.Reader, Users: user.Policy{AutoRegister: true},
	})
	sent, err := sender.Send(o.t.Context(), issue.SendCommand{
		Caller: o.caller(), AppID: storetest.ShopAppID, OpenID: user.OpenID(fmt.Sprintf("oUpF8uMuAJO_M2pxb1Q9zNjW%04d", number)),
		StockID: o.pool, RequestNo: fmt.Sprint("give", number),
	})
	return sent.Code, err
}

func (o *office) upload(number string, codes ...coupon.Code) (stocks.Uploaded, error) {
	return o.Upload(o.t.Context(), stocks.UploadCommand{Caller: o.caller(), StockID: o.pool, RequestNo: number, Codes: codes})
}

// many is how many goroutines try at once.
const many = 64

// TestOneNumberFromManyGoroutinesChangesOnce for every change of a stock: one effect, one
// audit entry, and the same answer for all.
func TestOneNumberFromManyGoroutinesChangesOnce(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		t.Helper()
		o := openOffice(t, s)
		ctx, caller, stock := t.Context(), o.caller(), o.shop.Stock.ID
		if _, err := o.upload("first", "gone"); err != nil {
			t.Fatal(err)
		}
		fresh := o.template()
		fresh.Name = "另一个批次"
		creating := stocks.New(stocks.Config{
			Store: s, Clock: clock.Same{Source: o.clock}, NewID: func() (coupon.StockID, error) { return coupon.NewStockID(rand.Reader) },
		})
		for action, change := range map[string]func() (any, error){
			"busifavor.stocks.create": func() (any, error) {
				return creating.Create(ctx, stocks.CreateCommand{Caller: caller, RequestNo: "1", Stock: fresh})
			},
			"busifavor.stocks.modify": func() (any, error) {
				return nil, o.Modify(ctx, stocks.ModifyCommand{Caller: caller, StockID: stock, RequestNo: "1", Change: coupon.Change{Comment: "新"}})
			},
			"busifavor.stocks.budget": func() (any, error) {
				return o.SetBudget(ctx, stocks.BudgetCommand{Caller: caller, StockID: stock, RequestNo: "1", Budget: coupon.Budget{MaxCoupons: 200, CurrentMaxCoupons: new(int64(100))}})
			},
			"busifavor.codes.upload": func() (any, error) {
				return o.upload("1", "A", "B", "B", "gone")
			},
			"busifavor.codes.delete": func() (any, error) {
				return o.DeleteCode(ctx, stocks.DeleteCommand{Caller: caller, StockID: o.pool, RequestNo: "1", Code: "gone"})
			},
		} {
			_, _, before := o.shop.Count(t, action)
			answers, errs := storetest.Race(many, func(int) (any, error) { return change() })
			for i, answer := range answers {
				if diff := cmp.Diff(answers[0], answer); errs[i] != nil || diff != "" {
					t.Errorf("%s: %v; answers differ:\n%s", action, errs[i], diff)
				}
			}
			if _, _, after := o.shop.Count(t, action); after != before+1 {
				t.Errorf("%s left %d audit entries", action, after-before)
			}
		}
		o.expectSound()
	})
}

// TestOneNumberForManyStocksChangesOne of them: the number counts for all stocks of the
// caller, and they are locked apart.
func TestOneNumberForManyStocksChangesOne(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		t.Helper()
		o := openOffice(t, s)
		done, errs := storetest.Race(many, func(i int) (bool, error) {
			id := []coupon.StockID{o.shop.Stock.ID, o.pool}[i%2]
			err := o.Modify(t.Context(), stocks.ModifyCommand{Caller: o.caller(), StockID: id, RequestNo: "1", Change: coupon.Change{Comment: "新"}})
			if errors.Is(err, coupon.ErrRepeated) {
				return false, nil
			}
			return true, err
		})
		if err := errors.Join(errs...); err != nil {
			t.Error(err)
		}
		for i := range done {
			if done[i] != done[i%2] {
				t.Errorf("request %d: %v", i, done[i])
			}
		}
		if _, _, entries := o.shop.Count(t, "busifavor.stocks.modify"); entries != 1 || done[0] == done[1] {
			t.Errorf("%d changes; both stocks: %v, %v", entries, done[0], done[1])
		}
	})
}

// TestOnlyOneOfManyBudgetsMeetsTheCurrentValue: compare-and-set.
func TestOnlyOneOfManyBudgetsMeetsTheCurrentValue(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		t.Helper()
		o := openOffice(t, s)
		answers, errs := storetest.Race(many, func(i int) (stocks.Quantities, error) {
			return o.SetBudget(t.Context(), stocks.BudgetCommand{
				Caller: o.caller(), StockID: o.shop.Stock.ID, RequestNo: fmt.Sprint(i),
				Budget: coupon.Budget{MaxCoupons: int64(101 + i), CurrentMaxCoupons: new(int64(100))},
			})
		})
		var won []int64
		for i, err := range errs {
			if err == nil {
				won = append(won, answers[i].MaxCoupons)
			} else if !errors.Is(err, coupon.ErrBudgetStale) {
				t.Error(err)
			}
		}
		view, err := o.Stock(t.Context(), o.caller(), o.shop.Stock.ID)
		if err != nil || len(won) != 1 || view.Stock.Limits.MaxCoupons != won[0] {
			t.Errorf("%v won, the stock has %d: %v", won, view.Stock.Limits.MaxCoupons, err)
		}
	})
}

// TestManyUploadsOfTheSameCodesStoreEachOnce: what one call stored exists for the others, and
// all together keep the maximum.
func TestManyUploadsOfTheSameCodesStoreEachOnce(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		t.Helper()
		o := openOffice(t, s) // a maximum of 100
		answers, errs := storetest.Race(many, func(i int) (stocks.Uploaded, error) {
			codes := make([]coupon.Code, 10)
			for j := range codes {
				codes[j] = coupon.Code(fmt.Sprint("C", (i*5+j)%120))
			}
			return o.upload(fmt.Sprint(i), codes...)
		})
		stored := map[coupon.Code]int{}
		for i, got := range answers {
			switch {
			case errors.Is(errs[i], coupon.ErrCodesFull):
			case errs[i] != nil || len(got.Stored)+len(got.Known) != 10:
				t.Errorf("%d codes are stored and %d known: %v", len(got.Stored), len(got.Known), errs[i])
			}
			for _, code := range got.Stored {
				stored[code]++
			}
		}
		for code, times := range stored {
			if times != 1 {
				t.Errorf("%s was stored %d times", code, times)
			}
		}
		view, err := o.Stock(t.Context(), o.caller(), o.pool)
		if err != nil || view.Counters.Codes != int64(len(stored)) || view.Counters.Codes > 100 || view.Counters.FreeCodes != view.Counters.Codes {
			t.Errorf("stored %d, counted %+v: %v", len(stored), view.Counters, err)
		}
		o.expectSound()
	})
}

// TestACodeIsEitherGivenOutOrDeleted while both are tried at once.
func TestACodeIsEitherGivenOutOrDeleted(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		t.Helper()
		o := openOffice(t, s)
		var codes []coupon.Code
		for i := range 50 {
			codes = append(codes, coupon.Code(fmt.Sprintf("C%02d", i)))
		}
		if _, err := o.upload("all", codes...); err != nil {
			t.Fatal(err)
		}
		given, errs := storetest.Race(len(codes), func(i int) (coupon.Code, error) {
			if i%2 == 0 {
				return o.give(i)
			}
			_, err := o.DeleteCode(t.Context(), stocks.DeleteCommand{Caller: o.caller(), StockID: o.pool, RequestNo: fmt.Sprint("d", i), Code: codes[i]})
			return "", err
		})
		for i, err := range errs {
			switch deleted := i%2 == 1; {
			case err == nil && deleted && slices.Contains(given, codes[i]):
				t.Errorf("%s was given out and deleted", codes[i])
			case err != nil && (!deleted || !errors.Is(err, coupon.ErrCodeGiven)):
				t.Error(err)
			}
		}
		o.expectSound()
	})
}

// TestMovesLeaveOneTraceEach and a repeat none.
func TestMovesLeaveOneTraceEach(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		t.Helper()
		o := openOffice(t, s)
		id := o.shop.Stock.ID
		for _, c := range []struct {
			move  coupon.Move
			state coupon.StockState
			kind  fault.Kind
		}{
			{coupon.Resume, coupon.StockRunning, 0},
			{coupon.Pause, coupon.StockPaused, 0},
			{coupon.Reject, coupon.StockPaused, fault.Refused},
			{coupon.Resume, coupon.StockRunning, 0},
			{coupon.Stop, coupon.StockStopped, 0},
			{coupon.Resume, coupon.StockStopped, fault.Refused},
			{coupon.Approve, coupon.StockStopped, fault.Refused},
		} {
			views, errs := storetest.Race(8, func(int) (stocks.View, error) {
				return o.Move(t.Context(), stocks.MoveCommand{Actor: "tester", StockID: id, Move: c.move})
			})
			for i, err := range errs {
				if c.kind == 0 && (err != nil || views[i].State != c.state) || c.kind != 0 && fault.KindOf(err) != c.kind {
					t.Errorf("%s leads to %s: %v", c.move, views[i].State, err)
				}
			}
			if view, err := o.Show(t.Context(), id); err != nil || view.State != c.state {
				t.Errorf("after %s: %s, %v", c.move, view.State, err)
			}
		}
		for move, want := range map[coupon.Move]int{coupon.Pause: 1, coupon.Resume: 1, coupon.Stop: 1, coupon.Reject: 0, coupon.Approve: 0} {
			if _, _, entries := o.shop.Count(t, "manage.stocks."+string(move)); entries != want {
				t.Errorf("%d audit entries of %s", entries, move)
			}
		}
		if _, err := o.Move(t.Context(), stocks.MoveCommand{Actor: "tester", StockID: "1", Move: coupon.Pause}); !errors.Is(err, coupon.ErrStockNotFound) {
			t.Errorf("no stock: %v", err)
		}
	})
}

// TestAReviewedStockWaits until it is approved; a rejected one never runs.
func TestAReviewedStockWaits(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		t.Helper()
		o := openOffice(t, s)
		id := coupon.StockID("1282070000000020")
		reviewed := stocks.New(stocks.Config{
			Store: s, Clock: clock.Same{Source: o.clock}, Review: true, NewID: func() (coupon.StockID, error) { return id, nil },
		})
		for number, move := range map[string]coupon.Move{"a": coupon.Approve, "b": coupon.Reject} {
			id = coupon.StockID("12820700000000" + number)
			if _, err := reviewed.Create(t.Context(), stocks.CreateCommand{Caller: o.caller(), RequestNo: number, Stock: o.template()}); err != nil {
				t.Fatal(err)
			}
			view, err := reviewed.Show(t.Context(), id)
			if err != nil || view.State != coupon.StockUnaudited {
				t.Errorf("created: %s, %v", view.State, err)
			}
			view, err = reviewed.Move(t.Context(), stocks.MoveCommand{StockID: id, Move: move})
			if want := map[coupon.Move]coupon.StockState{coupon.Approve: coupon.StockRunning, coupon.Reject: coupon.StockStopped}[move]; err != nil || view.State != want {
				t.Errorf("%s: %s, %v", move, view.State, err)
			}
		}
	})
}

// TestACommitNobodyHeardOfIsSettledByARepeat: the answer is that of the first time.
func TestACommitNobodyHeardOfIsSettledByARepeat(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		t.Helper()
		forgetful := &storetest.Forgetful{Store: s}
		o := openOffice(t, forgetful)
		forgetful.Times.Store(1)
		if _, err := o.upload("1", "A"); !errors.Is(err, store.ErrUnclear) {
			t.Errorf("unclear: %v", err)
		}
		o.clock.Set(o.shop.Now.Add(time.Hour))
		got, err := o.upload("1", "A")
		if err != nil || !slices.Equal(got.Stored, []coupon.Code{"A"}) || !got.At.Equal(o.shop.Now) {
			t.Errorf("settled: %+v, %v", got, err)
		}
		o.expectSound()
	})
}

// TestAHolderWithoutAnOpenIDThereIsNotNamed: the list does not fail for it.
func TestAHolderWithoutAnOpenIDThereIsNotNamed(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		t.Helper()
		o := openOffice(t, s)
		strict := stocks.New(stocks.Config{Store: s, Clock: clock.Same{Source: o.clock}})
		if _, err := o.upload("1", "A"); err != nil {
			t.Fatal(err)
		}
		if _, err := o.give(1); err != nil {
			t.Fatal(err)
		}
		const elsewhere = merchant.AppID("wx7777777777777777")
		if err := s.Write(t.Context(), func(tx store.Tx) error {
			m, err := tx.Merchant(t.Context(), o.caller())
			m.AppIDs = append(m.AppIDs, elsewhere)
			return errors.Join(err, tx.UpdateMerchant(t.Context(), m))
		}); err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			service *stocks.Service
			named   bool
		}{"everybody registers": {o.Service, true}, "nobody is registered": {strict, false}} {
			page, err := c.service.Codes(t.Context(), stocks.CodesQuery{Caller: o.caller(), StockID: o.pool, AppID: elsewhere, Limit: 1})
			if err != nil || len(page.Codes) != 1 || page.Codes[0].Coupon == nil || (page.Codes[0].Holder != nil) != c.named {
				t.Errorf("%s: %+v, %v", name, page, err)
			}
		}
	})
}
