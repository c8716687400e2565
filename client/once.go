package client

import (
	"context"
	"errors"
	"sync"
)

// RememberIDs returns a NotifyConfig.Once that remembers in memory the ids of the last
// events that were handled, as many as size says (at least one). While an event is being
// handled, a repetition of it waits for the outcome; what failed is handled again.
//
// It forgets everything when the program ends and knows nothing of other nodes: handling
// must bear repetitions all the same.
func RememberIDs(size int) func(ctx context.Context, id string, handle func(context.Context) error) error {
	m := &memory{handled: map[string]bool{}, ring: make([]string, max(size, 1)), under: map[string]chan struct{}{}}
	return m.once
}

// memory is a bounded set of ids, the oldest of which goes first.
type memory struct {
	mu      sync.Mutex
	handled map[string]bool
	// ring holds the ids in the order in which they came; next is where the next one
	// takes the place of the oldest.
	ring []string
	next int
	// under holds the ids that are being handled; each channel is closed at the end.
	under map[string]chan struct{}
}

func (m *memory) once(ctx context.Context, id string, handle func(context.Context) error) error {
	for {
		handled, others := m.begin(id)
		if handled {
			return nil
		}
		if others == nil {
			return m.handle(ctx, id, handle)
		}
		select {
		case <-others:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// begin says whether the id was handled, or whom to wait for. Neither means that it is the
// caller's.
func (m *memory) begin(id string) (handled bool, others <-chan struct{}) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.handled[id] {
		return true, nil
	}
	if under, busy := m.under[id]; busy {
		return false, under
	}
	m.under[id] = make(chan struct{})
	return false, nil
}

// errUnfinished is what a panic leaves behind.
var errUnfinished = errors.New("client: the event was not handled to the end")

func (m *memory) handle(ctx context.Context, id string, handle func(context.Context) error) error {
	err := errUnfinished
	defer func() { m.end(id, err) }()
	err = handle(ctx)
	return err
}

func (m *memory) end(id string, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	close(m.under[id])
	delete(m.under, id)
	if err != nil {
		return
	}
	delete(m.handled, m.ring[m.next])
	m.handled[id], m.ring[m.next] = true, id
	m.next = (m.next + 1) % len(m.ring)
}
