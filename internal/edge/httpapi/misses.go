package httpapi

import (
	"cmp"
	"context"
	"math"
	"strconv"
	"time"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/limit"
	"github.com/favord/favord/internal/base/planted"
)

// Misses bound how many codes that do not exist a merchant may ask for in a minute, so that
// nobody finds coupons by guessing. Reaching a bound ends questions, not redemptions: a till that
// scans something else must not stop the sale.
type Misses struct {
	// PerUser are those about one user, or where a question names none about one stock;
	// PerMerchant are all of them. 0 is the usual number.
	PerUser, PerMerchant int
}

// DefaultMisses are far above what programs ask by mistake.
func DefaultMisses() Misses { return Misses{PerUser: 60, PerMerchant: 600} }

func (m Misses) orDefault() Misses {
	usual := DefaultMisses()
	return Misses{PerUser: cmp.Or(m.PerUser, usual.PerUser), PerMerchant: cmp.Or(m.PerMerchant, usual.PerMerchant)}
}

// SetMisses bounds the misses from now on.
func (s *Server) SetMisses(m Misses) {
	m = m.orDefault()
	s.mostMisses.Store(&m)
}

// missTables count misses. Each kind has a table of its own, so that none drives out another.
type missTables struct{ users, merchants *limit.Table }

func newMissTables() missTables {
	return missTables{users: limit.NewTable(maxRateKeys), merchants: limit.NewTable(maxRateKeys)}
}

// missesError refuses a question until the oldest miss is forgotten.
type missesError struct{ after time.Duration }

var errMisses = fault.New(fault.TooFast, errTooFast.Text.ZH, "Too many codes were asked for that do not exist. Wait, and ask for codes that you know.")

func (e *missesError) Error() string { return errMisses.Error() }

// Unwrap makes it a call above a rate, which is signed like one.
func (e *missesError) Unwrap() []error { return []error{errMisses, errTooFast} }

// asking serves a question for a code: about is the user, or the stock, in question.
func asking[T any](s *Server, about func(req *T) string, ask func(ctx context.Context, c *call, req *T) (any, error)) handler {
	return bound(func(ctx context.Context, c *call, req *T) (any, error) {
		if s.Unlimited {
			return ask(ctx, c, req)
		}
		mchid, most := c.authorization.Identity, s.mostMisses.Load()
		user := mchid + " " + about(req)
		ofUser, ofMerchant := limit.Rate{Calls: most.PerUser, Per: time.Minute}, limit.Rate{Calls: most.PerMerchant, Per: time.Minute}
		if wait := max(s.misses.users.Wait(user, ofUser, c.now), s.misses.merchants.Wait(mchid, ofMerchant, c.now)); wait > 0 {
			return nil, &missesError{after: wait}
		}
		answer, err := ask(ctx, c, req)
		if fault.KindOf(err) == fault.NotFound && !planted.GuessesUncounted.In() {
			s.misses.users.Allow(user, ofUser, c.now)
			s.misses.merchants.Allow(mchid, ofMerchant, c.now)
		}
		return answer, err
	})
}

// retryAfter is the value of Retry-After, in seconds: when a call above a rate may be tried
// again, at the earliest in a second.
func retryAfter(wait time.Duration) string {
	return strconv.Itoa(max(1, int(math.Ceil(wait.Seconds()))))
}
