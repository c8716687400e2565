package client

import (
	"errors"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"
)

// hosts is where calls go: to the primary, or to the standby while the primary fails.
//
// A call that fails for reasons of the host (no connection, a broken one, 5xx) is
// repeated on the other host, with the same request number (protocol 10). If the primary
// does not answer at all or says that it is out of service, calls begin at the standby for
// a minute; then one of them tries the primary again, and if that answers, all go back.
// The minute is our choice: no source names one (inferred).
type hosts struct {
	primary *url.URL
	// standby is nil when there is none.
	standby *url.URL
	// until is when the primary is tried again, in nanoseconds since 1970; 0 while it
	// is well.
	until atomic.Int64
}

// standbyFor is how long calls begin at the standby.
const standbyFor = time.Minute

// first returns where a call begins.
func (h *hosts) first(now time.Time) *url.URL {
	until := h.until.Load()
	if h.standby == nil || until == 0 {
		return h.primary
	}
	// One caller tries the primary, the others stay where they are until it knows.
	if now.UnixNano() >= until && h.until.CompareAndSwap(until, now.Add(standbyFor).UnixNano()) {
		return h.primary
	}
	return h.standby
}

// after returns where a call goes on after an attempt on a host ended with err, and
// remembers what that says about the primary.
func (h *hosts) after(host *url.URL, err error, now time.Time) *url.URL {
	if h.standby == nil {
		return h.primary
	}
	failed, out := hostFailed(err)
	if host == h.primary && out {
		h.until.Store(now.Add(standbyFor).UnixNano())
	}
	if host == h.primary && !out || host == h.standby && out {
		h.until.Store(0)
	}
	switch {
	case !failed:
		return host
	case host == h.primary:
		return h.standby
	default:
		return h.primary
	}
}

// hostFailed reports whether an attempt failed for reasons of the host, and whether the
// host is out of service as a whole.
func hostFailed(err error) (failed, out bool) {
	if refused, is := errors.AsType[*APIError](err); is {
		switch refused.Status {
		case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
			return true, true
		}
		return refused.Status >= http.StatusInternalServerError, false
	}
	_, broken := errors.AsType[*TransportError](err)
	return broken, broken
}
