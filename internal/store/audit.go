package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/favord/favord/internal/rule/merchant"
)

// Hash chains the entries of an audit.
type Hash [sha256.Size]byte

// String returns the hash in hexadecimal digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// ParseHash reads a hash from its 64 hexadecimal digits.
func ParseHash(text string) (Hash, error) {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != sha256.Size {
		return Hash{}, fmt.Errorf("store: %q is no hash", text)
	}
	return Hash(raw), nil
}

// Seal is a place in the chain of a merchant's audit. The zero Seal is none: the entry waits
// for the sealer.
type Seal struct {
	// Place counts from 1 without holes.
	Place int64
	// Hash is of the entry, its place, and the hash of the entry before.
	Hash Hash
}

// AuditHead is where the chain of a merchant's audit ends; the zero Seal before its first entry.
type AuditHead struct {
	Owner merchant.ID
	Seal
}

// Sealed gives an entry its seal.
type Sealed struct {
	// ID is that of the entry.
	ID int64
	Seal
}

// auditFormat begins what is hashed. Another form would need another name.
const auditFormat = "favord audit 1"

// SealAt returns the seal of an entry behind another one of its owner.
func (e *AuditEntry) SealAt(before Seal) Seal {
	place := before.Place + 1
	return Seal{Place: place, Hash: e.hash(place, before.Hash)}
}

// hash digests an entry, each text after its length.
func (e *AuditEntry) hash(place int64, before Hash) Hash {
	line := append([]byte(auditFormat), before[:]...)
	for _, text := range []string{string(e.Owner), e.Actor, e.Action, e.Object, e.Request, e.Before, e.After} {
		line = binary.BigEndian.AppendUint32(line, uint32(len(text))) //nolint:gosec // some kilobytes at most
		line = append(line, text...)
	}
	for _, n := range []int64{place, Seconds(e.At), e.Batch.Count, e.Batch.First, e.Batch.Last} {
		line = binary.BigEndian.AppendUint64(line, uint64(n)) //nolint:gosec // the bits, whatever they count
	}
	return sha256.Sum256(append(line, e.Batch.Digest[:]...))
}

// Flaw is what is wrong with a chain.
type Flaw string

// The flaws of a chain. Each is said about a place.
const (
	// Whole is no flaw.
	Whole Flaw = ""
	// FlawMissing is a place without an entry, or an entry behind which the chain should go on.
	FlawMissing Flaw = "MISSING"
	// FlawAltered is an entry that is not what was sealed at its place.
	FlawAltered Flaw = "ALTERED"
	// FlawAdded is an entry that nobody sealed: at a place that is taken, or behind the end.
	FlawAdded Flaw = "ADDED"
	// FlawRewritten is a chain that is sound and not the one that somebody has seen.
	FlawRewritten Flaw = "REWRITTEN"
)

// Chain follows the audit of one merchant from its first entry on.
type Chain struct {
	Owner merchant.ID
	// Last is the seal of the last entry that was looked at, as it is stored.
	Last Seal
	// Entries is how many there were.
	Entries int64
}

// Next looks at the next sealed entry, in the order of places, and says what is wrong at which
// place. Then it goes on behind the entry as it is stored, so that one flaw is found once.
func (c *Chain) Next(e *AuditEntry) (Flaw, int64) {
	want := c.Last.Place + 1
	c.Entries++
	flaw, at := Whole, e.Seal.Place
	switch {
	case e.Seal.Place > want:
		flaw, at = FlawMissing, want
	case e.Seal.Place < want:
		flaw = FlawAdded
	case e.SealAt(c.Last) != e.Seal:
		flaw = FlawAltered
	}
	if e.Seal.Place >= want {
		c.Last = e.Seal
	}
	return flaw, at
}

// End compares the end of the chain with its head.
func (c *Chain) End(head Seal) (Flaw, int64) {
	switch {
	case c.Last.Place < head.Place:
		return FlawMissing, c.Last.Place + 1
	case c.Last.Place > head.Place:
		return FlawAdded, head.Place + 1
	case c.Last != head:
		return FlawAltered, head.Place
	}
	return Whole, 0
}

// InvariantAudit is that of the audit.
const InvariantAudit = "every sealed audit entry is as it was sealed, at its place"

// AuditProof follows the chains of all merchants, for Check: heads first, then the sealed
// entries in the order of owners and places.
type AuditProof struct {
	heads  map[merchant.ID]Seal
	chain  Chain
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
		p.chain, p.begun = Chain{Owner: e.Owner}, true
	}
	flaw, _ := p.chain.Next(e)
	note(&p.proved, flaw == Whole)
}

// end compares the chain that was followed with its head.
func (p *AuditProof) end() {
	if !p.begun {
		return
	}
	flaw, _ := p.chain.End(p.heads[p.chain.Owner])
	note(&p.proved, flaw == Whole)
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

// AuditWindow is how many places a question about the audit looks at: what it asks for may be
// rare, and a merchant's audit long.
const AuditWindow = 20_000

// AuditQuery asks for sealed entries of a merchant, the newest first. What is empty narrows
// nothing.
type AuditQuery struct {
	Owner merchant.ID
	// Below is the place above the first that is looked at, AuditWindow places down.
	Below int64
	Actor string
	// Action is an id, or the beginning of ids with an asterisk.
	Action  string
	Object  string
	Request string
	// From and Until bound the time, the latter exclusively.
	From, Until time.Time
	Limit       int64
}

// Matches reports whether an entry is what a question asks for, wherever its place is.
func (q *AuditQuery) Matches(e *AuditEntry) bool {
	prefix, some := strings.CutSuffix(q.Action, "*")
	return e.Owner == q.Owner && (q.Actor == "" || e.Actor == q.Actor) &&
		(q.Action == "" || e.Action == q.Action || some && strings.HasPrefix(e.Action, prefix)) &&
		(q.Object == "" || e.Object == q.Object) && (q.Request == "" || e.Request == q.Request) &&
		!e.At.Before(q.From) && (q.Until.IsZero() || e.At.Before(q.Until))
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
