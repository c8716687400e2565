package server

import (
	"net/http"

	"github.com/favord/favord/internal/store"
)

// LoseDatabase closes the engine beneath a server that runs.
func (s *Server) LoseDatabase() error { return s.engine.Close() }

// Around has a server work on what a test makes of its engine.
func (c *Config) Around(around func(store.Store) store.Store) { c.around = around }

// Management answers what the management port does.
func (s *Server) Management() http.Handler { return s.console }
