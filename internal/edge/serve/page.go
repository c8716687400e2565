package serve

import (
	"fmt"
	"strings"
)

// Page is a row of a table of what is served without a signature: users' pages and images.
// Signed operations have rows in package wire.
type Page struct {
	// ID is unique, such as "claim.link", and names the page in logs and metrics.
	ID     string
	Method string
	// Path has parameters in braces, as that of an operation has.
	Path string
	// Sandbox says that only a sandbox has the page.
	Sandbox bool
}

// Pattern is the page in the form of http.ServeMux.
func (p Page) Pattern() string { return p.Method + " " + p.Path }

// Places are the first segments of paths.
type Places map[string]bool

// PlacesOf returns where the pages of a table are.
func PlacesOf(pages []Page) Places {
	places := Places{}
	for _, p := range pages {
		places[firstSegment(p.Path)] = true
	}
	return places
}

// Cover reports whether a path begins as one of the pages does. It is no operation of the
// signed API then, even where there is no page.
func (p Places) Cover(path string) bool { return p[firstSegment(path)] }

func firstSegment(path string) string {
	segment, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return segment
}

// EachPage calls add with every page of a table and its handler H. A page without a handler
// and a handler without a page are errors.
func EachPage[H any](pages []Page, handlers map[string]H, add func(Page, H)) error {
	for _, page := range pages {
		handler, known := handlers[page.ID]
		if !known {
			return fmt.Errorf("serve: no handler for page %s", page.ID)
		}
		add(page, handler)
	}
	if len(handlers) != len(pages) {
		return fmt.Errorf("serve: %d handlers for %d pages", len(handlers), len(pages))
	}
	return nil
}
