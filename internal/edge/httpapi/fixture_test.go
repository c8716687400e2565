package httpapi_test

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/apiv3/gm"
	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/limit"
	"github.com/favord/favord/internal/base/outbound"
	"github.com/favord/favord/internal/busifavor/card"
	"github.com/favord/favord/internal/busifavor/held"
	"github.com/favord/favord/internal/busifavor/issue"
	"github.com/favord/favord/internal/busifavor/redeem"
	"github.com/favord/favord/internal/busifavor/stocks"
	"github.com/favord/favord/internal/busifavor/subsidy"
	"github.com/favord/favord/internal/edge/httpapi"
	"github.com/favord/favord/internal/favor/bill"
	favorheld "github.com/favord/favord/internal/favor/held"
	"github.com/favord/favord/internal/favor/pay"
	"github.com/favord/favord/internal/favor/send"
	favorstocks "github.com/favord/favord/internal/favor/stocks"
	"github.com/favord/favord/internal/platform/directory"
	"github.com/favord/favord/internal/platform/keyring"
	"github.com/favord/favord/internal/platform/media"
	"github.com/favord/favord/internal/platform/notify"
	"github.com/favord/favord/internal/platform/partnership"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/picture"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/internal/sandbox/journal"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/memstore"
)

// The merchants of every fixture.
const (
	alice    = merchant.ID("1900000001") // an ordinary merchant with every right
	bob      = merchant.ID("1900000002") // another one, without rights
	provider = merchant.ID("1900000003") // a service provider …
	sub      = merchant.ID("1900000004") // … and its sub-merchant

	aliceApp = "wx8888888888888888"
	bobApp   = "wx9999999999999999"
	subApp   = "wx4444444444444444"

	openID      = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"
	otherOpenID = "oUpF8uMuAJO_M2pxb1Q9zNjWeS7p"
)

// opened is when every fixture begins: 2026-12-05 12:00:00 in Beijing, a Saturday.
func opened() time.Time { return time.Date(2026, 12, 5, 4, 0, 0, 0, time.UTC) }

// members are the merchants' keys. Making keys takes time, so all fixtures share them;
// nothing about them changes.
type members struct {
	sealer *keyring.Sealer
	drafts map[merchant.ID]*keyring.Draft
	err    error
}

var shared = sync.OnceValue(func() members {
	m := members{drafts: map[merchant.ID]*keyring.Draft{}}
	if m.sealer, m.err = keyring.NewSealer(bytes.Repeat([]byte{1}, 32)); m.err != nil {
		return m
	}
	maker := keyring.New(memstore.New(), clock.Fixed(opened()), m.sealer)
	for _, one := range []merchant.Merchant{
		{ID: alice, Name: "爱丽丝商店", Kind: merchant.Ordinary, AppIDs: []merchant.AppID{aliceApp}, Permissions: merchant.AllPermissions()},
		{ID: bob, Name: "鲍勃商店", Kind: merchant.Ordinary, AppIDs: []merchant.AppID{bobApp}},
		{ID: provider, Name: "服务商", Kind: merchant.Provider, Permissions: merchant.AllPermissions()},
		{ID: sub, Name: "特约商户", Kind: merchant.Ordinary, AppIDs: []merchant.AppID{subApp}},
	} {
		one.KeyMode = merchant.ModeMigrating
		var err error
		m.drafts[one.ID], err = maker.Draft(context.Background(), one)
		m.err = errors.Join(m.err, err)
	}
	return m
})

// fixture is a server over an in-memory store whose time stands still.
type fixture struct {
	t       testing.TB
	store   store.Store
	clock   *clock.Manual
	faults  *sandbox.Faults
	keyring *keyring.Keyring
	gate    *limit.Gate
	// acting is the server without its port.
	acting *httpapi.Server
	redeem *redeem.Service
	// promotion does what operators do to stocks of vouchers.
	promotion *favorstocks.Service
	members   members
	// base is where images are.
	base picture.Base
	// takeAny is that of the options, and limited is true when there are limits.
	takeAny, limited bool
	// alternative is what alice signs with instead of her RSA key; nil is that key.
	alternative *keyring.Credentials
	journal     *journal.Journal
	server      *httptest.Server
	numbers     int
	// signers are those of keys that were parsed.
	signers sync.Map
	// change is made to the configuration; nil is none.
	change func(c *httpapi.Config)
}

func newFixture(tb testing.TB) *fixture {
	tb.Helper()
	return newFixtureWith(tb, limit.NewGate(limit.Room{Inside: 64, Waiting: 64, Patience: time.Minute}))
}

func newFixtureWith(tb testing.TB, gate *limit.Gate) *fixture {
	tb.Helper()
	return newFixtureOf(tb, options{gate: gate, takeAny: true})
}

// newStrictFixture is one that knows only the orders and cards that were reported to it.
func newStrictFixture(tb testing.TB) *fixture {
	tb.Helper()
	return newFixtureOf(tb, options{gate: limit.NewGate(limit.Room{Inside: 64, Waiting: 64, Patience: time.Minute})})
}

// options are in what a fixture may differ.
type options struct {
	gate *limit.Gate
	// takeAny lets orders and cards count that nobody reported.
	takeAny bool
	// change is made to the configuration.
	change func(c *httpapi.Config)
	// sm2 lets alice sign with SM2, and so the server, too: for tests that send thousands of calls,
	// of which RSA would be most of the time.
	sm2 bool
	// store is where everything is kept, without limits on how often things may be done; nil
	// is a store in memory, with the limits of the contract.
	store store.Store
}

func newFixtureOf(tb testing.TB, o options) *fixture {
	tb.Helper()
	limited := o.store == nil
	if limited {
		o.store = memstore.New()
	}
	f := &fixture{
		t: tb, store: o.store, clock: clock.NewManual(opened()), gate: o.gate, members: shared(), faults: sandbox.NewFaults(1),
		takeAny: o.takeAny, limited: limited, change: o.change,
	}
	f.members.drafts = maps.Clone(f.members.drafts)
	if f.members.err != nil {
		tb.Fatal(f.members.err)
	}
	f.keyring = keyring.New(f.store, f.clock, f.members.sealer)
	for _, d := range f.members.drafts {
		if err := f.keyring.Register(tb.Context(), d); err != nil {
			tb.Fatal(err)
		}
	}
	f.write(func(tx store.Tx) error { return tx.AddSubMerchant(tb.Context(), provider, sub) })
	if o.sm2 {
		f.alternative = f.addSM2(alice)
	}
	f.serve()
	return f
}

// node returns another server of the same merchants over a store: the database of the first
// one, opened once more.
func (f *fixture) node(s store.Store) *fixture {
	f.t.Helper()
	return f.nodeWith(s, f.clock)
}

// nodeWith is one with a clock of its own.
func (f *fixture) nodeWith(s store.Store, own *clock.Manual) *fixture {
	f.t.Helper()
	other := &fixture{
		t: f.t, store: s, clock: own, gate: f.gate, members: f.members, faults: f.faults,
		takeAny: f.takeAny, limited: f.limited, alternative: f.alternative, change: f.change, base: f.base,
		keyring: keyring.New(s, own, f.members.sealer),
	}
	other.serve()
	return other
}

// serve starts a server over the store.
func (f *fixture) serve() {
	tb := f.t
	tb.Helper()
	monthly, running := send.MonthlyMost, int64(runningMost)
	if !f.limited {
		monthly, running = 0, 0
	}
	known := directory.New(f.store, f.clock)
	business, users := clock.Same{Source: f.clock}, user.Policy{AutoRegister: true}
	if _, measured := tb.(*testing.B); !measured { // only a sandbox has one
		f.journal = journal.New()
	}
	f.server = httptest.NewUnstartedServer(nil)
	orders := coupon.OrderPolicy{TakeAny: f.takeAny}
	f.redeem = redeem.New(redeem.Config{Store: f.store, Directory: known, Clock: business, Users: users, Orders: orders})
	guard, err := outbound.NewGuard(outbound.Policy{})
	if err != nil {
		tb.Fatal(err)
	}
	if f.base == "" {
		f.base = picture.Base("http://" + f.server.Listener.Addr().String())
	}
	images := picture.Rules{Base: f.base, Samples: true}
	f.promotion = favorstocks.New(favorstocks.Config{
		Store: f.store, Directory: known, Clock: business, NewID: func() (voucher.StockID, error) { return voucher.NewStockID(rand.Reader) },
		Words: favorstocks.Words(), RunningMost: running, Images: images, Overdraft: true,
	})
	config := httpapi.Config{
		Notify: notify.New(notify.Config{
			Store: f.store, Directory: known, Clock: f.clock, Business: business, Users: users, Post: noPost{guard}, Log: slog.New(slog.DiscardHandler),
		}),
		Journal: f.journal, Unlimited: !f.limited,
		Keyring: f.keyring, Clock: f.clock, Gate: f.gate, Log: slog.New(slog.DiscardHandler), Faults: f.faults,
		Campaign: stocks.New(stocks.Config{
			Store: f.store, Clock: business, NewID: func() (coupon.StockID, error) { return coupon.NewStockID(rand.Reader) },
			Images: images, Users: users,
		}),
		Issue:       issue.New(issue.Config{Store: f.store, Directory: known, Clock: business, Random: rand.Reader, Users: users}),
		Redeem:      f.redeem,
		Wallet:      held.New(held.Config{Store: f.store, Clock: business, Users: users}),
		Subsidy:     subsidy.New(subsidy.Config{Store: f.store, Directory: known, Clock: business, Random: rand.Reader, Orders: orders}),
		Card:        card.New(card.Config{Store: f.store, Directory: known, Clock: business, Random: rand.Reader, Users: users, TakeAny: f.takeAny}),
		Partnership: partnership.New(partnership.Config{Store: f.store, Clock: business}),
		Media:       media.New(media.Config{Store: f.store, Clock: business, Random: rand.Reader, Base: images.Base}),
		Promotion:   f.promotion,
		Grant: send.New(send.Config{
			Store: f.store, Directory: known, Clock: business, Random: rand.Reader, Users: users, MonthlyMost: monthly,
		}),
		Purse: favorheld.New(favorheld.Config{Store: f.store, Clock: business, Users: users}),
		Rail:  pay.New(pay.Config{Store: f.store, Directory: known, Clock: business, Users: users}),
		Statement: bill.New(bill.Config{
			Store: f.store, Clock: business, Time: f.clock, ReadyAfter: bill.ReadyAfter,
			Authenticate: func(message []byte) []byte { return f.keyring.Authenticate("bill", message) },
		}),
	}
	if f.change != nil {
		f.change(&config)
	}
	api, err := httpapi.New(config)
	if err != nil {
		tb.Fatal(err)
	}
	f.server.Config.Handler, f.acting = api, api
	f.server.Start()
	tb.Cleanup(f.server.Close)
}

// noPost checks URLs and sends nothing.
type noPost struct{ *outbound.Guard }

func (noPost) Post(context.Context, outbound.Request) (outbound.Answer, error) {
	return outbound.Answer{}, outbound.ErrRefused
}

func (f *fixture) write(fn func(tx store.Tx) error) {
	f.t.Helper()
	if err := f.store.Write(f.t.Context(), fn); err != nil {
		f.t.Fatal(err)
	}
}

// advance moves both clocks.
func (f *fixture) advance(d time.Duration) { f.clock.Set(f.clock.Now().Add(d)) }

func (f *fixture) registration(id merchant.ID) keyring.Registration {
	return f.members.drafts[id].Registration()
}

// number returns a new request number.
func (f *fixture) number() string {
	f.numbers++
	return "n" + strconv.Itoa(f.numbers)
}

// request is a request that can be spoiled before it is sent.
type request struct {
	as merchant.ID
	// with is what the merchant signs with, when it is not what it registered
	// with.
	with   *keyring.Credentials
	method string
	target string
	body   string
	header http.Header
	// signed is what the signature covers where that is not the body.
	signed *string
	// nonce is that of the signature, a new one when it is "".
	nonce string
	// spoil changes the request after it was signed.
	spoil func(r *http.Request)
}

// reply is an answer that was read.
type reply struct {
	status int
	header http.Header
	body   string
	json   map[string]any
}

func (r reply) code() string    { return text(r.json["code"]) }
func (r reply) message() string { return text(r.json["message"]) }

func text(v any) string {
	s, _ := v.(string)
	return s
}

// at returns a value of a nested object: at("a", "b") is json["a"]["b"].
func (r reply) at(names ...string) any {
	var v any = r.json
	for _, name := range names {
		members, _ := v.(map[string]any)
		v = members[name]
	}
	return v
}

// send signs and sends a request.
func (f *fixture) send(r request) reply {
	f.t.Helper()
	httpRequest := f.sign(r)
	if r.spoil != nil {
		r.spoil(httpRequest)
	}
	answer, err := f.server.Client().Do(httpRequest)
	if err != nil {
		f.t.Fatal(err)
	}
	return f.read(answer)
}

// sign builds a request with every header that a client sends.
func (f *fixture) sign(r request) *http.Request {
	f.t.Helper()
	httpRequest, err := http.NewRequestWithContext(f.t.Context(), r.method, f.server.URL+r.target, bytes.NewReader([]byte(r.body)))
	if err != nil {
		f.t.Fatal(err)
	}
	with := r.with
	if with == nil && r.as == alice {
		with = f.alternative
	}
	if with == nil {
		with = new(f.registration(r.as).Credentials)
	}
	signed := r.body
	if r.signed != nil {
		signed = *r.signed
	}
	a, err := apiv3.Credential{Identity: string(r.as), Signer: f.signer(with)}.Authorize(
		apiv3.Request{Method: r.method, Target: r.target, Body: []byte(signed)},
		strconv.FormatInt(f.clock.Now().Unix(), 10), cmp.Or(r.nonce, apiv3.NewNonce()))
	if err != nil {
		f.t.Fatal(err)
	}
	maps.Copy(httpRequest.Header, r.header)
	httpRequest.Header.Set("Authorization", a.String())
	httpRequest.Header.Set("Accept", "application/json")
	httpRequest.Header.Set("User-Agent", "test")
	return httpRequest
}

func (f *fixture) signer(c *keyring.Credentials) apiv3.Signer {
	f.t.Helper()
	key := c.SerialNo + string(c.PrivateKeyPEM)
	if known, found := f.signers.Load(key); found {
		return known.(apiv3.Signer) //nolint:forcetypeassert // nothing else is stored
	}
	made := f.newSigner(c)
	f.signers.Store(key, made)
	return made
}

func (f *fixture) newSigner(c *keyring.Credentials) apiv3.Signer {
	f.t.Helper()
	if c.Scheme == apiv3.SchemeSM2 {
		private, err := gm.ParsePrivateKey(c.PrivateKeyPEM)
		if err != nil {
			f.t.Fatal(err)
		}
		return gm.NewSigner(c.SerialNo, private)
	}
	private, err := apiv3.ParseRSAPrivateKey(c.PrivateKeyPEM)
	if err != nil {
		f.t.Fatal(err)
	}
	signer, err := apiv3.NewRSASigner(c.SerialNo, private)
	if err != nil {
		f.t.Fatal(err)
	}
	return signer
}

func (f *fixture) read(answer *http.Response) reply {
	f.t.Helper()
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		f.t.Fatal(err)
	}
	r := reply{status: answer.StatusCode, header: answer.Header, body: string(body)}
	if strings.HasPrefix(answer.Header.Get("Content-Type"), "application/json") && r.status != http.StatusNoContent {
		if err := json.Unmarshal(body, &r.json); err != nil {
			f.t.Fatalf("%d with a body that is no JSON object: %s", r.status, body)
		}
	}
	return r
}

// get and post are signed calls.
func (f *fixture) get(as merchant.ID, target string) reply {
	f.t.Helper()
	return f.send(request{as: as, method: http.MethodGet, target: target})
}

func (f *fixture) post(as merchant.ID, target string, body any) reply {
	f.t.Helper()
	return f.send(request{as: as, method: http.MethodPost, target: target, body: f.encode(body)})
}

func (f *fixture) encode(body any) string {
	f.t.Helper()
	if written, ok := body.(string); ok {
		return written
	}
	encoded, err := json.Marshal(body)
	if err != nil {
		f.t.Fatal(err)
	}
	return string(encoded)
}

// object is a JSON body that tests change leaf by leaf.
type object = map[string]any

// stockBody returns the minimal valid body of B1.
func (f *fixture) stockBody() object {
	return object{
		"stock_name": "8月1日活动券", "belong_merchant": string(alice), "goods_name": "xxx商品使用", "stock_type": "NORMAL",
		"coupon_use_rule": object{
			"coupon_available_time": object{
				"available_begin_time": "2026-12-01T00:00:00+08:00", "available_end_time": "2026-12-31T23:59:59+08:00",
			},
			"fixed_normal_coupon": object{"discount_amount": 500, "transaction_minimum": 1000},
			"use_method":          "OFF_LINE",
		},
		"stock_send_rule": object{"max_coupons": 100, "max_coupons_per_user": 5},
		"out_request_no":  f.number(), "coupon_code_mode": "WECHATPAY_MODE",
	}
}

// set changes a leaf of a nested object; a nil value removes it.
func set(o object, value any, path ...string) object {
	inner := o
	for _, name := range path[:len(path)-1] {
		next, ok := inner[name].(object)
		if !ok {
			next = object{}
			inner[name] = next
		}
		inner = next
	}
	last := path[len(path)-1]
	if value == nil {
		delete(inner, last)
	} else {
		inner[last] = value
	}
	return o
}

const (
	pathStocks = "/v3/marketing/busifavor/stocks"
	pathSend   = "/v3/marketing/busifavor/coupons/send"
	pathUse    = "/v3/marketing/busifavor/coupons/use"
)

func pathUser(openid string) string { return "/v3/marketing/busifavor/users/" + openid + "/coupons" }

func pathCoupon(openid, code, appid string) string {
	return pathUser(openid) + "/" + code + "/appids/" + appid
}

// stock creates a stock of alice, as changed, and returns its id.
func (f *fixture) stock(change func(o object)) string {
	f.t.Helper()
	body := f.stockBody()
	if change != nil {
		change(body)
	}
	created := f.post(alice, pathStocks, body)
	if created.status != http.StatusOK {
		f.t.Fatalf("create stock: %d %s", created.status, created.body)
	}
	return text(created.json["stock_id"])
}

func (f *fixture) sendBody(stock string) object {
	return object{"openid": openID, "appid": aliceApp, "stock_id": stock, "out_request_no": f.number()}
}

// coupon issues a coupon of a stock and returns its code.
func (f *fixture) coupon(stock string) string {
	f.t.Helper()
	sent := f.post(alice, pathSend, f.sendBody(stock))
	if sent.status != http.StatusOK {
		f.t.Fatalf("send coupon: %d %s", sent.status, sent.body)
	}
	return text(sent.at("send_coupon_result", "coupon_code"))
}

func (f *fixture) useBody(stock, code string) object {
	return object{
		"coupon_code": code, "stock_id": stock, "appid": aliceApp, "openid": openID,
		"use_time": "2026-12-05T12:00:00+08:00", "use_request_no": f.number(),
	}
}

// expect fails the test unless an answer is the one that is meant.
func (r reply) expect(t *testing.T, status int, code string) {
	t.Helper()
	if r.status != status || r.code() != code {
		t.Errorf("got %d %s %s, want %d %s", r.status, r.code(), r.message(), status, code)
	}
}
