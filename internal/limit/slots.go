package limit

import "runtime"

// Slots bounds how many goroutines calculate at once, however many want to. Unlike a
// Gate it refuses nobody, and no wait is given up: it is for work that has to be done
// once a call has come so far. Who waits is served in order. It is safe for concurrent
// use.
type Slots struct{ taken chan struct{} }

// NewSlots returns n slots. With as many as processors none of them rests, and there is
// never a queue of calculations before a goroutine that only wants to run for a moment.
func NewSlots(n int) *Slots { return &Slots{taken: make(chan struct{}, n)} }

// Do runs calculate in a slot.
func (s *Slots) Do(calculate func()) {
	s.taken <- struct{}{}
	defer func() { <-s.taken }()
	// Go runs a goroutine that was waiting for a slot before all others that are ready,
	// so that slots which are handed on keep a processor for themselves. Those
	// others, such as the one whose commit has just ended, go first.
	runtime.Gosched()
	calculate()
}
