// Package turns lets callers who wait for each other do so on one thread. A simulation, in which all
// callers take turns, lets another one go on where one has to wait, and so decides what happens when.
package turns

import "context"

// key is that of a value in a context.
type key struct{}

// With returns a context whose calls do not wait for other goroutines: who has to wait calls turn,
// again and again, until there is nothing to wait for.
func With(ctx context.Context, turn func()) context.Context {
	return context.WithValue(ctx, key{}, turn)
}

// Of returns what whoever waits has to call; nil but in a simulation.
func Of(ctx context.Context) func() {
	turn, _ := ctx.Value(key{}).(func())
	return turn
}
