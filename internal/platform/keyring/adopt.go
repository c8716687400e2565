package keyring

import (
	"context"
	"fmt"
	"slices"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/once"
)

// secretsAtOnce is how many secrets are read at once.
const secretsAtOnce = 500

// Adopt holds the keyring to its database, before anything is sealed or opened: the
// key-encryption key must be one that the database knows. A database that knows none gets to
// know this one, provided that it opens everything that is sealed. The refusal names the file.
func (k *Keyring) Adopt(ctx context.Context) error {
	// Two nodes that bring the first key of a database at once meet in its generation.
	_, err := once.Transaction(ctx, k.store, func(tx store.Tx) (struct{}, error) {
		known, err := tx.SealingKeys(ctx)
		if err != nil {
			return struct{}{}, fmt.Errorf("read sealing keys: %w", err)
		}
		if len(known) > 0 {
			return struct{}{}, k.sealer.mustBeAmong(known)
		}
		if err := k.sealer.opensAll(ctx, tx); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, tx.InsertSealingKey(ctx, store.SealingKey{Generation: 1, Fingerprint: k.sealer.fingerprint})
	})
	return err
}

// Verify reports nil while the database knows the key-encryption key, which may change under a
// running node when the database is restored from elsewhere. The refusal names the file.
func (k *Keyring) Verify(ctx context.Context) error {
	return k.store.Read(ctx, func(tx store.ReadTx) error {
		known, err := tx.SealingKeys(ctx)
		if err != nil {
			return fmt.Errorf("read sealing keys: %w", err)
		}
		return k.sealer.mustBeAmong(known)
	})
}

func (e *Sealer) mustBeAmong(known []store.SealingKey) error {
	if slices.ContainsFunc(known, func(k store.SealingKey) bool { return k.Fingerprint == e.fingerprint }) {
		return nil
	}
	return e.errForeign()
}

// Fits reports nil when the key is one of those with the given fingerprints. The refusal names
// the file.
func (e *Sealer) Fits(fingerprints []string) error {
	if slices.Contains(fingerprints, e.fingerprint) {
		return nil
	}
	return e.errForeign()
}

// OpensEverything reports nil when the key opens every secret of the database, which it looks at
// one by one. The refusal names the file.
func (k *Keyring) OpensEverything(ctx context.Context) error {
	return k.store.Read(ctx, func(tx store.ReadTx) error {
		known, err := tx.SealingKeys(ctx)
		if err != nil {
			return fmt.Errorf("read sealing keys: %w", err)
		}
		if len(known) > 0 {
			if err := k.sealer.mustBeAmong(known); err != nil {
				return err
			}
		}
		return k.sealer.opensAll(ctx, tx)
	})
}

// opensAll looks at every secret.
func (e *Sealer) opensAll(ctx context.Context, tx store.ReadTx) error {
	for after := (store.SecretKey{}); ; {
		page, err := tx.Secrets(ctx, after, secretsAtOnce)
		if err != nil {
			return fmt.Errorf("read secrets: %w", err)
		}
		for i := range page {
			if _, err := e.open(page[i]); err != nil {
				return e.errForeign()
			}
		}
		if len(page) < secretsAtOnce {
			return nil
		}
		after = page[len(page)-1].Key()
	}
}

// errForeign refuses a key that does not open the database's secrets.
func (e *Sealer) errForeign() error {
	return fault.New(fault.Refused,
		fmt.Sprintf("密钥文件 %s 中的密钥打不开该数据库中密封的密钥；请使用建库时的密钥文件", e.path),
		fmt.Sprintf("The key in the key file %s does not open the secrets of this database; use the key file that the database was made with.", e.path))
}
