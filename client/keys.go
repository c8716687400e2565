package client

import (
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/favord/favord/apiv3"
)

// keys are the platform's keys as a client knows them.
type keys struct {
	// fixed are those of the configuration, by canonical serial.
	fixed map[string]apiv3.Verifier
	// public are those of them that can encrypt.
	public map[string]*rsa.PublicKey
	// named is the serial that requests name; "" leaves it to the downloaded ones.
	named string
	// downloads is nil when certificates are not downloaded.
	downloads *downloads
}

// keys returns the keys that the configuration names.
func (c *Config) keys(now func() time.Time) (keys, error) {
	k := keys{fixed: map[string]apiv3.Verifier{}, public: map[string]*rsa.PublicKey{}, named: c.WechatpaySerial}
	var ids []string
	for serial, key := range c.PlatformKeys {
		verifier, err := apiv3.NewRSAVerifier(serial, key)
		if err != nil {
			return keys{}, fmt.Errorf("client: platform key %s: %w", serial, err)
		}
		canonical := apiv3.CanonicalSerial(serial)
		k.fixed[canonical], k.public[canonical] = verifier, key
		if isPublicKeyID(serial) {
			ids = append(ids, serial)
		}
	}
	for _, verifier := range c.Verifiers {
		k.fixed[apiv3.CanonicalSerial(verifier.Serial())] = verifier
		if isPublicKeyID(verifier.Serial()) && len(c.Verifiers)+len(c.PlatformKeys) == 1 {
			ids = append(ids, verifier.Serial()) // nothing else can verify an answer
		}
	}
	if k.named == "" && len(ids) == 1 {
		k.named = ids[0]
	}
	if c.AutoCertificates {
		if c.APIv3Key == "" {
			return keys{}, errors.New("client: downloading certificates needs the APIv3 key")
		}
		k.downloads = &downloads{now: now, optional: len(k.fixed) > 0}
	}
	return k, nil
}

func isPublicKeyID(serial string) bool { return strings.HasPrefix(serial, apiv3.PublicKeyIDPrefix) }

// serial returns which platform key a request names; "" names none.
func (k *keys) serial(ctx context.Context) string {
	if serial, chosen := ctx.Value(serialKey{}).(string); chosen {
		return serial
	}
	if k.named != "" || k.downloads == nil {
		return k.named
	}
	return k.downloads.known.Load().newestSerial()
}

// serialKey is the key of a context's value: the serial that its calls name.
type serialKey struct{}

// prepareKeys sees to it that there are keys to verify with, and that downloaded ones do
// not get old.
func (c *Client) prepareKeys(ctx context.Context) error {
	d := c.keys.downloads
	if d == nil {
		return nil
	}
	known := d.known.Load()
	switch {
	case known == nil && !d.optional:
		return d.renew(ctx, known, c.fetchCertificates)
	case known == nil || !c.now().Before(known.due):
		// The keys that are there are good for now: whether this works is not this call's
		// concern, and others do not wait for it.
		_ = d.tryRenew(ctx, known, func(ctx context.Context) (*certificates, error) {
			limited, cancel := context.WithTimeout(ctx, renewPatience)
			defer cancel()
			return c.fetchCertificates(limited)
		})
	}
	return nil
}

// verifierOf returns who checks the signatures of a platform key. If its certificate is
// not known, it is downloaded.
func (c *Client) verifierOf(ctx context.Context, serial string) (apiv3.Verifier, error) {
	canonical := apiv3.CanonicalSerial(serial)
	if verifier, known := c.keys.fixed[canonical]; known {
		return verifier, nil
	}
	d := c.keys.downloads
	if d == nil || isPublicKeyID(serial) {
		return nil, fmt.Errorf("%w: %.64q", apiv3.ErrUnknownSerial, serial)
	}
	known := d.known.Load()
	if verifier := known.verifier(canonical, c.now()); verifier != nil {
		return verifier, nil
	}
	if err := d.renew(ctx, known, c.fetchCertificates); err != nil {
		return nil, fmt.Errorf("%w: %.64q, and downloading certificates failed: %w", apiv3.ErrUnknownSerial, serial, err)
	}
	if verifier := d.known.Load().verifier(canonical, c.now()); verifier != nil {
		return verifier, nil
	}
	return nil, fmt.Errorf("%w: %.64q", apiv3.ErrUnknownSerial, serial)
}
