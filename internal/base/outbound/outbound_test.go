package outbound_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/outbound"
)

// mapped is a public address of IPv4 in the clothes of IPv6.
const mapped = "::ffff:8.8.8.8"

// inside are addresses that nothing may connect to. Each stands for its network: the
// first, the last and some in between.
func inside() []string {
	list := []string{
		"::", "::1", "::2", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", mapped, "::ffff:169.254.169.254",
		"64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b::808:808", "64:ff9b:1::1", "64:ff9b:1:ffff::7f00:1",
		"100::1", "100::ffff:ffff:ffff:ffff", "100:0:0:1::1",
		"2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:10::1", "2001:1f:ffff::1", "2001:20::1", "2001:2::1", "2001:db8::1", "2001:db8:ffff::1",
		"2002::1", "2002:7f00:1::1", "2002:a00:1::1", "2002:c0a8:101::1", "2002:808:808::1", "2002:ffff::1",
		"3fff::1", "3fff:fff::1", "5f00::1", "4000::1", "8000::1", "e000::1", "fe00::1",
		"fc00::1", "fcff::1", "fd00::1", "fd12:3456:789a::1", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
		"fe80::1", "fe80::1%lo", "febf::1", "fec0::1", "feff::1", "ff00::1", "ff02::1", "ff0e::1", "ffff::1",
		"255.255.255.255", "169.254.169.254", "169.254.170.2", "100.100.100.200", "192.0.0.192", "168.63.129.16.0",
	}
	for _, network := range []string{"0.%d.0.1", "10.%d.2.3", "127.%d.0.1", "100.%d.0.1", "172.%d.9.9", "169.254.%d.1", "192.168.%d.1", "198.%d.1.1", "224.%d.0.1", "240.%d.0.1"} {
		for _, n := range parts(network) {
			list = append(list, fmt.Sprintf(network, n))
		}
	}
	for _, n := range []int{0, 1, 8, 9, 10, 170, 171, 254, 255} {
		list = append(list,
			fmt.Sprint("192.0.0.", n), fmt.Sprint("192.0.2.", n), fmt.Sprint("192.88.99.", n),
			fmt.Sprint("198.51.100.", n), fmt.Sprint("203.0.113.", n))
	}
	return list
}

// parts are values of the second or third number within a network.
func parts(network string) []int {
	switch {
	case strings.HasPrefix(network, "100."):
		return []int{64, 65, 80, 100, 126, 127}
	case strings.HasPrefix(network, "172."):
		return []int{16, 17, 20, 24, 30, 31}
	case strings.HasPrefix(network, "198."):
		return []int{18, 19}
	}
	return []int{0, 1, 2, 63, 127, 128, 192, 254, 255}
}

// spellings are hosts that some programs take for an address inside.
func spellings() []string {
	return []string{
		"localhost", "LOCALHOST", "Localhost", "localhost.", "a.localhost", "localhost.localdomain.localhost", "printer", "db", "printer.local", "metadata.google.internal",
		"127.1", "127.0.1", "0", "1", "0.0", "2130706433", "0x7f000001", "0x7f.1", "0x7f.0x0.0x0.0x1", "017700000001", "0177.0.0.1", "127.0.0.1.", "127.0.0.0x1",
		"3232235777", "0xc0a80101", "0300.0250.1.1", "192.168.257", "10.65537", "127.0.0.256", "1.2.3.4.5", "example.1", "example.0x7f",
		"[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:7f00:1]", "[fe80::1%25lo]", "[fe80::1%25eth0]", "[::1%25lo]", "::1",
		"a..b.com", ".com", "-a.com", "a-.com", "a_b.com", "a b.com", "ａ.com", "①②⑦.0.0.1", "127。0。0。1", "%6c%6f%63alhost", "example.com%00.internal", "exa\tmple.com", "exa\\mple.com",
	}
}

// names is a DNS server on loopback that knows one address for each of the names a0.test,
// a1.test and so on.
func names(t *testing.T, addresses []string) *net.Resolver {
	t.Helper()
	socket, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = socket.Close() })
	go func() {
		buffer := make([]byte, 512)
		for {
			n, from, err := socket.ReadFrom(buffer)
			if err != nil {
				return
			}
			if answer := resolve(buffer[:n], addresses); answer != nil {
				_, _ = socket.WriteTo(answer, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", socket.LocalAddr().String())
	}}
}

func resolve(query []byte, addresses []string) []byte {
	var m dnsmessage.Message
	if m.Unpack(query) != nil || len(m.Questions) != 1 {
		return nil
	}
	question := m.Questions[0]
	m.Header = dnsmessage.Header{ID: m.ID, Response: true, Authoritative: true}
	m.Additionals = nil
	var n int
	if _, err := fmt.Sscanf(question.Name.String(), "a%d.test.", &n); err == nil && n < len(addresses) {
		address := netip.MustParseAddr(addresses[n]).WithZone("")
		header := dnsmessage.ResourceHeader{Name: question.Name, Type: question.Type, Class: question.Class, TTL: 1}
		switch {
		case question.Type == dnsmessage.TypeA && address.Is4():
			m.Answers = []dnsmessage.Resource{{Header: header, Body: &dnsmessage.AResource{A: address.As4()}}}
		case question.Type == dnsmessage.TypeAAAA && !address.Is4():
			m.Answers = []dnsmessage.Resource{{Header: header, Body: &dnsmessage.AAAAResource{AAAA: address.As16()}}}
		}
	}
	answer, err := m.Pack()
	if err != nil {
		return nil
	}
	return answer
}

func client(t *testing.T, o outbound.Options) *outbound.Client {
	t.Helper()
	c, err := outbound.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// TestNothingInsideIsEverConnectedTo calls every address that must not be reached: as it
// is written in a URL, and through a name of DNS. What passes the guard would count as a
// connection.
func TestNothingInsideIsEverConnectedTo(t *testing.T) {
	t.Parallel()
	var addresses []string
	for _, text := range inside() {
		if _, err := netip.ParseAddr(text); err == nil {
			addresses = append(addresses, text)
		}
	}
	var connects atomic.Int64
	c := client(t, outbound.Options{})
	c.WhenConnecting(names(t, addresses), func() { connects.Add(1) })
	targets := []string{}
	for i, address := range addresses {
		host := address
		if strings.Contains(address, ":") {
			host = "[" + strings.ReplaceAll(address, "%", "%25") + "]"
		}
		targets = append(targets, "https://"+host+"/")
		if address != mapped { // DNS has no other meaning for it than the IPv4 address itself
			targets = append(targets, fmt.Sprintf("https://a%d.test/", i))
		}
	}
	for _, host := range spellings() {
		targets = append(targets, "https://"+host+"/", "http://"+host+"/", "https://"+host+":443/notify")
	}
	if len(targets) < 500 {
		t.Fatalf("only %d targets", len(targets))
	}
	for _, target := range targets {
		if _, err := c.Post(t.Context(), outbound.Request{URL: target}); !errors.Is(err, outbound.ErrRefused) {
			t.Errorf("%s: %v", target, err)
		}
	}
	if n := connects.Load(); n != 0 {
		t.Errorf("%d connects", n)
	}
	t.Logf("proof P13: %d targets, 0 connects", len(targets))
}

// TestTheAddressIsCheckedWhateverTheURLSays: the dialer's own check refuses what a URL
// hides.
func TestTheAddressIsCheckedWhateverTheURLSays(t *testing.T) {
	t.Parallel()
	guard, err := outbound.NewGuard(outbound.Policy{})
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, text := range inside() {
		if address, err := netip.ParseAddr(text); err == nil {
			checked++
			if err := guard.Allow(netip.AddrPortFrom(address, 443)); !errors.Is(err, outbound.ErrRefused) {
				t.Errorf("%s is allowed", text)
			}
		}
	}
	for _, text := range []string{"1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.0.1.1", "198.17.0.1", "198.20.0.1", "223.255.255.255", "2400:3200::1", "2606:4700::1111", "2001:200::1", "2a00::1", "3ffe::1"} {
		if err := guard.Allow(netip.AddrPortFrom(netip.MustParseAddr(text), 443)); err != nil {
			t.Errorf("%s is public: %v", text, err)
		}
		if err := guard.Allow(netip.AddrPortFrom(netip.MustParseAddr(text), 80)); !errors.Is(err, outbound.ErrRefused) {
			t.Errorf("port 80 of %s is allowed", text)
		}
	}
	for _, network := range []string{"udp", "unix", "ip4"} {
		if err := guard.Control(network, "8.8.8.8:443"); !errors.Is(err, outbound.ErrRefused) {
			t.Errorf("%s: %v", network, err)
		}
	}
	if err := guard.Control("tcp4", "nonsense"); !errors.Is(err, outbound.ErrRefused) {
		t.Errorf("nonsense: %v", err)
	}
	t.Logf("proof P13: %d addresses inside, none allowed", checked)
}

func TestAnOperatorOpensNetworksAndPorts(t *testing.T) {
	t.Parallel()
	guard, err := outbound.NewGuard(outbound.Policy{
		Networks: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/16")}, Ports: []uint16{8443},
	})
	if err != nil {
		t.Fatal(err)
	}
	for text, allowed := range map[string]bool{
		"10.1.2.3:443": true, "10.1.2.3:8443": true, "10.1.2.3:80": false, "11.1.2.3:8443": true, "127.0.0.1:443": false,
		"[fd00::1]:443": true, "[fd01::1]:443": false, "[::ffff:10.1.2.3]:443": false, "192.168.0.1:443": false,
	} {
		if err := guard.Allow(netip.MustParseAddrPort(text)); (err == nil) != allowed {
			t.Errorf("%s: %v", text, err)
		}
	}
	for raw, want := range map[string]error{
		"https://10.1.2.3/n": nil, "https://callbacks/n": nil, "https://a.internal:8443/n": nil, "https://[fd00::1]/n": nil,
		"https://10.1.2.3:9443/n": outbound.ErrPort, "https://192.168.0.1/n": outbound.ErrHost, "http://10.1.2.3/n": outbound.ErrScheme,
		"https://localhost/n": outbound.ErrHost,
	} {
		if err := guard.CheckURL(raw); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", raw, err, want)
		}
	}
	for _, wide := range []string{"0.0.0.0/0", "0.0.0.0/7", "::/0", "fc00::/7", "::ffff:0.0.0.0/96"} {
		if _, err := outbound.NewGuard(outbound.Policy{Networks: []netip.Prefix{netip.MustParsePrefix(wide)}}); err == nil {
			t.Errorf("%s is accepted", wide)
		}
	}
	if _, err := outbound.NewGuard(outbound.Policy{Networks: []netip.Prefix{{}}}); err == nil {
		t.Error("no network is accepted as one")
	}
}

func TestAURLMustBeOneThatAReceiverCanHave(t *testing.T) {
	t.Parallel()
	for _, policy := range []outbound.Policy{{}, {Loopback: true}} {
		guard, err := outbound.NewGuard(policy)
		if err != nil {
			t.Fatal(err)
		}
		for raw, want := range map[string]*fault.Error{
			"https://www.example.com/notify":                      nil,
			"https://pay.weixin.qq.com/":                          nil,
			"https://www.example.com:443/a/b%20c":                 nil,
			"https://xn--fiqs8s.example/notify":                   nil,
			"HTTPS://EXAMPLE.COM/n":                               nil,
			"":                                                    outbound.ErrForm,
			"www.example.com/notify":                              outbound.ErrForm,
			"/notify":                                             outbound.ErrForm,
			"https:///notify":                                     outbound.ErrForm,
			"https://pay.weixin.qq.com":                           nil,
			"https://www.example.com?":                            outbound.ErrQuery,
			"https://www.example.com#a":                           outbound.ErrQuery,
			"https://www.example.comnotify:":                      outbound.ErrForm,
			"https:www.example.com/notify":                        outbound.ErrForm,
			"https://www.example.com:0/notify":                    outbound.ErrForm,
			"https://www.example.com:99999/notify":                outbound.ErrForm,
			"https://www.example.com:0443/notify":                 outbound.ErrForm,
			"https://www.example.com:/notify":                     outbound.ErrForm,
			"https://www.example.com:x/notify":                    outbound.ErrForm,
			"https://www.example.com/a b":                         outbound.ErrForm,
			"https://www.example.com/\n":                          outbound.ErrForm,
			"https://www.example.com/通知":                          outbound.ErrForm,
			"https://www.example.com\\@a/n":                       outbound.ErrForm,
			"http://www.example.com/notify":                       outbound.ErrScheme,
			"ftp://www.example.com/notify":                        outbound.ErrScheme,
			"javascript://www.example.com/%0aalert":               outbound.ErrScheme,
			"https://www.example.com/notify?a=1":                  outbound.ErrQuery,
			"https://www.example.com/notify?":                     outbound.ErrQuery,
			"https://www.example.com/notify#a":                    outbound.ErrQuery,
			"https://user@www.example.com/notify":                 outbound.ErrQuery,
			"https://u:p@www.example.com/notify":                  outbound.ErrQuery,
			"https://8.8.8.8/notify":                              outbound.ErrHost,
			"https://192.168.1.1/notify":                          outbound.ErrHost,
			"https://intranet/notify":                             outbound.ErrHost,
			"https://www.example.com:8443/notify":                 outbound.ErrPort,
			"https://" + strings.Repeat("a.", 127) + "com/notify": outbound.ErrHost,
		} {
			if err := guard.CheckURL(raw); want == nil && err != nil || want != nil && !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", raw, err, want)
			}
		}
		for _, raw := range []string{"http://127.0.0.1:8080/n", "http://localhost:3000/n", "http://[::1]:1/n", "https://localhost/n", "http://127.9.9.9/n"} {
			if err := guard.CheckURL(raw); (err == nil) != policy.Loopback {
				t.Errorf("%s, with loopback %v: %v", raw, policy.Loopback, err)
			}
		}
	}
}

// TestASandboxReachesThisMachineAndNothingElseInside posts to a real server.
func TestASandboxReachesThisMachineAndNothingElseInside(t *testing.T) {
	t.Parallel()
	var got http.Request
	var body string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		got, body = *r, string(text)
		w.Header().Set("Location", "http://127.0.0.1:1/elsewhere")
		w.WriteHeader(http.StatusFound)
		_, _ = io.WriteString(w, strings.Repeat("x", outbound.MaxAnswer*4))
	}))
	t.Cleanup(server.Close)
	c := client(t, outbound.Options{Policy: outbound.Policy{Loopback: true}})
	answer, err := c.Post(t.Context(), outbound.Request{URL: server.URL + "/n", Header: http.Header{"Request-ID": {"1"}, "X-a": {"b"}}, Body: []byte("hello")})
	if err != nil {
		t.Fatal(err)
	}
	if answer.Status != http.StatusFound || len(answer.Body) != outbound.MaxKept {
		t.Errorf("%d with %d bytes", answer.Status, len(answer.Body))
	}
	if got.Method != http.MethodPost || body != "hello" || got.ContentLength != 5 || got.Proto != "HTTP/1.1" {
		t.Errorf("%s %s %q", got.Method, got.Proto, body)
	}
	for name, value := range map[string]string{"Idempotency-Key": "", "Accept-Encoding": "", "Cookie": "", "Referer": "", "X-A": "b"} {
		if got.Header.Get(name) != value {
			t.Errorf("%s is %q", name, got.Header.Get(name))
		}
	}
	strict := client(t, outbound.Options{})
	if _, err := strict.Post(t.Context(), outbound.Request{URL: server.URL + "/n"}); !errors.Is(err, outbound.ErrRefused) {
		t.Errorf("in production: %v", err)
	}
}

// TestNoProxyOfTheEnvironmentIsAsked: what it is told would be beyond the guard.
func TestNoProxyOfTheEnvironmentIsAsked(t *testing.T) { //nolint:paralleltest // it changes the environment
	asked := make(chan struct{}, 1)
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked <- struct{}{} }))
	t.Cleanup(proxy.Close)
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "https_proxy"} {
		t.Setenv(name, proxy.URL)
	}
	c := client(t, outbound.Options{Resolver: names(t, []string{"10.0.0.1"})})
	_, err := c.Post(t.Context(), outbound.Request{URL: "https://a0.test/"})
	if !errors.Is(err, outbound.ErrRefused) || len(asked) > 0 {
		t.Errorf("%v; asked: %d", err, len(asked))
	}
}

// TestACertificateMustProveTheReceiver lets a server with an unknown certificate wait in
// vain.
func TestACertificateMustProveTheReceiver(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	policy := outbound.Policy{Loopback: true}
	if _, err := client(t, outbound.Options{Policy: policy}).Post(t.Context(), outbound.Request{URL: server.URL + "/"}); err == nil {
		t.Error("an unknown certificate is trusted")
	}
	roots := server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	answer, err := client(t, outbound.Options{Policy: policy, Roots: roots}).Post(t.Context(), outbound.Request{URL: server.URL + "/"})
	if err != nil || answer.Status != http.StatusNoContent {
		t.Errorf("%+v, %v", answer, err)
	}
}

// TestWhyThereIsNoAnswer tells apart what operators must tell apart.
func TestWhyThereIsNoAnswer(t *testing.T) {
	t.Parallel()
	plain := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/hang":
			<-r.Context().Done()
		case "/cut":
			panic(http.ErrAbortHandler)
		}
	}))
	t.Cleanup(plain.Close)
	strange := httptest.NewUnstartedServer(nil)
	strange.Config.ErrorLog = log.New(io.Discard, "", 0)
	strange.StartTLS()
	t.Cleanup(strange.Close)
	gone := httptest.NewServer(nil)
	gone.Close()
	c := client(t, outbound.Options{Policy: outbound.Policy{Loopback: true}, Resolver: names(t, nil)})
	for target, want := range map[string]error{
		plain.URL + "/cut": outbound.ErrBroken,
		strange.URL + "/":  outbound.ErrTLS,
		strings.Replace(plain.URL, "http:", "https:", 1) + "/": outbound.ErrTLS,
		gone.URL + "/":      outbound.ErrUnreachable,
		"https://a0.test/":  outbound.ErrName,
		"https://10.0.0.1/": outbound.ErrRefused,
	} {
		if _, err := c.Post(t.Context(), outbound.Request{URL: target}); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", target, err, want)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := c.Post(ctx, outbound.Request{URL: plain.URL + "/hang"}); !errors.Is(err, outbound.ErrTimeout) {
		t.Errorf("hang: %v", err)
	}
}

// FuzzAnAcceptedURLLeadsOutside: whatever URL is accepted, its host is a name or may be
// reached.
func FuzzAnAcceptedURLLeadsOutside(f *testing.F) {
	for _, host := range spellings() {
		f.Add("https://" + host + "/")
	}
	f.Add("https://www.example.com/notify")
	f.Add("https://8.8.8.8/notify")
	guard, err := outbound.NewGuard(outbound.Policy{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		if guard.CheckURL(raw) != nil {
			return
		}
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatalf("%q is accepted and no URL", raw)
		}
		if _, err := netip.ParseAddr(u.Hostname()); err == nil || u.Scheme != "https" || u.RawQuery != "" || u.User != nil || !strings.Contains(u.Hostname(), ".") {
			t.Errorf("%q is accepted", raw)
		}
	})
}
