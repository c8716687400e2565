package store

import (
	"context"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/trail"
)

type (
	// AuditEntry is one of the audit.
	AuditEntry = trail.Entry
	// AuditHead is where the chain of a merchant ends.
	AuditHead = trail.Head
	// AuditQuery is a question about the audit.
	AuditQuery = trail.Query
	// Batch is what an entry says of coupons that were issued together.
	Batch = trail.Batch
	// Seal is the place of an entry in its chain, with its hash.
	Seal = trail.Seal
	// Hash is one of the chain.
	Hash = trail.Hash
)

// Sealed gives an entry its seal.
type Sealed struct {
	// ID is that of the entry.
	ID int64
	Seal
}

// InvariantAudit is that of the audit.
const InvariantAudit = "every sealed audit entry is as it was sealed, at its place"

// AuditProof follows the chains of all merchants, for Check: heads first, then the sealed
// entries in the order of owners and places.
type AuditProof struct {
	heads  map[merchant.ID]Seal
	chain  trail.Chain
	begun  bool
	proved Invariant
}

// NewAuditProof returns a proof that knows where chains end.
func NewAuditProof(heads []AuditHead) *AuditProof {
	p := &AuditProof{heads: map[merchant.ID]Seal{}, proved: Invariant{Name: InvariantAudit}}
	for _, h := range heads {
		p.heads[h.Owner] = h.Seal
	}
	return p
}

// Entry tells it of an entry.
func (p *AuditProof) Entry(e *AuditEntry) {
	if !p.begun || e.Owner != p.chain.Owner {
		p.end()
		p.chain, p.begun = trail.Chain{Owner: e.Owner}, true
	}
	flaw, _ := p.chain.Next(e)
	note(&p.proved, flaw == trail.Whole)
}

// end compares the chain that was followed with its head.
func (p *AuditProof) end() {
	if !p.begun {
		return
	}
	flaw, _ := p.chain.End(p.heads[p.chain.Owner])
	note(&p.proved, flaw == trail.Whole)
	delete(p.heads, p.chain.Owner)
}

// Of returns what was proved.
func (p *AuditProof) Of() Invariant {
	p.end()
	for _, head := range p.heads { // of chains without any entry
		note(&p.proved, head.Place == 0)
	}
	return p.proved
}

// TrailReader reads audit entries.
type TrailReader interface {
	// UnsealedAudit returns up to limit entries of a merchant that wait for the sealer, behind
	// an ID and in the order of IDs.
	UnsealedAudit(ctx context.Context, owner merchant.ID, after, limit int64) ([]AuditEntry, error)
	// UnsealedOwners returns up to limit merchants behind one that have such entries.
	UnsealedOwners(ctx context.Context, after merchant.ID, limit int64) ([]merchant.ID, error)
	// SealedOwners returns up to limit merchants behind one that have sealed entries.
	SealedOwners(ctx context.Context, after merchant.ID, limit int64) ([]merchant.ID, error)
	// SealedAudit returns up to limit sealed entries of a merchant behind a place.
	SealedAudit(ctx context.Context, owner merchant.ID, after, limit int64) ([]AuditEntry, error)
	// FindAudit answers a question.
	FindAudit(ctx context.Context, q AuditQuery) ([]AuditEntry, error)
	// AuditHead returns where a merchant's chain ends.
	AuditHead(ctx context.Context, owner merchant.ID) (AuditHead, error)
	// AuditHeads returns up to limit heads of merchants behind one that have sealed entries.
	AuditHeads(ctx context.Context, after merchant.ID, limit int64) ([]AuditHead, error)
}

// TrailWriter appends and seals. There is no way to change or to remove an entry.
type TrailWriter interface {
	AppendAudit(ctx context.Context, entries []AuditEntry) error
	// LockAuditHead returns the head of a merchant's chain and keeps other sealers from it; it
	// reports false when another one has it.
	LockAuditHead(ctx context.Context, owner merchant.ID) (AuditHead, bool, error)
	// SealAudit gives unsealed entries of a merchant, whose head is locked, their seals, in the
	// order of places; the last one is the new head.
	SealAudit(ctx context.Context, owner merchant.ID, seals []Sealed) error
}
