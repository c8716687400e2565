package manage

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// Ids of the operations about what is kept for a while.
const (
	ShowRetention = "manage.retention.show"
	Prune         = "manage.retention.prune"
)

// RetentionRequest asks what has been kept for longer than it must.
type RetentionRequest struct {
	// Kind narrows the answer to one kind.
	Kind string `query:"kind" json:"-" title:"数据种类" rule:"enum=journal|deliveries|nonces|sessions|drafts|imports"`
	// Keep is asked for in place of the configured span of that kind, such as 36h or 30d.
	Keep string `query:"keep" json:"-" title:"保留时长" rule:"chars=1..16"`
}

// Retention tells of each kind what has been kept for longer than it must.
type Retention struct {
	Kinds []KeptKind `json:"kinds" title:"数据种类" rule:"required"`
}

// KeptKind is a kind of data that is kept for a while after it ended.
type KeptKind struct {
	Kind string `json:"kind" title:"数据种类" rule:"required"`
	// Keep is for how long.
	Keep string `json:"keep" title:"保留时长" rule:"required"`
	// Rows is how many have been kept for longer, First when the first of them ended.
	Rows  int64       `json:"rows" title:"可清理行数" rule:"required"`
	First schema.Time `json:"first,omitzero" title:"最早时间"`
}

// PruneRequest asks to remove at once what has been kept for longer than it must.
type PruneRequest struct {
	Kind string `json:"kind" title:"数据种类" rule:"required enum=journal|deliveries|nonces|sessions|drafts|imports"`
	// Keep is asked for in place of the configured span, such as 36h or 30d.
	Keep string `json:"keep,omitempty" title:"保留时长" rule:"chars=1..16"`
}

// Pruned is what was removed.
type Pruned struct {
	Kind string `json:"kind" title:"数据种类" rule:"required"`
	Keep string `json:"keep" title:"保留时长" rule:"required"`
	Rows int64  `json:"rows" title:"已清理行数" rule:"required"`
	// More says that time ran out before all were removed: ask once more.
	More bool `json:"more" title:"是否还有" rule:"required"`
}

func retentionOperations() []wire.Operation {
	return []wire.Operation{
		{
			ID: ShowRetention, Duty: wire.DutyEnroll, Section: "management",
			Title:  wire.Text{ZH: "查询可清理的数据", EN: "Show what has been kept long enough"},
			Method: http.MethodGet, Path: "/manage/v1/retention",
			Request: schema.Of[RetentionRequest](), Response: schema.Of[Retention](),
		},
		{
			ID: Prune, Duty: wire.DutyEnroll, Section: "management",
			Title:  wire.Text{ZH: "清理保留期已满的数据", EN: "Remove what has been kept long enough"},
			Method: http.MethodPost, Path: "/manage/v1/retention/prune",
			Request: schema.Of[PruneRequest](), Response: schema.Of[Pruned](),
		},
	}
}
