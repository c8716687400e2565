package keyring

import (
	"context"

	"github.com/favord/favord/internal/store"
)

// secretOfTOTP is the secret of an operator's authenticator. Kept under that name it is sealed
// anew with all others when keys change.
func secretOfTOTP(name string, version int) store.Secret {
	return store.Secret{Owner: store.Platform, Purpose: store.PurposeTOTP, Name: name, Version: version}
}

// InsertTOTP seals and keeps the secret of an operator's authenticator, the version-th one.
func (k *Keyring) InsertTOTP(ctx context.Context, tx store.Tx, name string, version int, plaintext []byte) error {
	return k.insertSecret(ctx, tx, k.sealer.seal(secretOfTOTP(name, version), plaintext))
}

// OpenTOTP returns what is in a box.
func (k *Keyring) OpenTOTP(name string, version int, box []byte) ([]byte, error) {
	secret := secretOfTOTP(name, version)
	secret.Box = box
	return k.sealer.open(secret)
}
