package storetest

import (
	"errors"
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
)

// deedCases are about each method that writes.
func deedCases() map[string]func(*testing.T, store.Store) {
	return map[string]func(*testing.T, store.Store){
		"whatever is written can be undone, by an error and by a panic": testUndone,
		"whatever is written can be seen":                               testSeen,
	}
}

// testUndone does every variant of every deed in transactions that do not commit.
func testUndone(t *testing.T, s store.Store) {
	populate(t, s)
	places := placesOf(t, s)
	before := answers(t, s, questions(places))
	for _, d := range deeds() {
		for n := range variants {
			d.undo(t, s, places, n)
		}
	}
	if diff := cmp.Diff(before, answers(t, s, questions(places))); diff != "" {
		t.Errorf("something stayed (-before +after):\n%s", diff)
	}
}

// undo does a deed in a transaction that panics or ends with an error.
func (d *deed) undo(t *testing.T, s store.Store, places map[merchant.ID][]delivery.Delivery, n int) {
	t.Helper()
	panics := n%2 == 1
	defer func() {
		if p := recover(); (p != nil) != panics {
			t.Errorf("%s ended with the panic %v", d.method, p)
		}
	}()
	if err := s.Write(t.Context(), func(tx store.Tx) error {
		_, err := d.do(t.Context(), &world{tx: tx, places: places}, n)
		err = errors.Join(err, flush(t.Context(), tx), errOnPurpose)
		if panics {
			panic(err)
		}
		return err
	}); !errors.Is(err, errOnPurpose) {
		t.Errorf("%s ended with %v", d.method, err)
	}
}

// testSeen does every deed so that some answer changes: or else its case would show nothing.
func testSeen(t *testing.T, s store.Store) {
	populate(t, s)
	for i := range families(nil) {
		before := map[string]string(nil)
		for _, d := range families(nil)[i].deeds {
			changed := false
			for n := 0; n < variants && !changed; n++ {
				list := families(placesOf(t, s))[i].questions
				if before == nil {
					before = answers(t, s, list)
				}
				_ = d.doAlone(t, s, placesOf(t, s), n) // some variants are refused
				after := answers(t, s, list)
				changed = !maps.Equal(before, after)
				before = after
			}
			if changed == d.silent() {
				t.Errorf("%s changes an answer: %v", d.method, changed)
			}
		}
	}
}
