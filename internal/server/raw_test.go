package server_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/telemetry"
)

// rawCase is what somebody sends who does not speak HTTP well, or means harm with it.
type rawCase struct {
	Name string `json:"name"`
	// Port is "api" or "manage".
	Port string `json:"port"`
	// Raw has ${fill} where Fill comes so many times, and ${token} for the operator's.
	Raw   string `json:"raw"`
	Fill  string `json:"fill"`
	Times int    `json:"times"`
	// Want are the statuses of all answers until the connection is closed.
	Want []int `json:"want"`
	// Half says that the client leaves then.
	Half bool `json:"half"`
}

func rawCases(t *testing.T) []rawCase {
	t.Helper()
	text, err := os.ReadFile("testdata/raw.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var cases []rawCase
	for row := range bytes.Lines(text) {
		var c rawCase
		if err := json.Unmarshal(row, &c); err != nil {
			t.Fatal(err)
		}
		cases = append(cases, c)
	}
	return cases
}

// TestWhatIsNoHTTPIsRefusedOnceAndHasNoEffect sends bytes to both ports: lengths and chunks that two
// programs could read differently, heads that are malformed or huge, requests that end halfway. Each
// gets the answers that its row names and no other, so that nothing is smuggled behind it; nothing
// fails, nothing is kept, and the next caller is served. Unknown codings and versions are 501 and
// 505, as HTTP demands it (RFC 9112 6.1, RFC 9110 15.6.6).
func TestWhatIsNoHTTPIsRefusedOnceAndHasNoEffect(t *testing.T) {
	t.Parallel()
	c := freshConfig(t)
	c.ManageToken = canaryToken
	log := &shown{}
	c.Log = telemetry.NewLogger(log, telemetry.LogOptions{})
	r := start(t, c)
	defer r.finish(t)
	path := filepath.Join(c.DataDir, "favord.db")
	before := digestOf(t, path)
	address := map[string]string{"api": strings.TrimPrefix(r.APIURL(), "http://"), "manage": strings.TrimPrefix(r.ManageURL(), "http://")}
	cases := rawCases(t)
	for _, one := range cases {
		if got := sendRaw(t, address[one.Port], one); !slices.Equal(got, one.Want) {
			t.Errorf("%s, %s: %v, want %v", one.Port, one.Name, got, one.Want)
		}
	}
	if status, body := fetch(t, r.ManageURL()+"/readyz"); status != http.StatusOK {
		t.Errorf("afterwards: %d %s", status, body)
	}
	if after := digestOf(t, path); after != before {
		t.Error("the database has changed")
	}
	if strings.Contains(log.String(), "level=ERROR") {
		t.Errorf("the server failed:\n%s", log.String())
	}
	t.Logf("proof P21: %d messages that are no HTTP answered as they must be, 0 effects", len(cases))
}

// sendRaw sends one case on a connection of its own and returns the statuses that come back.
func sendRaw(t *testing.T, address string, c rawCase) []int {
	t.Helper()
	conn, err := (&net.Dialer{Timeout: time.Minute}).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		text := strings.NewReplacer("${fill}", strings.Repeat(c.Fill, c.Times), "${token}", canaryToken).Replace(c.Raw)
		_, _ = io.WriteString(conn, text) // who refuses it does not read it all
	}()
	if c.Half {
		<-sent
		return nil
	}
	defer func() { <-sent }()
	statuses, reader := []int{}, bufio.NewReader(conn)
	for {
		answer, err := http.ReadResponse(reader, nil)
		if err != nil {
			if !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) && !errors.Is(err, net.ErrClosed) && !isReset(err) {
				t.Errorf("%s: %v", c.Name, err)
			}
			_ = conn.Close()
			return statuses
		}
		statuses = append(statuses, answer.StatusCode)
		_, _ = io.Copy(io.Discard, answer.Body)
		_ = answer.Body.Close()
	}
}

// isReset reports that the server closed the connection before it had read everything.
func isReset(err error) bool {
	failed, is := errors.AsType[*net.OpError](err)
	return is && failed.Op == "read"
}
