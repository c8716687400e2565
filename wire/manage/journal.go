package manage

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// Ids of the operations about the journal of requests.
const (
	ListJournal = "manage.journal.list"
	GetJournal  = "manage.journal.get"
	// ReplayJournal makes a request of it once more.
	ReplayJournal = "manage.journal.replay"
)

// ListJournalRequest asks for requests that a sandbox has received: the newest first, or with
// After those that followed, the oldest first.
type ListJournalRequest struct {
	// MchID is who the request claims to come from.
	MchID string `query:"mchid" json:"-" title:"商户号" rule:"chars=1..32"`
	// Operation is an id, or the beginning of one with a star.
	Operation string `query:"operation" json:"-" title:"接口" rule:"chars=1..64"`
	// Status is a status such as 401, or a class such as 4xx.
	Status string `query:"status" json:"-" title:"HTTP状态码" rule:"chars=3..3"`
	// Path is how path and query begin.
	Path string `query:"path" json:"-" title:"路径前缀" rule:"chars=1..2048"`
	// Text is somewhere in path, query, Request-ID or a body.
	Text string `query:"q" json:"-" title:"包含的文字" rule:"chars=1..256"`
	// Agent is a part of the User-Agent, whatever its case.
	Agent string `query:"agent" json:"-" title:"客户端" rule:"chars=1..128"`
	// Verified chooses by whether the signature was right.
	Verified string `query:"verified" json:"-" title:"验签通过" rule:"enum=true|false"`
	// Before is the sequence before which the list, the newest first, begins.
	Before int64 `query:"before" json:"-" title:"截止序号" rule:"range=1.."`
	// After is the sequence after which to begin.
	After *int64 `query:"after" json:"-" title:"起始序号" rule:"range=0.."`
	// WaitSeconds is how long to wait for a request after that one when there is none.
	WaitSeconds int64 `query:"wait_seconds" json:"-" title:"等待秒数" rule:"range=0..10"`
	// Limit is how many to list; absent means 50.
	Limit *int64 `query:"limit" json:"-" title:"条数" rule:"range=1..500"`
}

// JournalList is a part of the journal.
type JournalList struct {
	Requests []JournalLine `json:"requests" title:"请求列表" rule:"required"`
	// Last is the sequence to go on after.
	Last int64 `json:"last" title:"最新序号" rule:"required"`
}

// JournalLine is a request in short.
type JournalLine struct {
	Sequence     int64       `json:"sequence" title:"序号" rule:"required"`
	RequestID    string      `json:"request_id" title:"请求编号" rule:"required"`
	ReceivedTime schema.Time `json:"received_time" title:"收到时间" rule:"required"`
	// ReceivedMS is the same in milliseconds since 1970.
	ReceivedMS int64  `json:"received_ms" title:"收到时间（毫秒）" rule:"required"`
	TookMicros int64  `json:"took_micros" title:"耗时（微秒）" rule:"required"`
	Method     string `json:"method" title:"请求方法" rule:"required"`
	// Target is path and query as they were sent.
	Target string `json:"target" title:"请求目标" rule:"required"`
	// Operation is absent for an unknown path, MchID when nobody could be read.
	Operation string `json:"operation,omitempty" title:"接口"`
	MchID     string `json:"mchid,omitempty" title:"商户号"`
	// Verified says that the signature was right.
	Verified bool  `json:"verified" title:"验签通过" rule:"required"`
	Status   int64 `json:"status" title:"HTTP状态码" rule:"required"`
	// Cut says that the connection was broken on purpose, and no answer went out.
	Cut bool `json:"cut,omitempty" title:"断开连接"`
	// Channel is CONSOLE for a call that was made as a merchant over the management port, DRY for one
	// of which nothing was kept.
	Channel string `json:"channel,omitempty" title:"渠道" rule:"enum=CONSOLE|DRY"`
	// Ignored are names in the body that the operation does not know, as JSON Pointers: a misspelt or
	// misplaced field has no effect.
	Ignored []string `json:"ignored,omitempty" title:"被忽略的字段"`
	// Refused says in Chinese and in English why the answer is no success.
	RefusedZH string `json:"refused_zh,omitempty" title:"拒绝原因"`
	RefusedEN string `json:"refused_en,omitempty" title:"拒绝原因（英文）"`
}

// GetJournalRequest asks for one request.
type GetJournalRequest struct {
	// RequestID is the Request-ID of the answer, or "last" for the newest request.
	RequestID string `path:"request_id" json:"-" title:"请求编号" rule:"required chars=1..64"`
}

// JournalEntry is a request with its answer, as they were received and sent.
type JournalEntry struct {
	Request JournalLine `json:"request" title:"请求" rule:"required"`
	Proto   string      `json:"proto" title:"协议版本" rule:"required"`
	// Headers are in the order and case in which they were sent if Exact, else sorted.
	Headers []JournalHeader `json:"headers" title:"请求头" rule:"required"`
	Exact   bool            `json:"exact" title:"请求头原样" rule:"required"`
	// Body is the body as text; BodyBase64 takes its place when it is none.
	Body       string `json:"body,omitempty" title:"请求包体"`
	BodyBase64 string `json:"body_base64,omitempty" title:"请求包体（base64）"`
	// BodySize is how many bytes were received; no more than 262144 are kept.
	BodySize int64 `json:"body_size" title:"请求包体字节数" rule:"required"`

	AnswerHeaders    []JournalHeader `json:"answer_headers,omitempty" title:"应答头"`
	AnswerBody       string          `json:"answer_body,omitempty" title:"应答包体"`
	AnswerBodyBase64 string          `json:"answer_body_base64,omitempty" title:"应答包体（base64）"`
}

// JournalHeader is one header.
type JournalHeader struct {
	Name  string `json:"name" title:"名称" rule:"required"`
	Value string `json:"value" title:"值" rule:"required"`
}

// ReplayRequest has a request of the journal carried out once more, as its merchant and with
// another request number of the log.
type ReplayRequest struct {
	RequestID string `path:"request_id" json:"-" title:"请求编号" rule:"required chars=1..64"`
	// AsSent sends it with the signature that it had, judged as at the time at which it came: what
	// was not signed is refused. Otherwise it is as if the merchant had signed it anew.
	AsSent bool `json:"as_sent,omitempty" title:"保留原签名"`
	// Changes are made to the body before, then Edits to anything.
	Changes []ReplayChange `json:"changes,omitempty" title:"改动" rule:"items=1..50"`
	Edits   []ReplayEdit   `json:"edits,omitempty" title:"字节改动" rule:"items=1..50"`
}

// ReplayEdit changes a part of a request: all of it to Value, or one byte.
type ReplayEdit struct {
	// Part is what is changed. SIGNATURE is what the base64 in the Authorization header says.
	Part string `json:"part" title:"部分" rule:"required enum=METHOD|TARGET|HEADER|BODY|SIGNATURE"`
	// Name is that of the header.
	Name string `json:"name,omitempty" title:"请求头名称" rule:"chars=1..128"`
	// Value takes the place of the part; a header without it is taken out.
	Value *string `json:"value,omitempty" title:"新值" rule:"chars=..1048576"`
	// At is the place of a byte, from 0, and Byte what it becomes.
	At   *int64 `json:"at,omitempty" title:"字节位置" rule:"range=0..1048575"`
	Byte *int64 `json:"byte,omitempty" title:"字节" rule:"range=0..255"`
}

// ReplayChange sets one value of a JSON body.
type ReplayChange struct {
	// Path leads to it: names and places in lists, separated by dots, such as
	// stock_send_rule.max_coupons.
	Path string `json:"path" title:"位置" rule:"required chars=1..256"`
	// Value is JSON; text that is none, or that takes the place of a text, stands for itself. Without
	// it the value is taken out.
	Value *string `json:"value,omitempty" title:"新值" rule:"chars=..65536"`
}

func journalOperations() []wire.Operation {
	return []wire.Operation{
		{
			ID: ListJournal, Title: wire.Text{ZH: "查看请求日志", EN: "List requests"}, Duty: wire.DutyDevelop, Section: "management",
			Method: http.MethodGet, Path: "/manage/v1/journal", Auth: wire.ByOperatorInSandbox,
			Request: schema.Of[ListJournalRequest](), Response: schema.Of[JournalList](),
		},
		{
			ID: GetJournal, Title: wire.Text{ZH: "查看一个请求", EN: "Show a request"}, Duty: wire.DutyDevelop, Section: "management",
			Method: http.MethodGet, Path: "/manage/v1/journal/{request_id}", Auth: wire.ByOperatorInSandbox,
			Request: schema.Of[GetJournalRequest](), Response: schema.Of[JournalEntry](),
		},
		{
			ID: ReplayJournal, Title: wire.Text{ZH: "重放一个请求", EN: "Make a request once more"}, Duty: wire.DutyDevelop, Section: "management",
			Method: http.MethodPost, Path: "/manage/v1/journal/{request_id}/replay", Auth: wire.ByOperatorInSandbox,
			Request: schema.Of[ReplayRequest](), Response: schema.Of[MadeCall](),
		},
	}
}
