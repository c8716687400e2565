// Package once gives every request one effect, however often and however simultaneously it
// comes. It is the only place that knows what "this number was used before" leads to: the
// same content gets the first answer, other content is refused, and of two calls that meet
// the second starts over and finds what the first one did.
package once

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/planted"
	"github.com/favord/favord/internal/store"
)

// Request is a request as its number names it. The zero Request has none: it is carried out
// each time.
type Request struct {
	store.RequestKey
	// Content is what a repeat must not change, Refused the answer when it does.
	Content store.Content
	Refused error
	// At is when the request was carried out, if it is now.
	At time.Time
}

// Text is an answer that is stored as it is. All other types are stored as JSON, which they
// must survive: their names are never changed.
type Text string

// attempts is how often a transaction runs that meets another one like it, or draws an id
// that is taken.
const attempts = 5

// Write carries a request out in a transaction of its own: [Settle] within [Transaction].
// What fn looks at need not be locked.
func Write[A any](ctx context.Context, s store.Store, r Request, fn func(tx store.Tx) (A, error)) (A, error) {
	return Transaction(ctx, s, func(tx store.Tx) (A, error) {
		return Settle(ctx, tx, r, func() (A, error) { return fn(tx) })
	})
}

// Transaction runs fn in a transaction and returns what fn returned; it starts over when the
// store reports [store.ErrDuplicate]. It is for callers that lock rows, or check what even a
// repeat must satisfy, before they call [Settle]. As with [store.Store], fn may run more than
// once, and must have no effect but through tx.
func Transaction[A any](ctx context.Context, s store.Store, fn func(tx store.Tx) (A, error)) (answer A, err error) {
	for range attempts {
		err = s.Write(ctx, func(tx store.Tx) (err error) {
			answer, err = fn(tx)
			return err
		})
		if !errors.Is(err, store.ErrDuplicate) {
			break
		}
	}
	if err != nil {
		var none A
		return none, err
	}
	return answer, nil
}

// Settle answers a request whose number is known, and otherwise runs fn and keeps its answer.
// It must be called within [Transaction]. An error of fn is not kept. A refusal of fn counts
// only while the number is still free: otherwise what it saw may be the effect of its twin,
// and the transaction starts over.
func Settle[A any](ctx context.Context, tx store.Tx, r Request, fn func() (A, error)) (answer A, err error) {
	if r.Operation == 0 {
		return fn()
	}
	first, known, err := find(ctx, tx, r.RequestKey)
	if err != nil {
		return answer, err
	}
	if known {
		return repeat[A](ctx, tx, &first, &r)
	}
	if answer, err = fn(); err != nil {
		return answer, settled(ctx, tx, r.RequestKey, err)
	}
	return answer, keep(ctx, tx, &r, answer)
}

func find(ctx context.Context, tx store.ReadTx, key store.RequestKey) (store.Request, bool, error) {
	found, err := tx.Requests(ctx, []store.RequestKey{key})
	first, known := found[key]
	return first, known, err
}

// settled is the error of a request that failed: store.ErrDuplicate if its twin was carried
// out meanwhile.
func settled(ctx context.Context, tx store.ReadTx, key store.RequestKey, failure error) error {
	if _, refused := errors.AsType[*fault.Error](failure); !refused {
		return failure
	}
	_, known, err := find(ctx, tx, key)
	if (known || errors.Is(err, store.ErrDuplicate)) && !planted.NumberTwin.In() {
		return fmt.Errorf("%w: the request was carried out meanwhile", store.ErrDuplicate)
	}
	return failure
}

// repeat answers as the first time, and takes part in what that did.
func repeat[A any](ctx context.Context, tx store.Tx, first *store.Request, r *Request) (answer A, err error) {
	if first.Content != r.Content && !planted.NumberContent.In() {
		return answer, r.Refused
	}
	if err := decode(first.Answer, &answer); err != nil {
		return answer, fmt.Errorf("stored answer: %w", err)
	}
	if planted.NumberUntouched.In() {
		return answer, nil
	}
	return answer, tx.TouchRequests(ctx, []store.RequestKey{first.RequestKey})
}

func keep(ctx context.Context, tx store.Tx, r *Request, answer any) error {
	text, err := encode(answer)
	if err != nil {
		return fmt.Errorf("encode answer: %w", err)
	}
	return tx.InsertRequests(ctx, []store.Request{{RequestKey: r.RequestKey, Content: r.Content, Answer: text, At: r.At}})
}

func encode(answer any) ([]byte, error) {
	if text, plain := answer.(Text); plain {
		return []byte(text), nil
	}
	return json.Marshal(answer)
}

func decode(stored []byte, answer any) error {
	if text, plain := answer.(*Text); plain {
		*text = Text(stored)
		return nil
	}
	return json.Unmarshal(stored, answer)
}
