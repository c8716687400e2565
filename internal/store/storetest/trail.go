package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/store"
)

func testRequests(t *testing.T, s store.Store) {
	key := store.RequestKey{Owner: creator, Stock: "1", Operation: store.OpSendCoupon, Subject: "\x00\xff", Number: "n|1"}
	first := store.Request{RequestKey: key, Content: store.ContentOf("a", "b"), Answer: []byte(`{"code":"1"}`), At: noon()}
	write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.InsertRequests(ctx, []store.Request{first}) })

	again := first
	again.Content, again.Answer = store.ContentOf("other"), []byte("other")
	if err := s.Write(t.Context(), func(tx store.Tx) error { return tx.InsertRequests(t.Context(), []store.Request{again}) }); !errors.Is(err, store.ErrDuplicate) {
		t.Errorf("the number again gives %v", err)
	}
	elsewhere := []store.Request{}
	for _, change := range []func(*store.RequestKey){
		func(k *store.RequestKey) { k.Owner = other },
		func(k *store.RequestKey) { k.Stock = "" },
		func(k *store.RequestKey) { k.Operation = store.OpUseCoupon },
		func(k *store.RequestKey) { k.Subject = "" },
		func(k *store.RequestKey) { k.Number = "N|1" },
	} {
		r := first
		change(&r.RequestKey)
		r.Answer = []byte(r.Number + string(r.Owner))
		elsewhere = append(elsewhere, r)
	}
	write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.InsertRequests(ctx, elsewhere) })
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		unknown := key
		unknown.Number = "n|2"
		got, err := tx.Requests(ctx, []store.RequestKey{key, unknown, elsewhere[3].RequestKey})
		want := map[store.RequestKey]store.Request{key: first, elsewhere[3].RequestKey: elsewhere[3]}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
		return err
	})
	if store.ContentOf("ab", "c") == store.ContentOf("a", "bc") {
		t.Error("parts run into each other")
	}
}
