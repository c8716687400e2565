package notify_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/platform/notify"
	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/size"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/memstore"
	wire "github.com/favord/favord/wire/notify"
)

// TestAMerchantIsToldOfACoupon compares what is sent with the contract, field by field.
func TestAMerchantIsToldOfACoupon(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		f := newFixture(t, s)
		f.issue(delivery.KindCouponSent) // before there is a callback
		f.listen(merchant.BusiFavor)
		id := f.issue(delivery.KindCouponSent)
		f.drain()
		got := f.receiver.deliveries()
		if len(got) != 1 || got[0].url != target {
			t.Fatalf("%d deliveries: %+v", len(got), got)
		}
		e, resource := f.open(got[0], apiKey)
		want := wire.Envelope{
			ID: id, CreateTime: e.CreateTime, ResourceType: "encrypt-resource", EventType: "COUPON.SEND", Summary: "商家券领券通知",
			Resource: wire.Resource{
				OriginalType: "coupon", Algorithm: "AEAD_AES_256_GCM", AssociatedData: "coupon",
				Ciphertext: e.Resource.Ciphertext, Nonce: e.Resource.Nonce,
			},
		}
		if diff := cmp.Diff(want, e); diff != "" {
			t.Errorf("envelope (-want +got):\n%s", diff)
		}
		if !strings.Contains(got[0].body, `"create_time":"2026-12-05T12:00:00+08:00"`) || !strings.HasPrefix(got[0].body, `{"id":"`) {
			t.Errorf("body %s", got[0].body)
		}
		if want := `{"event_type":"EVENT_TYPE_BUSICOUPON_SEND","coupon_code":"1201059453000000000002","stock_id":"1282070000000017",` +
			`"send_time":"2026-12-05T12:00:00+08:00","openid":"","unionid":"","send_channel":"BUSICOUPON_SEND_CHANNEL_API",` +
			`"send_merchant":"1900000001","send_req_no":"R<&>2"}`; resource != want {
			t.Errorf("resource\n%s, want\n%s", resource, want)
		}
		for _, name := range []string{"Wechatpay-Timestamp", "Wechatpay-Nonce", "Wechatpay-Signature", "Wechatpay-Serial", "Wechatpay-Signature-Type", "Request-ID", "Content-Type", "User-Agent"} {
			if len(got[0].header[name]) != 1 || got[0].header[name][0] == "" {
				t.Errorf("header %s: %q", name, got[0].header[name])
			}
		}
		f.checked()
	})
}

// TestTheUserIsNamedAsUnderTheNotifyAppID looks at each way that a user may be known there.
func TestTheUserIsNamedAsUnderTheNotifyAppID(t *testing.T) {
	t.Parallel()
	const elsewhere = merchant.AppID("wx9999999999999999")
	const openid = user.OpenID("oUpF8uMuAJO_M2pxb1Q9zNjWeS6o")
	for name, c := range map[string]struct {
		appid   merchant.AppID
		users   []user.User
		strict  bool
		openid  string
		unionid string
	}{
		"the appid of the claim, nobody registered": {appid: "wx8888888888888888", openid: string(openid)},
		"the appid of the claim, with a union":      {appid: "wx8888888888888888", openid: string(openid), unionid: "U", users: []user.User{{AppID: "wx8888888888888888", OpenID: openid, ID: user.ID{1}, UnionID: "U"}}},
		"another appid, registered":                 {appid: elsewhere, openid: "oOther", unionid: "V", users: []user.User{{AppID: elsewhere, OpenID: "oOther", ID: user.ID{1}, UnionID: "V"}}},
		"another appid, unknown in production":      {appid: elsewhere, strict: true},
		"no appid":                                  {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, memstore.New())
			if c.strict {
				f.config.Users = user.Policy{}
				f.Service = notify.New(f.config)
			}
			f.shop.Stock.NotifyAppID = c.appid
			f.write(func(tx store.Tx) error { return tx.UpdateStock(t.Context(), f.shop.Stock) })
			f.write(func(tx store.Tx) error { return tx.InsertUsers(t.Context(), c.users) })
			f.listen(merchant.BusiFavor)
			f.issue(delivery.KindCouponSent)
			f.drain()
			_, resource := f.open(f.receiver.deliveries()[0], apiKey)
			if want := fmt.Sprintf(`"openid":%q,"unionid":%q`, c.openid, c.unionid); !strings.Contains(resource, want) {
				t.Errorf("%s lacks %s", resource, want)
			}
		})
	}
}

func (f *fixture) write(fn func(tx store.Tx) error) {
	f.t.Helper()
	if err := f.store.Write(f.t.Context(), fn); err != nil {
		f.t.Fatal(err)
	}
}

// TestAnOpenIDThatIsMadeUpIsRegistered: the merchant will ask for the user by it.
func TestAnOpenIDThatIsMadeUpIsRegistered(t *testing.T) {
	t.Parallel()
	f := newFixture(t, memstore.New())
	f.shop.Stock.NotifyAppID = "wx9999999999999999"
	f.write(func(tx store.Tx) error { return tx.UpdateStock(t.Context(), f.shop.Stock) })
	f.listen(merchant.BusiFavor)
	f.issue(delivery.KindCouponSent)
	f.drain()
	f.write(func(tx store.Tx) error {
		u, err := tx.UserByAccount(t.Context(), user.ID{1}, "wx9999999999999999")
		_, resource := f.open(f.receiver.deliveries()[0], apiKey)
		if !strings.Contains(resource, `"openid":"`+string(u.OpenID)+`"`) || u.OpenID == "" {
			t.Errorf("%+v, %v; told %s", u, err, resource)
		}
		return err
	})
}

// TestEachAttemptIsSignedAnewOverTheSameBytes: the seal is made once for a key.
func TestEachAttemptIsSignedAnewOverTheSameBytes(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		f := newFixture(t, s)
		f.receiver.answer = func(received) (int, error) { return http.StatusInternalServerError, nil }
		f.listen(merchant.BusiFavor)
		id := f.issue(delivery.KindCouponSent)
		const newKey = "ANOTHERapiv3key0123456789ABCDEFG"
		for range 2 {
			f.drain()
			f.clock.Set(f.clock.Now().Add(time.Minute))
		}
		f.setKey(newKey, 2)
		for range 2 {
			f.drain()
			f.clock.Set(f.clock.Now().Add(time.Minute))
		}
		got := f.receiver.deliveries()
		if len(got) != 4 {
			t.Fatalf("%d attempts", len(got))
		}
		nonces := map[string]bool{}
		for i, d := range got {
			e, _ := f.open(d, []string{apiKey, apiKey, newKey, newKey}[i])
			if e.ID != id {
				t.Errorf("attempt %d has the id %s", i, e.ID)
			}
			nonces[d.header.Get(apiv3.HeaderNonce)] = true
		}
		if got[0].body != got[1].body || got[2].body != got[3].body || got[1].body == got[2].body || len(nonces) != 4 {
			t.Errorf("bodies or nonces: %d nonces", len(nonces))
		}
		f.checked()
	})
}

// TestWhatHappensWhileACallbackIsOffIsNotSentLater, nor is what is for another product.
func TestWhatHappensWhileACallbackIsOffIsNotSentLater(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		f := newFixture(t, s)
		f.listen(merchant.Favor)
		f.issue(delivery.KindCouponSent)
		used := f.issue(delivery.KindVoucherUsed)
		f.drain()
		off := false
		if _, err := f.SetCallback(t.Context(), notify.SetCommand{Caller: alice, Product: merchant.Favor, URL: target, On: &off}); err != nil {
			t.Fatal(err)
		}
		f.issue(delivery.KindVoucherUsed)
		f.drain()
		f.listen(merchant.Favor)
		later := f.issue(delivery.KindVoucherUsed)
		f.drain()
		var ids []string
		for _, d := range f.receiver.deliveries() {
			e, _ := f.open(d, apiKey)
			if e.EventType != "COUPON.USE" || e.Summary != "代金券核销通知" {
				t.Errorf("%+v", e)
			}
			ids = append(ids, e.ID)
		}
		if diff := cmp.Diff([]string{used, later}, ids); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
		f.checked()
	})
}

// TestEveryEventArrivesThoughTheReceiverFailsOften lets three nodes deliver to a receiver that
// refuses or hangs three times in ten, and one of the nodes forget what it did.
func TestEveryEventArrivesThoughTheReceiverFailsOften(t *testing.T) {
	t.Parallel()
	const rounds, mostRounds = 60, 6000
	events := size.Counts{Usual: 150, Hour: 3_000, Night: 30_000}.Of(t)
	engines.Each(t, func(t *testing.T, s store.Store) {
		f := newFixture(t, s)
		random := rand.New(rand.NewPCG(1, 2))
		var mu sync.Mutex
		f.receiver.answer = func(received) (int, error) {
			mu.Lock()
			defer mu.Unlock()
			switch n := random.IntN(100); {
			case n < 20:
				return http.StatusInternalServerError, nil
			case n < 25:
				return http.StatusFound, nil
			case n < 30:
				return 0, errHang
			}
			return http.StatusOK, nil
		}
		f.listen(merchant.BusiFavor)
		for range events {
			f.issue(delivery.KindCouponSent)
		}
		for round := 0; round < rounds || round < mostRounds && f.delivered() < events; round++ {
			nodes := []*notify.Service{f.Service, notify.New(f.config), notify.New(f.config)}
			var wg sync.WaitGroup
			for _, node := range nodes {
				wg.Go(func() {
					for range 4 {
						if _, err := node.Step(t.Context()); err != nil {
							t.Error(err)
						}
					}
				})
			}
			wg.Wait()
			f.clock.Set(f.clock.Now().Add(time.Minute))
		}
		f.drain()
		arrived, bursts := map[string]bool{}, map[string]time.Time{}
		for _, d := range f.receiver.deliveries() {
			e, _ := f.open(d, apiKey)
			arrived[e.ID] = true
			if last, seen := bursts[e.ID]; seen && d.at.Sub(last) < time.Minute {
				t.Errorf("%s was sent twice within %s", e.ID, d.at.Sub(last))
			}
			bursts[e.ID] = d.at
		}
		if delivered := f.delivered(); delivered != events || len(arrived) != events {
			t.Errorf("%d of %d arrived, %d are delivered", len(arrived), events, delivered)
		}
		t.Logf("proof P8: %d events to a receiver that fails three times in ten: %d missing", events, events-len(arrived))
		f.checked()
	})
}

// delivered counts the deliveries that succeeded.
func (f *fixture) delivered() (n int) {
	f.t.Helper()
	const page = 1000
	q := notify.Query{Owner: alice, State: "DELIVERED", Limit: page}
	for {
		list, err := f.Deliveries(f.t.Context(), q)
		if err != nil {
			f.t.Fatal(err)
		}
		n += len(list)
		if len(list) < page {
			return n
		}
		q.Before = list[page-1].Place
	}
}

// TestAReceiverWithoutKeyWaitsForIt: nothing is sent until there is one.
func TestAReceiverWithoutKeyWaitsForIt(t *testing.T) {
	t.Parallel()
	f := newFixture(t, memstore.New())
	f.setKey("", 0)
	f.listen(merchant.BusiFavor)
	id := f.issue(delivery.KindCouponSent)
	f.drain()
	if story := f.story(id); len(f.receiver.deliveries()) > 0 || story.Problem != "the merchant has no APIv3 key" || story.Tries[0].Serial != "" {
		t.Errorf("%+v", story)
	}
	f.setKey(apiKey, 1)
	f.clock.Set(f.clock.Now().Add(time.Minute))
	f.drain()
	if story := f.story(id); story.State != "DELIVERED" || len(story.Tries) != 2 {
		t.Errorf("%+v", story)
	}
}

// TestAnEventThatCannotBeToldHarmsNoOther: its delivery dies some day.
func TestAnEventThatCannotBeToldHarmsNoOther(t *testing.T) {
	t.Parallel()
	f := newFixture(t, memstore.New())
	f.listen(merchant.BusiFavor)
	f.append(delivery.Event{Owner: alice, Product: merchant.BusiFavor, ID: "broken", Kind: delivery.KindCouponSent, At: f.clock.Now(), Payload: []byte("{")})
	f.append(delivery.Event{Owner: alice, ID: "strange", Kind: "STRANGE", At: f.clock.Now(), Payload: []byte("{}")})
	id := f.issue(delivery.KindCouponSent)
	f.drain()
	if story := f.story(id); story.State != "DELIVERED" {
		t.Errorf("%+v", story)
	}
	if story := f.story("broken"); story.State != "PENDING" || story.Problem == "" || story.Status != 0 {
		t.Errorf("%+v", story)
	}
	if _, err := f.Delivery(t.Context(), alice, "strange"); err == nil {
		t.Error("an event of an unknown kind is delivered")
	}
	f.checked()
}

// TestADeliveryOfALaterReleaseIsGivenUp: whoever goes back a release finds kinds of events
// that it does not know.
func TestADeliveryOfALaterReleaseIsGivenUp(t *testing.T) {
	t.Parallel()
	f := newFixture(t, memstore.New())
	f.listen(merchant.BusiFavor)
	f.append(delivery.Event{Owner: alice, Product: merchant.BusiFavor, ID: "later", Kind: "LATER", At: f.clock.Now(), Payload: []byte("{}")})
	f.drain()
	if story := f.story("later"); story.State != "DEAD" || len(f.receiver.deliveries()) > 0 {
		t.Errorf("%+v", story)
	}
}
