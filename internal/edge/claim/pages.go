package claim

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"net/http"
)

//go:embed pages/*
var files embed.FS

// pages are the templates and the style sheet.
type pages struct {
	templates *template.Template
	style     []byte
	// styleAddress changes with the style sheet, so that browsers may keep it.
	styleAddress string
}

func parsePages() (*pages, error) {
	templates, err := template.ParseFS(files, "pages/*.html")
	if err != nil {
		return nil, fmt.Errorf("claim: %w", err)
	}
	style, err := files.ReadFile("pages/claim.css")
	if err != nil {
		return nil, fmt.Errorf("claim: %w", err)
	}
	digest := sha256.Sum256(style)
	return &pages{templates: templates, style: style, styleAddress: pathStyle + "?v=" + hex.EncodeToString(digest[:6])}, nil
}

// page is what every template gets.
type page struct {
	Lang  language
	Title string
	Style string
	// Color is the class of the page.
	Color   string
	Sandbox bool
	Content any
}

// T chooses a text of a template by the language of the page.
func (p *page) T(zh, en string) string { return p.Lang.Choose(zh, en) }

// show renders a template, all of it or nothing.
func (s *Server) show(status int, name string, p page) reply {
	p.Style, p.Sandbox = s.pages.styleAddress, s.Sandbox
	if p.Color == "" {
		p.Color = colorClass(defaultColor)
	}
	var b bytes.Buffer
	if err := s.pages.templates.ExecuteTemplate(&b, name, &p); err != nil {
		return reply{status: http.StatusInternalServerError, contentType: "text/plain; charset=utf-8", body: []byte("system error\n"), reason: "render", err: err}
	}
	return reply{status: status, contentType: "text/html; charset=utf-8", body: b.Bytes()}
}

// style serves the style sheet.
func (s *Server) style(_ context.Context, r *http.Request) reply {
	a := reply{status: http.StatusOK, contentType: "text/css; charset=utf-8", body: s.pages.style}
	if r.URL.RequestURI() == s.pages.styleAddress {
		a.cache = "public, max-age=31536000, immutable"
	}
	return a
}
