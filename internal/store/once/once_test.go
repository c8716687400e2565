package once_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/once"
	"github.com/favord/favord/internal/store/pgstore"
)

var (
	errContent = fault.New(fault.Refused, "内容不同", "Other content.")
	errRefused = fault.New(fault.Refused, "不可以", "It cannot be.")
)

func numbered(number, content string) once.Request {
	return once.Request{
		RequestKey: store.RequestKey{Owner: "1900000001", Operation: store.OpFund, Number: number},
		Content:    store.ContentOf(content), Refused: errContent, At: noon(),
	}
}

// forms are the two ways to carry a request out.
func forms() map[string]func(ctx context.Context, s store.Store, r once.Request, fn func(tx store.Tx) (once.Text, error)) (once.Text, error) {
	return map[string]func(ctx context.Context, s store.Store, r once.Request, fn func(tx store.Tx) (once.Text, error)) (once.Text, error){
		"whole": once.Write[once.Text],
		"locked": func(ctx context.Context, s store.Store, r once.Request, fn func(tx store.Tx) (once.Text, error)) (once.Text, error) {
			return once.Transaction(ctx, s, func(tx store.Tx) (once.Text, error) {
				if _, err := tx.LockBalances(ctx, payment.Account{Owner: r.Owner, Name: payment.AccountBalance}); err != nil {
					return "", err
				}
				return once.Settle(ctx, tx, r, func() (once.Text, error) { return fn(tx) })
			})
		},
	}
}

// effect leaves one trace, and answers which one.
func (c *counter) effect(ctx context.Context) func(tx store.Tx) (once.Text, error) {
	return func(tx store.Tx) (once.Text, error) {
		err := tx.AppendAudit(ctx, []store.AuditEntry{{Owner: "1900000001", At: noon(), Action: "a"}})
		return once.Text(fmt.Sprintf(`"%d" is no JSON`, c.n.Add(1))), err
	}
}

func TestANumberHasOneEffectAndOtherContentIsRefused(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		for form, write := range forms() {
			c := &counter{store: s}
			before := c.effects(t)
			answers, refusals := map[once.Text]bool{}, 0
			var mutex sync.Mutex
			var wg sync.WaitGroup
			for i := range 16 {
				wg.Go(func() {
					got, err := write(t.Context(), s, numbered(form, fmt.Sprint(i%2)), c.effect(t.Context()))
					mutex.Lock()
					defer mutex.Unlock()
					switch {
					case errors.Is(err, errContent):
						refusals++
					case err != nil:
						t.Errorf("%s: %v", form, err)
					default:
						answers[got] = true
					}
				})
			}
			wg.Wait()
			if n := c.effects(t) - before; n != 1 || len(answers) != 1 || refusals != 8 {
				t.Errorf("%s: %d effects, answers %v, %d refused", form, n, answers, refusals)
			}
		}
	})
}

func TestWithoutANumberEachCallHasItsEffect(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		c := &counter{store: s}
		for range 3 {
			if _, err := once.Write(t.Context(), s, once.Request{}, c.effect(t.Context())); err != nil {
				t.Error(err)
			}
		}
		if n := c.effects(t); n != 3 {
			t.Errorf("%d effects", n)
		}
	})
}

// TestARefusalThatItsTwinCausedIsNoAnswer lets the twin commit between the look for the number
// and the look at the rows, which nothing locks.
func TestARefusalThatItsTwinCausedIsNoAnswer(t *testing.T) {
	t.Parallel()
	s, err := pgstore.Open(t.Context(), pgstore.Options{DSN: engines.Database(t), Mode: store.Sandbox})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	c := &counter{store: s}
	var first once.Text
	got, err := once.Write(t.Context(), s, numbered("n", "c"), func(store.Tx) (once.Text, error) {
		var err error
		first, err = once.Write(t.Context(), s, numbered("n", "c"), c.effect(t.Context()))
		return "", errors.Join(err, errRefused)
	})
	if err != nil || got != first || c.effects(t) != 1 {
		t.Errorf("got %q, %v, first %q, %d effects", got, err, first, c.effects(t))
	}
	if _, err := once.Write(t.Context(), s, numbered("m", "c"), func(store.Tx) (once.Text, error) { return "", errRefused }); !errors.Is(err, errRefused) {
		t.Errorf("a refusal of its own: %v", err)
	}
}
