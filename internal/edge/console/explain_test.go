package console_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/edge/console"
	"github.com/favord/favord/internal/platform/keyring"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/sandbox/journal"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/wire/security"
)

// explainer is a management port with a merchant whose requests it explains.
type explainer struct {
	*port
	kept    *journal.Journal
	keys    *keyring.Keyring
	mchid   string
	private keyring.Registration
}

func newExplainer(t *testing.T) *explainer {
	t.Helper()
	e := &explainer{kept: journal.New(), mchid: "1900000077"}
	e.port = newPort(t, func(c *console.Config) { c.Journal, c.Operations = e.kept, security.Operations() })
	e.keys = e.Keyring
	draft, err := e.keys.Draft(t.Context(), merchant.Merchant{ID: merchant.ID(e.mchid), Name: "m", Kind: merchant.Ordinary, KeyMode: merchant.ModeMigrating})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.keys.Register(t.Context(), draft); err != nil {
		t.Fatal(err)
	}
	e.private = draft.Registration()
	return e
}

// entry keeps a request that signs one URL and sends another.
func (e *explainer) entry(id, signed, sent string) journal.Entry {
	e.t.Helper()
	key, err := apiv3.ParseRSAPrivateKey(e.private.PrivateKeyPEM)
	if err != nil {
		e.t.Fatal(err)
	}
	signer, err := apiv3.NewRSASigner(e.private.SerialNo, key)
	if err != nil {
		e.t.Fatal(err)
	}
	a, err := apiv3.Credential{Identity: e.mchid, Signer: signer}.Authorize(
		apiv3.Request{Method: "GET", Target: signed}, strconv.FormatInt(e.shop.Now.Unix(), 10), apiv3.NewNonce())
	if err != nil {
		e.t.Fatal(err)
	}
	entry := journal.Entry{
		ID: id, Received: e.shop.Now, Method: "GET", Target: sent, Proto: "HTTP/1.1", Status: 401,
		Header: []journal.Field{{Name: "authorization", Value: a.String()}, {Name: "Accept", Value: "*/*"}, {Name: "User-Agent", Value: "x"}},
	}
	e.kept.Add(entry)
	return entry
}

func (e *explainer) ask(body any) (int, map[string]any) {
	e.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		e.t.Fatal(err)
	}
	return e.call(http.MethodPost, "/manage/v1/explain", string(text))
}

type object = map[string]any

func encoded(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

func TestARequestOfTheJournalIsExplained(t *testing.T) {
	t.Parallel()
	e := newExplainer(t)
	e.entry("08AA-1", "/v3/certificates?a=b", "/v3/certificates?A=B")
	for _, id := range []string{"last", "08aa-1"} {
		status, got := e.ask(object{"request_id": id})
		difference, _ := got["difference"].(object)
		if status != http.StatusOK || fmt.Sprint(got["causes"]) != "[URL_CASE]" || difference["byte"] != 22.0 || got["request_id"] != "08AA-1" ||
			!strings.Contains(fmt.Sprint(got["sentence_zh"]), "小写") || !strings.Contains(fmt.Sprint(got["signed"]), "?a=b") {
			t.Errorf("%s: %d %v", id, status, got)
		}
	}
	right := e.entry("08BB-0", "/v3/certificates", "/v3/certificates")
	right.Status, right.Refused = 429, fault.Text{ZH: "频率限制", EN: "Too many requests."}
	e.kept.Add(right)
	if _, got := e.ask(object{"request_id": "last"}); fmt.Sprint(got["causes"]) != "[NONE]" || !strings.Contains(fmt.Sprint(got["sentence_en"]), "(429)") {
		t.Errorf("%v", got)
	}
}

func TestTextsAreExplainedWithTheKeysOfTheSandbox(t *testing.T) {
	t.Parallel()
	e := newExplainer(t)
	sent := e.entry("08AA-1", "/v3/certificates", "/v3/certificates")
	request := "GET /v3/certificates HTTP/1.1\nAccept: */*\nUser-Agent: x\nAuthorization: " + sent.Header[0].Value + "\n"
	keys, err := e.keys.Of(t.Context(), merchant.ID(e.mchid))
	if err != nil {
		t.Fatal(err)
	}
	list, err := keys.Certificates(e.shop.Now, apiv3.SchemeRSA)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := json.Marshal(list[0].Sealed)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		ask    object
		causes string
	}{
		"a request":             {object{"content": encoded(request)}, "[NONE]"},
		"with another body":     {object{"content": encoded(request), "body": encoded("{}")}, "[BODY_DROPPED]"},
		"with another message":  {object{"content": encoded(strings.Replace(request, "nonce_str=\"", "nonce_str=\"x", 1)), "signed": encoded("x")}, "[AUTHORIZATION_FORMAT]"},
		"something sealed":      {object{"content": encoded(string(sealed))}, "[NONE]"},
		"sealed, with a key":    {object{"content": encoded(string(sealed)), "apiv3_key": e.private.APIv3Key}, "[NONE]"},
		"sealed, wrong key":     {object{"content": encoded(string(sealed)), "apiv3_key": strings.Repeat("0", 32)}, "[APIV3_KEY_DIFFERS]"},
		"a MAC":                 {object{"content": encoded(macRequest(request, keys))}, "[SIGNATURE_HMAC]"},
		"a path that is no one": {object{"content": encoded("GET /v3/none HTTP/1.1\n")}, "[PATH_UNKNOWN]"},
	} {
		if status, got := e.ask(c.ask); status != http.StatusOK || fmt.Sprint(got["causes"]) != c.causes {
			t.Errorf("%s: %d %v", name, status, got)
		}
	}
}

// TestAmongManyMerchantsTheNamedOneIsExplained and whoever names none is told that not all
// keys were tried.
func TestAmongManyMerchantsTheNamedOneIsExplained(t *testing.T) {
	t.Parallel()
	e := newExplainer(t)
	err := e.shop.Store.Write(t.Context(), func(tx store.Tx) error {
		for i := range keyring.MaxSearched {
			m := merchant.Merchant{ID: merchant.ID(strconv.Itoa(1700000000 + i)), Name: "m", Kind: merchant.Ordinary}
			if err := tx.InsertMerchant(t.Context(), m, e.shop.Now); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	sent := e.entry("08AA-1", "/v3/certificates", "/v3/certificates")
	if _, got := e.ask(object{"request_id": "last"}); fmt.Sprint(got["causes"]) != "[NONE]" {
		t.Errorf("%v", got)
	}
	sent.Header[0].Value = strings.Replace(sent.Header[0].Value, e.mchid, "1900000078", 1)
	e.kept.Add(sent)
	_, got := e.ask(object{"request_id": "last"})
	if fmt.Sprint(got["causes"]) != "[MERCHANT_UNKNOWN]" ||
		!strings.Contains(fmt.Sprint(got["sentence_en"]), "1000") || !strings.Contains(fmt.Sprint(got["sentence_zh"]), "1000") {
		t.Errorf("%v", got)
	}
}

// macRequest puts a MAC in the place of the signature.
func macRequest(request string, keys *keyring.Keys) string {
	_, header, _ := strings.Cut(request, "Authorization: ")
	header, _, _ = strings.Cut(header, "\n")
	a, err := apiv3.ParseAuthorization(header)
	if err != nil {
		return err.Error()
	}
	a.Signature = base64.StdEncoding.EncodeToString(keys.MACs(a.Message(apiv3.Request{Method: "GET", Target: "/v3/certificates"}))[0])
	return strings.Replace(request, header, a.String(), 1)
}

func TestWhatCannotBeExplainedIsRefused(t *testing.T) {
	t.Parallel()
	e := newExplainer(t)
	for name, c := range map[string]struct {
		ask    object
		status int
	}{
		"nothing":           {object{}, 400},
		"both":              {object{"request_id": "last", "content": "AAAA"}, 400},
		"no such request":   {object{"request_id": "08FF-0"}, 404},
		"an empty journal":  {object{"request_id": "last"}, 404},
		"no base64":         {object{"content": "%"}, 400},
		"garbage":           {object{"content": encoded("hello")}, 400},
		"a body of garbage": {object{"content": encoded("GET /v3/a HTTP/1.1\n"), "body": "%"}, 400},
		"a message of it":   {object{"content": encoded("GET /v3/a HTTP/1.1\n"), "signed": "%"}, 400},
	} {
		if status, got := e.ask(c.ask); status != c.status || got["message"] == "" {
			t.Errorf("%s: %d %v", name, status, got)
		}
	}
}
