package server

import (
	"context"
	"net"
	"net/http"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/edge/redirect"
	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/internal/store"
)

// errRedirect keeps the redirect out of production: who holds its key can stand in for the
// real service towards every program that trusts it.
var errRedirect = fault.New(fault.Refused,
	"重定向代理只能用于沙箱",
	"The redirect exists in a sandbox only.")

// openRedirect opens the proxy by which programs reach a sandbox under the names of the real
// service, if there shall be one.
func (s *Server) openRedirect(ctx context.Context) error {
	address := s.config.ProxyAddress
	if address == "" {
		return nil
	}
	if s.config.Mode != store.Sandbox {
		return errRedirect
	}
	if err := redirect.CheckAddress(address); err != nil {
		return err
	}
	authority, err := redirect.OpenAuthority(s.config.DataDir, s.config.Clock)
	if err != nil {
		return err
	}
	port, err := s.listenAt(ctx, address)
	if err != nil {
		return err
	}
	proxy, err := redirect.New(redirect.Config{Port: port, Authority: authority, Clock: s.config.Clock, Log: s.config.Log})
	if err != nil {
		_ = port.Close()
		return err
	}
	s.redirect = proxy
	return nil
}

// redirected reports whether a request came through the redirect. Where the API speaks TLS
// itself, to its client every request is one over TLS.
func (s *Server) redirected(r *http.Request) bool {
	if s.config.TLS.given() {
		return true
	}
	local, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	return s.redirect != nil && local != nil && local.String() == s.redirect.Addr().String()
}

// describeRedirect tells an environment of the redirect.
func (s *Server) describeRedirect(e *sandbox.Environment) {
	if s.redirect == nil {
		return
	}
	e.ProxyURL, e.CAFile = s.redirect.URL(), s.file(sandbox.RedirectCAFile)
}
