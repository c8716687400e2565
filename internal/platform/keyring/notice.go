package keyring

import (
	"time"

	"github.com/favord/favord/apiv3"
)

// Notifier is what a notification to a merchant is made with: who signs it, and the box that
// its resource goes into.
type Notifier struct {
	Signer apiv3.Signer
	Box    *apiv3.Box
	// BoxVersion grows when the merchant gets another APIv3 key.
	BoxVersion int
}

// Notifier returns what a notification at now is made with. The key that is named signs, by
// the rules for answers: an empty, unknown or foreign name leads to the merchant's default key
// (protocol 3.4). The algorithm is RSA, unless all of the merchant's certificates that count
// are of SM2 (protocol 11). It reports merchant.ErrNoAPIv3Key when there is nothing to seal
// with.
func (k *Keys) Notifier(named string, now time.Time) (Notifier, error) {
	scheme := k.noticeScheme(now)
	box, err := k.Box(scheme)
	if err != nil {
		return Notifier{}, err
	}
	signer, err := k.Signer(scheme, named, now)
	return Notifier{Signer: signer, Box: box, BoxVersion: k.boxVersion}, err
}

func (k *Keys) noticeScheme(now time.Time) apiv3.Scheme {
	scheme := apiv3.SchemeRSA
	for i := range k.certificates {
		c := &k.certificates[i]
		if c.Usable(now) != nil {
			continue
		}
		if c.verifier.Scheme() == apiv3.SchemeRSA {
			return apiv3.SchemeRSA
		}
		scheme = c.verifier.Scheme()
	}
	return scheme
}

// Migrated returns the serial of the public key for as large a part of a migrating merchant's
// notifications as it signs at now, else "" (protocol 3.5). The draw decides: it is 0 to 1,
// exclusively, and every notification has its own.
func (k *Keys) Migrated(draw float64, now time.Time) string {
	if draw >= k.Merchant.PublicKeyShare(now) {
		return ""
	}
	for i := range k.rsa.keys {
		if k.rsa.keys[i].Public {
			return k.rsa.keys[i].Serial
		}
	}
	return ""
}

// Knows reports whether a serial names a platform key that answers to the merchant may be
// signed with.
func (k *Keys) Knows(serial string, now time.Time) bool { return k.named(serial, now) != nil }
