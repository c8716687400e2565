package lane

import "context"

// turns is what a context says about waiting: the key of a value in it.
type turns struct{}

// WithTurns returns a context whose calls do not wait for other goroutines: who has to wait in a
// lane calls turn, again and again, until the outcome is there. A simulation, in which all
// callers take turns on one thread, lets another one go on in it, and so decides who joins which
// batch.
func WithTurns(ctx context.Context, turn func()) context.Context {
	return context.WithValue(ctx, turns{}, turn)
}

// takeTurns returns at once but in a simulation.
func takeTurns[Q, A any](ctx context.Context, c *call[Q, A]) {
	turn, simulated := ctx.Value(turns{}).(func())
	for simulated && len(c.done) == 0 {
		turn()
	}
}
