package client

import (
	"context"
	"crypto/rsa"
	"errors"
	"fmt"

	"github.com/favord/favord/apiv3"
)

// FieldKey is the platform key for which sensitive fields are encrypted (protocol 5).
// The marketing interfaces have none; the security echo does.
type FieldKey struct {
	// Serial is what the request must name in Wechatpay-Serial.
	Serial string
	key    *rsa.PublicKey
}

// ErrNoFieldKey reports that the client has no platform key with which it could encrypt:
// none at all, or one that came as a Verifier.
var ErrNoFieldKey = errors.New("client: there is no platform key to encrypt with")

// FieldKey returns the key that requests name: that of Config.WechatpaySerial, the public
// key, or the newest certificate. If need be, it downloads certificates.
func (c *Client) FieldKey(ctx context.Context) (FieldKey, error) {
	if err := c.prepareKeys(ctx); err != nil {
		return FieldKey{}, err
	}
	serial := c.keys.serial(ctx)
	if key := c.keys.public[apiv3.CanonicalSerial(serial)]; key != nil {
		return FieldKey{Serial: serial, key: key}, nil
	}
	if c.keys.downloads != nil {
		if one, known := c.keys.downloads.known.Load().find(serial); known {
			key, err := apiv3.CertificateRSAKey(one.parsed)
			return FieldKey{Serial: serial, key: key}, err
		}
	}
	return FieldKey{}, fmt.Errorf("%w: %q", ErrNoFieldKey, serial)
}

// Seal encrypts a field of at most 214 bytes. An empty one stays empty.
func (k FieldKey) Seal(plaintext string) (string, error) { return apiv3.SealField(k.key, plaintext) }

// Context returns a context whose calls name the key, also if another has become the
// newest meanwhile: what was encrypted must go out under the name of its key.
func (k FieldKey) Context(ctx context.Context) context.Context {
	return context.WithValue(ctx, serialKey{}, k.Serial)
}

// OpenField decrypts a field of an answer with the merchant's private key. It reports
// apiv3.ErrNotCiphertext and apiv3.ErrField; with a Config.Signer instead of a private key
// only its owner can decrypt.
func (c *Client) OpenField(ciphertext string) (string, error) {
	if c.private == nil {
		return "", errors.New("client: decrypting needs Config.PrivateKey")
	}
	return apiv3.OpenField(c.private, ciphertext)
}
