package storetest

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/codefile"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/store"
)

// importCases are those of files of codes on their way into pools.
func importCases() map[string]func(*testing.T, store.Store) {
	return map[string]func(*testing.T, store.Store){
		"an import comes back as it was stored, one for a stock":  testImport,
		"parts of an import come in the order of their numbers":   testImportParts,
		"an import goes with its parts, and others stay":          testDropImport,
		"imports that nobody works on are found, oldest first":    testDueImports,
		"of workers who take an import at once one gets it":       testImportTaken,
		"imports of which nothing became for long can be dropped": testOldImports,
		"files of codes are proved to be whole":                   testImportsHold,
	}
}

func someImport(n int) codefile.Import {
	phases := []codefile.Phase{codefile.Running, codefile.Ready, codefile.Checking, codefile.Done}
	return codefile.Import{
		Stock: importedStock(n), ID: few("import", n), Name: "券码 1.csv", Print: "0123abcd", Actor: "operator:a",
		Phase: phases[n%len(phases)],
		Size:  1 << 20, Received: 1 << 19, Lines: 9, Good: 8, Wrong: 1, Done: 5, Stored: 3, Existed: 2,
		Problem: fault.Text{ZH: "已达上限", EN: "full"}, Worker: "node", Until: noon().Add(time.Duration(n) * time.Second),
		Created: noon(), Updated: noon().Add(time.Duration(n) * time.Minute),
	}
}

func importedStock(n int) coupon.StockKey {
	owner := creator
	if n%2 == 1 {
		owner = other
	}
	return coupon.StockKey{Creator: owner, ID: coupon.StockID(few("stock", n))}
}

func importPart(n int, kind codefile.Kind, number int64) store.ImportPart {
	key := store.PartKey{Stock: importedStock(n), Kind: kind, Number: number}
	return store.ImportPart{PartKey: key, Data: []byte{byte(n), 0, byte(number)}}
}

func importDeeds() []deed {
	return []deed{
		{"InsertCodeImport", of(func(n int) []any { return []any{someImport(n)} })},
		{"LockCodeImport", of(func(n int) []any { return []any{importedStock(n)} })},
		{"UpdateCodeImport", of(func(n int) []any {
			i := someImport(n)
			i.Phase, i.Received, i.Done, i.Worker, i.Problem = codefile.Paused, i.Size, 6, "", fault.Text{}
			i.Until, i.Updated = time.Time{}, noon().Add(time.Hour)
			return []any{i}
		})},
		{"InsertImportPart", of(func(n int) []any { return []any{importPart(n, codefile.GoodCodes, int64(n/2))} })},
		{"DropImportParts", of(func(n int) []any {
			return []any{store.PartKey{Stock: importedStock(n), Kind: codefile.GoodCodes, Number: int64(1 + n/2)}}
		})},
		{"DropCodeImport", of(func(n int) []any { return []any{importedStock(n)} })},
	}
}

func importQuestions() (list []question) {
	for n := range 4 {
		list = append(list,
			question{"CodeImport", []any{importedStock(n)}},
			question{"NextImportPart", []any{store.PartKey{Stock: importedStock(n), Kind: codefile.GoodCodes}}},
			question{"NextImportPart", []any{store.PartKey{Stock: importedStock(n), Kind: codefile.GoodCodes, Number: 1}}})
	}
	return append(list,
		question{"DueImports", []any{store.Due{Now: noon().Add(time.Second), Limit: 10}}},
		question{"OldImports", []any{store.Ended{Before: noon().Add(3 * time.Minute), Limit: 2}}})
}

// insertImports adds imports with ids of their own.
func insertImports(t *testing.T, s store.Store, n int) (list []codefile.Import) {
	t.Helper()
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		for k := range n {
			i := someImport(k)
			i.Stock.ID += coupon.StockID(rune('0' + k))
			list = append(list, i)
			if err := tx.InsertCodeImport(ctx, i); err != nil {
				return err
			}
		}
		return nil
	})
	return list
}

func expectImport(t *testing.T, s store.Store, want codefile.Import) {
	t.Helper()
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		got, err := tx.CodeImport(ctx, want.Stock)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("import (-want +got):\n%s", diff)
		}
		return err
	})
}

func testImport(t *testing.T, s store.Store) {
	i := someImport(1)
	insert := func(ctx context.Context, tx store.Tx) error { return tx.InsertCodeImport(ctx, i) }
	write(t, s, insert)
	expectImport(t, s, i)
	if err := s.Write(t.Context(), func(tx store.Tx) error { return insert(t.Context(), tx) }); !errors.Is(err, store.ErrDuplicate) {
		t.Errorf("another one of the stock gives %v", err)
	}
	i.Phase, i.Received, i.Lines, i.Good, i.Wrong, i.Done, i.Stored, i.Existed = codefile.Paused, 1, 2, 3, 4, 5, 6, 7
	i.Problem, i.Worker, i.Until, i.Updated = fault.Text{ZH: "满"}, "other", noon().Add(1500*time.Millisecond), noon().Add(time.Hour)
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		locked, err := tx.LockCodeImport(ctx, i.Stock)
		if locked.Phase != someImport(1).Phase {
			t.Errorf("locked is %+v", locked)
		}
		return errors.Join(err, tx.UpdateCodeImport(ctx, i))
	})
	expectImport(t, s, i)
	i.ID = "another"
	err := s.Write(t.Context(), func(tx store.Tx) error { return tx.UpdateCodeImport(t.Context(), i) })
	if !errors.Is(err, store.ErrStale) {
		t.Errorf("one that is gone gives %v", err)
	}
	if err := s.Write(t.Context(), func(tx store.Tx) error {
		_, err := tx.LockCodeImport(t.Context(), importedStock(2))
		return err
	}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("none gives %v", err)
	}
}

func testImportParts(t *testing.T, s store.Store) {
	large := importPart(0, codefile.FileBytes, 0)
	large.Data = make([]byte, codefile.PartBytes)
	for i := range large.Data {
		large.Data[i] = byte(i * i >> 3)
	}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.InsertImportPart(ctx, large),
			tx.InsertImportPart(ctx, importPart(0, codefile.GoodCodes, 500)),
			tx.InsertImportPart(ctx, importPart(0, codefile.GoodCodes, 0)),
			tx.InsertImportPart(ctx, importPart(2, codefile.GoodCodes, 7)), tx.InsertImportPart(ctx, importPart(0, codefile.WrongLines, 9)))
	})
	if err := s.Write(t.Context(), func(tx store.Tx) error {
		return tx.InsertImportPart(t.Context(), importPart(0, codefile.GoodCodes, 500))
	}); !errors.Is(err, store.ErrDuplicate) {
		t.Errorf("a part again gives %v", err)
	}
	numbers := func() (list []int64) {
		read(t, s, func(ctx context.Context, tx store.ReadTx) error {
			for from := int64(0); ; {
				part, err := tx.NextImportPart(ctx, store.PartKey{Stock: importedStock(0), Kind: codefile.GoodCodes, Number: from})
				if errors.Is(err, store.ErrNotFound) {
					return nil
				}
				if err != nil {
					return err
				}
				list, from = append(list, part.Number), part.Number+1
			}
		})
		return list
	}
	if got := numbers(); !slices.Equal(got, []int64{0, 500}) {
		t.Errorf("parts %d", got)
	}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.DropImportParts(ctx, store.PartKey{Stock: importedStock(0), Kind: codefile.GoodCodes, Number: 500})
	})
	if got := numbers(); !slices.Equal(got, []int64{500}) {
		t.Errorf("parts %d after a drop", got)
	}
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		got, err := tx.NextImportPart(ctx, large.PartKey)
		if diff := cmp.Diff(large, got); diff != "" {
			t.Error("the large part comes back as another")
		}
		return err
	})
}

func testDropImport(t *testing.T, s store.Store) {
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.InsertCodeImport(ctx, someImport(0)), tx.InsertCodeImport(ctx, someImport(1)),
			tx.InsertImportPart(ctx, importPart(0, codefile.FileBytes, 0)), tx.InsertImportPart(ctx, importPart(0, codefile.WrongLines, 3)),
			tx.InsertImportPart(ctx, importPart(1, codefile.FileBytes, 0)))
	})
	for range 2 {
		write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.DropCodeImport(ctx, importedStock(0)) })
	}
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		if _, err := tx.CodeImport(ctx, importedStock(0)); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("what was dropped gives %v", err)
		}
		for _, kind := range []codefile.Kind{codefile.FileBytes, codefile.WrongLines} {
			if _, err := tx.NextImportPart(ctx, store.PartKey{Stock: importedStock(0), Kind: kind}); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("a part %s of what was dropped gives %v", kind, err)
			}
		}
		_, err := tx.NextImportPart(ctx, store.PartKey{Stock: importedStock(1), Kind: codefile.FileBytes})
		return err
	})
	expectImport(t, s, someImport(1))
}

func testDueImports(t *testing.T, s store.Store) {
	list := insertImports(t, s, 8) // 0 and 4 run, 2 and 6 are checked
	for seconds, want := range map[int][]int{-1: nil, 0: {0}, 4: {0, 2, 4}, 60: {0, 2, 4}} {
		read(t, s, func(ctx context.Context, tx store.ReadTx) error {
			got, err := tx.DueImports(ctx, store.Due{Now: noon().Add(time.Duration(seconds) * time.Second), Limit: 3})
			var keys []coupon.StockKey
			for _, n := range want {
				keys = append(keys, list[n].Stock)
			}
			if !slices.Equal(got, keys) {
				t.Errorf("after %d s: %v, want %v", seconds, got, keys)
			}
			return err
		})
	}
}

// testImportTaken: each worker locks the row, looks, and takes it when nobody has.
func testImportTaken(t *testing.T, s store.Store) {
	i := someImport(0)
	i.Worker = ""
	write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.InsertCodeImport(ctx, i) })
	const workers = 8
	got := make(chan bool, workers)
	for n := range workers {
		go func() {
			mine := false
			err := s.Write(t.Context(), func(tx store.Tx) error {
				mine = false
				locked, err := tx.LockCodeImport(t.Context(), i.Stock)
				if err != nil || locked.Worker != "" {
					return err
				}
				mine, locked.Worker = true, string(rune('a'+n))
				return tx.UpdateCodeImport(t.Context(), locked)
			})
			if err != nil {
				t.Error(err)
			}
			got <- mine && err == nil
		}()
	}
	won := 0
	for range workers {
		if <-got {
			won++
		}
	}
	if won != 1 {
		t.Errorf("%d workers took it", won)
	}
}

func testOldImports(t *testing.T, s store.Store) {
	list := insertImports(t, s, 4)
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		for limit, want := range map[int64][]coupon.StockKey{1: {list[0].Stock}, 9: {list[0].Stock, list[1].Stock}} {
			got, err := tx.OldImports(ctx, store.Ended{Before: noon().Add(2 * time.Minute), Limit: limit})
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%v, %v, want %v", got, err, want)
			}
		}
		none, err := tx.OldImports(ctx, store.Ended{Before: noon(), Limit: math.MaxInt32})
		if len(none) != 0 {
			t.Errorf("%v are old", none)
		}
		return err
	})
}
