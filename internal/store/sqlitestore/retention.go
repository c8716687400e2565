package sqlitestore

import (
	"context"
	"slices"
	"time"

	"github.com/favord/favord/internal/rule/keep"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/row"
)

func (t *tx) OldRows(ctx context.Context, kind keep.Kind, before time.Time) (store.Old, error) {
	bound, first := store.Seconds(before), store.TimeOf
	var query string
	switch kind {
	case keep.Deliveries:
		query, bound, first = `
			select count(*), coalesce(min(ended_ms), 0)
			from delivery
			where state <> 'PENDING' and ended_ms < ?`, store.Millis(before), store.TimeOfMillis
	case keep.Nonces:
		query = `
			select count(*), coalesce(min(at), 0)
			from request
			where operation = 60 and at < ?`
	case keep.Sessions:
		query = `
			select count(*), coalesce(min(expire_at), 0)
			from credential
			where expire_at < ?`
	case keep.Drafts:
		query = `
			select count(*), coalesce(min(updated_at), 0)
			from draft
			where updated_at < ?`
	case keep.Imports:
		query = `
			select count(*), coalesce(min(updated_at), 0)
			from code_import
			where updated_at < ?`
	default:
		return store.Old{}, nil
	}
	var old store.Old
	var oldest int64
	err := t.row(ctx, query, []any{bound}, []any{&old.Rows, &oldest})
	old.First = first(oldest)
	return old, err
}

// NonceOwners uses the index request_nonce.
func (t *tx) NonceOwners(ctx context.Context, before time.Time, limit int64) ([]merchant.ID, error) {
	var list []merchant.ID
	err := t.rows(ctx, `
		select creator_mchid
		from request indexed by request_nonce
		where operation = 60 and at < ?
		limit ?`,
		[]any{store.Seconds(before), limit}, row.Into(&list, row.MerchantID))
	slices.Sort(list)
	return slices.Compact(list), err
}

// DropNonces uses the index request_nonce.
func (t *tx) DropNonces(ctx context.Context, owner merchant.ID, e store.Ended) (int64, error) {
	return t.execCount(ctx, `
		delete from request
		where (creator_mchid, stock_id, operation, subject, number) in (
			select creator_mchid, stock_id, operation, subject, number
			from request indexed by request_nonce
			where creator_mchid = ? and operation = 60 and at < ?
			limit ?)`,
		owner, store.Seconds(e.Before), e.Limit)
}

// DropExpired uses the index credential_expiry.
func (t *tx) DropExpired(ctx context.Context, e store.Ended) (int64, error) {
	return t.execCount(ctx, `
		delete from credential
		where digest in (
			select digest
			from credential
			where expire_at < ?
			order by expire_at
			limit ?)`,
		store.Seconds(e.Before), e.Limit)
}

// DropFailures uses the index sign_in_failure_age.
func (t *tx) DropFailures(ctx context.Context, e store.Ended) (int64, error) {
	return t.execCount(ctx, `
		delete from sign_in_failure
		where subject in (
			select subject
			from sign_in_failure
			where last_at < ?
			order by last_at
			limit ?)`,
		store.Seconds(e.Before), e.Limit)
}

// DropDrafts uses the index draft_age.
func (t *tx) DropDrafts(ctx context.Context, e store.Ended) (int64, error) {
	return t.execCount(ctx, `
		delete from draft
		where draft_id in (
			select draft_id
			from draft
			where updated_at < ?
			order by updated_at, draft_id
			limit ?)`,
		store.Seconds(e.Before), e.Limit)
}
