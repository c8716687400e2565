package client_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/apiv3/gm"
	"github.com/favord/favord/client"
	"github.com/favord/favord/wire/schema"
	"github.com/favord/favord/wire/security"
)

const apiKey = "TESTONLYapiv3key0123456789ABCDEF"

// issued is a platform certificate.
type issued struct {
	serial string
	pem    []byte
	from   time.Time
	to     time.Time
}

// certify makes a certificate with the platform's key, valid from now.
func certify(t *testing.T, valid time.Duration) issued {
	t.Helper()
	return certifyFrom(t, time.Now(), valid)
}

func certifyFrom(t *testing.T, from time.Time, valid time.Duration) issued {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: apiv3.NewSerial(), Subject: pkix.Name{CommonName: "TEST ONLY"}, NotBefore: from.UTC(), NotAfter: from.Add(valid).UTC(),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &platformKey().PublicKey, platformKey())
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return issued{apiv3.SerialOf(parsed), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), parsed.NotBefore, parsed.NotAfter}
}

// rotating is a platform with certificates, as a transport: it lists them, and signs every
// answer with the last of them.
type rotating struct {
	t   *testing.T
	key string

	mu        sync.Mutex
	listed    []issued
	signer    string
	downloads int
	named     []string
	// instead answers downloads when it is not nil.
	instead step
	// other answers everything else when it is not nil.
	other step
}

func (p *rotating) set(signer string, listed ...issued) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.listed, p.signer = listed, signer
}

func (p *rotating) RoundTrip(r *http.Request) (*http.Response, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	next := signedBy(p.signer, platformKey(), unsigned(http.StatusOK, "{}"))
	if p.other != nil {
		next = p.other
	}
	if r.URL.Path == "/v3/certificates" {
		p.downloads++
		next = signedBy(p.signer, platformKey(), unsigned(http.StatusOK, p.list()))
		if p.instead != nil {
			next = p.instead
		}
	} else {
		p.named = append(p.named, r.Header.Get("Wechatpay-Serial"))
	}
	return next(r)
}

func (p *rotating) list() string {
	box, err := apiv3.NewBox([]byte(p.key))
	if err != nil {
		p.t.Error(err)
	}
	var answer security.ListCertificatesResponse
	for _, c := range p.listed {
		sealed, err := box.Seal(c.pem, apiv3.NewBoxNonce(), "certificate")
		if err != nil {
			p.t.Error(err)
		}
		answer.Data = append(answer.Data, security.Certificate{
			SerialNo: c.serial, EffectiveTime: schema.TimeOf(c.from), ExpireTime: schema.TimeOf(c.to),
			EncryptCertificate: security.EncryptCertificate(sealed),
		})
	}
	text, err := json.Marshal(answer)
	if err != nil {
		p.t.Error(err)
	}
	return string(text)
}

// client returns a client that downloads certificates.
func (p *rotating) client(change func(*client.Config), options ...client.Option) *client.Client {
	p.t.Helper()
	config := client.Config{
		BaseURL: "https://primary.test", MchID: "1900000001", SerialNo: merchantSerial, PrivateKey: merchantKey(),
		APIv3Key: apiKey, AutoCertificates: true, HTTPClient: &http.Client{Transport: p},
	}
	if change != nil {
		change(&config)
	}
	made, err := client.New(config, append([]client.Option{client.WithRetry(client.Retry{})}, options...)...)
	if err != nil {
		p.t.Fatal(err)
	}
	return made
}

func (p *rotating) expect(c *client.Client, downloads int, named string) {
	p.t.Helper()
	if _, err := c.Get(p.t.Context(), "/v3/x"); err != nil {
		p.t.Error(err)
	}
	if p.downloads != downloads {
		p.t.Errorf("%d downloads, want %d", p.downloads, downloads)
	}
	if last := p.named[len(p.named)-1]; last != named {
		p.t.Errorf("names %q, want %q", last, named)
	}
}

const years = 5 * 365 * 24 * time.Hour

// TestCertificatesAreDownloadedWhenTheyAreNeeded: before the first call, after ten hours,
// before the newest expires, and when an answer names an unknown one.
func TestCertificatesAreDownloadedWhenTheyAreNeeded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		first := certify(t, years)
		p := &rotating{t: t, key: apiKey}
		p.set(first.serial, first)
		c := p.client(nil)
		p.expect(c, 1, first.serial)
		p.expect(c, 1, first.serial)
		<-time.After(9 * time.Hour)
		p.expect(c, 1, first.serial)
		<-time.After(time.Hour)
		second := certify(t, years)
		p.set(first.serial, first, second)
		p.expect(c, 2, second.serial) // learnt before it signs anything

		third := certify(t, 2*time.Hour)
		p.set(third.serial, third)
		<-time.After(time.Minute)
		p.expect(c, 3, second.serial) // an unknown one signed: the same answer is verified
		p.expect(c, 3, third.serial)
		<-time.After(time.Hour)
		fourth := certify(t, years)
		p.set(third.serial, fourth, third)
		p.expect(c, 4, fourth.serial) // its end is near
	})
}

// TestTheNewestCertificateThatHasBegunIsNamed, not one for later.
func TestTheNewestCertificateThatHasBegunIsNamed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		<-time.After(48 * time.Hour)
		old, now, later := certifyFrom(t, time.Now().Add(-24*time.Hour), years), certify(t, years), certifyFrom(t, time.Now().Add(time.Hour), years)
		for _, listed := range [][]issued{{old, now, later}, {later, now, old}, {now, later, old}} {
			p := &rotating{t: t, key: apiKey}
			p.set(old.serial, listed...)
			p.expect(p.client(nil), 1, now.serial)
		}
	})
}

// TestAListThatNobodyVouchesForIsRefused for each reason not to believe it.
func TestAListThatNobodyVouchesForIsRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		own := certify(t, years)
		wrong := own
		wrong.serial = certify(t, years).serial
		garbage := own
		garbage.pem = []byte("garbage")
		many := make([]issued, 33)
		for i := range many {
			many[i] = own
		}
		signer := own.serial
		for name, c := range map[string]struct {
			key     string
			signer  string
			listed  []issued
			instead step
			want    error
			text    string
		}{
			"another APIv3 key":     {strings.ToLower(apiKey), signer, []issued{own}, nil, apiv3.ErrBox, "APIv3 key"},
			"signed by a stranger":  {apiKey, merchantSerial, []issued{own}, nil, apiv3.ErrUnknownSerial, merchantSerial},
			"changed":               {apiKey, signer, []issued{own}, signedBy(signer, merchantKey(), unsigned(200, (&rotating{t: t, key: apiKey, listed: []issued{own}}).list())), apiv3.ErrSignature, ""},
			"unsigned":              {apiKey, signer, nil, unsigned(200, `{"data":[]}`), apiv3.ErrUnsigned, ""},
			"another serial":        {apiKey, signer, []issued{wrong}, nil, nil, "is listed as"},
			"no certificate":        {apiKey, signer, []issued{garbage}, nil, apiv3.ErrPEM, ""},
			"none at all":           {apiKey, signer, nil, nil, nil, "no valid certificate"},
			"expired":               {apiKey, signer, []issued{certifyFrom(t, time.Now().Add(-time.Hour), time.Minute)}, nil, nil, "no valid certificate"},
			"too many":              {apiKey, signer, many, nil, nil, "33"},
			"no JSON":               {apiKey, signer, nil, signedBy(signer, platformKey(), unsigned(200, `[]`)), nil, "decode"},
			"404":                   {apiKey, signer, nil, unsigned(404, `{"code":"RESOURCE_NOT_EXISTS","message":"无可用的平台证书"}`), client.ErrResourceNotExists, ""},
			"404 by an unknown key": {apiKey, signer, nil, signedBy("PUB_KEY_ID_9", merchantKey(), unsigned(404, `{"code":"RESOURCE_NOT_EXISTS","message":"无可用的平台证书"}`)), client.ErrResourceNotExists, ""},
		} {
			p := &rotating{t: t, key: c.key, instead: c.instead}
			p.set(c.signer, c.listed...)
			response, err := p.client(nil).Get(t.Context(), "/v3/x")
			if err == nil || response != nil || len(p.named) > 0 {
				t.Fatalf("%s: %v after %d calls", name, err, len(p.named))
			}
			if c.want != nil && !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.text) {
				t.Errorf("%s: %v", name, err)
			}
			if strings.Contains(err.Error(), apiKey) {
				t.Errorf("%s: the error shows the key", name)
			}
		}
	})
}

// TestAFailedRenewalIsTriedLater and costs nobody anything but one attempt.
func TestAFailedRenewalIsTriedLater(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		only := certify(t, years)
		p := &rotating{t: t, key: apiKey}
		p.set(only.serial, only)
		c := p.client(nil)
		p.expect(c, 1, only.serial)
		<-time.After(10 * time.Hour)
		p.instead = broken
		p.expect(c, 2, only.serial)
		p.expect(c, 2, only.serial)
		<-time.After(10 * time.Second)
		p.instead = silent
		began := time.Now()
		p.expect(c, 3, only.serial)
		p.expect(c, 3, only.serial)
		if took := time.Since(began); took != 2*time.Second {
			t.Errorf("two calls wait for %s", took)
		}
		p.instead = nil
		<-time.After(10 * time.Second)
		p.expect(c, 4, only.serial)
		<-time.After(10 * time.Second)
		p.expect(c, 4, only.serial)
	})
}

// TestUnknownSerialsDoNotMakeAStorm: whoever sends them cannot have certificates downloaded
// all the time.
func TestUnknownSerialsDoNotMakeAStorm(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		own, stranger := certify(t, years), certify(t, years)
		p := &rotating{t: t, key: apiKey}
		p.set(own.serial, own)
		c := p.client(nil)
		p.expect(c, 1, own.serial)
		p.other = signedBy(stranger.serial, platformKey(), unsigned(200, "{}"))
		for range 100 {
			if _, err := c.Get(t.Context(), "/v3/x"); !errors.Is(err, apiv3.ErrUnknownSerial) {
				t.Fatal(err)
			}
		}
		if p.downloads > 2 {
			t.Errorf("%d downloads", p.downloads)
		}
		// What is stale, or names a public key, is not worth a download at all.
		<-time.After(time.Minute)
		before := p.downloads
		p.other = signedBy("PUB_KEY_ID_7", platformKey(), unsigned(200, "{}"))
		if _, err := c.Get(t.Context(), "/v3/x"); !errors.Is(err, apiv3.ErrUnknownSerial) || p.downloads != before {
			t.Errorf("%v after %d downloads", err, p.downloads-before)
		}
		p.other = func(r *http.Request) (*http.Response, error) {
			response, err := signedBy(stranger.serial, platformKey(), unsigned(200, "{}"))(r)
			response.Header[apiv3.HeaderTimestamp] = []string{"1"}
			return response, err
		}
		if _, err := c.Get(t.Context(), "/v3/x"); !errors.Is(err, apiv3.ErrTimestamp) || p.downloads != before {
			t.Errorf("%v after %d downloads", err, p.downloads-before)
		}
	})
}

// TestManyCallersShareOneDownload, the first and those for an unknown certificate.
func TestManyCallersShareOneDownload(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		first, second := certify(t, years), certify(t, years)
		p := &rotating{t: t, key: apiKey}
		p.set(first.serial, first)
		slow := &http.Client{Transport: delayed{p}}
		c := p.client(func(config *client.Config) { config.HTTPClient = slow })
		for n, listed := range [][]issued{{first}, {second}} {
			p.set(listed[0].serial, listed...)
			var wg sync.WaitGroup
			for range 64 {
				wg.Go(func() {
					if _, err := c.Get(t.Context(), "/v3/x"); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if p.downloads != n+1 {
				t.Errorf("%d downloads, want %d", p.downloads, n+1)
			}
			<-time.After(time.Minute)
		}
	})
}

// delayed takes a second for each request.
type delayed struct{ next http.RoundTripper }

func (d delayed) RoundTrip(r *http.Request) (*http.Response, error) {
	select {
	case <-r.Context().Done():
		return nil, r.Context().Err()
	case <-time.After(time.Second):
		return d.next.RoundTrip(r)
	}
}

// TestWhoeverWaitsForADownloadDoesNotFailWithItsCaller who went away.
func TestWhoeverWaitsForADownloadDoesNotFailWithItsCaller(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		only := certify(t, years)
		p := &rotating{t: t, key: apiKey}
		p.set(only.serial, only)
		c := p.client(func(config *client.Config) { config.HTTPClient = &http.Client{Transport: delayed{p}} })
		impatient, cancel := context.WithTimeout(t.Context(), time.Second/2)
		defer cancel()
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := c.Get(impatient, "/v3/x"); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("the first: %v", err)
			}
		})
		synctest.Wait()
		for range 10 {
			wg.Go(func() {
				if _, err := c.Get(t.Context(), "/v3/x"); err != nil {
					t.Errorf("who waits: %v", err)
				}
			})
		}
		wg.Go(func() {
			if _, err := c.Get(impatient, "/v3/x"); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("who waits no longer: %v", err)
			}
		})
		wg.Wait()
	})
}

// TestAnAnswerOnItsWayCountsAfterItsCertificateIsNotListedAnyMore, but not for longer than
// an answer may be on its way; a download in between does not prolong it.
func TestAnAnswerOnItsWayCountsAfterItsCertificateIsNotListedAnyMore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &rotating{t: t, key: apiKey}
		old, next := certify(t, years), certify(t, years)
		p.set(old.serial, old)
		c := p.client(nil)
		p.expect(c, 1, old.serial)
		<-time.After(time.Hour)
		p.set(next.serial, next)
		p.expect(c, 2, old.serial)
		<-time.After(4 * time.Minute)
		last := certify(t, years)
		p.set(last.serial, last)
		p.expect(c, 3, next.serial)
		late := func() error {
			p.other = signedBy(old.serial, platformKey(), unsigned(http.StatusOK, "{}"))
			_, err := c.Get(t.Context(), "/v3/x")
			return err
		}
		<-time.After(apiv3.Window - 4*time.Minute)
		if err := late(); err != nil {
			t.Errorf("on its way: %v", err)
		}
		<-time.After(time.Second)
		if err := late(); !errors.Is(err, apiv3.ErrUnknownSerial) {
			t.Errorf("later: %v", err)
		}
	})
}

// TestOneClientServesManyWhileCertificatesRotate without an answer that it cannot verify.
func TestOneClientServesManyWhileCertificatesRotate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &rotating{t: t, key: apiKey}
		old := certify(t, years)
		p.set(old.serial, old)
		c := p.client(nil)
		done := make(chan struct{})
		var wg sync.WaitGroup
		for range 64 {
			wg.Go(func() {
				for {
					select {
					case <-done:
						return
					case <-time.After(10 * time.Second):
					}
					if _, err := c.Get(t.Context(), "/v3/x"); err != nil {
						t.Error(err)
					}
					if _, err := c.FieldKey(t.Context()); err != nil {
						t.Error(err)
					}
				}
			})
		}
		for range 4 {
			next := certify(t, years)
			p.set(old.serial, old, next)
			<-time.After(20 * time.Second)
			p.set(next.serial, next, old)
			old = next
		}
		close(done)
		wg.Wait()
		if p.downloads > 10 {
			t.Errorf("%d downloads for 4 rotations", p.downloads)
		}
	})
}

// TestAMerchantOnTheWayToThePublicKeyKnowsBoth (protocol 3.5): it asks for the public key,
// gets either, and at the end there are no certificates.
func TestAMerchantOnTheWayToThePublicKeyKnowsBoth(t *testing.T) {
	t.Parallel()
	const id = "PUB_KEY_ID_0119000000012026112200112233000001"
	synctest.Test(t, func(t *testing.T) {
		certificate := certify(t, years)
		p := &rotating{t: t, key: apiKey}
		p.set(certificate.serial, certificate)
		c := p.client(func(config *client.Config) {
			config.PlatformKeys = map[string]*rsa.PublicKey{id: &platformKey().PublicKey}
		})
		p.expect(c, 1, id)
		p.other = signedBy(id, platformKey(), unsigned(200, "{}"))
		p.expect(c, 1, id)
		<-time.After(11 * time.Hour)
		p.instead = signedBy(id, platformKey(), unsigned(404, `{"code":"RESOURCE_NOT_EXISTS","message":"无可用的平台证书"}`))
		p.expect(c, 2, id)
		p.expect(c, 2, id)
		// A client that begins when there are none any more does not mind either.
		late := p.client(func(config *client.Config) {
			config.PlatformKeys = map[string]*rsa.PublicKey{id: &platformKey().PublicKey}
		})
		p.expect(late, 3, id)
		p.instead = broken
		<-time.After(11 * time.Hour)
		p.expect(late, 4, id)
	})
}

// TestCertificatesOfSM2AreDownloaded with the algorithm of package gm.
func TestCertificatesOfSM2AreDownloaded(t *testing.T) {
	t.Parallel()
	mine, err := gm.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := gm.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(0x1234), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	parsed, err := gm.CreateCertificate(template, template, theirs.Public(), theirs)
	if err != nil {
		t.Fatal(err)
	}
	serial := apiv3.SerialOf(parsed)
	box, err := gm.NewBox([]byte(apiKey))
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := box.Seal(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: parsed.Raw}), apiv3.NewBoxNonce(), "certificate")
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(security.ListCertificatesResponse{Data: []security.Certificate{{SerialNo: serial, EncryptCertificate: security.EncryptCertificate(sealed)}}})
	if err != nil {
		t.Fatal(err)
	}
	platform := roundTrip(func(r *http.Request) (*http.Response, error) {
		text := []byte("{}")
		if r.URL.Path == "/v3/certificates" {
			text = body
			if r.URL.RawQuery != "algorithm_type=SM2" {
				t.Errorf("asks for %s", r.URL.RawQuery)
			}
		}
		signed, err := apiv3.SignResponse(gm.NewSigner(serial, theirs), text, time.Now())
		h := http.Header{}
		signed.SetHeader(h)
		return &http.Response{StatusCode: http.StatusOK, Header: h, Body: io.NopCloser(bytes.NewReader(text))}, err
	})
	c, err := client.New(client.Config{
		BaseURL: "https://primary.test", MchID: "1900000001", Signer: gm.NewSigner(merchantSerial, mine), APIv3Key: apiKey, AutoCertificates: true,
		HTTPClient: &http.Client{Transport: platform},
	}, client.WithAlgorithm(sm2()))
	if err != nil {
		t.Fatal(err)
	}
	response, err := c.Get(t.Context(), "/v3/x")
	if err != nil || response.SignedBy != serial {
		t.Errorf("%+v, %v", response, err)
	}
}

// sm2 is the algorithm of merchants with SM2.
func sm2() client.Algorithm {
	return client.Algorithm{
		Type: "SM2", NewBox: gm.NewBox, ParseCertificate: gm.ParseCertificate,
		NewVerifier: func(serial string, c *x509.Certificate) (apiv3.Verifier, error) {
			key, err := gm.CertificateKey(c)
			if err != nil {
				return nil, err
			}
			return gm.NewVerifier(serial, key), nil
		},
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
