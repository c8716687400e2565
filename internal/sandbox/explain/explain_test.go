package explain_test

import (
	"bytes"
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/sandbox/explain"
)

// Who signs in the tests.
const (
	mchid       = "1900000001"
	otherMchid  = "1900000002"
	serial      = "1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C"
	secondOwn   = "2222222222222222222222222222222222222222"
	otherSerial = "3333333333333333333333333333333333333333"
	platform    = "4444444444444444444444444444444444444444"
	publicKeyID = "PUB_KEY_ID_0119000000012026112300000000000001"
)

// keys are made once for all tests.
type keys struct{ own, second, other, platform, stranger, small *rsa.PrivateKey }

var made = sync.OnceValue(func() keys {
	bits := func(n int) *rsa.PrivateKey {
		key, err := rsa.GenerateKey(rand.Reader, n)
		if err != nil {
			panic(err)
		}
		return key
	}
	return keys{bits(2048), bits(2048), bits(2048), bits(2048), bits(2048), bits(3072)}
})

func publicPEM(key *rsa.PrivateKey) string {
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

func known() explain.Known {
	k := made()
	return explain.Known{
		Keys: []explain.Key{
			{Role: explain.OfMerchant, Owner: mchid, Serial: serial, PEM: publicPEM(k.own)},
			{Role: explain.OfMerchant, Owner: mchid, Serial: secondOwn, PEM: publicPEM(k.second)},
			{Role: explain.OfMerchant, Owner: otherMchid, Serial: otherSerial, PEM: publicPEM(k.other)},
			{Role: explain.OfPlatform, Owner: mchid, Serial: platform, PEM: publicPEM(k.platform)},
			{Role: explain.OfPlatform, Owner: mchid, Serial: publicKeyID, PEM: publicPEM(k.platform)},
		},
		Operations: []explain.Operation{
			{Method: "GET", Path: stockPath + "/{stock_id}"},
			{Method: "POST", Path: stockPath},
			{Method: "GET", Path: "/v3/certificates"},
			{Method: "GET", Path: "/v3/marketing/busifavor/users/{openid}/coupons"},
			{Method: "POST", Path: "/v3/upload"},
			{Method: "GET", Path: "/v3/a"},
		},
	}
}

// at is when requests come.
func at() time.Time { return time.Unix(1796000000, 0) }

const (
	nonce     = "5K8264ILTKCH16CQ2502SI8ZNMTM67VS"
	stockPath = "/v3/marketing/busifavor/stocks"
	jsonBody  = `{"stock_name":"8月1日 <活动>","max":10,"url":"https://a/b","note":null}`
	target    = "/v3/marketing/busifavor/users/oUpF8/coupons?appid=wx8888&note=a%3Ab+c%e5%88%b8&B=1"
)

// sample is a request with what its client did wrong.
type sample struct {
	method, target, body string
	contentType          string
	// message is what was signed; "" is what should have been.
	message string
	// sign makes the signature; nil is as it should be.
	sign func(message []byte) []byte
	// write writes it; nil is base64.
	write func(raw []byte) string
	// header changes the finished Authorization.
	header    func(string) string
	serial    string
	timestamp string
	change    func(r *explain.Request)
}

func orElse[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// message is what must be signed.
func message(method, target, body string) string {
	return method + "\n" + target + "\n" + strconv.FormatInt(at().Unix(), 10) + "\n" + nonce + "\n" + body + "\n"
}

func signWith(key *rsa.PrivateKey) func([]byte) []byte {
	return func(m []byte) []byte {
		digest := sha256.Sum256(m)
		raw, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, digest[:])
		if err != nil {
			panic(err)
		}
		return raw
	}
}

func (s sample) request() explain.Request {
	method, path := orElse(s.method, "GET"), orElse(s.target, "/v3/certificates")
	signed := s.message
	if signed == "" {
		signed = message(method, path, s.body)
	}
	if s.sign == nil {
		s.sign = signWith(made().own)
	}
	if s.write == nil {
		s.write = base64.StdEncoding.EncodeToString
	}
	authorization := `WECHATPAY2-SHA256-RSA2048 mchid="` + mchid + `",nonce_str="` + nonce + `",signature="` + s.write(s.sign([]byte(signed))) +
		`",timestamp="` + orElse(s.timestamp, strconv.FormatInt(at().Unix(), 10)) + `",serial_no="` + orElse(s.serial, serial) + `"`
	if s.header != nil {
		authorization = s.header(authorization)
	}
	r := explain.Request{
		Method: method, Target: path, Body: []byte(s.body), Received: at(),
		Header: []explain.Field{
			{Name: "host", Value: "api.mch.weixin.qq.com"},
			{Name: "Accept", Value: "*/*"},
			{Name: "user-agent", Value: "x"},
			{Name: "AUTHORIZATION", Value: authorization},
			{Name: "Content-Type", Value: orElse(s.contentType, "application/json")},
		},
	}
	if s.change != nil {
		s.change(&r)
	}
	return r
}

// without removes a header.
func without(name string) func(r *explain.Request) {
	return func(r *explain.Request) {
		var rest []explain.Field
		for _, f := range r.Header {
			if !strings.EqualFold(f.Name, name) {
				rest = append(rest, f)
			}
		}
		r.Header = rest
	}
}

func replace(from, to string) func(string) string {
	return func(s string) string { return strings.Replace(s, from, to, 1) }
}

func post(signed string) sample {
	return sample{method: "POST", target: stockPath, body: jsonBody, message: message("POST", stockPath, signed)}
}

func get(signed string) sample {
	return sample{target: target, message: message("GET", signed, "")}
}

// upload is a body of two parts.
const (
	meta   = `{"filename":"a.png","sha256":"ff"}`
	upload = "--B\r\nContent-Disposition: form-data; name=\"meta\";\r\nContent-Type: application/json\r\n\r\n" + meta +
		"\r\n--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\nPNG\x00DATA\r\n--B--\r\n"
)

func uploading(signed string) sample {
	return sample{method: "POST", target: "/v3/upload", body: upload, contentType: "multipart/form-data; boundary=B", message: message("POST", "/v3/upload", signed)}
}

func digestWith(h crypto.Hash, sum func([]byte) []byte) func([]byte) []byte {
	return func(m []byte) []byte {
		raw, err := rsa.SignPKCS1v15(nil, made().own, h, sum(m))
		if err != nil {
			panic(err)
		}
		return raw
	}
}

// causes has each cause with a sample, what its sentence says in both languages, and the
// first byte that differs, 0 when no messages are compared.
func causes() []struct {
	name   string
	sample sample
	want   []explain.Cause
	zh, en string
	differ int
} {
	right := message("GET", "/v3/certificates", "")
	longer := message("POST", stockPath, jsonBody)
	type one = struct {
		name   string
		sample sample
		want   []explain.Cause
		zh, en string
		differ int
	}
	is := func(c ...explain.Cause) []explain.Cause { return c }
	prefix := len("POST\n"+stockPath+"\n1796000000\n"+nonce+"\n") + 1
	return []one{
		// the path
		{"a path in another case", sample{target: "/v3/Certificates"}, is(explain.PathCase), "大小写", "in case", 0},
		{"a slash at the end", sample{target: "/v3/certificates/"}, is(explain.PathSlash), "斜杠", "slash", 0},
		{"two slashes", sample{target: "/v3//certificates"}, is(explain.PathSlash), "斜杠", "slashes", 0},
		{"no version in the path", sample{target: "/certificates"}, is(explain.PathPrefix), "/v3", "/v3", 0},
		{"a path that nobody knows", sample{target: "/v3/none"}, is(explain.PathUnknown), "/v3/none", "/v3/none", 0},
		{"a method that the path does not take", sample{method: "DELETE"}, is(explain.MethodNotAllowed), "GET", "use GET", 0},
		// the headers
		{"nothing is wrong", sample{}, is(explain.None), "签名是对的", "The signature is right", 0},
		{"no User-Agent", sample{change: without("User-Agent")}, is(explain.HeaderMissing), "User-Agent", "User-Agent is missing", 0},
		{"no Accept", sample{change: without("Accept")}, is(explain.HeaderMissing), "Accept", "Accept is missing", 0},
		{"no Authorization", sample{change: without("Authorization")}, is(explain.AuthorizationMissing), "缺少", "is missing", 0},
		{"two of them", sample{change: func(r *explain.Request) { r.Header = append(r.Header, r.Header...) }}, is(explain.AuthorizationTwice), "多次", "more than once", 0},
		{"Bearer", sample{header: func(string) string { return "Bearer abc" }}, is(explain.SchemeUnknown), "Bearer", "Bearer", 0},
		{"a scheme in lower case", sample{header: func(s string) string { return strings.ToLower(s[:25]) + s[25:] }}, is(explain.SchemeUnknown), "大小写", "in this very case", 0},
		{"no scheme", sample{header: func(s string) string { return s[26:] }}, is(explain.AuthorizationFormat), "缺少认证类型", "has no scheme", 0},
		{"Chinese punctuation", sample{header: replace(`",nonce`, `"，nonce`)}, is(explain.AuthorizationFormat), "中文标点", "Chinese punctuation", 0},
		{"single quotes", sample{header: func(s string) string { return strings.ReplaceAll(s, `"`, `'`) }}, is(explain.AuthorizationFormat), "单引号", "single quotes", 0},
		{"blanks between pairs", sample{header: replace(`",nonce`, `", nonce`)}, is(explain.AuthorizationFormat), "空格", "blanks", 0},
		{"semicolons", sample{header: replace(`",nonce`, `";nonce`)}, is(explain.AuthorizationFormat), "分号", "semicolons", 0},
		{"a missing pair", sample{header: replace(`nonce_str="`+nonce+`",`, "")}, is(explain.AuthorizationFormat), "缺少 nonce_str", "lacks nonce_str", 0},
		{"a pair twice", sample{header: replace(`nonce_str="`, `timestamp="1",nonce_str="`)}, is(explain.AuthorizationFormat), "重复了 timestamp", "timestamp twice", 0},
		{"an empty pair", sample{header: replace(nonce, "")}, is(explain.AuthorizationFormat), "nonce_str 为空", "empty nonce_str", 0},
		{"a long nonce", sample{header: replace(nonce, nonce+"0")}, is(explain.AuthorizationFormat), "32", "32", 0},
		{"a comma at the end", sample{header: func(s string) string { return s + "," }}, is(explain.AuthorizationFormat), "逗号结尾", "ends with a comma", 0},
		{"no number as timestamp", sample{timestamp: "2026-11-23T00:00:00Z"}, is(explain.AuthorizationFormat), "timestamp", "no number of seconds", 0},
		// the time
		{"milliseconds", sample{timestamp: "1796000000123"}, is(explain.TimestampUnit), "毫秒", "in milliseconds", 0},
		{"nanoseconds", sample{timestamp: "1796000000123456789"}, is(explain.TimestampUnit), "纳秒", "in nanoseconds", 0},
		{"a stale clock", sample{timestamp: "1795999000"}, is(explain.TimestampStale), "慢了16m40s", "16m40s behind", 0},
		{"a clock ahead", sample{timestamp: "1796000301"}, is(explain.TimestampStale), "快了5m1s", "5m1s ahead", 0},
		{"local time", sample{timestamp: "1796028803"}, is(explain.TimestampZone), "8小时", "8 hours ahead", 0},
		// the serial
		{"a platform serial", sample{serial: platform}, is(explain.SerialOfPlatform), "平台", "platform certificate", 0},
		{"a public key id", sample{serial: publicKeyID}, is(explain.SerialOfPlatform), "平台", "public key", 0},
		{"another merchant's serial", sample{serial: otherSerial}, is(explain.SerialOfOther), otherMchid, "merchant " + otherMchid, 0},
		{"a serial in decimal", sample{serial: "170518961404394360138998218675655307300760402572"}, is(explain.SerialSpelling), "十进制", "in decimal", 0},
		{"a serial with colons", sample{serial: "1D:DE55AD98ED71D6EDD4A4A16996DE7B47773A8C"}, is(explain.SerialSpelling), "冒号", "colons", 0},
		{"a serial with 0x", sample{serial: "0x" + serial}, is(explain.SerialSpelling), "0x", "0x", 0},
		{"an unknown serial", sample{serial: "5555"}, is(explain.SerialUnknown), "5555", "5555", 0},
		{"an unknown merchant", sample{header: replace(mchid, "1999999999")}, is(explain.MerchantUnknown), "1999999999", "1999999999", 0},
		{"another algorithm", sample{header: replace("WECHATPAY2-SHA256-RSA2048", "WECHATPAY2-SM2-WITH-SM3")}, is(explain.SchemeOfOtherKey), "RSA2048", "RSA2048", 0},
		// the key
		{"the key of another own certificate", sample{sign: signWith(made().second)}, is(explain.KeyOfOther), secondOwn, secondOwn, 0},
		{"the key of another merchant", sample{sign: signWith(made().other)}, is(explain.KeyOfOther), otherMchid, "merchant " + otherMchid, 0},
		{"the platform's key", sample{sign: signWith(made().platform)}, is(explain.KeyOfOther), "平台密钥", "platform key", 0},
		{"an unknown key", sample{sign: signWith(made().stranger)}, is(explain.KeyUnknown), "不属于证书 " + serial, "belongs neither", 0},
		{"a key of another size", sample{sign: signWith(made().small)}, is(explain.SignatureLength), "384", "384 bytes", 0},
		{"another key and a lower-cased URL", func() sample { s := get(strings.ToLower(target)); s.sign = signWith(made().other); return s }(), is(explain.KeyOfOther, explain.URLCase), "小写", "lower-cased", 36},
		// how it was made
		{"SHA-1", sample{sign: digestWith(crypto.SHA1, func(m []byte) []byte { s := sha1.Sum(m); return s[:] })}, is(explain.WrongHash), "SHA-1", "SHA-1", 0},
		{"SHA-512", sample{sign: digestWith(crypto.SHA512, func(m []byte) []byte { s := sha512.Sum512(m); return s[:] })}, is(explain.WrongHash), "SHA-512", "SHA-512", 0},
		{"no DigestInfo", sample{sign: digestWith(0, func(m []byte) []byte { s := sha256.Sum256(m); return s[:] })}, is(explain.NoDigestInfo), "SHA256withRSA", "SHA256withRSA", 0},
		{"the message in hex digits", sample{sign: digestWith(0, func(m []byte) []byte { s := sha256.Sum256(m); return []byte(hex.EncodeToString(s[:])) })}, is(explain.NoDigestInfo), "SHA256withRSA", "SHA256withRSA", 0},
		{"PSS", sample{sign: pss}, is(explain.PSSPadding), "PSS", "RSA-PSS", 0},
		{"hashed twice", sample{sign: func(m []byte) []byte { s := sha256.Sum256(m); return signWith(made().own)(s[:]) }}, is(explain.MessageHashed), "两次", "twice", 1},
		{"hashed twice in hex", sample{sign: func(m []byte) []byte {
			s := sha256.Sum256(m)
			return signWith(made().own)([]byte(hex.EncodeToString(s[:])))
		}}, is(explain.MessageHashed), "两次", "twice", 1},
		{"HMAC under the APIv3 key", sample{sign: mac}, is(explain.SignatureHMAC), "HMAC", "HMAC", 0},
		{"a digest alone", sample{sign: func(m []byte) []byte { s := sha256.Sum256(m); return s[:] }}, is(explain.SignatureDigest), "摘要", "nothing but the SHA-256", 0},
		{"something of 32 bytes", sample{sign: func([]byte) []byte { return make([]byte, 32) }}, is(explain.SignatureDigest), "32", "only 32 bytes", 0},
		// how it was written
		{"hex", sample{write: hex.EncodeToString}, is(explain.SignatureEncoding), "十六进制", "hex", 0},
		{"base64 of URLs", sample{write: base64.URLEncoding.EncodeToString}, is(explain.SignatureEncoding), "URL安全", "base64 of URLs", 0},
		{"base64 without padding", sample{write: base64.RawStdEncoding.EncodeToString}, is(explain.SignatureEncoding), "等号", "equals signs", 0},
		{"base64 in lines", sample{write: inLines}, is(explain.SignatureEncoding), "换行", "line breaks", 0},
		{"base64 twice", sample{write: func(raw []byte) string {
			return base64.StdEncoding.EncodeToString([]byte(base64.StdEncoding.EncodeToString(raw)))
		}}, is(explain.SignatureEncoding), "两次", "twice", 0},
		{"percent-encoded", sample{write: func(raw []byte) string { return url.QueryEscape(base64.StdEncoding.EncodeToString(raw)) }}, is(explain.SignatureEncoding), "URL编码", "percent-encoded", 0},
		{"no base64 at all", sample{write: func([]byte) string { return "签名" }}, is(explain.SignatureEncoding), "不是base64", "not base64", 0},
		{"lower case", sample{write: func(raw []byte) string { return strings.ToLower(base64.StdEncoding.EncodeToString(raw)) }}, is(explain.SignatureCase), "小写", "no upper-case", 0},
		{"hex and no last line feed", sample{write: hex.EncodeToString, message: right[:len(right)-1]}, is(explain.SignatureEncoding, explain.BodyLineMissing), "第五行", "fifth line", len(right)},
		// the method
		{"a method in lower case", sample{message: "get" + right[3:]}, is(explain.MethodCase), "小写", "lower case", 1},
		{"another method", sample{message: "POST" + right[3:]}, is(explain.MethodOther), "POST", "as POST", 1},
		// timestamp and nonce
		{"timestamp and nonce swapped", sample{message: "GET\n/v3/certificates\n" + nonce + "\n1796000000\n\n"}, is(explain.TimestampSwapped), "颠倒", "wrong order", 22},
		{"another timestamp", sample{message: strings.Replace(right, "1796000000", "1795999999", 1)}, is(explain.TimestampAnother), "1795999999", "1795999999 was signed, but 1796000000 was sent", 25},
		{"milliseconds signed", sample{message: strings.Replace(right, "1796000000", "1796000000123", 1)}, is(explain.TimestampMillis), "毫秒", "milliseconds", 32},
		{"another case of the nonce", sample{message: strings.Replace(right, nonce, strings.ToLower(nonce), 1)}, is(explain.NonceCase), "小写", "lower case", 34},
		{"no nonce", sample{message: strings.Replace(right, nonce, "", 1)}, is(explain.NonceMissing), "随机串为空", "nonce was left empty", 33},
		// the lines
		{"no fifth line", sample{message: right[:len(right)-1]}, is(explain.BodyLineMissing), "第五行", "fifth line", len(right)},
		{"no line feeds at the end", sample{message: strings.TrimRight(right, "\n")}, is(explain.LineEndMissing), "缺少换行符", "left out", len(right) - 1},
		{"no last line feed", sample{method: "POST", target: stockPath, body: jsonBody, message: longer[:len(longer)-1]}, is(explain.LineEndMissing), "换行符", "last line feed", len(longer)},
		{"a line feed too many", sample{message: right + "\n"}, is(explain.LineEndExtra), "多了一个", "too many", len(right) + 1},
		{"CRLF", sample{message: strings.ReplaceAll(right, "\n", "\r\n")}, is(explain.LineEndCRLF), `\r\n`, `\r\n`, 4},
		{"backslash and n", sample{message: strings.ReplaceAll(right, "\n", `\n`)}, is(explain.LineEndLiteral), "反斜杠", "ackslash", 4},
		{"no line feeds at all", sample{message: strings.ReplaceAll(right, "\n", "")}, is(explain.LineEndOther), "不是换行符", "without line feeds", 4},
		{"a byte order mark", sample{message: "\ufeff" + right}, is(explain.MessageBOM), "BOM", "byte order mark", 1},
		{"the lines of an answer", sample{message: "1796000000\n" + nonce + "\n\n"}, is(explain.MessageOfResponse), "应答", "of an answer", 1},
		{"GBK", sample{method: "POST", target: stockPath, body: `{"a":"券"}`, message: message("POST", stockPath, "{\"a\":\"\xc8\xaf\"}")}, is(explain.MessageCharset), "GBK", "GBK", prefix + 6},
		{"question marks", sample{method: "POST", target: stockPath, body: `{"a":"券"}`, message: message("POST", stockPath, `{"a":"?"}`)}, is(explain.MessageCharset), "问号", "question marks", prefix + 6},
		// the URL
		{"a lower-cased URL", get(strings.ToLower(target)), is(explain.URLCase), "小写", "lower-cased", 36},
		{"the host in the URL", get("https://api.mch.weixin.qq.com" + target), is(explain.URLHost), "域名", "cheme and host", 5},
		{"the host alone", get("api.mch.weixin.qq.com" + target), is(explain.URLHost), "域名", "host", 5},
		{"a decoded URL", get("/v3/marketing/busifavor/users/oUpF8/coupons?appid=wx8888&note=a:b c券&B=1"), is(explain.URLDecoded), "解码", "decoded", 68},
		{"other case of escapes", get(strings.Replace(target, "%e5%88%b8", "%E5%88%B8", 1)), is(explain.URLEscapes), "大写", "upper case", 75},
		{"no query", get(strings.SplitN(target, "?", 2)[0]), is(explain.QueryDropped), "缺少查询串", "query was left out", 48},
		{"a parameter less", get(strings.TrimSuffix(target, "&B=1")), is(explain.QueryDropped), "一个查询参数", "parameter of the query was left out", 83},
		{"a sorted query", get("/v3/marketing/busifavor/users/oUpF8/coupons?B=1&appid=wx8888&note=a%3Ab+c%e5%88%b8"), is(explain.QueryOrder), "排序", "order", 49},
		{"another encoding", get("/v3/marketing/busifavor/users/oUpF8/coupons?appid=wx8888&note=a:b+c%E5%88%B8&B=1"), is(explain.QueryEncoded), "编码", "encoded in another way", 68},
		{"%20 for +", get(strings.Replace(target, "+", "%20", 1)), is(explain.QuerySpaces), "%20", "%20", 72},
		{"encoded once more", get("/v3/marketing/busifavor/users/oUpF8/coupons?appid=wx8888&note=a%253Ab%2Bc%25e5%2588%25b8&B=1"), is(explain.URLEncoded), "又编码了一次", "once more", 69},
		{"no slash", get(target[1:]), is(explain.URLSlash), "斜杠", "slash", 5},
		{"&amp;", get(strings.ReplaceAll(target, "&", "&amp;")), is(explain.QueryHTML), "&amp;", "&amp;", 62},
		{"the template", sample{target: stockPath + "/128", message: message("GET", stockPath+"/{stock_id}", "")}, is(explain.URLTemplate), "参数没有替换", "not filled in", 36},
		{"no version", get(strings.TrimPrefix(target, "/v3")), is(explain.URLPrefix), "/v3", "/v3", 6},
		{"no URL", get(""), is(explain.URLMissing), "缺少URL", "URL was left out", 5},
		{"the query in the body", sample{target: "/v3/a?b=1", message: message("GET", "/v3/a", "b=1")}, is(explain.QueryInBody), "查询串", "place of the body", 10},
		{"a lower-cased URL and another method", sample{target: target, message: message("POST", strings.ToLower(target), "")}, is(explain.URLCase, explain.MethodOther), "并且", ", and ", 1},
		// the body
		{"no body", post(""), is(explain.BodyDropped), "包体为空", "body was left out", prefix},
		{"{} where there is no body", sample{message: message("GET", "/v3/certificates", "{}")}, is(explain.BodyInvented), "{}", "{}", 66},
		{"null where there is no body", sample{message: message("GET", "/v3/certificates", "null")}, is(explain.BodyInvented), "null", "null", 66},
		{"Python's blanks", post(`{"stock_name": "8月1日 <活动>", "max": 10, "url": "https://a/b", "note": null}`), is(explain.BodyReformatted), "空格", "blanks", prefix + 14},
		{"an indented body", post("{\n  \"stock_name\": \"8月1日 <活动>\",\n  \"max\": 10,\n  \"url\": \"https://a/b\",\n  \"note\": null\n}"), is(explain.BodyReformatted), "缩进", "indents", prefix + 1},
		{"sorted keys", post(`{"max":10,"note":null,"stock_name":"8月1日 <活动>","url":"https://a/b"}`), is(explain.BodyKeyOrder), "次序", "order", prefix + 2},
		{"any order of keys", post(`{"url":"https://a/b","stock_name":"8月1日 <活动>","note":null,"max":10}`), is(explain.BodyKeyOrder), "次序", "order", prefix + 2},
		{"escaped characters", post(`{"stock_name":"8\u67081\u65e5 <\u6d3b\u52a8>","max":10,"url":"https://a/b","note":null}`), is(explain.BodyEscapes), "转义", "escapes", prefix + 16},
		{"escaped slashes", post(`{"stock_name":"8月1日 <活动>","max":10,"url":"https:\/\/a\/b","note":null}`), is(explain.BodyEscapes), "转义", "escapes", prefix + 56},
		{"escapes of HTML", post(`{"stock_name":"8月1日 \u003c活动\u003e","max":10,"url":"https://a/b","note":null}`), is(explain.BodyEscapes), "转义", "escapes", prefix + 24},
		{"PHP's escapes", post(`{"stock_name":"8\u67081\u65e5 <\u6d3b\u52a8>","max":10,"url":"https:\/\/a\/b","note":null}`), is(explain.BodyEscapes), "转义", "escapes", prefix + 16},
		{"nulls left out", post(`{"stock_name":"8月1日 <活动>","max":10,"url":"https://a/b"}`), is(explain.BodyNulls), "null", "null", prefix + 62},
		{"escapes and blanks", post(`{"stock_name": "8\u67081\u65e5 <\u6d3b\u52a8>", "max": 10, "url": "https://a/b", "note": null}`), is(explain.BodyEscapes), "空格", "blanks", prefix + 14},
		{"a byte order mark", post("\ufeff" + jsonBody), is(explain.BodyBOM), "BOM", "byte order mark", prefix},
		{"a body sent with one", sample{method: "POST", target: stockPath, body: "\ufeff{}", message: message("POST", stockPath, "{}")}, is(explain.BodyBOM), "BOM", "byte order mark", prefix},
		{"a line feed after the body left out", sample{method: "POST", target: stockPath, body: jsonBody + "\n", message: message("POST", stockPath, jsonBody)}, is(explain.BodyLineEnd), "换行", "line feed", prefix + len(jsonBody) + 1},
		{"line ends of the body", sample{method: "POST", target: stockPath, body: "{\r\n}", message: message("POST", stockPath, "{\n}")}, is(explain.BodyCRLF), `\r\n`, `\r\n`, prefix + 1},
		{"blanks around the body", sample{method: "POST", target: stockPath, body: "  {}", message: message("POST", stockPath, "{}")}, is(explain.BodyTrimmed), "空白", "lanks", prefix},
		{"a digest of the body", post(hexSHA256(jsonBody)), is(explain.BodyHashed), "摘要", "digest", prefix},
		{"base64 of the body", post(base64.StdEncoding.EncodeToString([]byte(jsonBody))), is(explain.BodyEncoded), "base64", "base64", prefix},
		{"serialised twice", post(strconv.Quote(jsonBody)), is(explain.BodyEncoded), "多序列化了一次", "once too often", prefix},
		{"re-formatted and no last line feed", func() sample {
			s := post(`{"stock_name": "8月1日 <活动>", "max": 10, "url": "https://a/b", "note": null}`)
			s.message = s.message[:len(s.message)-1]
			return s
		}(), is(explain.LineEndMissing, explain.BodyReformatted), "并且", ", and ", prefix + 14},
		// uploads
		{"an upload as it must be", uploading(meta), is(explain.None), "签名是对的", "is right", 0},
		{"the whole upload", uploading(upload), is(explain.UploadWhole), "整个请求包体", "whole body", 61},
		{"the file of an upload", uploading("PNG\x00DATA"), is(explain.UploadFile), "文件", "file", 61},
		{"nothing of an upload", uploading(""), is(explain.BodyDropped), "meta", "meta", 61},
		{"a meta with a filename", func() sample {
			s := uploading(meta)
			s.body = strings.Replace(s.body, `name="meta";`, `name="meta"; filename="meta.json"`, 1)
			return s
		}(), is(explain.UploadMetaFile), "filename", "filename", 61},
		{"a re-formatted meta", uploading(`{"filename": "a.png", "sha256": "ff"}`), is(explain.BodyReformatted), "meta", "meta", 73},
		// what nobody knows
		{"another nonce", sample{message: message("GET", "/v3/certificates", "")[:33] + "another\n\n"}, is(explain.MessageUnknown), "随机串", "nonce", 0},
		{"a message that the client shows", sample{
			message: message("GET", "/v3/else", ""),
			change:  func(r *explain.Request) { r.Signed = []byte(message("GET", "/v3/else", "")) },
		}, is(explain.MessageDiffers), "URL", "URL was signed otherwise", 9},
		{"a message that was not signed", sample{
			message: message("GET", "/v3/else", ""),
			change:  func(r *explain.Request) { r.Signed = []byte("something") },
		}, is(explain.MessageNotSigned), "--signed", "--signed", 0},
		{"a body cut short", sample{
			method: "POST", target: stockPath, body: "x", message: message("POST", stockPath, "xyz"),
			change: func(r *explain.Request) { r.Partial = true },
		}, is(explain.BodyPartial), "开头", "beginning", 0},
	}
}

func hexSHA256(s string) string {
	digest := sha256.Sum256([]byte(s))
	return hex.EncodeToString(digest[:])
}

func pss(m []byte) []byte {
	digest := sha256.Sum256(m)
	raw, err := rsa.SignPSS(rand.Reader, made().own, crypto.SHA256, digest[:], nil)
	if err != nil {
		panic(err)
	}
	return raw
}

const apiv3Key = "0123456789abcdef0123456789abcdef"

func mac(m []byte) []byte {
	h := hmac.New(sha256.New, []byte(apiv3Key))
	h.Write(m)
	return h.Sum(nil)
}

func inLines(raw []byte) string {
	text := base64.StdEncoding.EncodeToString(raw)
	var b bytes.Buffer
	for i := 0; i < len(text); i += 76 {
		b.WriteString(text[i:min(i+76, len(text))] + ` `)
	}
	return strings.TrimSpace(b.String())
}

// TestEachCauseIsNamedInOneSentence goes through every cause with a request that has it.
func TestEachCauseIsNamedInOneSentence(t *testing.T) {
	t.Parallel()
	with := known()
	with.MACs = func(_ string, m []byte) [][]byte { return [][]byte{{1}, mac(m)} }
	for _, c := range causes() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := explain.Signature(c.sample.request(), with)
			if fmt.Sprint(f.Causes) != fmt.Sprint(c.want) {
				t.Errorf("causes %v, want %v\n%s\n%s", f.Causes, c.want, f.Text.EN, f.Text.ZH)
			}
			if !strings.Contains(f.Text.ZH, c.zh) || !strings.Contains(f.Text.EN, c.en) {
				t.Errorf("says\n%s\n%s\nwant %q, %q", f.Text.ZH, f.Text.EN, c.zh, c.en)
			}
			expectSentence(t, &f)
			if c.differ == 0 && f.Difference != nil || c.differ != 0 && (f.Difference == nil || f.Difference.Byte != c.differ) {
				t.Errorf("the first difference is %+v, want byte %d\n%s", f.Difference, c.differ, f.Text.EN)
			}
		})
	}
}

// expectSentence wants one sentence in each language.
func expectSentence(t *testing.T, f *explain.Finding) {
	t.Helper()
	if strings.Count(f.Text.ZH, "。") != 1 || !strings.HasSuffix(f.Text.ZH, "。") {
		t.Errorf("not one sentence: %s", f.Text.ZH)
	}
	if !strings.HasSuffix(f.Text.EN, ".") || strings.Contains(f.Text.EN, ". ") || strings.Contains(f.Text.EN, "..") {
		t.Errorf("not one sentence: %s", f.Text.EN)
	}
	if strings.Contains(f.Text.EN, "\n") || strings.Contains(f.Text.ZH, "\n") {
		t.Errorf("more than one line: %q", f.Text)
	}
}

// TestManyCausesAreKnown keeps the list from shrinking unnoticed.
func TestManyCausesAreKnown(t *testing.T) {
	t.Parallel()
	seen := map[explain.Cause]bool{}
	for _, c := range causes() {
		for _, cause := range c.want {
			seen[cause] = true
		}
	}
	if len(seen) < 60 {
		t.Errorf("%d causes", len(seen))
	}
}

func TestTheMessageThatWasSignedIsShown(t *testing.T) {
	t.Parallel()
	f := explain.Signature(get(strings.ToLower(target)).request(), known())
	if f.Signed != message("GET", strings.ToLower(target), "") || f.Expected != message("GET", target, "") {
		t.Errorf("%q\n%q", f.Signed, f.Expected)
	}
	if d := f.Difference; d.Line != 2 || d.Column != 32 || !strings.HasPrefix(d.Signed, `"upf8`) || !strings.HasPrefix(d.Expected, `"UpF8`) {
		t.Errorf("%+v", d)
	}
}

func TestWithoutItsTimeATimestampIsNotJudged(t *testing.T) {
	t.Parallel()
	s := sample{timestamp: "1", message: strings.Replace(message("GET", "/v3/certificates", ""), "1796000000", "1", 1)}
	s.change = func(r *explain.Request) { r.Received = time.Time{} }
	f := explain.Signature(s.request(), known())
	if fmt.Sprint(f.Causes) != "[NONE]" || !strings.Contains(f.Text.EN, "timestamp") {
		t.Errorf("%+v", f)
	}
}

func TestACertificateThatIsRefusedIsNamed(t *testing.T) {
	t.Parallel()
	with := known()
	with.Keys[0].Refused = fault.New(fault.Unauthenticated, "商户证书已作废。", "The merchant certificate was revoked. Use another one.")
	f := explain.Signature(sample{}.request(), with)
	if fmt.Sprint(f.Causes) != "[CERTIFICATE_REFUSED]" || !strings.Contains(f.Text.EN, "was revoked") || !strings.Contains(f.Text.ZH, "已作废") {
		t.Errorf("%+v", f)
	}
	expectSentence(t, &f)
}

func TestARightSignatureGivesTheOtherReason(t *testing.T) {
	t.Parallel()
	reason := fault.Text{ZH: "批次不存在。", EN: "There is no such stock."}
	f := explain.Signature(sample{}.request(), known()).Because(404, reason)
	if !strings.Contains(f.Text.ZH, "（404）：批次不存在。") || !strings.Contains(f.Text.EN, "(404) for another reason: There is no such stock.") {
		t.Errorf("%+v", f.Text)
	}
	expectSentence(t, &f)
	wrong := explain.Signature(sample{change: without("Accept")}.request(), known())
	if got := wrong.Because(400, reason); got.Text != wrong.Text {
		t.Errorf("%+v", got.Text)
	}
}
