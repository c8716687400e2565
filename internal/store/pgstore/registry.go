package pgstore

import (
	"context"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/row"
)

func (t *tx) MerchantPage(ctx context.Context, after merchant.ID, limit int) ([]merchant.Merchant, error) {
	ids, err := t.merchantIDs(ctx, `
		select mchid
		from merchant
		where mchid > $1
		order by mchid
		limit $2`, after, limit)
	page := make([]merchant.Merchant, len(ids))
	for i, id := range ids {
		if page[i], err = t.Merchant(ctx, id); err != nil {
			return nil, err
		}
	}
	return page, err
}

func (t *tx) SubMerchants(ctx context.Context, provider merchant.ID) ([]merchant.ID, error) {
	return t.merchantIDs(ctx, `
		select mchid
		from sub_merchant
		where provider_mchid = $1
		order by mchid`, provider)
}

func (t *tx) merchantIDs(ctx context.Context, query string, args ...any) (ids []merchant.ID, err error) {
	err = t.rows(ctx, query, args, row.Into(&ids, row.MerchantID))
	return ids, err
}

func (t *tx) RemoveSubMerchant(_ context.Context, provider, sub merchant.ID) error {
	t.noteChange(provider)
	t.later(`delete from sub_merchant where provider_mchid = $1 and mchid = $2`, provider, sub)
	return nil
}

// UserPage uses the primary key, or the indexes user_unionid and user_suspicious.
func (t *tx) UserPage(ctx context.Context, q store.UserQuery) ([]user.User, error) {
	switch {
	case q.UnionID != "":
		return t.usersWhere(ctx, `
			select `+row.UserColumns+`
			from "user"
			where unionid = $1 and unionid <> '' and openid > $2
			order by openid
			limit $3`, q.UnionID, q.After, q.Limit)
	case q.Suspicious:
		return t.usersWhere(ctx, `
			select `+row.UserColumns+`
			from "user"
			where suspicious and openid > $1
			order by openid
			limit $2`, q.After, q.Limit)
	}
	return t.usersWhere(ctx, `
		select `+row.UserColumns+`
		from "user"
		where openid > $1
		order by openid
		limit $2`, q.After, q.Limit)
}

// UsersOfAccount uses the index user_account.
func (t *tx) UsersOfAccount(ctx context.Context, id user.ID, limit int) ([]user.User, error) {
	return t.usersWhere(ctx, `
		select `+row.UserColumns+`
		from "user"
		where account = $1
		order by appid
		limit $2`, id[:], limit)
}

// UsersOfPerson uses the index user_person, which has those who were linked to an account.
func (t *tx) UsersOfPerson(ctx context.Context, person user.ID, after user.OpenID, limit int) ([]user.User, error) {
	linked, err := t.usersWhere(ctx, `
		select `+row.UserColumns+`
		from "user"
		where person = $1 and person <> account and openid > $2
		order by openid
		limit $3`, person[:], after, limit)
	if err != nil {
		return nil, err
	}
	own, err := t.usersWhere(ctx, `
		select `+row.UserColumns+`
		from "user"
		where account = $1 and openid > $2
		order by openid
		limit $3`, person[:], after, limit)
	return store.OnePerson(person, append(linked, own...), limit), err
}

func (t *tx) usersWhere(ctx context.Context, query string, args ...any) (found []user.User, err error) {
	err = t.rows(ctx, query, args, row.Into(&found, row.User))
	return found, err
}

// ForgetAccount uses the index user_account.
func (t *tx) ForgetAccount(ctx context.Context, forgotten user.User) error {
	t.noteChange(store.Platform)
	t.later(`delete from "user" where account = $1`, forgotten.ID[:])
	return t.InsertUsers(ctx, []user.User{forgotten})
}

func (t *tx) UpdateUser(_ context.Context, u user.User) error {
	t.noteChange(store.Platform)
	t.laterOne(store.ErrNotFound, `
		update "user"
		set person = $2, unionid = $3, suspicious = $4
		where openid = $1`, u.OpenID, u.Person[:], u.UnionID, u.Suspicious)
	return nil
}

// accountProofs look at users.
func accountProofs() []proof {
	return []proof{{store.InvariantAccounts, `
		select count(*), count(*) filter (where persons > 1 or marks > 1 or openids > appids)
		from (
			select count(distinct person) persons, count(distinct suspicious) marks,
			       count(distinct appid) appids, count(*) openids
			from "user"
			group by account) a`}}
}
