package console

import (
	"context"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/platform/retention"
	"github.com/favord/favord/internal/rule/keep"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

func (s *Server) retentionHandlers() map[string]handler {
	return map[string]handler{
		manage.ShowRetention: bound(s.showRetention),
		manage.Prune:         bound(s.prune),
	}
}

// errKeepOfWhat refuses a span for no kind.
var errKeepOfWhat = fault.New(fault.Invalid, "keep 须与 kind 一起给出", "keep needs a kind.")

func (s *Server) showRetention(ctx context.Context, req *manage.RetentionRequest) (any, error) {
	kind, given := keep.Kind(req.Kind), keep.Spans{}
	if req.Keep != "" {
		if kind == "" {
			return nil, errKeepOfWhat.At("keep", req.Keep)
		}
		span, err := kind.Span("keep", req.Keep)
		if err != nil {
			return nil, err
		}
		given[kind] = span
	}
	list, err := s.Retention.Overview(ctx, given)
	if err != nil {
		return nil, err
	}
	answer := &manage.Retention{Kinds: []manage.KeptKind{}}
	for _, state := range list {
		if kind == "" || kind == state.Kind {
			answer.Kinds = append(answer.Kinds, manage.KeptKind{
				Kind: string(state.Kind), Keep: keep.Text(state.Span), Rows: state.Rows, First: schema.TimeOf(state.First),
			})
		}
	}
	return answer, nil
}

func (s *Server) prune(ctx context.Context, req *manage.PruneRequest) (any, error) {
	order := retention.Order{Actor: actorOf(ctx), Kind: keep.Kind(req.Kind)}
	if req.Keep != "" {
		span, err := order.Kind.Span("keep", req.Keep)
		if err != nil {
			return nil, err
		}
		order.Span = &span
	}
	p, err := s.Retention.Prune(ctx, order)
	if err != nil {
		return nil, err
	}
	return &manage.Pruned{Kind: string(p.Kind), Keep: keep.Text(p.Span), Rows: p.Rows, More: p.More}, nil
}
