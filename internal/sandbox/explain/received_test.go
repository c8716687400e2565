package explain_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/sandbox/explain"
	"github.com/favord/favord/wire/notify"
)

// notification is a notification as the platform sends it, with its headers.
func notification(t *testing.T) explain.Delivery {
	t.Helper()
	box, err := apiv3.NewBox([]byte(apiv3Key))
	if err != nil {
		t.Fatal(err)
	}
	kind, _ := notify.KindOf(notify.CouponSent)
	envelope, err := kind.Seal(box, notify.Event{ID: "8b33f79f-8869-5ae5-b41b-3c0b59f957d0", Resource: []byte(event)})
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(envelope)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(body, []byte("/")) { // a ciphertext in which a slash may be escaped
		return notification(t)
	}
	raw := signWith(made().platform)(apiv3.ResponseMessage(stamp, nonce, body))
	return explain.Delivery{Body: body, Header: []explain.Field{
		{Name: "Wechatpay-Timestamp", Value: stamp},
		{Name: "Wechatpay-Nonce", Value: nonce},
		{Name: "Wechatpay-Serial", Value: platform},
		{Name: "Wechatpay-Signature", Value: base64.StdEncoding.EncodeToString(raw)},
	}}
}

const stamp = "1796000000"

// again serialises a body as a program does that parsed it into a map.
func again(t *testing.T, body []byte, indent string) string {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(v)
	if indent != "" {
		text, err = json.MarshalIndent(v, "", indent)
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// ascii writes what is beyond ASCII as \uXXXX.
func ascii(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r < 128 {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// TestWhatBecameOfABodyIsNamedExactly: alone and together, and from the receiver's side.
func TestWhatBecameOfABodyIsNamedExactly(t *testing.T) {
	t.Parallel()
	n := notification(t)
	body := string(n.Body)
	blanks := strings.NewReplacer(`":`, `": `, `",`, `", `).Replace
	slashes := func(s string) string { return strings.ReplaceAll(s, "/", `\/`) }
	sorted := func(s string) string { return again(t, []byte(s), "") }
	for name, c := range map[string]struct {
		body string
		want []explain.Cause
		en   string
	}{
		"blanks":                 {blanks(body), []explain.Cause{explain.BodyReformatted}, "has other blanks"},
		"order":                  {sorted(body), []explain.Cause{explain.BodyKeyOrder}, "another order"},
		"order and indent":       {again(t, n.Body, "  "), []explain.Cause{explain.BodyKeyOrder, explain.BodyReformatted}, "is indented"},
		"slashes":                {slashes(body), []explain.Cause{explain.BodyEscapes}, `has \/ for /`},
		"escapes":                {ascii(body), []explain.Cause{explain.BodyEscapes}, `has \uXXXX`},
		"slashes and escapes":    {slashes(ascii(body)), []explain.Cause{explain.BodyEscapes}, `has \/ for /, has \uXXXX`},
		"order and escapes":      {ascii(sorted(body)), []explain.Cause{explain.BodyKeyOrder, explain.BodyEscapes}, "another order"},
		"a byte order mark":      {"\ufeff" + body, []explain.Cause{explain.BodyBOM}, "byte order mark"},
		"a mark and blanks":      {"\ufeff" + blanks(body), []explain.Cause{explain.BodyBOM, explain.BodyReformatted}, "byte order mark, has other blanks"},
		"a line end":             {body + "\n", []explain.Cause{explain.BodyLineEnd}, "line ends around it"},
		"blanks around it":       {"  " + body + " ", []explain.Cause{explain.BodyTrimmed}, "blanks around it"},
		"all of it":              {"\ufeff" + slashes(ascii(again(t, n.Body, "\t"))) + "\r\n", []explain.Cause{explain.BodyBOM, explain.BodyLineEnd, explain.BodyKeyOrder, explain.BodyEscapes, explain.BodyReformatted}, "is indented"},
		"another value is none":  {strings.Replace(body, "COUPON.SEND", "COUPON.USED", 1), []explain.Cause{explain.MessageDiffers}, "not as they were sent"},
		"a value and other ways": {blanks(strings.Replace(body, "COUPON.SEND", "COUPON.USED", 1)), []explain.Cause{explain.MessageDiffers}, "not as they were sent"},
	} {
		got := n
		got.Body = []byte(c.body)
		f := explain.Opening(got, known(), boxes())
		if fmt.Sprint(f.Causes) != fmt.Sprint(c.want) || !strings.Contains(f.Text.EN, c.en) {
			t.Errorf("%s: %v, want %v\n%s\n%s", name, f.Causes, c.want, f.Text.ZH, f.Text.EN)
		}
		expectSentence(t, &f)
		if c.want[0] == explain.MessageDiffers {
			continue
		}
		if !strings.Contains(f.Text.EN, "was verified instead of") || !strings.HasSuffix(f.Expected, body+"\n") || !strings.HasSuffix(f.Signed, c.body+"\n") {
			t.Errorf("%s: the sides\n%q\n%q\n%s", name, f.Expected, f.Signed, f.Text.EN)
		}
	}
}

// TestWhatAReceiverVerifiedIsCompared with what it had to verify.
func TestWhatAReceiverVerifiedIsCompared(t *testing.T) {
	t.Parallel()
	n := notification(t)
	body := string(n.Body)
	right := stamp + "\n" + nonce + "\n" + body + "\n"
	for name, c := range map[string]struct {
		signed string
		want   []explain.Cause
		en     string
	}{
		"right":                 {right, []explain.Cause{explain.None}, "opens with"},
		"swapped":               {nonce + "\n" + stamp + "\n" + body + "\n", []explain.Cause{explain.ReceivedSwapped}, "wrong order"},
		"a blank after a line":  {stamp + " \n" + nonce + "\n" + body + "\n", []explain.Cause{explain.ReceivedBlank}, "a blank too many in its timestamp"},
		"a blank before a line": {stamp + "\n " + nonce + "\n" + body + "\n", []explain.Cause{explain.ReceivedBlank}, "a blank too many in its nonce"},
		"another timestamp":     {"1796000001\n" + nonce + "\n" + body + "\n", []explain.Cause{explain.MessageDiffers}, "another timestamp"},
		"another nonce":         {stamp + "\nabc\n" + body + "\n", []explain.Cause{explain.MessageDiffers}, "another nonce"},
		"a nonce in lower case": {stamp + "\n" + strings.ToLower(nonce) + "\n" + body + "\n", []explain.Cause{explain.NonceCase}, "nonce in another case"},
		"no last line feed":     {stamp + "\n" + nonce + "\n" + body, []explain.Cause{explain.LineEndMissing}, "last line feed"},
		"one too many":          {right + "\n", []explain.Cause{explain.LineEndExtra}, "too many"},
		"CRLF":                  {strings.ReplaceAll(right, "\n", "\r\n"), []explain.Cause{explain.LineEndCRLF}, `\r\n`},
		"literal":               {strings.ReplaceAll(right, "\n", `\n`), []explain.Cause{explain.LineEndLiteral}, "backslash"},
		"without line feeds":    {stamp + nonce + body, []explain.Cause{explain.LineEndOther}, "no line feeds"},
		"the body alone":        {body, []explain.Cause{explain.MessageDiffers}, "nothing but the body"},
		"no body":               {stamp + "\n" + nonce + "\n\n", []explain.Cause{explain.BodyDropped}, "no body"},
		"a body with a blank":   {stamp + "\n" + nonce + "\n" + strings.Replace(body, `":`, `": `, 1) + "\n", []explain.Cause{explain.BodyReformatted}, "a body that has other blanks"},
		"a body in other order": {stamp + "\n" + nonce + "\n" + again(t, n.Body, "") + "\n", []explain.Cause{explain.BodyKeyOrder}, "another order"},
	} {
		got := n
		got.Signed = []byte(c.signed)
		f := explain.Opening(got, known(), boxes())
		if fmt.Sprint(f.Causes) != fmt.Sprint(c.want) || !strings.Contains(f.Text.EN, c.en) {
			t.Errorf("%s: %v, want %v\n%s\n%s", name, f.Causes, c.want, f.Text.ZH, f.Text.EN)
		}
		expectSentence(t, &f)
		if name != "right" && (f.Expected != right || f.Signed != c.signed || f.Difference == nil) {
			t.Errorf("%s: the sides\n%q\n%q", name, f.Expected, f.Signed)
		}
	}
	n.Header = nil
	n.Signed = []byte(right)
	if f := explain.Opening(n, known(), boxes()); fmt.Sprint(f.Causes) != "[NOT_SIGNED]" {
		t.Errorf("without headers nothing can be compared: %v %s", f.Causes, f.Text.EN)
	}
}

// TestAReplayWithoutHeadersIsANotification and no call to an unknown path.
func TestAReplayWithoutHeadersIsANotification(t *testing.T) {
	t.Parallel()
	n := notification(t)
	for _, head := range []string{
		"POST /notify HTTP/1.1\r\nHost: shop.example.com\r\nContent-Type: application/json\r\n\r\n",
		"POST /v3/notify HTTP/1.1\nContent-Type: application/json\nWechatpay-Timestamp: " + stamp + "\n\n",
		fmt.Sprintf("POST /notify HTTP/1.1\nHost: x\nContent-Length: %d\n\n\ufeff", len(n.Body)),
	} {
		in, err := explain.Parse([]byte(head + string(n.Body)))
		if err != nil || in.Delivery == nil {
			t.Fatalf("%s: %+v, %v", head, in, err)
		}
		f := explain.Opening(*in.Delivery, known(), boxes())
		if fmt.Sprint(f.Causes) != "[NOT_SIGNED]" || f.Plaintext != event || !strings.Contains(f.Text.EN, "notification without Wechatpay-Signature") {
			t.Errorf("%s: %+v", head, f)
		}
		expectSentence(t, &f)
	}
	// A length that a re-serialised body outgrew does not cut it off.
	pretty := again(t, n.Body, "  ")
	in, err := explain.Parse(fmt.Appendf(nil, "POST /notify HTTP/1.1\nContent-Length: %d\n\n%s", len(n.Body), pretty))
	if err != nil || in.Delivery == nil || string(in.Delivery.Body) != pretty {
		t.Errorf("%+v, %v", in, err)
	}
	// A request that is no notification stays one.
	in, err = explain.Parse([]byte("POST /v3/marketing/busifavor/callbacks HTTP/1.1\nWechatpay-Serial: 1\n\n{\"notify_url\":\"https://a/b\"}"))
	if err != nil || in.Request == nil {
		t.Errorf("%+v, %v", in, err)
	}
}
