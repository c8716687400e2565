package client

import (
	"context"

	"github.com/favord/favord/wire/manage"
)

// Faults lists what goes wrong on purpose in a sandbox.
func (m *Management) Faults(ctx context.Context) (*manage.FaultList, error) {
	return managed[manage.FaultList](ctx, m, manage.ListFaults, nil)
}

// AddFault lets something go wrong in a sandbox from now on.
func (m *Management) AddFault(ctx context.Context, req *manage.AddFaultRequest) (*manage.Fault, error) {
	return managed[manage.Fault](ctx, m, manage.AddFault, req)
}

// RemoveFault ends one fault of a sandbox.
func (m *Management) RemoveFault(ctx context.Context, req *manage.RemoveFaultRequest) (*manage.ClearedFaults, error) {
	return managed[manage.ClearedFaults](ctx, m, manage.RemoveFault, req)
}

// ClearFaults ends all faults of a sandbox.
func (m *Management) ClearFaults(ctx context.Context) (*manage.ClearedFaults, error) {
	return managed[manage.ClearedFaults](ctx, m, manage.ClearFaults, nil)
}
