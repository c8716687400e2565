package httpapi

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"testing"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/wire"
)

func TestWhatIsRefusedForWantOfRoomIsNotSigned(t *testing.T) {
	t.Parallel()
	s := &Server{Config: Config{Clock: clock.System{}, Log: slog.New(slog.DiscardHandler)}}
	c := &call{verified: true}
	for name, err := range map[string]error{
		"a full lane":         fmt.Errorf("issue: %w", fault.New(fault.TooFast, "频率限制", "Too many wait.")),
		"a wait for too long": fmt.Errorf("issue: %w", context.DeadlineExceeded),
	} {
		a := s.sign(t.Context(), c, s.fail(c, err)) // it would panic: the call has no keys
		if a.status != http.StatusTooManyRequests || a.signature != nil || a.reason == "" {
			t.Errorf("%s: %+v", name, a)
		}
	}
	for name, err := range map[string]error{
		"above its documented rate": errTooFast,
		"refused on purpose":        &injectedError{wire.Failure{Status: http.StatusTooManyRequests, Code: "FREQUENCY_LIMITED"}},
	} {
		if a := s.fail(c, err); a.shed || a.status != http.StatusTooManyRequests {
			t.Errorf("a call %s counts as shed: %+v", name, a)
		}
	}
}
