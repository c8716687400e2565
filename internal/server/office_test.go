package server_test

import (
	"cmp"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/internal/server"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/pgtest"
	"github.com/favord/favord/internal/store/storetest"
	"github.com/favord/favord/wire"
)

// object is a body in JSON.
type object = map[string]any

// office is a management port that nobody else uses: its server does not run, so that everything
// that is written is written by the calls of a test.
type office struct {
	*server.Server
	t *testing.T
	// engine is sqlite or postgres, dir where its files are.
	engine, dir string
	clock       *clock.Manual
	unclear     *storetest.Unclear
	env         sandbox.Environment
	key         *rsa.PrivateKey
	numbers     int64
	// seen is the last entry of each chain that was looked at.
	seen map[merchant.ID]int64
}

// eachOffice runs a test on the engines that servers have.
func eachOffice(t *testing.T, test func(t *testing.T, o *office)) {
	t.Helper()
	for name, database := range map[string]func(t *testing.T) string{
		"sqlite": func(*testing.T) string { return "" },
		"postgres": func(t *testing.T) string {
			cluster, err := pgtest.Start(t.Context(), pgtest.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = cluster.Stop() })
			return cluster.Empty(t)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, newOffice(t, name, database(t)))
		})
	}
}

func newOffice(t *testing.T, engine, database string) *office {
	t.Helper()
	o := &office{t: t, engine: engine, dir: t.TempDir(), clock: clock.NewManual(clock.System{}.Now()), seen: map[merchant.ID]int64{}}
	c := configOf(o.dir)
	c.Clock, c.Database, c.Unlimited, c.ReviewStocks, c.ManageToken = o.clock, database, true, true, canaryToken
	c.Around(func(s store.Store) store.Store {
		o.unclear = &storetest.Unclear{Store: s}
		return o.unclear
	})
	var err error
	if o.key, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		t.Fatal(err)
	}
	c.RSAKey = func() (*rsa.PrivateKey, error) { return o.key, nil }
	if o.Server, err = server.New(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := o.Close(); err != nil {
			t.Error(err)
		}
	})
	if o.env, err = o.Sandbox(t.Context()); err != nil {
		t.Fatal(err)
	}
	o.appoint("admin", "ADMIN") // without one nothing is changed about people
	return o
}

// asking is a request to the management port.
type asking struct {
	method, target string
	body           object
	// cookie is that of a person; nil is a program with a token.
	cookie *http.Cookie
}

// told is its answer.
type told struct {
	status  int
	body    object
	cookies []*http.Cookie
}

func (a *told) code() string { return fmt.Sprint(a.body["code"]) }

// send sends a request as a program of the same machine does.
func (o *office) send(a asking) told {
	o.t.Helper()
	text := ""
	if a.body != nil {
		encoded, err := json.Marshal(a.body)
		if err != nil {
			o.t.Fatal(err)
		}
		text = string(encoded)
	}
	r := httptest.NewRequestWithContext(o.t.Context(), a.method, a.target, strings.NewReader(text))
	r.Host, r.RemoteAddr, r.RequestURI = "127.0.0.1:18081", "127.0.0.1:50000", a.target
	r.Header.Set("Content-Type", "application/json")
	if a.cookie != nil {
		r.AddCookie(a.cookie)
	} else {
		r.Header.Set("Authorization", "Bearer "+canaryToken)
	}
	recorder := httptest.NewRecorder()
	o.Management().ServeHTTP(recorder, r)
	answer := recorder.Result()
	defer func() { _ = answer.Body.Close() }()
	got := told{status: answer.StatusCode, cookies: answer.Cookies()}
	if recorder.Body.Len() > 0 {
		if err := json.Unmarshal(recorder.Body.Bytes(), &got.body); err != nil {
			o.t.Errorf("%s %s gives %d %s", a.method, a.target, got.status, recorder.Body)
		}
	}
	return got
}

// must sends a request that succeeds, and returns what it is told.
func (o *office) must(method, target string, body object) told {
	o.t.Helper()
	return o.mustBe(asking{method: method, target: "/manage/v1/" + target, body: body})
}

func (o *office) mustBe(a asking) told {
	o.t.Helper()
	got := o.send(a)
	if got.status >= http.StatusMultipleChoices {
		o.t.Fatalf("%s %s %v is answered %d %v", a.method, a.target, a.body, got.status, got.body)
	}
	return got
}

// number is another one each time, with so many digits.
func (o *office) number(digits int) string {
	o.numbers++
	return fmt.Sprintf("%0*d", digits, o.numbers)
}

// entries are those of the audit, of all chains, that are new since it was asked last.
func (o *office) entries() (list []store.AuditEntry) {
	o.t.Helper()
	const most = 1000
	if err := o.unclear.Read(o.t.Context(), func(tx store.ReadTx) error {
		list = nil
		owners, err := tx.UnsealedOwners(o.t.Context(), store.Platform, most)
		if err != nil {
			return err
		}
		for _, owner := range append(owners, store.Platform) {
			found, err := tx.UnsealedAudit(o.t.Context(), owner, o.seen[owner], most)
			if err != nil {
				return err
			}
			list = append(list, found...)
		}
		return nil
	}); err != nil {
		o.t.Fatal(err)
	}
	for i := range list {
		o.seen[list[i].Owner] = max(o.seen[list[i].Owner], list[i].ID)
	}
	slices.SortFunc(list, func(a, b store.AuditEntry) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

// serialBegin is what serial numbers of certificates are counted from.
const serialBegin = 1_000_000

// certificate makes a certificate of a merchant.
func (o *office) certificate(mchid string) string {
	o.t.Helper()
	o.numbers++
	now := o.clock.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serialBegin + o.numbers), Subject: pkix.Name{CommonName: mchid},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(1000 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &o.key.PublicKey, o.key)
	if err != nil {
		o.t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// changing are the operations of the port that change something.
func changing(operations []wire.Operation) []wire.Operation {
	return slices.DeleteFunc(slices.Clone(operations), func(op wire.Operation) bool { return !op.Changes() })
}
