package manage

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// Ids of the operations that prove the invariants over all that is stored.
const (
	StartProof = "manage.proof.start"
	GetProof   = "manage.proof.get"
)

// Proof is what came of the latest proof on this node.
type Proof struct {
	// State is NONE, RUNNING, DONE, or FAILED when the store could not be read to its end.
	State     string      `json:"state" title:"状态" rule:"required enum=NONE|RUNNING|DONE|FAILED"`
	BeganTime schema.Time `json:"began_time,omitzero" title:"开始时间"`
	EndTime   schema.Time `json:"end_time,omitzero" title:"结束时间"`
	// Rows is how many rows were looked at, Broken how many break an invariant; both count a row once
	// for each invariant.
	Rows       int64       `json:"rows" title:"检查行数" rule:"required"`
	Broken     int64       `json:"broken" title:"违反行数" rule:"required"`
	Invariants []Invariant `json:"invariants" title:"不变式" rule:"required"`
	// ReasonZH and ReasonEN say why it failed.
	ReasonZH string `json:"reason_zh,omitempty" title:"失败原因"`
	ReasonEN string `json:"reason_en,omitempty" title:"失败原因（英文）"`
}

// Invariant is something that must be true of all that is stored, whatever happened.
type Invariant struct {
	// Group is what it is about.
	Group  string `json:"group" title:"分类" rule:"required enum=COUPONS|CODES|VOUCHERS|PAYMENTS|MONEY|FIGURES|CALLBACKS|PEOPLE|MARKETING|AUDIT"`
	TextZH string `json:"text_zh" title:"内容" rule:"required"`
	TextEN string `json:"text_en" title:"内容（英文）" rule:"required"`
	Rows   int64  `json:"rows" title:"检查行数" rule:"required"`
	Broken int64  `json:"broken" title:"违反行数" rule:"required"`
}

func proofOperations() []wire.Operation {
	const path = "/manage/v1/proof"
	return []wire.Operation{
		{
			ID: StartProof, Title: wire.Text{ZH: "开始检查数据是否一致", EN: "Begin to prove the data consistent"},
			Duty: wire.DutyAudit, Section: "management", Method: http.MethodPost, Path: path, ReadOnly: true, Response: schema.Of[Proof](),
		},
		{
			ID: GetProof, Title: wire.Text{ZH: "查看数据一致性检查的结果", EN: "Show what was proved"},
			Duty: wire.DutyAudit, Section: "management", Method: http.MethodGet, Path: path, Response: schema.Of[Proof](),
		},
	}
}
