package corpus

import (
	"maps"
	"net/http"
	"strings"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// The ways in which the signature of a call is wrong, or what stands beside it in the header.
const (
	Unsigned        Wrong = "no Authorization"
	Empty           Wrong = "an empty Authorization"
	Bearer          Wrong = "a token"
	BrandScheme     Wrong = "the scheme of brands"
	SmallScheme     Wrong = "the scheme in small letters"
	NoMerchant      Wrong = "no mchid"
	NoSerial        Wrong = "no serial_no"
	NoNonce         Wrong = "no nonce_str"
	NoTimestamp     Wrong = "no timestamp"
	NoValue         Wrong = "no signature"
	TwoMerchants    Wrong = "mchid twice"
	Trailing        Wrong = "something behind"
	UnknownMerchant Wrong = "an unknown merchant"
	OtherMerchant   Wrong = "another merchant"
	UnknownSerial   Wrong = "an unknown certificate"
	Stale           Wrong = "301 seconds ago"
	Early           Wrong = "in 301 seconds"
	NotSeconds      Wrong = "a time in milliseconds"
	NotBase64       Wrong = "no Base64"
	Cut             Wrong = "a signature cut short"
	Flipped         Wrong = "a signature with another letter"
	OtherMethod     Wrong = "signed for another method"
	OtherTarget     Wrong = "signed for another target"
	OtherBody       Wrong = "signed for another body"
	OtherNonce      Wrong = "signed with another nonce"
	Twice           Wrong = "two Authorization headers"
)

// Signatures lists them, but for Twice.
func Signatures() []Wrong {
	return []Wrong{
		Unsigned, Empty, Bearer, BrandScheme, SmallScheme, NoMerchant, NoSerial, NoNonce, NoTimestamp, NoValue, TwoMerchants, Trailing,
		UnknownMerchant, OtherMerchant, UnknownSerial, Stale, Early, NotSeconds, NotBase64, Cut, Flipped,
		OtherMethod, OtherTarget, OtherBody, OtherNonce,
	}
}

// How large the body of a call may be, by port.
const (
	maxBody        = 64 << 10
	maxManagedBody = 4 << 20
)

// Signed is the port of signed calls (protocol 1.3, 2.4).
func Signed() *Port {
	return &Port{
		noPath:   func(string) Answer { return Answer{Status: http.StatusNotFound} },
		noMethod: Answer{Status: http.StatusMethodNotAllowed},
		callers: func(op *wire.Operation, b *Base) []Line {
			var lines []Line
			for _, header := range []string{"Accept", "User-Agent"} {
				l := b.line("header: no "+header, Answer{http.StatusBadRequest, "INVALID_REQUEST"})
				l.Without = []string{header}
				lines = append(lines, l)
			}
			lines = append(lines, b.encoded(Answer{http.StatusBadRequest, "INVALID_REQUEST"}))
			for _, wrong := range Signatures() {
				l := b.line("signature: "+string(wrong), Answer{http.StatusUnauthorized, "SIGN_ERROR"})
				l.Sign = wrong
				lines = append(lines, l)
			}
			twice := b.line("signature: "+string(Twice), Answer{Status: http.StatusBadRequest})
			twice.Sign = Twice
			lines = append(lines, twice)
			if op.Request.Has(schema.InBody) && !op.Request.HasFile() {
				large := b.line("document: too large", Answer{http.StatusRequestEntityTooLarge, "INVALID_REQUEST"})
				large.Blanks = maxBody
				lines = append(lines, large)
			}
			return lines
		},
	}
}

// encoded is a body that says that it is compressed.
func (b *Base) encoded(want Answer) Line {
	l := b.line("header: Content-Encoding", want)
	l.Header = map[string][]string{"Content-Encoding": {"gzip"}}
	maps.Copy(l.Header, b.Header)
	return l
}

// Managed is the management port, of a server with a token.
func Managed() *Port {
	return &Port{
		noPath: func(target string) Answer {
			if strings.HasPrefix(target, "/manage/v1/") {
				return Answer{http.StatusNotFound, "RESOURCE_NOT_EXISTS"}
			}
			return Answer{Status: http.StatusNotFound} // a page that does not exist
		},
		noMethod: Answer{http.StatusConflict, "INVALID_REQUEST"},
		callers: func(op *wire.Operation, b *Base) []Line {
			lines := []Line{b.encoded(Answer{http.StatusConflict, "INVALID_REQUEST"})}
			if op.Method != http.MethodGet {
				l := b.line("caller: a page of another site", Answer{http.StatusForbidden, "NO_AUTH"})
				l.Header = map[string][]string{"Sec-Fetch-Site": {"cross-site"}, "Origin": {"https://evil.example"}}
				lines = append(lines, l)
			}
			if op.Auth != wire.ByAnyone {
				for _, wrong := range Tokens() {
					l := b.line("caller: "+string(wrong), Answer{http.StatusUnauthorized, "UNAUTHENTICATED"})
					l.Sign = wrong
					lines = append(lines, l)
				}
			}
			if b.Body != "" {
				l := b.line("header: a body that is no JSON", Answer{http.StatusConflict, "INVALID_REQUEST"})
				l.Header = map[string][]string{"Content-Type": {"text/plain"}}
				large := b.line("document: too large", Answer{http.StatusRequestEntityTooLarge, "INVALID_REQUEST"})
				large.Blanks = maxManagedBody
				lines = append(lines, l, large)
			}
			return lines
		},
	}
}

// The ways in which the token of the management port is wrong.
const (
	NoToken    Wrong = "no token"
	WrongToken Wrong = "a wrong token"
	LongToken  Wrong = "the token and more"
	ShortToken Wrong = "half of the token"
	BasicToken Wrong = "the token of another scheme"
	NamedToken Wrong = "a token that has no name here"
)

// Tokens lists them.
func Tokens() []Wrong {
	return []Wrong{NoToken, WrongToken, LongToken, ShortToken, BasicToken, NamedToken}
}
