package server

import (
	"net"

	"github.com/favord/favord/internal/sandbox/journal"
	"github.com/favord/favord/internal/store"
)

// newJournal returns what keeps the requests of a sandbox, nil in production.
func (s *Server) newJournal() *journal.Journal {
	if s.config.Mode != store.Sandbox {
		return nil
	}
	return journal.New()
}

// remembering has the connections of the API remember what the journal wants to know.
func (s *Server) remembering(port net.Listener) net.Listener {
	if s.journal == nil {
		return port
	}
	return journal.Listen(port)
}
