package server_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/favord/favord/internal/base/telemetry"
	"github.com/favord/favord/internal/corpus"
	"github.com/favord/favord/wire/manage"
)

var update = flag.Bool("update", false, "write the corpus anew")

// corpusOfManaged is where the bad requests of the management port are.
const corpusOfManaged = "testdata/corpus"

// TestTheCorpusOfTheManagementPortIsWhatTheTablesSay makes it anew and compares; -update writes it.
func TestTheCorpusOfTheManagementPortIsWhatTheTablesSay(t *testing.T) {
	t.Parallel()
	operations := manage.Operations()
	for i := range operations {
		op := &operations[i]
		want := corpus.Managed().Of(op, corpus.Sample(op))
		if *update {
			if err := corpus.Write(corpusOfManaged, op.ID, want); err != nil {
				t.Fatal(err)
			}
		}
		got, err := corpus.Read(corpusOfManaged, op.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := corpus.Differ(got, want); diff != "" {
			t.Errorf("%s is out of date (go test ./internal/server -run Corpus -update):\n%s", op.ID, diff)
		}
	}
	files, err := filepath.Glob(corpusOfManaged + "/*.jsonl")
	if err != nil || len(files) != len(operations) {
		t.Errorf("%d files for %d operations, %v", len(files), len(operations), err)
	}
}

// TestNoBadRequestToTheManagementPortHasAnEffect plays it: each request gets the answer that its
// line names, never a failure of the server, and not a byte of the database changes.
func TestNoBadRequestToTheManagementPortHasAnEffect(t *testing.T) {
	t.Parallel()
	c := freshConfig(t)
	c.ManageToken = canaryToken
	log := &shown{}
	c.Log = telemetry.NewLogger(log, telemetry.LogOptions{})
	r := start(t, c)
	if _, err := r.Sandbox(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer r.finish(t)
	p := &player{t: t, url: r.ManageURL(), transport: &http.Transport{MaxIdleConnsPerHost: 1}}
	defer p.transport.CloseIdleConnections()
	path := filepath.Join(c.DataDir, "favord.db")
	before := digestOf(t, path)
	played := 0
	for _, op := range manage.Operations() {
		lines, err := corpus.Read(corpusOfManaged, op.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lines {
			p.play(op.ID, l)
			played++
		}
		if after := digestOf(t, path); after != before {
			t.Errorf("%s: the database has changed", op.ID)
			before = after
		}
	}
	if strings.Contains(log.String(), "level=ERROR") {
		t.Errorf("the server failed:\n%s", log.String())
	}
	t.Logf("proof P21: %d bad requests of the management port answered as they must be, 0 effects", played)
}

func digestOf(t *testing.T, path string) string {
	t.Helper()
	sum, err := corpus.Digest(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

// player sends bad requests to the management port.
type player struct {
	t         *testing.T
	url       string
	transport *http.Transport
}

func (p *player) play(id string, l corpus.Line) {
	p.t.Helper()
	content := l.Content()
	request, err := http.NewRequestWithContext(p.t.Context(), l.Method, p.url, bytes.NewReader(content))
	if err != nil {
		p.t.Fatal(err)
	}
	request.URL = &url.URL{Scheme: request.URL.Scheme, Host: request.URL.Host, Opaque: l.Target} // as it is, whatever it is
	if len(content) > 0 {
		request.Header.Set("Content-Type", "application/json")
	}
	maps.Copy(request.Header, l.Header)
	if token := tokenOf(l.Sign); token != "" {
		request.Header.Set("Authorization", token)
	}
	answer, err := p.transport.RoundTrip(request)
	if err != nil {
		p.t.Fatalf("%s, %s: %v", id, l.Name, err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	var got struct {
		Code   string
		Detail struct{ Field any }
	}
	_ = json.Unmarshal(body, &got) // what is no JSON has no code
	if answer.StatusCode != l.Status || got.Code != l.Code || l.Field != "" && fmt.Sprint(got.Detail.Field) != l.Field {
		p.t.Errorf("%s, %s: %d %s, want %d %s %s\n%s %s\n%.300s",
			id, l.Name, answer.StatusCode, body, l.Status, l.Code, l.Field, l.Method, l.Target, l.Body)
	}
}

// tokenOf is the Authorization header of a caller.
func tokenOf(wrong corpus.Wrong) string {
	switch wrong { //nolint:exhaustive // the others are no matter of tokens
	case corpus.NoToken:
		return ""
	case corpus.WrongToken:
		return "Bearer wrong"
	case corpus.LongToken:
		return "Bearer " + canaryToken + "0"
	case corpus.ShortToken:
		return "Bearer " + canaryToken[:len(canaryToken)/2]
	case corpus.BasicToken:
		return "Basic " + canaryToken
	case corpus.NamedToken:
		return "Bearer favord_" + canaryToken
	}
	return "Bearer " + canaryToken
}
