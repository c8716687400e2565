package console

import (
	"context"
	"encoding/hex"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/platform/audit"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/trail"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

func (s *Server) auditHandlers() map[string]handler {
	a := Auditor{Audit: s.Audit, Actor: actorOf}
	return map[string]handler{
		manage.ListAudit:   bound(answered(a.AuditEntries)),
		manage.GetAudit:    bound(answered(a.AuditEntry)),
		manage.ExportAudit: bound(answered(a.ExportAudit)),
		manage.AuditHeads:  bound(answered(a.AuditHeads)),
		manage.VerifyAudit: bound(s.verifyAudit),
	}
}

// answered takes the type off an answer.
func answered[Q, A any](fn func(context.Context, *Q) (*A, error)) func(context.Context, *Q) (any, error) {
	return func(ctx context.Context, req *Q) (any, error) {
		answer, err := fn(ctx, req)
		if err != nil {
			return nil, err
		}
		return answer, nil
	}
}

// Auditor answers what is asked about the audit, at this port and at the command line. It has
// the methods of the client.
type Auditor struct {
	Audit *audit.Service
	// Actor is who asks.
	Actor func(ctx context.Context) string
}

// AuditEntries lists entries, the newest first.
func (a Auditor) AuditEntries(ctx context.Context, req *manage.ListAuditRequest) (*manage.AuditList, error) {
	page, err := a.Audit.List(ctx, trail.Query{
		Owner: merchant.ID(req.MchID), Below: req.Below, Actor: req.Actor, Action: req.Action, Object: req.Object, Request: req.RequestID,
		From: req.From.Time, Until: req.Until.Time, Limit: int64(pageSize(req.Limit)),
	})
	if err != nil {
		return nil, err
	}
	return &manage.AuditList{Entries: auditAnswers(page.Entries), Next: page.Below}, nil
}

// AuditEntry shows an entry.
func (a Auditor) AuditEntry(ctx context.Context, req *manage.GetAuditRequest) (*manage.AuditProof, error) {
	shown, err := a.Audit.Show(ctx, merchant.ID(req.MchID), req.Place)
	if err != nil {
		return nil, err
	}
	return &manage.AuditProof{Entry: auditAnswer(&shown.Entry), Previous: shown.Previous.String(), Sound: shown.Sound}, nil
}

// ExportAudit returns entries, the oldest first.
func (a Auditor) ExportAudit(ctx context.Context, req *manage.ExportAuditRequest) (*manage.ExportedAudit, error) {
	got, err := a.Audit.Export(ctx, audit.Export{
		Actor: a.Actor(ctx), Owner: merchant.ID(req.MchID), After: req.After, Limit: orMost(req.Limit),
	})
	if err != nil {
		return nil, err
	}
	return &manage.ExportedAudit{
		Entries: auditAnswers(got.Entries), Head: headAnswer(trail.Head{Owner: merchant.ID(req.MchID), Seal: got.Head}),
	}, nil
}

// AuditHeads returns the ends of chains.
func (a Auditor) AuditHeads(ctx context.Context, req *manage.AuditHeadsRequest) (*manage.AuditHeadList, error) {
	limit := orMost(req.Limit)
	heads, err := a.Audit.Heads(ctx, a.Actor(ctx), merchant.ID(req.After), limit)
	if err != nil {
		return nil, err
	}
	answer := &manage.AuditHeadList{Heads: make([]manage.AuditHead, len(heads))}
	for i := range heads {
		answer.Heads[i] = headAnswer(heads[i])
	}
	if int64(len(heads)) == limit {
		answer.Next = string(heads[limit-1].Owner)
	}
	return answer, nil
}

// errHash refuses a hash that is none.
var errHash = fault.New(fault.Invalid, "哈希须为64位十六进制数字", "A hash has 64 hexadecimal digits.").At("hash", "")

// verifyAudit follows a piece of a chain.
func (s *Server) verifyAudit(ctx context.Context, req *manage.VerifyAuditRequest) (any, error) {
	p := audit.Piece{Owner: merchant.ID(req.MchID), Behind: trail.Seal{Place: req.After}, Limit: audit.MaxPiece}
	if req.Limit != nil {
		p.Limit = *req.Limit
	}
	if req.Hash != "" {
		hash, err := trail.ParseHash(req.Hash)
		if err != nil {
			return nil, errHash
		}
		p.Behind.Hash = hash
	}
	got, err := s.Audit.Follow(ctx, p)
	if err != nil {
		return nil, err
	}
	return &manage.VerifiedAudit{
		Entries: got.Entries, Last: headAnswer(trail.Head{Owner: p.Owner, Seal: got.Last}), Ended: got.Ended,
		Flaw: string(got.Flaw), FlawPlace: got.Place,
	}, nil
}

// orMost is the size of a piece of an export.
func orMost(limit *int64) int64 {
	if limit == nil {
		return audit.MaxPage
	}
	return *limit
}

func headAnswer(h trail.Head) manage.AuditHead {
	return manage.AuditHead{MchID: string(h.Owner), Place: h.Place, Hash: h.Hash.String()}
}

func auditAnswers(entries []trail.Entry) []manage.AuditEntry {
	list := make([]manage.AuditEntry, len(entries))
	for i := range entries {
		list[i] = auditAnswer(&entries[i])
	}
	return list
}

func auditAnswer(e *trail.Entry) manage.AuditEntry {
	answer := manage.AuditEntry{
		MchID: string(e.Owner), Place: e.Seal.Place, Time: schema.TimeOf(e.At), Actor: e.Actor, Action: e.Action, Object: e.Object,
		RequestID: e.Request, Before: e.Before, After: e.After,
		Coupons: e.Batch.Count, FirstID: e.Batch.First, LastID: e.Batch.Last,
	}
	if e.Batch.Count > 0 {
		answer.Digest = hex.EncodeToString(e.Batch.Digest[:])
	}
	if e.Seal.Place > 0 {
		answer.Hash = e.Seal.Hash.String()
	}
	return answer
}
