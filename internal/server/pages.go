package server

import (
	"cmp"
	"context"
	"net/http"
	"strings"

	"github.com/favord/favord/internal/busifavor/held"
	"github.com/favord/favord/internal/busifavor/redeem"
	"github.com/favord/favord/internal/edge/claim"
	"github.com/favord/favord/internal/edge/serve"
	"github.com/favord/favord/internal/rule/picture"
	"github.com/favord/favord/internal/store"
)

// pagesPerCore bounds the users' requests that are worked on, besides those of merchants.
const pagesPerCore = 32

// Misses bound how many codes that do not exist a merchant may ask for in a minute, about one
// user and in all; 0 is the usual number.
type Misses struct{ PerUser, PerMerchant int }

// Pages says how users' pages are used.
type Pages struct {
	// ClaimsPerUser and ClaimsPerAddress are allowed in a minute; 0 is the usual rate.
	ClaimsPerUser, ClaimsPerAddress int
}

func (p *Pages) rates() claim.Rates {
	rates := claim.DefaultRates()
	rates.ClaimsPerUser = cmp.Or(p.ClaimsPerUser, rates.ClaimsPerUser)
	rates.ClaimsPerAddress = cmp.Or(p.ClaimsPerAddress, rates.ClaimsPerAddress)
	return rates
}

// pages serves users.
func (s *Server) pages(can capabilities) (*claim.Server, error) {
	return claim.New(claim.Config{
		Issue: can.issue, Wallet: can.wallet, Grant: can.vouchers.grant, Purse: can.vouchers.purse,
		Keyring: s.keyring, Clock: s.config.Clock,
		Delete: func(ctx context.Context, q held.CardQuery) error {
			return can.redeem.Delete(ctx, redeem.DeleteCommand{
				StockID: q.StockID, Code: q.Code, AppID: q.AppID, OpenID: q.OpenID, Actor: "user:card pack",
			})
		},
		Gate:   s.gates.pages,
		Images: s.mediaBase(), Rates: s.config.Pages.rates(), Proxies: s.config.Proxies,
		Sandbox: s.config.Mode == store.Sandbox, Unlimited: s.config.Unlimited, Metrics: s.metrics, Journal: s.journal, Log: s.config.Log,
	})
}

// beside serves users' pages on the port of the signed API, as the platform has them under
// one name. Everything else is an operation, or nothing.
func beside(api, pages http.Handler) http.Handler {
	places := serve.PlacesOf(claim.Pages())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if places.Cover(r.URL.Path) {
			pages.ServeHTTP(w, r)
			return
		}
		api.ServeHTTP(w, r)
	})
}

// mediaBase is how the URLs of images begin.
func (s *Server) mediaBase() picture.Base {
	if s.config.MediaBaseURL != "" {
		return picture.Base(strings.TrimSuffix(s.config.MediaBaseURL, "/"))
	}
	return picture.Base(s.APIURL())
}
