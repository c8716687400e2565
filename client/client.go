// Package client calls WeChat Pay APIv3 marketing operations, on Favord or on the real
// service: it signs requests, verifies the signature of every answer before it looks
// at it, turns error answers into errors, repeats what is safe to repeat, and receives
// notifications.
//
// A Client is safe for concurrent use and starts no goroutines. It depends on the
// standard library only.
package client

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/wire"
)

// The real service. Both hosts do the same; the standby is in another city
// (busifavor 1.4).
const (
	DefaultBaseURL    = "https://api.mch.weixin.qq.com"
	DefaultStandbyURL = "https://api2.mch.weixin.qq.com"
)

// Defaults and bounds.
const (
	// defaultTimeout is how long one attempt may take; the platform answers within 5 s
	// at the slow end (protocol 10).
	defaultTimeout = 10 * time.Second
	// maxAnswer is the largest answer that is read, in bytes.
	maxAnswer        = 8 << 20
	defaultUserAgent = "favord-client"
)

// Config says who calls whom, and with which keys. How calls are made beyond that is up
// to options.
//
// How answers are verified is one of
//
//   - AutoCertificates with APIv3Key: platform certificates, downloaded;
//   - PlatformKeys or Verifiers by certificate serials: fixed platform certificates;
//   - PlatformKeys with one public key id: the platform's public key;
//   - both of the first and the last: a merchant on the way from the one to the other
//     (protocol 3.5).
type Config struct {
	// BaseURL is scheme and host, optionally a path; "" means DefaultBaseURL.
	BaseURL string
	// StandbyURL is where calls go when BaseURL cannot be reached; "" means
	// DefaultStandbyURL if BaseURL is "", else none.
	StandbyURL string
	// MchID is the calling merchant.
	MchID string
	// SerialNo is the serial of the merchant's API certificate, in hex.
	SerialNo string
	// PrivateKey belongs to that certificate.
	PrivateKey *rsa.PrivateKey
	// Signer takes the place of SerialNo and PrivateKey: for SM2 (apiv3/gm), and
	// for keys that are kept elsewhere.
	Signer apiv3.Signer
	// APIv3Key opens platform certificates and notifications. It has 32 bytes.
	APIv3Key string
	// AutoCertificates downloads platform certificates: before the first call, every
	// ten hours, before they expire, and when an answer or a notification names an
	// unknown one. Nobody can verify the first download but by the APIv3 key, which
	// sealed it, and by the certificates in it, one of which signed it: so both are
	// checked.
	AutoCertificates bool
	// PlatformKeys are the keys that may sign answers, by certificate serial or
	// public key id. Without any, and without Verifiers and AutoCertificates, every
	// answer is refused as unverifiable.
	PlatformKeys map[string]*rsa.PublicKey
	// Verifiers are more of them, in any algorithm. An answer to a request that was
	// signed with SM2 is signed with SM2.
	Verifiers []apiv3.Verifier
	// WechatpaySerial names the platform key that shall sign answers. "" names the
	// only public key id among PlatformKeys, or that of the only Verifier, else the newest
	// downloaded certificate, else lets the platform choose.
	WechatpaySerial string
	// Language is the language of error messages: "zh-CN", "en"; "" means
	// zh-CN.
	Language string
	// HTTPClient sends the requests; nil means one of its own. Attempts have their own
	// time limit, see [WithTimeout]; one set here bounds downloads, too.
	HTTPClient *http.Client
	// Now is the clock for signatures; nil means time.Now.
	Now func() time.Time
}

// Client calls operations. Use New.
type Client struct {
	settings
	hosts      *hosts
	credential apiv3.Credential
	private    *rsa.PrivateKey
	keys       keys
	box        *apiv3.Box
	language   string
	http       *http.Client
	now        func() time.Time
	operations map[string]*wire.Operation
}

// New returns a client. It does not call anybody yet.
func New(c Config, options ...Option) (*Client, error) {
	client := &Client{
		settings:   newSettings(options),
		private:    c.PrivateKey,
		language:   orElse(c.Language, "zh-CN"),
		http:       httpClient(c.HTTPClient),
		now:        c.Now,
		operations: operations(),
	}
	if client.now == nil {
		client.now = time.Now
	}
	var err error
	if client.hosts, err = c.hosts(); err != nil {
		return nil, err
	}
	signer, err := c.signer()
	if err != nil {
		return nil, err
	}
	client.credential = apiv3.Credential{Identity: c.MchID, Signer: signer}
	if c.APIv3Key != "" {
		if client.box, err = client.algorithm.NewBox([]byte(c.APIv3Key)); err != nil {
			return nil, fmt.Errorf("client: %w", err)
		}
	}
	if client.keys, err = c.keys(client.now); err != nil {
		return nil, err
	}
	return client, nil
}

// clock is for durations and deadlines: they are in machine time whatever Config.Now says.
func (*Client) clock() time.Time { return time.Now() }

// hosts returns where calls go.
func (c *Config) hosts() (*hosts, error) {
	primary, err := parseBase(orElse(c.BaseURL, DefaultBaseURL))
	if err != nil {
		return nil, err
	}
	standby := c.StandbyURL
	if c.BaseURL == "" && standby == "" {
		standby = DefaultStandbyURL
	}
	h := &hosts{primary: primary}
	if standby != "" {
		h.standby, err = parseBase(standby)
	}
	return h, err
}

func parseBase(text string) (*url.URL, error) {
	base, err := url.Parse(strings.TrimSuffix(text, "/"))
	if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" || base.RawQuery != "" || base.Fragment != "" {
		return nil, fmt.Errorf("client: base URL %q is not an absolute http(s) URL", text)
	}
	return base, nil
}

// signer returns who signs requests.
func (c *Config) signer() (apiv3.Signer, error) {
	switch {
	case c.Signer != nil && c.PrivateKey != nil:
		return nil, errors.New("client: a signer and a private key are one too many")
	case c.Signer != nil:
		return c.Signer, nil
	case c.PrivateKey == nil:
		return nil, errors.New("client: a private key or a signer is needed")
	}
	signer, err := apiv3.NewRSASigner(c.SerialNo, c.PrivateKey)
	if err != nil {
		return nil, fmt.Errorf("client: %w", err)
	}
	return signer, nil
}

// Properties of connections. The platform closes idle ones after 8 s (protocol 10): ours
// end before, so that no request goes out on one that is just being closed.
const (
	idleTimeout     = 7 * time.Second
	idleConnections = 64
)

// httpClient returns a client that follows no redirects.
func httpClient(given *http.Client) *http.Client {
	if given == nil {
		transport := &http.Transport{Proxy: http.ProxyFromEnvironment}
		if common, is := http.DefaultTransport.(*http.Transport); is {
			transport = common.Clone()
		}
		transport.IdleConnTimeout, transport.MaxIdleConnsPerHost = idleTimeout, idleConnections
		given = &http.Client{Transport: transport}
	}
	own := *given
	if own.CheckRedirect == nil {
		own.CheckRedirect = stay
	}
	return &own
}

// stay follows no redirect: the signature covers the path that was called.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
