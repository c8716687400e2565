package origin_test

import (
	"testing"

	"github.com/favord/favord/internal/base/origin"
)

func TestAContextKnowsItsRequestUntilManyShareIt(t *testing.T) {
	t.Parallel()
	if got := origin.Request(t.Context()); got != "" {
		t.Errorf("a context of no request has %q", got)
	}
	ctx := origin.With(t.Context(), "08AB-0")
	if got := origin.Request(ctx); got != "08AB-0" {
		t.Errorf("got %q", got)
	}
	if got := origin.Request(origin.Shared(ctx)); got != "" {
		t.Errorf("what many share has %q", got)
	}
}
