package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/rule/keep"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/operator"
	"github.com/favord/favord/internal/store"
)

// retentionCases are those of what is not kept for good.
func retentionCases() map[string]func(*testing.T, store.Store) {
	return map[string]func(*testing.T, store.Store){
		"old nonces are dropped, and nothing else":     testDropNonces,
		"old counts of tries to sign in are dropped":   testDropFailures,
		"what was kept long enough is counted by kind": testOldRows,
	}
}

func retentionQuestions() (list []question) {
	for _, kind := range keep.Kinds() {
		for n := range 3 {
			list = append(list, question{"OldRows", []any{kind, noon().Add(time.Duration(n) * time.Hour)}})
		}
	}
	return append(list, question{"NonceOwners", []any{noon().Add(time.Hour), int64(100)}})
}

// nonce is the answer to a signed call, some seconds after noon.
func nonce(owner merchant.ID, op store.Operation, n int) store.Request {
	return store.Request{
		RequestKey: store.RequestKey{Owner: owner, Operation: op, Number: fmt.Sprint(n)},
		At:         noon().Add(time.Duration(n) * time.Second), Answer: []byte{},
	}
}

func testDropNonces(t *testing.T, s store.Store) {
	kept := []store.Request{
		nonce(creator, store.OpSignedCall, 5), nonce(creator, store.OpCreateStock, 1), nonce(other, store.OpSignedCall, 1),
	}
	var gone []store.Request
	for n := range 3 {
		gone = append(gone, nonce(creator, store.OpSignedCall, 1+n))
	}
	count := func() int {
		var found map[store.RequestKey]store.Request
		read(t, s, func(ctx context.Context, tx store.ReadTx) (err error) {
			var keys []store.RequestKey
			for _, r := range slices.Concat(kept, gone) {
				keys = append(keys, r.RequestKey)
			}
			found, err = tx.Requests(ctx, keys)
			return err
		})
		for _, r := range kept {
			if _, there := found[r.RequestKey]; !there {
				t.Errorf("%+v is gone", r.RequestKey)
			}
		}
		return len(found)
	}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.InsertRequests(ctx, slices.Concat(kept, gone))
	})
	for i, left := range []int{4, 3, 3} {
		write(t, s, func(ctx context.Context, tx store.Tx) error {
			n, err := tx.DropNonces(ctx, creator, store.Ended{Before: noon().Add(5 * time.Second), Limit: 2})
			if want := []int64{2, 1, 0}[i]; n != want {
				t.Errorf("%d nonces are dropped, want %d", n, want)
			}
			return err
		})
		if n := count(); n != left {
			t.Errorf("%d requests are left, want %d", n, left)
		}
	}
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		owners, err := tx.NonceOwners(ctx, noon().Add(5*time.Second), 10)
		if !slices.Equal(owners, []merchant.ID{other}) {
			t.Errorf("%v have old nonces", owners)
		}
		return err
	})
}

func testDropFailures(t *testing.T, s store.Store) {
	failures := func(n int) operator.Failures {
		return operator.Failures{Subject: fmt.Sprint("name/", n), Count: 1 + n, Last: noon().Add(time.Duration(n) * time.Minute)}
	}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		for n := range 4 {
			if err := tx.PutFailures(ctx, failures(n)); err != nil {
				return err
			}
		}
		return nil
	})
	for _, want := range []int64{2, 1, 0} {
		write(t, s, func(ctx context.Context, tx store.Tx) error {
			n, err := tx.DropFailures(ctx, store.Ended{Before: noon().Add(3 * time.Minute), Limit: 2})
			if n != want {
				t.Errorf("%d counts are dropped, want %d", n, want)
			}
			return err
		})
	}
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		f, err := tx.Failures(ctx, "name/3")
		if f.Count != 4 {
			t.Errorf("what is not old is %+v", f)
		}
		return err
	})
}

func testOldRows(t *testing.T, s store.Store) {
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.InsertRequests(ctx, []store.Request{
			nonce(creator, store.OpSignedCall, 2), nonce(other, store.OpSignedCall, 1), nonce(other, store.OpSignedCall, 3),
			nonce(creator, store.OpCreateStock, 1),
		})
	})
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.InsertDraft(ctx, someDraft(0)), tx.InsertDraft(ctx, someDraft(1)), tx.InsertDraft(ctx, someDraft(2)),
			tx.InsertCodeImport(ctx, someImport(0)), tx.InsertCodeImport(ctx, someImport(1)),
			tx.InsertCredentials(ctx, []operator.Credential{someCredential(0), someCredential(1)}))
	})
	for kind, want := range map[keep.Kind]store.Old{
		keep.Nonces: {Rows: 2, First: noon().Add(time.Second)}, keep.Sessions: {Rows: 1, First: noon()},
		keep.Deliveries: {}, keep.Journal: {}, keep.Drafts: {Rows: 2, First: noon()},
		keep.Imports: {Rows: 1, First: noon()},
	} {
		read(t, s, func(ctx context.Context, tx store.ReadTx) error {
			old, err := tx.OldRows(ctx, kind, noon().Add(3*time.Second))
			if diff := cmp.Diff(want, old); diff != "" {
				t.Errorf("%s (-want +got):\n%s", kind, diff)
			}
			return err
		})
	}
}
