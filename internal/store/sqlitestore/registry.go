package sqlitestore

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
		where mchid > ?
		order by mchid
		limit ?`, after, limit)
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
		where provider_mchid = ?
		order by mchid`, provider)
}

func (t *tx) merchantIDs(ctx context.Context, query string, args ...any) (ids []merchant.ID, err error) {
	err = t.rows(ctx, query, args, row.Into(&ids, row.MerchantID))
	return ids, err
}

func (t *tx) RemoveSubMerchant(ctx context.Context, provider, sub merchant.ID) error {
	t.changed(provider)
	return t.exec(ctx, `delete from sub_merchant where provider_mchid = ? and mchid = ?`, provider, sub)
}

// UserPage uses the primary key, or the indexes user_unionid and user_suspicious.
func (t *tx) UserPage(ctx context.Context, q store.UserQuery) ([]user.User, error) {
	switch {
	case q.UnionID != "":
		return t.usersWhere(ctx, `
			select `+row.UserColumns+`
			from user
			where unionid = ? and unionid <> '' and openid > ?
			order by openid
			limit ?`, q.UnionID, q.After, q.Limit)
	case q.Suspicious:
		return t.usersWhere(ctx, `
			select `+row.UserColumns+`
			from user
			where suspicious <> 0 and openid > ?
			order by openid
			limit ?`, q.After, q.Limit)
	}
	return t.usersWhere(ctx, `
		select `+row.UserColumns+`
		from user
		where openid > ?
		order by openid
		limit ?`, q.After, q.Limit)
}

// UsersOfAccount uses the index user_account.
func (t *tx) UsersOfAccount(ctx context.Context, id user.ID, limit int) ([]user.User, error) {
	return t.usersWhere(ctx, `
		select `+row.UserColumns+`
		from user
		where account = ?
		order by appid
		limit ?`, id[:], limit)
}

// UsersOfPerson uses the index user_person, which has those who were linked to an account.
func (t *tx) UsersOfPerson(ctx context.Context, person user.ID, after user.OpenID, limit int) ([]user.User, error) {
	linked, err := t.usersWhere(ctx, `
		select `+row.UserColumns+`
		from user
		where person = ?1 and person <> account and openid > ?2
		order by openid
		limit ?3`, person[:], after, limit)
	if err != nil {
		return nil, err
	}
	own, err := t.usersWhere(ctx, `
		select `+row.UserColumns+`
		from user
		where account = ?1 and openid > ?2
		order by openid
		limit ?3`, person[:], after, limit)
	return store.OnePerson(person, append(linked, own...), limit), err
}

func (t *tx) usersWhere(ctx context.Context, query string, args ...any) (found []user.User, err error) {
	err = t.rows(ctx, query, args, row.Into(&found, row.User))
	return found, err
}

// ForgetAccount uses the index user_account.
func (t *tx) ForgetAccount(ctx context.Context, forgotten user.User) error {
	t.changed(store.Platform)
	if err := t.exec(ctx, `delete from user where account = ?`, forgotten.ID[:]); err != nil {
		return err
	}
	return t.InsertUsers(ctx, []user.User{forgotten})
}

func (t *tx) UpdateUser(ctx context.Context, u user.User) error {
	t.changed(store.Platform)
	n, err := t.execCount(ctx, `
		update user
		set person = ?, unionid = ?, suspicious = ?
		where openid = ?`, u.Person[:], u.UnionID, u.Suspicious, u.OpenID)
	if err == nil && n == 0 {
		return store.ErrNotFound
	}
	return err
}

// accountProofs look at users.
func accountProofs() []proof {
	return []proof{{store.InvariantAccounts, `
		select count(*), coalesce(sum(persons > 1 or marks > 1 or openids > appids), 0)
		from (
			select count(distinct person) persons, count(distinct suspicious) marks,
			       count(distinct appid) appids, count(*) openids
			from user not indexed
			group by account) a`}}
}
