package sqlitestore

import (
	"cmp"
	"context"
	"strings"

	"github.com/favord/favord/internal/base/origin"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/trail"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/row"
)

func (t *tx) AppendAudit(ctx context.Context, entries []store.AuditEntry) error {
	request := origin.Request(ctx)
	for i := range entries {
		e := &entries[i]
		id, err := t.next(ctx, `select coalesce(max(id), 0) from audit where creator_mchid = ?`, e.Owner)
		if err != nil {
			return err
		}
		if err := t.exec(ctx, `
			insert into audit (
				creator_mchid, id, at, actor, action, object, coupons, first_id, last_id, digest, request_id, was, became)
			values (?1, ?2, ?3, ?4, ?5, ?6, nullif(?7, 0), nullif(?8, 0), nullif(?9, 0), case ?7 when 0 then null else ?10 end,
				nullif(?11, ''), nullif(?12, ''), nullif(?13, ''))`,
			e.Owner, id, store.Seconds(e.At), e.Actor, e.Action, e.Object,
			e.Batch.Count, e.Batch.First, e.Batch.Last, e.Batch.Digest[:],
			cmp.Or(e.Request, request), e.Before, e.After); err != nil {
			return err
		}
	}
	return nil
}

// UnsealedAudit uses the index audit_unsealed, which has nothing else.
func (t *tx) UnsealedAudit(ctx context.Context, owner merchant.ID, after, limit int64) ([]store.AuditEntry, error) {
	return t.auditEntries(ctx, `
		select`+row.AuditColumns+`
		from audit indexed by audit_unsealed
		where creator_mchid = ? and place is null and id > ?
		order by id
		limit ?`,
		owner, after, limit)
}

// UnsealedOwners goes through the index audit_unsealed.
func (t *tx) UnsealedOwners(ctx context.Context, after merchant.ID, limit int64) ([]merchant.ID, error) {
	return t.auditOwners(ctx, `
		select distinct creator_mchid
		from audit indexed by audit_unsealed
		where place is null and creator_mchid > ?
		order by creator_mchid
		limit ?`, after, limit)
}

// SealedOwners goes through the index audit_by_place, once for each merchant.
func (t *tx) SealedOwners(ctx context.Context, after merchant.ID, limit int64) ([]merchant.ID, error) {
	return t.auditOwners(ctx, `
		with recursive sealed (creator_mchid) as (
			select min(creator_mchid)
			from audit indexed by audit_by_place
			where place is not null and creator_mchid > ?1
			union all
			select (
				select min(creator_mchid)
				from audit indexed by audit_by_place
				where place is not null and creator_mchid > s.creator_mchid)
			from sealed s
			where s.creator_mchid is not null)
		select creator_mchid
		from sealed
		where creator_mchid is not null
		limit ?2`, after, limit)
}

func (t *tx) auditOwners(ctx context.Context, query string, after merchant.ID, limit int64) ([]merchant.ID, error) {
	var list []merchant.ID
	err := t.rows(ctx, query, []any{after, limit}, func(scan row.Scan) error {
		var owner merchant.ID
		err := scan(&owner)
		list = append(list, owner)
		return err
	})
	return list, err
}

// SealedAudit uses the index audit_by_place.
func (t *tx) SealedAudit(ctx context.Context, owner merchant.ID, after, limit int64) ([]store.AuditEntry, error) {
	return t.auditEntries(ctx, `
		select`+row.AuditColumns+`
		from audit
		where creator_mchid = ? and place > ?
		order by place
		limit ?`,
		owner, after, limit)
}

// FindAudit uses the index audit_by_place, over its window.
func (t *tx) FindAudit(ctx context.Context, q store.AuditQuery) ([]store.AuditEntry, error) {
	prefix, some := strings.CutSuffix(q.Action, "*")
	return t.auditEntries(ctx, `
		select`+row.AuditColumns+`
		from audit
		where creator_mchid = ?1 and place < ?2 and place >= ?3
		  and (?4 = '' or actor = ?4)
		  and (?5 = '' or case when ?6 then substr(action, 1, length(?5)) else action end = ?5)
		  and (?7 = '' or object = ?7)
		  and (?8 = '' or request_id = ?8)
		  and at >= ?9
		  and (?10 = 0 or at < ?10)
		order by place desc
		limit ?11`,
		q.Owner, q.Below, q.Below-trail.Window, q.Actor, prefix, some, q.Object, q.Request,
		store.Seconds(q.From), store.Seconds(q.Until), q.Limit)
}

func (t *tx) auditEntries(ctx context.Context, query string, args ...any) ([]store.AuditEntry, error) {
	var list []store.AuditEntry
	err := t.rows(ctx, query, args, row.Into(&list, row.AuditEntry))
	return list, err
}

func (t *tx) AuditHead(ctx context.Context, owner merchant.ID) (store.AuditHead, error) {
	head := store.AuditHead{Owner: owner}
	err := t.rows(ctx, `
		select creator_mchid, place, hash
		from audit_head
		where creator_mchid = ?`,
		[]any{owner}, func(scan row.Scan) (err error) {
			head, err = row.AuditHead(scan)
			return err
		})
	return head, err
}

func (t *tx) AuditHeads(ctx context.Context, after merchant.ID, limit int64) ([]store.AuditHead, error) {
	var list []store.AuditHead
	err := t.rows(ctx, `
		select creator_mchid, place, hash
		from audit_head
		where creator_mchid > ?
		order by creator_mchid
		limit ?`,
		[]any{after, limit}, row.Into(&list, row.AuditHead))
	return list, err
}

// LockAuditHead has nothing to lock: there is one writer.
func (t *tx) LockAuditHead(ctx context.Context, owner merchant.ID) (store.AuditHead, bool, error) {
	head, err := t.AuditHead(ctx, owner)
	return head, err == nil, err
}

func (t *tx) SealAudit(ctx context.Context, owner merchant.ID, seals []store.Sealed) error {
	if len(seals) == 0 {
		return nil
	}
	for i := range seals {
		s := &seals[i]
		if err := t.execOne(ctx, `
			update audit
			set place = ?3, hash = ?4
			where creator_mchid = ?1 and id = ?2 and place is null`,
			owner, s.ID, s.Place, s.Hash[:]); err != nil {
			return err
		}
	}
	last := &seals[len(seals)-1]
	return t.exec(ctx, `
		insert into audit_head (creator_mchid, place, hash)
		values (?1, ?2, ?3)
		on conflict (creator_mchid) do update
		set place = excluded.place, hash = excluded.hash`,
		owner, last.Place, last.Hash[:])
}

// proveAudit follows the chains here: SQLite has no such hash.
func (t *tx) proveAudit(ctx context.Context) (store.Invariant, error) {
	var heads []store.AuditHead
	if err := t.rows(ctx, `select creator_mchid, place, hash from audit_head`, nil, row.Into(&heads, row.AuditHead)); err != nil {
		return store.Invariant{}, err
	}
	proof := store.NewAuditProof(heads)
	err := t.rows(ctx, `
		select`+row.AuditColumns+`
		from audit not indexed
		where place is not null
		order by creator_mchid, place`,
		nil, func(scan row.Scan) error {
			e, err := row.AuditEntry(scan)
			proof.Entry(&e)
			return err
		})
	return proof.Of(), err
}
