package claim_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/favord/favord/apiv2"
	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/limit"
	"github.com/favord/favord/internal/busifavor/held"
	"github.com/favord/favord/internal/busifavor/issue"
	"github.com/favord/favord/internal/edge/claim"
	favorheld "github.com/favord/favord/internal/favor/held"
	"github.com/favord/favord/internal/favor/send"
	"github.com/favord/favord/internal/platform/directory"
	"github.com/favord/favord/internal/platform/keyring"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/memstore"
	"github.com/favord/favord/wire/busifavor"
)

// The parties of every fixture.
const (
	alice    = "1900000001"
	bob      = "1900000002"
	aliceApp = "wx8888888888888888"
	bobApp   = "wx9999999999999999"
	openID   = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"
)

// opened is 2026-12-05 12:00:00 in Beijing.
func opened() time.Time { return time.Date(2026, 12, 5, 4, 0, 0, 0, time.UTC) }

// members are the merchants with their keys, which take time to make.
type members struct {
	sealer *keyring.Sealer
	drafts []*keyring.Draft
	err    error
}

var shared = sync.OnceValue(func() (m members) {
	if m.sealer, m.err = keyring.NewSealer(bytes.Repeat([]byte{1}, 32)); m.err != nil {
		return m
	}
	maker := keyring.New(memstore.New(), clock.Fixed(opened()), m.sealer)
	for _, one := range []merchant.Merchant{
		{ID: alice, Name: "爱丽丝商店", AppIDs: []merchant.AppID{aliceApp}},
		{ID: bob, Name: "鲍勃商店", AppIDs: []merchant.AppID{bobApp}},
	} {
		one.Kind, one.KeyMode = merchant.Ordinary, merchant.ModeCertificate
		draft, err := maker.DraftSM2(context.Background(), one)
		m.drafts, m.err = append(m.drafts, draft), errors.Join(m.err, err)
	}
	return m
})

// fixture is a server of pages over a store in memory.
type fixture struct {
	t      testing.TB
	store  store.Store
	clock  *clock.Manual
	server *httptest.Server
	client *http.Client
	keys   map[string]string
}

// with changes the configuration of a fixture.
type with func(c *claim.Config)

func newFixture(tb testing.TB, changes ...with) *fixture {
	tb.Helper()
	m := shared()
	if m.err != nil {
		tb.Fatal(m.err)
	}
	f := &fixture{t: tb, store: memstore.New(), clock: clock.NewManual(opened()), keys: map[string]string{}}
	ring := keyring.New(f.store, f.clock, m.sealer)
	for i, id := range []string{alice, bob} {
		if err := ring.Register(tb.Context(), m.drafts[i]); err != nil {
			tb.Fatal(err)
		}
		f.keys[id] = m.drafts[i].Registration().APIv2Key
	}
	business, users := clock.Same{Source: f.clock}, user.Policy{AutoRegister: true}
	config := claim.Config{
		Issue: issue.New(issue.Config{
			Store: f.store, Directory: directory.New(f.store, f.clock), Clock: business, Random: rand.Reader, Users: users,
		}),
		Wallet: held.New(held.Config{Store: f.store, Clock: business, Users: users}),
		Grant: send.New(send.Config{
			Store: f.store, Directory: directory.New(f.store, f.clock), Clock: business, Random: rand.Reader, Users: users,
			MonthlyMost: send.MonthlyMost,
		}),
		Purse:   favorheld.New(favorheld.Config{Store: f.store, Clock: business, Users: users}),
		Keyring: ring, Clock: f.clock, Gate: limit.NewGate(limit.Room{Inside: 64, Waiting: 64, Patience: time.Minute}), Sandbox: true, Log: slog.New(slog.DiscardHandler),
	}
	for _, change := range changes {
		change(&config)
	}
	pages, err := claim.New(config)
	if err != nil {
		tb.Fatal(err)
	}
	f.server = httptest.NewServer(pages)
	tb.Cleanup(f.server.Close)
	f.client = f.server.Client()
	f.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return f
}

func (f *fixture) write(fn func(tx store.Tx) error) {
	f.t.Helper()
	if err := f.store.Write(f.t.Context(), fn); err != nil {
		f.t.Fatal(err)
	}
}

// stock adds a stock of alice.
func (f *fixture) stock(id string, changes ...func(s *coupon.Stock)) string {
	f.t.Helper()
	s := coupon.Stock{
		StockKey: coupon.StockKey{Creator: alice, ID: coupon.StockID(id)}, Belong: alice,
		Name: "周末满减券", Goods: "全场商品", Type: coupon.TypeNormal, CodeMode: coupon.CodesByPlatform, State: coupon.StockRunning,
		Benefit:  coupon.Benefit{Type: coupon.TypeNormal, Discount: 500, Minimum: 1000},
		UseBy:    coupon.UseBy{Method: "OFF_LINE"},
		Validity: coupon.Validity{Begin: opened().Add(-time.Hour), End: opened().Add(24 * time.Hour)},
		Limits:   coupon.Limits{MaxCoupons: 100, MaxPerUser: 5},
		Display:  coupon.Display{Color: "Color090", Description: "每单限用一张\n不可兑现"},
	}
	for _, change := range changes {
		change(&s)
	}
	f.write(func(tx store.Tx) error { return tx.InsertStock(f.t.Context(), s) })
	return id
}

// vouchers adds a stock of cash vouchers of alice: 1 yuan off from 10 yuan.
func (f *fixture) vouchers(id string, changes ...func(s *voucher.Stock)) string {
	f.t.Helper()
	s := voucher.Stock{
		StockKey: voucher.StockKey{Creator: alice, ID: voucher.StockID(id)}, Name: "满10元减1元", NoCash: true,
		Begin: opened().Add(-time.Hour), End: opened().Add(24 * time.Hour), Face: 100, Threshold: 1000,
		Limits: voucher.Limits{MaxCoupons: 100, MaxAmount: 10_000, MaxPerUser: 5}, Merchants: []merchant.ID{alice},
		Display: voucher.Display{Color: "COLOR090", Description: "每单限用一张"}, State: voucher.StockRunning,
		CreatedAt: opened().Add(-time.Hour), StartedAt: opened().Add(-time.Hour),
	}
	for _, change := range changes {
		change(&s)
	}
	f.write(func(tx store.Tx) error { return tx.InsertVoucherStock(f.t.Context(), s) })
	return id
}

// sent is how many vouchers of a stock there are.
func (f *fixture) sent(stock string) (n int64) {
	f.t.Helper()
	key := voucher.StockKey{Creator: alice, ID: voucher.StockID(stock)}
	if err := f.store.Read(f.t.Context(), func(tx store.ReadTx) error {
		all, err := tx.VoucherCounters(f.t.Context(), []voucher.StockKey{key}, day.Of(f.clock.Now()))
		n = all[key].Sent
		return err
	}); err != nil {
		f.t.Fatal(err)
	}
	return n
}

// register adds users of alice's appid.
func (f *fixture) register(users ...user.User) {
	f.t.Helper()
	for i := range users {
		users[i].AppID = aliceApp
	}
	f.write(func(tx store.Tx) error { return tx.InsertUsers(f.t.Context(), users) })
}

// link is a signed link of alice to a stock, as changed before it is signed.
func (f *fixture) link(stock, number string, changes ...func(l *apiv2.Link)) apiv2.Link {
	l := apiv2.Link{StockID: stock, OutRequestNo: number, SendCouponMerchant: alice, OpenID: openID}
	for _, change := range changes {
		change(&l)
	}
	return l.Signed(f.keys[l.SendCouponMerchant])
}

// answer is an answer that was read.
type answer struct {
	status int
	header http.Header
	body   string
}

// has fails the test unless the page holds all the texts.
func (a answer) has(tb testing.TB, status int, texts ...string) {
	tb.Helper()
	if a.status != status {
		tb.Errorf("status %d, want %d: %s", a.status, status, a.body)
	}
	for _, text := range texts {
		if !strings.Contains(a.body, text) {
			tb.Errorf("the page lacks %q: %s", text, a.body)
		}
	}
}

// do sends a request; the target is path and query.
func (f *fixture) do(method, target, body string, headers ...string) answer {
	f.t.Helper()
	r, err := http.NewRequestWithContext(f.t.Context(), method, f.server.URL+target, strings.NewReader(body))
	if err != nil {
		f.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	got, err := f.client.Do(r)
	if err != nil {
		f.t.Fatal(err)
	}
	defer func() { _ = got.Body.Close() }()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		f.t.Fatal(err)
	}
	return answer{status: got.StatusCode, header: got.Header, body: string(text)}
}

func target(l apiv2.Link) string { return apiv2.LinkPath + "?" + l.Query() }

// open opens a link, claim presses its button.
func (f *fixture) open(l apiv2.Link, headers ...string) answer {
	f.t.Helper()
	return f.do(http.MethodGet, target(l), "", headers...)
}

func (f *fixture) claim(l apiv2.Link, headers ...string) answer {
	f.t.Helper()
	return f.do(http.MethodPost, target(l), "", headers...)
}

// issued is how many coupons of a stock there are.
func (f *fixture) issued(stock string) (n int64) {
	f.t.Helper()
	if err := f.store.Read(f.t.Context(), func(tx store.ReadTx) error {
		c, err := tx.Counters(f.t.Context(), coupon.StockKey{Creator: alice, ID: coupon.StockID(stock)}, day.Of(f.clock.Now()))
		n = c.Issued
		return err
	}); err != nil {
		f.t.Fatal(err)
	}
	return n
}

// call is a call of the plug-in for items of alice, signed.
func (f *fixture) call(items ...apiv2.PluginItem) busifavor.PluginRequest {
	p := apiv2.Plugin{SendCouponMerchant: alice, Items: items}.Signed(f.keys[alice])
	req := busifavor.PluginRequest{AppID: aliceApp, OpenID: openID, SendCouponMerchant: alice, Sign: p.Sign}
	for _, item := range items {
		req.SendCouponParams = append(req.SendCouponParams, busifavor.PluginItem(item))
	}
	return req
}

// plugin calls the plug-in.
func (f *fixture) plugin(body any, headers ...string) busifavor.PluginResult {
	f.t.Helper()
	text, is := body.(string)
	if !is {
		encoded, err := json.Marshal(body)
		if err != nil {
			f.t.Fatal(err)
		}
		text = string(encoded)
	}
	got := f.do(http.MethodPost, apiv2.PluginPath, text, headers...)
	var result busifavor.PluginResult
	if err := json.Unmarshal([]byte(got.body), &result); err != nil || got.status != http.StatusOK {
		f.t.Fatalf("%d %s: %v", got.status, got.body, err)
	}
	return result
}

func pack(query ...string) string {
	values := url.Values{"appid": {aliceApp}, "openid": {openID}}
	for i := 0; i < len(query); i += 2 {
		values.Set(query[i], query[i+1])
	}
	return "/wallet?" + values.Encode()
}
