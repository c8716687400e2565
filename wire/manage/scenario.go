package manage

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// RecordScenario is the id of the operation that writes calls of the log as a scenario.
const RecordScenario = "manage.scenarios.record"

// RecordScenarioRequest asks for what a merchant has called as a scenario that calls it again.
type RecordScenarioRequest struct {
	MchID string `json:"mchid" title:"商户号" rule:"required chars=1..32"`
	Name  string `json:"name,omitempty" title:"场景名称" rule:"chars=1..64"`
	// After is the sequence of the log after which it begins, Until the last one; 0 is the newest.
	After int64 `json:"after,omitempty" title:"起始序号" rule:"range=0.."`
	Until int64 `json:"until,omitempty" title:"截止序号" rule:"range=0.."`
}

// RecordedScenario is a scenario.
type RecordedScenario struct {
	// Text is a file for `favord scenario run`.
	Text string `json:"text" title:"场景文件" rule:"required"`
	// Calls is how many calls it makes, Controls how often it moves the clock or sets faults. LeftOut
	// is how many calls are not in it: those whose signature was wrong, uploads, queries whose answer
	// was lost, and what the log has not kept as a whole.
	Calls    int64 `json:"calls" title:"调用数" rule:"required"`
	Controls int64 `json:"controls,omitempty" title:"调整时间与设置故障的次数"`
	LeftOut  int64 `json:"left_out" title:"未收录的请求数" rule:"required"`
}

func scenarioOperations() []wire.Operation {
	return []wire.Operation{{
		ID: RecordScenario, Title: wire.Text{ZH: "把日志中的请求写成场景", EN: "Write calls of the log as a scenario"},
		Duty: wire.DutyDevelop, Section: "management", Method: http.MethodPost, Path: "/manage/v1/scenarios/record",
		Auth: wire.ByOperatorInSandbox, ReadOnly: true,
		Request: schema.Of[RecordScenarioRequest](), Response: schema.Of[RecordedScenario](),
	}}
}
