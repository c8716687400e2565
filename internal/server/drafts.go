package server

import (
	"context"
	"net/http"

	"github.com/favord/favord/internal/edge/claim"
	"github.com/favord/favord/internal/edge/console"
	"github.com/favord/favord/internal/edge/httpapi"
	"github.com/favord/favord/internal/rule/picture"
)

// examine has the signed edge look at a stock that is not created yet, and the users' edge draw
// it.
func (s *Server) examine(ctx context.Context, d console.Draft) (console.Examined, error) {
	got, err := s.apiEdge.Examine(ctx, httpapi.Draft{MchID: d.MchID, Product: d.Product, Body: d.Body})
	if err != nil {
		return console.Examined{}, err
	}
	preview, err := s.pagesEdge.Preview(claim.Draft{
		Coupon: got.Coupon, Voucher: got.Voucher, MerchantName: got.MerchantName, Language: d.Language,
	})
	found := console.Examined{Preview: preview, Coupon: got.Coupon, Voucher: got.Voucher}
	for _, p := range got.Problems {
		found.Problems = append(found.Problems, console.Problem(p))
	}
	switch {
	case got.Coupon != nil && !got.Coupon.Validity.Begin.IsZero():
		found.First, found.Days = got.Coupon.Validity.Calendar(d.Received)
	case got.Voucher != nil && !got.Voucher.Begin.IsZero():
		found.First, found.Days = got.Voucher.Calendar(d.Received)
	}
	return found, err
}

// drawn returns the edge that serves a file of previews, nil for every other path.
func (s *Server) drawn(path string) http.Handler {
	if path == claim.Style() {
		return s.pagesEdge
	}
	if _, is := picture.TokenOfPath(path); is {
		return s.apiEdge
	}
	return nil
}
