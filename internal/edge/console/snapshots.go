package console

import (
	"context"

	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

func (s *Server) snapshotHandlers() map[string]handler {
	return map[string]handler{
		manage.ListSnapshots:   s.listSnapshots,
		manage.SaveSnapshot:    bound(s.saveSnapshot),
		manage.RestoreSnapshot: s.telling(bound(s.restoreSnapshot)),
		manage.RemoveSnapshot:  bound(s.removeSnapshot),
	}
}

func (s *Server) listSnapshots(context.Context, *call) (any, error) {
	list, err := s.Snapshots.List()
	if err != nil {
		return nil, err
	}
	answer := &manage.SnapshotList{Snapshots: []manage.Snapshot{}}
	for _, one := range list {
		answer.Snapshots = append(answer.Snapshots, *snapshotAnswer(one))
	}
	return answer, nil
}

func (s *Server) saveSnapshot(ctx context.Context, req *manage.SnapshotRequest) (any, error) {
	saved, err := s.Snapshots.Save(ctx, req.Name)
	if err != nil {
		return nil, err
	}
	return snapshotAnswer(saved), nil
}

func (s *Server) restoreSnapshot(ctx context.Context, req *manage.SnapshotRequest) (any, error) {
	restored, err := s.Snapshots.Restore(ctx, req.Name)
	if err != nil {
		return nil, err
	}
	return snapshotAnswer(restored), nil
}

func (s *Server) removeSnapshot(_ context.Context, req *manage.SnapshotRequest) (any, error) {
	return nil, s.Snapshots.Remove(req.Name)
}

func snapshotAnswer(s sandbox.Snapshot) *manage.Snapshot {
	return &manage.Snapshot{Name: s.Name, Taken: schema.TimeOf(s.Taken), Size: s.Size}
}
