package claim

import (
	"context"
	"errors"
	"net/http"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/busifavor/held"
	favorheld "github.com/favord/favord/internal/favor/held"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/voucher"
)

// offer is what a link leads to.
type offer struct {
	card card
	// refusal is why there is nothing to claim, nil while there is.
	refusal *problem
	// claimed is what the link's number has got already, nil when nothing.
	claimed *pack
	// pack and address lead to the simulated card pack; empty where there is none.
	pack, address string
}

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
	a, err := s.readLink(ctx, r, s.rates.Load().open())
	if err != nil {
		return s.problem(r, err)
	}
	return s.showAsk(ctx, r, a, nil)
}

// showAsk shows what a link leads to, and why a claim was refused unless refused is nil.
func (s *Server) showAsk(ctx context.Context, r *http.Request, a *ask, refused error) reply {
	l := s.lookFor(r.Header)
	o, err := s.look(ctx, a, l)
	if err != nil {
		return s.problem(r, err)
	}
	if o.claimed != nil {
		view := claimedView{pack: *o.claimed, Pack: o.pack, Card: o.address}
		return s.show(http.StatusOK, "claimed.html", page{Lang: l.language, Title: view.Benefit, Color: view.Color, Content: view})
	}
	if refused != nil && o.refusal == nil { // which somebody else has changed since
		p := problemOf(refused)
		o.refusal = &p
	}
	view := offerView{card: o.card}
	if o.refusal != nil {
		refusal := l.problem(*o.refusal)
		view.Refusal = &refusal
	}
	return s.show(http.StatusOK, "offer.html", page{Lang: l.language, Title: view.Benefit, Color: view.Color, Content: view})
}

// look finds what a link leads to, of either product.
func (s *Server) look(ctx context.Context, a *ask, l look) (*offer, error) {
	o, err := s.lookAtCoupon(ctx, a, l)
	if errors.Is(err, coupon.ErrStockNotFound) {
		o, err = s.lookAtVoucher(ctx, a, l)
	}
	return o, err
}

func (s *Server) lookAtCoupon(ctx context.Context, a *ask, l look) (*offer, error) {
	found, err := s.Issue.Offer(ctx, a.coupon())
	if err != nil {
		return nil, err
	}
	o := &offer{card: l.card(&found.Stock, found.MerchantName)}
	switch found.Refusal {
	case coupon.Admitted:
	case coupon.RefusedNotRunning:
		o.refusal = new(notRunning(found.Stock.State == coupon.StockPaused, found.Stock.State == coupon.StockStopped))
	default:
		o.refusal = new(refusalProblem(found.Refusal))
	}
	if found.Claimed == "" {
		return o, nil
	}
	holder := held.Holder{AppID: found.AppID, OpenID: a.openid}
	v, err := s.Wallet.Card(ctx, held.CardQuery{Holder: holder, StockID: found.Stock.ID, Code: found.Claimed})
	if err != nil {
		return nil, err
	}
	shown, err := l.pack(&v)
	o.claimed = &shown
	s.lead(o, found.AppID, a, func(w walk) string { return w.coupon(&v.Coupon) })
	return o, err
}

func (s *Server) lookAtVoucher(ctx context.Context, a *ask, l look) (*offer, error) {
	found, err := s.Grant.Offer(ctx, a.voucher())
	if err != nil {
		return nil, asCouponFault(err)
	}
	o := &offer{card: l.voucherCard(&found.Stock, found.MerchantName)}
	switch {
	case found.Refusal == nil:
	case errors.Is(found.Refusal, voucher.ErrWrongState):
		o.refusal = new(notRunning(found.State == voucher.StockPaused, found.State == voucher.StockStopped))
	default:
		o.refusal = new(problemOf(asCouponFault(found.Refusal)))
	}
	if found.Claimed == "" {
		return o, nil
	}
	holder := favorheld.Holder{AppID: found.AppID, OpenID: a.openid}
	v, err := s.Purse.Card(ctx, favorheld.CardQuery{Holder: holder, ID: found.Claimed})
	if err != nil {
		return nil, err
	}
	shown := l.voucherPack(&v)
	o.claimed = &shown
	s.lead(o, found.AppID, a, func(w walk) string { return w.voucher(v.Voucher.ID) })
	return o, nil
}

// lead makes an offer lead to the card pack of a sandbox.
func (s *Server) lead(o *offer, appid merchant.AppID, a *ask, card func(walk) string) {
	if s.Sandbox {
		w := walkOf(appid, a.openid)
		o.pack, o.address = w.pack("", 0), card(w)
	}
}

// claim gives the coupon of a link to its user. Doing it again is as good as doing it once:
// the page that follows shows the same coupon.
func (s *Server) claim(ctx context.Context, r *http.Request) reply {
	a, err := s.readLink(ctx, r, s.rates.Load().claim())
	if err != nil {
		return s.problem(r, err)
	}
	_, err = s.give(ctx, a)
	switch {
	case err == nil:
		return reply{status: http.StatusSeeOther, location: r.URL.RequestURI()}
	case coupon.RefusalOf(err) == coupon.Admitted:
		return s.problem(r, err)
	}
	shown := s.showAsk(ctx, r, a, err)
	shown.reason, shown.err = fault.Of(err).Text.EN, err
	return shown
}

// problem is the page that says why there is no coupon.
func (s *Server) problem(r *http.Request, err error) reply {
	p, l := problemOf(err), languageOf(r.Header)
	view := l.problem(p)
	a := s.show(p.status, "problem.html", page{Lang: l, Title: view.Headline, Content: view})
	a.reason, a.err = fault.Of(err).Text.EN, err
	return a
}
