package server

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/rule/operator"
	"github.com/favord/favord/internal/store"
)

// endsKept is for how long is remembered what ends when: to find out takes a look at all.
const endsKept = 10 * time.Minute

// expiry knows when certificates and tokens end.
type expiry struct {
	store store.Store
	clock clock.Clock
	// authority tells when the authority ends whose certificate ends first.
	authority func(context.Context) (time.Time, error)
	// ports are those that speak TLS, by name.
	ports map[string]*certificate

	mu     sync.Mutex
	ends   map[string]time.Time
	looked time.Time
}

// left tells by kind how long the certificate or token is good that ends first; it is negative
// when it has ended.
func (e *expiry) left(ctx context.Context) map[string]time.Duration {
	now := e.clock.Now()
	left := map[string]time.Duration{}
	add := func(kind string, end time.Time) {
		if !end.IsZero() {
			left[kind] = end.Sub(now)
		}
	}
	for kind, end := range e.kept(ctx, now) {
		add(kind, end)
	}
	for name, c := range e.ports {
		add(name, c.end())
	}
	return left
}

// kept returns what was found in the database lately or, failing that, before.
func (e *expiry) kept(ctx context.Context, now time.Time) map[string]time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.looked.IsZero() && now.Sub(e.looked) < endsKept && !now.Before(e.looked) {
		return e.ends
	}
	ends := map[string]time.Time{}
	err := e.store.Read(ctx, func(tx store.ReadTx) error {
		keys, err := tx.KeyEnds(ctx, now)
		if err != nil {
			return err
		}
		ends["platform"], ends["merchant"] = keys.Platform, keys.Merchant
		ends["token"], err = firstToken(ctx, tx, now)
		return err
	})
	if err == nil {
		ends["authority"], err = e.authority(ctx)
	}
	if err == nil {
		e.ends = ends
		if !ends["platform"].IsZero() { // a new database has its first merchant soon
			e.looked = now
		}
	}
	return e.ends
}

// tokensLooked is how many tokens are looked at.
const tokensLooked = 1000

// firstToken is when the token ends that ends first of those with a name that count at now and have
// no successor; the zero time is none.
func firstToken(ctx context.Context, tx store.ReadTx, now time.Time) (first time.Time, err error) {
	list, err := tx.Credentials(ctx, store.CredentialQuery{Kind: operator.Token, Limit: tokensLooked})
	last := map[string]time.Time{}
	for i := range list {
		if c := &list[i]; !c.Over(now) && c.Expires.After(last[c.Name]) {
			last[c.Name] = c.Expires
		}
	}
	for _, end := range last {
		if first.IsZero() || end.Before(first) {
			first = end
		}
	}
	return first, err
}

// warnDays are how many days before something ends it is said, the last first.
func warnDays() []int { return []int{1, 7, 30} }

const aDay = 24 * time.Hour

// ending is something that ends soon.
type ending struct {
	kind string
	left time.Duration
	// days is the least of warnDays that is not less than what is left.
	days int
}

// soon lists what ends within the most of warnDays, or has ended, by kind.
func (e *expiry) soon(ctx context.Context) (list []ending) {
	left := e.left(ctx)
	for _, kind := range slices.Sorted(maps.Keys(left)) {
		for _, days := range warnDays() {
			if left[kind] <= time.Duration(days)*aDay {
				list = append(list, ending{kind: kind, left: left[kind], days: days})
				break
			}
		}
	}
	return list
}
