package keyring

import (
	"context"
	"fmt"
	"slices"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
)

// Overview is what may be shown of a merchant's keys: nothing secret.
type Overview struct {
	Certificates []Shown[merchant.Certificate]
	Platform     []Shown[merchant.PlatformKey]
	// APIv3Version and APIv2Version count how often the keys were set; 0 is never.
	APIv3Version, APIv2Version int
}

// Shown is a public key with the scheme that it is for.
type Shown[T any] struct {
	Key    T
	Scheme apiv3.Scheme
}

// Overview shows the keys of a merchant. It reports merchant.ErrNotRegistered.
func (k *Keyring) Overview(ctx context.Context, id merchant.ID) (Overview, error) {
	var r rows
	if err := k.store.Read(ctx, func(tx store.ReadTx) (err error) {
		r, err = readRows(ctx, tx, id)
		return err
	}); err != nil {
		return Overview{}, fmt.Errorf("keys: %w", unregistered(err, id))
	}
	o := Overview{}
	for _, c := range r.certificates {
		_, key, err := parseCertificate([]byte(c.PEM))
		if err != nil {
			return Overview{}, err
		}
		o.Certificates = append(o.Certificates, Shown[merchant.Certificate]{c, schemeOf(key)})
	}
	for _, p := range r.platform {
		scheme := apiv3.SchemeRSA
		if !p.Public {
			_, key, err := parseCertificate([]byte(p.PEM))
			if err != nil {
				return Overview{}, err
			}
			scheme = schemeOf(key)
		}
		o.Platform = append(o.Platform, Shown[merchant.PlatformKey]{p, scheme})
	}
	o.APIv3Version, o.APIv2Version = versionOf(r.apiv3), versionOf(r.apiv2)
	return o, nil
}

func versionOf(s *store.Secret) int {
	if s == nil {
		return 0
	}
	return s.Version
}

// answersIn reports whether the platform has keys in the algorithm of a scheme.
func (o *Overview) answersIn(scheme apiv3.Scheme) bool {
	for _, p := range o.Platform {
		if p.Scheme == scheme {
			return true
		}
	}
	return false
}

// AuthorityPEM returns the certificate of the authority that issues platform certificates
// in the algorithm of a scheme. It is made when there is none.
func (k *Keyring) AuthorityPEM(ctx context.Context, scheme apiv3.Scheme) ([]byte, error) {
	a, err := k.authority(ctx, scheme)
	if err != nil {
		return nil, err
	}
	return certificatePEM(a.certificate), nil
}

// Platform lists what may be known of the platform's keys for the merchant, in RSA and then SM2.
func (k *Keys) Platform() []merchant.PlatformKey {
	return append(slices.Clone(k.rsa.keys), k.sm2.keys...)
}
