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
func DefaultBounds() Bounds { return Bounds{Queue: 4096, Batch: 512} }

// batchOfOne is the batch where one lane waits for every commit: all that is gained lies in its size.
const batchOfOne = 1024

// PerOwner is a number of lanes that gives every owner lanes of its own: where the rows of owners lie on
// different servers, a batch must be of one, so that its commit is one.
const PerOwner = -1

// lanesOfOwner are how many lanes the keys of one owner have: one batch is decided while another one
// is committed.
const lanesOfOwner = 2

// Spread has lanes over which keys are spread: a key has one lane, always the same, so that its
// calls run together; keys that share a lane share its batches, too. It is safe for concurrent use;
// use NewSpread.
type Spread[Q, A any] struct {
	lanes int
	group *Group[place, Q, A]
}

// place is a lane: of one owner, or of all.
type place struct {
	owner string
	lane  uint32
}

// NewSpread returns lanes whose batches, each of any keys, are carried out by run. The zero
// Bounds are DefaultBounds, with larger batches for one lane; 0 lanes are DefaultLanes.
func NewSpread[Q, A any](b Bounds, lanes int, run func(ctx context.Context, calls []Q) ([]A, error)) *Spread[Q, A] {
	return NewRelayedSpread(b, lanes, func(ctx context.Context, calls []Q, _ *Relay) ([]A, error) { return run(ctx, calls) })
}

// NewRelayedSpread is NewSpread with batches that may follow each other, as those of [NewRelayed].
func NewRelayedSpread[Q, A any](
	b Bounds, lanes int, run func(ctx context.Context, calls []Q, relay *Relay) ([]A, error),
) *Spread[Q, A] {
	if b == (Bounds{}) {
		b = DefaultBounds()
		if lanes == 1 {
			b.Batch = batchOfOne
		}
	}
	if lanes == 0 {
		lanes = DefaultLanes
	}
	return &Spread[Q, A]{
		lanes: lanes,
		group: NewRelayed(b, func(ctx context.Context, _ place, calls []Q, relay *Relay) ([]A, error) {
			return run(ctx, calls, relay)
		}),
	}
}

// Do is [Group.Do] in the lane of an owner's key. The lanes of an owner are neighbours, never the same
// one where there are two.
func (s *Spread[Q, A]) Do(ctx context.Context, owner, key string, request Q) (A, error) {
	at := place{lane: hash(key) % lanesOfOwner}
	if s.lanes < 0 {
		at.owner = owner
	} else {
		at.lane = (at.lane + hash(owner)) % uint32(s.lanes) //nolint:gosec // a few
	}
	return s.group.Do(ctx, at, request)
}

func hash(key string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(key)) // it never fails
	return h.Sum32()
}
