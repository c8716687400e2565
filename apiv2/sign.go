package apiv2

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
)

// KeySize is the length of an APIv2 key in characters.
const KeySize = 32

// Parameters are names with their values, as they are before any escaping. Empty values
// do not count.
type Parameters map[string]string

// Message returns the text that is signed: the parameters that have a value, sorted by
// name and joined as name=value with "&", then "&key=" and the APIv2 key (10.5). It holds
// the key: keep it out of logs.
func (p Parameters) Message(key string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(p)) {
		if p[name] != "" {
			b.WriteString(name + "=" + p[name] + "&")
		}
	}
	return b.String() + "key=" + key
}

// Sign returns the sign of the parameters: HMAC-SHA256 of the message under the APIv2 key,
// as 64 upper-case hex digits.
func (p Parameters) Sign(key string) string {
	h := hmac.New(sha256.New, []byte(key))
	h.Write([]byte(p.Message(key)))
	return strings.ToUpper(hex.EncodeToString(h.Sum(nil)))
}

// Verify reports whether sign is that of the parameters. It takes the same time wherever
// a wrong one differs. An empty key verifies nothing.
func (p Parameters) Verify(key, sign string) bool {
	return key != "" && hmac.Equal([]byte(p.Sign(key)), []byte(sign))
}

// verifyEither accepts the sign of the documented parameters, and that of all parameters
// that were sent: one library signs customize_send_time and its siblings too (10.5).
func verifyEither(key, sign string, documented, all Parameters) bool {
	return documented.Verify(key, sign) || len(all) > len(documented) && all.Verify(key, sign)
}
