package sqlitestore

import (
	"context"

	"github.com/favord/favord/internal/rule/draft"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/row"
)

func (t *tx) Draft(ctx context.Context, id string) (draft.Draft, error) {
	return row.First(t.draftsWhere(ctx, `
		select `+row.DraftColumns+`
		from draft
		where draft_id = ?1`, id))
}

// Drafts uses the indexes draft_by_owner and draft_age.
func (t *tx) Drafts(ctx context.Context, q draft.Query) ([]draft.Draft, error) {
	before, id := q.Bound()
	if q.Owner == "" {
		return t.draftsWhere(ctx, `
			select `+row.DraftColumns+`
			from draft
			where (updated_at, draft_id) < (?1, ?2)
			order by updated_at desc, draft_id desc
			limit ?3`, before, id, q.Limit)
	}
	return t.draftsWhere(ctx, `
		select `+row.DraftColumns+`
		from draft
		where mchid = ?1 and (updated_at, draft_id) < (?2, ?3)
		order by updated_at desc, draft_id desc
		limit ?4`, q.Owner, before, id, q.Limit)
}

func (t *tx) draftsWhere(ctx context.Context, query string, args ...any) (found []draft.Draft, err error) {
	err = t.rows(ctx, query, args, row.Into(&found, row.Draft))
	return found, err
}

// CountDrafts uses the index draft_by_owner.
func (t *tx) CountDrafts(ctx context.Context, owner merchant.ID) (n int64, err error) {
	err = t.row(ctx, `
		select count(*)
		from draft
		where mchid = ?1`, []any{owner}, []any{&n})
	return n, err
}

func (t *tx) InsertDraft(ctx context.Context, d draft.Draft) error {
	return t.exec(ctx, `
		insert into draft (draft_id, mchid, operation, title, body, version, editor, created_at, updated_at)
		values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)`,
		d.ID, d.Owner, d.Operation, d.Title, d.Body, d.Version, d.Editor, store.Seconds(d.Created), store.Seconds(d.Updated))
}

func (t *tx) UpdateDraft(ctx context.Context, d draft.Draft, version int64) error {
	n, err := t.execCount(ctx, `
		update draft
		set title = ?3, body = ?4, version = ?5, editor = ?6, updated_at = ?7
		where draft_id = ?1 and version = ?2`,
		d.ID, version, d.Title, d.Body, d.Version, d.Editor, store.Seconds(d.Updated))
	if err == nil && n == 0 {
		return store.ErrStale
	}
	return err
}

func (t *tx) DropDraft(ctx context.Context, id string) error {
	return t.exec(ctx, `delete from draft where draft_id = ?1`, id)
}
