package storetest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/size"
	"github.com/favord/favord/internal/store"
)

// fewSequences is enough for a run of the tests that does not soak.
const fewSequences = 40

// Differential plays random sequences of transactions on an engine and on a model, and compares
// every outcome, everything that was returned, and in the end every answer. Some transactions run
// twice, the first time for nothing. It plays as many sequences as -rapid.checks says, but few
// where the tests do not soak.
func Differential(t *testing.T, open, openModel Open) {
	t.Helper()
	table := deeds()
	played, most := 0, fewSequences
	if size.Soaks() {
		most = math.MaxInt
	}
	defer func() { t.Logf("%d random sequences", min(played, most)) }()
	rapid.Check(t, func(rt *rapid.T) {
		if played++; played > most {
			return
		}
		engine, model := open(t), openModel(t)
		defer func() {
			if _, _ = engine.Close(), model.Close(); rt.Failed() {
				most = math.MaxInt // it is played again, smaller
			}
		}()
		if rapid.Bool().Draw(rt, "found") {
			populate(t, engine)
			populate(t, model)
		}
		for i := range rapid.IntRange(1, 12).Draw(rt, "transactions") {
			tx := drawTransaction(rt, i, len(table))
			got, want := tx.play(t, engine, table), tx.play(t, model, table)
			if diff := cmp.Diff(want, got); diff != "" {
				rt.Fatalf("transaction %d, %s, ends otherwise (-model +engine):\n%s", i, tx.describe(table), diff)
			}
		}
		got, want := answers(t, engine, questions(placesOf(t, engine))), answers(t, model, questions(placesOf(t, model)))
		if !maps.Equal(got, want) {
			rt.Fatalf("in the end (-model +engine):\n%s", cmp.Diff(want, got))
		}
	})
}

// step is one deed of a sequence.
type step struct{ Deed, N int }

// transaction is some deeds, and how they end.
type transaction struct {
	steps        []step
	abort, again bool
}

func drawTransaction(t *rapid.T, i, most int) transaction {
	one := rapid.Custom(func(t *rapid.T) step {
		return step{Deed: rapid.IntRange(0, most-1).Draw(t, "deed"), N: rapid.IntRange(0, variants-1).Draw(t, "n")}
	})
	return transaction{
		steps: rapid.SliceOfN(one, 1, 8).Draw(t, fmt.Sprint("steps ", i)),
		abort: rapid.IntRange(0, 9).Draw(t, fmt.Sprint("abort ", i)) == 0,
		again: rapid.IntRange(0, 4).Draw(t, fmt.Sprint("again ", i)) == 0,
	}
}

func (x *transaction) describe(table []deed) string {
	var names []string
	for _, one := range x.steps {
		names = append(names, fmt.Sprintf("%s %d", table[one.Deed].method, one.N))
	}
	return strings.Join(names, ", ")
}

// play runs the transaction and returns what the contract says about the outcome, and what its
// methods returned if it committed.
func (x *transaction) play(tb testing.TB, s store.Store, table []deed) []string {
	tb.Helper()
	if x.again {
		s = Twice{s}
	}
	places := placesOf(tb, s)
	var returned []string
	err := s.Write(tb.Context(), func(tx store.Tx) error {
		returned = nil
		w := &world{tx: tx, places: places}
		for _, one := range x.steps {
			results, err := table[one.Deed].do(tb.Context(), w, one.N)
			if err != nil {
				return first(flush(tb.Context(), tx), err) // what was put off came first
			}
			returned = append(returned, render(reflect.ValueOf(results)))
		}
		if !x.abort {
			return nil
		}
		if err := flush(tb.Context(), tx); err != nil {
			return err
		}
		return errOnPurpose
	})
	if err != nil {
		return []string{x.refusal(err)}
	}
	return append(returned, outcome(err))
}

// refusal is how the transaction failed. An engine may put changes off: which of several
// refusals comes first, the contract does not say.
func (x *transaction) refusal(err error) string {
	said := outcome(err)
	if len(x.steps) > 1 && slices.ContainsFunc([]error{store.ErrNotFound, store.ErrDuplicate, store.ErrStale, user.ErrNotFound}, func(one error) bool { return errors.Is(err, one) }) {
		said = "refused"
	}
	return said
}

// first returns the first error that there is.
func first(errs ...error) error {
	return errs[max(0, slices.IndexFunc(errs, func(err error) bool { return err != nil }))]
}

// outcome reduces an error to what the contract says about it.
func outcome(err error) string {
	for _, known := range []error{store.ErrNotFound, store.ErrDuplicate, store.ErrStale, user.ErrNotFound, errOnPurpose} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	if err != nil {
		return "failed: " + err.Error()
	}
	return "done"
}

// flush has an engine report the errors that it put off.
func flush(ctx context.Context, tx store.Tx) error {
	_, err := tx.Users(ctx, []user.OpenID{"none"})
	return err
}
