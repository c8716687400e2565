package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
)

// codeCases are about lists of stocks and the codes that were uploaded for them.
func codeCases() map[string]func(*testing.T, store.Store) {
	return map[string]func(*testing.T, store.Store){
		"uploaded codes are given out once":               testPool,
		"an uploaded code tells whether it was given out": testUploadedCode,
		"uploaded codes come in pages, in their order":    testCodePages,
		"a free code can be deleted and come again":       testDeleteCode,
		"several coupons are read at once":                testCouponsInBulk,
		"stocks are listed, the newest first":             testStocks,
	}
}

func testPool(t *testing.T, s store.Store) {
	st := insertStock(t, s, plain("1282070000000017", coupon.Limits{MaxCoupons: 100, MaxPerUser: 100}))
	codes := []coupon.Code{"A", "B", "C", "D", "E"}
	insert := func(more ...coupon.Code) (had []coupon.Code) {
		write(t, s, func(ctx context.Context, tx store.Tx) (err error) {
			had, err = tx.InsertCodes(ctx, st.StockKey, more, noon())
			return err
		})
		return had
	}
	if had := insert(codes...); len(had) > 0 {
		t.Errorf("an empty pool had %v", had)
	}
	var taken []coupon.Code
	for _, n := range []int{2, 1, 10} {
		var some map[coupon.StockKey][]coupon.Code
		write(t, s, func(ctx context.Context, tx store.Tx) (err error) {
			some, err = tx.TakeCodes(ctx, map[coupon.StockKey]int{st.StockKey: n})
			return err
		})
		taken = append(taken, some[st.StockKey]...)
	}
	slices.Sort(taken)
	if diff := cmp.Diff(codes, taken); diff != "" {
		t.Errorf("taken (-want +got):\n%s", diff)
	}
	had := insert("C", "F", "A")
	slices.Sort(had)
	if diff := cmp.Diff([]coupon.Code{"A", "C"}, had); diff != "" {
		t.Errorf("had (-want +got):\n%s", diff)
	}
	if err := s.Write(t.Context(), func(tx store.Tx) error {
		if _, err := tx.TakeCodes(t.Context(), map[coupon.StockKey]int{st.StockKey: 1}); err != nil {
			return err
		}
		return errOnPurpose
	}); err == nil {
		t.Error("the error was lost")
	}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		again, err := tx.TakeCodes(ctx, map[coupon.StockKey]int{st.StockKey: 5})
		if diff := cmp.Diff([]coupon.Code{"F"}, again[st.StockKey]); diff != "" {
			t.Errorf("after a rollback (-want +got):\n%s", diff)
		}
		return err
	})
}

// pool is the pool of codes of a stock.
type pool struct {
	tb    testing.TB
	store store.Store
	key   coupon.StockKey
}

// uploadStock inserts a stock that takes uploaded codes.
func uploadStock(tb testing.TB, s store.Store, id coupon.StockID) *pool {
	tb.Helper()
	st := plain(id, coupon.Limits{MaxCoupons: 1e9, MaxPerUser: 100})
	st.CodeMode = coupon.CodesByUpload
	return &pool{tb, s, insertStock(tb, s, st).StockKey}
}

// change runs fn on the locked stock and stores the counters that it returns.
func (p *pool) change(fn func(ctx context.Context, tx store.Tx, was coupon.Counters) (coupon.Counters, error)) {
	p.tb.Helper()
	write(p.tb, p.store, func(ctx context.Context, tx store.Tx) error {
		_, was, err := tx.LockStock(ctx, p.key, today())
		if err != nil {
			return err
		}
		is, err := fn(ctx, tx, was)
		if err != nil {
			return err
		}
		return tx.SetCounters(ctx, store.CounterChange{Stock: p.key, Was: was, Is: is})
	})
}

func (p *pool) upload(at time.Time, codes ...coupon.Code) (had []coupon.Code) {
	p.tb.Helper()
	p.change(func(ctx context.Context, tx store.Tx, c coupon.Counters) (_ coupon.Counters, err error) {
		had, err = tx.InsertCodes(ctx, p.key, codes, at)
		c.Codes += int64(len(codes) - len(had))
		c.FreeCodes += int64(len(codes) - len(had))
		return c, err
	})
	return had
}

// give issues n coupons with codes of the pool, and returns the codes.
func (p *pool) give(n int) (taken []coupon.Code) {
	p.tb.Helper()
	write(p.tb, p.store, func(ctx context.Context, tx store.Tx) error {
		locked, err := tx.LockToIssue(ctx, store.Ask{Stocks: []coupon.StockKey{p.key}, Day: today()})
		if err != nil {
			return err
		}
		one := locked.Stocks[p.key]
		some, err := tx.TakeCodes(ctx, map[coupon.StockKey]int{p.key: n})
		if err != nil {
			return err
		}
		taken = some[p.key]
		was, is := one.Counters, one.Counters
		r := rows{last: max(one.LastID, 1<<40)}
		for _, code := range taken {
			is = is.Issue(coupon.CodesByUpload)
			r.add(p.key, claimant{who: user.ID([]byte(fmt.Sprintf("%16.16s", code))), number: "give-" + string(code), code: code})
		}
		return r.write(ctx, tx, p.key, was, is)
	})
	return taken
}

func (p *pool) delete(code coupon.Code) {
	p.tb.Helper()
	p.change(func(ctx context.Context, tx store.Tx, c coupon.Counters) (coupon.Counters, error) {
		return c.DeleteCode(), tx.DeleteCode(ctx, coupon.Key{Stock: p.key, Code: code})
	})
}

// list returns a page.
func (p *pool) list(status coupon.CodeStatus, offset, limit int64) (page []coupon.Code) {
	p.tb.Helper()
	read(p.tb, p.store, func(ctx context.Context, tx store.ReadTx) error {
		found, err := tx.UploadedCodes(ctx, store.CodeQuery{Stock: p.key, Status: status, Offset: offset, Limit: limit})
		for _, one := range found {
			page = append(page, one.Code)
			if status != "" && one.Status != status {
				p.tb.Errorf("%s is listed under %s", one.Status, status)
			}
		}
		return err
	})
	return page
}

// expectSound proves the invariants.
func expectSound(tb testing.TB, s store.Store) {
	tb.Helper()
	list, err := s.Check(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	for _, one := range list {
		if one.Broken > 0 {
			tb.Errorf("%d of %d break that %s", one.Broken, one.Rows, one.Name)
		}
	}
}

func testUploadedCode(t *testing.T, s store.Store) {
	p, other := uploadStock(t, s, "1282070000000017"), uploadStock(t, s, "1282070000000018")
	const code = `A/B C|1=_\x-`
	p.upload(noon(), code)
	other.upload(noon().Add(time.Hour), code, "B")
	expect := func(p *pool, code coupon.Code, want coupon.UploadedCode, wantErr error) {
		t.Helper()
		read(t, s, func(ctx context.Context, tx store.ReadTx) error {
			got, err := tx.UploadedCode(ctx, coupon.Key{Stock: p.key, Code: code})
			if diff := cmp.Diff(want, got); !errors.Is(err, wantErr) || err == nil && diff != "" {
				t.Errorf("%s: %v (-want +got):\n%s", code, err, diff)
			}
			return nil
		})
	}
	expect(p, code, coupon.UploadedCode{Code: code, Status: coupon.CodeAvailable, At: noon()}, nil)
	expect(other, code, coupon.UploadedCode{Code: code, Status: coupon.CodeAvailable, At: noon().Add(time.Hour)}, nil)
	expect(p, "B", coupon.UploadedCode{}, store.ErrNotFound)
	p.give(1)
	expect(p, code, coupon.UploadedCode{Code: code, Status: coupon.CodeDispatched, At: noon()}, nil)
	expect(other, code, coupon.UploadedCode{Code: code, Status: coupon.CodeAvailable, At: noon().Add(time.Hour)}, nil)
	expectSound(t, s)
}

// testCodePages fills more than two blocks, gives some codes out and deletes others, and
// compares every page with what the order of upload says.
func testCodePages(t *testing.T, s store.Store) {
	p := uploadStock(t, s, "1282070000000017")
	var order []coupon.Code
	for first := 0; first < 2*store.CodesPerBlock+300; first += 200 {
		var some []coupon.Code
		for i := range 200 {
			some = append(some, coupon.Code(fmt.Sprintf("C%05d", (first+i)*7919%100_000)))
		}
		some = slices.Compact(some)
		p.upload(noon(), some...)
		order = append(order, some...)
	}
	given := map[coupon.Code]bool{}
	for range 3 {
		for _, code := range p.give(50) {
			given[code] = true
		}
	}
	order = slices.DeleteFunc(order, func(code coupon.Code) bool {
		if given[code] || code[5]%5 > 0 {
			return false
		}
		p.delete(code)
		return true
	})
	expectSound(t, s)
	for _, status := range []coupon.CodeStatus{"", coupon.CodeAvailable, coupon.CodeDispatched} {
		var want []coupon.Code
		for _, code := range order {
			if status == "" || given[code] == (status == coupon.CodeDispatched) {
				want = append(want, code)
			}
		}
		total := int64(len(want))
		for _, page := range [][2]int64{{0, 1}, {0, 100}, {1, 99}, {total / 2, 100}, {total - 1, 1}, {total - 50, 100}, {total, 1}, {total + 1e9, 100}, {0, total + 1}} {
			from, to := min(page[0], total), min(page[0]+page[1], total)
			if diff := cmp.Diff(append([]coupon.Code{}, want[from:to]...), append([]coupon.Code{}, p.list(status, page[0], page[1])...)); diff != "" {
				t.Errorf("%q, page %v of %d (-want +got):\n%s", status, page, total, diff)
			}
		}
	}
}

func testDeleteCode(t *testing.T, s store.Store) {
	p := uploadStock(t, s, "1282070000000017")
	p.upload(noon(), "A", "B", "C")
	p.delete("B")
	if got := p.list("", 0, 10); !slices.Equal(got, []coupon.Code{"A", "C"}) {
		t.Errorf("left: %v", got)
	}
	given := p.give(2)
	for _, code := range []coupon.Code{"B", "none", given[0]} {
		err := s.Write(t.Context(), func(tx store.Tx) error {
			return tx.DeleteCode(t.Context(), coupon.Key{Stock: p.key, Code: code})
		})
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s is deleted with %v", code, err)
		}
	}
	// A deleted code may come again, at the end.
	if had := p.upload(noon().Add(time.Hour), "A", "D", "B"); !slices.Equal(had, []coupon.Code{"A"}) {
		t.Errorf("had %v", had)
	}
	if got := p.list("", 0, 10); !slices.Equal(got, []coupon.Code{"A", "C", "D", "B"}) {
		t.Errorf("in the order of upload: %v", got)
	}
	if err := s.Write(t.Context(), func(tx store.Tx) error {
		return errors.Join(tx.DeleteCode(t.Context(), coupon.Key{Stock: p.key, Code: "D"}), errOnPurpose)
	}); !errors.Is(err, errOnPurpose) {
		t.Errorf("write gives %v", err)
	}
	if got := p.list(coupon.CodeAvailable, 0, 10); !slices.Equal(got, []coupon.Code{"D", "B"}) {
		t.Errorf("after a rollback: %v", got)
	}
	expectSound(t, s)
}
