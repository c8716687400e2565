package client

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"math/big"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/favord/favord/apiv3"
)

// Retry says how often and after which pauses a call is repeated.
//
// A call is repeated only when that is safe: when it is a GET, when its operation has a
// request number, by which the platform gives the first answer again, or when no
// connection could be made, so that nothing was executed. And only for failures that
// pass: no connection or a broken one, an attempt that took too long, 429, 5xx, the code
// SYSTEM_ERROR, which the platform answers with 400, too, and a signature that does not
// verify, as the platform sends some on purpose (protocol 6.5). Every attempt is signed
// anew.
//
// Pauses are drawn evenly between nothing and a bound that begins with Base and doubles
// up to Max. An answer that asks to wait longer with Retry-After is obeyed, up to 30 s:
// a longer one, or one beyond the context's deadline, ends the call at once.
type Retry struct {
	// Attempts is how often a call is sent in all: 1 to 10. 1 never repeats.
	Attempts int
	// Base and Max bound the pauses.
	Base, Max time.Duration
}

// DefaultRetry is three attempts with pauses of up to 200 and 400 ms.
func DefaultRetry() Retry {
	return Retry{Attempts: 3, Base: 200 * time.Millisecond, Max: 5 * time.Second}
}

const (
	maxAttempts   = 10
	maxRetryAfter = 30 * time.Second
)

func (r Retry) bounded() Retry {
	r.Attempts = min(max(r.Attempts, 1), maxAttempts)
	r.Base = max(r.Base, 0)
	r.Max = max(r.Max, r.Base)
	return r
}

// jitter draws the pause before attempt n+1.
func (r Retry) jitter(n int) time.Duration {
	bound := min(r.Base<<(n-1), r.Max)
	if bound <= 0 {
		return 0
	}
	drawn, err := rand.Int(rand.Reader, big.NewInt(int64(bound)+1))
	if err != nil {
		return bound
	}
	return time.Duration(drawn.Int64())
}

// passes reports whether a failure may be gone on the next attempt.
func passes(err error) bool {
	if refused, is := errors.AsType[*APIError](err); is {
		return refused.Status == http.StatusTooManyRequests || refused.Status >= http.StatusInternalServerError || refused.Code == string(ErrSystemError)
	}
	if unverified, is := errors.AsType[*VerificationError](err); is {
		return errors.Is(unverified.Err, apiv3.ErrSignature)
	}
	_, is := errors.AsType[*TransportError](err)
	return is
}

// notSent reports whether an attempt failed before anything of it was sent.
func notSent(err error) bool {
	broken, is := errors.AsType[*TransportError](err)
	return is && !broken.Sent
}

// couldNotConnect reports whether an error of net/http came before the request was
// written: while resolving or dialling, also to a proxy, or for the host's certificate.
func couldNotConnect(err error) bool {
	if _, is := errors.AsType[*net.DNSError](err); is {
		return true
	}
	if _, is := errors.AsType[*tls.CertificateVerificationError](err); is {
		return true
	}
	operation, is := errors.AsType[*net.OpError](err)
	return is && (operation.Op == "dial" || operation.Op == "proxyconnect")
}

// retryAfter reads what a server asks to wait: seconds, or a time, which is compared with
// the server's own clock.
func retryAfter(h http.Header) time.Duration {
	text := h.Get("Retry-After")
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	until, errUntil := http.ParseTime(text)
	now, errNow := http.ParseTime(h.Get("Date"))
	if errUntil != nil || errNow != nil {
		return 0
	}
	return max(until.Sub(now), 0)
}

// pause waits before attempt n+1. It returns false, at once, when there is no sense in
// waiting.
func (c *Client) pause(ctx context.Context, n int, err error) bool {
	wait := c.retry.jitter(n)
	if refused, is := errors.AsType[*APIError](err); is {
		if refused.RetryAfter > maxRetryAfter {
			return false
		}
		wait = max(wait, refused.RetryAfter)
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	if deadline, has := ctx.Deadline(); has && !deadline.After(c.clock().Add(wait)) {
		return false
	}
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
