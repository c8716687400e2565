package sqlitestore

import (
	"context"
	"time"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/row"
)

func (t *tx) Certificates(ctx context.Context, owner merchant.ID) ([]merchant.Certificate, error) {
	var list []merchant.Certificate
	err := t.rows(ctx, `
		select serial, pem, not_before, not_after, status
		from merchant_certificate
		where mchid = ?
		order by not_before, serial`,
		[]any{owner}, row.Into(&list, row.Certificate(owner)))
	return list, err
}

// KeyEnds reads all certificates: some for each merchant.
func (t *tx) KeyEnds(ctx context.Context, now time.Time) (store.KeyEnds, error) {
	var platform, merchants int64
	err := t.row(ctx, `
		select
			(select coalesce(min(ends), 0)
			from (select max(expire_at) ends from platform_key where not is_public group by mchid) platform),
			(select coalesce(min(ends), 0)
			from (select max(not_after) ends from merchant_certificate where status = 'ACTIVE' group by mchid) merchants
			where ends >= ?)`,
		[]any{now.Unix()}, []any{&platform, &merchants})
	return store.KeyEnds{Platform: store.TimeOf(platform), Merchant: store.TimeOf(merchants)}, err
}

func (t *tx) PlatformKeys(ctx context.Context, owner merchant.ID) ([]merchant.PlatformKey, error) {
	var list []merchant.PlatformKey
	err := t.rows(ctx, `
		select serial, is_public, pem, effective_at, expire_at, signs_from
		from platform_key
		where mchid = ?
		order by effective_at, serial`,
		[]any{owner}, row.Into(&list, row.PlatformKey(owner)))
	return list, err
}

func (t *tx) Secret(ctx context.Context, owner merchant.ID, purpose store.Purpose, name string) (store.Secret, error) {
	s := store.Secret{Owner: owner, Purpose: purpose, Name: name}
	err := t.row(ctx, `
		select version, box, pem
		from secret
		where mchid = ? and purpose = ? and name = ?
		order by version desc
		limit 1`,
		[]any{owner, purpose, name}, []any{&s.Version, &s.Box, &s.PEM})
	return s, err
}

func (t *tx) Secrets(ctx context.Context, after store.SecretKey, limit int) ([]store.Secret, error) {
	var list []store.Secret
	err := t.rows(ctx, `
		select mchid, purpose, name, version, box, pem
		from secret s
		where (mchid, purpose, name) > (?, ?, ?)
		  and not exists (
		      select 1 from secret newer
		      where newer.mchid = s.mchid and newer.purpose = s.purpose and newer.name = s.name
		        and newer.version > s.version)
		order by mchid, purpose, name
		limit ?`,
		[]any{after.Owner, after.Purpose, after.Name, limit}, row.Into(&list, row.Secret))
	return list, err
}

func (t *tx) SealingKeys(ctx context.Context) ([]store.SealingKey, error) {
	var list []store.SealingKey
	err := t.rows(ctx, `
		select generation, fingerprint
		from sealing_key
		order by generation`,
		nil, row.Into(&list, row.SealingKey))
	return list, err
}

func (t *tx) InsertCertificate(ctx context.Context, c merchant.Certificate) error {
	t.changed(c.Owner)
	return t.exec(ctx, `
		insert into merchant_certificate (mchid, serial, pem, not_before, not_after, status)
		values (?, ?, ?, ?, ?, ?)`,
		c.Owner, c.Serial, c.PEM, store.Seconds(c.NotBefore), store.Seconds(c.NotAfter), c.Status)
}

func (t *tx) SetCertificateStatus(ctx context.Context, owner merchant.ID, serial string, status merchant.CertificateStatus) error {
	t.changed(owner)
	n, err := t.execCount(ctx, `
		update merchant_certificate
		set status = ?
		where mchid = ? and serial = ?`,
		status, owner, serial)
	if err == nil && n == 0 {
		return store.ErrNotFound
	}
	return err
}

func (t *tx) InsertPlatformKey(ctx context.Context, k merchant.PlatformKey) error {
	t.changed(k.Owner)
	return t.exec(ctx, `
		insert into platform_key (mchid, serial, is_public, pem, effective_at, expire_at, signs_from)
		values (?, ?, ?, ?, ?, ?, ?)`,
		k.Owner, k.Serial, k.Public, k.PEM, store.Seconds(k.Effective), store.Seconds(k.Expire), store.Seconds(k.SignsFrom))
}

func (t *tx) InsertSecret(ctx context.Context, s store.Secret) error {
	t.changed(s.Owner)
	n, err := t.execCount(ctx, `
		insert into secret (mchid, purpose, name, version, box, pem)
		select ?1, ?2, ?3, ?4, ?5, ?6
		where not exists (
			select 1
			from secret
			where mchid = ?1 and purpose = ?2 and name = ?3 and version >= ?4)`,
		s.Owner, s.Purpose, s.Name, s.Version, s.Box, s.PEM)
	if err == nil && n == 0 {
		err = store.ErrDuplicate
	}
	return err
}

func (t *tx) InsertSealingKey(ctx context.Context, k store.SealingKey) error {
	return t.exec(ctx, `
		insert into sealing_key (generation, fingerprint)
		values (?, ?)`,
		k.Generation, k.Fingerprint)
}

func (t *tx) ReplaceBox(ctx context.Context, s store.Secret, box []byte) error {
	if err := t.exec(ctx, `
		update secret
		set box = ?
		where mchid = ? and purpose = ? and name = ? and version = ? and box = ?`,
		box, s.Owner, s.Purpose, s.Name, s.Version, s.Box); err != nil {
		return err
	}
	return t.exec(ctx, `
		delete from secret
		where mchid = ?1 and purpose = ?2 and name = ?3 and version < ?4
		  and exists (select 1 from secret where mchid = ?1 and purpose = ?2 and name = ?3 and version = ?4)`,
		s.Owner, s.Purpose, s.Name, s.Version)
}

// LockSealingKey locks nothing: there is one writer.
func (t *tx) LockSealingKey(ctx context.Context, fingerprint string) error {
	var generation int
	return t.row(ctx, `
		select generation
		from sealing_key
		where fingerprint = ?`,
		[]any{fingerprint}, []any{&generation})
}

func (t *tx) DropSealingKey(ctx context.Context, fingerprint string) error {
	return t.exec(ctx, `delete from sealing_key where fingerprint = ?`, fingerprint)
}

func (t *tx) Expiring(ctx context.Context, span store.EndSpan, after merchant.ID, limit int) ([]merchant.ID, error) {
	var list []merchant.ID
	err := t.rows(ctx, `
		select distinct mchid
		from platform_key
		where not is_public and expire_at >= ? and expire_at <= ? and mchid > ?
		order by mchid
		limit ?`,
		[]any{store.Seconds(span.From), store.Seconds(span.Until), after, limit}, row.Into(&list, row.MerchantID))
	return list, err
}
