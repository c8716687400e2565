package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/clock"
	"github.com/favord/favord/internal/rsakey"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/schema"
)

// floorTime is how long each half of the floor is measured.
const floorTime = 2 * time.Second

// measureFloor returns the time of one RSA-2048 signature and one verification on one
// core, over messages of the size of an answer. It calculates as the program does if both
// were built with the same tags.
func measureFloor() (sign, verify time.Duration, err error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return 0, 0, err
	}
	serial := apiv3.SerialOf(&x509.Certificate{SerialNumber: big.NewInt(1)})
	signer, err := rsakey.NewSigner(serial, key)
	if err != nil {
		return 0, 0, err
	}
	verifier, err := rsakey.NewVerifier(serial, &key.PublicKey)
	if err != nil {
		return 0, 0, err
	}
	message := apiv3.ResponseMessage("1795312800", apiv3.NewNonce(), make([]byte, 200))
	signature, err := signer.Sign(message)
	if err != nil {
		return 0, 0, err
	}
	sign = timeOf(func() error { _, err := signer.Sign(message); return err })
	verify = timeOf(func() error { return verifier.Verify(message, signature) })
	return sign, verify, nil
}

func timeOf(fn func() error) time.Duration {
	began, n := clock.System{}.Now(), 0
	for ; (clock.System{}).Now().Sub(began) < floorTime; n++ {
		if err := fn(); err != nil {
			panic(err) // the key was just made
		}
	}
	return (clock.System{}).Now().Sub(began) / time.Duration(n)
}

// measureCalls sends every kind of call to one server.
func measureCalls(ctx context.Context, o options, r *report) error {
	dir, err := os.MkdirTemp("", "favord-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	s, err := startServer(ctx, o.binary, dir)
	if err != nil {
		return err
	}
	g, err := newGenerator(s, o)
	if err != nil {
		return errors.Join(err, s.stop())
	}
	err = g.scenario(ctx, r)
	r.loadedBytes = s.residentBytes()
	return errors.Join(err, s.stop())
}

// generator makes load.
type generator struct {
	server     *server
	options    options
	credential apiv3.Credential
	http       *http.Client

	mu    sync.Mutex
	codes []string
}

func newGenerator(s *server, o options) (*generator, error) {
	text, err := os.ReadFile(s.PrivateKeyFile)
	if err != nil {
		return nil, err
	}
	key, err := apiv3.ParseRSAPrivateKey(text)
	if err != nil {
		return nil, err
	}
	signer, err := rsakey.NewSigner(s.SerialNo, key)
	if err != nil {
		return nil, err
	}
	return &generator{
		server: s, options: o, credential: apiv3.Credential{Identity: s.MchID, Signer: signer},
		http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: o.clients, DisableCompression: true}},
	}, nil
}

// demoStock is a stock of every sandbox with a million coupons.
const demoStock = "1282070000000017"

// scenario measures get, send and use, in this order: use needs what send made.
func (g *generator) scenario(ctx context.Context, r *report) error {
	for _, kind := range []struct {
		name string
		call func(i int) (method, target string, body any)
		keep func(answer []byte) error
	}{
		{"get stock", g.get, nil},
		{"send coupon", g.send, g.keepCode},
		{"use coupon", g.use, nil},
	} {
		progress("signed calls: signing " + kind.name)
		requests, err := g.prepare(ctx, kind.call)
		if err != nil {
			return err
		}
		progress("signed calls: sending " + kind.name)
		figures, err := g.fire(requests, kind.keep)
		if err != nil {
			return fmt.Errorf("%s: %w", kind.name, err)
		}
		figures.name = kind.name
		r.figures = append(r.figures, figures)
	}
	return nil
}

func (g *generator) get(int) (method, target string, body any) {
	return http.MethodGet, "/v3/marketing/busifavor/stocks/" + demoStock, nil
}

func (g *generator) send(i int) (method, target string, body any) {
	return http.MethodPost, "/v3/marketing/busifavor/coupons/send", busifavor.SendCouponRequest{
		OpenID: fmt.Sprintf("o%027d", i), AppID: g.server.AppID, StockID: demoStock, OutRequestNo: "bench" + strconv.Itoa(i),
	}
}

func (g *generator) keepCode(answer []byte) error {
	var sent busifavor.SendCouponResponse
	if err := json.Unmarshal(answer, &sent); err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.codes = append(g.codes, sent.SendCouponResult.CouponCode)
	return nil
}

func (g *generator) use(i int) (method, target string, body any) {
	return http.MethodPost, "/v3/marketing/busifavor/coupons/use", busifavor.UseCouponRequest{
		CouponCode: g.codes[i], StockID: demoStock, AppID: g.server.AppID,
		UseTime: schema.TimeOf(clock.System{}.Now()), UseRequestNo: "bench" + strconv.Itoa(i),
	}
}

// prepare signs the requests of a scenario on every core.
func (g *generator) prepare(ctx context.Context, call func(i int) (method, target string, body any)) ([]*http.Request, error) {
	requests := slices.Repeat([]*http.Request{nil}, g.options.calls)
	var group errgroup.Group
	group.SetLimit(g.options.clients)
	for i := range requests {
		group.Go(func() (err error) {
			method, target, body := call(i)
			requests[i], err = g.sign(ctx, method, target, body)
			return err
		})
	}
	return requests, group.Wait()
}

func (g *generator) sign(ctx context.Context, method, target string, body any) (*http.Request, error) {
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return nil, err
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, g.server.APIURL+target, bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	timestamp := strconv.FormatInt(clock.System{}.Now().Unix(), 10)
	a, err := g.credential.Authorize(apiv3.Request{Method: method, Target: target, Body: text}, timestamp, apiv3.NewNonce())
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", a.String())
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", "favord-bench")
	return request, nil
}

// fire sends the requests with all clients at once and measures them.
func (g *generator) fire(requests []*http.Request, keep func(answer []byte) error) (figures, error) {
	latencies := make([]time.Duration, len(requests))
	var next atomic.Int64
	cpu, began := g.server.cpu(), clock.System{}.Now()
	var group errgroup.Group
	for range g.options.clients {
		group.Go(func() error {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(requests) {
					return nil
				}
				sent := clock.System{}.Now()
				if err := g.one(requests[i], keep); err != nil {
					return err
				}
				latencies[i] = clock.System{}.Now().Sub(sent)
			}
		})
	}
	err := group.Wait()
	took := clock.System{}.Now().Sub(began)
	slices.Sort(latencies)
	n := len(requests)
	return figures{
		perSecond: float64(n) / took.Seconds(), cpu: (g.server.cpu() - cpu) / time.Duration(n),
		p50: latencies[n/2], p99: latencies[n*99/100],
	}, err
}

func (g *generator) one(request *http.Request, keep func(answer []byte) error) error {
	answer, err := g.http.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%d %s", answer.StatusCode, body)
	}
	if keep != nil {
		return keep(body)
	}
	return nil
}
