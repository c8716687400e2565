package once_test

import (
	"context"
	"testing"

	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
)

// attentive is a store that counts the numbers that are touched.
type attentive struct {
	store.Store
	touched int
}

func (a *attentive) Write(ctx context.Context, fn func(store.Tx) error) error {
	return a.Store.Write(ctx, func(tx store.Tx) error { return fn(attentiveTx{tx, a}) })
}

type attentiveTx struct {
	store.Tx
	store *attentive
}

func (a attentiveTx) TouchRequests(ctx context.Context, keys []store.RequestKey) error {
	a.store.touched += len(keys)
	return a.Tx.TouchRequests(ctx, keys)
}

// TestARepeatTakesPartInWhatItRepeats: what it read may still be on its way to a standby, so that
// its own commit has to wait for that.
func TestARepeatTakesPartInWhatItRepeats(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		for form, write := range forms() {
			c, a := &counter{store: s}, &attentive{Store: s}
			first, err := write(t.Context(), a, numbered(form, "1"), c.effect(t.Context()))
			if err != nil || a.touched != 0 {
				t.Fatalf("%s: %v, %d numbers were touched", form, err, a.touched)
			}
			again, err := write(t.Context(), a, numbered(form, "1"), c.effect(t.Context()))
			if err != nil || again != first || a.touched == 0 {
				t.Errorf("%s: the repeat got %q after %q, %v, and touched %d numbers", form, again, first, err, a.touched)
			}
		}
	})
}
