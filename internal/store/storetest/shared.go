package storetest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
)

func testUsersInBulk(t *testing.T, s store.Store) {
	first := user.User{AppID: "wx1", OpenID: "o1", ID: holder(1), Person: holder(9)}
	second := user.User{AppID: "wx1", OpenID: "o2", ID: holder(2), Person: holder(9)}
	write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.InsertUsers(ctx, []user.User{first, second}) })
	first.Known, second.Known = true, true
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		got, err := tx.Users(ctx, []user.OpenID{"o2", "o3", "o1", "o2"})
		if diff := cmp.Diff(map[user.OpenID]user.User{"o1": first, "o2": second}, got); diff != "" {
			t.Errorf("users (-want +got):\n%s", diff)
		}
		none, errNone := tx.Users(ctx, nil)
		if len(none) > 0 || errNone != nil {
			t.Errorf("none gives %v, %v", none, errNone)
		}
		return err
	})
}

// testTouch has nothing to see but that it works, within a transaction that changes
// nothing else and within one that does.
func testTouch(t *testing.T, s store.Store) {
	key := store.RequestKey{Owner: creator, Stock: "1282070000000017", Operation: store.OpSendCoupon, Subject: "\x00\xff", Number: "1"}
	request := store.Request{RequestKey: key, Content: store.ContentOf("a"), Answer: []byte{1}, At: noon()}
	write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.InsertRequests(ctx, []store.Request{request}) })
	write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.TouchRequests(ctx, []store.RequestKey{key}) })
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		got, err := tx.Requests(ctx, []store.RequestKey{key})
		if diff := cmp.Diff(map[store.RequestKey]store.Request{key: request}, got); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
		return err
	})
}

func testChanges(t *testing.T, s store.Store) {
	var mu sync.Mutex
	told := map[merchant.ID]bool{}
	news := make(chan merchant.ID, 64)
	s.OnChange(func(owner merchant.ID) {
		mu.Lock()
		defer mu.Unlock()
		if !told[owner] {
			told[owner] = true
			news <- owner
		}
	})
	insertMerchants(t, s) // both at once
	want := map[merchant.ID]bool{creator: true, other: true}
	for len(want) > 0 {
		select {
		case owner := <-news:
			delete(want, owner)
		case <-t.Context().Done():
			t.Fatalf("nothing was told of %v", want)
		}
	}
}

// testCommitsTogether has transactions that succeed, fail and panic at the same time:
// each must end as if it were alone.
func testCommitsTogether(t *testing.T, s store.Store) {
	const each = 20
	var wg sync.WaitGroup
	for i := range 3 * each {
		wg.Go(func() {
			defer func() {
				if p := recover(); (p != nil) != (i%3 == 2) {
					t.Errorf("transaction %d panicked with %v", i, p)
				}
			}()
			err := s.Write(t.Context(), func(tx store.Tx) error {
				if err := tx.AppendAudit(t.Context(), []store.AuditEntry{{Owner: creator, Action: fmt.Sprint(i % 3), At: noon()}}); err != nil {
					return err
				}
				switch i % 3 {
				case 1:
					return errOnPurpose
				case 2:
					panic(errOnPurpose)
				}
				return nil
			})
			if (err != nil) != (i%3 == 1) {
				t.Errorf("transaction %d ends with %v", i, err)
			}
		})
	}
	wg.Wait()
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		entries, err := tx.UnsealedAudit(ctx, creator, 0, 1000)
		for _, e := range entries {
			if e.Action != "0" {
				t.Errorf("an undone entry stayed: %+v", e)
			}
		}
		if len(entries) != each {
			t.Errorf("%d entries, want %d", len(entries), each)
		}
		return err
	})
}

func testInvariants(t *testing.T, s store.Store) {
	st := insertStock(t, s, plain("1282070000000017", coupon.Limits{MaxCoupons: 3, MaxPerUser: 5}))
	sold := sale{store: s, key: st.StockKey}
	for i := range byte(4) {
		if _, err := sold.batch(t.Context(), []claimant{{who: holder(i), number: fmt.Sprint(i), code: coupon.Code(fmt.Sprint("C", i))}}); err != nil {
			t.Fatal(err)
		}
	}
	setCallbacks(t, s, callback(creator, merchant.BusiFavor))
	broken := func() (names []string) {
		list, err := s.Check(t.Context())
		if err != nil || len(list) < 4 {
			t.Fatalf("%v, %v", list, err)
		}
		for _, one := range list {
			if one.Broken > 0 && !ofTallies(one.Name) {
				names = append(names, one.Name)
			}
		}
		return names
	}
	if names := broken(); len(names) > 0 {
		t.Errorf("broken: %q", names)
	}
	p := uploadStock(t, s, "1282070000000018")
	p.upload(noon(), "A", "B", "C")
	p.give(1)
	if names := broken(); len(names) > 0 {
		t.Errorf("with uploaded codes: %q", names)
	}
	// One more code than was counted.
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		_, err := tx.InsertCodes(ctx, p.key, []coupon.Code{"D"}, noon())
		return err
	})
	if names := broken(); !slices.Equal(names, []string{store.InvariantCodes}) {
		t.Errorf("%q are broken", names)
	}
	// One event more than there are coupons.
	appendEvents(t, s, note(creator, 1))
	if names := broken(); !slices.Contains(names, store.InvariantSubjects) {
		t.Errorf("%q are broken", names)
	}
	// One coupon more than was counted, than the stock has, than anybody asked for.
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.InsertCoupons(ctx, []coupon.Coupon{issued(st.StockKey, "X", holder(1))})
	})
	if names := broken(); !slices.Contains(names, store.InvariantIssued) {
		t.Errorf("only %q are broken", names)
	}
}
