package console

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/favord/favord/web"
)

// pagePolicy is what a page of the console may do: load what this port serves, and nothing
// from elsewhere; no inline code, no evaluated code, no text that becomes code.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
	"connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

// forever is for files whose name changes with their content.
const forever = "public, max-age=31536000, immutable"

// site serves the console's pages.
type site struct{ assets map[string]*asset }

// asset is a file of the console.
type asset struct {
	content []byte
	kind    string
	etag    string
	// packed returns the content in gzip, made at the first use; nil when that is not
	// smaller.
	packed func() []byte
}

// assetsDir is where files are whose names change with their content.
const assetsDir = "assets/"

// indexPage is the page that every address of the console is.
const indexPage = "index.html"

func newSite() (*site, error) {
	files, err := web.Files()
	if err != nil {
		return nil, fmt.Errorf("console: %w", err)
	}
	s := &site{assets: map[string]*asset{}}
	err = fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, name)
		if err == nil {
			s.assets[name] = newAsset(name, content)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("console: %w", err)
	}
	if s.assets[indexPage] == nil {
		return nil, fmt.Errorf("console: %s is missing", indexPage)
	}
	return s, nil
}

func newAsset(name string, content []byte) *asset {
	sum := sha256.Sum256(content)
	return &asset{
		content: content, kind: mime.TypeByExtension(path.Ext(name)), etag: hex.EncodeToString(sum[:12]),
		packed: sync.OnceValue(func() []byte { return pack(content) }),
	}
}

func pack(content []byte) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil
	}
	_, err = w.Write(content)
	if errClose := w.Close(); err != nil || errClose != nil || b.Len() >= len(content) {
		return nil
	}
	return b.Bytes()
}

// find returns the file for a path, which is exactly its own; or, to a browser that goes
// somewhere, the page for an address of the console: any but those of files.
func (s *site) find(r *http.Request) (name string, found *asset) {
	target, _, _ := strings.Cut(r.RequestURI, "?")
	name = strings.TrimPrefix(target, "/")
	if a := s.assets[name]; a != nil {
		return name, a
	}
	if wantsPage(r) && !strings.HasPrefix(name, assetsDir) {
		return indexPage, s.assets[indexPage]
	}
	return name, nil
}

// wantsPage tells a browser that goes somewhere from a program.
func wantsPage(r *http.Request) bool { return strings.Contains(r.Header.Get("Accept"), "text/html") }

// has reports whether there is something to serve.
func (s *site) has(r *http.Request) bool {
	_, found := s.find(r)
	return found != nil
}

func (s *site) serve(w http.ResponseWriter, r *http.Request) {
	name, found := s.find(r)
	if found == nil {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", found.kind)
	h.Set("Cache-Control", "no-cache")
	if strings.HasPrefix(name, assetsDir) {
		h.Set("Cache-Control", forever)
	}
	if name == indexPage {
		h.Set("Content-Security-Policy", pagePolicy)
		h.Set("Permissions-Policy", "camera=(self), microphone=(), geolocation=()")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
	}
	content, etag := found.content, found.etag
	h.Set("Vary", "Accept-Encoding, Accept")
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		if packed := found.packed(); packed != nil {
			content, etag = packed, etag+"-gzip"
			h.Set("Content-Encoding", "gzip")
		}
	}
	h.Set("Etag", `"`+etag+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}
