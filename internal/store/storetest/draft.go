package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/rule/draft"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
)

// draftCases are those of stocks that are being prepared.
func draftCases() map[string]func(*testing.T, store.Store) {
	return map[string]func(*testing.T, store.Store){
		"a draft comes back as it was stored":              testDraft,
		"a draft is saved over the version that was read":  testDraftSaved,
		"drafts come by pages, those saved last before":    testDraftPages,
		"drafts that nobody saved for long can be dropped": testDropDrafts,
	}
}

func someDraft(n int) draft.Draft {
	owners := []merchant.ID{creator, other}
	return draft.Draft{
		ID: few("draft", n), Owner: owners[n%2], Operation: "busifavor.stocks.create", Title: fmt.Sprint("满30减5 ", n),
		Body: `{"stock_name":"满30减5"}`, Version: 1, Editor: "operator:a",
		Created: noon(), Updated: noon().Add(time.Duration(n/2) * time.Minute),
	}
}

func draftDeeds() []deed {
	return []deed{
		{"InsertDraft", of(func(n int) []any { return []any{someDraft(n)} })},
		{"UpdateDraft", of(func(n int) []any {
			d := someDraft(n)
			d.Title, d.Body, d.Version, d.Editor, d.Updated = "", "{}", 2, "operator:b", noon().Add(time.Hour)
			return []any{d, int64(1 + n/4)}
		})},
		{"DropDraft", of(func(n int) []any { return []any{few("draft", n)} })},
		{"DropDrafts", of(func(n int) []any {
			return []any{store.Ended{Before: noon().Add(time.Duration(n) * time.Minute), Limit: 1}}
		})},
	}
}

func draftQuestions() (list []question) {
	for n := range 4 {
		list = append(list, question{"Draft", []any{few("draft", n)}})
	}
	return append(list,
		question{"Drafts", []any{draft.Query{Limit: 10}}},
		question{"Drafts", []any{draft.Query{Owner: creator, Limit: 2}}},
		question{"Drafts", []any{draft.Query{Owner: other, Before: noon().Add(time.Minute), BeforeID: few("draft", 3), Limit: 2}}},
		question{"CountDrafts", []any{creator}})
}

func testDraft(t *testing.T, s store.Store) {
	d := someDraft(1)
	write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.InsertDraft(ctx, d) })
	if err := s.Write(t.Context(), func(tx store.Tx) error { return tx.InsertDraft(t.Context(), d) }); !errors.Is(err, store.ErrDuplicate) {
		t.Errorf("the id again gives %v", err)
	}
	expectDraft(t, s, d)
	write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.DropDraft(ctx, d.ID) })
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		if _, err := tx.Draft(ctx, d.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("what was dropped gives %v", err)
		}
		return nil
	})
}

func expectDraft(t *testing.T, s store.Store, want draft.Draft) {
	t.Helper()
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		got, err := tx.Draft(ctx, want.ID)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("draft (-want +got):\n%s", diff)
		}
		return err
	})
}

func testDraftSaved(t *testing.T, s store.Store) {
	d := someDraft(1)
	write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.InsertDraft(ctx, d) })
	d.Title, d.Body, d.Version, d.Editor, d.Updated = "t", "{}", 2, "operator:b", noon().Add(time.Hour)
	save := func(version int64) error {
		return s.Write(t.Context(), func(tx store.Tx) error { return tx.UpdateDraft(t.Context(), d, version) })
	}
	for _, stale := range []int64{0, 2} {
		if err := save(stale); !errors.Is(err, store.ErrStale) {
			t.Errorf("over version %d: %v", stale, err)
		}
	}
	if err := save(1); err != nil {
		t.Fatal(err)
	}
	expectDraft(t, s, d)
	d.ID = "nobody's"
	if err := save(2); !errors.Is(err, store.ErrStale) {
		t.Errorf("one that is not there: %v", err)
	}
}

func insertDrafts(t *testing.T, s store.Store, n int) {
	t.Helper()
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		for i := range n {
			d := someDraft(i)
			d.ID = fmt.Sprint("draft", i)
			if err := tx.InsertDraft(ctx, d); err != nil {
				return err
			}
		}
		return nil
	})
}

func testDraftPages(t *testing.T, s store.Store) {
	insertDrafts(t, s, 7)
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		for owner, want := range map[merchant.ID]string{
			"": "[draft6][draft5 draft4][draft3 draft2][draft1 draft0][]", creator: "[draft6][draft4 draft2][draft0][]",
		} {
			var seen strings.Builder
			q := draft.Query{Owner: owner, Limit: 1}
			for range 6 {
				page, err := tx.Drafts(ctx, q)
				if err != nil {
					return err
				}
				var ids []string
				for _, d := range page {
					ids, q.Before, q.BeforeID = append(ids, d.ID), d.Updated, d.ID
				}
				fmt.Fprint(&seen, ids)
				if len(page) == 0 {
					break
				}
				q.Limit = 2
			}
			if seen.String() != want {
				t.Errorf("of %q: %s, want %s", owner, seen.String(), want)
			}
		}
		n, err := tx.CountDrafts(ctx, creator)
		if n != 4 {
			t.Errorf("%d drafts are counted", n)
		}
		return err
	})
}

func testDropDrafts(t *testing.T, s store.Store) {
	insertDrafts(t, s, 7)
	for _, want := range []int64{2, 2, 0} {
		write(t, s, func(ctx context.Context, tx store.Tx) error {
			n, err := tx.DropDrafts(ctx, store.Ended{Before: noon().Add(2 * time.Minute), Limit: 2})
			if n != want {
				t.Errorf("%d drafts are dropped, want %d", n, want)
			}
			return err
		})
	}
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		list, err := tx.Drafts(ctx, draft.Query{Limit: 10})
		if len(list) != 3 || list[2].ID != "draft4" {
			t.Errorf("%d drafts are left", len(list))
		}
		return err
	})
}
