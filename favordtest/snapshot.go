package favordtest

import (
	"context"

	"github.com/favord/favord/wire/manage"
)

// Snapshot keeps the present state and returns a function that goes back to it: for tests
// that share what takes long to arrange.
func (s *Sandbox) Snapshot() (restore func()) {
	s.t.Helper()
	const name = "test"
	req := &manage.SnapshotRequest{Name: name}
	managed(s, func(ctx context.Context) (*manage.Snapshot, error) { return s.manage.SaveSnapshot(ctx, req) })
	return func() {
		s.t.Helper()
		managed(s, func(ctx context.Context) (*manage.Snapshot, error) { return s.manage.RestoreSnapshot(ctx, req) })
	}
}
