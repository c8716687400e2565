package claim

import (
	"context"
	"net/http"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/busifavor/held"
	"github.com/favord/favord/internal/busifavor/issue"
	"github.com/favord/favord/internal/rule/coupon"
)

// offerView is the claim page before the claim.
type offerView struct {
	card
	// Refusal is why there is nothing to claim, nil while there is.
	Refusal *problemView
}

// claimedView is the claim page after the claim.
type claimedView struct {
	pack
	// Pack and Card lead to the simulated card pack; empty outside a sandbox.
	Pack, Card string
}

// problemView is a problem in one language.
type problemView struct {
	Mood, Headline, Detail string
	Number                 int
}

func (l language) problem(p problem) problemView {
	return problemView{Mood: p.mood, Headline: l.Of(p.headline), Detail: l.Of(p.detail), Number: p.number}
}

// showOffer is the H5 claim page: the coupon before the claim, or the claimed one.
func (s *Server) showOffer(ctx context.Context, r *http.Request) reply {
	cmd, err := s.readLink(ctx, r, s.rates.Load().open())
	if err != nil {
		return s.problem(r, err)
	}
	offer, err := s.Issue.Offer(ctx, cmd)
	if err != nil {
		return s.problem(r, err)
	}
	if offer.Claimed != "" {
		return s.showClaimed(ctx, r, &offer, &cmd)
	}
	l := s.lookFor(r.Header)
	view := offerView{card: l.card(&offer.Stock, offer.MerchantName)}
	if offer.Refusal != coupon.Admitted {
		refusal := l.problem(refusalProblem(offer.Refusal))
		view.Refusal = &refusal
	}
	return s.show(http.StatusOK, "offer.html", page{Lang: l.language, Title: view.Benefit, Color: view.Color, Content: view})
}

func (s *Server) showClaimed(ctx context.Context, r *http.Request, offer *issue.Offer, cmd *issue.ClaimCommand) reply {
	holder := held.Holder{AppID: offer.AppID, OpenID: cmd.OpenID}
	v, err := s.Wallet.Card(ctx, held.CardQuery{Holder: holder, StockID: cmd.StockID, Code: offer.Claimed})
	if err != nil {
		return s.problem(r, err)
	}
	l := s.lookFor(r.Header)
	shown, err := l.pack(&v)
	if err != nil {
		return s.problem(r, err)
	}
	view := claimedView{pack: shown}
	if s.Sandbox {
		view.Pack, view.Card = packAddress(holder, "", 0), cardAddress(holder, cmd.StockID, offer.Claimed)
	}
	return s.show(http.StatusOK, "claimed.html", page{Lang: l.language, Title: view.Benefit, Color: view.Color, Content: view})
}

// claim gives the coupon of a link to its user. Doing it again is as good as doing it once:
// the page that follows shows the same coupon.
func (s *Server) claim(ctx context.Context, r *http.Request) reply {
	cmd, err := s.readLink(ctx, r, s.rates.Load().claim())
	if err != nil {
		return s.problem(r, err)
	}
	if _, err := s.Issue.Claim(ctx, cmd); err != nil {
		return s.problem(r, err)
	}
	return reply{status: http.StatusSeeOther, location: r.URL.RequestURI()}
}

// problem is the page that says why there is no coupon.
func (s *Server) problem(r *http.Request, err error) reply {
	p, l := problemOf(err), languageOf(r.Header)
	view := l.problem(p)
	a := s.show(p.status, "problem.html", page{Lang: l, Title: view.Headline, Content: view})
	a.reason, a.err = fault.Of(err).Text.EN, err
	return a
}
