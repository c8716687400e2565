package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/favord/favord/internal/base/origin"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/trail"
	"github.com/favord/favord/internal/store"
)

func auditCases() map[string]func(*testing.T, store.Store) {
	return map[string]func(*testing.T, store.Store){
		"audit entries wait in order until they are sealed":   testUnsealed,
		"an audit entry names the request of its context":     testAuditOrigin,
		"a seal is given once, and its rollback takes it":     testSealOnce,
		"questions about the audit look at what they ask for": testFindAudit,
	}
}

// auditEntry is one with every field set that is the caller's.
func auditEntry(owner merchant.ID, object string) store.AuditEntry {
	return store.AuditEntry{
		Owner: owner, At: noon(), Actor: string(owner), Action: "a." + object, Object: object, Request: "08" + object + "-0",
		Before: `{"n":1}`, After: `{"n":2}`,
	}
}

// appendAudit appends entries, each in a transaction of its own.
func appendAudit(tb testing.TB, s store.Store, entries ...store.AuditEntry) {
	tb.Helper()
	for _, e := range entries {
		write(tb, s, func(ctx context.Context, tx store.Tx) error { return tx.AppendAudit(ctx, []store.AuditEntry{e}) })
	}
}

// Seal seals what waits of a merchant, all in one transaction.
func Seal(tb testing.TB, s store.Store, owner merchant.ID) {
	tb.Helper()
	write(tb, s, func(ctx context.Context, tx store.Tx) error {
		const all = 1_000_000
		head, locked, err := tx.LockAuditHead(ctx, owner)
		if err != nil || !locked {
			return errors.Join(err, fmt.Errorf("the head is locked: %t", locked))
		}
		entries, err := tx.UnsealedAudit(ctx, owner, 0, all)
		var seals []store.Sealed
		for i := range entries {
			head.Seal = entries[i].SealAt(head.Seal)
			seals = append(seals, store.Sealed{ID: entries[i].ID, Seal: head.Seal})
		}
		return errors.Join(err, tx.SealAudit(ctx, owner, seals))
	})
}

// sealedOf reads the sealed entries of a merchant.
func sealedOf(tb testing.TB, s store.Store, owner merchant.ID) (entries []store.AuditEntry) {
	tb.Helper()
	read(tb, s, func(ctx context.Context, tx store.ReadTx) (err error) {
		entries, err = tx.SealedAudit(ctx, owner, 0, 1000)
		return err
	})
	return entries
}

func testUnsealed(t *testing.T, s store.Store) {
	batch := auditEntry(creator, "batch")
	batch.Batch = store.Batch{Count: 2, First: 3, Last: 4, Digest: store.Hash(store.ContentOf("d"))}
	bare := store.AuditEntry{Owner: creator, At: noon(), Actor: "a", Action: "b", Object: "c"}
	want := []store.AuditEntry{auditEntry(creator, "1"), batch, bare}
	appendAudit(t, s, want[0], auditEntry(other, "2"), batch, bare)
	mine := cmpopts.IgnoreFields(store.AuditEntry{}, "ID", "Seal")
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		entries, err := tx.UnsealedAudit(ctx, creator, 0, 10)
		if diff := cmp.Diff(want, entries, mine); diff != "" {
			t.Errorf("unsealed (-want +got):\n%s", diff)
		}
		rest, errRest := tx.UnsealedAudit(ctx, creator, entries[0].ID, 1)
		if diff := cmp.Diff(want[1:2], rest, mine); diff != "" {
			t.Errorf("behind the first (-want +got):\n%s", diff)
		}
		owners, errOwners := tx.UnsealedOwners(ctx, "", 10)
		behind, errBehind := tx.UnsealedOwners(ctx, creator, 1)
		if diff := cmp.Diff([][]merchant.ID{{creator, other}, {other}}, [][]merchant.ID{owners, behind}); diff != "" {
			t.Errorf("owners (-want +got):\n%s", diff)
		}
		return errors.Join(err, errRest, errOwners, errBehind)
	})
	Seal(t, s, creator)
	entries := sealedOf(t, s, creator)
	if diff := cmp.Diff(want, entries, mine); diff != "" {
		t.Errorf("sealed (-want +got):\n%s", diff)
	}
	chain := trail.Chain{Owner: creator}
	for i := range entries {
		if flaw, at := chain.Next(&entries[i]); flaw != trail.Whole {
			t.Errorf("%s at %d", flaw, at)
		}
	}
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		head, err := tx.AuditHead(ctx, creator)
		heads, errHeads := tx.AuditHeads(ctx, "", 10)
		want := []store.AuditHead{{Owner: creator, Seal: chain.Last}, head}
		if diff := cmp.Diff(want, append(heads, head)); diff != "" || head.Place != 3 {
			t.Errorf("heads (-want +got):\n%s", diff)
		}
		owners, errOwners := tx.UnsealedOwners(ctx, "", 10)
		sealed, errSealed := tx.SealedOwners(ctx, "", 10)
		if diff := cmp.Diff([][]merchant.ID{{other}, {creator}}, [][]merchant.ID{owners, sealed}); diff != "" {
			t.Errorf("owners (-want +got):\n%s", diff)
		}
		return errors.Join(err, errHeads, errOwners, errSealed)
	})
	expectBroken(t, s, store.InvariantAudit, 4, 0)
}

func testAuditOrigin(t *testing.T, s store.Store) {
	ctx := origin.With(t.Context(), "08AB-0")
	named := auditEntry(creator, "1")
	bare := named
	bare.Request = ""
	if err := s.Write(ctx, func(tx store.Tx) error { return tx.AppendAudit(ctx, []store.AuditEntry{named, bare}) }); err != nil {
		t.Fatal(err)
	}
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		entries, err := tx.UnsealedAudit(ctx, creator, 0, 10)
		if len(entries) != 2 || entries[0].Request != named.Request || entries[1].Request != "08AB-0" {
			t.Errorf("requests of %+v", entries)
		}
		return err
	})
}

func testSealOnce(t *testing.T, s store.Store) {
	appendAudit(t, s, auditEntry(creator, "1"), auditEntry(creator, "2"))
	var first store.AuditEntry
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		entries, err := tx.UnsealedAudit(ctx, creator, 0, 1)
		first = entries[0]
		return err
	})
	seal := []store.Sealed{{ID: first.ID, Seal: first.SealAt(store.Seal{})}}
	sealing := func(tx store.Tx) error {
		_, _, err := tx.LockAuditHead(t.Context(), creator)
		return errors.Join(err, tx.SealAudit(t.Context(), creator, seal))
	}
	onPurpose := errors.New("on purpose")
	if err := s.Write(t.Context(), func(tx store.Tx) error { return errors.Join(sealing(tx), onPurpose) }); !errors.Is(err, onPurpose) {
		t.Fatal(err)
	}
	if list := sealedOf(t, s, creator); len(list) > 0 {
		t.Errorf("a rollback leaves %+v", list)
	}
	if err := s.Write(t.Context(), sealing); err != nil {
		t.Fatal(err)
	}
	if err := s.Write(t.Context(), sealing); err == nil {
		t.Error("it can be sealed again")
	}
	if list := sealedOf(t, s, creator); len(list) != 1 || list[0].Seal != seal[0].Seal {
		t.Errorf("sealed are %+v", list)
	}
}

func testFindAudit(t *testing.T, s store.Store) {
	for n := range 6 {
		e := auditEntry(creator, fmt.Sprint(n))
		e.At, e.Actor = noon().Add(time.Duration(n)*time.Minute), []string{"x", "y"}[n%2]
		e.Action = []string{"stocks.create", "stocks.change", "coupons.use"}[n/2]
		appendAudit(t, s, e)
	}
	Seal(t, s, creator)
	for name, c := range map[string]struct {
		ask  store.AuditQuery
		want []string
	}{
		"everything":       {store.AuditQuery{}, []string{"5", "4", "3", "2", "1", "0"}},
		"a page":           {store.AuditQuery{Limit: 2, Below: 5}, []string{"3", "2"}},
		"an actor":         {store.AuditQuery{Actor: "y"}, []string{"5", "3", "1"}},
		"an action":        {store.AuditQuery{Action: "stocks.change"}, []string{"3", "2"}},
		"actions":          {store.AuditQuery{Action: "stocks.*"}, []string{"3", "2", "1", "0"}},
		"no such action":   {store.AuditQuery{Action: "stocks"}, nil},
		"an object":        {store.AuditQuery{Object: "4"}, []string{"4"}},
		"a request":        {store.AuditQuery{Request: "082-0"}, []string{"2"}},
		"a time":           {store.AuditQuery{From: noon().Add(time.Minute), Until: noon().Add(3 * time.Minute)}, []string{"2", "1"}},
		"another merchant": {store.AuditQuery{Owner: other}, nil},
	} {
		if c.ask.Owner == "" {
			c.ask.Owner = creator
		}
		if c.ask.Below == 0 {
			c.ask.Below = 100
		}
		if c.ask.Limit == 0 {
			c.ask.Limit = 100
		}
		read(t, s, func(ctx context.Context, tx store.ReadTx) error {
			var got []string
			entries, err := tx.FindAudit(ctx, c.ask)
			for i := range entries {
				got = append(got, entries[i].Object)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
			return err
		})
	}
}
