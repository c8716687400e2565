// Package notify tells merchants what happened. It owns the callbacks, that is where a
// merchant wants events sent, and the way of an event from its row to there: sealed with
// the merchant's key, signed anew for each attempt, repeated by a schedule, and kept with
// every attempt for a while.
//
// Deliveries go by the real time, as receivers do; business time is only in what they read.
package notify

import (
	"context"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/outbound"
	"github.com/favord/favord/internal/base/telemetry"
	"github.com/favord/favord/internal/platform/directory"
	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
)

// Post is the way out. *outbound.Client is one.
type Post interface {
	CheckURL(raw string) error
	Post(ctx context.Context, r outbound.Request) (outbound.Answer, error)
}

// Sender is what a notification to a merchant is made with.
type Sender struct {
	Signer apiv3.Signer
	// Box holds the merchant's APIv3 key, BoxVersion grows when it gets another one.
	Box        *apiv3.Box
	BoxVersion int
}

// Config is what a Service needs.
type Config struct {
	Store     store.Store
	Directory *directory.Directory
	// Clock is the real time, Business that of the payloads.
	Clock    clock.Clock
	Business clock.Business
	// Sender returns what a notification to a merchant at a time is made with.
	Sender func(ctx context.Context, to merchant.ID, at time.Time) (Sender, error)
	Post   Post
	// Users says what an account is under another appid.
	Users user.Policy
	// Tail is until when, after its first attempt, an event is sent beyond the deliveries of the
	// contract; 0 is not at all, [LongestTail] the most.
	Tail time.Duration
	// Bounds of the work; the zero Bounds is [DefaultBounds].
	Bounds Bounds
	// Mischief is asked before each attempt what shall go wrong with it; nil is nothing.
	Mischief func(kind delivery.Kind, to merchant.ID) Mischief
	// Metrics counts attempts; nil counts none.
	Metrics *telemetry.Metrics
	Log     *slog.Logger
}

// Bounds limit the work of one node.
type Bounds struct {
	// InFlight is how many attempts run at once, PerEndpoint how many of them to one
	// callback.
	InFlight, PerEndpoint int
	// Timeout is how long a receiver has for its answer (protocol 6.3).
	Timeout time.Duration
	// Poll is how often to look for work that nobody told of.
	Poll time.Duration
}

// DefaultBounds keep the memory of a node small and a slow receiver from mattering.
func DefaultBounds() Bounds {
	return Bounds{InFlight: 1024, PerEndpoint: 128, Timeout: 5 * time.Second, Poll: 250 * time.Millisecond}
}

// Service keeps callbacks and delivers events. It is safe for concurrent use; use New. Run
// delivers, everything else works without.
type Service struct {
	config Config
	kinds  map[delivery.Kind]kind
	// signing bounds the signatures that are calculated at once: a call's answer must not
	// wait for a core because of them.
	signing chan struct{}
	// finished tells Run that an attempt ended.
	finished chan struct{}
	// echoes wait to be sent; echoing has a place for each that waits or is on its way.
	echoes  chan echo
	echoing chan struct{}

	// load is what others may know of the lines.
	load struct{ inFlight, paused atomic.Int64 }

	mu sync.Mutex
	// outcomes are what attempts led to and is not stored yet.
	outcomes []outcome

	// The rest is Run's own.
	lines    map[merchant.CallbackKey]*line
	inFlight int
	// doubtful counts those of inFlight whose receiver did not prove itself.
	doubtful  int
	after     merchant.CallbackKey
	swept     time.Time
	sweptUpTo merchant.CallbackKey
	running   sync.WaitGroup
}

// New returns a service.
func New(c Config) *Service {
	if c.Bounds == (Bounds{}) {
		c.Bounds = DefaultBounds()
	}
	return &Service{
		config: c, kinds: kinds(c.Tail), signing: make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/2)),
		finished: make(chan struct{}, 1), echoes: make(chan echo, maxEchoes), echoing: make(chan struct{}, maxEchoes),
		lines: map[merchant.CallbackKey]*line{},
	}
}

// Load returns how many attempts run on this node, and how many receivers it leaves alone for
// a while, since they do not answer.
func (s *Service) Load() (inFlight, paused int) {
	return int(s.load.inFlight.Load()), int(s.load.paused.Load())
}
