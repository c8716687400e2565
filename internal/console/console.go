// Package console serves the management port: what operators and tools look at. It
// shows nothing secret.
package console

import (
	"fmt"
	"net/http"
	"sync/atomic"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/openapi"
)

// Server answers on the management port. It implements http.Handler.
type Server struct {
	mux      *http.ServeMux
	document []byte
	ready    atomic.Bool
}

// New returns a server that describes the given operations.
func New(version string, operations []wire.Operation) (*Server, error) {
	document, err := openapi.Document(version, operations)
	if err != nil {
		return nil, err
	}
	s := &Server{mux: http.NewServeMux(), document: document}
	s.mux.HandleFunc("GET /{$}", s.index)
	s.mux.HandleFunc("GET /openapi.json", s.openapi)
	s.mux.HandleFunc("GET /healthz", s.healthy)
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

func (s *Server) healthy(w http.ResponseWriter, _ *http.Request) {
	_, _ = fmt.Fprintln(w, "ok")
}

func (s *Server) readiness(w http.ResponseWriter, _ *http.Request) {
	if !s.ready.Load() {
		http.Error(w, "not ready", http.StatusServiceUnavailable)
		return
	}
	_, _ = fmt.Fprintln(w, "ready")
}
