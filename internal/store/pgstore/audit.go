package pgstore

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/favord/favord/internal/base/origin"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/trail"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/row"
)

// AppendAudit adds those of each owner in one statement.
func (t *tx) AppendAudit(ctx context.Context, entries []store.AuditEntry) error {
	request := origin.Request(ctx)
	for owner, part := range grouped(entries, func(e *store.AuditEntry) merchant.ID { return e.Owner }, cmp.Compare) {
		t.later(`
		insert into audit (creator_mchid, at, actor, action, object, coupons, first_id, last_id, digest, request_id, was, became)
		select $1, at, actor, action, object, nullif(coupons, 0), nullif(first, 0), nullif(last, 0), nullif(digest, ''),
		       nullif(request, ''), nullif(was, ''), nullif(became, '')
		from unnest(
			$2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bytea[],
			$10::text[], $11::text[], $12::text[])
			k (at, actor, action, object, coupons, first, last, digest, request, was, became)`,
			owner,
			column(part, func(e *store.AuditEntry) int64 { return store.Seconds(e.At) }),
			column(part, func(e *store.AuditEntry) string { return e.Actor }),
			column(part, func(e *store.AuditEntry) string { return e.Action }),
			column(part, func(e *store.AuditEntry) string { return e.Object }),
			column(part, func(e *store.AuditEntry) int64 { return e.Batch.Count }),
			column(part, func(e *store.AuditEntry) int64 { return e.Batch.First }),
			column(part, func(e *store.AuditEntry) int64 { return e.Batch.Last }),
			column(part, digestOf),
			column(part, func(e *store.AuditEntry) string { return cmp.Or(e.Request, request) }),
			column(part, func(e *store.AuditEntry) string { return e.Before }),
			column(part, func(e *store.AuditEntry) string { return e.After }))
	}
	return nil
}

// digestOf is the digest of an entry's batch; nothing when there is none.
func digestOf(e *store.AuditEntry) []byte {
	if e.Batch.Count == 0 {
		return []byte{}
	}
	return e.Batch.Digest[:]
}

// UnsealedAudit uses the index audit_unsealed, which has nothing else.
func (t *tx) UnsealedAudit(ctx context.Context, owner merchant.ID, after, limit int64) ([]store.AuditEntry, error) {
	return t.auditEntries(ctx, `
		select`+row.AuditColumns+`
		from audit
		where creator_mchid = $1 and place is null and id > $2
		order by id
		limit $3`,
		owner, after, limit)
}

// UnsealedOwners uses the index audit_unsealed, once for each merchant.
func (t *tx) UnsealedOwners(ctx context.Context, after merchant.ID, limit int64) ([]merchant.ID, error) {
	return t.auditOwners(ctx, "place is null", after, limit)
}

// SealedOwners uses the index audit_by_place, once for each merchant.
func (t *tx) SealedOwners(ctx context.Context, after merchant.ID, limit int64) ([]merchant.ID, error) {
	return t.auditOwners(ctx, "place is not null", after, limit)
}

// auditOwners goes from one merchant to the next: each may have many entries.
func (t *tx) auditOwners(ctx context.Context, condition string, after merchant.ID, limit int64) ([]merchant.ID, error) {
	var list []merchant.ID
	err := t.rows(ctx, fmt.Sprintf(`
		with recursive owner as (
			(select creator_mchid, 1 n
			from audit
			where %[1]s and creator_mchid > $1
			order by creator_mchid
			limit 1)
			union all
			select k.creator_mchid, o.n + 1
			from owner o
			cross join lateral (
				select creator_mchid
				from audit
				where %[1]s and creator_mchid > o.creator_mchid
				order by creator_mchid
				limit 1) k
			where o.n < $2)
		select creator_mchid from owner`, condition),
		[]any{after, limit}, func(scan row.Scan) error {
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
		where creator_mchid = $1 and place > $2
		order by place
		limit $3`,
		owner, after, limit)
}

// FindAudit uses the index audit_by_place, over its window.
func (t *tx) FindAudit(ctx context.Context, q store.AuditQuery) ([]store.AuditEntry, error) {
	prefix, some := strings.CutSuffix(q.Action, "*")
	return t.auditEntries(ctx, `
		select`+row.AuditColumns+`
		from audit
		where creator_mchid = $1 and place < $2 and place >= $3
		  and ($4::text = '' or actor = $4)
		  and ($5::text = '' or case when $6::boolean then starts_with(action, $5) else action = $5 end)
		  and ($7::text = '' or object = $7)
		  and ($8::text = '' or request_id = $8)
		  and at >= $9
		  and ($10::bigint = 0 or at < $10)
		order by place desc
		limit $11`,
		q.Owner, q.Below, q.Below-trail.Window, q.Actor, prefix, some, q.Object, q.Request,
		store.Seconds(q.From), store.Seconds(q.Until), q.Limit)
}

func (t *tx) auditEntries(ctx context.Context, query string, args ...any) ([]store.AuditEntry, error) {
	var list []store.AuditEntry
	err := t.rows(ctx, query, args, row.Into(&list, row.AuditEntry))
	return list, err
}

// AuditHead uses the primary key of audit_head.
func (t *tx) AuditHead(ctx context.Context, owner merchant.ID) (store.AuditHead, error) {
	head := store.AuditHead{Owner: owner}
	err := t.rows(ctx, `
		select creator_mchid, place, hash
		from audit_head
		where creator_mchid = $1`,
		[]any{owner}, func(scan row.Scan) (err error) {
			head, err = row.AuditHead(scan)
			return err
		})
	return head, err
}

// AuditHeads uses the primary key of audit_head.
func (t *tx) AuditHeads(ctx context.Context, after merchant.ID, limit int64) ([]store.AuditHead, error) {
	var list []store.AuditHead
	err := t.rows(ctx, `
		select creator_mchid, place, hash
		from audit_head
		where creator_mchid > $1 and place > 0
		order by creator_mchid
		limit $2`,
		[]any{after, limit}, row.Into(&list, row.AuditHead))
	return list, err
}

// LockAuditHead makes the head of a merchant that has none; others pass by what is locked.
func (t *tx) LockAuditHead(ctx context.Context, owner merchant.ID) (store.AuditHead, bool, error) {
	t.later(`
		insert into audit_head (creator_mchid, place, hash)
		values ($1, 0, $2)
		on conflict do nothing`,
		owner, make([]byte, len(store.Hash{})))
	var found []store.AuditHead
	err := t.rows(ctx, `
		select creator_mchid, place, hash
		from audit_head
		where creator_mchid = $1
		for no key update skip locked`,
		[]any{owner}, row.Into(&found, row.AuditHead))
	if err != nil || len(found) == 0 {
		return store.AuditHead{}, false, err
	}
	return found[0], true, nil
}

// SealAudit uses the index audit_unsealed, once for each entry.
func (t *tx) SealAudit(_ context.Context, owner merchant.ID, seals []store.Sealed) error {
	if len(seals) == 0 {
		return nil
	}
	t.laterAll(store.ErrStale, len(seals), `
		update audit a
		set place = k.place, hash = k.hash
		from unnest($2::bigint[], $3::bigint[], $4::bytea[]) k (id, place, hash)
		cross join lateral (
			select ctid
			from audit
			where creator_mchid = $1 and id = k.id and place is null
			limit 1) r
		where a.creator_mchid = $1 and a.ctid = r.ctid`,
		owner,
		column(seals, func(s *store.Sealed) int64 { return s.ID }),
		column(seals, func(s *store.Sealed) int64 { return s.Place }),
		column(seals, func(s *store.Sealed) []byte { return s.Hash[:] }))
	last := &seals[len(seals)-1]
	t.laterOne(store.ErrStale, `
		update audit_head
		set place = $2, hash = $3
		where creator_mchid = $1`,
		owner, last.Place, last.Hash[:])
	return nil
}

// proveAudit follows the chains here, as the other engines do.
func (t *tx) proveAudit(ctx context.Context) (store.Invariant, error) {
	var heads []store.AuditHead
	if err := t.prove(ctx, `select creator_mchid, place, hash from audit_head`, func(rows pgx.Rows) error {
		h, err := row.AuditHead(rows.Scan)
		heads = append(heads, h)
		return err
	}); err != nil {
		return store.Invariant{}, err
	}
	proof := store.NewAuditProof(heads)
	err := t.prove(ctx, `
		select`+row.AuditColumns+`
		from audit
		where place is not null
		order by creator_mchid, place`, func(rows pgx.Rows) error {
		e, err := row.AuditEntry(rows.Scan)
		proof.Entry(&e)
		return err
	})
	return proof.Of(), err
}
