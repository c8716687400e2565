package limit

// Slots bounds how many goroutines calculate at once, however many want to. Unlike a
// Gate it refuses nobody, and no wait is given up: it is for work that has to be done
// once a call has come so far. Who waits is served in order. It is safe for concurrent
// use.
type Slots struct{ taken chan struct{} }

// NewSlots returns n slots.
func NewSlots(n int) *Slots { return &Slots{taken: make(chan struct{}, n)} }

// Do runs calculate in a slot.
func (s *Slots) Do(calculate func()) {
	s.taken <- struct{}{}
	defer func() { <-s.taken }()
	calculate()
}
