package manage

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// Ids of the operations about faults.
const (
	ListFaults  = "manage.faults.list"
	AddFault    = "manage.faults.add"
	RemoveFault = "manage.faults.remove"
	ClearFaults = "manage.faults.clear"
)

// AddFaultRequest lets something go wrong from now on.
type AddFaultRequest struct {
	// Kind is what goes wrong. Kinds that begin with CALLBACK_ concern what is delivered to
	// merchants, all others the answers to their calls.
	Kind string `json:"kind" title:"故障类型" rule:"required enum=ERROR|DELAY|CUT_BEFORE|CUT_AFTER|BAD_SIGNATURE|NO_SIGNATURE|STALE_SIGNATURE|OTHER_SERIAL|PROBE|BILL_HASH|CALLBACK_DUPLICATE|CALLBACK_DELAY|CALLBACK_REORDER|CALLBACK_FORGED|CALLBACK_STALE|CALLBACK_PROBE|CALLBACK_EMPTY_ATTACH_INFO"`
	// MchID is whose calls or callbacks; empty is everybody's.
	MchID string `json:"mchid,omitempty" title:"商户号" rule:"chars=1..32"`
	// Operation is the id of an operation, or the kind of an event such as COUPON.SEND; a star
	// at the end stands for whatever follows, empty for all.
	Operation string `json:"operation,omitempty" title:"接口" rule:"chars=1..64"`
	// Status, Code and Message are the documented error of kind ERROR; without a status or a
	// message it is the first one that fits.
	Status  int64  `json:"status,omitempty" title:"HTTP状态码" rule:"range=400..599"`
	Code    string `json:"code,omitempty" title:"错误码" rule:"chars=1..64"`
	Message string `json:"message,omitempty" title:"错误描述" rule:"chars=1..256"`
	// DelayMS is for how long, in milliseconds: up to 60 s for answers, 72 h for callbacks.
	DelayMS int64 `json:"delay_ms,omitempty" title:"延迟毫秒数" rule:"range=1..259200000"`
	// Percent is how many of a hundred calls are hit; absent means all.
	Percent *int64 `json:"percent,omitempty" title:"比例" rule:"range=1..100"`
	// Count is how many calls are hit until it ends; absent means that it does not end.
	Count *int64 `json:"count,omitempty" title:"次数" rule:"range=1..1000000000"`
}

// RemoveFaultRequest ends a fault.
type RemoveFaultRequest struct {
	ID string `path:"fault_id" json:"-" title:"故障编号" rule:"required chars=1..32"`
}

// Fault is something that goes wrong on purpose.
type Fault struct {
	ID        string `json:"fault_id" title:"故障编号" rule:"required"`
	Kind      string `json:"kind" title:"故障类型" rule:"required"`
	MchID     string `json:"mchid,omitempty" title:"商户号"`
	Operation string `json:"operation,omitempty" title:"接口"`
	Status    int64  `json:"status,omitempty" title:"HTTP状态码"`
	Code      string `json:"code,omitempty" title:"错误码"`
	Message   string `json:"message,omitempty" title:"错误描述"`
	DelayMS   int64  `json:"delay_ms,omitempty" title:"延迟毫秒数"`
	Percent   int64  `json:"percent" title:"比例" rule:"required"`
	// Left is how many calls it will still hit; absent means that it does not end.
	Left *int64 `json:"left,omitempty" title:"剩余次数"`
	Hits int64  `json:"hits" title:"命中次数" rule:"required"`
}

// FaultList lists faults, the oldest first. Those that ended stay until they are cleared.
type FaultList struct {
	Faults []Fault `json:"faults" title:"故障列表" rule:"required"`
}

// ClearedFaults says how many faults were removed.
type ClearedFaults struct {
	Removed int64 `json:"removed" title:"清除条数" rule:"required"`
}

func faultOperations() []wire.Operation {
	const path = "/manage/v1/faults"
	operations := []wire.Operation{
		{
			ID: ListFaults, Title: wire.Text{ZH: "查看故障规则", EN: "List faults"}, Duty: wire.DutyDevelop, Method: http.MethodGet, Path: path,
			Response: schema.Of[FaultList](),
		},
		{
			ID: AddFault, Title: wire.Text{ZH: "新增故障规则", EN: "Add a fault"}, Duty: wire.DutyDevelop, Method: http.MethodPost, Path: path,
			Request: schema.Of[AddFaultRequest](), Response: schema.Of[Fault](),
		},
		{
			ID: ClearFaults, Title: wire.Text{ZH: "清除全部故障规则", EN: "Clear all faults"}, Method: http.MethodDelete, Path: path,
			Duty: wire.DutyDevelop, Response: schema.Of[ClearedFaults](),
		},
		{
			ID: RemoveFault, Title: wire.Text{ZH: "删除一条故障规则", EN: "Remove a fault"}, Method: http.MethodDelete, Path: path + "/{fault_id}",
			Duty: wire.DutyDevelop, Request: schema.Of[RemoveFaultRequest](), Response: schema.Of[ClearedFaults](),
		},
	}
	for i := range operations {
		operations[i].Section, operations[i].Auth = "management", wire.ByOperatorInSandbox
	}
	return operations
}
