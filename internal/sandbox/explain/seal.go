package explain

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/apiv3/gm"
)

// Causes that lie in the seal of a notification.
const (
	APIKeyDiffers      Cause = "APIV3_KEY_DIFFERS"  //nolint:gosec // no key
	APIKeySpelling     Cause = "APIV3_KEY_SPELLING" //nolint:gosec // no key
	AssociatedData     Cause = "ASSOCIATED_DATA_DIFFERS"
	BoxNonce           Cause = "NONCE_DIFFERS"
	BoxTag             Cause = "TAG_MISSING"
	BoxAlgorithm       Cause = "ALGORITHM_UNKNOWN"
	CiphertextEncoding Cause = "CIPHERTEXT_ENCODING"
	CiphertextChanged  Cause = "CIPHERTEXT_CHANGED"
)

// Box is the cipher of a merchant's APIv3 key, in one algorithm.
type Box struct {
	Owner string
	*apiv3.Box
}

// tagSize is the length of the tag at the end of a ciphertext.
const tagSize = 16

// seal is a sealed resource that is looked into.
type seal struct {
	resource *resource
	// owner is the merchant that it is for, "" when that is not known.
	owner string
	boxes []Box
	// key is with what the merchant tried; "" when it does not say.
	key   string
	known *Known
}

// examine finds out why a seal does not open.
func (s *seal) examine(checked bool) Finding {
	r := s.resource
	if r.Algorithm != apiv3.AlgorithmAES256GCM && r.Algorithm != apiv3.AlgorithmSM4GCM {
		return finding(clause{
			cause: BoxAlgorithm, zh: "加密算法 " + cut(r.Algorithm) + " 未知", en: "the algorithm " + cut(r.Algorithm) + " is unknown",
			advice: advice{"应为 AEAD_AES_256_GCM 或 AEAD_SM4_GCM", "it must be AEAD_AES_256_GCM or AEAD_SM4_GCM"},
		})
	}
	if s.key != "" {
		if f := s.tryGiven(); f != nil {
			return *f
		}
	}
	raw, wrong := s.ciphertext()
	if raw == nil {
		return finding(*wrong)
	}
	for _, b := range s.candidates() {
		if text, err := b.Open(r.Sealed); err == nil {
			if s.key != "" {
				return s.keyDiffers(b.Owner)
			}
			return opens(b.Owner, checked, text)
		}
	}
	return s.broken(raw, wrong)
}

// candidates lists the boxes of the right algorithm, those of the owner first.
func (s *seal) candidates() []Box {
	var mine, others []Box
	for _, b := range s.boxes {
		switch {
		case b.Algorithm() != s.resource.Algorithm:
		case b.Owner == s.owner:
			mine = append(mine, b)
		default:
			others = append(others, b)
		}
	}
	return append(mine, others...)
}

// keyDiffers is for a key that does not open what another one does.
func (s *seal) keyDiffers(owner string) Finding {
	return finding(clause{
		cause: APIKeyDiffers, zh: "APIv3密钥不同：通知是用商户 " + owner + " 的APIv3密钥加密的，给出的密钥打不开",
		en:     "the APIv3 key differs, as the notification was sealed with that of merchant " + owner + " and the given one does not open it",
		advice: advice{"接收方应使用该商户的APIv3密钥", "have the receiver use that merchant's APIv3 key"},
	})
}

// tryGiven tries the key that the merchant used, and its usual misspellings; nil means that
// it is another key.
func (s *seal) tryGiven() *Finding {
	for _, way := range keySpellings() {
		key := way.mend(s.key)
		box := boxOf(s.resource.Algorithm, key)
		if box == nil {
			continue
		}
		text, err := box.Open(s.resource.Sealed)
		switch {
		case err == nil && key == s.key:
			f := finding(clause{cause: None, zh: "给出的APIv3密钥可以解密", en: "it opens with the given APIv3 key"})
			f.Plaintext = string(text)
			return &f
		case err == nil:
			f := finding(clause{
				cause: APIKeySpelling, zh: "给出的APIv3密钥" + way.zh, en: "the given APIv3 key " + way.en,
				advice: advice{"应直接使用32个字符本身的字节", "take its 32 characters as bytes"},
			})
			f.Plaintext = string(text)
			return &f
		case key == s.key && s.peek(box) != nil: // the key is right, so that something else is not
			s.boxes = []Box{{Owner: s.owner, Box: box}}
			s.key = ""
			return nil
		}
	}
	if len(s.boxes) == 0 {
		return stop(clause{
			cause: APIKeyDiffers, zh: "APIv3密钥不同：给出的密钥不是加密所用的密钥", en: "the APIv3 key differs, as the given one is not the one it was sealed with",
			advice: advice{"请核对商户平台上设置的APIv3密钥", "compare it with the one that was set on the merchant platform"},
		})
	}
	return nil
}

func boxOf(algorithm, key string) *apiv3.Box {
	build := apiv3.NewBox
	if algorithm == apiv3.AlgorithmSM4GCM {
		build = gm.NewBox
	}
	box, err := build([]byte(key))
	if err != nil {
		return nil
	}
	return box
}

func keySpellings() []misspelling {
	decodeWith := func(decode func(string) ([]byte, error)) func(string) string {
		return func(s string) string {
			raw, err := decode(s)
			if err != nil {
				return ""
			}
			return string(raw)
		}
	}
	return []misspelling{
		{"", "", func(s string) string { return s }},
		{"首尾有空白或换行", "has blanks or a line end around it", strings.TrimSpace},
		{"带有引号", "has quotes around it", func(s string) string { return strings.Trim(strings.TrimSpace(s), `"'`) }},
		{"写成了十六进制", "is written in hex", decodeWith(hex.DecodeString)},
		{"做了base64编码", "is encoded in base64", decodeWith(base64.StdEncoding.DecodeString)},
	}
}

// ciphertext decodes the ciphertext, if only loosely; nil when that is impossible.
func (s *seal) ciphertext() ([]byte, *clause) {
	if raw, err := apiv3.DecodeBase64(s.resource.Ciphertext); err == nil {
		return raw, nil
	}
	wrong := &clause{
		cause: CiphertextEncoding, zh: "密文不是标准base64", en: "the ciphertext is not standard base64",
		advice: advice{"请按收到的原样解码", "decode it as it came"},
	}
	for _, way := range misspellings() {
		if raw, err := base64.StdEncoding.DecodeString(way.mend(s.resource.Ciphertext)); err == nil {
			return raw, wrong
		}
	}
	return nil, wrong
}

// peek decrypts without looking at the tag; nil when the result is no text, as with a wrong
// key or nonce. The keystream of GCM does not depend on the associated data.
func (s *seal) peek(box *apiv3.Box) []byte {
	raw, _ := s.ciphertext()
	stream, err := box.Seal(make([]byte, len(raw)), s.resource.Nonce, "")
	if err != nil {
		return nil
	}
	key, err := apiv3.DecodeBase64(stream.Ciphertext)
	if err != nil {
		return nil
	}
	text := make([]byte, len(raw))
	for i := range raw {
		text[i] = raw[i] ^ key[i]
	}
	if !looksPlain(text) {
		return nil
	}
	return text
}

// looksPlain reports whether a text begins as events and certificates do. Of wrong keys one
// in ten million gives such a text.
func looksPlain(text []byte) bool {
	const enough = 24
	begin := text[:min(len(text), enough)]
	if len(begin) > 0 && begin[0] != '{' && begin[0] != '-' {
		return false
	}
	for len(begin) > 0 {
		r, size := utf8.DecodeRune(begin)
		if r == utf8.RuneError && len(begin) >= utf8.UTFMax || r < ' ' && r != '\n' && r != '\r' && r != '\t' {
			return false
		}
		begin = begin[size:]
	}
	return len(text) > 0
}

// broken says what is wrong with a seal that no key opens.
func (s *seal) broken(raw []byte, writing *clause) Finding {
	if n := len(s.resource.Nonce); n != apiv3.BoxNonceSize {
		return finding(nonceOf(n))
	}
	for _, b := range s.candidates() {
		if text := s.peek(b.Box); text != nil {
			if s.key != "" {
				return s.keyDiffers(b.Owner)
			}
			if writing != nil {
				return finding(*writing)
			}
			return finding(s.keyIsRight(b.Box, text))
		}
	}
	if f := s.otherNonce(); f != nil {
		return *f
	}
	if len(raw) < tagSize {
		return finding(tagMissing())
	}
	return finding(s.known.missed(clause{
		cause: APIKeyDiffers, zh: "APIv3密钥不同：它不是用这里已知的任何APIv3密钥加密的（或随机串、密文已被改动）",
		en:     "the APIv3 key differs, as it was sealed with none that is known here (or nonce or ciphertext were changed)",
		advice: advice{"请核对APIv3密钥，并确认通知属于该商户", "compare the APIv3 key, and see that the notification is for this merchant"},
	}))
}

func tagMissing() clause {
	return clause{
		cause: BoxTag, zh: "密文缺少末尾16字节的校验标签", en: "the ciphertext lacks the tag of 16 bytes at its end",
		advice: advice{"应把base64解码后的全部字节交给解密函数", "give all bytes that base64 yields to the cipher"},
	}
}

// keyIsRight says what else is wrong, given what the key makes of all bytes, tag included.
func (s *seal) keyIsRight(box *apiv3.Box, text []byte) clause {
	for _, aad := range []string{"", s.resource.OriginalType, "coupon", "certificate", "security", "transaction", "refund", strings.TrimSpace(s.resource.AssociatedData)} {
		tried := s.resource.Sealed
		tried.AssociatedData = aad
		if _, err := box.Open(tried); err == nil {
			return clause{
				cause: AssociatedData, zh: fmt.Sprintf("密钥正确，附加数据不同（加密时是 %q，这里是 %q）", aad, cut(s.resource.AssociatedData)),
				en:     fmt.Sprintf("the key is right, but the associated data differs (%q was sealed and %q is here)", aad, cut(s.resource.AssociatedData)),
				advice: advice{"应按收到的 associated_data 原样使用", "take associated_data as it came"},
			}
		}
	}
	body := text[:max(0, len(text)-tagSize)]
	switch {
	case isWhole(text):
		return tagMissing()
	case isWhole(body):
		return clause{
			cause: AssociatedData, zh: "密钥和随机串正确，但附加数据不同，或校验标签被改动", en: "key and nonce are right, but the associated data differs or the tag was changed",
			advice: advice{"应按收到的 associated_data 和 ciphertext 原样使用", "take associated_data and ciphertext as they came"},
		}
	}
	return clause{
		cause: CiphertextChanged, zh: "密钥和随机串正确，但密文被截断或改动", en: "key and nonce are right, but the ciphertext was cut off or changed",
		advice: advice{"应按收到的 ciphertext 原样使用", "take the ciphertext as it came"},
	}
}

// isWhole reports whether a text is a whole document, or a whole certificate.
func isWhole(text []byte) bool {
	return json.Valid(text) || strings.HasPrefix(string(text), "-----BEGIN") && strings.HasSuffix(strings.TrimSpace(string(text)), "-----")
}

// otherNonce tries the nonces that would be used after some needless decoding.
func (s *seal) otherNonce() *Finding {
	given := s.resource.Nonce
	for _, nonce := range []string{strings.ToLower(given), strings.ToUpper(given)} {
		if nonce == given {
			continue
		}
		other := *s
		changed := *s.resource
		changed.Nonce = nonce
		other.resource = &changed
		for _, b := range s.candidates() {
			if other.peek(b.Box) != nil {
				return stop(clause{
					cause: BoxNonce, zh: "密钥正确，但随机串的大小写被改动", en: "the key is right, but the nonce is in another case",
					advice: advice{"应按收到的12个字符原样使用", "take its 12 characters as they came"},
				})
			}
		}
	}
	return nil
}
