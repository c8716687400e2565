package httpapi

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/limit"
	"github.com/favord/favord/internal/edge/serve"
	"github.com/favord/favord/internal/platform/keyring"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/memstore"
	"github.com/favord/favord/wire"
	wiremedia "github.com/favord/favord/wire/media"
	"github.com/favord/favord/wire/schema"
)

// vector is a request of the public test vectors.
type vector struct {
	Name        string `json:"name"`
	ServerClock int64  `json:"server_clock"`
	Request     struct {
		Method     string      `json:"method"`
		Target     string      `json:"target"`
		Headers    [][2]string `json:"headers"`
		BodyBase64 string      `json:"body_base64"`
	} `json:"request"`
	Expect struct {
		Status  int    `json:"http_status"`
		Code    string `json:"code"`
		Message string `json:"message"`
		Detail  any    `json:"detail"`
	} `json:"expect"`
}

// served reports whether this server answers the vector: brand paths are not its business.
func (v vector) served() bool { return strings.HasPrefix(v.Request.Target, "/v3/") }

// TestEveryAcceptedVectorPasses sends the vectors as bytes: none may be refused by the
// authentication stage.
func TestEveryAcceptedVectorPasses(t *testing.T) {
	t.Parallel()
	s := newVectorServer(t)
	for _, v := range loadVectors(t, "request_signatures.json", 23) {
		if got, _ := s.send(t, v); got.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", v.Name, got.StatusCode)
		}
	}
}

func TestEveryRejectedVectorIsRefusedForItsReason(t *testing.T) {
	t.Parallel()
	s := newVectorServer(t)
	for _, v := range loadVectors(t, "request_negative.json", 60) {
		got, body := s.send(t, v)
		var answer struct {
			Code    string `json:"code"`
			Message string `json:"message"`
			Detail  any    `json:"detail"`
		}
		if err := json.Unmarshal(body, &answer); err != nil {
			t.Fatalf("%s: %v in %q", v.Name, err, body)
		}
		if got.StatusCode != v.Expect.Status || answer.Code != v.Expect.Code || answer.Message != v.Expect.Message {
			t.Errorf("%s: %d %s %s, want %d %s %s", v.Name, got.StatusCode, answer.Code, answer.Message, v.Expect.Status, v.Expect.Code, v.Expect.Message)
		}
		if diff := cmp.Diff(v.Expect.Detail, answer.Detail); diff != "" {
			t.Errorf("%s: detail (-want +got):\n%s", v.Name, diff)
		}
	}
}

func loadVectors(t *testing.T, file string, atLeast int) []vector {
	t.Helper()
	text, err := os.ReadFile("../../../apiv3/testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var f struct {
		Cases []vector `json:"cases"`
	}
	if err := json.Unmarshal(text, &f); err != nil {
		t.Fatal(err)
	}
	var mine []vector
	for _, v := range f.Cases {
		if v.served() {
			mine = append(mine, v)
		}
	}
	if len(mine) < atLeast {
		t.Fatalf("%s has %d cases for this server, want at least %d", file, len(mine), atLeast)
	}
	return mine
}

// vectorServer serves every path of the vectors with an empty answer: what is tested is
// how far a request gets.
type vectorServer struct {
	clock    *clock.Manual
	listener net.Addr
}

func newVectorServer(t *testing.T) *vectorServer {
	t.Helper()
	v := &vectorServer{clock: clock.NewManual(time.Unix(1795312800, 0))}
	s := &Server{
		Config: Config{
			Keyring: vectorKeyring(t, v.clock), Clock: v.clock, Log: slog.New(slog.DiscardHandler), Gate: limit.NewGate(limit.Room{Inside: 8, Waiting: 8, Patience: time.Second}),
		},
		rates: limit.NewTable(8), signing: limit.NewSlots(1), uploads: limit.NewGate(limit.Room{Inside: 1, Waiting: 1, Patience: time.Second}), router: serve.NewRouter[*endpoint](),
	}
	type empty struct{}
	type nothing struct {
		Unused string `query:"unused_by_the_vectors" json:"-" title:"无"`
	}
	seen := map[string]bool{}
	for _, file := range []string{"request_signatures.json", "request_negative.json"} {
		for _, one := range loadVectors(t, file, 20) {
			path, _, _ := strings.Cut(one.Request.Target, "?")
			if seen[one.Request.Method+path] {
				continue
			}
			seen[one.Request.Method+path] = true
			op := &wire.Operation{
				ID: one.Name, Method: one.Request.Method, Path: path, Success: http.StatusOK, Auth: wire.SignedByMerchant,
				Product: wire.Security, Request: schema.Of[nothing](),
			}
			served := &endpoint{Operation: op, Handler: bound(func(context.Context, *call, *nothing) (any, error) { return empty{}, nil })}
			if strings.HasSuffix(path, "/image-upload") {
				op.Request = schema.Of[wiremedia.UploadImageRequest]()
				served.Handler = bound(func(context.Context, *call, *wiremedia.UploadImageRequest) (any, error) { return empty{}, nil })
			}
			s.router.Add(op, served)
		}
	}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	v.listener = server.Listener.Addr()
	return v
}

// vectorKeyring holds the merchants of the vectors.
func vectorKeyring(t *testing.T, c clock.Clock) *keyring.Keyring {
	t.Helper()
	text, err := os.ReadFile("../../../apiv3/testdata/keys.json")
	if err != nil {
		t.Fatal(err)
	}
	var keys struct {
		Merchants map[string]struct {
			MchID          merchant.ID `json:"mchid"`
			CertificatePEM string      `json:"certificate_pem"`
		} `json:"merchants"`
	}
	if err := json.Unmarshal(text, &keys); err != nil {
		t.Fatal(err)
	}
	sealer, err := keyring.NewSealer(bytes.Repeat([]byte{1}, 32))
	if err != nil {
		t.Fatal(err)
	}
	s := memstore.New()
	ring := keyring.New(s, c, sealer)
	if err := ring.Adopt(t.Context()); err != nil {
		t.Fatal(err)
	}
	registered := map[merchant.ID]bool{}
	for _, k := range keys.Merchants {
		if !registered[k.MchID] {
			registered[k.MchID] = true
			draft, err := ring.Draft(t.Context(), merchant.Merchant{ID: k.MchID, Name: "n", Kind: merchant.Ordinary, KeyMode: merchant.ModeMigrating})
			if err != nil {
				t.Fatal(err)
			}
			if err := ring.Register(t.Context(), draft); err != nil {
				t.Fatal(err)
			}
		}
		parsed, err := apiv3.ParseCertificate([]byte(k.CertificatePEM))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Write(t.Context(), func(tx store.Tx) error {
			return tx.InsertCertificate(t.Context(), merchant.Certificate{
				Owner: k.MchID, Serial: apiv3.CanonicalSerial(apiv3.SerialOf(parsed)), PEM: k.CertificatePEM,
				NotBefore: parsed.NotBefore, NotAfter: parsed.NotAfter, Status: merchant.CertificateActive,
			})
		}); err != nil {
			t.Fatal(err)
		}
	}
	return ring
}

// send writes a vector to the wire byte for byte.
func (s *vectorServer) send(t *testing.T, v vector) (*http.Response, []byte) {
	t.Helper()
	s.clock.Set(time.Unix(v.ServerClock, 0))
	body, err := base64.StdEncoding.DecodeString(v.Request.BodyBase64)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	b.WriteString(v.Request.Method + " " + v.Request.Target + " HTTP/1.1\r\nHost: api.mch.weixin.qq.com\r\nConnection: close\r\n")
	for _, h := range v.Request.Headers {
		b.WriteString(h[0] + ": " + h[1] + "\r\n")
	}
	if len(body) > 0 {
		b.WriteString("Content-Length: " + strconv.Itoa(len(body)) + "\r\n")
	}
	b.WriteString("\r\n")
	b.Write(body)
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", s.listener.String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.Write(b.Bytes()); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("%s: %v", v.Name, err)
	}
	defer func() { _ = answer.Body.Close() }()
	var text bytes.Buffer
	if _, err := text.ReadFrom(answer.Body); err != nil {
		t.Fatal(err)
	}
	return answer, text.Bytes()
}
