package server

import (
	"github.com/favord/favord/internal/platform/retention"
	"github.com/favord/favord/internal/rule/keep"
)

// retainer removes what has been kept long enough.
func (s *Server) retainer() *retention.Service {
	spans := s.config.Retention
	if spans == nil {
		spans = keep.Usual()
	}
	return retention.New(retention.Config{
		Store: s.store, Clock: s.config.Clock, Spans: spans, Log: s.config.Log,
		Journal: retention.Memory{Old: s.journal.Old, Forget: s.journal.Forget},
	})
}
