package row

import (
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
)

// Secret reads a secret's owner, purpose, name, version, box and PEM.
func Secret(scan Scan) (s store.Secret, err error) {
	return s, scan(&s.Owner, &s.Purpose, &s.Name, &s.Version, &s.Box, &s.PEM)
}

// SealingKey reads a generation and a fingerprint.
func SealingKey(scan Scan) (k store.SealingKey, err error) {
	return k, scan(&k.Generation, &k.Fingerprint)
}

// Certificate reads serial, PEM, both bounds of its time and the status of a certificate.
func Certificate(owner merchant.ID) func(Scan) (merchant.Certificate, error) {
	return func(scan Scan) (merchant.Certificate, error) {
		c := merchant.Certificate{Owner: owner}
		var before, after int64
		err := scan(&c.Serial, &c.PEM, &before, &after, &c.Status)
		c.NotBefore, c.NotAfter = store.TimeOf(before), store.TimeOf(after)
		return c, err
	}
}

// PlatformKey reads serial, public half, PEM and the three times of a platform key.
func PlatformKey(owner merchant.ID) func(Scan) (merchant.PlatformKey, error) {
	return func(scan Scan) (merchant.PlatformKey, error) {
		k := merchant.PlatformKey{Owner: owner}
		var effective, expire, signs int64
		err := scan(&k.Serial, &k.Public, &k.PEM, &effective, &expire, &signs)
		k.Effective, k.Expire, k.SignsFrom = store.TimeOf(effective), store.TimeOf(expire), store.TimeOf(signs)
		return k, err
	}
}
