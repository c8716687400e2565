package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
)

// registryCases are those of users and merchants in lists.
func registryCases() map[string]func(*testing.T, store.Store) {
	return map[string]func(*testing.T, store.Store){
		"users come in pages, narrowed":               testUserPages,
		"the users behind whom there is one person":   testUsersOfPerson,
		"a user can be changed":                       testUpdateUser,
		"merchants come in pages":                     testMerchantPages,
		"sub-merchants come and go":                   testSubMerchants,
		"accounts that are several persons are found": testAccountInvariant,
	}
}

// insertUsers adds ten users: every second one is suspicious, every third one has a unionid.
func insertUsers(t *testing.T, s store.Store) []user.User {
	t.Helper()
	var all []user.User
	for i := range byte(10) {
		u := user.User{AppID: "wx1", OpenID: user.OpenID(fmt.Sprintf("o%02d", i)), ID: holder(i + 1), Person: holder(i + 1), Suspicious: i%2 == 0}
		if i%3 == 0 {
			u.UnionID = "union"
		}
		all = append(all, u)
	}
	write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.InsertUsers(ctx, all) })
	for i := range all {
		all[i].Known = true
	}
	return all
}

func testUserPages(t *testing.T, s store.Store) {
	all := insertUsers(t, s)
	for _, q := range []store.UserQuery{
		{}, {Suspicious: true}, {UnionID: "union"}, {UnionID: "other"}, {UnionID: "union", Suspicious: true},
	} {
		var want, got []user.User
		for _, u := range all {
			if q.Matches(&u) {
				want = append(want, u)
			}
		}
		q.Limit = 2
		read(t, s, func(ctx context.Context, tx store.ReadTx) error {
			for {
				page, err := tx.UserPage(ctx, q)
				if err != nil || len(page) == 0 {
					return err
				}
				if len(page) > q.Limit {
					t.Errorf("a page has %d users", len(page))
				}
				got = append(got, page...)
				q.After = page[len(page)-1].OpenID
			}
		})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", q, diff)
		}
	}
}

func testUsersOfPerson(t *testing.T, s store.Store) {
	all := insertUsers(t, s)
	// Users 2 and 1 turn out to be user 7, who has another openid too.
	second := user.User{AppID: "wx2", OpenID: "o99", ID: all[7].ID, Person: all[7].ID}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		err := tx.InsertUsers(ctx, []user.User{second})
		for _, i := range []int{2, 1} {
			all[i].Person = all[7].ID
			err = errors.Join(err, tx.UpdateUser(ctx, all[i]))
		}
		return err
	})
	second.Known = true
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		for person, want := range map[user.ID][]user.User{
			all[7].ID: {all[1], all[2], all[7], second}, all[2].ID: nil, all[3].ID: {all[3]}, holder(200): nil,
		} {
			got, err := tx.UsersOfPerson(ctx, person, "", 10)
			if len(got)+len(want) > 0 && !cmp.Equal(want, got) || err != nil {
				t.Errorf("%s is %+v, %v; want %+v", person, got, err, want)
			}
		}
		if got, err := tx.UsersOfAccount(ctx, all[7].ID, 10); !cmp.Equal([]user.User{all[7], second}, got) || err != nil {
			t.Errorf("the account has %+v, %v", got, err)
		}
		first, err := tx.UsersOfPerson(ctx, all[7].ID, "", 2)
		rest, errRest := tx.UsersOfPerson(ctx, all[7].ID, all[2].OpenID, 2)
		if diff := cmp.Diff([]user.User{all[1], all[2], all[7], second}, append(first, rest...)); diff != "" {
			t.Errorf("in pages of two (-want +got):\n%s", diff)
		}
		return errors.Join(err, errRest)
	})
}

func testUpdateUser(t *testing.T, s store.Store) {
	u := insertUsers(t, s)[3]
	u.Person, u.UnionID, u.Suspicious = holder(77), "new", !u.Suspicious
	changed := u
	changed.AppID, changed.ID = "wx9", holder(99) // which stay
	write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.UpdateUser(ctx, changed) })
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		got, err := tx.UserByOpenID(ctx, u.OpenID)
		if got != u {
			t.Errorf("%+v, want %+v", got, u)
		}
		return err
	})
	err := s.Write(t.Context(), func(tx store.Tx) error { return tx.UpdateUser(t.Context(), user.User{OpenID: "nobody"}) })
	if !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an unknown user gives %v", err)
	}
}

func testMerchantPages(t *testing.T, s store.Store) {
	want := map[merchant.ID]merchant.Merchant{}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		for i := range 5 {
			m := merchant.Merchant{
				ID: merchant.ID(fmt.Sprintf("190000000%d", 9-i)), Name: fmt.Sprint("n", i), Kind: merchant.Ordinary, KeyMode: merchant.ModeCertificate,
				AppIDs: []merchant.AppID{merchant.AppID(fmt.Sprint("wx", i))},
			}
			want[m.ID] = m
			if err := tx.InsertMerchant(ctx, m, noon()); err != nil {
				return err
			}
		}
		return nil
	})
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		var ids []merchant.ID
		after := merchant.ID("")
		for {
			page, err := tx.MerchantPage(ctx, after, 2)
			if err != nil || len(page) == 0 {
				if len(ids) != len(want) || !slices.IsSorted(ids) {
					t.Errorf("the pages have %v", ids)
				}
				return err
			}
			for _, m := range page {
				ids = append(ids, m.ID)
				if diff := cmp.Diff(want[m.ID], m); diff != "" {
					t.Errorf("%s (-want +got):\n%s", m.ID, diff)
				}
			}
			after = ids[len(ids)-1]
		}
	})
}

func testSubMerchants(t *testing.T, s store.Store) {
	insertMerchants(t, s)
	expect := func(want ...merchant.ID) {
		t.Helper()
		read(t, s, func(ctx context.Context, tx store.ReadTx) error {
			got, err := tx.SubMerchants(ctx, creator)
			related, errRelated := tx.IsSubMerchant(ctx, creator, other)
			if !slices.Equal(got, want) || related != slices.Contains(want, other) {
				t.Errorf("sub-merchants %v, related %v; want %v", got, related, want)
			}
			return errors.Join(err, errRelated)
		})
	}
	expect()
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.AddSubMerchant(ctx, creator, other), tx.AddSubMerchant(ctx, creator, creator))
	})
	expect(creator, other)
	for range 2 {
		write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.RemoveSubMerchant(ctx, creator, other) })
	}
	expect(creator)
}

func testAccountInvariant(t *testing.T, s store.Store) {
	all := insertUsers(t, s)
	second := func(i int, app merchant.AppID, change func(*user.User)) user.User {
		u := all[i]
		u.AppID, u.OpenID = app, u.OpenID+"x"
		change(&u)
		return u
	}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.InsertUsers(ctx, []user.User{second(0, "wx2", func(*user.User) {})})
	})
	expectBroken(t, s, store.InvariantAccounts, 10, 0)
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.InsertUsers(ctx, []user.User{
			second(1, "wx2", func(u *user.User) { u.Person = holder(99) }),
			second(2, "wx2", func(u *user.User) { u.Suspicious = !u.Suspicious }),
			second(3, "wx1", func(*user.User) {}),
		})
	})
	expectBroken(t, s, store.InvariantAccounts, 10, 3)
}
