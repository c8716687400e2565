package storetest

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/favord/favord/internal/rule/codefile"
	"github.com/favord/favord/internal/store"
)

// keptFile is an import with what is kept of its file.
type keptFile struct {
	codefile.Import
	parts []store.ImportPart
}

// waiting is an import that has brought 500 of 1,200 codes, of a file with a wrong line.
func waiting() keptFile {
	k := keptFile{Import: someImport(0)}
	k.Phase, k.Received, k.Worker, k.Until = codefile.Paused, k.Size, "", time.Time{}
	k.Lines, k.Good, k.Wrong, k.Done, k.Stored, k.Existed = 1202, 1200, 1, 500, 400, 100
	k.keep(codefile.GoodCodes, 500, 1000)
	k.keep(codefile.WrongLines, 0)
	return k
}

// fresh is an import of which two parts of three are here.
func fresh() keptFile {
	k := keptFile{Import: someImport(0)}
	k.Phase, k.Size, k.Received, k.Worker, k.Until = codefile.Uploading, 9, 6, "", time.Time{}
	k.Lines, k.Good, k.Wrong, k.Done, k.Stored, k.Existed = 0, 0, 0, 0, 0, 0
	k.keep(codefile.FileBytes, 0, 3)
	return k
}

// keep adds parts of three bytes each.
func (k *keptFile) keep(kind codefile.Kind, numbers ...int64) {
	for _, n := range numbers {
		part := importPart(0, kind, n)
		part.Stock = k.Stock
		k.parts = append(k.parts, part)
	}
}

// brokenFiles are ways in which a file is not whole, each after one change.
func brokenFiles() map[string]keptFile {
	change := func(k keptFile, change func(*keptFile)) keptFile {
		change(&k)
		return k
	}
	return map[string]keptFile{
		"codes are gone":               change(waiting(), func(k *keptFile) { k.parts = k.parts[1:] }),
		"the last codes are gone":      change(waiting(), func(k *keptFile) { k.Good, k.Lines = 1600, 1700 }),
		"codes between are gone":       change(waiting(), func(k *keptFile) { k.parts[1].Number = 1100 }),
		"more codes than were counted": change(waiting(), func(k *keptFile) { k.Good = 900 }),
		"codes are kept for ever":      change(waiting(), func(k *keptFile) { k.Phase, k.Good, k.Done, k.Stored = codefile.Done, 500, 500, 400 }),
		"more is done than is stored":  change(waiting(), func(k *keptFile) { k.Stored++ }),
		"a line counts twice":          change(waiting(), func(k *keptFile) { k.Wrong = 3 }),
		"somebody works in a pause":    change(waiting(), func(k *keptFile) { k.Worker = "node" }),
		"a phase that is none":         change(waiting(), func(k *keptFile) { k.Phase = "PAUSING" }),
		"bytes are gone":               change(fresh(), func(k *keptFile) { k.Received = 7 }),
		"bytes between are gone":       change(fresh(), func(k *keptFile) { k.parts[1].Number = 4 }),
		"all is here and nobody sees":  change(fresh(), func(k *keptFile) { k.Size = 6 }),
		"parts of no import":           change(fresh(), func(k *keptFile) { k.ID = "" }),
	}
}

func testImportsHold(t *testing.T, s store.Store) {
	expect := func(name string, k keptFile, broken bool) {
		t.Helper()
		write(t, s, func(ctx context.Context, tx store.Tx) error {
			if k.ID != "" {
				if err := tx.InsertCodeImport(ctx, k.Import); err != nil {
					return err
				}
			}
			for _, part := range k.parts {
				if err := tx.InsertImportPart(ctx, part); err != nil {
					return err
				}
			}
			return nil
		})
		list, err := s.Check(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		found := slices.ContainsFunc(list, func(i store.Invariant) bool { return i.Name == store.InvariantImports && i.Broken > 0 })
		if found != broken {
			t.Errorf("%s: found is %v, of %+v", name, found, list)
		}
		write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.DropCodeImport(ctx, k.Stock) })
	}
	expect("waiting", waiting(), false)
	expect("fresh", fresh(), false)
	for name, k := range brokenFiles() {
		expect(name, k, true)
	}
}
