package explain

import (
	"crypto"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"unicode/utf16"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// hashings are what may be signed in place of a message.
func hashings() []func([]byte) []byte {
	var list []func([]byte) []byte
	for _, h := range []crypto.Hash{crypto.SHA256, crypto.SHA1, crypto.MD5} {
		list = append(list,
			func(m []byte) []byte { return sum(h, m) },
			func(m []byte) []byte { return []byte(hex.EncodeToString(sum(h, m))) },
			func(m []byte) []byte { return []byte(strings.ToUpper(hex.EncodeToString(sum(h, m)))) },
			func(m []byte) []byte { return []byte(base64.StdEncoding.EncodeToString(sum(h, m))) },
		)
	}
	return list
}

// charset is an encoding of text that is not UTF-8.
type charset struct {
	zh, en string
	encode func([]byte) []byte
}

func charsets() []charset {
	return []charset{
		{"而是GBK（如Java在中文Windows上的 getBytes()）", "it was in GBK, as Java's getBytes() gives on Chinese Windows", func(m []byte) []byte {
			out, err := simplifiedchinese.GBK.NewEncoder().Bytes(m)
			if err != nil {
				return m // it has characters that GBK lacks
			}
			return out
		}},
		{"非ASCII字符变成了问号（如Java的 getBytes() 使用了ASCII）", "characters beyond ASCII became question marks, as Java's getBytes() does without a charset", func(m []byte) []byte {
			return []byte(strings.Map(func(r rune) rune {
				if r > '~' {
					return '?'
				}
				return r
			}, string(m)))
		}},
		{"而是被当作ISO-8859-1又转了一次UTF-8", "it was taken for ISO-8859-1 and turned into UTF-8 once more", func(m []byte) []byte {
			out := make([]rune, 0, len(m))
			for _, b := range m {
				out = append(out, rune(b))
			}
			return []byte(string(out))
		}},
		{"而是UTF-16", "it was in UTF-16", utf16With(binary.BigEndian)},
		{"而是UTF-16", "it was in UTF-16", utf16With(binary.LittleEndian)},
	}
}

func utf16With(order binary.AppendByteOrder) func([]byte) []byte {
	return func(m []byte) []byte {
		out := []byte{}
		for _, unit := range utf16.Encode([]rune(string(m))) {
			out = order.AppendUint16(out, unit)
		}
		return out
	}
}
