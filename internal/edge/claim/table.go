package claim

import (
	"context"
	"net/http"

	"github.com/favord/favord/apiv2"
	"github.com/favord/favord/internal/edge/serve"
)

// Paths of the pages, besides those of package apiv2.
const (
	pathStyle  = "/busifavor/claim.css"
	pathWallet = apiv2.PackPath
	pathCard   = apiv2.PackPath + "/card"
)

// What the pages are called, also in the journal.
const (
	pageLink   = "claim.link"
	pageAccept = "claim.accept"
	pageStyle  = "claim.style"
	pagePlugin = "claim.plugin"
	pageCards  = "claim.cards"
	pageCard   = "claim.card"
	pageDelete = "claim.card.delete"
)

// Pages is the table of users' pages.
func Pages() []serve.Page {
	return []serve.Page{
		{ID: pageLink, Method: http.MethodGet, Path: apiv2.LinkPath},
		{ID: pageAccept, Method: http.MethodPost, Path: apiv2.LinkPath},
		{ID: pageStyle, Method: http.MethodGet, Path: pathStyle},
		{ID: pagePlugin, Method: http.MethodPost, Path: apiv2.PluginPath, Sandbox: true},
		{ID: pageCards, Method: http.MethodGet, Path: pathWallet},
		{ID: pageCard, Method: http.MethodGet, Path: pathCard},
		{ID: pageDelete, Method: http.MethodPost, Path: pathCard},
	}
}

// handler carries out a request for a page.
type handler func(context.Context, *http.Request) reply

// route leads every page of the table to the code that serves it.
func (s *Server) route() error {
	// A form of another site must not claim or delete in a user's name.
	sameOrigin := http.NewCrossOriginProtection()
	return serve.EachPage(Pages(), map[string]handler{
		pageLink: s.showOffer, pageAccept: s.claim, pageStyle: s.style, pagePlugin: s.plugin,
		pageCards: s.showCards, pageCard: s.showCard, pageDelete: s.deleteCard,
	}, func(p serve.Page, act handler) {
		switch {
		case p.Sandbox && !s.Sandbox:
		case p.ID == pagePlugin: // a mini program calls it, which has no origin
			s.mux.Handle(p.Pattern(), s.guard(p, act, s.pluginProblem))
		default:
			s.mux.Handle(p.Pattern(), sameOrigin.Handler(s.guard(p, act, s.problem)))
		}
	})
}
