package drafting_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/platform/drafting"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/draft"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/storetest"
)

// desk is a service over an engine in which one merchant prepares stocks.
type desk struct {
	*testing.T
	*drafting.Service
	shop *storetest.Shop
	hand *clock.Manual
}

func newDesk(t *testing.T, s store.Store) *desk {
	t.Helper()
	shop := storetest.OpenShop(t, s, coupon.Limits{MaxCoupons: 1, MaxPerUser: 1})
	hand := clock.NewManual(time.Date(2026, 12, 5, 4, 0, 0, 0, time.UTC))
	return &desk{t, drafting.New(drafting.Config{Store: s, Clock: hand}), shop, hand}
}

// save saves a draft of the merchant.
func (d *desk) save(id, editor string, version int64, title string) (draft.Draft, error) {
	return d.Put(d.Context(), drafting.Saving{
		ID: id, Owner: d.shop.Stock.Creator, Operation: "busifavor.stocks.create", Title: title, Body: "{}",
		Version: version, Editor: editor,
	})
}

func TestADraftIsSavedByOneEditorAfterTheOther(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		d := newDesk(t, s)
		for version, editor := range []string{"operator:li", "operator:li", "operator:wang", "operator:wang"} {
			saved, err := d.save("draft001", editor, int64(version), fmt.Sprint(version))
			if err != nil || saved.Version != int64(version)+1 {
				t.Fatalf("%+v, %v", saved, err)
			}
			got, err := d.Get(t.Context(), "draft001")
			if err != nil || got.Editor != editor || got.Title != saved.Title || got.Version != saved.Version {
				t.Errorf("%+v, %v", got, err)
			}
		}
		for range 2 {
			if err := d.Remove(t.Context(), drafting.Removal{ID: "draft001", Editor: "operator:li"}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := d.Get(t.Context(), "draft001"); !errors.Is(err, draft.ErrUnknown) {
			t.Errorf("what was discarded gives %v", err)
		}
		// Who began, who went on, who discarded.
		for action, want := range map[string]int{"manage.drafts.put": 2, "manage.drafts.remove": 1} {
			if _, _, entries := d.shop.Count(t, action); entries != want {
				t.Errorf("%d entries of %s, want %d", entries, action, want)
			}
		}
	})
}

func TestWhoSavesOverAnotherEditorIsToldWhoAndWhen(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		d := newDesk(t, s)
		for version, editor := range []string{"operator:li", "operator:wang"} {
			if _, err := d.save("draft001", editor, int64(version), ""); err != nil {
				t.Fatal(err)
			}
		}
		for _, version := range []int64{0, 1, 3} {
			_, err := d.save("draft001", "operator:li", version, "mine")
			refusal := fault.Of(err)
			if refusal.Kind != fault.Refused ||
				refusal.Text.EN != "operator:wang saved version 2 at 2026-12-05 12:00:00 (Beijing). Look at that first." ||
				!strings.Contains(refusal.Text.ZH, "operator:wang于2026-12-05 12:00:00修改为第2版") {
				t.Errorf("over version %d: %v", version, err)
			}
		}
		// The same again from the same editor is a repeat.
		if got, err := d.save("draft001", "operator:wang", 1, ""); err != nil || got.Version != 2 {
			t.Errorf("a repeat: %+v, %v", got, err)
		}
	})
}

func TestOfEditorsWhoSaveAtOnceOneWins(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		d := newDesk(t, s)
		var won atomic.Int64
		const editors = 8
		done := make(chan error, editors)
		for i := range editors {
			go func() {
				_, err := d.save("draft001", fmt.Sprint("operator:", i), 0, "")
				if err == nil {
					won.Add(1)
				} else if fault.KindOf(err) == fault.Refused {
					err = nil
				}
				done <- err
			}()
		}
		for range editors {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if won.Load() != 1 {
			t.Errorf("%d editors won", won.Load())
		}
	})
}

func TestADraftBelongsToOneMerchantAndProduct(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		d := newDesk(t, s)
		if _, err := d.save("draft001", "operator:li", 0, ""); err != nil {
			t.Fatal(err)
		}
		p := drafting.Saving{
			ID: "draft001", Owner: d.shop.Stock.Creator, Operation: "favor.stocks.create",
			Body: "{}", Version: 1, Editor: "operator:li",
		}
		if _, err := d.Put(t.Context(), p); !errors.Is(err, draft.ErrTaken) {
			t.Errorf("another product: %v", err)
		}
		p.ID = "draft002"
		if _, err := d.Put(t.Context(), p); !errors.Is(err, draft.ErrUnknown) {
			t.Errorf("one that somebody discarded: %v", err)
		}
	})
}

func TestAMerchantHasSoManyDraftsAtMost(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		d := newDesk(t, s)
		for i := range draft.PerMerchant {
			d.hand.Set(d.hand.Now().Add(time.Second))
			if _, err := d.save(fmt.Sprintf("draft%03d", i), "operator:li", 0, ""); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := d.save("onemore1", "operator:li", 0, ""); !errors.Is(err, draft.ErrMany) {
			t.Errorf("one more: %v", err)
		}
		page, err := d.List(t.Context(), draft.Query{Owner: d.shop.Stock.Creator, Limit: 2})
		ids := []string{page[0].ID, page[1].ID}
		if err != nil || !slices.Equal(ids, []string{"draft199", "draft198"}) {
			t.Errorf("first come %v, %v", ids, err)
		}
	})
}
