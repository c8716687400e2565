package pgstore

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/favord/favord/internal/merchant"
	"github.com/favord/favord/internal/store"
)

func (t *tx) Certificates(ctx context.Context, owner merchant.ID) ([]merchant.Certificate, error) {
	var list []merchant.Certificate
	err := t.rows(ctx, `
		select serial, pem, not_before, not_after, status
		from merchant_certificate
		where mchid = $1
		order by not_before, serial`,
		[]any{owner}, func(rows pgx.Rows) error {
			c := merchant.Certificate{Owner: owner}
			var before, after int64
			err := rows.Scan(&c.Serial, &c.PEM, &before, &after, &c.Status)
			c.NotBefore, c.NotAfter = store.TimeOf(before), store.TimeOf(after)
			list = append(list, c)
			return err
		})
	return list, err
}

func (t *tx) PlatformKeys(ctx context.Context, owner merchant.ID) ([]merchant.PlatformKey, error) {
	var list []merchant.PlatformKey
	err := t.rows(ctx, `
		select serial, is_public, pem, effective_at, expire_at, signs_from
		from platform_key
		where mchid = $1
		order by effective_at, serial`,
		[]any{owner}, func(rows pgx.Rows) error {
			k := merchant.PlatformKey{Owner: owner}
			var effective, expire, signs int64
			err := rows.Scan(&k.Serial, &k.Public, &k.PEM, &effective, &expire, &signs)
			k.Effective, k.Expire, k.SignsFrom = store.TimeOf(effective), store.TimeOf(expire), store.TimeOf(signs)
			list = append(list, k)
			return err
		})
	return list, err
}

func (t *tx) Secret(ctx context.Context, owner merchant.ID, purpose store.Purpose, name string) (store.Secret, error) {
	s := store.Secret{Owner: owner, Purpose: purpose, Name: name}
	err := t.row(ctx, `
		select version, box, pem
		from secret
		where mchid = $1 and purpose = $2 and name = $3
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
		where (mchid, purpose, name) > ($1, $2, $3)
		  and not exists (
		      select 1 from secret newer
		      where newer.mchid = s.mchid and newer.purpose = s.purpose and newer.name = s.name
		        and newer.version > s.version)
		order by mchid, purpose, name
		limit $4`,
		[]any{after.Owner, after.Purpose, after.Name, limit}, func(rows pgx.Rows) error {
			var s store.Secret
			err := rows.Scan(&s.Owner, &s.Purpose, &s.Name, &s.Version, &s.Box, &s.PEM)
			list = append(list, s)
			return err
		})
	return list, err
}

func (t *tx) SealingKeys(ctx context.Context) ([]store.SealingKey, error) {
	var list []store.SealingKey
	err := t.rows(ctx, `
		select generation, fingerprint
		from sealing_key
		order by generation`,
		nil, func(rows pgx.Rows) error {
			var k store.SealingKey
			err := rows.Scan(&k.Generation, &k.Fingerprint)
			list = append(list, k)
			return err
		})
	return list, err
}

func (t *tx) InsertCertificate(_ context.Context, c merchant.Certificate) error {
	t.noteChange(c.Owner)
	t.later(`
		insert into merchant_certificate (mchid, serial, pem, not_before, not_after, status)
		values ($1, $2, $3, $4, $5, $6)`,
		c.Owner, c.Serial, c.PEM, store.Seconds(c.NotBefore), store.Seconds(c.NotAfter), c.Status)
	return nil
}

func (t *tx) SetCertificateStatus(_ context.Context, owner merchant.ID, serial string, status merchant.CertificateStatus) error {
	t.noteChange(owner)
	t.laterOne(store.ErrNotFound, `
		update merchant_certificate
		set status = $3
		where mchid = $1 and serial = $2`,
		owner, serial, status)
	return nil
}

func (t *tx) InsertPlatformKey(_ context.Context, k merchant.PlatformKey) error {
	t.noteChange(k.Owner)
	t.later(`
		insert into platform_key (mchid, serial, is_public, pem, effective_at, expire_at, signs_from)
		values ($1, $2, $3, $4, $5, $6, $7)`,
		k.Owner, k.Serial, k.Public, k.PEM, store.Seconds(k.Effective), store.Seconds(k.Expire), store.Seconds(k.SignsFrom))
	return nil
}

func (t *tx) InsertSecret(_ context.Context, s store.Secret) error {
	t.noteChange(s.Owner)
	t.later(`
		insert into secret (mchid, purpose, name, version, box, pem)
		values ($1, $2, $3, $4, $5, $6)`,
		s.Owner, s.Purpose, s.Name, s.Version, s.Box, s.PEM)
	return nil
}

func (t *tx) InsertSealingKey(_ context.Context, k store.SealingKey) error {
	t.later(`
		insert into sealing_key (generation, fingerprint)
		values ($1, $2)`,
		k.Generation, k.Fingerprint)
	return nil
}
