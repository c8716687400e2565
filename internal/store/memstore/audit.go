package memstore

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/favord/favord/internal/base/origin"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/trail"
	"github.com/favord/favord/internal/store"
)

func (t *tx) AppendAudit(ctx context.Context, entries []store.AuditEntry) error {
	for _, e := range entries {
		e.ID = int64(len(t.data.audit)) + 1
		e.Request = cmp.Or(e.Request, origin.Request(ctx))
		push(t, &t.data.audit, e)
	}
	return nil
}

func (t *tx) UnsealedAudit(_ context.Context, owner merchant.ID, after, limit int64) ([]store.AuditEntry, error) {
	return page(t.data.audit, func(e store.AuditEntry) bool { return e.Owner == owner && e.Seal.Place == 0 && e.ID > after }, 0, limit), nil
}

func (t *tx) UnsealedOwners(_ context.Context, after merchant.ID, limit int64) ([]merchant.ID, error) {
	return t.data.auditOwners(after, limit, func(e *store.AuditEntry) bool { return e.Seal.Place == 0 }), nil
}

func (t *tx) SealedOwners(_ context.Context, after merchant.ID, limit int64) ([]merchant.ID, error) {
	return t.data.auditOwners(after, limit, func(e *store.AuditEntry) bool { return e.Seal.Place > 0 }), nil
}

// auditOwners lists merchants behind one that have entries of a kind.
func (d *data) auditOwners(after merchant.ID, limit int64, is func(*store.AuditEntry) bool) []merchant.ID {
	owners := map[merchant.ID]bool{}
	for i := range d.audit {
		if e := &d.audit[i]; e.Owner > after && is(e) {
			owners[e.Owner] = true
		}
	}
	list := slices.Sorted(maps.Keys(owners))
	return list[:min(int64(len(list)), limit)]
}

func (t *tx) SealedAudit(_ context.Context, owner merchant.ID, after, limit int64) ([]store.AuditEntry, error) {
	return page(t.data.sealed(), func(e store.AuditEntry) bool { return e.Owner == owner && e.Seal.Place > after }, 0, limit), nil
}

// sealed lists the sealed entries in the order of owners and places.
func (d *data) sealed() []store.AuditEntry {
	list := slices.DeleteFunc(slices.Clone(d.audit), func(e store.AuditEntry) bool { return e.Seal.Place == 0 })
	slices.SortFunc(list, func(a, b store.AuditEntry) int {
		return cmp.Or(cmp.Compare(a.Owner, b.Owner), cmp.Compare(a.Seal.Place, b.Seal.Place))
	})
	return list
}

func (t *tx) FindAudit(_ context.Context, q store.AuditQuery) ([]store.AuditEntry, error) {
	list := t.data.sealed()
	slices.Reverse(list)
	return page(list, func(e store.AuditEntry) bool {
		return e.Seal.Place < q.Below && e.Seal.Place >= q.Below-trail.Window && q.Matches(&e)
	}, 0, q.Limit), nil
}

func (t *tx) AuditHead(_ context.Context, owner merchant.ID) (store.AuditHead, error) {
	return store.AuditHead{Owner: owner, Seal: t.data.heads[owner]}, nil
}

func (t *tx) AuditHeads(_ context.Context, after merchant.ID, limit int64) ([]store.AuditHead, error) {
	var list []store.AuditHead
	for _, owner := range slices.Sorted(maps.Keys(t.data.heads)) {
		if owner > after && int64(len(list)) < limit {
			list = append(list, store.AuditHead{Owner: owner, Seal: t.data.heads[owner]})
		}
	}
	return list, nil
}

// LockAuditHead has nothing to lock: there is one writer.
func (t *tx) LockAuditHead(ctx context.Context, owner merchant.ID) (store.AuditHead, bool, error) {
	head, err := t.AuditHead(ctx, owner)
	return head, err == nil, err
}

func (t *tx) SealAudit(_ context.Context, owner merchant.ID, seals []store.Sealed) error {
	for _, s := range seals {
		if s.ID < 1 || s.ID > int64(len(t.data.audit)) {
			return store.ErrStale
		}
		e := &t.data.audit[s.ID-1]
		if e.Owner != owner || e.Seal.Place != 0 {
			return store.ErrStale
		}
		e.Seal = s.Seal
		t.undo = append(t.undo, func() { t.data.audit[s.ID-1].Seal = store.Seal{} })
	}
	if len(seals) > 0 {
		put(t, t.data.heads, owner, seals[len(seals)-1].Seal)
	}
	return nil
}

// auditHolds follows the chains.
func (d *data) auditHolds() store.Invariant {
	var heads []store.AuditHead
	for owner, seal := range d.heads {
		heads = append(heads, store.AuditHead{Owner: owner, Seal: seal})
	}
	proof := store.NewAuditProof(heads)
	for _, e := range d.sealed() {
		proof.Entry(&e)
	}
	return proof.Of()
}
