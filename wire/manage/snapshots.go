package manage

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// Ids of the operations about snapshots.
const (
	ListSnapshots   = "manage.snapshots.list"
	SaveSnapshot    = "manage.snapshots.save"
	RestoreSnapshot = "manage.snapshots.restore"
	RemoveSnapshot  = "manage.snapshots.remove"
)

// SnapshotRequest names a snapshot: 1 to 64 lower-case letters, digits, - or _.
type SnapshotRequest struct {
	Name string `path:"name" json:"-" title:"快照名" rule:"required chars=1..64"`
}

// Snapshot is a state of the sandbox that was kept.
type Snapshot struct {
	Name  string      `json:"name" title:"快照名" rule:"required"`
	Taken schema.Time `json:"taken" title:"时间" rule:"required"`
	// Size is in bytes.
	Size int64 `json:"size" title:"字节数" rule:"required"`
}

// SnapshotList lists snapshots by name.
type SnapshotList struct {
	Snapshots []Snapshot `json:"snapshots" title:"快照列表" rule:"required"`
}

func snapshotOperations() []wire.Operation {
	const path = "/manage/v1/snapshots"
	operations := []wire.Operation{
		{
			ID: ListSnapshots, Title: wire.Text{ZH: "列出快照", EN: "List snapshots"}, Method: http.MethodGet, Path: path,
			Duty: wire.DutyDevelop, Response: schema.Of[SnapshotList](),
		},
		{
			ID: SaveSnapshot, Title: wire.Text{ZH: "保存快照", EN: "Save a snapshot"}, Method: http.MethodPost, Path: path + "/{name}/save",
			Duty: wire.DutyDevelop, Request: schema.Of[SnapshotRequest](), Response: schema.Of[Snapshot](),
		},
		{
			ID: RestoreSnapshot, Title: wire.Text{ZH: "恢复快照", EN: "Restore a snapshot"}, Method: http.MethodPost, Path: path + "/{name}/restore",
			Duty: wire.DutyDevelop, Request: schema.Of[SnapshotRequest](), Response: schema.Of[Snapshot](),
		},
		{
			ID: RemoveSnapshot, Title: wire.Text{ZH: "删除快照", EN: "Remove a snapshot"}, Method: http.MethodDelete, Path: path + "/{name}",
			Duty: wire.DutyDevelop, Success: http.StatusNoContent, Request: schema.Of[SnapshotRequest](),
		},
	}
	for i := range operations {
		operations[i].Section, operations[i].Auth = "management", wire.ByOperatorInSandbox
	}
	return operations
}
