package memstore

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
)

func (t *tx) MerchantPage(_ context.Context, after merchant.ID, limit int) ([]merchant.Merchant, error) {
	var page []merchant.Merchant
	for id, m := range t.data.merchants {
		if id > after {
			page = append(page, m)
		}
	}
	slices.SortFunc(page, func(a, b merchant.Merchant) int { return cmp.Compare(a.ID, b.ID) })
	return page[:min(limit, len(page))], nil
}

func (t *tx) SubMerchants(_ context.Context, provider merchant.ID) ([]merchant.ID, error) {
	var subs []merchant.ID
	for pair, related := range t.data.subMerchants {
		if related && pair[0] == provider {
			subs = append(subs, pair[1])
		}
	}
	slices.Sort(subs)
	return subs, nil
}

func (t *tx) RemoveSubMerchant(_ context.Context, provider, sub merchant.ID) error {
	t.changed[provider] = true
	put(t, t.data.subMerchants, [2]merchant.ID{provider, sub}, false)
	return nil
}

func (t *tx) UserPage(_ context.Context, q store.UserQuery) ([]user.User, error) {
	return t.usersWhere(q.Limit, q.Matches), nil
}

func (t *tx) UsersOfPerson(_ context.Context, person user.ID, after user.OpenID, limit int) ([]user.User, error) {
	return t.usersWhere(limit, func(u *user.User) bool { return u.Person == person && u.OpenID > after }), nil
}

func (t *tx) UsersOfAccount(_ context.Context, id user.ID, limit int) ([]user.User, error) {
	found := t.usersWhere(math.MaxInt, func(u *user.User) bool { return u.ID == id })
	slices.SortStableFunc(found, func(a, b user.User) int { return cmp.Compare(a.AppID, b.AppID) })
	return found[:min(limit, len(found))], nil
}

func (t *tx) usersWhere(limit int, matches func(*user.User) bool) []user.User {
	var found []user.User
	for _, u := range t.data.users {
		if matches(&u) {
			found = append(found, u)
		}
	}
	slices.SortFunc(found, func(a, b user.User) int { return cmp.Compare(a.OpenID, b.OpenID) })
	return found[:min(limit, len(found))]
}

func (t *tx) UpdateUser(_ context.Context, u user.User) error {
	old, found := t.data.users[u.OpenID]
	if !found {
		return store.ErrNotFound
	}
	old.Person, old.UnionID, old.Suspicious = u.Person, u.UnionID, u.Suspicious
	put(t, t.data.users, u.OpenID, old)
	t.changed[store.Platform] = true
	return nil
}

func (t *tx) ForgetAccount(_ context.Context, forgotten user.User) error {
	for openid, u := range t.data.users {
		if u.ID == forgotten.ID {
			drop(t, t.data.users, openid)
		}
	}
	forgotten.Known = true
	put(t, t.data.users, forgotten.OpenID, forgotten)
	t.changed[store.Platform] = true
	return nil
}

func (d *data) accountsHold() store.Invariant {
	proved := store.Invariant{Name: store.InvariantAccounts}
	accounts := map[user.ID][]user.User{}
	for _, u := range d.users {
		accounts[u.ID] = append(accounts[u.ID], u)
	}
	for _, openids := range accounts {
		under := map[merchant.AppID]bool{}
		holds := true
		for _, u := range openids {
			holds = holds && !under[u.AppID] && u.Person == openids[0].Person && u.Suspicious == openids[0].Suspicious
			under[u.AppID] = true
		}
		note(&proved, holds)
	}
	return proved
}
