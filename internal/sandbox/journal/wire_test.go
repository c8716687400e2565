package journal_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/sandbox/journal"
)

// remembered is what a server was told about a request.
type remembered struct {
	target string
	header []journal.Field
	exact  bool
}

// serve runs a server that remembers heads, and returns its address and what it remembers.
func serve(t *testing.T) (string, <-chan remembered) {
	t.Helper()
	port, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	seen := make(chan remembered, 10)
	server := &http.Server{
		ReadHeaderTimeout: time.Minute,
		ConnContext:       journal.Context,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			header, exact := journal.HeaderOf(r)
			seen <- remembered{r.RequestURI, header, exact}
			w.WriteHeader(http.StatusNoContent)
		}),
	}
	var running sync.WaitGroup
	running.Go(func() { _ = server.Serve(journal.Listen(port)) })
	t.Cleanup(func() { _ = server.Close(); running.Wait() })
	return port.Addr().String(), seen
}

func dial(t *testing.T, address string) (net.Conn, *bufio.Reader) {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn, bufio.NewReader(conn)
}

func TestHeadersAreRememberedAsTheyWereSent(t *testing.T) {
	t.Parallel()
	address, seen := serve(t)
	conn, answers := dial(t, address)
	for i, c := range []struct {
		sent string
		want remembered
	}{
		{
			"GET /a?B=%e5 HTTP/1.1\r\nhOST: x\r\nwechatpay-SERIAL: 2\r\nb:1\r\nwechatpay-SERIAL:  3 \r\n\r\n",
			remembered{"/a?B=%e5", []journal.Field{{Name: "hOST", Value: "x"}, {Name: "wechatpay-SERIAL", Value: "2"}, {Name: "b", Value: "1"}, {Name: "wechatpay-SERIAL", Value: "3"}}, true},
		},
		{
			"POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\n\r\n\r\n\r\n\r\n",
			remembered{"/b", []journal.Field{{Name: "Host", Value: "x"}, {Name: "Content-Length", Value: "8"}}, true},
		},
		{
			"POST /c HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
			remembered{"/c", []journal.Field{{Name: "host", Value: "x"}, {Name: "transfer-encoding", Value: "chunked"}}, true},
		},
		{
			"GET /last HTTP/1.1\r\nHost: y\r\nContent-Length: 0\r\nZ: " + strings.Repeat("z", 9000) + "\r\n\r\n",
			remembered{"/last", []journal.Field{{Name: "Host", Value: "y"}, {Name: "Content-Length", Value: "0"}, {Name: "Z", Value: strings.Repeat("z", 9000)}}, true},
		},
	} {
		if _, err := io.WriteString(conn, c.sent); err != nil {
			t.Fatal(err)
		}
		answer, err := http.ReadResponse(answers, nil)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if got := <-seen; !cmp.Equal(got, c.want, cmp.AllowUnexported(remembered{})) {
			t.Errorf("request %d: %s", i, cmp.Diff(c.want, got, cmp.AllowUnexported(remembered{})))
		}
	}
}

// TestRequestsInOneGoComeSortedRatherThanMixedUp sends what no SDK does.
func TestRequestsInOneGoComeSortedRatherThanMixedUp(t *testing.T) {
	t.Parallel()
	address, seen := serve(t)
	conn, answers := dial(t, address)
	const one = "GET /1 HTTP/1.1\r\nhost: x\r\nb: 1\r\na: 2\r\n\r\n"
	if _, err := io.WriteString(conn, one+strings.Replace(one, "/1", "/2", 1)); err != nil {
		t.Fatal(err)
	}
	want := []remembered{
		{"/1", []journal.Field{{Name: "host", Value: "x"}, {Name: "b", Value: "1"}, {Name: "a", Value: "2"}}, true},
		{"/2", []journal.Field{{Name: "A", Value: "2"}, {Name: "B", Value: "1"}, {Name: "Host", Value: "x"}}, false},
	}
	for i := range want {
		answer, err := http.ReadResponse(answers, nil)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if got := <-seen; !cmp.Equal(got, want[i], cmp.AllowUnexported(remembered{})) {
			t.Errorf("%s", cmp.Diff(want[i], got, cmp.AllowUnexported(remembered{})))
		}
	}
	// The connection heals once the client waits for answers.
	if _, err := io.WriteString(conn, one); err != nil {
		t.Fatal(err)
	}
	if got := <-seen; !got.exact {
		t.Errorf("afterwards: %+v", got)
	}
}
