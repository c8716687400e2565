package sqlitestore

import (
	"context"
	"errors"
)

// errClosed reports a call after Close.
var errClosed = errors.New("sqlitestore: closed")

// pool hands out sessions, one user at a time each.
type pool struct {
	free chan *session
	size int
}

func newPool(capacity int) *pool { return &pool{free: make(chan *session, capacity)} }

func (p *pool) add(s *session) {
	p.size++
	p.free <- s
}

// take waits for a session.
func (p *pool) take(ctx context.Context) (*session, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case s, open := <-p.free:
		if !open {
			return nil, errClosed
		}
		return s, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *pool) give(s *session) { p.free <- s }

// close takes every session back as it becomes free, and closes it.
func (p *pool) close() error {
	if p == nil {
		return nil
	}
	var errs []error
	for range p.size {
		s := <-p.free
		errs = append(errs, s.close())
	}
	close(p.free)
	return errors.Join(errs...)
}
