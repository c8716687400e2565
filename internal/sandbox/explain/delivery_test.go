package explain_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/apiv3/gm"
	"github.com/favord/favord/internal/sandbox/explain"
)

const otherKey = "ffffffffffffffffffffffffffffffff"

// boxes are those of two merchants.
func boxes() []explain.Box {
	var list []explain.Box
	for owner, key := range map[string]string{mchid: apiv3Key, otherMchid: otherKey} {
		rsaBox, err := apiv3.NewBox([]byte(key))
		if err != nil {
			panic(err)
		}
		sm4Box, err := gm.NewBox([]byte(key))
		if err != nil {
			panic(err)
		}
		list = append(list, explain.Box{Owner: owner, Box: rsaBox}, explain.Box{Owner: owner, Box: sm4Box})
	}
	return list
}

const event = `{"stock_id":"128888000000001","coupon_code":"ABCD12345678","send_channel":"MINIAPP"}`

// delivery is a notification whose parts can be spoiled.
type delivery struct {
	key       string
	algorithm string
	plain     string
	// spoil changes what was sealed.
	spoil func(s *apiv3.Sealed)
	// signature changes the headers of the signature; nil leaves them out.
	signature func(h map[string]string)
	// body changes the body after it was signed.
	body     func(string) string
	received time.Time
	given    string
}

func (d delivery) text(t *testing.T) explain.Delivery {
	t.Helper()
	key := []byte(orElse(d.key, apiv3Key))
	build := apiv3.NewBox
	if d.algorithm == apiv3.AlgorithmSM4GCM {
		build = gm.NewBox
	}
	box, err := build(key)
	if err != nil {
		t.Fatal(err)
	}
	s, err := box.Seal([]byte(orElse(d.plain, event)), "j9g1wAzF9Xn1", "coupon")
	if err != nil {
		t.Fatal(err)
	}
	if d.spoil != nil {
		d.spoil(&s)
	}
	resource := map[string]string{
		"algorithm": s.Algorithm, "associated_data": s.AssociatedData, "ciphertext": s.Ciphertext, "nonce": s.Nonce, "original_type": "coupon",
	}
	body, err := json.Marshal(map[string]any{"id": "1", "event_type": "COUPON.SEND", "resource": resource})
	if err != nil {
		t.Fatal(err)
	}
	out := explain.Delivery{Body: body, Received: d.received, APIKey: d.given}
	if d.signature != nil {
		raw := signWith(made().platform)(apiv3.ResponseMessage("1796000000", nonce, body))
		headers := map[string]string{
			"Wechatpay-Timestamp": "1796000000", "Wechatpay-Nonce": nonce, "Wechatpay-Serial": platform,
			"Wechatpay-Signature": base64.StdEncoding.EncodeToString(raw),
		}
		d.signature(headers)
		for name, value := range headers {
			out.Header = append(out.Header, explain.Field{Name: name, Value: value})
		}
	}
	if d.body != nil {
		out.Body = []byte(d.body(string(out.Body)))
	}
	return out
}

func signed(map[string]string) {}

func flip(s *apiv3.Sealed) {
	raw, _ := base64.StdEncoding.DecodeString(s.Ciphertext)
	raw[len(raw)-1] ^= 1
	s.Ciphertext = base64.StdEncoding.EncodeToString(raw)
}

func shorten(by int) func(s *apiv3.Sealed) {
	return func(s *apiv3.Sealed) {
		raw, _ := base64.StdEncoding.DecodeString(s.Ciphertext)
		s.Ciphertext = base64.StdEncoding.EncodeToString(raw[:len(raw)-by])
	}
}

// TestWhyANotificationDoesNotOpen goes through every cause.
func TestWhyANotificationDoesNotOpen(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		delivery delivery
		want     explain.Cause
		zh, en   string
	}{
		"it does":                      {delivery{}, explain.None, "可以用商户 " + mchid, "opens with the APIv3 key of merchant " + mchid},
		"it does with SM4":             {delivery{algorithm: apiv3.AlgorithmSM4GCM}, explain.None, mchid, mchid},
		"it does, and is signed":       {delivery{signature: signed}, explain.None, "签名是对的", "signature is right and it opens"},
		"another merchant's key":       {delivery{key: otherKey}, explain.None, otherMchid, otherMchid},
		"a key that nobody has":        {delivery{key: strings.Repeat("k", 32)}, explain.APIKeyDiffers, "APIv3密钥不同", "APIv3 key differs"},
		"the key that was given":       {delivery{given: apiv3Key}, explain.None, "给出的", "given APIv3 key"},
		"another key that was given":   {delivery{given: strings.Repeat("k", 32)}, explain.APIKeyDiffers, "商户 " + mchid, "merchant " + mchid},
		"a given key with a line end":  {delivery{given: apiv3Key + "\n"}, explain.APIKeySpelling, "空白", "line end"},
		"a given key in quotes":        {delivery{given: `"` + apiv3Key + `"`}, explain.APIKeySpelling, "引号", "quotes"},
		"a given key in hex":           {delivery{given: hex.EncodeToString([]byte(apiv3Key))}, explain.APIKeySpelling, "十六进制", "hex"},
		"a given key in base64":        {delivery{given: base64.StdEncoding.EncodeToString([]byte(apiv3Key))}, explain.APIKeySpelling, "base64", "base64"},
		"no associated data":           {delivery{spoil: func(s *apiv3.Sealed) { s.AssociatedData = "" }}, explain.AssociatedData, `"coupon"`, `"coupon" was sealed and "" is here`},
		"other associated data, SM4":   {delivery{algorithm: apiv3.AlgorithmSM4GCM, spoil: func(s *apiv3.Sealed) { s.AssociatedData = "x" }}, explain.AssociatedData, `"x"`, `"x" is here`},
		"the right key but other data": {delivery{given: apiv3Key, spoil: func(s *apiv3.Sealed) { s.AssociatedData = "x" }}, explain.AssociatedData, "密钥正确", "key is right"},
		"the wrong key and other data": {delivery{given: otherKey, spoil: func(s *apiv3.Sealed) { s.AssociatedData = "x" }}, explain.APIKeyDiffers, mchid, mchid},
		"a changed tag":                {delivery{spoil: flip}, explain.AssociatedData, "校验标签", "tag was changed"},
		"no tag":                       {delivery{spoil: shorten(16)}, explain.BoxTag, "16字节", "16 bytes"},
		"a ciphertext cut short":       {delivery{spoil: shorten(30)}, explain.CiphertextChanged, "截断", "cut off"},
		"a ciphertext of URLs":         {delivery{plain: "{\"a\":\"" + strings.Repeat("~?>", 40) + "\"}", spoil: func(s *apiv3.Sealed) { s.Ciphertext = strings.NewReplacer("+", "-", "/", "_").Replace(s.Ciphertext) }}, explain.CiphertextEncoding, "base64", "base64"},
		"a ciphertext that is none":    {delivery{spoil: func(s *apiv3.Sealed) { s.Ciphertext = "密文" }}, explain.CiphertextEncoding, "base64", "base64"},
		"a tiny ciphertext":            {delivery{spoil: func(s *apiv3.Sealed) { s.Ciphertext = "AAAA" }}, explain.BoxTag, "16字节", "16 bytes"},
		"a nonce of another length":    {delivery{spoil: func(s *apiv3.Sealed) { s.Nonce = "short" }}, explain.BoxNonce, "5个字节", "5 bytes"},
		"a nonce in another case":      {delivery{spoil: func(s *apiv3.Sealed) { s.Nonce = "J9G1WAZF9XN1" }}, explain.APIKeyDiffers, "随机串", "nonce"},
		"an unknown algorithm":         {delivery{spoil: func(s *apiv3.Sealed) { s.Algorithm = "AES" }}, explain.BoxAlgorithm, "AES", "AES"},
		"nothing sealed":               {delivery{body: func(string) string { return "{}" }}, explain.NoResource, "resource", "resource"},
		"a body that is no JSON":       {delivery{body: func(string) string { return "hello" }}, explain.NoResource, "resource", "resource"},
		"a probe":                      {delivery{signature: func(h map[string]string) { h["Wechatpay-Signature"] = apiv3.Probe(h["Wechatpay-Signature"]) }}, explain.Probe, "探测", "probe"},
		"a header that is missing":     {delivery{signature: func(h map[string]string) { delete(h, "Wechatpay-Nonce") }}, explain.NotSigned, "Wechatpay-Nonce", "Wechatpay-Nonce"},
		"a serial that nobody has":     {delivery{signature: func(h map[string]string) { h["Wechatpay-Serial"] = "77" }}, explain.SerialNotPlatform, "77", "77"},
		"a merchant's serial":          {delivery{signature: func(h map[string]string) { h["Wechatpay-Serial"] = serial }}, explain.SerialNotPlatform, serial, serial},
		"a notification that is old":   {delivery{signature: signed, received: at().Add(time.Hour / 2)}, explain.TimestampStale, "慢了30m", "30m0s behind"},
		"a forged one": {delivery{signature: func(h map[string]string) {
			h["Wechatpay-Signature"] = base64.StdEncoding.EncodeToString(make([]byte, 256))
		}}, explain.KeyUnknown, "伪造", "forged"},
		"a body that was re-formatted":  {delivery{signature: signed, body: func(s string) string { return strings.ReplaceAll(s, `":`, `": `) }}, explain.BodyReformatted, "原始包体", "as it arrived"},
		"a body with a line end more":   {delivery{signature: signed, body: func(s string) string { return s + "\n" }}, explain.BodyLineEnd, "换行", "line"},
		"a body that says other things": {delivery{signature: signed, body: func(s string) string { return strings.Replace(s, "SEND", "USED", 1) }}, explain.MessageDiffers, "改动", "not as they were sent"},
	} {
		f := explain.Opening(c.delivery.text(t), known(), boxes())
		if fmt.Sprint(f.Causes) != fmt.Sprint([]explain.Cause{c.want}) || !strings.Contains(f.Text.ZH, c.zh) || !strings.Contains(f.Text.EN, c.en) {
			t.Errorf("%s: %v, want %s\n%s\n%s", name, f.Causes, c.want, f.Text.ZH, f.Text.EN)
		}
		expectSentence(t, &f)
		if c.want == explain.None && f.Plaintext != event {
			t.Errorf("%s: it holds %q", name, f.Plaintext)
		}
	}
}

func TestASealedResourceAloneIsEnough(t *testing.T) {
	t.Parallel()
	box, err := apiv3.NewBox([]byte(apiv3Key))
	if err != nil {
		t.Fatal(err)
	}
	s, err := box.Seal([]byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), "0123456789ab", "certificate")
	if err != nil {
		t.Fatal(err)
	}
	for _, value := range []any{s, map[string]any{"data": []any{map[string]any{"serial_no": "1", "encrypt_certificate": s}}}} {
		body, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		if f := explain.Opening(explain.Delivery{Body: body}, known(), boxes()); fmt.Sprint(f.Causes) != "[NONE]" || !strings.HasPrefix(f.Plaintext, "-----BEGIN") {
			t.Errorf("%s: %+v", body, f)
		}
		body = []byte(strings.Replace(string(body), `"certificate"`, `"other"`, 1))
		if f := explain.Opening(explain.Delivery{Body: body}, known(), boxes()); fmt.Sprint(f.Causes) != "[ASSOCIATED_DATA_DIFFERS]" {
			t.Errorf("%s: %+v", body, f)
		}
	}
}

// TestWithoutKeysOnlyTheGivenOneIsTried as when no sandbox runs.
func TestWithoutKeysOnlyTheGivenOneIsTried(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]explain.Cause{apiv3Key: explain.None, otherKey: explain.APIKeyDiffers} {
		f := explain.Opening(delivery{given: given}.text(t), explain.Known{}, nil)
		if fmt.Sprint(f.Causes) != fmt.Sprint([]explain.Cause{want}) {
			t.Errorf("%+v", f)
		}
	}
}
