package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// leave waits for the end of ctx, which tells the server to go. From then on it says that it is
// not ready, and goes on serving for the delay, so that whoever shares out calls among nodes
// notices before a call fails. Nothing waits once a part of the server has failed.
func (s *Server) leave(ctx, failed context.Context) {
	select {
	case <-ctx.Done():
	case <-failed.Done():
	}
	s.console.SetReady(false)
	close(s.leaving)
	s.config.Log.Info("told to end: not ready, serving on", "for", s.config.ShutdownDelay)
	timer := time.NewTimer(s.config.ShutdownDelay)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-failed.Done():
	}
}

// parting ends each connection with its next answer once the server is leaving: clients that keep
// connections move on without a broken one.
func (s *Server) parting(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-s.leaving:
			r.Close = true // for handlers that say themselves what becomes of the connection
			w.Header().Set("Connection", "close")
		default:
		}
		next.ServeHTTP(w, r)
	})
}

// drain ends the API before the management port, which says meanwhile that the server
// is not ready.
func (s *Server) drain(ctx context.Context) error {
	s.journal.Close()
	ctx, cancel := context.WithTimeout(ctx, drainTimeout)
	defer cancel()
	var errs []error
	for _, server := range []*http.Server{s.api, s.manage} {
		if err := server.Shutdown(ctx); err != nil {
			errs = append(errs, fmt.Errorf("drain: %w", err), server.Close())
		}
	}
	return errors.Join(errs...)
}
