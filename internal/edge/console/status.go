package console

import (
	"context"

	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

func (s *Server) statusHandlers() map[string]handler {
	return map[string]handler{manage.GetStatus: s.getStatus}
}

func (s *Server) getStatus(context.Context, *call) (any, error) {
	mode := "production"
	if s.Sandbox {
		mode = "sandbox"
	}
	return &manage.Status{Mode: mode, Version: s.Version, APIURL: s.APIURL, Time: schema.TimeOf(s.Time.Now())}, nil
}
