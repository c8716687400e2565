package sqlitestore

import (
	"context"
	"errors"
	"time"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/row"
)

func (t *tx) Merchant(ctx context.Context, id merchant.ID) (merchant.Merchant, error) {
	m := merchant.Merchant{ID: id}
	var since int64
	if err := t.row(ctx, `
		select name, kind, key_mode, key_mode_since, brand_name, brand_logo
		from merchant
		where mchid = ?`,
		[]any{id}, []any{&m.Name, &m.Kind, &m.KeyMode, &since, &m.Brand.Name, &m.Brand.LogoURL}); err != nil {
		return merchant.Merchant{}, err
	}
	m.KeyModeSince = store.TimeOf(since)
	if err := t.rows(ctx, `
		select appid
		from merchant_appid
		where mchid = ?
		order by appid`,
		[]any{id}, func(scan row.Scan) error {
			var a merchant.AppID
			err := scan(&a)
			m.AppIDs = append(m.AppIDs, a)
			return err
		}); err != nil {
		return merchant.Merchant{}, err
	}
	err := t.rows(ctx, `
		select permission
		from merchant_permission
		where mchid = ?
		order by permission`,
		[]any{id}, func(scan row.Scan) error {
			var p merchant.Permission
			err := scan(&p)
			m.Permissions = append(m.Permissions, p)
			return err
		})
	return m, err
}

func (t *tx) IsSubMerchant(ctx context.Context, provider, sub merchant.ID) (bool, error) {
	return t.exists(ctx, `
		select 1
		from sub_merchant
		where provider_mchid = ? and mchid = ?`, provider, sub)
}

// AppIDServes uses the index merchant_appid_owners.
func (t *tx) AppIDServes(ctx context.Context, a merchant.AppID, id merchant.ID) (bool, error) {
	return t.exists(ctx, `
		select 1
		from merchant_appid a
		left join sub_merchant s on s.provider_mchid = ?1 and s.mchid = a.mchid
		where a.appid = ?2 and (a.mchid = ?1 or s.mchid is not null)
		limit 1`, id, a)
}

// AppIDBound uses the index merchant_appid_owners.
func (t *tx) AppIDBound(ctx context.Context, a merchant.AppID) (bool, error) {
	return t.exists(ctx, `
		select 1
		from merchant_appid
		where appid = ?
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

func (t *tx) InsertMerchant(ctx context.Context, m merchant.Merchant, at time.Time) error {
	t.changed(m.ID)
	if err := t.exec(ctx, `
		insert into merchant (mchid, name, kind, key_mode, key_mode_since, brand_name, brand_logo, created_at)
		values (?, ?, ?, ?, ?, ?, ?, ?)`,
		m.ID, m.Name, m.Kind, m.KeyMode, store.Seconds(m.KeyModeSince), m.Brand.Name, m.Brand.LogoURL, store.Seconds(at)); err != nil {
		return err
	}
	return t.insertRights(ctx, m)
}

func (t *tx) UpdateMerchant(ctx context.Context, m merchant.Merchant) error {
	t.changed(m.ID)
	n, err := t.execCount(ctx, `
		update merchant
		set name = ?, kind = ?, key_mode = ?, key_mode_since = ?, brand_name = ?, brand_logo = ?
		where mchid = ?`,
		m.Name, m.Kind, m.KeyMode, store.Seconds(m.KeyModeSince), m.Brand.Name, m.Brand.LogoURL, m.ID)
	if err != nil {
		return err
	}
	if n == 0 {
		return store.ErrNotFound
	}
	if err := t.exec(ctx, `delete from merchant_appid where mchid = ?`, m.ID); err != nil {
		return err
	}
	if err := t.exec(ctx, `delete from merchant_permission where mchid = ?`, m.ID); err != nil {
		return err
	}
	return t.insertRights(ctx, m)
}

func (t *tx) insertRights(ctx context.Context, m merchant.Merchant) error {
	for _, a := range m.AppIDs {
		if err := t.exec(ctx, `insert into merchant_appid (mchid, appid) values (?, ?)`, m.ID, a); err != nil {
			return err
		}
	}
	for _, p := range m.Permissions {
		if err := t.exec(ctx, `insert into merchant_permission (mchid, permission) values (?, ?)`, m.ID, p); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) AddSubMerchant(ctx context.Context, provider, sub merchant.ID) error {
	t.changed(provider)
	return t.exec(ctx, `
		insert into sub_merchant (provider_mchid, mchid)
		values (?, ?)
		on conflict do nothing`, provider, sub)
}

func (t *tx) UserByOpenID(ctx context.Context, id user.OpenID) (user.User, error) {
	return t.userWhere(ctx, `
		select `+row.UserColumns+`
		from user
		where openid = ?`, id)
}

func (t *tx) Users(ctx context.Context, ids []user.OpenID) (map[user.OpenID]user.User, error) {
	found := make(map[user.OpenID]user.User, len(ids))
	for _, id := range ids {
		u, err := t.UserByOpenID(ctx, id)
		switch {
		case err == nil:
			found[id] = u
		case !errors.Is(err, user.ErrNotFound):
			return nil, err
		}
	}
	return found, nil
}

// UserByAccount uses the index user_account.
func (t *tx) UserByAccount(ctx context.Context, id user.ID, appid merchant.AppID) (user.User, error) {
	return t.userWhere(ctx, `
		select `+row.UserColumns+`
		from user
		where account = ? and appid = ?
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
	linked := map[user.ID][]user.ID{}
	for _, person := range persons {
		linked[person] = nil
		if err := t.rows(ctx, `
			select distinct account
			from user
			where person = ? and person <> account
			order by account`, []any{person[:]}, func(scan row.Scan) error {
			var account row.Bytes16
			err := scan(&account)
			linked[person] = append(linked[person], user.ID(account))
			return err
		}); err != nil {
			return nil, err
		}
		if len(linked[person]) == 0 {
			delete(linked, person)
		}
	}
	return linked, nil
}

func (t *tx) InsertUsers(ctx context.Context, users []user.User) error {
	for i := range users {
		u := &users[i]
		if err := t.exec(ctx, `
			insert into user (`+row.UserColumns+`)
			values (?1, ?2, ?3, coalesce((select person from user where openid = ?7), ?4), ?5,
				coalesce((select suspicious from user where openid = ?7), ?6))
			on conflict do nothing`,
			u.OpenID, u.AppID, u.ID[:], u.Person[:], u.UnionID, u.Suspicious, user.Forgotten(u.ID)); err != nil {
			return err
		}
	}
	return nil
}

// LockMerchant locks nothing: there is one writer.
func (t *tx) LockMerchant(ctx context.Context, id merchant.ID) error {
	return t.row(ctx, `select mchid from merchant where mchid = ?`, []any{id}, []any{&id})
}
