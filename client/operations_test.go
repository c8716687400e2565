package client_test

import (
	"bytes"
	"context"
	"crypto/rsa"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/edge/httpapi"
	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

// TestEveryOperationIsInTheClient calls every method that takes a request of package wire,
// and compares what it sends with the row of its operation. Each operation that is served
// has exactly one such method.
func TestEveryOperationIsInTheClient(t *testing.T) {
	t.Parallel()
	wireTap := &tap{t: t}
	c, err := client.New(client.Config{
		BaseURL: "https://api.test", MchID: "1900000001", SerialNo: merchantSerial, PrivateKey: merchantKey(),
		PlatformKeys: map[string]*rsa.PublicKey{platformSerial: &platformKey().PublicKey}, HTTPClient: &http.Client{Transport: wireTap},
	})
	if err != nil {
		t.Fatal(err)
	}
	var calls []wire.Operation
	for _, op := range httpapi.Operations() {
		if op.Method == http.MethodGet && op.Response == nil {
			expectDownload(t, c, wireTap, &op)
			continue
		}
		calls = append(calls, op)
	}
	compareMethods(t, wireTap, services(c), calls)
}

// expectDownload looks that Client.Download makes an operation that answers a file: its URL
// comes in the answer to another.
func expectDownload(t *testing.T, c *client.Client, wireTap *tap, op *wire.Operation) {
	t.Helper()
	file := client.File{URL: "https://api.test" + op.Path + "?token=1", HashType: "SHA1", HashValue: sha1Of("{}")}
	if _, err := c.Download(t.Context(), file, io.Discard); err != nil || wireTap.got.URL.RequestURI() != op.Path+"?token=1" {
		t.Errorf("%s: %v", op.ID, err)
	}
}

// TestEveryOperationOfTheManagementPortIsInItsClient likewise.
func TestEveryOperationOfTheManagementPortIsInItsClient(t *testing.T) {
	t.Parallel()
	wireTap := &tap{t: t}
	m, err := client.NewManagement(client.ManagementConfig{BaseURL: "http://manage.test", HTTPClient: &http.Client{Transport: wireTap}})
	if err != nil {
		t.Fatal(err)
	}
	compareMethods(t, wireTap, []reflect.Value{reflect.ValueOf(m)}, slices.DeleteFunc(manage.Operations(), ofPeople))
}

// ofPeople reports what only somebody does who has signed in with a browser; programs show tokens.
func ofPeople(op wire.Operation) bool {
	prefixes := []string{"manage.sessions.", "manage.invitations.", "manage.account."}
	return op.ID != manage.GetSession && slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(op.ID, prefix) })
}

// services are the client and what its methods without parameters return.
func services(c *client.Client) []reflect.Value {
	own := reflect.ValueOf(c)
	all := []reflect.Value{own}
	for _, m := range own.Methods() {
		if m.Type().NumIn() == 0 && m.Type().NumOut() == 1 && m.Type().Out(0).Kind() == reflect.Struct {
			all = append(all, m.Call(nil)[0])
		}
	}
	return all
}

func compareMethods(t *testing.T, wireTap *tap, receivers []reflect.Value, rows []wire.Operation) {
	t.Helper()
	byRoute := map[string]*wire.Operation{}
	missing := map[string]bool{}
	for i := range rows {
		op := &rows[i]
		byRoute[op.Method+" "+sampleTarget(op)] = op
		missing[op.ID] = true
	}
	for _, receiver := range receivers {
		for i := range receiver.NumMethod() {
			name := receiver.Type().Name() + "." + receiver.Type().Method(i).Name
			method := receiver.Method(i)
			if !isOperation(method.Type()) {
				continue
			}
			request := sampleOf(method.Type())
			answer := method.Call(append([]reflect.Value{reflect.ValueOf(t.Context())}, request...))
			if err, failed := reflect.TypeAssert[error](answer[len(answer)-1]); failed {
				t.Errorf("%s: %v", name, err)
				continue
			}
			op := byRoute[wireTap.got.Method+" "+path(wireTap.got.URL.RequestURI())]
			if op == nil {
				t.Errorf("%s calls %s %s, which no table has", name, wireTap.got.Method, wireTap.got.URL.RequestURI())
				continue
			}
			if !missing[op.ID] {
				t.Errorf("%s: there is another method for %s", name, op.ID)
			}
			delete(missing, op.ID)
			compareTypes(t, name, method.Type(), op)
			compareRequest(t, op, wireTap)
		}
	}
	for id := range missing {
		t.Errorf("%s is not in the client", id)
	}
}

// isOperation reports whether a method is func(ctx, *Request) (*Answer, error), where the
// request or the answer may be missing and at least one is of package wire.
func isOperation(m reflect.Type) bool {
	last := m.NumOut() - 1
	if m.NumIn() < 1 || m.NumIn() > 2 || m.In(0) != reflect.TypeFor[context.Context]() || last < 0 || last > 1 || m.Out(last) != reflect.TypeFor[error]() {
		return false
	}
	return m.NumIn() == 2 && isWire(m.In(1)) || m.NumIn() == 1 && last == 1 && isWire(m.Out(0))
}

func isWire(t reflect.Type) bool {
	return t.Kind() == reflect.Pointer && strings.Contains(t.Elem().PkgPath(), "/favord/wire/")
}

// sampleOf fills every field of the request of a method.
func sampleOf(m reflect.Type) []reflect.Value {
	if m.NumIn() == 1 {
		return nil
	}
	request := reflect.New(m.In(1).Elem())
	fill(request.Elem())
	return []reflect.Value{request}
}

// sampleText needs escaping wherever it goes, and JSON leaves it alone.
const sampleText = "A/B C|D+E?F#G%"

func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(sampleText)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(7)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		if v.Type().Elem().Kind() != reflect.Uint8 {
			fill(v.Index(0))
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[schema.Time]() {
			v.Set(reflect.ValueOf(schema.TimeOf(at())))
			return
		}
		for _, field := range v.Fields() {
			fill(field)
		}
	default: // what no request has
	}
}

// sampleTarget is the path of an operation with the samples in it.
func sampleTarget(op *wire.Operation) string {
	target := op.Path
	if op.Request == nil {
		return target
	}
	for _, f := range op.Request.Fields {
		text := sampleText
		if f.Kind == schema.Integer {
			text = "7"
		}
		target = strings.ReplaceAll(target, "{"+f.Name+"}", url.PathEscape(text))
	}
	return target
}

func path(target string) string {
	before, _, _ := strings.Cut(target, "?")
	return before
}

// compareTypes looks that a method takes and returns what the row describes.
func compareTypes(t *testing.T, name string, m reflect.Type, op *wire.Operation) {
	t.Helper()
	request, answer := "", ""
	if m.NumIn() == 2 {
		request = m.In(1).Elem().Name()
	}
	if m.NumOut() == 2 {
		answer = m.Out(0).Elem().Name()
	}
	wanted, answered := "", ""
	if op.Request != nil && len(op.Request.Fields) > 0 {
		wanted = op.Request.Name
	}
	if op.Response != nil {
		answered = op.Response.Name
	}
	if request != wanted && wanted != "" || answer != answered {
		t.Errorf("%s takes %q and returns %q, the table says %q and %q", name, request, answer, wanted, answered)
	}
}

// compareRequest looks that every field travels where it is declared to, once.
func compareRequest(t *testing.T, op *wire.Operation, wireTap *tap) {
	t.Helper()
	if op.Request == nil {
		return
	}
	query, members := wireTap.got.URL.Query(), wireTap.members(op)
	for _, f := range op.Request.Fields {
		_, inBody := members[f.Name]
		_, inHeader := wireTap.got.Header[http.CanonicalHeaderKey(f.Name)]
		in := map[schema.Place]bool{schema.InQuery: query.Has(f.Name), schema.InBody: inBody, schema.InHeader: inHeader}
		for place, is := range in {
			if is != (f.In == place) {
				t.Errorf("%s: %s is in the %s: %v, declared in the %s", op.ID, f.Name, place, is, f.In)
			}
		}
	}
	if !op.Request.Has(schema.InBody) && (len(wireTap.sent) > 0 || wireTap.got.Header.Get("Content-Type") != "") {
		t.Errorf("%s sends a body: %s", op.ID, wireTap.sent)
	}
}

// tap keeps the last request and answers {}, signed.
type tap struct {
	t    *testing.T
	got  *http.Request
	sent []byte
}

func (p *tap) RoundTrip(r *http.Request) (*http.Response, error) {
	p.got, p.sent = r, nil
	if r.Body != nil {
		var err error
		if p.sent, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	signer, err := apiv3.NewRSASigner(platformSerial, platformKey())
	if err != nil {
		return nil, err
	}
	signed, err := apiv3.SignResponse(signer, []byte("{}"), time.Now())
	h := http.Header{}
	signed.SetHeader(h)
	return &http.Response{StatusCode: http.StatusOK, Header: h, Body: io.NopCloser(bytes.NewReader([]byte("{}"))), Request: r}, err
}

// members are the names in the body of the last request: of a JSON object, or of the parts
// of a form.
func (p *tap) members(op *wire.Operation) map[string]any {
	p.t.Helper()
	members := map[string]any{}
	if len(p.sent) == 0 {
		return members
	}
	if apiv3.IsUpload(p.got.Header.Get("Content-Type")) {
		r := p.got.Clone(p.t.Context())
		r.Body = io.NopCloser(bytes.NewReader(p.sent))
		if err := r.ParseMultipartForm(1 << 20); err != nil {
			p.t.Errorf("%s: %v", op.ID, err)
			return members
		}
		for name := range r.MultipartForm.Value {
			members[name] = true
		}
		for name := range r.MultipartForm.File {
			members[name] = true
		}
		return members
	}
	if err := json.Unmarshal(p.sent, &members); err != nil || p.got.Header.Get("Content-Type") != "application/json" {
		p.t.Errorf("%s sends %s as %s: %v", op.ID, p.sent, p.got.Header.Get("Content-Type"), err)
	}
	return members
}

// TestParametersTravelEscaped byte for byte.
func TestParametersTravelEscaped(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	for want, call := range map[string]func(c client.BusiFavor) error{
		"/v3/marketing/busifavor/users/o/coupons/A%2FB%20C%7CD+/appids/wx": func(b client.BusiFavor) error {
			_, err := b.GetUserCoupon(ctx, &busifavor.GetUserCouponRequest{OpenID: "o", CouponCode: "A/B C|D+", AppID: "wx"})
			return err
		},
		"/v3/marketing/busifavor/users/o/coupons?appid=wx&limit=5&stock_id=a%26b+c": func(b client.BusiFavor) error {
			_, err := b.ListUserCoupons(ctx, &busifavor.ListUserCouponsRequest{OpenID: "o", AppID: "wx", StockID: "a&b c", Limit: new(int64(5))})
			return err
		},
	} {
		p := newPlatform(t) // verifies the signature over what it got
		if err := call(p.client(t).BusiFavor()); err != nil || p.got.RequestURI != want {
			t.Errorf("calls %s, want %s: %v", p.got.RequestURI, want, err)
		}
	}
}
