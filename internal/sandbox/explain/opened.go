package explain

import (
	"bytes"
	"crypto"
	_ "crypto/md5" //nolint:gosec // what signatures are made with by mistake
	"crypto/rsa"
	_ "crypto/sha1" //nolint:gosec // likewise
	_ "crypto/sha256"
	_ "crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"math/big"

	"github.com/favord/favord/apiv3"
)

// opened is what a signature says about the message that it was made for.
type opened struct {
	// covers reports whether that was a message.
	covers func(message []byte) bool
	// wrong is how the signature was made, if otherwise than it must be.
	wrong *clause
	// dear is true when asking costs much.
	dear bool
}

// Signatures of SM2 are a sequence in DER of about this many bytes.
const (
	shortestSM2 = 60
	longestSM2  = 72
	sequence    = 0x30
)

// open opens a signature with a public key; false means that another key made it. With SM2
// that cannot be told, so that the message decides.
func (k *ringKey) open(raw []byte) (*opened, bool) {
	if k.sm2 != nil {
		if len(raw) < shortestSM2 || len(raw) > longestSM2 || raw[0] != sequence {
			return nil, false
		}
		signature := base64.StdEncoding.EncodeToString(raw)
		return &opened{dear: true, covers: func(m []byte) bool { return k.sm2.Verify(m, signature) == nil }}, true
	}
	if len(raw) != k.rsa.Size() {
		return nil, false
	}
	block := new(big.Int).Exp(new(big.Int).SetBytes(raw), big.NewInt(int64(k.rsa.E)), k.rsa.N).FillBytes(make([]byte, k.rsa.Size()))
	if payload, is := unpadded(block); is {
		return openPayload(payload), true
	}
	return openPSS(k.rsa, block)
}

// unpadded takes the padding of PKCS #1 v1.5 off a block: 00 01 FF … FF 00.
func unpadded(block []byte) ([]byte, bool) {
	const shortest = 8
	if block[0] != 0 || block[1] != 1 {
		return nil, false
	}
	rest := bytes.TrimLeft(block[2:], "\xff")
	if len(block)-2-len(rest) < shortest || len(rest) == 0 || rest[0] != 0 {
		return nil, false
	}
	return rest[1:], true
}

// digestInfo is what stands before a digest in a signature.
type digestInfo struct {
	hash   crypto.Hash
	name   string
	prefix string
}

func digestInfos() []digestInfo {
	return []digestInfo{
		{crypto.SHA256, "SHA-256", "3031300d060960864801650304020105000420"},
		{crypto.SHA1, "SHA-1", "3021300906052b0e03021a05000414"},
		{crypto.MD5, "MD5", "3020300c06082a864886f70d020505000410"},
		{crypto.SHA512, "SHA-512", "3051300d060960864801650304020305000440"},
		{crypto.SHA384, "SHA-384", "3041300d060960864801650304020205000430"},
	}
}

func openPayload(payload []byte) *opened {
	for _, info := range digestInfos() {
		prefix, _ := hex.DecodeString(info.prefix) // a constant
		digest, found := bytes.CutPrefix(payload, prefix)
		if !found || len(digest) != info.hash.Size() {
			continue
		}
		o := &opened{covers: func(m []byte) bool { return bytes.Equal(sum(info.hash, m), digest) }}
		if info.hash != crypto.SHA256 {
			o.wrong = &clause{cause: WrongHash, zh: "签名使用了 " + info.name, en: "the signature was made with " + info.name, advice: adviceAlgorithm()}
		}
		return o
	}
	wrong := clause{
		cause: NoDigestInfo, zh: "签名时没有按 SHA256withRSA 计算摘要", en: "the signature was made over raw bytes, not over their SHA-256 as SHA256withRSA does",
		advice: adviceAlgorithm(),
	}
	return &opened{wrong: &wrong, covers: func(m []byte) bool {
		digest := sum(crypto.SHA256, m)
		return bytes.Equal(payload, m) || bytes.Equal(payload, digest) || bytes.EqualFold(payload, []byte(hex.EncodeToString(digest)))
	}}
}

func sum(h crypto.Hash, text []byte) []byte {
	hash := h.New()
	_, _ = hash.Write(text) // a hash never fails
	return hash.Sum(nil)
}

// openPSS recognizes a signature of RSA-PSS by its structure.
func openPSS(key *rsa.PublicKey, block []byte) (*opened, bool) {
	const trailer = 0xbc
	if block[len(block)-1] != trailer || block[0]&0x80 != 0 {
		return nil, false
	}
	for _, h := range []crypto.Hash{crypto.SHA256, crypto.SHA1, crypto.SHA512, crypto.SHA384} {
		masked, seal := block[:len(block)-1-h.Size()], block[len(block)-1-h.Size():len(block)-1]
		data := maskWith(h, seal, masked)
		data[0] &= 0xff >> (8*len(block) - key.N.BitLen() + 1)
		salt, found := bytes.CutPrefix(bytes.TrimLeft(data, "\x00"), []byte{1})
		if !found {
			continue
		}
		wrong := clause{cause: PSSPadding, zh: "签名使用了 RSA-PSS 填充", en: "the signature was made with the padding of RSA-PSS", advice: adviceAlgorithm()}
		return &opened{wrong: &wrong, covers: func(m []byte) bool {
			return bytes.Equal(seal, sum(h, append(append(make([]byte, 8), sum(h, m)...), salt...)))
		}}, true
	}
	return nil, false
}

// maskWith is text xor MGF1 of a seed.
func maskWith(h crypto.Hash, seed, text []byte) []byte {
	out := make([]byte, 0, len(text))
	for counter := byte(0); len(out) < len(text); counter++ {
		for _, b := range sum(h, append(append([]byte(nil), seed...), 0, 0, 0, counter)) {
			if len(out) < len(text) {
				out = append(out, b^text[len(out)])
			}
		}
	}
	return out
}

// Causes that lie in how the signature was made or written.
const (
	WrongHash         Cause = "WRONG_HASH"
	NoDigestInfo      Cause = "NO_DIGEST_INFO"
	PSSPadding        Cause = "PSS_PADDING"
	SignatureHMAC     Cause = "SIGNATURE_HMAC"
	SignatureDigest   Cause = "SIGNATURE_DIGEST"
	SignatureLength   Cause = "SIGNATURE_LENGTH"
	SignatureEncoding Cause = "SIGNATURE_ENCODING"
	SignatureCase     Cause = "SIGNATURE_CASE"
	KeyOfOther        Cause = "KEY_OF_OTHER"
	KeyUnknown        Cause = "KEY_UNKNOWN"
)

// adviceAlgorithm is how to sign.
func adviceAlgorithm() advice {
	return advice{
		ZH: "应使用 SHA256withRSA（RSASSA-PKCS1-v1_5，SHA-256）",
		EN: "use SHA256withRSA, that is RSASSA-PKCS1-v1_5 with SHA-256",
	}
}

// adviceEncoding is how to write a signature.
func adviceEncoding() advice {
	return advice{ZH: "应写成一行标准base64", EN: "write it as standard base64 in one line"}
}

// decoded is a signature with the way in which it was written, nil when that is right.
type decoded struct {
	raw   []byte
	wrong *clause
}

// decode reads a signature, in whatever way it was written.
func decode(text string) []decoded {
	if raw, err := apiv3.DecodeBase64(text); err == nil {
		list := []decoded{{raw: raw}}
		if inner, err := apiv3.DecodeBase64(string(raw)); err == nil {
			list = append(list, miswritten(inner, "被base64编码了两次", "is encoded in base64 twice"))
		}
		return append(list, decodeHex(text)...)
	}
	list := decodeHex(text)
	for _, way := range misspellings() {
		if raw, err := base64.StdEncoding.DecodeString(way.mend(text)); err == nil {
			list = append(list, miswritten(raw, way.zh, way.en))
		}
	}
	return list
}

func decodeHex(text string) []decoded {
	raw, err := hex.DecodeString(text)
	if err != nil {
		return nil
	}
	return []decoded{miswritten(raw, "写成了十六进制", "is written in hex")}
}

func miswritten(raw []byte, zh, en string) decoded {
	return decoded{raw, &clause{cause: SignatureEncoding, zh: "signature " + zh, en: "the signature " + en, advice: adviceEncoding()}}
}
