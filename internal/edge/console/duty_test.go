package console_test

import (
	"slices"
	"testing"

	"github.com/favord/favord/internal/edge/httpapi"
	"github.com/favord/favord/internal/rule/operator"
	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/manage"
)

func TestEveryOperationIsSomebodysDuty(t *testing.T) {
	t.Parallel()
	used := map[operator.Duty]bool{}
	note := func(id string, d wire.Duty) {
		used[operator.Duty(d)] = true
		if !slices.Contains(operator.Duties(), operator.Duty(d)) {
			t.Errorf("%s has the duty %q", id, d)
		}
	}
	for _, op := range append(manage.Operations(), manage.Events()) {
		if op.Auth != wire.ByAnyone {
			note(op.ID, op.Duty)
		}
	}
	for _, op := range httpapi.Operations() {
		note(op.ID, manage.SignedDuty(op.ID))
	}
	for _, d := range operator.Duties() {
		if !used[d] {
			t.Logf("no operation has the duty %s", d)
		}
	}
}
