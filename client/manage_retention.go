package client

import (
	"context"

	"github.com/favord/favord/wire/manage"
)

// Retention tells of each kind of data that is kept for a while what has been kept long enough.
func (m *Management) Retention(ctx context.Context, req *manage.RetentionRequest) (*manage.Retention, error) {
	return managed[manage.Retention](ctx, m, manage.ShowRetention, req)
}

// Prune removes what has been kept long enough, for some seconds; ask once more while there is
// more.
func (m *Management) Prune(ctx context.Context, req *manage.PruneRequest) (*manage.Pruned, error) {
	return managed[manage.Pruned](ctx, m, manage.Prune, req)
}
