package client

import (
	"context"

	"github.com/favord/favord/wire/manage"
)

// Snapshots lists the states of a sandbox that were kept.
func (m *Management) Snapshots(ctx context.Context) (*manage.SnapshotList, error) {
	return managed[manage.SnapshotList](ctx, m, manage.ListSnapshots, nil)
}

// SaveSnapshot keeps the present state of a sandbox under a name.
func (m *Management) SaveSnapshot(ctx context.Context, req *manage.SnapshotRequest) (*manage.Snapshot, error) {
	return managed[manage.Snapshot](ctx, m, manage.SaveSnapshot, req)
}

// RestoreSnapshot takes a sandbox back to the state that was kept under a name.
func (m *Management) RestoreSnapshot(ctx context.Context, req *manage.SnapshotRequest) (*manage.Snapshot, error) {
	return managed[manage.Snapshot](ctx, m, manage.RestoreSnapshot, req)
}

// RemoveSnapshot forgets what was kept under a name.
func (m *Management) RemoveSnapshot(ctx context.Context, req *manage.SnapshotRequest) error {
	_, err := managed[struct{}](ctx, m, manage.RemoveSnapshot, req)
	return err
}
