package favordtest

import (
	"context"
	"time"

	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

// Now returns the sandbox's business time.
func (s *Sandbox) Now() time.Time {
	s.t.Helper()
	return managed(s, func(ctx context.Context) (*manage.Clock, error) {
		return s.manage.Clock(ctx, &manage.GetClockRequest{})
	}).BusinessTime.Time
}

// Freeze stops business time at t. Signatures keep the real time.
func (s *Sandbox) Freeze(t time.Time) {
	s.t.Helper()
	s.SetClock(manage.SetClockRequest{Action: "FREEZE", Time: schema.TimeOf(t)})
}

// Advance moves business time by d, which may be negative, in whole seconds.
func (s *Sandbox) Advance(d time.Duration) {
	s.t.Helper()
	s.SetClock(manage.SetClockRequest{Action: "ADVANCE", Seconds: int64(d / time.Second)})
}

// SetClock moves business time in any way that the management port can, such as to just
// after the end of a coupon.
func (s *Sandbox) SetClock(req manage.SetClockRequest) {
	s.t.Helper()
	managed(s, func(ctx context.Context) (*manage.Clock, error) { return s.manage.SetClock(ctx, &req) })
}
