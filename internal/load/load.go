// Package load sends signed calls to a server and measures how it bears them. It owns
// the arrival of calls, the connections they travel on, what is counted about them, and
// the scenarios that the command line and the benchmark offer. It knows the server from
// outside only.
//
// Calls arrive by a schedule, and a latency counts from the moment at which the call was
// due, not from when the generator got round to it: a server that stalls is charged for
// everybody who came meanwhile. Every call is signed before the run, since one signature
// costs more than sending and reading a call: a generator that signed as it went would
// measure itself.
package load

import (
	"net/url"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
)

// Bounds of a run.
const (
	// MaxCalls is how many calls a run may have: they are signed beforehand and kept
	// in memory, a kilobyte each.
	MaxCalls = 200_000
	// MaxDuration keeps signatures young enough: the server refuses those older than
	// five minutes.
	MaxDuration = 2 * time.Minute
	// MaxClients is how many calls may be under way at once; a server takes 4,096
	// connections.
	MaxClients = 4000
)

// Target is a server and the merchant who calls it.
type Target struct {
	// BaseURL is scheme and host, without a path.
	BaseURL string
	// Credential signs the calls of a run.
	Credential apiv3.Credential
	// Client makes the calls before and after a run, and verifies their answers.
	Client *client.Client
	AppID  string
	Clock  clock.Clock
}

// Plan says how calls arrive.
type Plan struct {
	// Rate is how many calls are due in a second, whether earlier ones were answered or
	// not. With 0 each client sends its next call when it has the answer to the last
	// one, which finds out how many the server can bear.
	Rate float64
	// Duration is how long calls arrive.
	Duration time.Duration
	// Clients is how many calls may be under way at once, each on a connection of its
	// own.
	Clients int
}

// late is how long after its moment a call is still sent. What is due longer than that
// and finds every client busy is counted as unsent.
const late = time.Second

// Check reports what is out of bounds.
func (p Plan) Check() error {
	switch {
	case p.Duration <= 0 || p.Duration > MaxDuration:
		return refuse("压测时长须大于0，最长2分钟", "The duration must be more than 0 and at most 2 minutes.")
	case p.Clients < 1 || p.Clients > MaxClients:
		return refuse("并发数须为1到4000", "The clients must be 1 to 4,000.")
	case p.Rate < 0 || p.Rate*p.Duration.Seconds() > MaxCalls:
		return refuse("请求总数（速率×时长）最多20万", "Rate times duration must be at most 200,000 calls.")
	}
	return nil
}

// users is how many users coupons are issued to. All are registered by a first coupon
// before anything is measured, as those of a real sale are; they are so many that nobody
// comes near the most that a user may get.
func (p Plan) users() int {
	const least, share, perSecond = 200, 50, 5000
	rate := p.Rate
	if rate == 0 {
		rate = perSecond
	}
	return least + int(rate*p.Duration.Seconds())/share
}

func refuse(zh, en string) error { return fault.New(fault.Refused, zh, en) }

// calls is how many calls a run of this plan has; perSecond is what the server bears, for
// runs without a rate.
func (p Plan) calls(perSecond float64) int {
	if p.Rate > 0 {
		return max(1, int(p.Rate*p.Duration.Seconds()))
	}
	// More than it can bear: a run must not end for want of calls.
	const ample = 1.5
	return max(p.Clients, min(MaxCalls, int(ample*perSecond*p.Duration.Seconds())))
}

// address is where connections go.
func (t *Target) address() (*url.URL, error) {
	u, err := url.Parse(t.BaseURL)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || (u.Path != "" && u.Path != "/") {
		return nil, refuse("压测地址须为 http(s)://主机:端口", "The base URL must be http(s)://host:port.")
	}
	return u, nil
}
