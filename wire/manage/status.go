package manage

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// GetStatus is the id of the operation that shows what runs.
const GetStatus = "manage.status.get"

// Status is what runs on this port.
type Status struct {
	// Mode is sandbox or production.
	Mode    string `json:"mode" title:"模式" rule:"required enum=sandbox|production"`
	Version string `json:"version" title:"版本" rule:"required"`
	// APIURL is where signed calls go.
	APIURL string `json:"api_url" title:"接口地址" rule:"required"`
	// Time is signature time: the real one.
	Time schema.Time `json:"time" title:"时间" rule:"required"`
}

func statusOperations() []wire.Operation {
	return []wire.Operation{{
		ID: GetStatus, Title: wire.Text{ZH: "查看运行状态", EN: "Show the running server"}, Duty: wire.DutyBasic, Section: "management",
		Method: http.MethodGet, Path: "/manage/v1/status",
		Response: schema.Of[Status](),
	}}
}
