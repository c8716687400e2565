package outbound_test

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"testing"

	"github.com/favord/favord/internal/base/outbound"
)

// TestTheServersOwnPortsAreNeverReached at any address of this machine, however it is named,
// while a neighbour's port is.
func TestTheServersOwnPortsAreNeverReached(t *testing.T) {
	t.Parallel()
	reached := make(chan string, 1)
	own := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { reached <- r.URL.Path }))
	t.Cleanup(own.Close)
	address, err := netip.ParseAddrPort(own.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	port := address.Port()
	policy := outbound.Policy{
		Loopback: true, Own: []uint16{port}, Ports: []uint16{port}, Networks: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")},
	}
	c := client(t, outbound.Options{Policy: policy})
	for _, host := range []string{"127.0.0.1", "localhost", "LOCALHOST", "127.0.0.2", "::1"} {
		target := "http://" + net.JoinHostPort(host, strconv.Itoa(int(port))) + "/manage/v1/stocks/1/pause"
		if err := c.CheckURL(target); !errors.Is(err, outbound.ErrOwn) {
			t.Errorf("%s may be a notify_url: %v", target, err)
		}
		if _, err := c.Post(t.Context(), outbound.Request{URL: target}); !errors.Is(err, outbound.ErrRefused) {
			t.Errorf("%s is called: %v", target, err)
		}
	}
	for _, address := range thisMachine(t) {
		if err := c.Allow(netip.AddrPortFrom(address, port)); !errors.Is(err, outbound.ErrRefused) {
			t.Errorf("%s is allowed", address)
		}
	}
	if err := c.CheckURL("http://127.0.0.1:" + strconv.Itoa(int(port-1)) + "/n"); err != nil {
		t.Errorf("another port of this machine: %v", err)
	}
	if err := c.Allow(netip.AddrPortFrom(netip.MustParseAddr("10.200.201.202"), port)); err != nil {
		t.Errorf("another machine of an opened network: %v", err)
	}
	select {
	case path := <-reached:
		t.Errorf("%s was called", path)
	default:
	}
}

// thisMachine lists the addresses of this machine.
func thisMachine(t *testing.T) (list []netip.Addr) {
	t.Helper()
	all, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range all {
		if prefix, err := netip.ParsePrefix(one.String()); err == nil {
			list = append(list, prefix.Addr())
		}
	}
	return list
}
