package bill

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/voucher"
)

// claims are what a token says. It says everything, so that any node can serve the file.
type claims struct {
	Owner   merchant.ID     `json:"o"`
	Stock   voucher.StockID `json:"s"`
	Kind    Kind            `json:"k"`
	Daily   bool            `json:"d,omitempty"`
	From    int64           `json:"f"`
	To      int64           `json:"t"`
	Expires int64           `json:"e"`
}

// token returns a token for a bill, which belongs to the creator of the stock.
func (s *Service) token(b *bill) string {
	text, err := json.Marshal(claims{
		Owner: b.stock.Creator, Stock: b.stock.ID, Kind: b.kind, Daily: b.daily,
		From: b.from.Unix(), To: b.to.Unix(), Expires: s.config.Time.Now().Add(LinkLife).Unix(),
	})
	if err != nil {
		panic(err) // strings and numbers can be encoded
	}
	said := base64.RawURLEncoding.EncodeToString(text)
	return said + "." + base64.RawURLEncoding.EncodeToString(s.config.Authenticate([]byte(said)))
}

// parse returns the bill of a token that is ours and not over, and whose it is.
func (s *Service) parse(token string) (bill, merchant.ID, error) {
	said, code, _ := strings.Cut(token, ".")
	given, err := base64.RawURLEncoding.Strict().DecodeString(code)
	if err != nil || !s.config.Authentic([]byte(said), given) {
		return bill{}, "", ErrNoFile
	}
	text, err := base64.RawURLEncoding.DecodeString(said)
	if err != nil {
		return bill{}, "", ErrNoFile
	}
	var c claims
	if err := json.Unmarshal(text, &c); err != nil || s.config.Time.Now().Unix() > c.Expires {
		return bill{}, "", ErrNoFile
	}
	return bill{
		stock: voucher.StockKey{Creator: c.Owner, ID: c.Stock}, kind: c.Kind, daily: c.Daily,
		from: time.Unix(c.From, 0), to: time.Unix(c.To, 0),
	}, c.Owner, nil
}
