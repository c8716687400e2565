package memstore

// standby is what a second server would lack of the committed state. The engine has none; for a
// simulation of failovers it remembers how to undo what one would not have yet.
type standby struct {
	behind bool
	undo   []func()
}

func (s *standby) lacks(t *tx) {
	if s.behind {
		s.undo = append(s.undo, t.undo...)
	}
}

// FallBehind has a standby get nothing of the commits that follow, until it catches up.
func (s *Store) FallBehind() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.standby.behind = true
}

// CatchUp has the standby get everything.
func (s *Store) CatchUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.standby = standby{}
}

// Lacking is how many changes of rows the standby lacks.
func (s *Store) Lacking() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.standby.undo)
}

// FailOver goes on with what the standby has. Everybody who keeps anything is told to forget it.
func (s *Store) FailOver() {
	s.mu.Lock()
	(&tx{undo: s.standby.undo}).rollBack()
	s.standby = standby{}
	listeners := s.onChange
	s.mu.Unlock()
	for _, tell := range listeners {
		tell("")
	}
}
