package manage

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// Ids of the operations on files of codes that a server imports into the pool of a stock.
const (
	BeginCodeImport  = "manage.codeimports.begin"
	GetCodeImport    = "manage.codeimports.get"
	AddCodePart      = "manage.codeimports.add"
	RunCodeImport    = "manage.codeimports.run"
	PauseCodeImport  = "manage.codeimports.pause"
	RemoveCodeImport = "manage.codeimports.remove"
	ListWrongLines   = "manage.codeimports.wrong"
)

// BeginCodeImportRequest begins an import, or finds the one of the same file that is not over: its upload
// goes on at Received. A stock has one import at a time.
type BeginCodeImportRequest struct {
	StockID string `path:"stock_id" json:"-" title:"批次号" rule:"required chars=1..20"`
	Name    string `json:"name" title:"文件名" rule:"required chars=1..200 line"`
	// Print is the same for the same file: a digest, whichever.
	Print string `json:"print" title:"文件摘要" rule:"required chars=8..64 match=alphanumeric"`
	// Size is that of the file in bytes.
	Size int64 `json:"size" title:"文件大小" rule:"range=1..67108864"`
}

// CodeImportRequest names an import.
type CodeImportRequest struct {
	StockID  string `path:"stock_id" json:"-" title:"批次号" rule:"required chars=1..20"`
	ImportID string `path:"import_id" json:"-" title:"导入任务ID" rule:"required chars=1..40"`
}

// AddCodePartRequest brings the next bytes of a file.
type AddCodePartRequest struct {
	StockID  string `path:"stock_id" json:"-" title:"批次号" rule:"required chars=1..20"`
	ImportID string `path:"import_id" json:"-" title:"导入任务ID" rule:"required chars=1..40"`
	// Offset is where they begin in the file: the Received of the answer before. Bytes that are there
	// already change nothing.
	Offset int64 `json:"offset" title:"起始位置" rule:"range=0..67108864"`
	// Content is base64 of up to 256 KiB.
	Content string `json:"content" title:"文件内容（base64）" rule:"required chars=4..349528"`
}

// CodeImport is a file of codes on its way into the pool of a stock.
type CodeImport struct {
	StockID  string `json:"stock_id" title:"批次号" rule:"required"`
	ImportID string `json:"import_id" title:"导入任务ID" rule:"required"`
	Name     string `json:"name" title:"文件名" rule:"required"`
	// Phase says what it waits for: the rest of the file, the check of its lines, somebody who has it be
	// imported or go on, the import, nothing.
	Phase string `json:"phase" title:"阶段" rule:"required enum=UPLOADING|CHECKING|READY|RUNNING|PAUSED|DONE|REFUSED"`
	// Size is that of the file, Received how much of it is there, in bytes.
	Size     int64 `json:"size" title:"文件大小" rule:"required"`
	Received int64 `json:"received" title:"已收到的字节数" rule:"required"`
	// Lines counts the lines of the file, Good those with a code that can be imported, Wrong those that
	// cannot be; an empty line is neither.
	Lines int64 `json:"lines" title:"行数" rule:"required"`
	Good  int64 `json:"good" title:"可导入的code数" rule:"required"`
	Wrong int64 `json:"wrong" title:"有误的行数" rule:"required"`
	// Done counts the codes that were imported: Stored are new in the pool, Existed were there.
	Done    int64 `json:"done" title:"已处理的code数" rule:"required"`
	Stored  int64 `json:"stored" title:"新增的code数" rule:"required"`
	Existed int64 `json:"existed" title:"原已存在的code数" rule:"required"`
	// ProblemZH and ProblemEN say why it stopped by itself.
	ProblemZH string `json:"problem_zh,omitempty" title:"问题"`
	ProblemEN string `json:"problem_en,omitempty" title:"问题（英文）"`
	// Actor began it.
	Actor      string      `json:"actor" title:"发起人" rule:"required"`
	CreateTime schema.Time `json:"create_time" title:"创建时间" rule:"required"`
	UpdateTime schema.Time `json:"update_time" title:"最近变化时间" rule:"required"`
}

// ListWrongLinesRequest asks for lines of a file that are not imported.
type ListWrongLinesRequest struct {
	StockID  string `path:"stock_id" json:"-" title:"批次号" rule:"required chars=1..20"`
	ImportID string `path:"import_id" json:"-" title:"导入任务ID" rule:"required chars=1..40"`
	// After is the Next of the page before.
	After *int64 `query:"after" json:"-" title:"起始位置" rule:"range=1..10000"`
}

// WrongLineList is a page of lines that are not imported; of the first 10,000 of a file each is listed.
type WrongLineList struct {
	Lines []WrongLine `json:"lines" title:"有误的行" rule:"required"`
	// Next is what the next page is to be asked for as After; 0 when this is the last.
	Next int64 `json:"next,omitempty" title:"下一页起始位置"`
}

// WrongLine is a line of a file that is not imported.
type WrongLine struct {
	// Line counts from 1, Text is how the line begins.
	Line int64  `json:"line" title:"行号" rule:"required"`
	Text string `json:"text" title:"内容" rule:"required"`
	// Why is LONG for more than 32 characters, FORM for others than a code may have, AGAIN for a code that
	// is on line First.
	Why   string `json:"why" title:"原因" rule:"required enum=LONG|FORM|AGAIN"`
	First int64  `json:"first,omitempty" title:"首次出现的行号"`
}

func codeImportOperations() []wire.Operation {
	const (
		stock = "/manage/v1/stocks/{stock_id}/code-import"
		one   = stock + "/{import_id}"
	)
	operations := []wire.Operation{{
		ID: BeginCodeImport, Title: wire.Text{ZH: "开始导入code文件", EN: "Begin to import a file of codes"},
		Method: http.MethodPost, Path: stock, Request: schema.Of[BeginCodeImportRequest](), Response: schema.Of[CodeImport](),
	}, {
		ID: GetCodeImport, Title: wire.Text{ZH: "查询code文件的导入进度", EN: "Show how far an import of codes is"},
		Method: http.MethodGet, Path: stock, Request: schema.Of[StockRequest](), Response: schema.Of[CodeImport](),
	}, {
		ID: AddCodePart, Title: wire.Text{ZH: "上传code文件的一段", EN: "Upload a part of a file of codes"},
		Method: http.MethodPost, Path: one + "/parts", Request: schema.Of[AddCodePartRequest](), Response: schema.Of[CodeImport](),
	}, {
		ID: RunCodeImport, Title: wire.Text{ZH: "导入文件中的code", EN: "Import the codes of a file"},
		Method: http.MethodPost, Path: one + "/run", Request: schema.Of[CodeImportRequest](), Response: schema.Of[CodeImport](),
	}, {
		ID: PauseCodeImport, Title: wire.Text{ZH: "暂停导入code", EN: "Pause an import of codes"},
		Method: http.MethodPost, Path: one + "/pause", Request: schema.Of[CodeImportRequest](), Response: schema.Of[CodeImport](),
	}, {
		ID: RemoveCodeImport, Title: wire.Text{ZH: "放弃导入code", EN: "Abandon an import of codes"}, Success: http.StatusNoContent,
		Method: http.MethodDelete, Path: one, Request: schema.Of[CodeImportRequest](),
	}, {
		ID: ListWrongLines, Title: wire.Text{ZH: "查询code文件中有误的行", EN: "List the wrong lines of a file of codes"},
		Method: http.MethodGet, Path: one + "/wrong", Request: schema.Of[ListWrongLinesRequest](), Response: schema.Of[WrongLineList](),
	}}
	for i := range operations {
		operations[i].Section, operations[i].Duty = "management", wire.DutyMarket
	}
	return operations
}
