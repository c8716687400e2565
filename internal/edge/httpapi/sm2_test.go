package httpapi_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/apiv3/gm"
	"github.com/favord/favord/internal/platform/keyring"
	"github.com/favord/favord/internal/rule/merchant"
)

// carol uses SM2 only.
const carol = merchant.ID("1900000005")

func newSM2Fixture(t *testing.T) *fixture {
	t.Helper()
	f := newFixture(t)
	draft, err := f.keyring.DraftSM2(t.Context(), merchant.Merchant{
		ID: carol, Name: "国密商户", Kind: merchant.Ordinary, KeyMode: merchant.ModeCertificate,
		AppIDs: []merchant.AppID{aliceApp}, Permissions: []merchant.Permission{merchant.IssueByAPI},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.keyring.Register(t.Context(), draft); err != nil {
		t.Fatal(err)
	}
	f.members.drafts[carol] = draft
	return f
}

// addSM2 gives a merchant of RSA keys in SM2, too.
func (f *fixture) addSM2(id merchant.ID) *keyring.Credentials {
	f.t.Helper()
	added, err := f.keyring.AddSM2(f.t.Context(), id)
	if err != nil {
		f.t.Fatal(err)
	}
	return &added
}

func (f *fixture) platformKey(c *keyring.Credentials) *gm.PublicKey {
	f.t.Helper()
	certificate, err := gm.ParseCertificate(c.PlatformCertificatePEM)
	if err != nil {
		f.t.Fatal(err)
	}
	key, err := gm.CertificateKey(certificate)
	if err != nil {
		f.t.Fatal(err)
	}
	return key
}

// expectSM2Signed fails the test unless an answer is signed with the platform's SM2 key.
func (f *fixture) expectSM2Signed(c *keyring.Credentials, r reply) {
	f.t.Helper()
	if got := r.header.Get("Wechatpay-Signature-Type"); got != "WECHATPAY2-SM2-WITH-SM3" {
		f.t.Errorf("%d %s is signed with %q", r.status, r.body, got)
	}
	signature, err := apiv3.ResponseSignatureOf(r.header)
	if err != nil {
		f.t.Errorf("%d %s: %v", r.status, r.body, err)
		return
	}
	if err := signature.Verify(gm.NewVerifier(c.PlatformSerialNo, f.platformKey(c)), []byte(r.body), f.clock.Now()); err != nil {
		f.t.Errorf("%d %s is signed by %s: %v", r.status, r.body, signature.Serial, err)
	}
}

func TestAnSM2MerchantIsServedInSM2(t *testing.T) {
	t.Parallel()
	f := newSM2Fixture(t)
	mine := new(f.registration(carol).Credentials)
	created := f.post(carol, pathStocks, set(f.stockBody(), string(carol), "belong_merchant"))
	created.expect(t, 200, "")
	f.expectSM2Signed(mine, created)
	found := f.get(carol, pathStocks+"/"+text(created.json["stock_id"]))
	found.expect(t, 200, "")
	f.expectSM2Signed(mine, found)

	refused := f.get(carol, pathStocks+"/1")
	refused.expect(t, 404, "RESOURCE_NOT_EXISTS")
	f.expectSM2Signed(mine, refused)
	expectUnsigned(t, f.send(request{as: carol, method: http.MethodGet, target: pathStocks + "/1", spoil: func(r *http.Request) {
		r.URL.RawQuery = "x=1"
	}}))
}

// TestEachRequestIsAnsweredInItsOwnAlgorithm by a merchant that has both.
func TestEachRequestIsAnsweredInItsOwnAlgorithm(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	added := f.addSM2(alice)
	mine := f.registration(alice)
	target := pathStocks + "/" + f.stock(nil)
	for _, named := range []string{"", mine.PlatformSerialNo, mine.PublicKeyID, added.PlatformSerialNo, strings.ToLower(added.PlatformSerialNo), "1234"} {
		header := http.Header{"Wechatpay-Serial": {named}}
		sm2 := f.send(request{as: alice, with: added, method: http.MethodGet, target: target, header: header})
		sm2.expect(t, 200, "")
		f.expectSM2Signed(added, sm2)

		want := mine.PlatformSerialNo
		if named == mine.PublicKeyID {
			want = named
		}
		rsa := f.send(request{as: alice, method: http.MethodGet, target: target, header: header})
		rsa.expect(t, 200, "")
		f.expectSigned(alice, rsa, want)
		if got := rsa.header.Get("Wechatpay-Signature-Type"); got != "WECHATPAY2-SHA256-RSA2048" {
			t.Errorf("%q named: an RSA request is answered with %s", named, got)
		}
	}
}

// TestTheSchemeMustBeThatOfTheCertificate signs with one and claims the other.
func TestTheSchemeMustBeThatOfTheCertificate(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	added := f.addSM2(alice)
	mine := f.registration(alice)
	claim := func(change func(a *apiv3.Authorization)) func(r *http.Request) {
		return func(r *http.Request) {
			a, err := apiv3.ParseAuthorization(r.Header.Get("Authorization"))
			if err != nil {
				t.Fatal(err)
			}
			change(&a)
			r.Header.Set("Authorization", a.String())
		}
	}
	const wrongType, wrongSerial, wrongSignature = "Http头Authorization认证类型不正确", "商户证书序列号有误。请使用签名私钥匹配的证书序列号", "错误的签名，验签失败"
	for name, c := range map[string]struct {
		with   *keyring.Credentials
		change func(a *apiv3.Authorization)
		want   string
	}{
		"RSA with an SM2 certificate":   {added, func(a *apiv3.Authorization) { a.Scheme = apiv3.SchemeRSA }, wrongType},
		"SM2 with an RSA certificate":   {nil, func(a *apiv3.Authorization) { a.Scheme = apiv3.SchemeSM2 }, wrongType},
		"SM2 naming an RSA certificate": {added, func(a *apiv3.Authorization) { a.Serial = mine.SerialNo }, wrongType},
		"an unknown SM2 certificate":    {added, func(a *apiv3.Authorization) { a.Serial = "1234" }, wrongSerial},
		"the platform's certificate":    {added, func(a *apiv3.Authorization) { a.Serial = added.PlatformSerialNo }, wrongSerial},
		"another merchant's":            {added, func(a *apiv3.Authorization) { a.Identity = string(bob) }, wrongSerial},
		"RSA bytes under SM2": {nil, func(a *apiv3.Authorization) {
			a.Scheme, a.Serial = apiv3.SchemeSM2, added.SerialNo
		}, wrongSignature},
		"a changed nonce": {added, func(a *apiv3.Authorization) { a.Nonce += "x" }, "Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》"},
	} {
		got := f.send(request{as: alice, with: c.with, method: http.MethodGet, target: "/v3/certificates", spoil: claim(c.change)})
		if got.expect(t, 401, "SIGN_ERROR"); got.message() != c.want {
			t.Errorf("%s: %s", name, got.message())
		}
		expectUnsigned(t, got)
	}
	got := f.send(request{as: alice, with: added, method: http.MethodGet, target: pathStocks + "/" + f.stock(nil), spoil: claim(func(a *apiv3.Authorization) {
		a.Serial = strings.ToLower(a.Serial)
	})})
	got.expect(t, 200, "")
}

func TestCertificatesAreListedByAlgorithm(t *testing.T) {
	t.Parallel()
	f := newSM2Fixture(t)
	added := f.addSM2(alice)
	mine := f.registration(alice)
	sm2Box, err := gm.NewBox([]byte(mine.APIv3Key))
	if err != nil {
		t.Fatal(err)
	}
	rsaBox, err := apiv3.NewBox([]byte(mine.APIv3Key))
	if err != nil {
		t.Fatal(err)
	}
	type entry struct {
		serial string
		box    *apiv3.Box
		pem    []byte
	}
	rsa := entry{mine.PlatformSerialNo, rsaBox, mine.PlatformCertificatePEM}
	sm2 := entry{added.PlatformSerialNo, sm2Box, added.PlatformCertificatePEM}
	for query, want := range map[string][]entry{
		"": {rsa}, "?algorithm_type=RSA": {rsa}, "?algorithm_type=SM2": {sm2}, "?algorithm_type=ALL": {rsa, sm2},
	} {
		got := f.send(request{as: alice, with: added, method: http.MethodGet, target: "/v3/certificates" + query})
		got.expect(t, 200, "")
		f.expectSM2Signed(added, got)
		data, _ := got.json["data"].([]any)
		if len(data) != len(want) {
			t.Errorf("%q lists %s", query, got.body)
			continue
		}
		for i, one := range data {
			listed, _ := one.(object)
			sealed, _ := listed["encrypt_certificate"].(object)
			plain, err := want[i].box.Open(apiv3.Sealed{
				Algorithm: text(sealed["algorithm"]), AssociatedData: text(sealed["associated_data"]),
				Ciphertext: text(sealed["ciphertext"]), Nonce: text(sealed["nonce"]),
			})
			if err != nil || !bytes.Equal(plain, want[i].pem) || listed["serial_no"] != want[i].serial {
				t.Errorf("%q, entry %d: %v opens to %q, %v", query, i, listed, plain, err)
			}
		}
	}
	// Who has only one algorithm has no certificate of the other.
	f.get(carol, "/v3/certificates").expect(t, 404, "RESOURCE_NOT_EXISTS")
	f.get(carol, "/v3/certificates?algorithm_type=ALL").expect(t, 200, "")
	f.get(bob, "/v3/certificates?algorithm_type=SM2").expect(t, 404, "RESOURCE_NOT_EXISTS")
}

func TestEchoSpeaksSM2WithWhoSignsWithIt(t *testing.T) {
	t.Parallel()
	f := newSM2Fixture(t)
	mine := new(f.registration(carol).Credentials)
	sealed, err := gm.SealField(f.platformKey(mine), "机密")
	if err != nil {
		t.Fatal(err)
	}
	echo := func(named, secret string) reply {
		return f.send(request{
			as: carol, method: http.MethodPost, target: "/v3/security/echo", header: http.Header{"Wechatpay-Serial": {named}},
			body: f.encode(object{"echo_message": "你好", "encrypted_echo_message": secret}),
		})
	}
	private, err := gm.ParsePrivateKey(mine.PrivateKeyPEM)
	if err != nil {
		t.Fatal(err)
	}
	for _, named := range []string{mine.PlatformSerialNo, strings.ToLower(mine.PlatformSerialNo)} {
		got := echo(named, sealed)
		got.expect(t, 200, "")
		f.expectSM2Signed(mine, got)
		secret, err := gm.OpenField(private, text(got.json["encrypted_echo_message"]))
		if got.json["echo_message"] != "你好" || err != nil || secret != "机密" {
			t.Errorf("%s opens to %q, %v", got.body, secret, err)
		}
	}
	foreign, err := gm.SealField(private.Public(), "机密")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ named, secret, want string }{
		"no key named":       {"", sealed, "HTTP header缺少微信支付平台证书序列号(Wechatpay-Serial)"},
		"another's named":    {f.registration(alice).PlatformSerialNo, sealed, "平台证书序列号Wechatpay-Serial错误"},
		"for another key":    {mine.PlatformSerialNo, foreign, "平台私钥解密失败"},
		"not even encrypted": {mine.PlatformSerialNo, "secret", "请确认待处理的消息是否为加密后的密文"},
	} {
		got := echo(c.named, c.secret)
		if got.expect(t, 400, "PARAM_ERROR"); got.message() != c.want {
			t.Errorf("%s: %s", name, got.message())
		}
		f.expectSM2Signed(mine, got)
	}
}

func TestStatesOfAnSM2CertificateAreTold(t *testing.T) {
	t.Parallel()
	f := newSM2Fixture(t)
	for status, message := range map[merchant.CertificateStatus]string{
		merchant.CertificateRevoked: "商户证书已作废。", merchant.CertificateReplaced: "已更换证书，请使用新证书",
	} {
		if err := f.keyring.SetCertificateStatus(t.Context(), carol, f.registration(carol).SerialNo, status); err != nil {
			t.Fatal(err)
		}
		if got := f.get(carol, "/v3/certificates?algorithm_type=SM2"); got.message() != message {
			t.Errorf("%s: %s", status, got.body)
		}
	}
}
