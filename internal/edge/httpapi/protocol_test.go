package httpapi_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/limit"
	"github.com/favord/favord/internal/edge/httpapi"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/wire/security"
)

func TestUnknownPathsAndMethodsAnswerEmptyBeforeAuthentication(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for target, want := range map[string]int{
		"GET /v3/marketing/no-such-thing":          404,
		"GET /v3/certificates/":                    404,
		"GET //v3/certificates":                    404,
		"GET /v3//certificates":                    404,
		"GET /v3/./certificates":                   404,
		"GET /v3/x/../certificates":                404,
		"GET /v3/%63ertificates":                   404,
		"GET /V3/certificates":                     404,
		"GET /":                                    404,
		"GET /v3/marketing/busifavor/stocks/":      404,
		"GET /v3/marketing/busifavor/stocks/.":     404,
		"POST /v3/certificates":                    405,
		"PUT /v3/marketing/busifavor/stocks":       405,
		"DELETE /v3/marketing/busifavor/stocks/1":  405,
		"HEAD /v3/certificates":                    405,
		"OPTIONS /v3/certificates":                 405,
		"GET /v3/marketing/busifavor/coupons/send": 405,
	} {
		method, path, _ := strings.Cut(target, " ")
		answer := f.raw(fmt.Sprintf("%s %s HTTP/1.1\r\nHost: x\r\nAccept: */*\r\nUser-Agent: t\r\nConnection: close\r\n\r\n", method, path))
		if answer.status != want || answer.body != "" || answer.header.Get("Content-Length") != "0" {
			t.Errorf("%s gives %d %q with length %s", target, answer.status, answer.body, answer.header.Get("Content-Length"))
		}
		expectUnsigned(t, answer)
	}
}

// raw sends bytes and reads the answer.
func (f *fixture) raw(text string) reply {
	f.t.Helper()
	conn := f.dial()
	if _, err := io.WriteString(conn, text); err != nil {
		f.t.Fatal(err)
	}
	method, _, _ := strings.Cut(text, " ")
	answer, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		f.t.Fatal(err)
	}
	return f.read(answer)
}

func (f *fixture) dial() net.Conn {
	f.t.Helper()
	conn, err := (&net.Dialer{}).DialContext(f.t.Context(), "tcp", f.server.Listener.Addr().String())
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// TestHeadersHaveTheirCaseOnTheWire reads the bytes: parsers fold the case.
func TestHeadersHaveTheirCaseOnTheWire(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	r := f.sign(request{as: alice, method: http.MethodGet, target: "/v3/certificates"})
	conn := f.dial()
	if err := r.Write(conn); err != nil {
		t.Fatal(err)
	}
	head := readHead(t, conn)
	for _, pattern := range []string{
		`^HTTP/1\.1 200 OK\r\n`,
		`\r\nDate: `,
		`\r\nContent-Type: application/json; charset=utf-8\r\n`,
		`\r\nContent-Length: [0-9]+\r\n`,
		`\r\nConnection: keep-alive\r\n`,
		`\r\nKeep-Alive: timeout=8\r\n`,
		`\r\nCache-Control: no-cache, must-revalidate\r\n`,
		`\r\nX-Content-Type-Options: nosniff\r\n`,
		`\r\nRequest-ID: 08[0-9A-F]{32}-0\r\n`,
		`\r\nContent-Language: zh-CN\r\n`,
		`\r\nWechatpay-Nonce: [0-9a-f]{32}\r\n`,
		`\r\nWechatpay-Signature: [0-9A-Za-z+/]{342}==\r\n`,
		`\r\nWechatpay-Timestamp: [1-9][0-9]{9}\r\n`,
		`\r\nWechatpay-Serial: [1-7][0-9A-F]{39}\r\n`,
		`\r\nWechatpay-Signature-Type: WECHATPAY2-SHA256-RSA2048\r\n`,
	} {
		if !regexp.MustCompile(pattern).MatchString(head) {
			t.Errorf("no %q in\n%s", pattern, head)
		}
	}
	if strings.Contains(head, "Transfer-Encoding") {
		t.Errorf("the answer is chunked:\n%s", head)
	}
}

func readHead(t *testing.T, conn net.Conn) string {
	t.Helper()
	var head strings.Builder
	reader := bufio.NewReader(conn)
	for !strings.HasSuffix(head.String(), "\r\n\r\n") {
		line, err := reader.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		head.WriteString(line)
	}
	return head.String()
}

func TestAClientThatClosesGetsNoKeepAlive(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	r := f.sign(request{as: alice, method: http.MethodGet, target: "/v3/certificates"})
	r.Close = true
	answer, err := f.server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	got := f.read(answer)
	if got.status != http.StatusOK || got.header.Get("Keep-Alive") != "" {
		t.Errorf("%d with Keep-Alive %q", got.status, got.header.Get("Keep-Alive"))
	}
}

func TestTwoAuthorizationHeadersAnswer400WithoutBody(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	got := f.send(request{as: alice, method: http.MethodGet, target: "/v3/certificates", spoil: func(r *http.Request) {
		r.Header.Add("Authorization", r.Header.Get("Authorization"))
	}})
	if got.status != http.StatusBadRequest || got.body != "" {
		t.Errorf("%d %s", got.status, got.body)
	}
	expectUnsigned(t, got)
}

// TestChecksComeInTheOrderOfTheContract breaks two things at once and looks which is
// noticed (protocol 1.3).
func TestChecksComeInTheOrderOfTheContract(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	authorization := func(change func(a *apiv3.Authorization)) func(r *http.Request) {
		return func(r *http.Request) {
			a, err := apiv3.ParseAuthorization(r.Header.Get("Authorization"))
			if err != nil {
				t.Fatal(err)
			}
			change(&a)
			r.Header.Set("Authorization", a.String())
		}
	}
	stale := func(a *apiv3.Authorization) { a.Timestamp = "1" }
	both := func(first, second func(r *http.Request)) func(r *http.Request) {
		return func(r *http.Request) { first(r); second(r) }
	}
	noAgent := func(r *http.Request) { r.Header.Set("User-Agent", "") }
	noAuthorization := func(r *http.Request) { r.Header.Del("Authorization") }
	for name, c := range map[string]struct {
		spoil   func(r *http.Request)
		body    string
		status  int
		message string
	}{
		"headers before authorization":   {both(noAgent, noAuthorization), "", 400, "Http头缺少Accept或User-Agent"},
		"format before scheme":           {func(r *http.Request) { r.Header.Set("Authorization", "Bearer") }, "", 401, "Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》"},
		"scheme before content":          {func(r *http.Request) { r.Header.Set("Authorization", "Bearer x") }, "", 401, "Http头Authorization认证类型不正确"},
		"timestamp before serial":        {authorization(func(a *apiv3.Authorization) { stale(a); a.Serial = "1" }), "", 401, "Http头Authorization中的timestamp与发起请求的时间不得超过5分钟"},
		"serial before signature":        {authorization(func(a *apiv3.Authorization) { a.Serial, a.Signature = "1", "x" }), "", 401, "商户证书序列号有误。请使用签名私钥匹配的证书序列号"},
		"unknown merchant":               {authorization(func(a *apiv3.Authorization) { a.Identity = "1999999999" }), "", 401, "商户证书序列号有误。请使用签名私钥匹配的证书序列号"},
		"another merchant's certificate": {authorization(func(a *apiv3.Authorization) { a.Identity = string(bob) }), "", 401, "商户证书序列号有误。请使用签名私钥匹配的证书序列号"},
		"signature before content":       {authorization(func(a *apiv3.Authorization) { a.Nonce = "x" }), "{", 401, "错误的签名，验签失败"},
		"brand scheme on a v3 path":      {authorization(func(a *apiv3.Authorization) { a.Scheme = apiv3.SchemeBrandRSA }), "", 401, "Http头Authorization认证类型不正确"},
		"SM2 with an RSA certificate":    {authorization(func(a *apiv3.Authorization) { a.Scheme = apiv3.SchemeSM2 }), "", 401, "Http头Authorization认证类型不正确"},
	} {
		got := f.send(request{as: alice, method: http.MethodPost, target: pathStocks, body: c.body, spoil: c.spoil})
		if got.status != c.status || got.message() != c.message {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
		expectUnsigned(t, got)
		if !regexp.MustCompile(`^08[0-9A-F]{32}-[1-9][0-9]+$`).MatchString(got.header.Get("Request-Id")) {
			t.Errorf("%s: Request-ID %q", name, got.header.Get("Request-Id"))
		}
	}
}

func TestFailuresAfterTheSignatureAreSigned(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, got := range []reply{
		f.post(alice, pathStocks, "{}"),
		f.get(alice, pathStocks+"/1"),
		f.get(bob, pathStocks+"/"+f.stock(nil)),
	} {
		if got.status < 400 {
			t.Errorf("%d %s", got.status, got.body)
		}
		as := alice
		if got.status == http.StatusForbidden {
			as = bob
		}
		f.expectSigned(as, got, f.registration(as).PlatformSerialNo)
	}
}

// TestASignatureCountsForTheBytesThatWereSignedAlone changes what a decoder would not notice.
func TestASignatureCountsForTheBytesThatWereSignedAlone(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	const signed = `{"appid":"wx"}`
	for _, sent := range []string{signed + "\n", signed + " ", "\n" + signed, `{"appid": "wx"}`, `{"appid":"\u0077x"}`, ""} {
		got := f.send(request{as: alice, method: http.MethodPost, target: pathStocks, body: signed, spoil: func(r *http.Request) {
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader(sent)), int64(len(sent))
		}})
		if got.status != http.StatusUnauthorized {
			t.Errorf("%q in place of %q: %d %s", sent, signed, got.status, got.body)
		}
	}
}

func TestAMismatchShowsWhatTheServerVerified(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	got := f.send(request{as: alice, method: http.MethodPost, target: pathStocks, body: `{"appid":"wx"}`, spoil: func(r *http.Request) {
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(`{"appid":"WX"}`)), 14
	}})
	got.expect(t, 401, "SIGN_ERROR")
	information := func(name string) any { return got.at("detail", "sign_information", name) }
	a, err := apiv3.ParseAuthorization(f.sign(request{as: alice, method: "GET", target: "/"}).Header.Get("Authorization"))
	if err != nil {
		t.Fatal(err)
	}
	truncated := text(information("truncated_sign_message"))
	if information("method") != "POST" || information("url") != pathStocks ||
		!strings.HasPrefix(truncated, "POST\n"+pathStocks+"\n"+a.Timestamp+"\n") || !strings.HasSuffix(truncated, "\n{\"appid\"\n") {
		t.Errorf("detail %v", got.json["detail"])
	}
	if got.at("detail", "detail", "issue") != "sign not match" || got.at("detail", "location") != "authorization" || got.at("detail", "field") != "signature" {
		t.Errorf("detail %v", got.json["detail"])
	}
	if !strings.HasPrefix(got.body, `{"code":"SIGN_ERROR","detail":{"detail":{"issue":`) {
		t.Errorf("keys out of order: %s", got.body)
	}
}

func TestTheAnswerIsSignedWithTheKeyTheRequestNames(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	mine := f.registration(alice)
	for name, c := range map[string]struct {
		header []string
		want   string
	}{
		"absent":                   {nil, mine.PlatformSerialNo},
		"empty":                    {[]string{""}, mine.PlatformSerialNo},
		"unknown":                  {[]string{"1234"}, mine.PlatformSerialNo},
		"the merchant's own":       {[]string{mine.SerialNo}, mine.PlatformSerialNo},
		"another merchant's":       {[]string{f.registration(bob).PlatformSerialNo}, mine.PlatformSerialNo},
		"certificate, lower case":  {[]string{strings.ToLower(mine.PlatformSerialNo)}, mine.PlatformSerialNo},
		"public key":               {[]string{mine.PublicKeyID}, mine.PublicKeyID},
		"twice, the first empty":   {[]string{"", mine.PublicKeyID}, mine.PublicKeyID},
		"twice, the first unknown": {[]string{"1234", mine.PublicKeyID}, mine.PlatformSerialNo},
	} {
		got := f.send(request{as: alice, method: http.MethodGet, target: "/v3/certificates", header: http.Header{"Wechatpay-Serial": c.header}})
		if got.status != http.StatusOK || got.header.Get("Wechatpay-Serial") != c.want {
			t.Errorf("%s: %d signed by %s, want %s", name, got.status, got.header.Get("Wechatpay-Serial"), c.want)
		}
		f.expectSigned(alice, got, c.want)
	}
}

// TestTheCertificatesAnswerIsSignedByOneOfItsOwn also during rotation.
func TestTheCertificatesAnswerIsSignedByOneOfItsOwn(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	successor, err := f.keyring.RotatePlatformCertificate(t.Context(), alice)
	if err != nil {
		t.Fatal(err)
	}
	got := f.get(alice, "/v3/certificates?algorithm_type=ALL")
	data, _ := got.json["data"].([]any)
	if len(data) != 2 || !strings.Contains(got.body, successor) || !strings.Contains(got.body, got.header.Get("Wechatpay-Serial")) {
		t.Errorf("signed by %s: %s", got.header.Get("Wechatpay-Serial"), got.body)
	}
	f.get(alice, "/v3/certificates?algorithm_type=SM2").expect(t, 404, "RESOURCE_NOT_EXISTS")
	f.get(alice, "/v3/certificates?algorithm_type=").expect(t, 200, "")
}

func TestMessagesComeInTheLanguageAskedFor(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for accept, want := range map[string][2]string{
		"":                  {"zh-CN", "查询的资源不存在"},
		"zh-CN":             {"zh-CN", "查询的资源不存在"},
		"zh-TW":             {"zh-CN", "查询的资源不存在"},
		"fr":                {"zh-CN", "查询的资源不存在"},
		"en":                {"en", "The stock does not exist."},
		"en-US,en;q=0.9":    {"en", "The stock does not exist."},
		"EN;q=1":            {"en", "The stock does not exist."},
		"zh-CN,zh;q=0.9,en": {"zh-CN", "查询的资源不存在"},
	} {
		got := f.send(request{as: alice, method: http.MethodGet, target: pathStocks + "/1", header: http.Header{"Accept-Language": {accept}}})
		got.expect(t, 404, "RESOURCE_NOT_EXISTS")
		if got.header.Get("Content-Language") != want[0] || got.message() != want[1] {
			t.Errorf("%q: %s %q", accept, got.header.Get("Content-Language"), got.message())
		}
	}
}

func TestBodiesThatTwoParsersCouldReadDifferentlyAreRefused(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	good := f.encode(f.stockBody())
	deep := strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40)
	for name, body := range map[string]string{
		"no JSON":            "stock",
		"truncated":          good[:len(good)-1],
		"trailing":           good + "{}",
		"array":              "[" + good + "]",
		"string":             `"x"`,
		"duplicate names":    strings.Replace(good, `{`, `{"stock_name":"a",`, 1),
		"duplicate, escaped": strings.Replace(good, `{`, `{"stock_n\u0061me":"a",`, 1),
		"other case":         strings.Replace(good, `"stock_name"`, `"Stock_Name"`, 1),
		"invalid UTF-8":      strings.Replace(good, "活动券", "\xff\xfe", 1),
		"lone surrogate":     strings.Replace(good, "活动券", `\ud83d`, 1),
		"too deep":           strings.Replace(good, `{`, `{"x":`+deep+`,`, 1),
		"comment":            good + "// done",
		"single quotes":      strings.ReplaceAll(good, `"`, `'`),
		"leading plus":       strings.Replace(good, "500", "+500", 1),
		"leading zero":       strings.Replace(good, "500", "0500", 1),
		"NaN":                strings.Replace(good, "500", "NaN", 1),
	} {
		got := f.post(alice, pathStocks, body)
		got.expect(t, 400, "PARAM_ERROR")
		if t.Failed() {
			t.Fatalf("%s: %s", name, body)
		}
	}
	// Nothing of it was created: the number is still free.
	f.post(alice, pathStocks, good).expect(t, 200, "")
}

func TestASyntaxErrorIsLocated(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	got := f.post(alice, pathStocks, "{\"a\":1,\n \"活动\" 2}")
	if !strings.HasPrefix(got.message(), "解析 Json 出错 (位置: /body): * Line 2, Column 7\n") || got.at("detail", "location") != nil || !strings.Contains(got.body, `"location":null`) {
		t.Errorf("%s", got.body)
	}
}

func TestHarmlessVariationsOfARequestAreAccepted(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	body := func() string { return f.encode(f.stockBody()) }
	for name, r := range map[string]request{
		"line feed at the end":    {body: body() + "\n"},
		"pretty, with CRLF":       {body: strings.ReplaceAll(body(), ",", ",\r\n  ")},
		"escaped like PHP":        {body: strings.ReplaceAll(body(), "活动", `\u6d3b\u52a8`)},
		"unknown names":           {body: strings.Replace(body(), "{", `{"extra":{"a":[null]},`, 1)},
		"null for absent":         {body: strings.Replace(body(), "{", `{"comment":null,`, 1)},
		"any content type":        {body: body(), header: http.Header{"Content-Type": {"text/plain"}}},
		"charset":                 {body: body(), header: http.Header{"Content-Type": {"application/json; charset=utf-8"}}},
		"unknown query":           {body: body(), target: pathStocks + "?x="},
		"bare question mark":      {body: body(), target: pathStocks + "?"},
		"request id of their own": {body: body(), header: http.Header{"Request-Id": {"mine"}}},
		"idempotency key":         {body: body(), header: http.Header{"Idempotency-Key": {"12345"}}},
	} {
		r.as, r.method = alice, http.MethodPost
		if r.target == "" {
			r.target = pathStocks
		}
		if got := f.send(r); got.status != http.StatusOK {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
}

func TestChunkedBodiesAreVerifiedAsTheyArrive(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	got := f.send(request{as: alice, method: http.MethodPost, target: pathStocks, body: f.encode(f.stockBody()), spoil: func(r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		r.Body, r.ContentLength, r.TransferEncoding = io.NopCloser(strings.NewReader(string(body))), -1, []string{"chunked"}
	}})
	got.expect(t, 200, "")
}

func TestABodyAboveTheBoundIsNotRead(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for name, spoil := range map[string]func(r *http.Request){
		"declared": nil,
		"chunked":  func(r *http.Request) { r.ContentLength, r.TransferEncoding = -1, []string{"chunked"} },
	} {
		got := f.send(request{as: alice, method: http.MethodPost, target: pathStocks, body: strings.Repeat(" ", httpapi.MaxBody+1), spoil: spoil})
		got.expect(t, 413, "INVALID_REQUEST")
		if t.Failed() {
			t.Fatal(name)
		}
		expectUnsigned(t, got)
	}
	got := f.send(request{as: alice, method: http.MethodPost, target: pathStocks, body: strings.Repeat(" ", httpapi.MaxBody)})
	got.expect(t, 400, "PARAM_ERROR") // read, and found empty
}

func TestABodyThatEndsEarlyIsTheClientsFault(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	r := f.sign(request{as: alice, method: http.MethodPost, target: pathStocks})
	conn := f.dial()
	if _, err := fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nAccept: */*\r\nUser-Agent: t\r\nAuthorization: %s\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
		pathStocks, r.Header.Get("Authorization")); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	f.read(answer).expect(t, 400, "INVALID_REQUEST")
}

// TestAReplayedRequestHasNoSecondEffect sends the same Authorization again, as SDKs do
// after a broken connection (protocol 2.5).
func TestAReplayedRequestHasNoSecondEffect(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stock := f.stock(nil)
	body := f.encode(f.sendBody(stock))
	first := f.sign(request{as: alice, method: http.MethodPost, target: pathSend, body: body})
	authorization := first.Header.Get("Authorization")
	var codes []string
	for range 3 {
		got := f.send(request{as: alice, method: http.MethodPost, target: pathSend, body: body, spoil: func(r *http.Request) {
			r.Header.Set("Authorization", authorization)
		}})
		got.expect(t, 200, "")
		codes = append(codes, text(got.at("send_coupon_result", "coupon_code")))
		f.advance(100 * time.Second)
	}
	if codes[0] == "" || codes[0] != codes[1] || codes[1] != codes[2] {
		t.Errorf("codes %v", codes)
	}
	if got := f.get(alice, pathStocks+"/"+stock); got.at("send_count_information", "total_send_num") != float64(1) {
		t.Errorf("issued %v", got.at("send_count_information"))
	}
	f.advance(time.Second) // 301 s after the signature
	got := f.send(request{as: alice, method: http.MethodPost, target: pathSend, body: body, spoil: func(r *http.Request) {
		r.Header.Set("Authorization", authorization)
	}})
	got.expect(t, 401, "SIGN_ERROR")
}

// TestAFullServerRefusesBeforeItVerifies sends a wrong signature: nobody looks at it.
func TestAFullServerRefusesBeforeItVerifies(t *testing.T) {
	t.Parallel()
	f := newFixtureWith(t, limit.NewGate(limit.Room{Inside: 1, Waiting: 0, Patience: time.Minute}))
	f.fillGate()
	got := f.send(request{as: alice, method: http.MethodGet, target: "/v3/certificates", spoil: func(r *http.Request) {
		r.Header.Set("Authorization", f.sign(request{as: alice, method: "GET", target: "/"}).Header.Get("Authorization"))
	}})
	got.expect(t, 429, "FREQUENCY_LIMITED")
	expectUnsigned(t, got)
	f.gate.Leave(limit.Caller{})
	f.get(alice, "/v3/certificates").expect(t, 200, "")
}

func TestTheGateIsLeftWhateverHappens(t *testing.T) {
	t.Parallel()
	f := newFixtureWith(t, limit.NewGate(limit.Room{Inside: 1, Waiting: 0, Patience: time.Minute}))
	for range 3 {
		f.get(alice, "/v3/certificates").expect(t, 200, "")
		f.get(alice, pathStocks+"/1").expect(t, 404, "RESOURCE_NOT_EXISTS")
		f.send(request{as: alice, method: http.MethodGet, target: "/v3/certificates", spoil: func(r *http.Request) {
			r.Header.Set("Authorization", f.sign(request{as: alice, method: "GET", target: "/"}).Header.Get("Authorization"))
		}}).expect(t, 401, "SIGN_ERROR")
	}
}

func TestEchoReturnsTheSecretEncryptedForTheCaller(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	mine := f.registration(alice)
	got := f.send(request{
		as: alice, method: http.MethodPost, target: "/v3/security/echo",
		header: http.Header{"Wechatpay-Serial": {mine.PublicKeyID}},
		body:   f.encode(object{"echo_message": "你好", "encrypted_echo_message": f.sealFor(mine.PublicKeyPEM, "机密"), "notify_url": "https://example.com/n"}),
	})
	got.expect(t, 200, "")
	private, err := apiv3.ParseRSAPrivateKey(mine.PrivateKeyPEM)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := apiv3.OpenField(private, text(got.json["encrypted_echo_message"]))
	if got.json["echo_message"] != "你好" || err != nil || secret != "机密" {
		t.Errorf("%s opens to %q, %v", got.body, secret, err)
	}
	f.expectSigned(alice, got, mine.PublicKeyID)
	plain := f.send(f.sample(security.Echo))
	if _, has := plain.json["encrypted_echo_message"]; plain.status != http.StatusOK || has {
		t.Errorf("without secret: %s", plain.body)
	}
}

// TestCertificateStatesAreTold walks the rows E-EXP, E-REV, E-OLD and E-NOCERT.
func TestCertificateStatesAreTold(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	serial := f.registration(bob).SerialNo
	for status, message := range map[merchant.CertificateStatus]string{
		merchant.CertificateRevoked:  "商户证书已作废。",
		merchant.CertificateReplaced: "已更换证书，请使用新证书",
	} {
		if err := f.keyring.SetCertificateStatus(t.Context(), bob, serial, status); err != nil {
			t.Fatal(err)
		}
		got := f.get(bob, "/v3/certificates")
		got.expect(t, 401, "SIGN_ERROR")
		if got.message() != message {
			t.Errorf("%s: %s", status, got.message())
		}
	}
	f.clock.Set(opened().AddDate(5, 0, 1))
	if got := f.get(alice, "/v3/certificates"); got.message() != "商户证书已过期。" {
		t.Errorf("expired: %s", got.body)
	}
}
