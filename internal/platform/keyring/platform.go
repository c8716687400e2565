package keyring

import (
	"context"
	"errors"

	"github.com/favord/favord/internal/store"
)

// KeepPlatformSecret seals a secret of the platform, which replaces an earlier one of the same
// key.
func (k *Keyring) KeepPlatformSecret(ctx context.Context, tx store.Tx, key store.SecretKey, plaintext []byte) error {
	before, err := tx.Secret(ctx, key.Owner, key.Purpose, key.Name)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	secret := store.Secret{Owner: key.Owner, Purpose: key.Purpose, Name: key.Name, Version: before.Version + 1}
	return tx.InsertSecret(ctx, k.sealer.seal(secret, plaintext))
}

// OpenPlatformSecret returns a secret of the platform, or store.ErrNotFound.
func (k *Keyring) OpenPlatformSecret(ctx context.Context, tx store.ReadTx, key store.SecretKey) ([]byte, error) {
	secret, err := tx.Secret(ctx, key.Owner, key.Purpose, key.Name)
	if err != nil {
		return nil, err
	}
	return k.sealer.open(secret)
}
