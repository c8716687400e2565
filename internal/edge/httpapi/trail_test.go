package httpapi_test

import (
	"strings"
	"testing"

	"github.com/favord/favord/internal/edge/httpapi"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/storetest"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/favor"
	"github.com/favord/favord/wire/media"
	"github.com/favord/favord/wire/partnership"
	"github.com/favord/favord/wire/rail"
)

// telling is how much an entry of the audit says beside who did what to what.
type telling uint8

const (
	// actionOnly is for what is new, and says what it is by its object: the action says it all.
	actionOnly telling = iota + 1
	// whatBecame is for what is new, or was empty.
	whatBecame
	// bothSides is for what takes the place of something.
	bothSides
)

// tellings has every operation of the signed API that changes something.
func tellings() map[string]telling {
	return map[string]telling{
		busifavor.CreateStock: actionOnly, busifavor.UploadCodes: actionOnly, busifavor.DeleteCode: actionOnly,
		busifavor.SendCoupon: actionOnly, busifavor.SendCard: actionOnly, media.UploadImage: actionOnly,
		favor.CreateStock: actionOnly, favor.SendCoupon: actionOnly,

		busifavor.ModifyStock: whatBecame, busifavor.SetCallback: whatBecame, favor.SetCallback: whatBecame, partnership.Build: whatBecame,

		busifavor.SetBudget: bothSides, busifavor.UseCoupon: bothSides, busifavor.ReturnCoupon: bothSides, busifavor.DeactivateCoupon: bothSides,
		busifavor.AssociateOrder: bothSides, busifavor.DisassociateOrder: bothSides,
		busifavor.PaySubsidy: bothSides, busifavor.ReturnSubsidy: bothSides, partnership.Terminate: bothSides,
		favor.StartStock: bothSides, favor.PauseStock: bothSides, favor.RestartStock: bothSides, favor.StopStock: bothSides,
		favor.ModifyGoods: bothSides, rail.Pay: bothSides, rail.MakeRefund: bothSides,
	}
}

// TestEveryChangeIsInTheAudit walks the table: what changes something has an entry that names who, what
// and, where something was replaced, by what, on every engine. An operation that is not in the table of
// tellings fails.
func TestEveryChangeIsInTheAudit(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		u := &storetest.Unclear{Store: s}
		p := &unclearPorts{twinPorts: newTwinPorts(t, u), unclear: u}
		seen, all := map[merchant.ID]int64{}, tellings()
		for _, op := range httpapi.Operations() {
			if !op.Changes() {
				continue
			}
			want, known := all[op.ID]
			if !known {
				t.Errorf("%s changes something: say in tellings what the audit says of it", op.ID)
				continue
			}
			r, _ := p.building(&op)(p.fixture)
			p.newEntries(seen)
			if got := p.send(r); got.status != op.Success {
				t.Errorf("%s is answered %d %s", op.ID, got.status, got.body)
			}
			found := p.newEntries(seen)
			if len(found) != 1 || found[0].Action != op.ID || found[0].Actor != string(r.as) || found[0].Object == "" {
				t.Errorf("%s has the entries %+v", op.ID, found)
				continue
			}
			if got := tellingOf(&found[0]); got != want {
				t.Errorf("%s: the audit says %q became %q", op.ID, found[0].Before, found[0].After)
			}
		}
	})
}

func tellingOf(e *store.AuditEntry) telling {
	switch {
	case e.Before != "" && e.After != "":
		return bothSides
	case e.After != "":
		return whatBecame
	case e.Before == "":
		return actionOnly
	}
	return 0
}

// TestTheAuditSaysWhatReplacedWhat for partnerships, subsidies and refunds, the second time as well as
// the first.
func TestTheAuditSaysWhatReplacedWhat(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		p := newTwinPorts(t, s)
		f, seen := p.fixture, map[merchant.ID]int64{}
		expect := func(what, before, after string) {
			t.Helper()
			found := f.newEntries(seen)
			if len(found) != 1 || found[0].Before != before || found[0].After != after {
				t.Errorf("%s: %+v, want %s became %s", what, found, before, after)
			}
		}
		r := f.sample(partnership.Terminate)
		f.newEntries(seen)
		f.send(r)
		expect("the end of a partnership", `{"state":"ESTABLISHED"}`, `{"state":"TERMINATED"}`)
		again := f.sample(partnership.Build)
		f.newEntries(seen)
		again.body = r.body
		f.send(again)
		expect("a partnership that begins anew", `{"state":"TERMINATED"}`, `{"state":"ESTABLISHED"}`)

		r = f.sample(rail.MakeRefund)
		part := f.with(r, 1000, "amount")
		rest := f.with(f.with(r, f.number(), "refund_id"), 500, "amount")
		f.newEntries(seen)
		for _, refund := range []request{part, rest} {
			if got := f.send(refund); got.status != 200 {
				t.Fatalf("a refund is answered %d %s", got.status, got.body)
			}
		}
		found := f.newEntries(seen)
		if len(found) != 2 || found[0].Before != `{"refunded":0}` || found[1].Before != `{"refunded":1000}` {
			t.Errorf("two refunds: %+v", found)
		}

		for id, want := range map[string][2]string{
			busifavor.PaySubsidy:    {`{"subsidized":0}`, `"subsidized":100`},
			busifavor.ReturnSubsidy: {`{"subsidized":100}`, `"subsidized":60`},
		} {
			r := f.sample(id)
			f.newEntries(seen)
			f.send(r)
			found := f.newEntries(seen)
			if len(found) != 1 || found[0].Before != want[0] || !strings.Contains(found[0].After, want[1]) ||
				!strings.Contains(found[0].After, `"status":"SUCCESS"`) {
				t.Errorf("%s: %+v", id, found)
			}
		}
	})
}

// newEntries are those of the audit that are new since it was asked last.
func (f *fixture) newEntries(seen map[merchant.ID]int64) (list []store.AuditEntry) {
	f.t.Helper()
	const most = 1000
	if err := f.store.Read(f.t.Context(), func(tx store.ReadTx) error {
		list = nil
		for _, owner := range []merchant.ID{store.Platform, alice, bob, provider, sub} {
			found, err := tx.UnsealedAudit(f.t.Context(), owner, seen[owner], most)
			if err != nil {
				return err
			}
			list = append(list, found...)
		}
		return nil
	}); err != nil {
		f.t.Fatal(err)
	}
	for i := range list {
		seen[list[i].Owner] = max(seen[list[i].Owner], list[i].ID)
	}
	return list
}
