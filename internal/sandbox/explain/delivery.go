package explain

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/favord/favord/apiv3"
)

// Causes that lie in the signature of a notification or an answer.
const (
	Probe             Cause = "SIGNATURE_PROBE"
	NotSigned         Cause = "NOT_SIGNED"
	SerialNotPlatform Cause = "SERIAL_NOT_PLATFORM"
	NoResource        Cause = "NO_RESOURCE"
)

// Delivery is a notification, or an answer of the platform, as it arrived at a merchant.
type Delivery struct {
	Header []Field
	Body   []byte
	// Received is when it came; zero is unknown.
	Received time.Time
	// Signed is the message that the receiver says it verified; nil when it does not say.
	Signed []byte
	// APIKey is the APIv3 key with which the merchant tried to open it; "" when it does
	// not say.
	APIKey string
}

// envelope is what a body may be: a notification, a list of certificates, or the sealed
// resource alone.
type envelope struct {
	Resource *resource `json:"resource"`
	Data     []struct {
		Certificate *resource `json:"encrypt_certificate"`
	} `json:"data"`
	resource
}

type resource struct {
	apiv3.Sealed
	OriginalType string `json:"original_type"`
}

// sealed returns the sealed part of a body, nil when there is none.
func sealed(body []byte) *resource {
	var e envelope
	if json.Unmarshal(bytes.TrimPrefix(body, []byte("\ufeff")), &e) != nil {
		return nil
	}
	switch {
	case e.Resource != nil && e.Resource.Ciphertext != "":
		return e.Resource
	case len(e.Data) > 0 && e.Data[0].Certificate != nil:
		return e.Data[0].Certificate
	case e.Ciphertext != "":
		return &e.resource
	}
	return nil
}

// Opening explains a notification: first its signature, if it has the headers of one, and
// then its seal.
func Opening(d Delivery, known Known, boxes []Box) Finding {
	owner, checked := "", false
	if len(values(d.Header, apiv3.HeaderSignature)) == 0 && (len(d.Header) > 0 || d.Signed != nil) {
		return d.unsigned(known, boxes)
	}
	if len(d.Header) > 0 {
		f, key := d.signature(known)
		if f != nil {
			return *f
		}
		owner, checked = key.Owner, true
	}
	r := sealed(d.Body)
	if r == nil {
		return finding(clause{
			cause: NoResource, zh: "包体中没有加密的内容（resource）", en: "there is nothing sealed in the body, no resource",
			advice: advice{"请提供通知的原始包体", "pass the body of the notification as it came"},
		})
	}
	s := &seal{resource: r, owner: owner, boxes: boxes, key: d.APIKey, known: &known}
	return s.examine(checked)
}

// unsigned is about a notification without its signature, as tools send it that replay one.
func (d *Delivery) unsigned(known Known, boxes []Box) Finding {
	f := finding(clause{
		cause: NotSigned, zh: "这是一条通知，但缺少请求头 " + apiv3.HeaderSignature + " 等 Wechatpay- 开头的请求头，无法验签",
		en: "this is a notification without " + apiv3.HeaderSignature + " and the other headers that begin with Wechatpay-, so that it cannot be verified",
		advice: advice{
			"重放时请带上原来的请求头（五分钟内有效），或执行 favord deliveries resend 重新投递；若有网关或代理，请让它保留这些请求头",
			"replay it with the headers that it came with, which are good for five minutes, or have it delivered again with favord deliveries resend; let gateways in between pass those headers on",
		},
	})
	bare := *d
	bare.Header, bare.Signed = nil, nil
	f.Plaintext = Opening(bare, known, boxes).Plaintext
	return f
}

// signature returns what is wrong with the signature, or the key that made it.
func (d *Delivery) signature(known Known) (*Finding, *ringKey) {
	h := func(name string) string { return first(d.Header, name) }
	text := h(apiv3.HeaderSignature)
	if apiv3.IsProbe(text) {
		return stop(clause{
			cause: Probe, zh: "这是签名探测流量，签名故意是错的", en: "this is a probe, whose signature is wrong on purpose",
			advice: advice{"接收方应验签失败并以4xx或5xx应答，平台随后会重新发送", "a receiver must refuse it with 4xx or 5xx, and it is delivered again"},
		}), nil
	}
	for _, name := range []string{apiv3.HeaderTimestamp, apiv3.HeaderNonce, apiv3.HeaderSerial} {
		if h(name) == "" {
			return stop(clause{
				cause: NotSigned, zh: "缺少请求头 " + name + "，无法验签", en: "the header " + name + " is missing, so that the signature cannot be verified",
				advice: advice{"若有网关或代理，请让它保留 Wechatpay- 开头的请求头", "let gateways in between pass on the headers that begin with Wechatpay-"},
			}), nil
		}
	}
	if f := checkTime(h(apiv3.HeaderTimestamp), d.Received); f != nil {
		return f, nil
	}
	ring := newRing(known.Keys)
	for i := range ring {
		if k := &ring[i]; k.Role == OfPlatform && apiv3.EqualSerial(k.Serial, h(apiv3.HeaderSerial)) {
			return d.verify(k), k
		}
	}
	return stop(known.missed(clause{
		cause: SerialNotPlatform, zh: "Wechatpay-Serial " + cut(h(apiv3.HeaderSerial)) + " 不是这里已知的平台证书或平台公钥",
		en:     "the Wechatpay-Serial " + cut(h(apiv3.HeaderSerial)) + " names no platform key that is known here",
		advice: advice{"应使用该编号对应的平台证书或公钥验签，证书可从 /v3/certificates 下载", "verify with the key of that name, certificates come from /v3/certificates"},
	})), nil
}

// verify looks for the message that the platform signed, and compares it with what arrived,
// or with what the receiver says it verified.
func (d *Delivery) verify(k *ringKey) *Finding {
	timestamp, nonce := first(d.Header, apiv3.HeaderTimestamp), first(d.Header, apiv3.HeaderNonce)
	arrived := draft{timestamp: timestamp, nonce: nonce, body: d.Body, ofPlatform: true}
	for _, candidate := range decode(first(d.Header, apiv3.HeaderSignature)) {
		o, made := k.open(candidate.raw)
		if !made {
			continue
		}
		if o.covers(arrived.message()) && candidate.wrong == nil {
			return d.judge(timestamp, nonce, d.Body)
		}
		if f := d.search(o, arrived); f != nil {
			return f
		}
		return stop(clause{
			cause: MessageDiffers, zh: "签名由 " + k.Serial + " 签出，但时间戳、随机串或包体在途中被改动", advice: adviceRaw(),
			en: "the signature is of " + k.Serial + ", but timestamp, nonce or body are not as they were sent",
		})
	}
	return stop(clause{
		cause: KeyUnknown, zh: "签名不是由 Wechatpay-Serial 所指的密钥 " + k.Serial + " 签出的", en: "the signature was not made with the key " + k.Serial + " that Wechatpay-Serial names",
		advice: advice{"应当拒绝：它是伪造的，或签名头被改动", "refuse it, as it is forged or the header was changed"},
	})
}

// search looks for what the platform signed when that is not what arrived.
func (d *Delivery) search(o *opened, arrived draft) *Finding {
	left := budgetOf(o)
	var sent []byte
	hit := func(one draft) bool {
		m := one.message()
		return left.spend(m) && o.covers(m)
	}
	if originals(d.Body, func(body []byte) bool {
		one := arrived
		one.body, sent = body, body
		return hit(one) || left.left < 0
	}) && left.left >= 0 {
		if d.Signed != nil {
			if f := d.judge(arrived.timestamp, arrived.nonce, sent); f != nil {
				return f
			}
		}
		right := arrived
		right.body = sent
		f := changes(sent, d.Body)
		if len(f.causes) == 0 {
			f.note(BodyReformatted, "被重新序列化", "was serialised anew")
		}
		out := f.finding("签名是对的，但这里的包体不是平台签名的原始包体：", "the signature is right, but this body is not as the platform signed it: it ",
			right.message(), arrived.message(), adviceRaw())
		return &out
	}
	h := &hunt{draft: arrived, opened: o, budget: budgetOf(o), parts: []part{headerPart(arrived.nonce), orderPart(d.Body)}}
	clauses, signed := h.run()
	if clauses == nil {
		return nil
	}
	clauses[0].advice = adviceRaw()
	f := new(found)
	f.note(clauses[0].cause, clauses[0].zh, clauses[0].en)
	if clauses[0].cause == BodyKeyOrder {
		f = new(found)
		f.note(BodyKeyOrder, "这里的包体字段次序不同", "this body has its members in another order")
	}
	out := f.finding("签名是对的，但", "the signature is right, but ", signed, arrived.message(), adviceRaw())
	return &out
}

// headerPart has what may happen to the headers of a notification.
func headerPart(nonce string) part {
	var list []variant
	add := func(cause Cause, zh, en string, change func(d *draft)) {
		list = append(list, variant{clause{cause: cause, zh: zh, en: en}, change})
	}
	add(ReceivedSwapped, "Wechatpay-Timestamp 与 Wechatpay-Nonce 互换了", "Wechatpay-Timestamp and Wechatpay-Nonce changed places",
		func(d *draft) { d.timestamp, d.nonce = d.nonce, d.timestamp })
	for _, other := range []string{strings.ToUpper(nonce), strings.ToLower(nonce)} {
		if other != nonce {
			add(NonceCase, "Wechatpay-Nonce 的大小写被改动", "Wechatpay-Nonce is in another case", func(d *draft) { d.nonce = other })
		}
	}
	return part{variants: list}
}

// adviceRaw is how to verify.
func adviceRaw() advice {
	return advice{
		ZH: "应在解析之前对收到的原始包体验签",
		EN: "verify over the body as it arrived, before anything parses it",
	}
}

// opens is how a finding says that all is well.
func opens(owner string, checked bool, plaintext []byte) Finding { //nolint:revive // the flag is a fact
	c := clause{
		cause: None, zh: "可以用商户 " + owner + " 的APIv3密钥解密", en: "it opens with the APIv3 key of merchant " + owner,
		advice: advice{
			"若接收方解密失败，请检查：密钥取32个字符本身的字节，随机串和附加数据不做任何解码，密文先做base64解码且末尾16字节是校验标签",
			"if the receiver fails, look that it takes the 32 characters of the key as bytes, nonce and associated data undecoded, and the ciphertext decoded from base64, with the tag in its last 16 bytes",
		},
	}
	if checked {
		c.zh, c.en = "签名是对的，"+c.zh, "the signature is right and "+c.en
	}
	f := finding(c)
	f.Plaintext = string(plaintext)
	return f
}

// nonceOf describes a nonce of the wrong length.
func nonceOf(n int) clause {
	return clause{
		cause: BoxNonce, zh: "随机串有" + strconv.Itoa(n) + "个字节，应为12个", en: fmt.Sprintf("the nonce has %d bytes instead of 12", n),
		advice: advice{"应按收到的12个字符本身使用，不做任何解码", "take the 12 characters as they came, undecoded"},
	}
}
