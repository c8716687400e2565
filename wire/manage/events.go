package manage

import (
	"net/http"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// Names of the events of the stream, each with the JSON of what it is about.
const (
	// EventJournal brings a JournalLine. Its id is where to go on after.
	EventJournal = "journal"
	// EventStale says that requests in between are not kept any more: read the list anew.
	EventStale = "stale"
	// EventClock brings a Clock, EventFaults a FaultList: as it is at first, then whenever it
	// changes.
	EventClock  = "clock"
	EventFaults = "faults"
	// EventPing says that the stream is alive.
	EventPing = "ping"
)

// Events is the stream of what happens in a sandbox, as server-sent events. It is not one of
// the operations, whose answers end; filters and After are those of the journal's list.
func Events() wire.Operation {
	return wire.Operation{
		ID: "manage.events", Title: wire.Text{ZH: "跟随沙箱中发生的事", EN: "Follow what happens in a sandbox"}, Section: "management",
		Product: wire.Manage, Method: http.MethodGet, Path: "/manage/v1/events", Auth: wire.ByOperatorInSandbox, Success: http.StatusOK,
		Duty: wire.DutyDevelop, Request: schema.Of[ListJournalRequest](),
	}
}
