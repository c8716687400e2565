package keyring

import "github.com/favord/favord/internal/store"

// secretOfTOTP is the secret of an operator's authenticator. Kept under that name it is sealed
// anew with all others when keys change.
func secretOfTOTP(name string, version int) store.Secret {
	return store.Secret{Owner: store.Platform, Purpose: store.PurposeTOTP, Name: name, Version: version}
}

// SealTOTP returns the box of the secret of an operator's authenticator, the version-th one, and
// the fingerprint of the key that it is sealed with.
func (k *Keyring) SealTOTP(name string, version int, plaintext []byte) (box []byte, sealedWith string) {
	first := k.sealer.first()
	return first.seal(secretOfTOTP(name, version), plaintext).Box, first.fingerprint
}

// OpenTOTP returns what is in a box.
func (k *Keyring) OpenTOTP(name string, version int, box []byte) ([]byte, error) {
	secret := secretOfTOTP(name, version)
	secret.Box = box
	return k.sealer.open(secret)
}
