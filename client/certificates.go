package client

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/wire/security"
)

// When certificates are downloaded (protocol 4).
const (
	// renewAfter: merchants are to ask more often than every 12 hours.
	renewAfter = 10 * time.Hour
	// renewBefore is how long before the newest expires its successor is asked for.
	renewBefore = time.Hour
	// renewPause is between two downloads, so that whoever sends us unknown serials
	// cannot make us ask all the time.
	renewPause = 10 * time.Second
	// renewPatience is how long a call waits for certificates that it could do without.
	renewPatience = 2 * time.Second
	// keptAfter is how long a certificate counts that a download listed no more: an answer
	// may be on its way that was signed with it.
	keptAfter = apiv3.Window
	// maxCertificates is the longest list that is read. Real ones have one or two.
	maxCertificates = 32
)

// certificates are the platform's, as they were downloaded. They never change; nil is
// none.
type certificates struct {
	bySerial map[string]certificate
	newest   *certificate
	// due is when they are to be downloaded again.
	due time.Time
}

// certificate is one of them.
type certificate struct {
	serial   string
	parsed   *x509.Certificate
	verifier apiv3.Verifier
	// until is when it counts no more because it is not listed any more; zero if it is.
	until time.Time
}

// keep takes over what the certificates before had and a download of now does not list,
// for as long as it still counts.
func (c *certificates) keep(before *certificates, now time.Time) {
	if before == nil {
		return
	}
	for serial, one := range before.bySerial {
		if one.until.IsZero() {
			one.until = now.Add(keptAfter)
		}
		if _, listed := c.bySerial[serial]; !listed && now.Before(one.until) {
			c.bySerial[serial] = one
		}
	}
}

func (c *certificates) find(serial string) (certificate, bool) {
	if c == nil {
		return certificate{}, false
	}
	one, known := c.bySerial[apiv3.CanonicalSerial(serial)]
	return one, known
}

// verifier returns who checks the signatures of a certificate that counts, else nil.
func (c *certificates) verifier(serial string, now time.Time) apiv3.Verifier {
	one, known := c.find(serial)
	if !known || now.After(one.parsed.NotAfter) || !one.until.IsZero() && now.After(one.until) {
		return nil
	}
	return one.verifier
}

func (c *certificates) newestSerial() string {
	if c == nil || c.newest == nil {
		return ""
	}
	return c.newest.serial
}

// downloads keeps downloaded certificates, and lets one caller at a time download them.
type downloads struct {
	now func() time.Time
	// optional is true when there are other keys.
	optional bool
	known    atomic.Pointer[certificates]

	mu sync.Mutex
	// flight is the download under way; nil when there is none.
	flight *flight
	// tried is when the last download ended, failed its error.
	tried  time.Time
	failed error
}

// flight is one download. Its err may be read when done is closed.
type flight struct {
	done chan struct{}
	err  error
	// abandoned is true when whoever downloaded went away meanwhile.
	abandoned bool
}

type fetch func(ctx context.Context) (*certificates, error)

// renew replaces the certificates that the caller has seen, or waits until somebody else
// has. It does nothing when they were downloaded a moment ago.
func (d *downloads) renew(ctx context.Context, seen *certificates, download fetch) error {
	for {
		others, err := d.join(ctx, seen, download)
		if others == nil {
			return err
		}
		select {
		case <-others.done:
		case <-ctx.Done():
			return fmt.Errorf("client: wait for certificates: %w", ctx.Err())
		}
		if !others.abandoned {
			return others.err
		}
	}
}

// tryRenew is renew, but does not wait for others.
func (d *downloads) tryRenew(ctx context.Context, seen *certificates, download fetch) error {
	_, err := d.join(ctx, seen, download)
	return err
}

// join downloads, unless somebody else does: then it returns their flight.
func (d *downloads) join(ctx context.Context, seen *certificates, download fetch) (*flight, error) {
	own, others, err := d.board(seen)
	if own == nil {
		return others, err
	}
	fresh, err := download(ctx)
	d.mu.Lock()
	defer d.mu.Unlock()
	if err == nil {
		fresh.keep(seen, d.now())
		d.known.Store(fresh)
	}
	own.err, own.abandoned = err, err != nil && ctx.Err() != nil
	if !own.abandoned {
		d.tried, d.failed = d.now(), err
	}
	d.flight = nil
	close(own.done)
	return nil, err
}

// board returns the caller's own flight if it shall download, else that of others, else
// neither: what the caller has seen was replaced meanwhile, or it is too early.
func (d *downloads) board(seen *certificates) (own, others *flight, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.known.Load() != seen:
		return nil, nil, nil
	case d.flight != nil:
		return nil, d.flight, nil
	case (seen != nil || d.optional) && d.now().Sub(d.tried) < renewPause:
		return nil, nil, d.failed
	}
	d.flight = &flight{done: make(chan struct{})}
	return d.flight, nil, nil
}

// fetchCertificates downloads the platform's certificates (protocol 4).
func (c *Client) fetchCertificates(ctx context.Context) (*certificates, error) {
	call := Call{Method: http.MethodGet, Target: "/v3/certificates?algorithm_type=" + url.QueryEscape(c.algorithm.Type)}
	var opened *certificates
	_, err := c.repeat(ctx, &call, c.hosts, func(ctx context.Context, host *url.URL) (*Response, error) {
		return c.attempt(ctx, &call, host, func(_ context.Context, r *Response) (serial string, err error) {
			opened, serial, err = c.verifyList(r)
			return serial, err
		})
	})
	if errors.Is(err, ErrResourceNotExists) && c.keys.downloads.optional {
		// The merchant has the public key only (protocol 4.3).
		return &certificates{bySerial: map[string]certificate{}, due: c.now().Add(renewAfter)}, nil
	}
	if err != nil {
		return nil, err
	}
	return opened, nil
}

// verifyList opens a list of certificates and checks its signature, which must be by one
// of them or by a key that is known already.
func (c *Client) verifyList(r *Response) (*certificates, string, error) {
	signature, err := apiv3.ResponseSignatureOf(r.Header)
	if err != nil {
		return nil, "", err
	}
	var opened *certificates
	if r.Status == http.StatusOK {
		if opened, err = c.openCertificates(r.Body); err != nil {
			return nil, "", err
		}
	}
	canonical := apiv3.CanonicalSerial(signature.Serial)
	verifier := opened.verifier(canonical, c.now())
	if verifier == nil {
		verifier = c.keys.downloads.known.Load().verifier(canonical, c.now())
	}
	if verifier == nil {
		verifier = c.keys.fixed[canonical]
	}
	switch {
	case verifier != nil:
		return opened, signature.Serial, signature.Verify(verifier, r.Body, c.now())
	case r.Status == http.StatusOK:
		return nil, "", fmt.Errorf("%w: %.64q", apiv3.ErrUnknownSerial, signature.Serial)
	default:
		return nil, "", apiv3.ErrUnsigned // a refusal: nobody can know its key yet
	}
}

// openCertificates opens the sealed certificates of an answer. Those of other algorithms
// and those that have expired are left out.
func (c *Client) openCertificates(body []byte) (*certificates, error) {
	var list security.ListCertificatesResponse
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, fmt.Errorf("client: decode certificates: %w", err)
	}
	if len(list.Data) > maxCertificates {
		return nil, fmt.Errorf("client: the platform lists %d certificates, more than %d", len(list.Data), maxCertificates)
	}
	now := c.now()
	opened := &certificates{bySerial: map[string]certificate{}}
	for i := range list.Data {
		entry := &list.Data[i]
		if entry.EncryptCertificate.Algorithm != c.box.Algorithm() {
			continue
		}
		one, err := c.openCertificate(entry)
		if err != nil {
			return nil, err
		}
		if now.After(one.parsed.NotAfter) {
			continue
		}
		opened.bySerial[apiv3.CanonicalSerial(one.serial)] = one
		if opened.newest == nil || newer(one.parsed, opened.newest.parsed, now) {
			opened.newest = &one
		}
	}
	if opened.newest == nil {
		return nil, fmt.Errorf("client: the platform lists no valid certificate of algorithm %s", c.algorithm.Type)
	}
	opened.due = now.Add(renewAfter)
	if early := opened.newest.parsed.NotAfter.Add(-renewBefore); early.Before(opened.due) {
		opened.due = early
	}
	return opened, nil
}

// newer reports whether requests shall name a rather than b: it began later, but it has
// begun.
func newer(a, b *x509.Certificate, now time.Time) bool {
	begunA, begunB := !now.Before(a.NotBefore), !now.Before(b.NotBefore)
	if begunA != begunB {
		return begunA
	}
	return a.NotBefore.After(b.NotBefore)
}

func (c *Client) openCertificate(entry *security.Certificate) (certificate, error) {
	text, err := c.box.Open(entry.EncryptCertificate.Sealed())
	if err != nil {
		return certificate{}, fmt.Errorf("client: certificate %.64q: %w; is it the merchant's APIv3 key?", entry.SerialNo, err)
	}
	parsed, err := c.algorithm.ParseCertificate(text)
	if err != nil {
		return certificate{}, fmt.Errorf("client: certificate %.64q: %w", entry.SerialNo, err)
	}
	serial := apiv3.SerialOf(parsed)
	if !apiv3.EqualSerial(serial, entry.SerialNo) {
		return certificate{}, fmt.Errorf("client: certificate %s is listed as %.64q", serial, entry.SerialNo)
	}
	verifier, err := c.algorithm.NewVerifier(serial, parsed)
	if err != nil {
		return certificate{}, err
	}
	return certificate{serial: serial, parsed: parsed, verifier: verifier}, nil
}
