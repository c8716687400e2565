// Package console serves the management port: what operators and tools look at. It
// shows nothing secret.
package console

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/favord/favord/internal/fault"
	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/openapi"
)

// Server answers on the management port. It implements http.Handler.
type Server struct {
	healthy  func(ctx context.Context) error
	mux      *http.ServeMux
	document []byte
	ready    atomic.Bool
}

// Config is what a Server needs.
type Config struct {
	Version string
	// Operations are described in the OpenAPI document.
	Operations []wire.Operation
	// Healthy reports nil when the store can accept changes, else a fault.
	Healthy func(ctx context.Context) error
}

// New returns a server that is not ready yet.
func New(c Config) (*Server, error) {
	document, err := openapi.Document(c.Version, c.Operations)
	if err != nil {
		return nil, err
	}
	s := &Server{healthy: c.Healthy, mux: http.NewServeMux(), document: document}
	s.mux.HandleFunc("GET /{$}", s.index)
	s.mux.HandleFunc("GET /openapi.json", s.openapi)
	s.mux.HandleFunc("GET /healthz", s.alive)
	s.mux.HandleFunc("GET /readyz", s.readiness)
	return s, nil
}

// SetReady says whether the server accepts calls.
func (s *Server) SetReady(ready bool) { s.ready.Store(ready) }

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Security-Policy", "default-src 'none'")
	s.mux.ServeHTTP(w, r)
}

func (s *Server) index(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = fmt.Fprint(w, "Favord 惠券台\n\n/openapi.json  the operations of the API · 接口描述\n/healthz       the process is alive · 存活\n/readyz        calls are accepted · 就绪\n")
}

func (s *Server) openapi(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(s.document)
}

func (s *Server) alive(w http.ResponseWriter, _ *http.Request) {
	_, _ = fmt.Fprintln(w, "ok")
}

// readyPatience is how long the store may take to say that it is well.
const readyPatience = 3 * time.Second

func (s *Server) readiness(w http.ResponseWriter, r *http.Request) {
	if !s.ready.Load() {
		http.Error(w, "not ready: starting or stopping · 未就绪：正在启动或停止", http.StatusServiceUnavailable)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), readyPatience)
	defer cancel()
	if err := s.healthy(ctx); err != nil {
		reason := fault.Of(err)
		http.Error(w, "not ready: "+reason.Text.EN+" · 未就绪："+reason.Text.ZH, http.StatusServiceUnavailable)
		return
	}
	_, _ = fmt.Fprintln(w, "ready")
}
