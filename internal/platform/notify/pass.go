package notify

import (
	"context"
	"log/slog"
	"time"

	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
)

// Bounds of a pass.
const (
	// maxCallbacks is how many callbacks a pass looks at.
	maxCallbacks = 1000
	// passedBy is how many events that are not for a callback it passes besides those that
	// are.
	passedBy = 100
	// lease is how long a claim holds. It is longer than an attempt may take with all that
	// belongs to it; when its node dies, another one tries after it.
	lease = 15 * time.Second
)

// passed is what a pass found.
type passed struct {
	// claims are the attempts that begin.
	claims []*claim
	// waiting is true when there is something to do that could not be done yet, such as an
	// event that is not settled.
	waiting bool
	// more is true when not all callbacks were looked at.
	more bool
}

// pass stores what attempts led to and claims what is due, in one transaction, and begins
// the attempts.
func (s *Service) pass(ctx context.Context) (passed, error) {
	var p passed
	now := s.config.Clock.Now()
	done := s.takeOutcomes()
	shares, err := s.allot(ctx, now, &p)
	if err == nil && (len(done) > 0 || len(shares) > 0) {
		err = s.config.Store.Write(ctx, func(tx store.Tx) error {
			p.claims = nil
			if err := tx.SettleAttempts(ctx, settled(done)); err != nil {
				return err
			}
			return s.claim(ctx, tx, now, shares, &p)
		})
	}
	if err != nil {
		s.giveBack(done)
		return passed{}, err
	}
	for i := range done {
		s.release(&done[i], now)
	}
	p.waiting = len(shares) > 0 && len(p.claims) == 0
	if err := s.write(ctx, p.claims); err != nil {
		return passed{}, err // they are due again when their lease is over
	}
	for _, c := range p.claims {
		s.begin(ctx, c)
	}
	return p, nil
}

// share is what a callback gets of the room that there is.
type share struct {
	merchant.Callback
	room int
}

// allot divides the room of the node among the callbacks that have something to do. Those
// that have not proven themselves get no more than half of it, so that receivers who hang
// leave room for all others.
func (s *Service) allot(ctx context.Context, now time.Time, p *passed) ([]share, error) {
	free, freeForDoubtful := s.config.Bounds.InFlight-s.inFlight, s.config.Bounds.InFlight/2-s.doubtful
	if free <= 0 {
		return nil, nil
	}
	var backlog []merchant.Callback
	if err := s.config.Store.Read(ctx, func(tx store.ReadTx) (err error) {
		backlog, err = tx.Backlog(ctx, now, s.after, maxCallbacks)
		return err
	}); err != nil {
		return nil, err
	}
	s.after = merchant.CallbackKey{}
	if p.more = len(backlog) == maxCallbacks; p.more {
		s.after = backlog[maxCallbacks-1].CallbackKey
	}
	each := max(1, free/max(1, len(backlog)))
	var shares []share
	for _, c := range backlog {
		l := s.line(&c)
		room := min(l.room(now), each, free)
		if !l.proven {
			room = min(room, max(0, freeForDoubtful))
			freeForDoubtful -= room
		}
		free -= room
		if !c.On {
			room = 0
		}
		if room > 0 || !c.On {
			shares = append(shares, share{Callback: c, room: room})
		}
	}
	return shares, nil
}

// claim takes events and due deliveries of the callbacks, as far as their shares go.
func (s *Service) claim(ctx context.Context, tx store.Tx, now time.Time, shares []share, p *passed) error {
	keys := make([]merchant.CallbackKey, len(shares))
	rooms := map[merchant.CallbackKey]int{}
	for i, one := range shares {
		keys[i], rooms[one.CallbackKey] = one.CallbackKey, one.room
	}
	feeds, err := tx.LockFeeds(ctx, keys)
	if err != nil || len(feeds) == 0 {
		return err
	}
	var spans, due []store.Span
	for i := range feeds {
		f := &feeds[i]
		room := int64(rooms[f.CallbackKey])
		spans = append(spans, store.Span{CallbackKey: f.CallbackKey, After: f.Position, Limit: room + passedBy})
		if f.On && room > 0 {
			due = append(due, store.Span{CallbackKey: f.CallbackKey, Limit: room})
		}
	}
	events, err := tx.OutboxAfter(ctx, spans)
	if err != nil {
		return err
	}
	old, err := tx.DueDeliveries(ctx, now, due)
	if err != nil {
		return err
	}
	b := &booking{service: s, now: now, p: p, due: map[merchant.CallbackKey][]delivery.Due{}}
	for _, d := range old {
		key := merchant.CallbackKey{Owner: d.Owner, Product: d.Product}
		b.due[key] = append(b.due[key], d)
	}
	for i := range feeds {
		b.book(&feeds[i], events[feeds[i].CallbackKey], rooms[feeds[i].CallbackKey])
	}
	return b.write(ctx, tx, feeds)
}

// booking is what a pass takes.
type booking struct {
	service *Service
	now     time.Time
	p       *passed
	due     map[merchant.CallbackKey][]delivery.Due
	fresh   []delivery.Delivery
	again   []delivery.Key
}

// book takes from one feed: of events and of what is due half the room each, and all of it
// when there is nothing of the other.
func (b *booking) book(f *store.Feed, events []store.Placed, room int) {
	due := b.due[f.CallbackKey]
	forOld := min(len(due), max(room/2, room-len(events)))
	if room == 1 && len(due) > 0 {
		forOld = 1
	}
	for i := range due[:forOld] {
		d := &due[i]
		b.again = append(b.again, d.Key)
		d.Claim++
		b.begin(f, d.Delivery, d.Event, b.service.mischief(f.Owner, d.Kind))
	}
	room -= forOld
	for i := range events {
		e := &events[i]
		wanted := f.On && b.service.kinds[e.Kind].product == f.Product
		if wanted && room == 0 {
			break
		}
		f.Position = e.Place
		f.Passed++
		if !wanted {
			continue
		}
		f.Taken++
		room--
		b.take(f, e)
	}
}

// take makes a delivery of an event.
func (b *booking) take(f *store.Feed, e *store.Placed) {
	d := delivery.Delivery{
		Key: delivery.Key{Owner: e.Owner, Place: e.Place}, Product: f.Product, EventID: e.ID, Kind: e.Kind,
		State: delivery.Pending, TakenAt: b.now, Started: b.now, Due: b.now.Add(lease), Claim: 1,
	}
	m := b.service.mischief(f.Owner, e.Kind)
	if m.Delay > 0 {
		d.Due, d.Claim = b.now.Add(m.Delay), 0
		b.fresh = append(b.fresh, d)
		return
	}
	b.fresh = append(b.fresh, d)
	b.begin(f, d, e.Event, m)
}

func (b *booking) begin(f *store.Feed, d delivery.Delivery, e delivery.Event, m Mischief) {
	b.p.claims = append(b.p.claims, &claim{Delivery: d, event: e, callback: f.Callback, mischief: m})
}

func (b *booking) write(ctx context.Context, tx store.Tx, feeds []store.Feed) error {
	if err := tx.InsertDeliveries(ctx, b.fresh); err != nil {
		return err
	}
	if err := tx.ClaimDeliveries(ctx, b.again, b.now.Add(lease)); err != nil {
		return err
	}
	return tx.MoveFeeds(ctx, feeds)
}

// mischief is what shall go wrong with an attempt.
func (s *Service) mischief(to merchant.ID, kind delivery.Kind) Mischief {
	if s.config.Mischief == nil {
		return Mischief{}
	}
	return s.config.Mischief(kind, to)
}

// outcome is what an attempt led to, with what its line learns from it.
type outcome struct {
	delivery.Outcome
	claim  *claim
	result result
}

func settled(done []outcome) []delivery.Outcome {
	list := make([]delivery.Outcome, len(done))
	for i := range done {
		list[i] = done[i].Outcome
	}
	return list
}

// begin starts an attempt. It is not interrupted: what was sent is waited for.
func (s *Service) begin(ctx context.Context, c *claim) {
	c.line = s.line(&c.callback)
	c.line.inFlight++
	s.inFlight++
	s.load.inFlight.Store(int64(s.inFlight))
	if c.doubtful = !c.line.proven; c.doubtful {
		s.doubtful++
	}
	ctx = context.WithoutCancel(ctx)
	s.running.Go(func() {
		o, r := s.attempt(ctx, c)
		s.mu.Lock()
		s.outcomes = append(s.outcomes, outcome{Outcome: o, claim: c, result: r})
		s.mu.Unlock()
		select {
		case s.finished <- struct{}{}:
		default: // it knows already
		}
	})
}

func (s *Service) takeOutcomes() []outcome {
	s.mu.Lock()
	defer s.mu.Unlock()
	done := s.outcomes
	s.outcomes = nil
	return done
}

// giveBack keeps outcomes that could not be stored for the next pass. Storing one twice does
// no harm.
func (s *Service) giveBack(done []outcome) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.outcomes = append(done, s.outcomes...)
}

// release frees the room of an attempt whose outcome is stored.
func (s *Service) release(o *outcome, now time.Time) {
	s.inFlight--
	s.load.inFlight.Store(int64(s.inFlight))
	if o.claim.doubtful {
		s.doubtful--
	}
	s.learn(o.claim.line, o.result, now)
	s.config.Metrics.Attempt(o.result.String())
	s.config.Log.Debug("attempt", slog.String("mchid", string(o.Owner)), slog.String("event", o.claim.EventID),
		slog.Int("status", o.Status), slog.String("problem", o.Problem), slog.Int64("took_ms", o.TookMS))
}
