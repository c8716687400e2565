package fault_test

import (
	"errors"
	"testing"

	"github.com/favord/favord/internal/base/fault"
)

func TestOfSeveralChecksTheFirstOrAllAreReported(t *testing.T) {
	t.Parallel()
	one, two := fault.New(fault.Invalid, "一", "One."), fault.New(fault.Refused, "二", "Two.")
	broken := errors.New("the disk is gone")
	fails := func(err error) func() error { return func() error { return err } }
	if err := fault.First(fails(nil), fails(two), fails(one)); !errors.Is(err, two) {
		t.Errorf("the first is %v", err)
	}
	if all := fault.Broken(fails(one), fails(nil), fails(two)); len(all) != 2 || !errors.Is(all[0], one) || !errors.Is(all[1], two) {
		t.Errorf("all are %v", all)
	}
	if all, err := fault.Refusals(fails(one), fails(nil), fails(two)); len(all) != 2 || err != nil {
		t.Errorf("refusals %v, %v", all, err)
	}
	if all, err := fault.Refusals(fails(one), fails(broken)); all != nil || !errors.Is(err, broken) {
		t.Errorf("what is no refusal is not reported: %v, %v", all, err)
	}
	if err := fault.First(); err != nil {
		t.Errorf("no checks: %v", err)
	}
}
