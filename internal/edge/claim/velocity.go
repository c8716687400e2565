package claim

import (
	"net/http"
	"time"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/limit"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
)

// Rates bound how often users may do things, so that nobody farms coupons by trying.
type Rates struct {
	// OpensPerUser and OpensPerAddress are pages that are opened in a minute.
	OpensPerUser, OpensPerAddress int
	// ClaimsPerUser and ClaimsPerAddress are attempts to claim in a minute.
	ClaimsPerUser, ClaimsPerAddress int
	// PluginPerSender are calls of the plug-in in a second (busifavor 1.4).
	PluginPerSender int
}

// DefaultRates are far above what people do. Addresses have more, since users of mobile
// networks share them.
func DefaultRates() Rates {
	return Rates{OpensPerUser: 60, OpensPerAddress: 600, ClaimsPerUser: 10, ClaimsPerAddress: 200, PluginPerSender: 1000}
}

// errTooOften refuses who asks too often.
var errTooOften = fault.New(fault.TooFast, "操作过于频繁，请稍后再试", "Too many attempts. Please wait a moment and try again.")

// maxCounted is how many users, addresses or senders are counted at once, each kind in a
// table of its own, so that none drives out another.
const maxCounted = 10_000

// velocity counts. It is safe for concurrent use.
type velocity struct{ users, addresses, senders *limit.Table }

func newVelocity() velocity {
	return velocity{users: limit.NewTable(maxCounted), addresses: limit.NewTable(maxCounted), senders: limit.NewTable(maxCounted)}
}

// action is something that users do, with what is allowed of it.
type action struct {
	name                string
	perUser, perAddress limit.Rate
}

func (r *Rates) open() action {
	return action{"open ", perMinute(r.OpensPerUser), perMinute(r.OpensPerAddress)}
}

func (r *Rates) claim() action {
	return action{"claim ", perMinute(r.ClaimsPerUser), perMinute(r.ClaimsPerAddress)}
}

func perMinute(calls int) limit.Rate { return limit.Rate{Calls: calls, Per: time.Minute} }

// countAddress counts what comes from an address, before anything else is looked at.
func (s *Server) countAddress(r *http.Request, a action) error {
	return s.count(s.velocity.addresses, a.name+s.Proxies.Source(r), a.perAddress)
}

// countUser counts what a user does. That it is for this user must have been proved, or
// others could use up what the user may do.
func (s *Server) countUser(id user.OpenID, a action) error {
	return s.count(s.velocity.users, a.name+string(id), a.perUser)
}

// countSender counts a call of the plug-in.
func (s *Server) countSender(id merchant.ID) error {
	return s.count(s.velocity.senders, string(id), limit.Rate{Calls: s.rates.Load().PluginPerSender, Per: time.Second})
}

func (s *Server) count(t *limit.Table, key string, r limit.Rate) error {
	if s.Unlimited || t.Allow(key, r, s.Clock.Now()) {
		return nil
	}
	return errTooOften
}
