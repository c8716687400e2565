package sqlitestore

import (
	"context"
	"errors"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
)

func (t *tx) Requests(ctx context.Context, keys []store.RequestKey) (map[store.RequestKey]store.Request, error) {
	found := make(map[store.RequestKey]store.Request, len(keys))
	for _, key := range keys {
		r := store.Request{RequestKey: key}
		var content []byte
		var at int64
		err := t.row(ctx, `
			select content, answer, at
			from request
			where creator_mchid = ? and stock_id = ? and operation = ? and subject = ? and number = ?`,
			[]any{key.Owner, key.Stock, key.Operation, []byte(key.Subject), key.Number},
			[]any{&content, &r.Answer, &at})
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		copy(r.Content[:], content)
		r.At = store.TimeOf(at)
		found[key] = r
	}
	return found, nil
}

func (t *tx) InsertRequests(ctx context.Context, requests []store.Request) error {
	for i := range requests {
		r := &requests[i]
		if err := t.exec(ctx, `
			insert into request (creator_mchid, stock_id, operation, subject, number, content, answer, at)
			values (?, ?, ?, ?, ?, ?, ?, ?)`,
			r.Owner, r.Stock, r.Operation, []byte(r.Subject), r.Number, r.Content[:], r.Answer, store.Seconds(r.At)); err != nil {
			return err
		}
	}
	return nil
}

// TouchRequests has nothing to do: SQLite shows no row before its commit was synced,
// except to transactions that share that commit.
func (t *tx) TouchRequests(context.Context, []store.RequestKey) error { return nil }

// sequence is one of the numberings of a merchant's rows, named by the query that finds
// its last number.
type sequence struct {
	last  string
	owner merchant.ID
}

// next returns the next number of a sequence. The writer remembers them, as nobody else
// gives numbers; what a rollback undoes leaves a gap.
func (t *tx) next(ctx context.Context, last string, owner merchant.ID) (int64, error) {
	key := sequence{last, owner}
	n, known := t.sequences[key]
	if !known {
		if err := t.row(ctx, last, []any{owner}, []any{&n}); err != nil {
			return 0, err
		}
	}
	n++
	if len(t.sequences) >= maxSequences {
		clear(t.sequences)
	}
	t.sequences[key] = n
	return n, nil
}

// maxSequences bounds what the writer remembers.
const maxSequences = 10_000
