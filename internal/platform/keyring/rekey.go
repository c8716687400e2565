package keyring

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
)

// ErrPlace refuses a place to go on from that no step has named.
var ErrPlace = fault.New(fault.Invalid, "起始位置无效，请使用上一次返回的next", "The place is none that a step named as next.")

// Rekeyed says what a step of sealing anew has done.
type Rekeyed struct {
	// Looked is how many secrets it has looked at, Resealed how many of them it has sealed anew.
	Looked, Resealed int
	// Next is where the next step goes on; empty is the beginning.
	Next string
	// Done is true when everything is sealed with the first key, and the database knows no other.
	Done bool
	// Retired are the fingerprints of the keys that nothing is sealed with any more.
	Retired []string
}

// Rekey looks at some secrets and seals with the first key what was sealed with another one. It
// may be broken off and begun anew at any time. The step that meets the end has the database
// forget the other keys, if nothing was sealed with them meanwhile; else one begins again.
func (k *Keyring) Rekey(ctx context.Context, actor, from string) (Rekeyed, error) {
	after, err := parsePlace(from)
	if err != nil {
		return Rekeyed{}, err
	}
	r, last, err := k.reseal(ctx, actor, after)
	if err == nil && last {
		r.Done, r.Retired, err = k.retire(ctx, actor)
	}
	if err != nil {
		return Rekeyed{}, fmt.Errorf("rekey: %w", err)
	}
	return r, nil
}

// reseal makes a step, and reports whether there is nothing behind it.
func (k *Keyring) reseal(ctx context.Context, actor string, after store.SecretKey) (r Rekeyed, last bool, err error) {
	err = k.store.Write(ctx, func(tx store.Tx) error {
		r, last = Rekeyed{}, false
		first := k.sealer.first()
		if err := tx.LockSealingKey(ctx, first.fingerprint); err != nil {
			return k.sealer.orForeign(err)
		}
		page, err := tx.Secrets(ctx, after, secretsAtOnce)
		if err != nil {
			return err
		}
		r.Looked, last = len(page), len(page) < secretsAtOnce
		if !last {
			r.Next = placeOf(page[len(page)-1].Key())
		}
		for i := range page {
			plaintext, by, err := k.sealer.unseal(page[i])
			switch {
			case err != nil:
				return k.sealer.errForeign()
			case by.fingerprint == first.fingerprint:
				continue
			}
			if err := tx.ReplaceBox(ctx, page[i], first.seal(page[i], plaintext).Box); err != nil {
				return err
			}
			r.Resealed++
		}
		if r.Resealed == 0 {
			return nil
		}
		return tx.AppendAudit(ctx, []store.AuditEntry{k.noteRekey(actor, "manage.keys.rekey", first.fingerprint)})
	})
	return r, last, err
}

// errSealedMeanwhile gives up retiring a key that a node still seals with.
var errSealedMeanwhile = errors.New("keyring: something was sealed with a former key meanwhile")

// retire has the database forget all keys but the first one, unless something is sealed with
// them.
func (k *Keyring) retire(ctx context.Context, actor string) (done bool, retired []string, err error) {
	err = k.store.Write(ctx, func(tx store.Tx) error {
		retired = nil
		first := k.sealer.first()
		known, err := tx.SealingKeys(ctx)
		if err != nil {
			return err
		}
		for _, other := range known {
			if other.Fingerprint == first.fingerprint {
				continue
			}
			retired = append(retired, other.Fingerprint)
			if err := tx.DropSealingKey(ctx, other.Fingerprint); err != nil {
				return err
			}
		}
		if len(retired) == 0 {
			return nil
		}
		if err := eachSecret(ctx, tx, func(s store.Secret) error {
			if _, err := first.open(s); err != nil {
				return errSealedMeanwhile
			}
			return nil
		}); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, []store.AuditEntry{k.noteRekey(actor, "manage.keys.retire", first.fingerprint)})
	})
	if errors.Is(err, errSealedMeanwhile) {
		return false, nil, nil
	}
	return err == nil, retired, err
}

// noteRekey is an entry of the audit about the key that seals.
func (k *Keyring) noteRekey(actor, action, fingerprint string) store.AuditEntry {
	entry := audit(store.Platform, actor, action, k.clock.Now())
	entry.Object = "sealing_key/" + fingerprint
	return entry
}

// orForeign refuses the key file where the database does not know the key.
func (e *Sealer) orForeign(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return e.errForeign()
	}
	return err
}

// placeOf says where a step has ended; parsePlace reads it.
func placeOf(key store.SecretKey) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strings.Join([]string{string(key.Owner), string(key.Purpose), key.Name}, "\x00")))
}

func parsePlace(text string) (store.SecretKey, error) {
	if text == "" {
		return store.SecretKey{}, nil
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	parts := strings.Split(string(raw), "\x00")
	const owner, purpose, name, all = 0, 1, 2, 3
	if err != nil || len(parts) != all {
		return store.SecretKey{}, ErrPlace.At("after", "")
	}
	return store.SecretKey{Owner: merchant.ID(parts[owner]), Purpose: store.Purpose(parts[purpose]), Name: parts[name]}, nil
}
