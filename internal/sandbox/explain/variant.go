package explain

import (
	"bytes"
	"strings"
)

// draft is a message in its parts, as a client may have put it together.
type draft struct {
	method, target, timestamp, nonce string
	body                             []byte
	// ofPlatform is true for the three lines of an answer or a notification (protocol 3.1).
	ofPlatform bool
	// finish changes the whole message; nil leaves it.
	finish func(message []byte) []byte
}

// message renders a draft (protocol 2.3).
func (d *draft) message() []byte {
	m := make([]byte, 0, len(d.method)+len(d.target)+len(d.timestamp)+len(d.nonce)+len(d.body)+5)
	lines := []string{d.method, d.target, d.timestamp, d.nonce}
	if d.ofPlatform {
		lines = lines[2:]
	}
	for _, line := range lines {
		m = append(m, line...)
		m = append(m, '\n')
	}
	m = append(m, d.body...)
	m = append(m, '\n')
	if d.finish != nil {
		return d.finish(m)
	}
	return m
}

// variant is one way in which a client may have put a message together wrongly.
type variant struct {
	clause
	change func(d *draft)
}

// part is a part of a message with its variants, the likely ones first. Variants of one part
// exclude each other.
type part struct {
	variants []variant
	// alone is true for variants that are many and tried without others.
	alone bool
}

// collector gathers variants of one part and leaves out those that change nothing new.
type collector struct {
	list   []variant
	seen   map[string]bool
	advice advice
}

func newCollector(a advice, original string) *collector {
	return &collector{seen: map[string]bool{original: true}, advice: a}
}

// add adds a variant that replaces the part by a value.
func (c *collector) add(cause Cause, zh, en, value string, set func(d *draft, value string)) {
	if c.seen[value] {
		return
	}
	c.seen[value] = true
	c.list = append(c.list, variant{
		clause: clause{cause: cause, zh: zh, en: en, advice: c.advice},
		change: func(d *draft) { set(d, value) },
	})
}

// Causes that lie in the method, the time and the nonce.
const (
	MethodCase        Cause = "METHOD_CASE"
	MethodOther       Cause = "METHOD_OTHER"
	TimestampSwapped  Cause = "TIMESTAMP_NONCE_SWAPPED"
	TimestampMillis   Cause = "TIMESTAMP_MILLISECONDS_SIGNED"
	TimestampAnother  Cause = "TIMESTAMP_ANOTHER"
	NonceCase         Cause = "NONCE_CASE"
	NonceMissing      Cause = "NONCE_MISSING"
	TimestampMissing  Cause = "TIMESTAMP_MISSING"
	LineEndMissing    Cause = "LAST_LINE_END_MISSING"
	BodyLineMissing   Cause = "BODY_LINE_MISSING"
	LineEndExtra      Cause = "LINE_END_EXTRA"
	LineEndCRLF       Cause = "LINE_END_CRLF"
	LineEndLiteral    Cause = "LINE_END_LITERAL"
	LineEndOther      Cause = "LINE_END_OTHER"
	MessageBOM        Cause = "MESSAGE_BOM"
	MessageTrimmed    Cause = "MESSAGE_TRIMMED"
	MessageHashed     Cause = "MESSAGE_HASHED_TWICE"
	MessageOfResponse Cause = "MESSAGE_OF_RESPONSE"
	MessageCharset    Cause = "MESSAGE_CHARSET"
)

func methodPart(method string) part {
	c := newCollector(advice{"应按请求行中的大写方法签名", "sign the method of the request line, in upper case"}, method)
	set := func(d *draft, v string) { d.method = v }
	c.add(MethodCase, "签名时请求方法写成了小写", "the method was signed in lower case", strings.ToLower(method), set)
	c.add(MethodCase, "签名时请求方法写成了首字母大写", "only the first letter of the method was signed in upper case", method[:min(1, len(method))]+strings.ToLower(method[min(1, len(method)):]), set)
	for _, other := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"} {
		c.add(MethodOther, "签名时请求方法写成了 "+other, "the method was signed as "+other, other, set)
		c.add(MethodOther, "签名时请求方法写成了 "+strings.ToLower(other), "the method was signed as "+strings.ToLower(other), strings.ToLower(other), set)
	}
	c.add(MethodOther, "签名串缺少请求方法", "the method was left out of what was signed", "", set)
	return part{variants: c.list}
}

// adviceStamp is about timestamp and nonce.
func adviceStamp() advice {
	return advice{
		ZH: "签名串中的时间戳和随机串必须与请求头 Authorization 中的完全相同，先时间戳后随机串",
		EN: "sign timestamp and nonce as they stand in the header Authorization, the timestamp first",
	}
}

func stampPart(timestamp, nonce string) part {
	var list []variant
	add := func(cause Cause, zh, en string, change func(d *draft)) {
		list = append(list, variant{clause{cause, zh, en, adviceStamp()}, change})
	}
	add(TimestampSwapped, "签名时时间戳与随机串的次序颠倒了", "timestamp and nonce were signed in the wrong order",
		func(d *draft) { d.timestamp, d.nonce = d.nonce, d.timestamp })
	for _, other := range []struct{ zh, en, value string }{{"大写", "upper", strings.ToUpper(nonce)}, {"小写", "lower", strings.ToLower(nonce)}} {
		if other.value != nonce {
			add(NonceCase, "签名时随机串转成了"+other.zh, "the nonce was signed in "+other.en+" case", func(d *draft) { d.nonce = other.value })
		}
	}
	add(NonceMissing, "签名串中随机串为空", "the nonce was left empty in what was signed", func(d *draft) { d.nonce = "" })
	add(TimestampMissing, "签名串中时间戳为空", "the timestamp was left empty in what was signed", func(d *draft) { d.timestamp = "" })
	add(TimestampMillis, "签名时时间戳的单位是毫秒", "the timestamp was signed in milliseconds", func(d *draft) { d.timestamp = timestamp + "000" })
	return part{variants: list}
}

// adviceLines is about the lines of a message.
func adviceLines() advice {
	return advice{
		ZH: `签名串共五行，每行都以一个换行符（\n，0x0A）结尾，最后一行也不例外`,
		EN: `the message has five lines, and each ends with one line feed (\n, 0x0A), the last too`,
	}
}

// linesPart has what may go wrong with the message as a whole.
func linesPart(body []byte) part {
	var list []variant
	add := func(cause Cause, zh, en string, finish func(m []byte) []byte) {
		list = append(list, variant{clause{cause, zh, en, adviceLines()}, func(d *draft) { d.finish = finish }})
	}
	replace := func(with string) func([]byte) []byte {
		return func(m []byte) []byte { return bytes.ReplaceAll(m, []byte("\n"), []byte(with)) }
	}
	if len(body) == 0 {
		add(BodyLineMissing, "签名串缺少空包体所占的第五行", "the fifth line, which is empty without a body, was left out of what was signed",
			func(m []byte) []byte { return m[:len(m)-1] })
		add(LineEndMissing, "签名串末尾缺少换行符", "the line feeds at the end were left out of what was signed",
			func(m []byte) []byte { return bytes.TrimRight(m, "\n") })
	} else if body[len(body)-1] != '\n' {
		add(LineEndMissing, "签名串末尾缺少换行符", "the last line feed was left out of what was signed",
			func(m []byte) []byte { return m[:len(m)-1] })
	}
	add(LineEndExtra, "签名串末尾多了一个换行符", "there is a line feed too many at the end of what was signed", func(m []byte) []byte { return append(m, '\n') })
	add(LineEndCRLF, `签名串的换行符是 \r\n`, `the lines were signed with \r\n at their ends`, replace("\r\n"))
	add(LineEndLiteral, `签名串中的换行符是反斜杠和字母n两个字符`, `backslash and n, two characters, were signed instead of line feeds`, replace(`\n`))
	for _, other := range []string{"", " ", "&", ",", "\r", ";"} {
		add(LineEndOther, "签名串的各行之间不是换行符", "the lines were signed without line feeds between them", replace(other))
	}
	add(MessageBOM, "签名串以BOM（EF BB BF）开头", "what was signed begins with a byte order mark", func(m []byte) []byte { return append([]byte("\xef\xbb\xbf"), m...) })
	for _, w := range hashings() {
		add(MessageHashed, "签名前先对签名串计算了一次摘要，等于摘要了两次", "the message was hashed before it was signed, so that it was hashed twice", w)
	}
	add(MessageOfResponse, "签名用的是应答的三行签名串", "what was signed has the three lines of an answer",
		func(m []byte) []byte {
			const head = 2
			lines := bytes.SplitN(m, []byte("\n"), head+1)
			return lines[head]
		})
	for _, set := range charsets() {
		add(MessageCharset, "签名串没有按UTF-8编码，"+set.zh, "the message was not signed in UTF-8: "+set.en, set.encode)
	}
	return part{variants: list}
}
