package server

import (
	"context"
	"runtime"
	"time"

	"github.com/favord/favord/internal/base/lane"
	"github.com/favord/favord/internal/base/limit"
	"github.com/favord/favord/internal/base/shelf"
	"github.com/favord/favord/internal/base/telemetry"
)

// gates are what requests wait at.
type gates struct{ api, pages, held *limit.Gate }

func newGates() gates {
	cores := runtime.GOMAXPROCS(0)
	return gates{
		api:   limit.NewGate(limit.Room{Inside: insidePerCore * cores, Waiting: waiting, Patience: gatePatience}),
		pages: limit.NewGate(limit.Room{Inside: pagesPerCore * cores, Waiting: waiting, Patience: gatePatience}),
		held:  limit.NewGate(limit.Room{Inside: refusalsHeld, Held: true}),
	}
}

// lanesOf are the lanes in which calls wait, by name.
func (s *Server) lanesOf(can capabilities) map[string]lane.Watched {
	lanes := map[string]lane.Watched{
		"issue": can.issue.Lane(), "redeem": can.redeem.Lane(),
		"send": can.vouchers.grant.Lane(), "pay": can.vouchers.rail.Lane(),
	}
	if writer, is := s.engine.(interface{ Lane() lane.Watched }); is {
		lanes["writer"] = writer.Lane()
	}
	return lanes
}

// meter has every part of the server tell its figures.
func (s *Server) meter(can capabilities) {
	m := s.metrics
	gauge := func(name, help string, labels ...string) telemetry.Figure {
		return telemetry.Figure{Name: name, Help: help, Labels: labels}
	}
	m.Ask([]telemetry.Figure{gauge("favord_build_info", "Always 1; what runs.", "version", "go")}, func(_ context.Context, tell telemetry.Tell) {
		tell("favord_build_info", 1, s.config.Version, runtime.Version())
	})
	lanes := s.lanesOf(can)
	for name, l := range lanes {
		l.Watch(func(calls int, waited time.Duration) { m.Batch(name, calls, waited) })
	}
	m.Ask([]telemetry.Figure{
		gauge("favord_lane_waiting", "Calls that wait for their batch.", "lane"),
		gauge("favord_lane_oldest_seconds", "How long the call has waited that waits longest.", "lane"),
		gauge("favord_gate_requests", "Requests that are worked on (inside), wait for room (waiting) or for their refusal (held).", "gate", "state"),
	}, func(_ context.Context, tell telemetry.Tell) {
		for name, l := range lanes {
			stats := l.Stats()
			tell("favord_lane_waiting", float64(stats.Waiting), name)
			tell("favord_lane_oldest_seconds", stats.Oldest.Seconds(), name)
		}
		for name, gate := range map[string]*limit.Gate{"api": s.gates.api, "pages": s.gates.pages} {
			inside, waiting := gate.Load()
			tell("favord_gate_requests", float64(inside), name, "inside")
			tell("favord_gate_requests", float64(waiting), name, "waiting")
		}
		refused, _ := s.gates.held.Load()
		tell("favord_gate_requests", float64(refused), "api", "held")
	})
	m.Ask([]telemetry.Figure{
		{Name: "favord_cache_lookups_total", Help: "Looks into a cache, by whether the value was there.", Counter: true, Labels: []string{"cache", "result"}},
		gauge("favord_cache_entries", "Values in a cache.", "cache"),
	}, func(_ context.Context, tell telemetry.Tell) {
		caches := can.known.Caches()
		caches["keys"] = s.keyring.Cache()
		for name, stats := range caches {
			tellCache(tell, name, stats)
		}
	})
	s.meterDatabase()
	s.meterHealth()
}

func tellCache(tell telemetry.Tell, name string, stats shelf.Stats) {
	tell("favord_cache_lookups_total", float64(stats.Hits), name, "hit")
	tell("favord_cache_lookups_total", float64(stats.Misses), name, "miss")
	tell("favord_cache_entries", float64(stats.Entries), name)
}

// meterDatabase tells how the database and the deliveries in it are doing. While it is away
// there is nothing to tell.
func (s *Server) meterDatabase() {
	gauge := func(name, help string, labels ...string) telemetry.Figure {
		return telemetry.Figure{Name: name, Help: help, Labels: labels}
	}
	s.metrics.Ask([]telemetry.Figure{
		gauge("favord_database_size_bytes", "Size of the database."),
		{Name: "favord_database_commits_total", Help: "Commits of this process; each was synced to disk once.", Counter: true},
		{Name: "favord_database_changes_total", Help: "Transactions that these commits made durable.", Counter: true},
		gauge("favord_database_connections", "Connections of this process; with SQLite those that read.", "state"),
		gauge("favord_deliveries", "Callbacks by state. Those that are pending or dead are counted up to 100,000.", "state"),
		gauge("favord_delivery_overdue_seconds", "For how long the callback is due that is due longest."),
		gauge("favord_delivery_in_flight", "Attempts to deliver that run on this node."),
		gauge("favord_receivers_paused", "Receivers that this node leaves alone for a while, since they do not answer."),
	}, func(ctx context.Context, tell telemetry.Tell) {
		inFlight, paused := s.notify.Load()
		tell("favord_delivery_in_flight", float64(inFlight))
		tell("favord_receivers_paused", float64(paused))
		f, err := s.engine.Figures(ctx)
		if err != nil {
			return
		}
		tell("favord_database_size_bytes", float64(f.Bytes))
		tell("favord_database_commits_total", float64(f.Commits))
		tell("favord_database_changes_total", float64(f.Changes))
		tell("favord_database_connections", float64(f.Connections.Open), "open")
		tell("favord_database_connections", float64(f.Connections.Busy), "busy")
		tell("favord_database_connections", float64(f.Connections.Most), "most")
		d := f.Deliveries
		tell("favord_deliveries", float64(d.Pending), "pending")
		tell("favord_deliveries", float64(d.Dead), "dead")
		tell("favord_deliveries", float64(max(0, d.Kept-d.Pending-d.Dead)), "delivered")
		overdue := 0.0
		if !d.OldestDue.IsZero() {
			overdue = max(0, s.config.Clock.Now().Sub(d.OldestDue).Seconds())
		}
		tell("favord_delivery_overdue_seconds", overdue)
	})
}

// meterHealth tells what /readyz would, and when certificates end.
func (s *Server) meterHealth() {
	s.metrics.Ask([]telemetry.Figure{
		{Name: "favord_ready", Help: "1 when a check of /readyz passes, else 0.", Labels: []string{"check"}},
		{Name: "favord_certificate_left_seconds", Help: "How long the certificate is good that ends first: of the platform and of merchants those that are in use, of the ports their TLS, the authority's, and the token with a name.", Labels: []string{"certificate"}},
	}, func(ctx context.Context, tell telemetry.Tell) {
		for name, err := range s.console.Health(ctx) {
			ready := 1.0
			if err != nil {
				ready = 0
			}
			tell("favord_ready", ready, name)
		}
		for name, left := range s.expiry.left(ctx) {
			tell("favord_certificate_left_seconds", left.Seconds(), name)
		}
	})
}
