package picture

import (
	"encoding/base64"
	"fmt"
	"io"
	"strings"

	"github.com/favord/favord/internal/base/ids"
)

// Token names an image in its URL. Whoever has it may see the image; nobody can guess it.
type Token string

// tokenBytes is how many random bytes a token has.
const tokenBytes = 24

// tokenChars is how long a token is.
const tokenChars = tokenBytes * 4 / 3

// NewToken draws a token.
func NewToken(random io.Reader) (Token, error) {
	text, err := ids.Unguessable(random, tokenBytes)
	if err != nil {
		return "", fmt.Errorf("draw a token: %w", err)
	}
	return Token(text), nil
}

// Images are found under the path that the production service uses (media 4).
const (
	pathPrefix = "/wxpaylogo/"
	pathSuffix = "/0"
)

// MaxURL is the longest URL of an image: fields that take one have room for it (media 4).
const MaxURL = 128

// MaxBase is the longest base of URLs.
const MaxBase = MaxURL - len(pathPrefix) - tokenChars - len(pathSuffix)

// Path returns the path of an image.
func (t Token) Path() string { return pathPrefix + string(t) + pathSuffix }

// TokenOfPath returns whose path this is, if it has the form of one.
func TokenOfPath(path string) (Token, bool) {
	rest, found := strings.CutPrefix(path, pathPrefix)
	token, ends := strings.CutSuffix(rest, pathSuffix)
	if !found || !ends || len(token) != tokenChars {
		return "", false
	}
	_, err := base64.RawURLEncoding.DecodeString(token)
	return Token(token), err == nil
}

// Base is how the URLs of a server's images begin: scheme, host and perhaps a path, without
// a slash at the end.
type Base string

// URL returns the URL of an image.
func (b Base) URL(t Token) string { return string(b) + t.Path() }

// Token returns the token of a URL of this server.
func (b Base) Token(url string) (Token, bool) {
	path, found := strings.CutPrefix(url, string(b))
	if !found {
		return "", false
	}
	return TokenOfPath(path)
}
