package manage

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// MakeCall is the id of the operation that makes a call of the API as a merchant.
const MakeCall = "manage.calls.make"

// MakeCallRequest has a merchant's call carried out as if it had come signed: through the
// same checks, limits and rules, into the same journal.
type MakeCallRequest struct {
	MchID  string `path:"mchid" json:"-" title:"商户号" rule:"required chars=1..15"`
	Method string `json:"method" title:"请求方法" rule:"required enum=GET|POST|PUT|PATCH|DELETE"`
	// Target is path and query.
	Target string `json:"target" title:"路径与查询串" rule:"required chars=1..8192"`
	// Body is the body as text; it goes as application/json.
	Body string `json:"body,omitempty" title:"请求包体" rule:"chars=..1048576"`
	// File makes it an upload: multipart/form-data, of which Body is the part meta.
	File *CallFile `json:"file,omitempty" title:"上传的文件"`
	// IdempotencyKey goes as the header Idempotency-Key, which partnerships want.
	IdempotencyKey string `json:"idempotency_key,omitempty" title:"业务请求幂等值" rule:"chars=..128 line"`
	// DryRun has it carried out to its end, and then taken back: the answer is the one that the call
	// would get, and nothing changes. A request number is not used up.
	DryRun bool `json:"dry_run,omitempty" title:"仅试运行"`
}

// CallFile is the file of an upload. Without a Body, what meta says is made of it: its name and
// its SHA-256.
type CallFile struct {
	Name string `json:"name" title:"文件名称" rule:"required chars=1..128 line"`
	// Content is in base64. What the API takes is smaller: a file that is too large for it still
	// comes to it, and is refused in its words.
	Content string `json:"content,omitempty" title:"文件内容（base64）" rule:"chars=..4000000"`
}

// MadeCall is the answer of the API.
type MadeCall struct {
	RequestID string `json:"request_id" title:"请求编号" rule:"required"`
	Status    int64  `json:"status" title:"HTTP状态码" rule:"required"`
	// Body is the body as text.
	Body string `json:"body,omitempty" title:"应答包体"`
	// RefusedZH and RefusedEN say why the answer is no success.
	RefusedZH string `json:"refused_zh,omitempty" title:"拒绝原因"`
	RefusedEN string `json:"refused_en,omitempty" title:"拒绝原因（英文）"`
}

func callOperations() []wire.Operation {
	return []wire.Operation{{
		ID: MakeCall, Title: wire.Text{ZH: "以商户身份调用接口", EN: "Make a call as a merchant"}, Duty: wire.DutyBasic, Section: "management",
		Method: http.MethodPost, Path: "/manage/v1/merchants/{mchid}/calls",
		Request: schema.Of[MakeCallRequest](), Response: schema.Of[MadeCall](),
	}}
}
