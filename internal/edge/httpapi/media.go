package httpapi

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"

	"github.com/favord/favord/internal/base/limit"
	"github.com/favord/favord/internal/base/telemetry"
	"github.com/favord/favord/internal/edge/serve"
	"github.com/favord/favord/internal/platform/media"
	"github.com/favord/favord/internal/rule/picture"
	"github.com/favord/favord/internal/store/once"
	wiremedia "github.com/favord/favord/wire/media"
)

// mediaHandlers serves the upload of images.
func (s *Server) mediaHandlers() map[string]handler {
	return map[string]handler{wiremedia.UploadImage: boundOnce(s.uploadImage)}
}

// uploadImage is the upload of a marketing image (media).
func (s *Server) uploadImage(ctx context.Context, c *call, signed once.Call, req *wiremedia.UploadImageRequest) (any, error) {
	url, err := s.Media.Upload(ctx, media.UploadCommand{
		Call: signed, Caller: c.caller(), Name: req.Meta.Filename, Digest: req.Meta.SHA256, File: req.File,
	})
	if err != nil {
		return nil, err
	}
	return &wiremedia.UploadImageResponse{MediaURL: url}, nil
}

// pageImage is an image on its URL, which the answer to an upload names (media 4).
const pageImage = "media.image.get"

// Pages is the table of what this server answers without a signature.
func Pages() []serve.Page {
	return []serve.Page{{ID: pageImage, Method: http.MethodGet, Path: picture.Token("{token}").Path()}}
}

// serveImage answers whoever has the URL of an image, without signatures: it is shown on
// cards (media 4). Nothing about it ever changes, and nothing in it may run.
func (s *Server) serveImage(w http.ResponseWriter, r *http.Request, token picture.Token) {
	began, noted := s.Clock.Now(), &noting{ResponseWriter: w}
	image, err := s.findImage(r, token)
	if err == nil {
		writeImage(noted, r, &image)
	} else {
		noted.Header().Set("Cache-Control", "no-store")
		noted.WriteHeader(imageStatus(err))
	}
	attributes := []slog.Attr{
		slog.String("method", r.Method), slog.Int("status", noted.status), slog.Duration("took", s.Clock.Now().Sub(began)),
		slog.String("operation", pageImage),
	}
	level := slog.LevelInfo
	if noted.status >= http.StatusInternalServerError {
		level = slog.LevelError
		attributes = append(attributes, telemetry.Cause(err))
	}
	s.Log.LogAttrs(r.Context(), level, "request", attributes...)
}

// noting is a ResponseWriter that remembers the status.
type noting struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (n *noting) WriteHeader(status int) {
	n.status = status
	n.ResponseWriter.WriteHeader(status)
}

// errMethod is a request for an image that is not for reading it.
var errMethod = errors.New("httpapi: images can only be read")

func (s *Server) findImage(r *http.Request, token picture.Token) (media.Image, error) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return media.Image{}, errMethod
	}
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	from := limit.Caller{Source: s.Proxies.Source(r)}
	if err := s.Gate.Enter(ctx, from); err != nil {
		return media.Image{}, errors.Join(errTooFast, err)
	}
	defer s.Gate.Leave(from)
	return s.Media.Image(ctx, token)
}

// imageStatus is the status of an answer without an image; it has no body either.
func imageStatus(err error) int {
	if errors.Is(err, errMethod) {
		return http.StatusMethodNotAllowed
	}
	return failureOf(err, nil, serve.Chinese).status
}

// writeImage writes an image, or what of it a cache asks for.
func writeImage(w http.ResponseWriter, r *http.Request, image *media.Image) {
	h := w.Header()
	digest := sha256.Sum256(image.Content)
	h.Set("Content-Type", string(image.Format))
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Etag", `"`+hex.EncodeToString(digest[:])+`"`)
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	http.ServeContent(w, r, "", image.At, bytes.NewReader(image.Content))
}
