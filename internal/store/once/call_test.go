package once_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/once"
)

// answer is what an operation keeps.
type answer struct {
	N int64 `json:"n"`
}

func call(nonce string) once.Call {
	return once.Call{By: "1900000001", Serial: "S", Nonce: nonce, Digest: once.DigestOf("message of " + nonce), At: noon()}
}

// counter counts effects: each is an audit entry and a number.
type counter struct {
	store store.Store
	n     atomic.Int64
}

func (c *counter) run(ctx context.Context, with once.Call, at time.Time) (answer, error) {
	if with != (once.Call{}) {
		with.At = at
	}
	return once.Write(ctx, c.store, with.Request(), func(tx store.Tx) (answer, error) {
		err := tx.AppendAudit(ctx, []store.AuditEntry{{Owner: "1900000001", At: at, Action: "a"}})
		return answer{N: c.n.Add(1)}, err
	})
}

func (c *counter) effects(t *testing.T) (n int) {
	t.Helper()
	if err := c.store.Read(t.Context(), func(tx store.ReadTx) error {
		entries, err := tx.UnsealedAudit(t.Context(), "1900000001", 0, 10_000)
		n = len(entries)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

func noon() time.Time { return time.Date(2026, 12, 5, 4, 0, 0, 0, time.UTC) }

func TestARepeatedCallGetsTheFirstAnswerAndHasNoEffect(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		c := &counter{store: s}
		first, err := c.run(t.Context(), call("a"), noon())
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if again, err := c.run(t.Context(), call("a"), noon().Add(time.Minute)); err != nil || again != first {
				t.Errorf("again: %v, %v, first %v", again, err, first)
			}
		}
		other := call("a")
		other.Digest = once.DigestOf("another message")
		if _, err := c.run(t.Context(), other, noon()); !errors.Is(err, once.ErrNonce) {
			t.Errorf("another message under the nonce: %v", err)
		}
		elsewhere := call("a")
		elsewhere.Serial = "T"
		for _, fresh := range []once.Call{call("b"), elsewhere, {}, {}} {
			if got, err := c.run(t.Context(), fresh, noon()); err != nil || got == first {
				t.Errorf("%+v: %v, %v", fresh, got, err)
			}
		}
		if n := c.effects(t); n != 5 {
			t.Errorf("%d effects, want 5", n)
		}
	})
}

func TestAFailureIsNotKept(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		failed := errors.New("on purpose")
		if _, err := once.Write(t.Context(), s, call("a").Request(), func(store.Tx) (answer, error) { return answer{}, failed }); !errors.Is(err, failed) {
			t.Errorf("got %v", err)
		}
		c := &counter{store: s}
		if got, err := c.run(t.Context(), call("a"), noon()); err != nil || got.N == 0 || c.effects(t) != 1 {
			t.Errorf("then %v, %v, with %d effects", got, err, c.effects(t))
		}
	})
}

func TestTwinsThatRaceHaveOneEffect(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		c := &counter{store: s}
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				if _, err := c.run(t.Context(), call("a"), noon()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := c.effects(t); n != 1 {
			t.Errorf("%d effects", n)
		}
	})
}
