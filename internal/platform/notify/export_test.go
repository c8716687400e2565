package notify

import (
	"context"
	"time"
)

// Waiting reports whether the last look found something that could not be done yet.
func (s *Service) Waiting(ctx context.Context) (bool, error) {
	p, err := s.pass(ctx)
	s.running.Wait()
	if err == nil {
		err = s.settle(ctx)
	}
	return p.waiting || len(p.claims) > 0, err
}

// Schedule returns when a kind of event is sent, counted from its first attempt.
func Schedule(eventType string, tail time.Duration) []time.Duration {
	for kind, k := range kinds(tail) {
		if string(kind) == eventType {
			return k.schedule
		}
	}
	return nil
}
