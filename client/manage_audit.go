package client

import (
	"context"

	"github.com/favord/favord/wire/manage"
)

// AuditEntries lists who changed what, the newest first.
func (m *Management) AuditEntries(ctx context.Context, req *manage.ListAuditRequest) (*manage.AuditList, error) {
	return managed[manage.AuditList](ctx, m, manage.ListAudit, req)
}

// AuditEntry shows an entry of an audit with what proves it.
func (m *Management) AuditEntry(ctx context.Context, req *manage.GetAuditRequest) (*manage.AuditProof, error) {
	return managed[manage.AuditProof](ctx, m, manage.GetAudit, req)
}

// ExportAudit returns sealed entries of an audit, the oldest first.
func (m *Management) ExportAudit(ctx context.Context, req *manage.ExportAuditRequest) (*manage.ExportedAudit, error) {
	return managed[manage.ExportedAudit](ctx, m, manage.ExportAudit, req)
}

// VerifyAudit follows a piece of an audit's chain and says what is wrong with it.
func (m *Management) VerifyAudit(ctx context.Context, req *manage.VerifyAuditRequest) (*manage.VerifiedAudit, error) {
	return managed[manage.VerifiedAudit](ctx, m, manage.VerifyAudit, req)
}

// AuditHeads returns where the chains of all audits end.
func (m *Management) AuditHeads(ctx context.Context, req *manage.AuditHeadsRequest) (*manage.AuditHeadList, error) {
	return managed[manage.AuditHeadList](ctx, m, manage.AuditHeads, req)
}
