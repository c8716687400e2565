package server

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/platform/keyring"
	"github.com/favord/favord/internal/rule/operator"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/memstore"
)

// TestBeforeSomethingEndsItIsSaidThirtySevenAndOneDaysAhead has a token and its successor.
func TestBeforeSomethingEndsItIsSaidThirtySevenAndOneDaysAhead(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)
	s, hand, end := memstore.New(), clock.NewManual(start), start.Add(100*aDay)
	token := func(digest byte, name string, until time.Time) {
		if err := s.Write(t.Context(), func(tx store.Tx) error {
			return tx.InsertCredentials(t.Context(), []operator.Credential{{
				Digest: operator.Digest{digest}, Kind: operator.Token, Name: name, Created: start, Expires: until,
			}})
		}); err != nil {
			t.Fatal(err)
		}
	}
	token(1, "ci", end)
	token(2, "rotated", start.Add(20*aDay))
	token(3, "rotated", end.Add(aDay))
	var logged bytes.Buffer
	rotations := 0
	u := &upkeep{
		rotate: func(context.Context) ([]keyring.Rotated, error) { rotations++; return nil, nil },
		expiry: &expiry{store: s, clock: hand, authority: func(context.Context) (time.Time, error) { return time.Time{}, nil }},
		log:    slog.New(slog.NewTextHandler(&logged, nil)),
	}
	lines := 0
	for _, step := range []struct {
		left time.Duration
		says bool
	}{
		{100 * aDay, false},
		{30*aDay + 1, false},
		{30 * aDay, true},
		{29 * aDay, false},
		{8 * aDay, false},
		{7 * aDay, true},
		{6 * aDay, false},
		{aDay, true},
		{time.Hour, false},
	} {
		hand.Set(end.Add(-step.left))
		u.turn(t.Context())
		if said := strings.Count(logged.String(), "kind=token") - lines; (said == 1) != step.says || said > 1 {
			t.Errorf("%s before the end it is said %d times:\n%s", step.left, said, &logged)
		}
		lines = strings.Count(logged.String(), "kind=token")
	}
	if rotations != 9 {
		t.Errorf("it looked %d times for what must be rotated", rotations)
	}
	if strings.Contains(logged.String(), "ci") {
		t.Errorf("the log names a token:\n%s", &logged)
	}
}
