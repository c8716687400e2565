package console

import (
	"context"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/edge/serve"
	"github.com/favord/favord/internal/platform/drafting"
	"github.com/favord/favord/internal/rule/draft"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

func (s *Server) listDrafts(ctx context.Context, req *manage.ListDraftsRequest) (any, error) {
	q := draft.Query{Owner: merchant.ID(req.MchID), Limit: pageSize(req.Limit)}
	var err error
	if q.Before, q.BeforeID, err = parsePlace(req.After); err != nil {
		return nil, err
	}
	page, err := s.Drafts.List(ctx, q)
	if err != nil {
		return nil, err
	}
	answer := &manage.DraftList{Drafts: []manage.Draft{}}
	for i := range page {
		answer.Drafts = append(answer.Drafts, *draftAnswer(&page[i]))
	}
	if len(page) == q.Limit {
		last := &page[len(page)-1]
		answer.Next = placeOf(last.Updated, last.ID)
	}
	return answer, nil
}

func (s *Server) getDraft(ctx context.Context, req *manage.DraftRequest) (any, error) {
	d, err := s.Drafts.Get(ctx, req.DraftID)
	if err != nil {
		return nil, err
	}
	return draftAnswer(&d), nil
}

// errDraftBody refuses a body that no call could have.
var errDraftBody = fault.New(fault.Invalid, "请求包体须为JSON对象", "The body must be a JSON object, as text.")

func (s *Server) putDraft(ctx context.Context, req *manage.PutDraftRequest) (any, error) {
	if _, v := serve.DecodeBody([]byte(req.Body)); v != nil {
		return nil, errDraftBody.At("body", "")
	}
	if _, err := s.Registry.Merchant(ctx, merchant.ID(req.MchID)); err != nil {
		return nil, err
	}
	d, err := s.Drafts.Put(ctx, drafting.Saving{
		ID: req.DraftID, Owner: merchant.ID(req.MchID), Operation: req.Operation, Title: req.Title, Body: req.Body,
		Version: req.Version, Editor: actorOf(ctx),
	})
	if err != nil {
		return nil, err
	}
	return draftAnswer(&d), nil
}

func (s *Server) removeDraft(ctx context.Context, req *manage.DraftRequest) (any, error) {
	return nil, s.Drafts.Remove(ctx, drafting.Removal{ID: req.DraftID, Editor: actorOf(ctx)})
}

func draftAnswer(d *draft.Draft) *manage.Draft {
	return &manage.Draft{
		DraftID: d.ID, MchID: string(d.Owner), Operation: d.Operation, Title: d.Title, Body: d.Body, Version: d.Version,
		Editor: d.Editor, CreateTime: schema.TimeOf(d.Created), UpdateTime: schema.TimeOf(d.Updated),
	}
}
