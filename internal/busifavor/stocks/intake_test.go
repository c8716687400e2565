package stocks_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/busifavor/stocks"
	"github.com/favord/favord/internal/rule/codefile"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/storetest"
)

// hall is an office with room for many codes in its pool, at which nodes import files.
type hall struct {
	*office
	names atomic.Int64
}

func openHall(t *testing.T, s store.Store, most int64) *hall {
	t.Helper()
	shop := storetest.OpenShop(t, s, coupon.Limits{MaxCoupons: most, MaxPerUser: 5})
	h := &hall{office: &office{t: t, shop: shop, pool: "1282070000000018"}}
	h.clock = clock.NewManual(h.shop.Now)
	h.Service = h.node(s)
	stock := h.template()
	stock.CodeMode = coupon.CodesByUpload
	if _, err := h.Create(t.Context(), stocks.CreateCommand{Caller: h.caller(), RequestNo: "pool", Stock: stock}); err != nil {
		t.Fatal(err)
	}
	return h
}

// node is another node over a store.
func (h *hall) node(s store.Store) *stocks.Service {
	return stocks.New(stocks.Config{
		Store: s, Clock: clock.Same{Source: h.clock}, Real: h.clock, Log: slog.New(slog.DiscardHandler),
		NewID: func() (coupon.StockID, error) { return h.pool, nil },
		Draw:  func() (string, error) { return fmt.Sprint("name", h.names.Add(1)), nil },
	})
}

// begin begins to import a file.
func (h *hall) begin(text string) (codefile.Import, error) {
	return h.BeginImport(h.t.Context(), stocks.Intake{
		Actor: "operator:li", StockID: h.pool, Name: "codes.txt", Print: fmt.Sprintf("%08x", len(text)), Size: int64(len(text)),
	})
}

// bring brings a whole file in parts, none larger than so many bytes.
func (h *hall) bring(text string, most int) stocks.ImportID {
	h.t.Helper()
	i, err := h.begin(text)
	if err != nil {
		h.t.Fatal(err)
	}
	id := stocks.ImportID{Actor: "operator:li", StockID: h.pool, ID: i.ID}
	for at := 0; at < len(text); at += most {
		if _, err := h.AddPart(h.t.Context(), stocks.Part{
			ImportID: id, Offset: int64(at), Data: []byte(text[at:min(at+most, len(text))]),
		}); err != nil {
			h.t.Fatal(err)
		}
	}
	return id
}

func (h *hall) run(id stocks.ImportID) {
	h.t.Helper()
	if _, err := h.RunImport(h.t.Context(), id); err != nil {
		h.t.Fatal(err)
	}
}

func (h *hall) work(s *stocks.Service) {
	h.t.Helper()
	if err := s.Work(h.t.Context()); err != nil {
		h.t.Error(err)
	}
}

// expect looks at the import: its phase and, in this order, lines, good, wrong, done, stored, existed.
func (h *hall) expect(phase codefile.Phase, counts ...int64) codefile.Import {
	h.t.Helper()
	i, err := h.Import(h.t.Context(), h.pool)
	if err != nil {
		h.t.Fatal(err)
	}
	if got := []int64{i.Lines, i.Good, i.Wrong, i.Done, i.Stored, i.Existed}; i.Phase != phase || !slices.Equal(got, counts) {
		h.t.Errorf("the import is %s %d, want %s %d", i.Phase, got, phase, counts)
	}
	h.expectSound()
	return i
}

// pooled returns every code of the pool, in the order of upload.
func (h *hall) pooled() (all []coupon.Code) {
	h.t.Helper()
	for {
		page, err := h.Codes(h.t.Context(), stocks.CodesQuery{
			Caller: h.caller(), StockID: h.pool, Offset: int64(len(all)), Limit: stocks.MaxCodePage,
		})
		if err != nil {
			h.t.Fatal(err)
		}
		for i := range page.Codes {
			all = append(all, page.Codes[i].Code)
		}
		if len(page.Codes) < stocks.MaxCodePage {
			return all
		}
	}
}

// numbered are n codes.
func numbered(n int) (codes []coupon.Code) {
	for i := range n {
		codes = append(codes, coupon.Code(fmt.Sprint("CODE-", i)))
	}
	return codes
}

func linesOf(codes []coupon.Code) []string {
	lines := make([]string, len(codes))
	for i, c := range codes {
		lines[i] = string(c)
	}
	return lines
}

func TestAFileIsCheckedAndItsRestImported(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		h := openHall(t, s, 5000)
		if _, err := h.upload("before", "CODE-7", "OTHER"); err != nil {
			t.Fatal(err)
		}
		lines := linesOf(numbered(1201))
		lines = slices.Insert(lines, 10, "券码", strings.Repeat("x", 33), "CODE-3", "", "  ", strings.Repeat("长", 400))
		id := h.bring("\uFEFF"+strings.Join(lines, "\r\n"), 1000)
		h.expect(codefile.Checking, 0, 0, 0, 0, 0, 0)
		h.work(h.Service)
		h.expect(codefile.Ready, 1207, 1201, 4, 0, 0, 0)
		if got := h.pooled(); len(got) != 2 {
			t.Errorf("%d codes before anybody said so", len(got))
		}
		page, err := h.WrongLines(t.Context(), stocks.WrongQuery{ImportID: id})
		want := []codefile.WrongLine{
			{Line: 11, Text: "券码", Why: codefile.Form},
			{Line: 12, Text: strings.Repeat("x", 33), Why: codefile.Long},
			{Line: 13, Text: "CODE-3", Why: codefile.Again, First: 4},
			{Line: 16, Text: strings.Repeat("长", 60), Why: codefile.Long},
		}
		if diff := cmp.Diff(want, page.Lines); diff != "" || err != nil || page.Next != 0 {
			t.Errorf("%v, next %d, wrong lines (-want +got):\n%s", err, page.Next, diff)
		}
		h.run(id)
		h.work(h.Service)
		h.expect(codefile.Done, 1207, 1201, 4, 1201, 1200, 1)
		fresh := slices.DeleteFunc(numbered(1201), func(c coupon.Code) bool { return c == "CODE-7" })
		all := append([]coupon.Code{"CODE-7", "OTHER"}, fresh...)
		if diff := cmp.Diff(all, h.pooled()); diff != "" {
			t.Errorf("pool (-want +got):\n%s", diff)
		}
		for action, want := range map[string]int{"manage.codeimports.begin": 1, "manage.codeimports.run": 1, "busifavor.codes.upload": 4} {
			if _, _, entries := h.shop.Count(t, action); entries != want {
				t.Errorf("%d entries of %s, want %d", entries, action, want)
			}
		}
		h.expectSound()
	})
}

func TestAnUploadGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		h := openHall(t, s, 5000)
		text := "one\ntwo\nthree\n"
		i, err := h.begin(text)
		if err != nil {
			t.Fatal(err)
		}
		add := func(offset int, data string) (codefile.Import, error) {
			return h.AddPart(t.Context(), stocks.Part{
				ImportID: stocks.ImportID{StockID: h.pool, ID: i.ID}, Offset: int64(offset), Data: []byte(data),
			})
		}
		for range 2 {
			if got, err := add(0, text[:5]); err != nil || got.Received != 5 {
				t.Fatalf("%+v, %v", got, err)
			}
		}
		for _, offset := range []int{4, 6, 13} {
			if _, err := add(offset, "wxyz"); !errors.Is(err, codefile.ErrPlace) {
				t.Errorf("bytes at %d give %v", offset, err)
			}
		}
		again, err := h.begin(text)
		if err != nil || again.ID != i.ID || again.Received != 5 {
			t.Errorf("the file again: %+v, %v", again, err)
		}
		if _, err := h.begin(text + "four"); !errors.Is(err, codefile.ErrBusy) {
			t.Errorf("another file gives %v", err)
		}
		if _, err := h.RunImport(t.Context(), stocks.ImportID{StockID: h.pool, ID: i.ID}); !errors.Is(err, codefile.ErrPhase) {
			t.Errorf("half a file can be run: %v", err)
		}
		if _, err := add(5, text[5:]); err != nil {
			t.Fatal(err)
		}
		h.work(h.Service)
		h.expect(codefile.Ready, 3, 3, 0, 0, 0, 0)
		for range 2 {
			if err := h.RemoveImport(t.Context(), stocks.ImportID{StockID: h.pool, ID: i.ID}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := h.Import(t.Context(), h.pool); !errors.Is(err, codefile.ErrUnknown) {
			t.Errorf("what was abandoned gives %v", err)
		}
		if other, err := h.begin(text + "four"); err != nil || other.ID == i.ID {
			t.Errorf("another file then: %+v, %v", other, err)
		}
		if _, err := add(0, text[:5]); !errors.Is(err, codefile.ErrUnknown) {
			t.Errorf("bytes of what was abandoned give %v", err)
		}
	})
}

func TestAFileOfNothingIsRefusedAndAnotherTakesItsPlace(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		h := openHall(t, s, 5000)
		id := h.bring("券码\n\n", 100)
		h.work(h.Service)
		if i := h.expect(codefile.Refused, 2, 0, 1, 0, 0, 0); i.Problem != codefile.ErrEmpty.Text {
			t.Errorf("it is refused with %+v", i.Problem)
		}
		if _, err := h.RunImport(t.Context(), id); !errors.Is(err, codefile.ErrPhase) {
			t.Errorf("it can be run: %v", err)
		}
		h.run(h.ready("A\nB"))
		h.work(h.Service)
		h.expect(codefile.Done, 2, 2, 0, 2, 2, 0)
	})
}

// ready brings a file that was checked.
func (h *hall) ready(text string) stocks.ImportID {
	h.t.Helper()
	id := h.bring(text, codefile.PartBytes)
	h.work(h.Service)
	return id
}

func TestAnImportPausesWhenThePoolIsFullAndGoesOnWhenThereIsRoom(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		h := openHall(t, s, 700)
		id := h.ready(strings.Join(linesOf(numbered(1200)), "\n"))
		h.run(id)
		h.work(h.Service)
		if i := h.expect(codefile.Paused, 1200, 1200, 0, 500, 500, 0); i.Problem != coupon.ErrCodesFull.Text || i.Worker != "" {
			t.Errorf("it paused with %+v, held by %q", i.Problem, i.Worker)
		}
		h.raise(2000)
		h.run(id)
		h.work(h.Service)
		if i := h.expect(codefile.Done, 1200, 1200, 0, 1200, 1200, 0); i.Problem != (fault.Text{}) {
			t.Errorf("it ended with %+v", i.Problem)
		}
		h.expectSound()
	})
}

// raise has the stock have more coupons.
func (h *hall) raise(most int64) {
	h.t.Helper()
	if err := h.shop.Store.Write(h.t.Context(), func(tx store.Tx) error {
		stock, err := tx.Stock(h.t.Context(), h.pool)
		if err != nil {
			return err
		}
		stock.Limits.MaxCoupons = most
		return tx.UpdateStock(h.t.Context(), stock)
	}); err != nil {
		h.t.Fatal(err)
	}
}

func TestAPausedImportWaitsForSomebody(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		h := openHall(t, s, 5000)
		id := h.ready("A\nB\nC")
		h.run(id)
		for range 2 {
			if _, err := h.PauseImport(t.Context(), id); err != nil {
				t.Fatal(err)
			}
		}
		h.work(h.Service)
		h.expect(codefile.Paused, 3, 3, 0, 0, 0, 0)
		for range 2 {
			h.run(id)
		}
		h.work(h.Service)
		h.expect(codefile.Done, 3, 3, 0, 3, 3, 0)
	})
}

// dying is a store that stops after some commits, as a process does that is killed.
type dying struct {
	store.Store
	left atomic.Int64
}

var errKilled = errors.New("killed")

func (d *dying) Write(ctx context.Context, fn func(store.Tx) error) error {
	if d.left.Add(-1) < 0 {
		return errKilled
	}
	return d.Store.Write(ctx, fn)
}

// TestAnImportGoesOnAfterACrashAtAnyCommit: the next node waits for the lease and brings nothing twice.
func TestAnImportGoesOnAfterACrashAtAnyCommit(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		h := openHall(t, s, 5000)
		text := strings.Join(slices.Insert(linesOf(numbered(1700)), 3, "CODE-0", "?"), "\n")
		id := h.bring(text, 4000)
		for commits := int64(1); ; commits = commits%5 + 1 {
			i, err := h.Import(t.Context(), h.pool)
			if err != nil {
				t.Fatal(err)
			}
			if i.Phase == codefile.Done {
				break
			}
			if i.Phase == codefile.Ready {
				h.run(id)
			}
			d := &dying{Store: s}
			d.left.Store(commits)
			_ = h.node(d).Work(t.Context())
			h.expectSound()
			h.expectHeld(h.node(s))
			h.clock.Set(h.clock.Now().Add(11 * time.Second))
		}
		h.expect(codefile.Done, 1702, 1700, 2, 1700, 1700, 0)
		if diff := cmp.Diff(numbered(1700), h.pooled()); diff != "" {
			t.Errorf("pool (-want +got):\n%s", diff)
		}
		h.expectSound()
	})
}

// expectHeld: what a node died over is nobody else's within the lease.
func (h *hall) expectHeld(other *stocks.Service) {
	h.t.Helper()
	held, err := h.Import(h.t.Context(), h.pool)
	if err != nil || held.Worker == "" {
		return
	}
	h.work(other)
	if now, err := h.Import(h.t.Context(), h.pool); err != nil || now != held {
		h.t.Errorf("another node had it within the lease: %+v, %v", now, err)
	}
}

func TestOfNodesThatWorkAtOnceNoneBringsACodeTwice(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		h := openHall(t, s, 5000)
		id := h.bring(strings.Join(linesOf(numbered(2600)), "\n"), 9000)
		together := func() {
			const nodes = 4
			done := make(chan error, nodes)
			for range nodes {
				go func() { done <- h.node(s).Work(t.Context()) }()
			}
			for range nodes {
				if err := <-done; err != nil {
					t.Error(err)
				}
			}
		}
		together()
		h.expect(codefile.Ready, 2600, 2600, 0, 0, 0, 0)
		h.run(id)
		together()
		h.expect(codefile.Done, 2600, 2600, 0, 2600, 2600, 0)
		if got := h.pooled(); len(got) != 2600 {
			t.Errorf("the pool has %d codes", len(got))
		}
		h.expectSound()
	})
}

func TestWrongLinesComeByPages(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		h := openHall(t, s, 5000)
		id := h.ready(strings.Repeat("?\n", codefile.MostListed+7) + "GOOD\n")
		h.expect(codefile.Ready, codefile.MostListed+8, 1, codefile.MostListed+7, 0, 0, 0)
		var seen int64
		for q := (stocks.WrongQuery{ImportID: id}); ; {
			page, err := h.WrongLines(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range page.Lines {
				if seen++; l.Line != seen {
					t.Fatalf("line %d is at place %d", l.Line, seen)
				}
			}
			if q.After = page.Next; page.Next == 0 {
				break
			}
		}
		if seen != codefile.MostListed {
			t.Errorf("%d lines are listed", seen)
		}
	})
}

func TestAStockOfOtherCodesTakesNoFile(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		h := openHall(t, s, 5000)
		_, err := h.BeginImport(t.Context(), stocks.Intake{StockID: h.shop.Stock.ID, Name: "f", Print: "12345678", Size: 1})
		if !errors.Is(err, coupon.ErrCodeMode) {
			t.Errorf("it gives %v", err)
		}
		_, err = h.BeginImport(t.Context(), stocks.Intake{StockID: "404", Name: "f", Print: "12345678", Size: 1})
		if !errors.Is(err, coupon.ErrStockNotFound) {
			t.Errorf("no stock gives %v", err)
		}
	})
}
