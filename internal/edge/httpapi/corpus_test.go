package httpapi_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/limit"
	"github.com/favord/favord/internal/corpus"
	"github.com/favord/favord/internal/edge/httpapi"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/sqlitestore"
	"github.com/favord/favord/wire"
)

// corpusOfSigned is where the bad requests of the signed port are.
const corpusOfSigned = "testdata/corpus"

// openedAt is a fixture over a SQLite database at a path.
func openedAt(t *testing.T, path string) *fixture {
	t.Helper()
	s, err := sqlitestore.Open(t.Context(), sqlitestore.Options{Path: path, Mode: store.Sandbox})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	gate := limit.NewGate(limit.Room{Inside: 64, Waiting: 64, Patience: time.Minute})
	return newFixtureOf(t, options{gate: gate, takeAny: true, sm2: true, store: s})
}

// formPlace stands for the body of an upload, which is no text.
const formPlace = "/form"

func baseOf(op *wire.Operation, r request) (base corpus.Base, values map[string]string) {
	base = corpus.Base{Method: r.method, Target: r.target, Header: r.header, Body: r.body}
	if op.Request.HasFile() {
		base.Body = "${form}"
	}
	values = corpus.Values(op, base)
	values[formPlace] = r.body
	return base, values
}

// TestTheCorpusIsWhatTheTablesSay makes the bad requests of every operation anew and compares them
// with those that are committed; -update writes them.
func TestTheCorpusIsWhatTheTablesSay(t *testing.T) {
	t.Parallel()
	for _, op := range httpapi.Operations() {
		t.Run(op.ID, func(t *testing.T) {
			t.Parallel()
			one, _ := baseOf(&op, newFixture(t).sample(op.ID))
			other, _ := baseOf(&op, newFixture(t).sample(op.ID))
			want := corpus.Signed().Of(&op, corpus.Template(&op, one, other))
			if *update {
				if err := corpus.Write(corpusOfSigned, op.ID, want); err != nil {
					t.Fatal(err)
				}
			}
			got, err := corpus.Read(corpusOfSigned, op.ID)
			if err != nil {
				t.Fatal(err)
			}
			if diff := corpus.Differ(got, want); diff != "" {
				t.Errorf("the corpus is out of date (go test ./internal/edge/httpapi -run Corpus -update):\n%s", diff)
			}
		})
	}
	files, err := filepath.Glob(corpusOfSigned + "/*.jsonl")
	if err != nil || len(files) > len(httpapi.Operations()) {
		t.Errorf("%d files for %d operations, %v", len(files), len(httpapi.Operations()), err)
	}
}

// TestNoBadRequestHasAnEffect plays the corpus: each request gets the answer that the contract
// wants, never a failure of the server, and not a byte of the database changes. The request that
// they were made of succeeds afterwards, so that nothing but what is wrong with them stopped them.
func TestNoBadRequestHasAnEffect(t *testing.T) {
	t.Parallel()
	var played atomic.Int64
	t.Cleanup(func() {
		t.Logf("proof P21: %d bad requests of the signed port answered as they must be, 0 effects", played.Load())
	})
	for _, op := range httpapi.Operations() {
		t.Run(op.ID, func(t *testing.T) {
			t.Parallel()
			lines, err := corpus.Read(corpusOfSigned, op.ID)
			if err != nil || len(lines) == 0 {
				t.Fatalf("%d lines, %v", len(lines), err)
			}
			path := filepath.Join(t.TempDir(), "favord.db")
			f := openedAt(t, path)
			sample := f.sample(op.ID)
			_, values := baseOf(&op, sample)
			before := digest(t, path)
			for _, line := range lines {
				played.Add(1)
				f.play(sample, corpus.Fill(line, values))
			}
			if after := digest(t, path); after != before {
				t.Error("the database has changed")
			}
			if got := f.send(sample); got.status != op.Success {
				t.Errorf("the good request gets %d %s", got.status, got.body)
			}
		})
	}
}

func digest(t *testing.T, path string) string {
	t.Helper()
	sum, err := corpus.Digest(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

// play sends one bad request and looks at the answer.
func (f *fixture) play(sample request, l corpus.Line) {
	f.t.Helper()
	r := sample
	r.method, r.target, r.header, r.body = l.Method, l.Target, l.Header, string(l.Content())
	r.spoil = func(sent *http.Request) {
		at := *sent.URL
		at.Path, at.RawPath, at.RawQuery, at.Opaque = "", "", "", l.Target // as it is, whatever it is
		sent.URL = &at
		for _, name := range l.Without {
			sent.Header.Set(name, "") // so that nothing is put there
		}
		f.missign(r, l.Sign, sent.Header)
	}
	got := f.send(r)
	if got.status != l.Status || got.code() != l.Code || got.status == l.Status && l.Code == "" && got.body != "" {
		f.t.Errorf("%s: %d %s, want %d %s\n%s %s\n%s", l.Name, got.status, got.body, l.Status, l.Code, l.Method, l.Target, l.Body)
		return
	}
	if field := fmt.Sprint(got.at("detail", "field")); l.Field != "" && field != l.Field {
		f.t.Errorf("%s: %s, want the field %s", l.Name, got.body, l.Field)
	}
}

// missign makes the Authorization header of a request wrong.
func (f *fixture) missign(r request, how corpus.Wrong, h http.Header) {
	f.t.Helper()
	good := h.Get("Authorization")
	signed := func(change func(r *request)) {
		other := r
		other.spoil = nil
		change(&other)
		h.Set("Authorization", f.sign(other).Header.Get("Authorization"))
	}
	switch how {
	case "":
	case corpus.Unsigned:
		h.Del("Authorization")
	case corpus.Twice:
		h.Add("Authorization", good)
	case corpus.Empty, corpus.Bearer, corpus.BrandScheme, corpus.SmallScheme, corpus.TwoMerchants, corpus.Trailing,
		corpus.NoMerchant, corpus.NoSerial, corpus.NoNonce, corpus.NoTimestamp, corpus.NoValue:
		h.Set("Authorization", malform(good, how))
	case corpus.OtherMethod:
		signed(func(r *request) { r.method = map[bool]string{true: "PUT", false: "POST"}[r.method == "POST"] })
	case corpus.OtherTarget:
		signed(func(r *request) { r.target += "&" })
	case corpus.OtherBody:
		signed(func(r *request) { r.body, r.signed = r.body+" ", new(valueOf(r.signed, r.body)+" ") })
	default:
		h.Set("Authorization", f.falsify(good, how))
	}
}

func valueOf(text *string, otherwise string) string {
	if text == nil {
		return otherwise
	}
	return *text
}

// malform changes the text of an Authorization header.
func malform(good string, how corpus.Wrong) string {
	scheme, pairs, _ := strings.Cut(good, " ")
	without := func(name string) string {
		kept := slices.DeleteFunc(strings.Split(pairs, ","), func(pair string) bool { return strings.HasPrefix(pair, name+"=") })
		return scheme + " " + strings.Join(kept, ",")
	}
	switch how { //nolint:exhaustive // the others are no matter of the text
	case corpus.Bearer:
		return "Bearer " + strings.Repeat("a", 40)
	case corpus.BrandScheme:
		return string(apiv3.SchemeBrandRSA) + " " + pairs
	case corpus.SmallScheme:
		return strings.ToLower(scheme) + " " + pairs
	case corpus.NoMerchant:
		return without("mchid")
	case corpus.NoSerial:
		return without("serial_no")
	case corpus.NoNonce:
		return without("nonce_str")
	case corpus.NoTimestamp:
		return without("timestamp")
	case corpus.NoValue:
		return without("signature")
	case corpus.TwoMerchants:
		return good + `,mchid="1900000002"`
	case corpus.Trailing:
		return good + "x"
	}
	return ""
}

// falsify changes what an Authorization header says.
func (f *fixture) falsify(good string, how corpus.Wrong) string {
	f.t.Helper()
	a, err := apiv3.ParseAuthorization(good)
	if err != nil {
		f.t.Fatal(err)
	}
	seconds := func(by time.Duration) string { return strconv.FormatInt(f.clock.Now().Add(by).Unix(), 10) }
	switch how {
	case corpus.UnknownMerchant:
		a.Identity = "1999999999"
	case corpus.OtherMerchant:
		a.Identity = string(bob)
	case corpus.UnknownSerial:
		a.Serial = strings.Repeat("0", 40)
	case corpus.Stale:
		a.Timestamp = seconds(-301 * time.Second)
	case corpus.Early:
		a.Timestamp = seconds(301 * time.Second)
	case corpus.NotSeconds:
		a.Timestamp += "000"
	case corpus.NotBase64:
		a.Signature = "!" + a.Signature[1:]
	case corpus.Cut:
		a.Signature = a.Signature[:len(a.Signature)/2]
	case corpus.Flipped:
		a.Signature = map[bool]string{true: "B", false: "A"}[a.Signature[10] == 'A'] + a.Signature[1:]
	case corpus.OtherNonce:
		a.Nonce += "0"
	default:
		f.t.Fatalf("no signature is wrong in this way: %s", how)
	}
	return a.String()
}

// TestTheCorpusIsLarge counts what is committed.
func TestTheCorpusIsLarge(t *testing.T) {
	t.Parallel()
	const least = 3000
	lines := 0
	for _, op := range httpapi.Operations() {
		of, err := corpus.Read(corpusOfSigned, op.ID)
		if err != nil {
			t.Fatal(err)
		}
		names := map[string]bool{}
		for _, l := range of {
			if names[l.Name] {
				t.Errorf("%s: %s is there twice", op.ID, l.Name)
			}
			names[l.Name] = true
		}
		lines += len(of)
	}
	if lines < least {
		t.Errorf("%d bad requests, want %d", lines, least)
	}
}
