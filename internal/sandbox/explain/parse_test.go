package explain_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/sandbox/explain"
)

func TestARequestIsReadInEveryForm(t *testing.T) {
	t.Parallel()
	fields := func(pairs ...string) (list []explain.Field) {
		for i := 0; i < len(pairs); i += 2 {
			list = append(list, explain.Field{Name: pairs[i], Value: pairs[i+1]})
		}
		return list
	}
	for name, c := range map[string]struct {
		text string
		want explain.Request
	}{
		"HTTP": {
			"POST /v3/a?B=%e5 HTTP/1.1\r\nhost: x\r\nContent-Length: 4\r\n\r\n{\r\n}",
			explain.Request{Method: "POST", Target: "/v3/a?B=%e5", Header: fields("host", "x", "Content-Length", "4"), Body: []byte("{\r\n}")},
		},
		"HTTP from an editor": {
			"\ufeff\n\nPOST /v3/a HTTP/1.1\nA:b \nContent-Length: 2\n\n{}\n\n",
			explain.Request{Method: "POST", Target: "/v3/a", Header: fields("A", "b", "Content-Length", "2"), Body: []byte("{}")},
		},
		"HTTP without a length": {
			"POST /v3/a\n\n{}\n",
			explain.Request{Method: "POST", Target: "/v3/a", Body: []byte("{}")},
		},
		"HTTP with a body cut short": {
			"POST /v3/a HTTP/1.1\nContent-Length: 9\n\n{}",
			explain.Request{Method: "POST", Target: "/v3/a", Header: fields("Content-Length", "9"), Body: []byte("{}"), Partial: true},
		},
		"a whole URL": {
			"GET https://api.mch.weixin.qq.com/v3/a?b HTTP/1.1\nA: b",
			explain.Request{Method: "GET", Target: "/v3/a?b", Header: fields("A", "b")},
		},
		"a host alone": {"GET https://api.mch.weixin.qq.com", explain.Request{Method: "GET", Target: "/"}},
		"curl -v": {
			"*   Trying 127.0.0.1:18080...\n* Connected\n> POST /v3/a?b=1 HTTP/1.1\r\n> Host: 127.0.0.1:18080\r\n> User-Agent: curl/7.88.1\r\n> Content-Length: 2\r\n> \r\n} [2 bytes data]\n< HTTP/1.1 401 Unauthorized\r\n< Date: Mon, 23 Nov 2026 13:58:52 GMT\r\n< \r\n{\"code\":\"SIGN_ERROR\"}",
			explain.Request{
				Method: "POST", Target: "/v3/a?b=1", Header: fields("Host", "127.0.0.1:18080", "User-Agent", "curl/7.88.1", "Content-Length", "2"),
				Partial: true, Received: time.Date(2026, 11, 23, 13, 58, 52, 0, time.UTC),
			},
		},
		"the journal": {
			`{"request":{"method":"POST","target":"/v3/a","received_ms":1796000000123,"sequence":7},"headers":[{"name":"hOST","value":"x"}],"exact":true,"body":"{}\n","body_size":3}`,
			explain.Request{Method: "POST", Target: "/v3/a", Header: fields("hOST", "x"), Body: []byte("{}\n"), Received: time.UnixMilli(1796000000123)},
		},
		"the journal with bytes": {
			`{"request":{"method":"POST","target":"/v3/a","received_ms":0},"headers":[],"body_base64":"/w==","body_size":9}`,
			explain.Request{Method: "POST", Target: "/v3/a", Header: []explain.Field{}, Body: []byte("\xff"), Partial: true, Received: time.UnixMilli(0)},
		},
	} {
		in, err := explain.Parse([]byte(c.text))
		if err != nil || in.Request == nil {
			t.Errorf("%s: %+v, %v", name, in, err)
			continue
		}
		if diff := cmp.Diff(c.want, *in.Request); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestANotificationIsReadInEveryForm(t *testing.T) {
	t.Parallel()
	const resource = `{"algorithm":"AEAD_AES_256_GCM","ciphertext":"AA==","nonce":"123456789012","associated_data":""}`
	for _, text := range []string{
		resource,
		`{"id":"1","resource":` + resource + `}`,
		"POST /notify HTTP/1.1\nWechatpay-Signature: x\n\n{}",
	} {
		if in, err := explain.Parse([]byte(text)); err != nil || in.Delivery == nil {
			t.Errorf("%s: %+v, %v", text, in, err)
		}
	}
}

func TestGarbageIsRefusedInOneSentence(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", " \n", "hello", "hello world", "GET", "GET v3/certificates", "GET /v3/a b c", "12345 /v3/a", "\x00\xff\xfe", "<html>", "{", "{}", `{"a":1}`, "[]",
		`{"request":{"method":"GET"},"headers":3}`, `{"request":{"method":"GET"},"body_base64":"%"}`,
		"GET /v3/a HTTP/1.1\nno header", "GET /v3/a HTTP/1.1\n: x", "GET /v3/a HTTP/1.1\na b: x", "> GET nowhere HTTP/1.1\n",
	} {
		_, err := explain.Parse([]byte(text))
		refusal := new(fault.Error)
		if !errors.As(err, &refusal) || refusal.Text.ZH == "" || strings.Contains(refusal.Text.EN, "\n") {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := explain.Parse(make([]byte, explain.MaxInput+1)); fault.KindOf(err) != fault.TooLarge {
		t.Errorf("a large one: %v", err)
	}
}

// FuzzAnythingIsExplained wants no panic, and a sentence for whatever parses.
func FuzzAnythingIsExplained(f *testing.F) {
	for _, c := range causes()[:40] {
		r := c.sample.request()
		var b strings.Builder
		fmt.Fprintf(&b, "%s %s HTTP/1.1\n", r.Method, r.Target)
		for _, h := range r.Header {
			fmt.Fprintf(&b, "%s: %s\n", h.Name, h.Value)
		}
		f.Add([]byte(b.String() + "\n" + string(r.Body)))
	}
	f.Add([]byte("> GET /v3/a HTTP/1.1\n> A: b\n< Date: Mon, 23 Nov 2026 13:58:52 GMT\n"))
	f.Add([]byte(`{"resource":{"algorithm":"AEAD_AES_256_GCM","ciphertext":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","nonce":"123456789012","associated_data":""}}`))
	with, sealers := known(), boxes()
	f.Fuzz(func(t *testing.T, text []byte) {
		in, err := explain.Parse(text)
		if err != nil {
			return
		}
		var found explain.Finding
		if in.Request != nil {
			found = explain.Signature(*in.Request, with)
		} else {
			found = explain.Opening(*in.Delivery, with, sealers)
		}
		if len(found.Causes) == 0 || found.Text.ZH == "" || found.Text.EN == "" {
			t.Errorf("%q gives %+v", text, found)
		}
	})
}
