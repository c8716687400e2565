package audit_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/platform/audit"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/trail"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/memstore"
)

const (
	alice = merchant.ID("1900000001")
	bob   = merchant.ID("1900000002")
)

func noon() time.Time { return time.Date(2026, 12, 5, 4, 0, 0, 0, time.UTC) }

// entry is one about an object of a merchant.
func entry(owner merchant.ID, object string) store.AuditEntry {
	return store.AuditEntry{
		Owner: owner, At: noon(), Actor: "operator:carol", Action: "manage.stocks.pause", Object: "stock/" + object,
		Request: "08" + object + "-0", Before: `{"state":"RUNNING"}`, After: `{"state":"PAUSED"}`,
	}
}

func appended(tb testing.TB, s store.Store, entries ...store.AuditEntry) {
	tb.Helper()
	if err := s.Write(tb.Context(), func(tx store.Tx) error { return tx.AppendAudit(tb.Context(), entries) }); err != nil {
		tb.Fatal(err)
	}
}

func serviceOf(s store.Store) *audit.Service {
	return audit.New(audit.Config{Store: s, Clock: clock.System{}, Log: slog.New(slog.DiscardHandler)})
}

func cut(s, part string) (before, after string, found bool) { return strings.Cut(s, part) }

// TestSeveralNodesSealOneChain: sealers at work at once, while others append and roll back, give
// every entry one place, without holes.
func TestSeveralNodesSealOneChain(t *testing.T) {
	t.Parallel()
	engines.EachLasting(t, func(t *testing.T, nodes int, open func() store.Store) {
		const writers, each = 4, 25
		stores := make([]store.Store, nodes)
		for i := range stores {
			stores[i] = open()
		}
		onPurpose := errors.New("on purpose")
		ctx, stop := context.WithCancel(t.Context())
		var sealing, writing sync.WaitGroup
		for i := range 2 * nodes {
			sealing.Go(func() {
				for s := serviceOf(stores[i%nodes]); ctx.Err() == nil; {
					if _, err := s.Seal(t.Context()); err != nil { //nolint:contextcheck // ctx ends the loop, not a seal
						t.Error(err)
						return
					}
				}
			})
		}
		for w := range writers {
			writing.Go(func() {
				for n := range each {
					list := []store.AuditEntry{entry(alice, fmt.Sprint(w, n)), entry(store.Platform, fmt.Sprint(w, n))}
					err := stores[w%nodes].Write(t.Context(), func(tx store.Tx) error {
						err := tx.AppendAudit(t.Context(), list)
						if n%5 == 4 {
							return errors.Join(err, onPurpose)
						}
						return err
					})
					if err != nil && !errors.Is(err, onPurpose) {
						t.Error(err)
					}
				}
			})
		}
		writing.Wait()
		stop()
		sealing.Wait()
		if _, err := serviceOf(stores[0]).Seal(t.Context()); err != nil {
			t.Fatal(err)
		}
		report, err := audit.Verify(t.Context(), stores[0], nil, func(int64) {})
		want := int64(2 * writers * each * 4 / 5)
		if err != nil || !report.Sound() || report.Entries != want || len(report.Unsealed) > 0 || report.Chains != 2 {
			t.Errorf("%+v, %v; want %d entries", report, err, want)
		}
	})
}

// TestWhatIsWrittenIsSealedWithinASecond, also behind a merchant whose chain cannot go on.
func TestWhatIsWrittenIsSealedWithinASecond(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := memstore.New()
		appended(t, s, entry(alice, "1"))
		if err := s.Write(t.Context(), func(tx store.Tx) error { // its only place is taken
			list, err := tx.UnsealedAudit(t.Context(), alice, 0, 1)
			return errors.Join(err, tx.SealAudit(t.Context(), alice, []store.Sealed{{ID: list[0].ID, Seal: store.Seal{Place: 1}}}))
		}); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- serviceOf(s).Run(ctx) }()
		for n := range 3 {
			appended(t, s, entry(bob, fmt.Sprint(n)), entry(store.Platform, fmt.Sprint(n)))
			<-time.After(time.Second)
			heads := map[merchant.ID]int64{}
			if err := s.Read(t.Context(), func(tx store.ReadTx) error {
				for _, owner := range []merchant.ID{bob, store.Platform} {
					head, err := tx.AuditHead(t.Context(), owner)
					if err != nil {
						return err
					}
					heads[owner] = head.Place
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			if want := int64(n + 1); heads[bob] != want || heads[store.Platform] != want {
				t.Errorf("after a second: %v, want %d", heads, want)
			}
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// TestTheListGoesBackPageByPage, beginning with what is not sealed yet.
func TestTheListGoesBackPageByPage(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		service := serviceOf(s)
		for n := range 5 {
			appended(t, s, entry(alice, fmt.Sprint(n)))
		}
		if _, err := service.Seal(t.Context()); err != nil {
			t.Fatal(err)
		}
		appended(t, s, entry(alice, "5"), entry(bob, "x"), entry(alice, "6"))
		var pages [][]string
		for q := (trail.Query{Owner: alice, Limit: 3}); ; {
			page, err := service.List(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			var objects []string
			for _, e := range page.Entries {
				objects = append(objects, strings.TrimPrefix(e.Object, "stock/"))
			}
			pages = append(pages, objects)
			if q.Below = page.Below; q.Below == 0 {
				break
			}
		}
		if diff := cmp.Diff([][]string{{"6", "5", "4"}, {"3", "2", "1"}, {"0"}}, pages); diff != "" {
			t.Errorf("pages (-want +got):\n%s", diff)
		}
		one, err := service.List(t.Context(), trail.Query{Owner: alice, Object: "stock/6", Limit: 3})
		if err != nil || len(one.Entries) != 1 || one.Below != 0 {
			t.Errorf("one is %+v, %v", one, err)
		}
	})
}

// TestAnEntryIsShownWithItsProof and a place without one is refused.
func TestAnEntryIsShownWithItsProof(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		service := serviceOf(s)
		appended(t, s, entry(alice, "1"), entry(alice, "2"))
		if _, err := service.Seal(t.Context()); err != nil {
			t.Fatal(err)
		}
		first, err := service.Show(t.Context(), alice, 1)
		second, errSecond := service.Show(t.Context(), alice, 2)
		if err := errors.Join(err, errSecond); err != nil {
			t.Fatal(err)
		}
		chained := first.Previous == (store.Hash{}) && second.Previous == first.Seal.Hash
		if !first.Sound || !second.Sound || !chained || second.Object != "stock/2" {
			t.Errorf("first %+v, second %+v", first, second)
		}
		for _, place := range []int64{0, -1, 3, 1 << 60} {
			if _, err := service.Show(t.Context(), alice, place); !errors.Is(err, audit.ErrUnknown) {
				t.Errorf("place %d: %v", place, err)
			}
		}
	})
}

// TestWhoTakesTheAuditIsInIt: an export and heads leave an entry in the server's own audit.
func TestWhoTakesTheAuditIsInIt(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		service := serviceOf(s)
		appended(t, s, entry(alice, "1"), entry(alice, "2"), entry(alice, "3"))
		if _, err := service.Seal(t.Context()); err != nil {
			t.Fatal(err)
		}
		got, err := service.Export(t.Context(), audit.Export{Actor: "token:ci", Owner: alice, After: 1, Limit: 10})
		if err != nil || len(got.Entries) != 2 || got.Entries[0].Seal.Place != 2 || got.Head != got.Entries[1].Seal {
			t.Errorf("%+v, %v", got, err)
		}
		heads, err := service.Heads(t.Context(), "operator:carol", "", 10)
		if diff := cmp.Diff([]trail.Head{{Owner: alice, Seal: got.Head}}, heads); diff != "" || err != nil {
			t.Errorf("heads (-want +got):\n%s%v", diff, err)
		}
		if _, err := service.Seal(t.Context()); err != nil {
			t.Fatal(err)
		}
		page, err := service.List(t.Context(), trail.Query{Owner: store.Platform, Limit: 10})
		var who []string
		for _, e := range slices.Backward(page.Entries) {
			who = append(who, e.Actor+" "+e.Action+" "+e.Object)
		}
		want := []string{"token:ci manage.audit.export audit/1900000001", "operator:carol manage.audit.heads audit"}
		if diff := cmp.Diff(want, who); diff != "" || err != nil {
			t.Errorf("who (-want +got):\n%s%v", diff, err)
		}
	})
}

// TestAChainIsFollowedPieceByPiece: the pieces add up to the chain, whatever their size.
func TestAChainIsFollowedPieceByPiece(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		service := serviceOf(s)
		for n := range 7 {
			appended(t, s, entry(alice, fmt.Sprint(n)))
		}
		if _, err := service.Seal(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, size := range []int64{1, 3, 7, 10} {
			p, entries := audit.Piece{Owner: alice, Limit: size}, int64(0)
			for ended := false; !ended; {
				got, err := service.Follow(t.Context(), p)
				if err != nil || got.Flaw != trail.Whole || got.Entries > size {
					t.Fatalf("%+v, %v", got, err)
				}
				p.Behind, ended = got.Last, got.Ended
				entries += got.Entries
			}
			if entries != 7 || p.Behind.Place != 7 {
				t.Errorf("%d entries in pieces of %d, to place %d", entries, size, p.Behind.Place)
			}
		}
		other := audit.Piece{Owner: alice, Behind: trail.Seal{Place: 2, Hash: trail.Hash{1}}, Limit: 10}
		if got, err := service.Follow(t.Context(), other); err != nil || got.Flaw != trail.FlawAltered || got.Place != 3 {
			t.Errorf("behind another hash: %+v, %v", got, err)
		}
		if got, err := service.Follow(t.Context(), audit.Piece{Owner: "1900000999", Limit: 10}); err != nil || !got.Ended || got.Entries != 0 || got.Flaw != trail.Whole {
			t.Errorf("no chain: %+v, %v", got, err)
		}
	})
}
