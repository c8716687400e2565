package sqlitestore

import (
	"context"
	"errors"
	"slices"

	"github.com/favord/favord/internal/base/planted"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
)

// Bounds of the commits.
const (
	// maxWaiting is how many transactions may wait for the writer.
	maxWaiting = 4096
	// maxJobs is how many transactions share a commit at most.
	maxJobs = 256
)

// job is one transaction that waits for the writer.
type job struct {
	fn func(store.Tx) error
	// changed are the merchants whose data others may have cached.
	changed map[merchant.ID]bool
	// sparing is true for work whose pages nobody needs soon.
	sparing bool
	// panicked is what fn panicked with. Its caller is to see it, not whoever ran
	// it.
	panicked any
}

// Write implements store.Store. Transactions that wait while another one commits run
// one after the other and then share a commit, each undone alone when it fails. There is
// one writer, so there is never a conflict, and fn runs once.
func (s *Store) Write(ctx context.Context, fn func(store.Tx) error) error {
	j := &job{fn: fn, sparing: store.IsSparing(ctx)}
	outcome, err := s.commits.Do(ctx, struct{}{}, j)
	if j.panicked != nil {
		panic(j.panicked)
	}
	return errors.Join(err, outcome)
}

// commit runs jobs in one transaction of SQLite. Its outcomes say how each ended.
func (s *Store) commit(ctx context.Context, _ struct{}, jobs []*job) ([]error, error) {
	writer, err := s.writers.take(ctx)
	if err != nil {
		return nil, err
	}
	defer s.writers.give(writer)
	outcomes := make([]error, len(jobs))
	err = writer.transact(ctx, "begin immediate", func() error { return writer.runAll(ctx, jobs, outcomes) })
	s.noteStuck(append([]error{err}, outcomes...)...)
	if slices.ContainsFunc(jobs, func(j *job) bool { return j.sparing }) {
		writer.shrink(ctx)
	}
	switch {
	case errors.Is(err, errNothing):
		return outcomes, nil
	case err != nil:
		for i := range outcomes {
			outcomes[i] = errors.Join(outcomes[i], err)
		}
		return outcomes, nil
	}
	s.count(jobs, outcomes)
	s.tell(jobs, outcomes)
	return outcomes, nil
}

// errNothing rolls back a transaction in which no job succeeded.
var errNothing = errors.New("sqlitestore: nothing to commit")

// runAll runs each job within a savepoint of its own. Its error means that none of
// them happened. A job that is alone needs no savepoint, which would copy every page
// that it changes.
func (s *session) runAll(ctx context.Context, jobs []*job, outcomes []error) error {
	if len(jobs) == 1 {
		if outcomes[0] = s.protect(jobs[0]); outcomes[0] != nil || jobs[0].panicked != nil {
			return errNothing
		}
		return nil
	}
	done := 0
	for i, j := range jobs {
		failed, err := s.runOne(ctx, j)
		if err != nil {
			return err
		}
		if outcomes[i] = failed; failed == nil && j.panicked == nil {
			done++
		}
	}
	if done == 0 {
		return errNothing
	}
	return nil
}

// runOne runs a job, and undoes what it did when it fails or panics. An error means
// that it could not be undone alone: SQLite gave the whole transaction up.
func (s *session) runOne(ctx context.Context, j *job) (failed, err error) {
	if err := s.exec(ctx, "savepoint job"); err != nil {
		return nil, err
	}
	if failed = s.protect(j); failed == nil && j.panicked == nil {
		return nil, s.exec(ctx, "release job")
	}
	j.changed = nil
	if err := s.exec(ctx, planted.SQLiteHalf.Text("rollback to job", "select 1")); err != nil {
		return nil, errors.Join(failed, err)
	}
	return failed, s.exec(ctx, "release job")
}

func (s *session) protect(j *job) error {
	defer func() { j.panicked = recover() }()
	return j.fn(&tx{session: s, job: j})
}

// tell says whose data the jobs that succeeded have changed.
func (s *Store) tell(jobs []*job, outcomes []error) {
	s.listening.Lock()
	listeners := slices.Clip(s.onChange)
	s.listening.Unlock()
	for i, j := range jobs {
		for owner := range j.changed {
			if outcomes[i] != nil {
				continue
			}
			for _, tell := range listeners {
				tell(owner)
			}
		}
	}
}
