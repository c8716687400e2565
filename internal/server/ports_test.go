package server_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// exchanged is what came back for some bytes on a connection of their own: the first answer,
// and whether the connection ended after it.
type exchanged struct {
	*http.Response
	text  string
	ended bool
}

func exchange(t *testing.T, url, sent string) exchanged {
	t.Helper()
	var dialer net.Dialer
	conn, err := dialer.DialContext(t.Context(), "tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, sent); err != nil {
		t.Fatal(err)
	}
	from := bufio.NewReader(conn)
	answer, err := http.ReadResponse(from, nil)
	if err != nil {
		t.Fatalf("%q: %v", sent, err)
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	got := exchanged{Response: answer, text: string(body)}
	if answer.Close {
		rest, _ := io.ReadAll(from) // a reset ends it as well
		got.ended = len(rest) == 0
	}
	return got
}

const someHeaders = " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\nUser-Agent: t\r\nAccept-Language: en\r\n"

// TestAConnectionEndsAfterAChunkedRequest on every port: with a length beside it, a proxy may
// have taken another part of the bytes for the next request.
func TestAConnectionEndsAfterAChunkedRequest(t *testing.T) {
	t.Parallel()
	r := start(t, freshConfig(t))
	defer r.finish(t)
	for _, url := range []string{r.APIURL(), r.ManageURL()} {
		for _, path := range []string{
			"/v3/pay/transactions", "/v3/marketing/busifavor/coupons/use", "/manage/v1/clock", "/busifavor/getcouponinfo", "/healthz", "/none",
		} {
			for _, length := range []string{"", "Content-Length: 2\r\n"} {
				sent := "POST " + path + someHeaders + length + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\nGET /smuggled" + someHeaders + "\r\n"
				if got := exchange(t, url, sent); !got.ended {
					t.Errorf("POST %s with %q: the connection goes on after %d", path, length, got.StatusCode)
				}
			}
			if got := exchange(t, url, "POST "+path+someHeaders+"Content-Length: 2\r\n\r\n{}"); got.Close {
				t.Errorf("POST %s with a length: the connection ends after %d", path, got.StatusCode)
			}
		}
	}
}

// TestOddPathsAreRefusedAndNeverRedirected on every port.
func TestOddPathsAreRefusedAndNeverRedirected(t *testing.T) {
	t.Parallel()
	r := start(t, freshConfig(t))
	defer r.finish(t)
	for _, url := range []string{r.APIURL(), r.ManageURL()} {
		for _, path := range []string{
			"//", "/..", "/./", "/%2e%2e/healthz", "/x/../healthz", "/healthz/", "//healthz", "/%68ealthz", "/openapi.json/", "/readyz/..",
			"/manage/v1", "/manage/v1/", "/manage/v1//clock", "/manage/v1/./clock", "/manage/v1/clock/", "/manage/v1/snapshots/../save",
			"/manage/v1/x/../clock", "/manage/v1/snapshots/%2e%2e", "/manage/v1/snapshots/%2E./restore",
			"/v3/", "/v3//certificates", "/v3/./certificates", "/v3/x/../certificates", "/v3/certificates/", "/v3/marketing/busifavor/stocks/..",
			"/busifavor/", "/busifavor/../wallet", "/busifavor//getcouponinfo", "/busifavor/%67etcouponinfo",
			"/wallet/", "/wallet/../wallet", "/wallet/card/", "/wallet//card", "/%77allet",
			"http://127.0.0.1/healthz", "http://127.0.0.1/wallet/../healthz", "http://127.0.0.1/wallet",
		} {
			for _, method := range []string{http.MethodGet, http.MethodPost} {
				got := exchange(t, url, method+" "+path+someHeaders+"Content-Length: 0\r\n\r\n")
				if got.StatusCode < http.StatusBadRequest || got.StatusCode >= http.StatusInternalServerError || got.Header.Get("Location") != "" {
					t.Errorf("%s %s gives %d %v", method, path, got.StatusCode, got.Header)
				}
			}
		}
	}
}

// TestACompressedBodyIsRefused rather than read as it is.
func TestACompressedBodyIsRefused(t *testing.T) {
	t.Parallel()
	r := start(t, freshConfig(t))
	defer r.finish(t)
	for url, path := range map[string]string{r.APIURL(): "/v3/marketing/busifavor/coupons/use", r.ManageURL(): "/manage/v1/clock"} {
		for encoding, refused := range map[string]bool{"gzip": true, "identity, br": true, "x": true, "Identity": false} {
			got := exchange(t, url, "POST "+path+someHeaders+"Content-Type: application/json\r\nContent-Encoding: "+encoding+"\r\nContent-Length: 2\r\n\r\n{}")
			if strings.Contains(got.text, "Content-Encoding") != refused {
				t.Errorf("%s with %s: %d %s", path, encoding, got.StatusCode, got.text)
			}
		}
	}
}
