package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
)

// deed is a call of a method that writes, by its name, so that no method can be forgotten.
type deed struct {
	method string
	// args returns what the method gets after the context. n varies it: 0 is the first of its
	// kind, and few ids make deeds collide.
	args func(ctx context.Context, w *world, n int) ([]any, error)
}

// question is a call of a method that reads.
type question struct {
	method string
	args   []any
}

// variants is how many arguments there are for each deed.
const variants = 8

// world is what a deed finds.
type world struct {
	tx store.Tx
	// places are the deliveries that were committed before, by their owner.
	places map[merchant.ID][]delivery.Delivery
	// made counts the events that this transaction appends.
	made int
}

// place names a delivery of the creator, or reports store.ErrNotFound.
func (w *world) place(n int) (delivery.Delivery, error) {
	list := w.places[creator]
	if len(list) == 0 {
		return delivery.Delivery{}, store.ErrNotFound
	}
	return list[n%len(list)], nil
}

// of are arguments that depend on nothing but n.
func of(args func(n int) []any) func(context.Context, *world, int) ([]any, error) {
	return func(_ context.Context, _ *world, n int) ([]any, error) { return args(n), nil }
}

// family is what belongs together: what is written shows in what is read.
type family struct {
	deeds     []deed
	questions []question
}

// families are the tables of everything that a transaction can do, each in an order in which it
// can be done.
func families(places map[merchant.ID][]delivery.Delivery) []family {
	return []family{
		{peopleDeeds(), peopleQuestions()},
		{couponDeeds(), couponQuestions()},
		{voucherDeeds(), voucherQuestions()},
		{moneyDeeds(), moneyQuestions()},
		{tallyDeeds(), tallyQuestions()},
		{draftDeeds(), append(draftQuestions(), retentionQuestions()...)},
		{importDeeds(), append(importQuestions(), retentionQuestions()...)},
		{operatorDeeds(), append(operatorQuestions(), retentionQuestions()...)},
		{trailDeeds(), slices.Concat(trailQuestions(), retentionQuestions(), placedQuestions(places))},
	}
}

func deeds() (all []deed) {
	for _, f := range families(nil) {
		all = append(all, f.deeds...)
	}
	return all
}

func questions(places map[merchant.ID][]delivery.Delivery) (all []question) {
	for _, f := range families(places) {
		all = append(all, f.questions...)
	}
	return all
}

// do does a deed and returns what the method returned but its error.
func (d *deed) do(ctx context.Context, w *world, n int) ([]any, error) {
	args, err := d.args(ctx, w, n)
	if err != nil {
		return nil, err
	}
	return call(ctx, w.tx, d.method, args)
}

// call calls a method of a transaction by its name.
func call(ctx context.Context, tx any, method string, args []any) ([]any, error) {
	in := []reflect.Value{reflect.ValueOf(ctx)}
	for _, arg := range args {
		in = append(in, reflect.ValueOf(arg))
	}
	out := reflect.ValueOf(tx).MethodByName(method).Call(in)
	var results []any
	for _, v := range out[:len(out)-1] {
		results = append(results, v.Interface())
	}
	err, _ := reflect.TypeAssert[error](out[len(out)-1])
	return results, err
}

// makes reports whether a deed makes something: these arrange what others change.
func (d *deed) makes() bool {
	return slices.ContainsFunc([]string{"Insert", "Append", "Add", "Put", "Post", "Join", "SetCallback"}, func(prefix string) bool {
		return strings.HasPrefix(d.method, prefix)
	})
}

// silent reports whether a deed leaves nothing to see: locks, and what is asked under them.
func (d *deed) silent() bool {
	return strings.HasPrefix(d.method, "Lock") || slices.Contains([]string{"TouchRequests", "Listens", "DueDeliveries"}, d.method)
}

// doAlone does a deed in a transaction of its own.
func (d *deed) doAlone(tb testing.TB, s store.Store, places map[merchant.ID][]delivery.Delivery, n int) error {
	tb.Helper()
	return s.Write(tb.Context(), func(tx store.Tx) error {
		_, err := d.do(tb.Context(), &world{tx: tx, places: places}, n)
		return err
	})
}

// populate arranges one of each kind, in two transactions: events get their places in the first.
func populate(tb testing.TB, s store.Store) {
	tb.Helper()
	all := slices.DeleteFunc(deeds(), func(d deed) bool { return !d.makes() })
	events := 1 + slices.IndexFunc(all, func(d deed) bool { return d.method == "AppendEvents" })
	for i, some := range [][]deed{all[:events], all[events:]} {
		places := placesOf(tb, s)
		write(tb, s, func(ctx context.Context, tx store.Tx) error {
			w := &world{tx: tx, places: places}
			var errs []error
			if i == 0 {
				errs = append(errs, tx.InsertMerchant(ctx, someMerchant(1), noon()))
			}
			for _, d := range some {
				_, err := d.do(ctx, w, 0)
				errs = append(errs, err)
			}
			return errors.Join(errs...)
		})
	}
}

// placesOf returns the deliveries that were committed, in the order of their places.
func placesOf(tb testing.TB, s store.Store) map[merchant.ID][]delivery.Delivery {
	tb.Helper()
	places := map[merchant.ID][]delivery.Delivery{}
	for _, owner := range []merchant.ID{creator, other} {
		read(tb, s, func(ctx context.Context, tx store.ReadTx) error {
			list, err := tx.Deliveries(ctx, store.DeliveryQuery{Owner: owner, Limit: 1000})
			slices.Reverse(list)
			places[owner] = list
			return err
		})
	}
	return places
}

// answers asks questions.
func answers(tb testing.TB, s store.Store, list []question) map[string]string {
	tb.Helper()
	all := map[string]string{}
	read(tb, s, func(ctx context.Context, tx store.ReadTx) error {
		for i, q := range list {
			results, err := call(ctx, tx, q.method, q.args)
			answer := outcome(err)
			if err == nil {
				answer = render(reflect.ValueOf(results))
			}
			all[fmt.Sprintf("%s, question %d", q.method, i)] = answer
		}
		return nil
	})
	return all
}

// coverage holds the tables to the transaction: every method has a case.
func coverage(t *testing.T) {
	reads, all := methodsOf[store.ReadTx](), methodsOf[store.Tx]()
	writes := slices.DeleteFunc(slices.Clone(all), func(name string) bool { return slices.Contains(reads, name) })
	var done, asked []string
	for _, d := range deeds() {
		done = append(done, d.method)
	}
	for _, q := range questions(map[merchant.ID][]delivery.Delivery{creator: {{}}}) {
		asked = append(asked, q.method)
	}
	report := func(kind string, want, have []string) {
		missing := slices.DeleteFunc(slices.Clone(want), func(name string) bool { return slices.Contains(have, name) })
		for _, name := range missing {
			t.Errorf("%s has no case", name)
		}
		t.Logf("%s: %d of %d methods have a case", kind, len(want)-len(missing), len(want))
	}
	report("writing", writes, done)
	report("reading", reads, asked)
}

func methodsOf[T any]() (names []string) {
	for method := range reflect.TypeFor[T]().Methods() {
		names = append(names, method.Name)
	}
	return names
}
