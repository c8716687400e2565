// Package proof proves the invariants over everything that a running server has stored, when
// somebody asks, and keeps what came of it. It changes nothing.
package proof

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/store"
)

// State is how far a proof is.
type State string

// The states.
const (
	// None was asked for since this node began.
	None    State = "NONE"
	Running State = "RUNNING"
	Done    State = "DONE"
	// Failed says that the store could not be read to its end: nothing is proved.
	Failed State = "FAILED"
)

// Report is what came of the latest proof.
type Report struct {
	State State
	// Began and Ended are real times, zero where they have not come.
	Began, Ended time.Time
	// Invariants are what was proved; none until it is done.
	Invariants []Proved
	// Reason says why it failed.
	Reason fault.Text
}

// Proved is an invariant with how many rows were looked at, and how many of them break it.
type Proved struct {
	// Name says in English what must be true.
	Name         string
	Rows, Broken int64
}

// Config is what a Service needs.
type Config struct {
	Store store.Store
	// Clock is the real time.
	Clock clock.Clock
}

// Service proves. It is safe for concurrent use; Run does the work.
type Service struct {
	config Config
	// asked has room for one wish: while a proof runs there is nothing more to ask for.
	asked chan struct{}

	mu     sync.Mutex
	report Report
}

// New returns a service.
func New(c Config) *Service {
	return &Service{config: c, asked: make(chan struct{}, 1), report: Report{State: None}}
}

// Report returns what came of the latest proof on this node.
func (s *Service) Report() Report {
	s.mu.Lock()
	defer s.mu.Unlock()
	report := s.report
	report.Invariants = slices.Clone(report.Invariants)
	return report
}

// Ask has Run prove, unless it does already, and returns the report of that proof.
func (s *Service) Ask() Report {
	s.mu.Lock()
	if s.report.State != Running {
		s.report = Report{State: Running, Began: s.config.Clock.Now()}
		s.asked <- struct{}{}
	}
	s.mu.Unlock()
	return s.Report()
}

// Run proves whenever it is asked to, one proof at a time, until ctx ends. A proof reads all that is
// stored, in one state of it, while calls go on.
func (s *Service) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.asked:
			s.prove(ctx)
		}
	}
}

func (s *Service) prove(ctx context.Context) {
	list, err := s.config.Store.Check(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.report.Ended = s.config.Clock.Now()
	if err != nil {
		s.report.State, s.report.Reason = Failed, fault.Of(err).Text
		return
	}
	s.report.State, s.report.Invariants = Done, make([]Proved, len(list))
	for i, one := range list {
		s.report.Invariants[i] = Proved(one)
	}
}
