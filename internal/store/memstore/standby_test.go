package memstore_test

import (
	"slices"
	"testing"
	"time"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/memstore"
)

// TestAFailoverLosesWhatTheStandbyLacks and nothing else, and tells those who keep anything.
func TestAFailoverLosesWhatTheStandbyLacks(t *testing.T) {
	t.Parallel()
	s := memstore.New()
	told := 0
	s.OnChange(func(owner merchant.ID) {
		if owner == "" {
			told++
		}
	})
	put := func(actions ...string) {
		t.Helper()
		for _, action := range actions {
			if err := s.Write(t.Context(), func(tx store.Tx) error {
				return tx.AppendAudit(t.Context(), []store.AuditEntry{{Owner: "1900000001", At: time.Unix(1, 0), Action: action}})
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
	expect := func(want ...string) {
		t.Helper()
		var got []string
		if err := s.Read(t.Context(), func(tx store.ReadTx) error {
			list, err := tx.UnsealedAudit(t.Context(), "1900000001", 0, 100)
			for _, e := range list {
				got = append(got, e.Action)
			}
			return err
		}); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q, %v; want %q", got, err, want)
		}
	}
	put("a")
	s.FallBehind()
	put("b", "c")
	expect("a", "b", "c")
	if s.Lacking() == 0 {
		t.Error("the standby lacks nothing")
	}
	s.CatchUp()
	s.FallBehind()
	put("d", "e")
	s.FailOver()
	expect("a", "b", "c")
	put("f")
	s.FailOver() // nothing is lacking
	expect("a", "b", "c", "f")
	if told != 2 || s.Lacking() != 0 {
		t.Errorf("told %d times, %d lacking", told, s.Lacking())
	}
}
