package row

import (
	"github.com/favord/favord/internal/rule/draft"
	"github.com/favord/favord/internal/store"
)

// DraftColumns are what Draft reads, in its order.
const DraftColumns = `draft_id, mchid, operation, title, body, version, editor, created_at, updated_at`

// Draft reads the DraftColumns.
func Draft(scan Scan) (draft.Draft, error) {
	var d draft.Draft
	var created, updated int64
	err := scan(&d.ID, &d.Owner, &d.Operation, &d.Title, &d.Body, &d.Version, &d.Editor, &created, &updated)
	d.Created, d.Updated = store.TimeOf(created), store.TimeOf(updated)
	return d, err
}
