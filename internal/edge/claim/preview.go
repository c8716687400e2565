package claim

import (
	"bytes"

	"github.com/favord/favord/internal/edge/serve"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/voucher"
)

// Draft is a stock that is not created yet: Coupon or Voucher.
type Draft struct {
	Coupon  *coupon.Stock
	Voucher *voucher.Stock
	// MerchantName is the name on the card.
	MerchantName string
	Language     serve.Language
}

// Preview returns the page on which users would claim from a stock, in HTML, as the page itself
// is drawn.
func (s *Server) Preview(d Draft) ([]byte, error) {
	l := look{language: language{d.Language}, images: s.Images}
	var c card
	if d.Voucher != nil {
		c = l.voucherCard(d.Voucher, d.MerchantName)
	} else {
		c = l.card(d.Coupon, d.MerchantName)
	}
	a := s.show(0, "offer.html", page{Lang: l.language, Title: c.Benefit, Color: c.Color, Content: offerView{card: c}})
	return bytes.Clone(a.body), a.err
}

// Style is the path of the pages' style sheet.
func Style() string { return pathStyle }
