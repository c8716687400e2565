package manage

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// Explain is the id of the operation that says why a signed request was refused, or why a
// notification does not open.
const Explain = "manage.explain"

// ExplainRequest names a request of the journal, or brings a request or a notification.
type ExplainRequest struct {
	// RequestID is the Request-ID of an answer, or "last".
	RequestID string `json:"request_id,omitempty" title:"请求编号" rule:"chars=1..64"`
	// Content is base64 of a request or a notification: the output of curl -v, HTTP as text, an
	// entry of the journal as JSON, the body of a notification.
	Content string `json:"content,omitempty" title:"请求或通知的原文（base64）" rule:"chars=1..3000000"`
	// Body is base64 of the body, which the output of curl lacks.
	Body string `json:"body,omitempty" title:"请求包体（base64）" rule:"chars=1..3000000"`
	// Signed is base64 of the message that the client says it signs.
	Signed string `json:"signed,omitempty" title:"客户端的签名串（base64）" rule:"chars=1..3000000"`
	// APIv3Key is the key with which the receiver of a notification tried to open it.
	APIv3Key string `json:"apiv3_key,omitempty" title:"接收方使用的APIv3密钥" rule:"chars=1..256"`
}

// Explanation is what was found out.
type Explanation struct {
	// RequestID is that of the request in the journal.
	RequestID string `json:"request_id,omitempty" title:"请求编号"`
	// Causes are the names of the causes, for programs; NONE when nothing is wrong.
	Causes []string `json:"causes" title:"原因" rule:"required"`
	// SentenceZH and SentenceEN say it in one sentence.
	SentenceZH string `json:"sentence_zh" title:"结论" rule:"required"`
	SentenceEN string `json:"sentence_en" title:"结论（英文）" rule:"required"`
	// Expected is the message that has to be signed, and Signed the one that was, if known.
	Expected   string      `json:"expected,omitempty" title:"应签名的内容"`
	Signed     string      `json:"signed,omitempty" title:"实际签名的内容"`
	Difference *Difference `json:"difference,omitempty" title:"第一处不同"`
	// Plaintext is what a notification holds.
	Plaintext string `json:"plaintext,omitempty" title:"通知的明文"`
}

// Difference is the first byte in which the messages differ. Everything counts from 1.
type Difference struct {
	Byte   int64 `json:"byte" title:"字节" rule:"required"`
	Line   int64 `json:"line" title:"行" rule:"required"`
	Column int64 `json:"column" title:"列" rule:"required"`
	// Signed and Expected are quoted, and absent at the end of a message.
	Signed   string `json:"signed,omitempty" title:"签名的内容"`
	Expected string `json:"expected,omitempty" title:"应为"`
}

func explainOperations() []wire.Operation {
	return []wire.Operation{{
		ID: Explain, Title: wire.Text{ZH: "诊断签名或解密失败的原因", EN: "Explain a refused signature"}, Section: "management",
		Duty: wire.DutyDevelop, Method: http.MethodPost, Path: "/manage/v1/explain", Auth: wire.ByOperatorInSandbox,
		Request: schema.Of[ExplainRequest](), Response: schema.Of[Explanation](),
	}}
}
