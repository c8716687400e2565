package notify

import (
	"context"
	"time"
)

// Step makes one pass, waits for the attempts that it began and stores what they led to. It
// reports how many there were.
func (s *Service) Step(ctx context.Context) (int, error) {
	p, err := s.pass(ctx)
	if err == nil {
		err = s.sweep(ctx)
	}
	s.running.Wait()
	if err == nil {
		err = s.settle(ctx)
	}
	return len(p.claims), err
}

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
