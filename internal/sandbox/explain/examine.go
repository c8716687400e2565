package explain

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"fmt"
	"strconv"
	"strings"

	"github.com/favord/favord/apiv3"
)

// Causes that are named when the message itself gives none away.
const (
	None             Cause = "NONE"
	MessageUnknown   Cause = "MESSAGE_UNKNOWN"
	MessageDiffers   Cause = "MESSAGE_DIFFERS"
	MessageNotSigned Cause = "MESSAGE_NOT_SIGNED"
	BodyPartial      Cause = "BODY_PARTIAL"
)

// examination is a request whose signature is looked into.
type examination struct {
	request       *Request
	authorization *apiv3.Authorization
	known         *Known
	ring          ring
	named         *ringKey
}

// examine finds out who signed what.
func (e *examination) examine() Finding {
	candidates := decode(e.authorization.Signature)
	if len(candidates) == 0 {
		return finding(clause{
			cause: SignatureEncoding, zh: "signature 不是base64", en: "the signature is not base64", advice: adviceEncoding(),
		})
	}
	for _, key := range e.keys() {
		for _, candidate := range candidates {
			if o, made := key.open(candidate.raw); made && (key == e.named || !o.dear) {
				return e.compare(key, o, candidate.wrong)
			}
		}
	}
	return finding(e.strangeSignature(candidates))
}

// keys lists the key that the request names, and then all others.
func (e *examination) keys() []*ringKey {
	list := []*ringKey{e.named}
	for i := range e.ring {
		if k := &e.ring[i]; k != e.named {
			list = append(list, k)
		}
	}
	return list
}

// strangeSignature says what can be said about a signature that no known key made.
func (e *examination) strangeSignature(candidates []decoded) clause {
	raw := candidates[0].raw
	for _, c := range candidates {
		if len(c.raw) == sha256.Size && e.known.MACs != nil {
			for _, mac := range e.known.MACs(e.authorization.Identity, e.expected()) {
				if bytes.Equal(mac, c.raw) {
					return clause{
						cause: SignatureHMAC, zh: "signature 是用商户的对称密钥计算的HMAC-SHA256", en: "the signature is an HMAC-SHA256 under the merchant's symmetric key",
						advice: adviceAlgorithm(),
					}
				}
			}
		}
	}
	const kindsOfHash = 64
	switch size := len(raw); {
	case e.authorization.Signature == strings.ToLower(e.authorization.Signature):
		return clause{cause: SignatureCase, zh: "signature 全是小写，base64区分大小写", en: "the signature has no upper-case letter, but base64 needs both cases", advice: adviceEncoding()}
	case bytes.Equal(sum(crypto.SHA256, e.expected()), raw):
		return clause{cause: SignatureDigest, zh: "signature 只是签名串的SHA-256摘要", en: "the signature is nothing but the SHA-256 of the message", advice: adviceAlgorithm()}
	case size <= kindsOfHash:
		return clause{
			cause: SignatureDigest, zh: fmt.Sprintf("signature 只有%d个字节，是摘要或HMAC，不是RSA签名", size),
			en:     fmt.Sprintf("the signature has only %d bytes, as digests and HMACs have, and is none of RSA", size),
			advice: adviceAlgorithm(),
		}
	case e.named.rsa != nil && size != e.named.rsa.Size():
		return clause{
			cause: SignatureLength, zh: fmt.Sprintf("signature 有%d个字节，而2048位RSA签名是%d个字节", size, e.named.rsa.Size()),
			en:     fmt.Sprintf("the signature has %d bytes, while one of RSA-2048 has %d", size, e.named.rsa.Size()),
			advice: advice{"签名可能被截断，或使用了别的算法或密钥长度", "it may be cut off, or of another algorithm or size of key"},
		}
	}
	return e.known.missed(clause{
		cause: KeyUnknown, zh: "签名所用的私钥不属于证书 " + e.named.Serial + "，也不属于这里已知的任何证书",
		en:     "the signature was made with a private key that belongs neither to the certificate " + e.named.Serial + " nor to any other that is known here",
		advice: adviceKey(),
	})
}

// adviceKey is which key to sign with.
func adviceKey() advice {
	return advice{ZH: "应使用与 serial_no 对应的商户API证书的私钥签名", EN: "sign with the private key of the certificate that serial_no names"}
}

// draft is the message as it should have been, in its parts.
func (e *examination) draft() draft {
	return draft{
		method: e.request.Method, target: e.request.Target, timestamp: e.authorization.Timestamp, nonce: e.authorization.Nonce,
		body: signedBody(e.request),
	}
}

// expected is the message that has to be signed.
func (e *examination) expected() []byte {
	d := e.draft()
	return d.message()
}

// compare finds the message of a signature whose key is known. What is wrong with the
// signature besides its message comes first.
func (e *examination) compare(key *ringKey, o *opened, writing *clause) Finding {
	var clauses []clause
	if key != e.named {
		clauses = append(clauses, e.otherKey(key))
	}
	for _, c := range []*clause{writing, o.wrong} {
		if c != nil {
			clauses = append(clauses, *c)
		}
	}
	expected := e.expected()
	if o.covers(expected) || e.coversBare(o) {
		if len(clauses) == 0 {
			clauses = append(clauses, e.fine())
		}
		f := finding(clauses...)
		f.Expected, f.Signed = string(expected), string(expected)
		return f
	}
	found, signed := e.search(o)
	if found == nil && o.dear {
		return finding(e.sm2Unknown(expected))
	}
	if found == nil {
		f := e.unknownMessage(o, clauses)
		f.Expected = string(expected)
		return f
	}
	f := findingAt(differ(signed, expected), append(clauses, found...)...)
	f.Expected, f.Signed = string(expected), string(signed)
	return f
}

// sm2Unknown is for a signature of SM2, which does not tell its key. Another key may fit the
// message as it is.
func (e *examination) sm2Unknown(expected []byte) clause {
	for _, key := range e.keys()[1:] {
		if key.sm2 != nil && key.sm2.Verify(expected, e.authorization.Signature) == nil {
			return e.otherKey(key)
		}
	}
	return clause{
		cause: MessageUnknown, zh: "签名的内容与请求不同，且不属于已知的差异，或者私钥不属于证书 " + e.named.Serial,
		en:     "what was signed differs from the request in none of the known ways, or the private key does not belong to the certificate " + e.named.Serial,
		advice: advice{"请核对私钥，并打印客户端的签名串逐字节比较", "check the private key, and print the message that the client signs and compare it byte by byte"},
	}
}

func (e *examination) otherKey(key *ringKey) clause {
	who := key.describe()
	return clause{
		cause: KeyOfOther, zh: "签名所用的私钥属于" + who.ZH + "，而 serial_no 是 " + e.named.Serial,
		en:     "the signature was made with the private key of " + who.EN + ", but serial_no is " + e.named.Serial,
		advice: adviceKey(),
	}
}

// coversBare tries the target without a question mark at its end, which servers tolerate
// (protocol 2.3).
func (e *examination) coversBare(o *opened) bool {
	d := e.draft()
	bare, found := strings.CutSuffix(d.target, "?")
	d.target = bare
	return found && o.covers(d.message())
}

// fine is about a request whose signature is right.
func (e *examination) fine() clause {
	if openid := wrongCase(e.request); openid != "" {
		return openIDCase(openid)
	}
	c := clause{cause: None, zh: "签名是对的", en: "the signature is right"}
	if e.request.Received.IsZero() {
		c.advice = advice{"若仍被拒绝，请检查时间戳：收到时间未知，无法判断是否超出5分钟", "if it was refused, look at its timestamp, which cannot be judged without the time of the request"}
	}
	return c
}

// unknownMessage is for a message that was not found.
func (e *examination) unknownMessage(o *opened, clauses []clause) Finding {
	last := clause{
		cause: MessageUnknown, zh: "私钥正确，但签名的内容与请求不同，且不属于已知的差异", en: "the key is right, but what was signed differs from the request in none of the known ways",
		advice: advice{
			"请打印客户端的签名串并与应签名的内容逐字节比较（可用 --signed 提交）；常见的原因是签名与请求头使用了不同的时间戳或随机串",
			"print the message that the client signs and compare it byte by byte, or pass it with --signed; a common reason is that another timestamp or nonce was signed than was sent",
		},
	}
	switch {
	case e.request.Partial:
		last = clause{
			cause: BodyPartial, zh: "签名的内容与请求不同，而这里只有包体的开头", en: "what was signed differs from the request, of whose body only the beginning is here",
			advice: advice{"请提供完整的包体", "pass the whole body"},
		}
	case e.request.Signed != nil && o.covers(e.request.Signed):
		d := differ(e.request.Signed, e.expected())
		return findingAt(d, append(clauses, lineClause(d))...)
	case e.request.Signed != nil:
		last = clause{
			cause: MessageNotSigned, zh: "私钥正确，但签名的内容既不是请求，也不是 --signed 给出的签名串", en: "the key is right, but the signature covers neither the request nor the message of --signed",
			advice: advice{"请在计算签名的同一处打印签名串", "print the message where the signature is calculated"},
		}
	case len(clauses) > 0:
		return finding(clauses...)
	}
	return finding(append(clauses, last)...)
}

// lineClause says in which line of a message a difference is.
func lineClause(d *Difference) clause {
	names := []struct {
		zh, en string
		advice advice
	}{
		{"请求方法", "the method", advice{}},
		{"URL", "the URL", adviceURL()},
		{"时间戳", "the timestamp", adviceStamp()},
		{"随机串", "the nonce", adviceStamp()},
		{"包体", "the body", adviceBody()},
	}
	n := names[min(d.Line, len(names))-1]
	return clause{cause: MessageDiffers, zh: "签名串中的" + n.zh + "与请求不同", en: n.en + " was signed otherwise than it was sent", advice: n.advice}
}

// search looks for the message that a signature covers.
func (e *examination) search(o *opened) ([]clause, []byte) {
	d := e.draft()
	h := &hunt{draft: d, opened: o, budget: budgetOf(o), parts: []part{
		linesPart(d.body),
		bodyPart(e.request, d.body),
		targetPart(d.target, e.hosts(), e.known.Operations),
		methodPart(d.method),
		stampPart(d.timestamp, d.nonce),
		orderPart(d.body),
		{variants: timeVariants(d.timestamp), alone: true},
	}}
	return h.run()
}

// hosts lists the names that may stand before the path.
func (e *examination) hosts() []string {
	hosts := []string{"api.mch.weixin.qq.com", "api2.mch.weixin.qq.com", "api.wechatpay.cn"}
	if host := first(e.request.Header, "Host"); host != "" {
		hosts = append([]string{host}, hosts...)
	}
	return hosts
}

// timeVariants are timestamps near the one that was sent: a program that asks the clock
// twice gets two, and one that counts milliseconds signs three more digits.
func timeVariants(timestamp string) []variant {
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return nil
	}
	var list []variant
	const nearby, millis = 300, 1000
	for off := int64(1); off <= nearby; off++ {
		for _, at := range []int64{seconds - off, seconds + off} {
			list = append(list, variant{
				clause{
					TimestampAnother, fmt.Sprintf("签名的时间戳是 %d，请求头中的却是 %s", at, timestamp),
					fmt.Sprintf("the timestamp %d was signed, but %s was sent", at, timestamp), adviceStamp(),
				},
				func(d *draft) { d.timestamp = strconv.FormatInt(at, 10) },
			})
		}
	}
	for ms := range int64(millis) {
		list = append(list, variant{
			clause{TimestampMillis, "签名时时间戳的单位是毫秒", "the timestamp was signed in milliseconds", adviceStamp()},
			func(d *draft) { d.timestamp = strconv.FormatInt(seconds*millis+ms, 10) },
		})
	}
	return list
}
