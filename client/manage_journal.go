package client

import (
	"context"

	"github.com/favord/favord/wire/manage"
)

// Journal lists requests that a sandbox has received, or waits for the next ones.
func (m *Management) Journal(ctx context.Context, req *manage.ListJournalRequest) (*manage.JournalList, error) {
	return managed[manage.JournalList](ctx, m, manage.ListJournal, req)
}

// JournalEntry shows a request that a sandbox has received, with its answer.
func (m *Management) JournalEntry(ctx context.Context, req *manage.GetJournalRequest) (*manage.JournalEntry, error) {
	return managed[manage.JournalEntry](ctx, m, manage.GetJournal, req)
}

// Replay has a sandbox carry out a request of its journal once more, with changes to its body. The
// error is about this call; the answer may be a refusal, too.
func (m *Management) Replay(ctx context.Context, req *manage.ReplayRequest) (*manage.MadeCall, error) {
	return managed[manage.MadeCall](ctx, m, manage.ReplayJournal, req)
}

// Explain says why a sandbox refused a signed request, or why a notification does not open.
func (m *Management) Explain(ctx context.Context, req *manage.ExplainRequest) (*manage.Explanation, error) {
	return managed[manage.Explanation](ctx, m, manage.Explain, req)
}
