package httpapi_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"strconv"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/limit"
	"github.com/favord/favord/internal/edge/httpapi"
	"github.com/favord/favord/internal/edge/serve"
)

// newOpenFixture is one behind a proxy of this machine, so that tests come from many sources.
func newOpenFixture(t *testing.T, change func(c *httpapi.Config)) *fixture {
	t.Helper()
	return newFixtureOf(t, options{gate: limit.NewGate(limit.Room{Inside: 64, Waiting: 64, Patience: time.Minute}), takeAny: true, change: func(c *httpapi.Config) {
		c.Proxies = serve.Proxies{netip.MustParsePrefix("127.0.0.0/8")}
		change(c)
	}})
}

// TestStalledUploadsLeaveRoomForOthers: one source sends eighty uploads in the name of a
// merchant, with a signature that is none, and never ends them. Those that find no place are told;
// once they were, everybody else still uploads, that merchant, too.
func TestStalledUploadsLeaveRoomForOthers(t *testing.T) {
	t.Parallel()
	f := newOpenFixture(t, func(c *httpapi.Config) { c.BodyPace = limit.Pace{Grace: time.Hour, Rate: 1} })
	const attackers, admitted = 80, 4 + 32 // half of the room, and half of the places to wait
	signed := f.sign(f.imageForm(form{})).Header.Get("Authorization")
	refused := make(chan struct{}, attackers)
	for range attackers {
		conn := f.dial()
		if _, err := fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nAccept: */*\r\nUser-Agent: t\r\nX-Forwarded-For: 203.0.113.1\r\nAuthorization: %s\r\n"+
			"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000000\r\n\r\n--b", pathUpload, signed); err != nil {
			t.Fatal(err)
		}
		go func() {
			if answer, err := http.ReadResponse(bufio.NewReader(conn), nil); err == nil && answer.StatusCode == http.StatusTooManyRequests {
				_ = answer.Body.Close()
				refused <- struct{}{}
			}
		}()
	}
	for range attackers - admitted {
		<-refused
	}
	for i := range 20 {
		as := form{}
		if i%2 == 1 {
			as.as = bob
		}
		r := f.imageForm(as)
		r.header.Set("X-Forwarded-For", "198.51.100."+strconv.Itoa(i))
		if got := f.send(r); got.status != http.StatusOK {
			t.Errorf("honest upload %d: %d %s", i, got.status, got.body)
		}
	}
}

// TestABodyThatDoesNotComeEndsTheCall long before the connection's time is over.
func TestABodyThatDoesNotComeEndsTheCall(t *testing.T) {
	t.Parallel()
	f := newOpenFixture(t, func(c *httpapi.Config) { c.BodyPace = limit.Pace{Grace: 20 * time.Millisecond, Rate: 1 << 30} })
	for _, target := range []string{pathUpload, pathSend} {
		signed := f.sign(request{as: alice, method: http.MethodPost, target: target, body: "{}"}).Header.Get("Authorization")
		conn := f.dial()
		if _, err := fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nAccept: */*\r\nUser-Agent: t\r\nAuthorization: %s\r\nContent-Length: 2\r\n\r\n{", target, signed); err != nil {
			t.Fatal(err)
		}
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := f.read(answer); got.status != http.StatusBadRequest || !answer.Close || got.message() != "请求包体读取失败" {
			t.Errorf("%s: %d %s, closed %v", target, got.status, got.body, answer.Close)
		}
		if _, err := io.ReadAll(conn); err != nil {
			t.Errorf("%s: the connection goes on: %v", target, err)
		}
	}
}

// TestGuessingCodesIsRefused after so many that do not exist, for the user and for the merchant,
// until they are forgotten; others are answered all the while.
func TestGuessingCodesIsRefused(t *testing.T) {
	t.Parallel()
	f := newOpenFixture(t, func(c *httpapi.Config) { c.Misses = httpapi.Misses{PerUser: 5, PerMerchant: 12} })
	stock := f.stock(nil)
	code := f.coupon(stock)
	ask := func(openid, code string) reply {
		return f.get(alice, "/v3/marketing/busifavor/users/"+openid+"/coupons/"+code+"/appids/"+aliceApp)
	}
	expect := func(got reply, status int) {
		t.Helper()
		if got.status != status {
			t.Errorf("%d %s, want %d", got.status, got.body, status)
		}
		if status != http.StatusTooManyRequests {
			return
		}
		if got.code() != "FREQUENCY_LIMITED" || got.message() != "频率限制" || got.header.Get("Retry-After") != "60" {
			t.Errorf("%s, Retry-After %q", got.body, got.header.Get("Retry-After"))
		}
	}
	for i := range 5 {
		expect(ask(openID, code), http.StatusOK) // what exists is no guess
		expect(ask(openID, "GUESS"+strconv.Itoa(i)), http.StatusNotFound)
	}
	expect(ask(openID, "GUESS5"), http.StatusTooManyRequests)
	expect(ask(openID, code), http.StatusTooManyRequests)
	english := f.send(request{
		as: alice, method: http.MethodGet, header: http.Header{"Accept-Language": {"en"}},
		target: "/v3/marketing/busifavor/users/" + openID + "/coupons/" + code + "/appids/" + aliceApp,
	})
	if english.status != http.StatusTooManyRequests || english.message() == "频率限制" {
		t.Errorf("in English: %d %s", english.status, english.body)
	}
	expect(f.post(alice, pathUse, f.useBody(stock, code)), http.StatusOK) // a redemption is no question
	for i := range 5 {
		expect(ask(otherOpenID, "GUESS"+strconv.Itoa(i)), http.StatusNotFound)
	}
	pool := f.pool("C1")
	for i := range 2 {
		expect(f.get(alice, pathCode(pool, "GUESS"+strconv.Itoa(i))+"?appid="+aliceApp), http.StatusNotFound)
	}
	expect(f.get(alice, pathCode(pool, "GUESS2")+"?appid="+aliceApp), http.StatusTooManyRequests) // all of the merchant
	if got := f.get(bob, "/v3/marketing/busifavor/users/"+openID+"/coupons/GUESS/appids/"+bobApp); got.status == http.StatusTooManyRequests {
		t.Errorf("another merchant: %s", got.body)
	}
	f.advance(time.Minute)
	expect(ask(openID, code), http.StatusOK)
}

// TestALoadTestMayMissAsItLikes as it counts no rates either.
func TestALoadTestMayMissAsItLikes(t *testing.T) {
	t.Parallel()
	f := newOpenFixture(t, func(c *httpapi.Config) { c.Misses, c.Unlimited = httpapi.Misses{PerUser: 1, PerMerchant: 1}, true })
	for range 3 {
		if got := f.get(alice, "/v3/marketing/busifavor/users/"+openID+"/coupons/GUESS/appids/"+aliceApp); got.status != http.StatusNotFound {
			t.Errorf("%d %s", got.status, got.body)
		}
	}
}
