package pgstore

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/row"
)

func (t *tx) Merchant(ctx context.Context, id merchant.ID) (merchant.Merchant, error) {
	m := merchant.Merchant{ID: id}
	var appIDs, permissions []string
	var since int64
	if err := t.row(ctx, `
		select name, kind, key_mode, key_mode_since, brand_name, brand_logo,
		       array(select appid from merchant_appid a where a.mchid = m.mchid order by appid),
		       array(select permission from merchant_permission p where p.mchid = m.mchid order by permission)
		from merchant m
		where mchid = $1`,
		[]any{id}, []any{&m.Name, &m.Kind, &m.KeyMode, &since, &m.Brand.Name, &m.Brand.LogoURL, &appIDs, &permissions}); err != nil {
		return merchant.Merchant{}, err
	}
	m.KeyModeSince = store.TimeOf(since)
	for _, a := range appIDs {
		m.AppIDs = append(m.AppIDs, merchant.AppID(a))
	}
	for _, p := range permissions {
		m.Permissions = append(m.Permissions, merchant.Permission(p))
	}
	return m, nil
}

func (t *tx) IsSubMerchant(ctx context.Context, provider, sub merchant.ID) (bool, error) {
	return t.exists(ctx, `
		select 1
		from sub_merchant
		where provider_mchid = $1 and mchid = $2`, provider, sub)
}

// AppIDServes uses the index merchant_appid_owners.
func (t *tx) AppIDServes(ctx context.Context, a merchant.AppID, id merchant.ID) (bool, error) {
	return t.exists(ctx, `
		select 1
		from merchant_appid a
		where a.appid = $2
		  and (a.mchid = $1 or exists (
		      select
		      from sub_merchant s
		      where s.provider_mchid = $1 and s.mchid = a.mchid))
		limit 1`, id, a)
}

// AppIDBound uses the index merchant_appid_owners.
func (t *tx) AppIDBound(ctx context.Context, a merchant.AppID) (bool, error) {
	return t.exists(ctx, `
		select 1
		from merchant_appid
		where appid = $1
		limit 1`, a)
}

// exists reports whether a query has a row.
func (t *tx) exists(ctx context.Context, query string, args ...any) (bool, error) {
	var one int
	err := t.row(ctx, query, args, []any{&one})
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

func (t *tx) InsertMerchant(_ context.Context, m merchant.Merchant, at time.Time) error {
	t.noteChange(m.ID)
	t.later(`
		insert into merchant (mchid, name, kind, key_mode, key_mode_since, brand_name, brand_logo, created_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		m.ID, m.Name, m.Kind, m.KeyMode, store.Seconds(m.KeyModeSince), m.Brand.Name, m.Brand.LogoURL, store.Seconds(at))
	t.insertRights(m)
	return nil
}

func (t *tx) UpdateMerchant(_ context.Context, m merchant.Merchant) error {
	t.noteChange(m.ID)
	t.laterOne(store.ErrNotFound, `
		update merchant
		set name = $2, kind = $3, key_mode = $4, key_mode_since = $5, brand_name = $6, brand_logo = $7
		where mchid = $1`,
		m.ID, m.Name, m.Kind, m.KeyMode, store.Seconds(m.KeyModeSince), m.Brand.Name, m.Brand.LogoURL)
	t.later(`delete from merchant_appid where mchid = $1`, m.ID)
	t.later(`delete from merchant_permission where mchid = $1`, m.ID)
	t.insertRights(m)
	return nil
}

func (t *tx) insertRights(m merchant.Merchant) {
	if len(m.AppIDs) > 0 {
		t.later(`
			insert into merchant_appid (mchid, appid)
			select $1, k.appid
			from unnest($2::text[]) k (appid)`,
			m.ID, column(m.AppIDs, func(a *merchant.AppID) string { return string(*a) }))
	}
	if len(m.Permissions) > 0 {
		t.later(`
			insert into merchant_permission (mchid, permission)
			select $1, k.permission
			from unnest($2::text[]) k (permission)`,
			m.ID, column(m.Permissions, func(p *merchant.Permission) string { return string(*p) }))
	}
}

func (t *tx) AddSubMerchant(_ context.Context, provider, sub merchant.ID) error {
	t.noteChange(provider)
	t.later(`
		insert into sub_merchant (provider_mchid, mchid)
		values ($1, $2)
		on conflict (provider_mchid, mchid) do nothing`, provider, sub)
	return nil
}

func (t *tx) UserByOpenID(ctx context.Context, id user.OpenID) (user.User, error) {
	return t.userWhere(ctx, `
		select `+row.UserColumns+`
		from "user"
		where openid = $1`, id)
}

// Users uses the primary key of user, once for each openid.
func (t *tx) Users(ctx context.Context, ids []user.OpenID) (map[user.OpenID]user.User, error) {
	found := make(map[user.OpenID]user.User, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	err := t.rows(ctx, `
		select u.*
		from unnest($1::text[]) k (openid)
		cross join lateral (
			select `+row.UserColumns+`
			from "user"
			where openid = k.openid
			limit 1) u`,
		[]any{column(ids, func(id *user.OpenID) string { return string(*id) })},
		func(scan row.Scan) error {
			u, err := row.User(scan)
			found[u.OpenID] = u
			return err
		})
	return found, err
}

// UserByAccount uses the index user_account.
func (t *tx) UserByAccount(ctx context.Context, id user.ID, appid merchant.AppID) (user.User, error) {
	return t.userWhere(ctx, `
		select `+row.UserColumns+`
		from "user"
		where account = $1 and appid = $2
		limit 1`, id[:], appid)
}

func (t *tx) userWhere(ctx context.Context, query string, args ...any) (user.User, error) {
	var list []user.User
	err := t.rows(ctx, query, args, row.Into(&list, row.User))
	u, err := row.First(list, err)
	if errors.Is(err, store.ErrNotFound) {
		err = user.ErrNotFound
	}
	return u, err
}

// LinkedAccounts uses the index user_person.
func (t *tx) LinkedAccounts(ctx context.Context, persons []user.ID) (map[user.ID][]user.ID, error) {
	linked := t.queueLinked(persons)
	return linked, t.flush(ctx)
}

// queueLinked is LinkedAccounts; the map is filled at the next flush.
func (t *tx) queueLinked(persons []user.ID) map[user.ID][]user.ID {
	linked := map[user.ID][]user.ID{}
	if len(persons) == 0 {
		return linked
	}
	t.queue(`
		select distinct person, account
		from "user" u
		where u.person = any($1) and u.person <> u.account
		order by person, account`,
		[]any{column(persons, func(p *user.ID) []byte { return p[:] })}, func(scan row.Scan) error {
			var person, account row.Bytes16
			err := scan(&person, &account)
			linked[user.ID(person)] = append(linked[user.ID(person)], user.ID(account))
			return err
		})
	return linked
}

// InsertUsers adds them in the order of their openids: two transactions that add the same
// ones must not wait for each other.
func (t *tx) InsertUsers(_ context.Context, users []user.User) error {
	if len(users) == 0 {
		return nil
	}
	users = slices.SortedStableFunc(slices.Values(users), func(a, b user.User) int {
		return strings.Compare(string(a.OpenID), string(b.OpenID))
	})
	t.later(`
		insert into "user" (`+row.UserColumns+`)
		select k.openid, k.appid, k.account, coalesce(f.person, k.person), k.unionid, coalesce(f.suspicious, k.suspicious)
		from unnest($1::text[], $2::text[], $3::bytea[], $4::bytea[], $5::text[], $6::boolean[], $7::text[])
			k (openid, appid, account, person, unionid, suspicious, forgotten)
		left join lateral (
			select person, suspicious
			from "user"
			where openid = k.forgotten
			limit 1) f on true
		on conflict (openid) do nothing`,
		column(users, func(u *user.User) string { return string(u.OpenID) }),
		column(users, func(u *user.User) string { return string(u.AppID) }),
		column(users, func(u *user.User) []byte { return u.ID[:] }),
		column(users, func(u *user.User) []byte { return u.Person[:] }),
		column(users, func(u *user.User) string { return u.UnionID }),
		column(users, func(u *user.User) bool { return u.Suspicious }),
		column(users, func(u *user.User) string { return string(user.Forgotten(u.ID)) }))
	return nil
}

func (t *tx) LockMerchant(ctx context.Context, id merchant.ID) error {
	return t.row(ctx, `
		select mchid
		from merchant
		where mchid = $1
		for no key update`, []any{id}, []any{&id})
}
