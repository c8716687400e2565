package lane

import (
	"context"
	"hash/fnv"
)

// DefaultLanes are enough that one batch is decided while another one waits for its commit.
// An engine with one writer needs no more than one.
const DefaultLanes = 4

// DefaultBounds are a queue of some 200 ms of a busy stock, and batches beyond which a
// commit gains nothing.
func DefaultBounds() Bounds { return Bounds{Queue: 4096, Batch: 256} }

// Spread has a fixed number of lanes over which keys are spread: a key has one lane, always
// the same, so that its calls run together; keys that share a lane share its batches, too.
// It is safe for concurrent use; use NewSpread.
type Spread[Q, A any] struct {
	lanes uint32
	group *Group[uint32, Q, A]
}

// NewSpread returns lanes whose batches, each of any keys, are carried out by run. The zero
// Bounds are DefaultBounds, no lanes are DefaultLanes.
func NewSpread[Q, A any](b Bounds, lanes int, run func(ctx context.Context, calls []Q) ([]A, error)) *Spread[Q, A] {
	if b == (Bounds{}) {
		b = DefaultBounds()
	}
	if lanes <= 0 {
		lanes = DefaultLanes
	}
	return &Spread[Q, A]{
		lanes: uint32(lanes),
		group: New(b, func(ctx context.Context, _ uint32, calls []Q) ([]A, error) { return run(ctx, calls) }),
	}
}

// Do is [Group.Do] in the lane of a key.
func (s *Spread[Q, A]) Do(ctx context.Context, key string, request Q) (A, error) {
	h := fnv.New32a()
	_, _ = h.Write([]byte(key)) // it never fails
	return s.group.Do(ctx, h.Sum32()%s.lanes, request)
}
