// Package peers does the work of an issue the ways it is usually done, for comparison: with
// a row lock or one statement on PostgreSQL, with a script in Redis. Each checks the state
// of the stock, its time, its total, the limits of the day and of the user, and the request
// number; inserts the coupon, the request number and an outbox row; updates the counters;
// and has all of it durable before it answers, as far as it can. They are rivals, not
// straw men: each is what its textbook says, with its connections and statements prepared.
package peers

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// ErrRefused is a claim that a limit holds back.
var ErrRefused = errors.New("peers: refused")

// Claim asks for one coupon.
type Claim struct {
	// Stock is which of the stocks, from 0.
	Stock int
	// User is an openid.
	User   string
	Number string
	At     time.Time
}

// Limits are those of every stock.
type Limits struct{ MaxCoupons, MaxPerUser, MaxPerDay int64 }

// Totals are what a peer holds after a run. All but MostPerUser must be equal.
type Totals struct {
	// Counted is what the stocks count, the others are rows.
	Counted, Coupons, Requests, Events int64
	// MostPerUser is the largest number that a user has of one stock.
	MostPerUser int64
}

// Check reports what is wrong with the totals after so many acknowledged issues.
func (t Totals) Check(acknowledged int64, l Limits) error {
	if t.Counted != acknowledged || t.Coupons != acknowledged || t.Requests != acknowledged || t.Events != acknowledged {
		return fmt.Errorf("peers: %d acknowledged, but %+v", acknowledged, t)
	}
	if t.MostPerUser > l.MaxPerUser {
		return fmt.Errorf("peers: a user has %d of at most %d", t.MostPerUser, l.MaxPerUser)
	}
	return nil
}

// Peer issues coupons. It is safe for concurrent use.
type Peer interface {
	// Issue issues a coupon and returns its code; a repeat of a number returns the
	// code that it got.
	Issue(ctx context.Context, c Claim) (code string, err error)
	Totals(ctx context.Context) (Totals, error)
	Close() error
}

// validity is how long before and after now stocks are good.
const validity = 30 * 24 * time.Hour

// secondsPerDay is enough of a calendar here.
const secondsPerDay = 86400

// newCode returns 22 digits that nobody guesses.
func newCode() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	const eleven = 1e11
	return fmt.Sprintf("%011d%011d", binary.BigEndian.Uint64(b[:8])%eleven, binary.BigEndian.Uint64(b[8:])%eleven)
}

// payload is the event of an issue.
func (c *Claim) payload(code string) string {
	return fmt.Sprintf(`{"stock_id":"%d","coupon_code":%q,"openid":%q,"out_request_no":%q}`, c.Stock, code, c.User, c.Number)
}
