package notify_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/outbound"
	"github.com/favord/favord/internal/platform/directory"
	"github.com/favord/favord/internal/platform/notify"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/storetest"
	wire "github.com/favord/favord/wire/notify"
)

const (
	alice  = merchant.ID("1900000001")
	apiKey = "TESTONLYapiv3key0123456789ABCDEF"
	target = "https://www.example.com/notify"
	serial = "11F47ED00D676D88B3C12174052FD5DC722E24AC"
)

// platform is the key that signs, made once.
var platform = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// delivery is what a receiver got.
type received struct {
	at     time.Time
	url    string
	header http.Header
	body   string
}

// receiver is a merchant's server, without network: it verifies, decrypts, and answers as it
// is told.
type receiver struct {
	t     *testing.T
	clock clock.Clock

	mu  sync.Mutex
	got []received
	// answer returns the status of the answer, or an error for none.
	answer func(d received) (int, error)
}

func (r *receiver) CheckURL(raw string) error {
	guard, err := outbound.NewGuard(outbound.Policy{Loopback: true})
	if err != nil {
		return err
	}
	return guard.CheckURL(raw)
}

func (r *receiver) Post(_ context.Context, request outbound.Request) (outbound.Answer, error) {
	d := received{at: r.clock.Now(), url: request.URL, header: request.Header, body: string(request.Body)}
	r.mu.Lock()
	r.got = append(r.got, d)
	answer := r.answer
	r.mu.Unlock()
	if answer == nil {
		return outbound.Answer{Status: http.StatusNoContent}, nil
	}
	status, err := answer(d)
	return outbound.Answer{Status: status, Body: []byte(`{"code":"FAIL"}`)}, err
}

func (r *receiver) deliveries() []received {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]received(nil), r.got...)
}

// fixture is a service over a shop, with a receiver.
type fixture struct {
	*notify.Service
	t        *testing.T
	store    store.Store
	shop     *storetest.Shop
	clock    *clock.Manual
	receiver *receiver
	config   notify.Config

	mu sync.Mutex
	// key and version are the merchant's APIv3 key.
	key     string
	version int
	issued  int
}

func newFixture(t *testing.T, s store.Store) *fixture {
	t.Helper()
	shop := storetest.OpenShop(t, s, coupon.Limits{MaxCoupons: 1_000_000, MaxPerUser: 1000})
	shop.Stock.NotifyAppID = ""
	if err := s.Write(t.Context(), func(tx store.Tx) error { return tx.UpdateStock(t.Context(), shop.Stock) }); err != nil {
		t.Fatal(err)
	}
	now := clock.NewManual(shop.Now)
	f := &fixture{t: t, store: s, shop: shop, clock: now, receiver: &receiver{t: t, clock: now}, key: apiKey, version: 1}
	f.config = notify.Config{
		Store: s, Directory: directory.New(s, now), Clock: now, Business: clock.Same{Source: now}, Post: f.receiver,
		Users: user.Policy{AutoRegister: true}, Sender: f.sender, Log: quiet(),
	}
	f.Service = notify.New(f.config)
	return f
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func (f *fixture) sender(_ context.Context, _ merchant.ID, _ time.Time) (notify.Sender, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.key == "" {
		return notify.Sender{}, merchant.ErrNoAPIv3Key
	}
	signer, err := apiv3.NewRSASigner(serial, platform())
	if err != nil {
		return notify.Sender{}, err
	}
	box, err := apiv3.NewBox([]byte(f.key))
	return notify.Sender{Signer: signer, Box: box, BoxVersion: f.version}, err
}

func (f *fixture) setKey(key string, version int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.key, f.version = key, version
}

// listen sets alice's callback for a product.
func (f *fixture) listen(product merchant.Product) {
	f.t.Helper()
	if _, err := f.SetCallback(f.t.Context(), notify.SetCommand{Caller: alice, Product: product, URL: target}); err != nil {
		f.t.Fatal(err)
	}
}

// issue appends the event of a coupon, and returns its id.
func (f *fixture) issue(kind delivery.Kind) string {
	f.t.Helper()
	f.issued++
	payload, err := json.Marshal(delivery.CouponSent{
		StockID: f.shop.Stock.ID, Code: coupon.Code(fmt.Sprintf("12010594530000%08d", f.issued)), Holder: user.ID{1}, AppID: storetest.ShopAppID,
		OpenID: "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", Channel: coupon.ChannelAPI, Sender: alice, RequestNo: fmt.Sprint("R<&>", f.issued),
	})
	if err != nil {
		f.t.Fatal(err)
	}
	id := fmt.Sprintf("5f3b0c1e-8d43-5c2a-9a57-%012d", f.issued)
	f.append(delivery.Event{Owner: alice, Product: kind.Product(), ID: id, Kind: kind, At: f.clock.Now(), Payload: payload})
	return id
}

func (f *fixture) append(e delivery.Event) {
	f.t.Helper()
	if err := f.store.Write(f.t.Context(), func(tx store.Tx) error { return tx.AppendEvents(f.t.Context(), []delivery.Event{e}) }); err != nil {
		f.t.Fatal(err)
	}
}

// drain makes passes until there is nothing left to do at this time.
func (f *fixture) drain() {
	f.t.Helper()
	for {
		waiting, err := f.Waiting(f.t.Context())
		if err != nil {
			f.t.Fatal(err)
		}
		if !waiting {
			return
		}
	}
}

// open verifies and decrypts a notification.
func (f *fixture) open(d received, key string) (wire.Envelope, string) {
	f.t.Helper()
	signature, err := apiv3.ResponseSignatureOf(d.header)
	if err != nil {
		f.t.Fatal(err)
	}
	verifier, err := apiv3.NewRSAVerifier(serial, &platform().PublicKey)
	if err != nil {
		f.t.Fatal(err)
	}
	if err := signature.Verify(verifier, []byte(d.body), d.at); err != nil {
		f.t.Errorf("the signature: %v", err)
	}
	var e wire.Envelope
	if err := json.Unmarshal([]byte(d.body), &e); err != nil {
		f.t.Fatal(err)
	}
	box, err := apiv3.NewBox([]byte(key))
	if err != nil {
		f.t.Fatal(err)
	}
	resource, err := e.Resource.Open(box)
	if err != nil {
		f.t.Errorf("the resource: %v", err)
	}
	return e, string(resource)
}

// story returns the delivery of an event.
func (f *fixture) story(id string) notify.Story {
	f.t.Helper()
	story, err := f.Delivery(f.t.Context(), alice, id)
	if err != nil {
		f.t.Fatal(err)
	}
	return story
}

// checked proves the invariants at the end.
func (f *fixture) checked() {
	f.t.Helper()
	list, err := f.store.Check(f.t.Context())
	if err != nil {
		f.t.Fatal(err)
	}
	for _, one := range list {
		if one.Broken > 0 && (one.Name == store.InvariantNotices || one.Name == store.InvariantAttempts) {
			f.t.Errorf("%+v", one)
		}
	}
}

// errHang is what becomes of an attempt whose receiver does not answer.
var errHang = fmt.Errorf("%w: on purpose", outbound.ErrTimeout)
