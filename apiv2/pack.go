package apiv2

import (
	"net/url"
	"strconv"
	"strings"
)

// PackPath is a user's card pack. The link that opens it is this server's own: the real
// service has the pack in its client.
const PackPath = "/wallet"

// PackSeconds is how long a link to a card pack is good, in seconds after its timestamp.
const PackSeconds = 600

// Names of the parameters of the card pack.
const (
	namePackMerchant = "mchid"
	namePackAppID    = "appid"
	namePackOpenID   = "openid"
	namePackTime     = "timestamp"
)

// Pack is a link that opens a user's card pack. It shows what the merchant is party to.
type Pack struct {
	// MchID is the merchant whose APIv2 key signs.
	MchID  string
	AppID  string
	OpenID string
	// Timestamp is when the link was signed, in Unix seconds.
	Timestamp int64
	// Sign is filled by [Pack.Signed].
	Sign string
}

// PackOf reads the parameters of a link from its query. A timestamp that is no number, or is
// written in another way than [Pack.Query] does, counts as 0.
func PackOf(query url.Values) Pack {
	text := query.Get(namePackTime)
	at, err := strconv.ParseInt(text, 10, 64)
	if err != nil || strconv.FormatInt(at, 10) != text {
		at = 0
	}
	return Pack{
		MchID: query.Get(namePackMerchant), AppID: query.Get(namePackAppID), OpenID: query.Get(namePackOpenID),
		Timestamp: at, Sign: query.Get(nameSign),
	}
}

// Parameters returns what is signed.
func (p Pack) Parameters() Parameters {
	return Parameters{
		namePackMerchant: p.MchID, namePackAppID: p.AppID, namePackOpenID: p.OpenID, namePackTime: strconv.FormatInt(p.Timestamp, 10),
	}
}

// Signed returns the link with its sign.
func (p Pack) Signed(key string) Pack {
	p.Sign = p.Parameters().Sign(key)
	return p
}

// Verify reports whether the link carries its sign. How old it is remains to be looked at.
func (p Pack) Verify(key string) bool { return p.Parameters().Verify(key, p.Sign) }

// Query returns the parameters of the link, escaped.
func (p Pack) Query() string {
	query := url.Values{nameSign: {p.Sign}}
	for name, value := range p.Parameters() {
		query.Set(name, value)
	}
	return query.Encode()
}

// URL returns the link itself; base is where the server listens.
func (p Pack) URL(base string) string {
	return strings.TrimSuffix(base, "/") + PackPath + "?" + p.Query()
}
