// Package keyring owns every key: the platform's, with which answers are signed and
// fields opened, and the merchants', with which requests are verified and resources
// sealed. Key bytes do not leave it; others get signers, verifiers and boxes.
//
// Everything here goes by signature time, the real clock.
package keyring

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/shelf"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
)

// Keyring loads keys and keeps the ones in use parsed. It is safe for concurrent
// use.
type Keyring struct {
	store  store.Store
	clock  clock.Clock
	sealer *Sealer
	// makeRSA makes an RSA key.
	makeRSA func() (*rsa.PrivateKey, error)

	// parsed are the keys in use.
	parsed *shelf.Shelf[merchant.ID, *Keys]
}

// Bounds of what stays parsed.
const (
	// maxCached is how many merchants' keys there are; each takes some ten
	// kilobytes.
	maxCached = 10_000
	// timeToLive is how long they are good when the word of a change on another
	// node is lost.
	timeToLive = 10 * time.Second
)

// New returns a keyring over a store that is not in use yet. The clock is signature
// time.
func New(s store.Store, c clock.Clock, sealer *Sealer) *Keyring {
	k := &Keyring{
		store: s, clock: c, sealer: sealer, makeRSA: generateRSA,
		parsed: shelf.New[merchant.ID, *Keys](c, maxCached, timeToLive),
	}
	s.OnChange(k.Forget)
	return k
}

func generateRSA() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, keyBits) }

// MakeRSAWith has RSA keys come from elsewhere: tests that start many sandboxes have no time to
// make keys. It must not run beside anything else.
func (k *Keyring) MakeRSAWith(source func() (*rsa.PrivateKey, error)) { k.makeRSA = source }

// Of returns the keys of a merchant. An unknown merchant is refused like an unknown
// serial.
func (k *Keyring) Of(ctx context.Context, id merchant.ID) (*Keys, error) {
	keys, err := k.parsed.Get(ctx, id, func(ctx context.Context) (*Keys, error) { return k.load(ctx, id) })
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, merchant.ErrSerial
	case err != nil:
		return nil, fmt.Errorf("load keys of %s: %w", id, err)
	}
	return keys, nil
}

// Forget drops a merchant's parsed keys after they were changed, everybody's for an
// empty id.
func (k *Keyring) Forget(id merchant.ID) {
	k.parsed.Drop(func(keys **Keys) bool { return id == "" || (*keys).Merchant.ID == id })
}

// rows is what the store has about one merchant's keys.
type rows struct {
	merchant     merchant.Merchant
	certificates []merchant.Certificate
	platform     []merchant.PlatformKey
	secrets      []store.Secret // beside platform
	// apiv3 and apiv2 are nil while the merchant has not set them.
	apiv3, apiv2 *store.Secret
}

func (k *Keyring) load(ctx context.Context, id merchant.ID) (*Keys, error) {
	var r rows
	if err := k.store.Read(ctx, func(tx store.ReadTx) (err error) {
		r, err = readRows(ctx, tx, id)
		return err
	}); err != nil {
		return nil, err
	}
	return k.parse(r)
}

func readRows(ctx context.Context, tx store.ReadTx, id merchant.ID) (r rows, err error) {
	if r.merchant, err = tx.Merchant(ctx, id); err != nil {
		return r, err
	}
	if r.certificates, err = tx.Certificates(ctx, id); err != nil {
		return r, err
	}
	if r.platform, err = tx.PlatformKeys(ctx, id); err != nil {
		return r, err
	}
	for i := range r.platform {
		secret, err := tx.Secret(ctx, id, store.PurposePlatformKey, r.platform[i].Serial)
		if errors.Is(err, store.ErrNotFound) { // the merchant is there, so it must not look unknown
			return r, fmt.Errorf("private key of %s is missing", r.platform[i].Serial)
		}
		if err != nil {
			return r, err
		}
		r.secrets = append(r.secrets, secret)
	}
	if r.apiv3, err = readSecret(ctx, tx, id, store.PurposeAPIv3); err != nil {
		return r, err
	}
	r.apiv2, err = readSecret(ctx, tx, id, store.PurposeAPIv2)
	return r, err
}

// readSecret returns a secret without a name, nil when there is none.
func readSecret(ctx context.Context, tx store.ReadTx, id merchant.ID, purpose store.Purpose) (*store.Secret, error) {
	secret, err := tx.Secret(ctx, id, purpose, "")
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return &secret, err
}

// Cache tells how much what is kept in memory helps.
func (k *Keyring) Cache() shelf.Stats { return k.parsed.Stats() }
