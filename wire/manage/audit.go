package manage

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// Ids of the operations about the audit.
const (
	ListAudit   = "manage.audit.list"
	GetAudit    = "manage.audit.get"
	ExportAudit = "manage.audit.export"
	AuditHeads  = "manage.audit.heads"
	VerifyAudit = "manage.audit.verify"
)

// ListAuditRequest asks for entries of an audit, the newest first: a merchant's or, without
// one, that of the server itself. What is left out narrows nothing.
type ListAuditRequest struct {
	MchID string `query:"mchid" json:"-" title:"商户号" rule:"chars=1..32"`
	Actor string `query:"actor" json:"-" title:"操作者" rule:"chars=1..64"`
	// Action is the id of an operation, or the beginning of ids with an asterisk.
	Action string `query:"action" json:"-" title:"操作" rule:"chars=1..64"`
	Object string `query:"object" json:"-" title:"对象" rule:"chars=1..128"`
	// RequestID is the Request-ID of an answer.
	RequestID string      `query:"request_id" json:"-" title:"请求编号" rule:"chars=1..64"`
	From      schema.Time `query:"from" json:"-" title:"起始时间" rule:"chars=1..40"`
	Until     schema.Time `query:"until" json:"-" title:"截止时间" rule:"chars=1..40"`
	// Below is Next of the page before.
	Below int64 `query:"below" json:"-" title:"起始位置" rule:"range=0.."`
	// Limit is the size of a page; nil means 20.
	Limit *int64 `query:"limit" json:"-" title:"条数" rule:"range=1..1000"`
}

// AuditList is a page of entries.
type AuditList struct {
	Entries []AuditEntry `json:"entries" title:"审计记录" rule:"required"`
	// Next is the Below of the next page; absent when this is the last. A page may have few
	// entries, or none, and not be the last.
	Next int64 `json:"next,omitempty" title:"下一页起始位置"`
}

// AuditEntry says who changed what.
type AuditEntry struct {
	// MchID is whose data changed; absent for the server's own.
	MchID string `json:"mchid,omitempty" title:"商户号"`
	// Place counts from 1 in the chain of a merchant; absent until the entry is sealed, which
	// takes a second.
	Place int64       `json:"place,omitempty" title:"位置"`
	Time  schema.Time `json:"time" title:"时间" rule:"required"`
	// Actor is who asked: an mchid, operator:NAME, token:NAME, or a name with another prefix.
	Actor  string `json:"actor" title:"操作者" rule:"required"`
	Action string `json:"action" title:"操作" rule:"required"`
	Object string `json:"object" title:"对象" rule:"required"`
	// RequestID is that of the call; absent for a batch and for what no call asked for.
	RequestID string `json:"request_id,omitempty" title:"请求编号"`
	// Before and After are JSON objects with what the change replaced, and by what.
	Before string `json:"before,omitempty" title:"变更前"`
	After  string `json:"after,omitempty" title:"变更后"`
	// Coupons is how many coupons were issued at once, FirstID and LastID their lowest and
	// highest number, Digest of what never changes about them.
	Coupons int64  `json:"coupons,omitempty" title:"券张数"`
	FirstID int64  `json:"first_id,omitempty" title:"首张券序号"`
	LastID  int64  `json:"last_id,omitempty" title:"末张券序号"`
	Digest  string `json:"digest,omitempty" title:"券摘要"`
	// Hash is of the entry, its place and the hash before; absent until it is sealed.
	Hash string `json:"hash,omitempty" title:"哈希"`
}

// GetAuditRequest asks for an entry by its place.
type GetAuditRequest struct {
	Place int64  `path:"place" json:"-" title:"位置" rule:"required range=1.."`
	MchID string `query:"mchid" json:"-" title:"商户号" rule:"chars=1..32"`
}

// AuditProof is an entry with what proves it.
type AuditProof struct {
	Entry AuditEntry `json:"entry" title:"审计记录" rule:"required"`
	// Previous is the hash of the entry before, 64 zeros before the first.
	Previous string `json:"previous" title:"前一条的哈希" rule:"required"`
	// Sound says that the entry is as it was sealed, behind the one before.
	Sound bool `json:"sound" title:"与封存时一致" rule:"required"`
}

// ExportAuditRequest asks for sealed entries, the oldest first. That it was asked is in the
// audit of the server itself.
type ExportAuditRequest struct {
	MchID string `query:"mchid" json:"-" title:"商户号" rule:"chars=1..32"`
	// After is the place of the last entry of the call before.
	After int64 `query:"after" json:"-" title:"起始位置" rule:"range=0.."`
	// Limit is how many; nil means 1000.
	Limit *int64 `query:"limit" json:"-" title:"条数" rule:"range=1..1000"`
}

// ExportedAudit are sealed entries in the order of their places.
type ExportedAudit struct {
	Entries []AuditEntry `json:"entries" title:"审计记录" rule:"required"`
	// Head is where the chain ended when they were read: an export that begins with it ends there.
	Head AuditHead `json:"head" title:"链尾" rule:"required"`
}

// AuditHeadsRequest asks for the ends of chains, in the order of merchants, the server's own
// first. That it was asked is in the audit of the server itself.
type AuditHeadsRequest struct {
	// After is the merchant of the last head of the call before.
	After string `query:"after" json:"-" title:"起始商户号" rule:"chars=1..32"`
	// Limit is how many; nil means 1000.
	Limit *int64 `query:"limit" json:"-" title:"条数" rule:"range=1..1000"`
}

// AuditHeadList has the ends of chains.
type AuditHeadList struct {
	Heads []AuditHead `json:"heads" title:"链尾" rule:"required"`
	// Next is the After of the next call; absent when there is no more.
	Next string `json:"next,omitempty" title:"下一页起始商户号"`
}

// AuditHead is where a chain ends: to be kept where nobody who can change the database can
// change it.
type AuditHead struct {
	// MchID is absent for the server's own chain.
	MchID string `json:"mchid,omitempty" title:"商户号"`
	Place int64  `json:"place" title:"位置" rule:"required"`
	Hash  string `json:"hash" title:"哈希" rule:"required"`
}

// VerifyAuditRequest asks to follow a piece of a chain. The pieces of a long one are asked for one
// after the other.
type VerifyAuditRequest struct {
	MchID string `query:"mchid" json:"-" title:"商户号" rule:"chars=1..32"`
	// After and Hash are the place and the hash of the last entry of the piece before; without them
	// the first entry begins the piece.
	After int64  `query:"after" json:"-" title:"起始位置" rule:"range=0.."`
	Hash  string `query:"hash" json:"-" title:"起始哈希" rule:"chars=64..64"`
	// Limit is how many; nil means 10000.
	Limit *int64 `query:"limit" json:"-" title:"条数" rule:"range=1..10000"`
}

// VerifiedAudit says how a piece of a chain looks.
type VerifiedAudit struct {
	// Entries is how many were followed, Last the end of the piece.
	Entries int64     `json:"entries" title:"已检查条数" rule:"required"`
	Last    AuditHead `json:"last" title:"最后一条" rule:"required"`
	// Ended says that the chain has no more entries, and ends where it should.
	Ended bool `json:"ended" title:"是否到链尾" rule:"required"`
	// Flaw is the first thing that is wrong, at FlawPlace: an entry that is missing, was changed, or
	// was added; absent when nothing is.
	Flaw      string `json:"flaw,omitempty" title:"问题" rule:"enum=MISSING|ALTERED|ADDED"`
	FlawPlace int64  `json:"flaw_place,omitempty" title:"问题位置"`
}

func auditOperations() []wire.Operation {
	const base = "/manage/v1/audit/"
	operations := []wire.Operation{
		{
			ID: ListAudit, Title: wire.Text{ZH: "查询审计记录", EN: "List audit entries"},
			Method: http.MethodGet, Path: base + "entries", Request: schema.Of[ListAuditRequest](), Response: schema.Of[AuditList](),
		},
		{
			ID: GetAudit, Title: wire.Text{ZH: "查询一条审计记录", EN: "Show an audit entry with its proof"},
			Method: http.MethodGet, Path: base + "entries/{place}", Request: schema.Of[GetAuditRequest](), Response: schema.Of[AuditProof](),
		},
		{
			ID: VerifyAudit, Title: wire.Text{ZH: "验证审计链", EN: "Verify a piece of an audit's chain"},
			Method: http.MethodGet, Path: base + "verify", Request: schema.Of[VerifyAuditRequest](), Response: schema.Of[VerifiedAudit](),
		},
		{
			ID: ExportAudit, Title: wire.Text{ZH: "导出审计记录", EN: "Export audit entries"},
			Method: http.MethodGet, Path: base + "export", Request: schema.Of[ExportAuditRequest](), Response: schema.Of[ExportedAudit](),
		},
		{
			ID: AuditHeads, Title: wire.Text{ZH: "导出审计链的链尾", EN: "Export the ends of the audit's chains"},
			Method: http.MethodGet, Path: base + "heads", Request: schema.Of[AuditHeadsRequest](), Response: schema.Of[AuditHeadList](),
		},
	}
	for i := range operations {
		operations[i].Section, operations[i].Duty = "management", wire.DutyAudit
	}
	return operations
}
