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

// Notifier returns what a notification at now is made with. No request names a key, so that
// the merchant's default one signs (protocol 3.4). The algorithm is RSA, unless all of the
// merchant's certificates that count are of SM2 (protocol 11). It reports
// merchant.ErrNoAPIv3Key when there is nothing to seal with.
func (k *Keys) Notifier(now time.Time) (Notifier, error) {
	scheme := k.noticeScheme(now)
	box, err := k.Box(scheme)
	if err != nil {
		return Notifier{}, err
	}
	signer, err := k.Signer(scheme, "", now)
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
