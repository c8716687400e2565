package server

import (
	"context"
	"log/slog"
	"time"

	"github.com/favord/favord/internal/edge/console"
	"github.com/favord/favord/internal/platform/keyring"
)

// upkeepEvery is how often a server looks after what ends.
const upkeepEvery = time.Hour

// upkeep rotates platform certificates by schedule, and warns before anything ends.
type upkeep struct {
	rotate func(context.Context) ([]keyring.Rotated, error)
	expiry *expiry
	log    *slog.Logger
	// warned is of each kind the warning that was given last, in days.
	warned map[string]int
}

// Run looks at once and then every hour, until ctx ends.
func (u *upkeep) Run(ctx context.Context) error {
	ticker := time.NewTicker(upkeepEvery)
	defer ticker.Stop()
	for {
		u.turn(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// turn looks once. What fails is tried again at the next turn.
func (u *upkeep) turn(ctx context.Context) {
	rotated, err := u.rotate(ctx)
	for _, r := range rotated {
		u.log.Info("a platform certificate has a successor", "merchant", r.Owner, "serial", r.Serial, "signs_from", r.SignsFrom)
	}
	if err != nil && ctx.Err() == nil {
		u.log.Error("platform certificates were not rotated, or not all of them", "error", err)
	}
	soon := map[string]int{}
	for _, e := range u.expiry.soon(ctx) {
		soon[e.kind] = e.days
		if before, said := u.warned[e.kind]; said && before <= e.days {
			continue
		}
		u.log.Warn("something ends soon; favord status shows what", "kind", e.kind, "left", e.left.Round(time.Minute).String())
	}
	u.warned = soon
}

// warnings are what /readyz?verbose says beside the checks.
func (s *Server) warnings(ctx context.Context) (list []console.Ending) {
	for _, e := range s.expiry.soon(ctx) {
		list = append(list, console.Ending{Kind: e.kind, Left: e.left})
	}
	return list
}

func (s *Server) upkeep() *upkeep {
	return &upkeep{rotate: s.keyring.RotateDue, expiry: s.expiry, log: s.config.Log}
}
