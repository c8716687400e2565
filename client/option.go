package client

import (
	"crypto/x509"
	"fmt"
	"time"

	"github.com/favord/favord/apiv3"
)

// Option changes how a client makes its calls.
type Option func(*settings)

type settings struct {
	userAgent string
	timeout   time.Duration
	retry     Retry
	observe   func(Attempt)
	algorithm Algorithm
}

func newSettings(options []Option) settings {
	s := settings{
		userAgent: defaultUserAgent,
		timeout:   defaultTimeout,
		retry:     DefaultRetry(),
		observe:   func(Attempt) {},
		algorithm: rsaAlgorithm(),
	}
	for _, option := range options {
		option(&s)
	}
	return s
}

// WithUserAgent names the program in requests. The platform refuses requests without a
// User-Agent (protocol 1.2), so "" changes nothing.
func WithUserAgent(name string) Option {
	return func(s *settings) { s.userAgent = orElse(name, s.userAgent) }
}

// WithTimeout bounds each attempt; the default is 10 s. A call as a whole is bounded by
// its context. A download may take longer: for it, this is the time to its first byte.
func WithTimeout(perAttempt time.Duration) Option {
	return func(s *settings) {
		if perAttempt > 0 {
			s.timeout = perAttempt
		}
	}
}

// WithRetry changes how often and after which pauses calls are repeated. Whether one may
// be repeated does not depend on it, see [Retry].
func WithRetry(r Retry) Option {
	return func(s *settings) { s.retry = r.bounded() }
}

// WithObserver tells somebody about every attempt after it ended: for logs and metrics.
// It is called by the goroutine that makes the call, and by many at once.
func WithObserver(observe func(Attempt)) Option {
	return func(s *settings) {
		if observe != nil {
			s.observe = observe
		}
	}
}

// Attempt is one request as it went.
type Attempt struct {
	Method string
	// URL has no query. Its path may name a user or a coupon.
	URL string
	// Number counts the attempts of a call from 1.
	Number int
	// Status is that of the answer, 0 without one.
	Status    int
	RequestID string
	Duration  time.Duration
	// Err is nil for a success.
	Err error
}

// Algorithm is the family of algorithms in which platform certificates and notifications
// are sealed and signed. The default is RSA with AES; for SM2 with SM4 say
//
//	client.WithAlgorithm(client.Algorithm{
//		Type: "SM2", NewBox: gm.NewBox, ParseCertificate: gm.ParseCertificate,
//		NewVerifier: func(serial string, c *x509.Certificate) (apiv3.Verifier, error) { … gm.CertificateKey(c) … },
//	})
type Algorithm struct {
	// Type is the algorithm_type of GET /v3/certificates.
	Type string
	// NewBox returns the box of an APIv3 key.
	NewBox func(key []byte) (*apiv3.Box, error)
	// ParseCertificate reads a certificate in PEM.
	ParseCertificate func(text []byte) (*x509.Certificate, error)
	// NewVerifier returns who checks the signatures of a certificate.
	NewVerifier func(serial string, c *x509.Certificate) (apiv3.Verifier, error)
}

// WithAlgorithm replaces RSA.
func WithAlgorithm(a Algorithm) Option {
	return func(s *settings) { s.algorithm = a }
}

func rsaAlgorithm() Algorithm {
	return Algorithm{
		Type: "RSA", NewBox: apiv3.NewBox, ParseCertificate: apiv3.ParseCertificate,
		NewVerifier: func(serial string, c *x509.Certificate) (apiv3.Verifier, error) {
			key, err := apiv3.CertificateRSAKey(c)
			if err != nil {
				return nil, fmt.Errorf("client: certificate %s: %w", serial, err)
			}
			return apiv3.NewRSAVerifier(serial, key)
		},
	}
}
