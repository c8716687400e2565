package keyring

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
)

// Bounds of a look at what must be rotated.
const (
	// overdueFor is how long certificates may be over that still get a successor: a server may have
	// been away for long.
	overdueFor = 365 * 24 * time.Hour
	// merchantsAtOnce is how many merchants are looked up at once.
	merchantsAtOnce = 200
)

// scheduleActor is who rotates by schedule, in the audit.
const scheduleActor = "system:schedule"

// Rotated is a platform certificate that a schedule has added.
type Rotated struct {
	Owner  merchant.ID
	Serial string
	// SignsFrom is when it begins to sign.
	SignsFrom time.Time
}

// RotateDue adds a successor to every platform certificate that is to have one (protocol 4.5).
// Nodes may do it at once: one of them is first. What fails for one merchant does not keep others
// from getting theirs.
func (k *Keyring) RotateDue(ctx context.Context) (done []Rotated, err error) {
	now := k.clock.Now()
	span := store.EndSpan{From: now.Add(-overdueFor), Until: now.Add(merchant.RotationAhead)}
	var errs []error
	for after := merchant.ID(""); ; {
		var page []merchant.ID
		if err := k.store.Read(ctx, func(tx store.ReadTx) (err error) {
			page, err = tx.Expiring(ctx, span, after, merchantsAtOnce)
			return err
		}); err != nil {
			return done, errors.Join(append(errs, fmt.Errorf("look for what ends: %w", err))...)
		}
		for _, id := range page {
			rotated, err := k.rotateDue(ctx, id)
			done, errs = append(done, rotated...), append(errs, err)
		}
		if len(page) < merchantsAtOnce {
			return done, errors.Join(errs...)
		}
		after = page[len(page)-1]
	}
}

// rotateDue does for one merchant, in each algorithm, what RotateDue does for all.
func (k *Keyring) rotateDue(ctx context.Context, id merchant.ID) (done []Rotated, err error) {
	for _, scheme := range []apiv3.Scheme{apiv3.SchemeRSA, apiv3.SchemeSM2} {
		var due bool
		err := k.store.Read(ctx, func(tx store.ReadTx) (err error) { // making a key takes time
			_, due, err = k.due(ctx, tx, id, scheme)
			return err
		})
		if err != nil {
			return done, fmt.Errorf("rotate by schedule for %s: %w", id, err)
		}
		if !due {
			continue
		}
		var signs time.Time
		serial, err := k.succeed(ctx, id, scheme, func(ctx context.Context, tx store.Tx, successor *merchant.PlatformKey) (bool, error) {
			if err := tx.LockMerchant(ctx, id); err != nil {
				return false, err
			}
			from, due, err := k.due(ctx, tx, id, scheme)
			if err != nil || !due {
				return false, err
			}
			signs, successor.SignsFrom = from, from
			return true, tx.AppendAudit(ctx, []store.AuditEntry{audit(id, scheduleActor, "keys.rotate", k.clock.Now())})
		})
		if err != nil {
			return done, err
		}
		if serial != "" {
			done = append(done, Rotated{Owner: id, Serial: serial, SignsFrom: signs})
		}
	}
	return done, nil
}

// due reports whether a merchant's platform certificate in the algorithm of a scheme needs a
// successor.
func (k *Keyring) due(
	ctx context.Context, tx store.ReadTx, id merchant.ID, scheme apiv3.Scheme,
) (signsFrom time.Time, due bool, err error) {
	m, err := tx.Merchant(ctx, id)
	if err != nil {
		return time.Time{}, false, err
	}
	all, err := tx.PlatformKeys(ctx, id)
	if err != nil {
		return time.Time{}, false, err
	}
	var certificates []merchant.PlatformKey
	for i := range all {
		if all[i].Public {
			continue
		}
		_, key, err := parseCertificate([]byte(all[i].PEM))
		if err != nil {
			return time.Time{}, false, fmt.Errorf("platform certificate %s: %w", all[i].Serial, err)
		}
		if schemeOf(key) == scheme {
			certificates = append(certificates, all[i])
		}
	}
	now, mode := k.clock.Now(), merchant.ModeCertificate
	if scheme == apiv3.SchemeRSA { // in SM2 there are certificates only (protocol 3.4, 11)
		mode = m.KeyMode
	}
	signsFrom, due = mode.Successor(certificates, m.PublicKeyShare(now), now)
	return signsFrom, due, nil
}

// AuthorityEnd is when the authority ends whose certificate ends first; the zero time without
// one.
func (k *Keyring) AuthorityEnd(ctx context.Context) (end time.Time, err error) {
	for _, scheme := range []apiv3.Scheme{apiv3.SchemeRSA, apiv3.SchemeSM2} {
		a, err := k.loadAuthority(ctx, scheme)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return end, fmt.Errorf("authority: %w", err)
		}
		if after := a.certificate.NotAfter; end.IsZero() || after.Before(end) {
			end = after
		}
	}
	return end, nil
}
