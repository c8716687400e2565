package memstore

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
)

func (t *tx) Merchant(_ context.Context, id merchant.ID) (merchant.Merchant, error) {
	m, found := t.data.merchants[id]
	if !found {
		return merchant.Merchant{}, store.ErrNotFound
	}
	return m, nil
}

func (t *tx) IsSubMerchant(_ context.Context, provider, sub merchant.ID) (bool, error) {
	return t.data.subMerchants[[2]merchant.ID{provider, sub}], nil
}

func (t *tx) AppIDServes(_ context.Context, a merchant.AppID, id merchant.ID) (bool, error) {
	for owner, m := range t.data.merchants {
		if m.Owns(a) && (owner == id || t.data.subMerchants[[2]merchant.ID{id, owner}]) {
			return true, nil
		}
	}
	return false, nil
}

func (t *tx) AppIDBound(_ context.Context, a merchant.AppID) (bool, error) {
	for _, m := range t.data.merchants {
		if m.Owns(a) {
			return true, nil
		}
	}
	return false, nil
}

func (t *tx) InsertMerchant(_ context.Context, m merchant.Merchant, _ time.Time) error {
	if _, found := t.data.merchants[m.ID]; found {
		return store.ErrDuplicate
	}
	t.changed[m.ID] = true
	put(t, t.data.merchants, m.ID, sorted(m))
	return nil
}

func (t *tx) UpdateMerchant(_ context.Context, m merchant.Merchant) error {
	if _, found := t.data.merchants[m.ID]; !found {
		return store.ErrNotFound
	}
	t.changed[m.ID] = true
	put(t, t.data.merchants, m.ID, sorted(m))
	return nil
}

// sorted copies the sets of a merchant, in the order in which engines return them.
func sorted(m merchant.Merchant) merchant.Merchant {
	m.AppIDs = slices.Sorted(slices.Values(m.AppIDs))
	m.Permissions = slices.Sorted(slices.Values(m.Permissions))
	return m
}

func (t *tx) AddSubMerchant(_ context.Context, provider, sub merchant.ID) error {
	if err := t.known(provider, sub); err != nil {
		return err
	}
	t.changed[provider] = true
	put(t, t.data.subMerchants, [2]merchant.ID{provider, sub}, true)
	return nil
}

// known reports a merchant that does not exist.
func (t *tx) known(ids ...merchant.ID) error {
	for _, id := range ids {
		if _, found := t.data.merchants[id]; !found {
			return store.ErrNotFound
		}
	}
	return nil
}

func (t *tx) UserByOpenID(_ context.Context, id user.OpenID) (user.User, error) {
	u, found := t.data.users[id]
	if !found {
		return user.User{}, user.ErrNotFound
	}
	return u, nil
}

func (t *tx) Users(_ context.Context, ids []user.OpenID) (map[user.OpenID]user.User, error) {
	found := make(map[user.OpenID]user.User, len(ids))
	for _, id := range ids {
		if u, registered := t.data.users[id]; registered {
			found[id] = u
		}
	}
	return found, nil
}

func (t *tx) UserByAccount(_ context.Context, id user.ID, appid merchant.AppID) (user.User, error) {
	for _, u := range t.data.users {
		if u.ID == id && u.AppID == appid {
			return u, nil
		}
	}
	return user.User{}, user.ErrNotFound
}

func (t *tx) LinkedAccounts(_ context.Context, persons []user.ID) (map[user.ID][]user.ID, error) {
	linked := map[user.ID][]user.ID{}
	for _, u := range t.data.users {
		if u.Person != u.ID && slices.Contains(persons, u.Person) && !slices.Contains(linked[u.Person], u.ID) {
			linked[u.Person] = append(linked[u.Person], u.ID)
		}
	}
	for _, accounts := range linked {
		slices.SortFunc(accounts, func(a, b user.ID) int { return bytes.Compare(a[:], b[:]) })
	}
	return linked, nil
}

func (t *tx) InsertUsers(_ context.Context, users []user.User) error {
	for _, u := range users {
		if _, found := t.data.users[u.OpenID]; !found {
			u.Known = true
			if f, forgotten := t.data.users[user.Forgotten(u.ID)]; forgotten {
				u.Person, u.Suspicious = f.Person, f.Suspicious
			}
			put(t, t.data.users, u.OpenID, u)
		}
	}
	return nil
}

func (t *tx) Certificates(_ context.Context, owner merchant.ID) ([]merchant.Certificate, error) {
	return slices.SortedFunc(slices.Values(t.data.certificates[owner]), func(a, b merchant.Certificate) int {
		return cmp.Or(a.NotBefore.Compare(b.NotBefore), cmp.Compare(a.Serial, b.Serial))
	}), nil
}

func (t *tx) InsertCertificate(_ context.Context, c merchant.Certificate) error {
	list := t.data.certificates[c.Owner]
	if slices.ContainsFunc(list, func(other merchant.Certificate) bool { return other.Serial == c.Serial }) {
		return store.ErrDuplicate
	}
	if err := t.known(c.Owner); err != nil {
		return err
	}
	t.changed[c.Owner] = true
	put(t, t.data.certificates, c.Owner, append(slices.Clip(list), c))
	return nil
}

func (t *tx) SetCertificateStatus(_ context.Context, owner merchant.ID, serial string, status merchant.CertificateStatus) error {
	list := slices.Clone(t.data.certificates[owner])
	for i := range list {
		if list[i].Serial == serial {
			list[i].Status = status
			t.changed[owner] = true
			put(t, t.data.certificates, owner, list)
			return nil
		}
	}
	return store.ErrNotFound
}

func (t *tx) KeyEnds(_ context.Context, now time.Time) (ends store.KeyEnds, err error) {
	for _, keys := range t.data.platformKeys {
		var last time.Time
		for i := range keys {
			if !keys[i].Public && keys[i].Expire.After(last) {
				last = keys[i].Expire
			}
		}
		ends.Platform = earlier(ends.Platform, last)
	}
	for _, certificates := range t.data.certificates {
		var last time.Time
		for i := range certificates {
			if c := &certificates[i]; c.Status == merchant.CertificateActive && c.NotAfter.After(last) {
				last = c.NotAfter
			}
		}
		if !last.Before(now) {
			ends.Merchant = earlier(ends.Merchant, last)
		}
	}
	return ends, nil
}

// earlier returns the time that comes first of those that are not zero.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func (t *tx) PlatformKeys(_ context.Context, owner merchant.ID) ([]merchant.PlatformKey, error) {
	return slices.SortedFunc(slices.Values(t.data.platformKeys[owner]), func(a, b merchant.PlatformKey) int {
		return cmp.Or(a.Effective.Compare(b.Effective), cmp.Compare(a.Serial, b.Serial))
	}), nil
}

func (t *tx) InsertPlatformKey(_ context.Context, k merchant.PlatformKey) error {
	list := t.data.platformKeys[k.Owner]
	if slices.ContainsFunc(list, func(other merchant.PlatformKey) bool { return other.Serial == k.Serial }) {
		return store.ErrDuplicate
	}
	if err := t.known(k.Owner); err != nil {
		return err
	}
	t.changed[k.Owner] = true
	put(t, t.data.platformKeys, k.Owner, append(slices.Clip(list), k))
	return nil
}

func (t *tx) Secret(_ context.Context, owner merchant.ID, purpose store.Purpose, name string) (store.Secret, error) {
	s, found := t.data.secrets[store.SecretKey{Owner: owner, Purpose: purpose, Name: name}]
	if !found {
		return store.Secret{}, store.ErrNotFound
	}
	return s, nil
}

func (t *tx) Secrets(_ context.Context, after store.SecretKey, limit int) ([]store.Secret, error) {
	var page []store.Secret
	for key, s := range t.data.secrets {
		if compareSecrets(key, after) > 0 {
			page = append(page, s)
		}
	}
	slices.SortFunc(page, func(a, b store.Secret) int { return compareSecrets(a.Key(), b.Key()) })
	return page[:min(limit, len(page))], nil
}

func compareSecrets(a, b store.SecretKey) int {
	return cmp.Or(cmp.Compare(a.Owner, b.Owner), cmp.Compare(a.Purpose, b.Purpose), cmp.Compare(a.Name, b.Name))
}

func (t *tx) InsertSecret(_ context.Context, s store.Secret) error {
	key := s.Key()
	if old, found := t.data.secrets[key]; found && old.Version >= s.Version {
		return store.ErrDuplicate
	}
	t.changed[s.Owner] = true
	put(t, t.data.secrets, key, s)
	return nil
}

func (t *tx) SealingKeys(context.Context) ([]store.SealingKey, error) {
	return slices.Clone(t.data.sealingKeys), nil
}

func (t *tx) InsertSealingKey(_ context.Context, k store.SealingKey) error {
	if slices.ContainsFunc(t.data.sealingKeys, func(other store.SealingKey) bool {
		return other.Generation == k.Generation || other.Fingerprint == k.Fingerprint
	}) {
		return store.ErrDuplicate
	}
	list := append(slices.Clone(t.data.sealingKeys), k)
	slices.SortFunc(list, func(a, b store.SealingKey) int { return cmp.Compare(a.Generation, b.Generation) })
	old := t.data.sealingKeys
	t.data.sealingKeys = list
	t.undo = append(t.undo, func() { t.data.sealingKeys = old })
	return nil
}

// ReplaceBox keeps no older versions that it could forget.
func (t *tx) ReplaceBox(_ context.Context, s store.Secret, box []byte) error {
	is, found := t.data.secrets[s.Key()]
	if found && is.Version == s.Version && bytes.Equal(is.Box, s.Box) {
		is.Box = box
		put(t, t.data.secrets, s.Key(), is)
	}
	return nil
}

// LockSealingKey locks nothing: there is one writer.
func (t *tx) LockSealingKey(_ context.Context, fingerprint string) error {
	if !slices.ContainsFunc(t.data.sealingKeys, func(k store.SealingKey) bool { return k.Fingerprint == fingerprint }) {
		return store.ErrNotFound
	}
	return nil
}

func (t *tx) DropSealingKey(_ context.Context, fingerprint string) error {
	old := t.data.sealingKeys
	t.data.sealingKeys = slices.DeleteFunc(slices.Clone(old), func(k store.SealingKey) bool { return k.Fingerprint == fingerprint })
	t.undo = append(t.undo, func() { t.data.sealingKeys = old })
	return nil
}

func (t *tx) Expiring(_ context.Context, span store.EndSpan, after merchant.ID, limit int) ([]merchant.ID, error) {
	var list []merchant.ID
	for owner, keys := range t.data.platformKeys {
		if owner > after && slices.ContainsFunc(keys, func(k merchant.PlatformKey) bool {
			return !k.Public && !k.Expire.Before(span.From) && !k.Expire.After(span.Until)
		}) {
			list = append(list, owner)
		}
	}
	slices.Sort(list)
	return list[:min(limit, len(list))], nil
}

// LockMerchant locks nothing: there is one writer.
func (t *tx) LockMerchant(_ context.Context, id merchant.ID) error { return t.known(id) }
