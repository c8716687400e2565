// Package replay gives calls without a request number one effect: what a signature names,
// its nonce, takes the number's place. Whoever captured a signed call can send it again for
// as long as its timestamp counts; it then gets the first answer, and changes nothing.
package replay

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/favord/favord/internal/fault"
	"github.com/favord/favord/internal/merchant"
	"github.com/favord/favord/internal/store"
)

// Call is what a signature says about the call that it is for. The zero Call is none: of a
// call that nobody signed, such as one of an operator.
type Call struct {
	By merchant.ID
	// Serial is the certificate's, Nonce the one of the signature.
	Serial, Nonce string
	// Digest is that of the message that was signed.
	Digest [sha256.Size]byte
}

// ErrNonce refuses a nonce that came with another message before.
var ErrNonce = fault.New(fault.Unauthenticated,
	"Http头Authorization中的nonce_str已被使用，请更换后重试",
	"The nonce_str in the header Authorization was used for another request. Use a new one for each.")

const (
	// kept is how long answers are kept: longer than a timestamp counts in both
	// directions.
	kept = 20 * time.Minute
	// dropped is how many old answers a call removes.
	dropped = 100
)

// Write runs fn in a transaction and keeps its answer there, which must survive JSON: its
// names are stored. A repeat of the call gets that answer without running fn. The time is
// that of signatures.
func Write[T any](ctx context.Context, s store.Store, c Call, now time.Time, fn func(tx store.Tx) (T, error)) (T, error) {
	answer, err := write(ctx, s, c, now, fn)
	if errors.Is(err, store.ErrDuplicate) { // its twin was quicker, and has the answer
		answer, err = write(ctx, s, c, now, fn)
	}
	return answer, err
}

func write[T any](ctx context.Context, s store.Store, c Call, now time.Time, fn func(tx store.Tx) (T, error)) (T, error) {
	var answer T
	err := s.Write(ctx, func(tx store.Tx) (err error) {
		var none T
		answer = none
		if c == (Call{}) {
			answer, err = fn(tx)
			return err
		}
		key := store.RequestKey{Owner: c.By, Operation: store.OpSignedCall, Subject: c.Serial, Number: c.Nonce}
		found, err := tx.Requests(ctx, []store.RequestKey{key})
		if err != nil {
			return err
		}
		if first, known := found[key]; known {
			return repeat(ctx, tx, &first, c, &answer)
		}
		if answer, err = fn(tx); err != nil {
			return err
		}
		return keep(ctx, tx, store.Request{RequestKey: key, Content: c.Digest, At: now}, answer)
	})
	return answer, err
}

// repeat answers as the first time.
func repeat(ctx context.Context, tx store.Tx, first *store.Request, c Call, answer any) error {
	if first.Content != c.Digest {
		return ErrNonce
	}
	if err := json.Unmarshal(first.Answer, answer); err != nil {
		return fmt.Errorf("replay: %w", err)
	}
	return tx.TouchRequests(ctx, []store.RequestKey{first.RequestKey})
}

func keep(ctx context.Context, tx store.Tx, r store.Request, answer any) (err error) {
	if r.Answer, err = json.Marshal(answer); err != nil {
		return fmt.Errorf("replay: %w", err)
	}
	if err := tx.InsertRequests(ctx, []store.Request{r}); err != nil {
		return err
	}
	return tx.DropRequests(ctx, store.Drop{Owner: r.Owner, Operation: r.Operation, Before: r.At.Add(-kept), Limit: dropped})
}
