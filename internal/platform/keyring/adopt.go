package keyring

import (
	"context"
	"errors"
	"fmt"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/once"
)

// secretsAtOnce is how many secrets are read at once.
const secretsAtOnce = 500

// Adopt holds the keyring to its database, before anything is sealed or opened: every
// key-encryption key that the database knows must be there. A database gets to know the key that
// seals from now on. One that knows none must have everything opened that is sealed. The refusal
// names the file.
func (k *Keyring) Adopt(ctx context.Context) error { return k.adopt(ctx, k.sealer) }

func (k *Keyring) adopt(ctx context.Context, sealer *Sealer) error {
	// Two nodes that bring a new key at once meet in its generation.
	_, err := once.Transaction(ctx, k.store, func(tx store.Tx) (struct{}, error) {
		known, err := tx.SealingKeys(ctx)
		if err != nil {
			return struct{}{}, fmt.Errorf("read sealing keys: %w", err)
		}
		first := store.SealingKey{Generation: 1, Fingerprint: sealer.first().fingerprint}
		if len(known) == 0 {
			if err := sealer.opensAll(ctx, tx); err != nil {
				return struct{}{}, err
			}
			return struct{}{}, tx.InsertSealingKey(ctx, first)
		}
		if err := sealer.hasAll(known); err != nil {
			return struct{}{}, err
		}
		if isAmong(known, first.Fingerprint) {
			return struct{}{}, nil
		}
		first.Generation = known[len(known)-1].Generation + 1
		return struct{}{}, tx.InsertSealingKey(ctx, first)
	})
	return err
}

// Renew reads the key file again. When it is refused, the former keys stay in force.
func (k *Keyring) Renew(ctx context.Context) error {
	if k.sealer.path == "" {
		return nil
	}
	fresh, err := LoadSealer(k.sealer.path)
	if err != nil {
		return err
	}
	if err := k.adopt(ctx, fresh); err != nil {
		return err
	}
	k.sealer.take(fresh)
	return nil
}

// KeyFile is the file that the keys which seal came from, "" for none.
func (k *Keyring) KeyFile() string { return k.sealer.path }

// SealedBy are the fingerprints of the keys in that file, shortened for people. The first of them seals.
func (k *Keyring) SealedBy() (list []string) {
	const shown = 8 // digits tell keys apart
	for _, one := range *k.sealer.keys.Load() {
		list = append(list, one.fingerprint[:shown])
	}
	return list
}

// Verify reports nil while the database knows the key that seals, and no key that is not there:
// that may change under a running node when keys are replaced on another one, or the database is
// restored from elsewhere. The refusal names the file.
func (k *Keyring) Verify(ctx context.Context) error {
	return k.store.Read(ctx, func(tx store.ReadTx) error {
		known, err := tx.SealingKeys(ctx)
		if err != nil {
			return fmt.Errorf("read sealing keys: %w", err)
		}
		if !isAmong(known, k.sealer.first().fingerprint) {
			return k.sealer.errForeign()
		}
		return k.sealer.hasAll(known)
	})
}

func isAmong(known []store.SealingKey, fingerprint string) bool {
	for _, k := range known {
		if k.Fingerprint == fingerprint {
			return true
		}
	}
	return false
}

// hasAll reports nil when the sealer has every key that a database knows.
func (e *Sealer) hasAll(known []store.SealingKey) error {
	for _, k := range known {
		if !e.knows(k.Fingerprint) {
			return e.errForeign()
		}
	}
	return nil
}

// Fits reports nil when the sealer has the keys with the given fingerprints. The refusal names
// the file.
func (e *Sealer) Fits(fingerprints []string) error {
	for _, f := range fingerprints {
		if !e.knows(f) {
			return e.errForeign()
		}
	}
	return nil
}

// OpensEverything reports nil when the keys open every secret of the database, which it looks at
// one by one. The refusal names the file.
func (k *Keyring) OpensEverything(ctx context.Context) error {
	return k.store.Read(ctx, func(tx store.ReadTx) error {
		known, err := tx.SealingKeys(ctx)
		if err != nil {
			return fmt.Errorf("read sealing keys: %w", err)
		}
		if err := k.sealer.hasAll(known); err != nil {
			return err
		}
		return k.sealer.opensAll(ctx, tx)
	})
}

// opensAll looks at every secret.
func (e *Sealer) opensAll(ctx context.Context, tx store.ReadTx) error {
	return eachSecret(ctx, tx, func(s store.Secret) error {
		if _, err := e.open(s); err != nil {
			return e.errForeign()
		}
		return nil
	})
}

// eachSecret calls look for the newest version of every secret.
func eachSecret(ctx context.Context, tx store.ReadTx, look func(store.Secret) error) error {
	for after := (store.SecretKey{}); ; {
		page, err := tx.Secrets(ctx, after, secretsAtOnce)
		if err != nil {
			return fmt.Errorf("read secrets: %w", err)
		}
		for i := range page {
			if err := look(page[i]); err != nil {
				return err
			}
		}
		if len(page) < secretsAtOnce {
			return nil
		}
		after = page[len(page)-1].Key()
	}
}

// errForeign refuses keys that do not open the database's secrets.
func (e *Sealer) errForeign() error {
	return fault.New(fault.Refused,
		fmt.Sprintf("密钥文件 %s 中的密钥打不开该数据库中密封的密钥；请使用建库时的密钥文件，更换密钥期间新旧密钥须都在文件中", e.path),
		fmt.Sprintf("The key file %s does not open the secrets of this database; use the one that the database was made with, "+
			"or, while keys are replaced, one that holds the old and the new key.", e.path))
}

// insertSecret adds a secret, sealed anew if keys were replaced since it was sealed. The key is not
// retired before the secret is there.
func (k *Keyring) insertSecret(ctx context.Context, tx store.Tx, s store.Secret) error {
	plaintext, by, err := k.sealer.unseal(s)
	if err != nil {
		return err
	}
	first := k.sealer.first()
	for {
		err := tx.LockSealingKey(ctx, first.fingerprint)
		if err == nil {
			break
		}
		now := k.sealer.first()
		if now.fingerprint == first.fingerprint || !errors.Is(err, store.ErrNotFound) {
			return k.sealer.orForeign(err)
		}
		first = now // it was replaced and retired just now
	}
	if by.fingerprint != first.fingerprint {
		s = first.seal(s, plaintext)
	}
	return tx.InsertSecret(ctx, s)
}
