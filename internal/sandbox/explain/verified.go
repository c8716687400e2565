package explain

import (
	"bytes"
	"strings"
)

// judge says what is wrong with the message that a receiver verified, given the one that the
// platform signed; nil when they are the same.
func (d *Delivery) judge(timestamp, nonce string, body []byte) *Finding {
	right := (&draft{timestamp: timestamp, nonce: nonce, body: body, ofPlatform: true}).message()
	if d.Signed == nil || bytes.Equal(d.Signed, right) {
		return nil
	}
	f := lines(d.Signed, timestamp, nonce, body)
	if len(f.causes) == 0 {
		f.note(MessageDiffers, "不是通知的那三行", "does not have the three lines of the notification")
	}
	out := f.finding("签名是对的，但接收方的验签串", "the signature is right, but what the receiver verified ", right, d.Signed, adviceThree())
	return &out
}

// lines compares the message that a receiver verified with its three lines.
func lines(got []byte, timestamp, nonce string, body []byte) *found {
	f := new(found)
	right := (&draft{timestamp: timestamp, nonce: nonce, body: body, ofPlatform: true}).message()
	swapped := (&draft{timestamp: nonce, nonce: timestamp, body: body, ofPlatform: true}).message()
	bare := bytes.TrimSuffix(right, []byte("\n"))
	is := func(one []byte) bool { return bytes.Equal(got, one) }
	switch {
	case is(swapped) || is(bytes.TrimSuffix(swapped, []byte("\n"))):
		f.note(ReceivedSwapped, "把时间戳与随机串的次序颠倒了", "has timestamp and nonce in the wrong order")
	case is(bare) && len(body) > 0 || is(bytes.TrimRight(right, "\n")):
		f.note(LineEndMissing, "末尾缺少换行符", "lacks the last line feed")
	case is(append(bytes.Clone(right), '\n')):
		f.note(LineEndExtra, "末尾多了一个换行符", "has a line feed too many at its end")
	case is(bytes.ReplaceAll(right, []byte("\n"), []byte("\r\n"))):
		f.note(LineEndCRLF, `的换行符是 \r\n`, `has \r\n at the ends of its lines`)
	case is(bytes.ReplaceAll(right, []byte("\n"), []byte(`\n`))):
		f.note(LineEndLiteral, `中的换行符是反斜杠和字母n两个字符`, `has backslash and n, two characters, instead of line feeds`)
	case is(body):
		f.note(MessageDiffers, "只有包体", "is nothing but the body")
	}
	if len(f.causes) > 0 {
		return f
	}
	const three = 3
	parts := strings.SplitN(string(got), "\n", three)
	if len(parts) < three {
		f.note(LineEndOther, "的各行之间不是换行符", "has no line feeds between its lines")
		return f
	}
	f.noteLine("时间戳", "timestamp", parts[0], timestamp)
	f.noteLine("随机串", "nonce", parts[1], nonce)
	f.noteBody([]byte(parts[2]), body)
	return f
}

// noteLine compares one line.
func (f *found) noteLine(zh, en, got, want string) {
	switch {
	case got == want:
	case strings.Join(strings.Fields(got), "") == want:
		f.note(ReceivedBlank, "的"+zh+"多了空白", "has a blank too many in its "+en)
	case strings.EqualFold(got, want):
		f.note(NonceCase, "的"+zh+"大小写不同", "has its "+en+" in another case")
	default:
		f.note(MessageDiffers, "的"+zh+"与请求头中的不同", "has another "+en+" than the header")
	}
}

// noteBody compares the last line, which ends with a line feed.
func (f *found) noteBody(got, body []byte) {
	text, ended := bytes.CutSuffix(got, []byte("\n"))
	if !ended {
		f.note(LineEndMissing, "末尾缺少换行符", "lacks the last line feed")
	}
	if bytes.Equal(text, body) {
		return
	}
	inner := changes(body, text)
	switch {
	case len(text) == 0:
		f.note(BodyDropped, "没有包体", "has no body")
	case len(inner.causes) == 0:
		f.note(MessageDiffers, "的包体与收到的不同", "has another body than the one that arrived")
	}
	for i := range inner.zh {
		f.zh, f.en = append(f.zh, "的包体"+inner.zh[i]), append(f.en, "has a body that "+inner.en[i])
	}
	f.causes = append(f.causes, inner.causes...)
}
