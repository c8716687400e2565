package manage

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// MakeSample is the id of the operation that writes a call as a program.
const MakeSample = "manage.samples.make"

// MakeSampleRequest asks for a call as a command or a program that makes it: one that was received,
// by its Request-ID, or one that is given.
type MakeSampleRequest struct {
	// RequestID is a request of the journal, which only a sandbox has. The fields below take its
	// place.
	RequestID string `json:"request_id,omitempty" title:"请求编号" rule:"chars=1..64"`
	MchID     string `json:"mchid,omitempty" title:"商户号" rule:"chars=1..32"`
	Method    string `json:"method,omitempty" title:"请求方法" rule:"enum=GET|POST|PATCH|DELETE"`
	// Target is path and query.
	Target string `json:"target,omitempty" title:"路径与查询串" rule:"chars=1..8192"`
	Body   string `json:"body,omitempty" title:"请求包体" rule:"chars=..1048576"`
	// Language is the form.
	Language string `json:"language" title:"形式" rule:"required enum=CLI|CURL|GO|JAVA|PHP|NODE|PYTHON"`
}

// Sample is a call as a program. There are names of key files in it, and no keys.
type Sample struct {
	Text string `json:"text" title:"代码" rule:"required"`
}

func sampleOperations() []wire.Operation {
	return []wire.Operation{{
		ID: MakeSample, Title: wire.Text{ZH: "把一次调用写成代码", EN: "Write a call as code"}, Section: "management",
		Duty: wire.DutyDevelop, Method: http.MethodPost, Path: "/manage/v1/samples", ReadOnly: true,
		Request: schema.Of[MakeSampleRequest](), Response: schema.Of[Sample](),
	}}
}
