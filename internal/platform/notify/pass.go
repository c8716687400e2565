package notify

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
)

// Bounds of a pass.
const (
	// maxCallbacks is how many callbacks a pass looks at.
	maxCallbacks = 1000
	// lease is how long a claim holds. It is longer than an attempt may take with all that
	// belongs to it; when its node dies, another one tries after it.
	lease = 15 * time.Second
)

// passed is what a pass found.
type passed struct {
	// claims are the attempts that begin.
	claims []*claim
	// waiting is true when there is something to do that could not be done yet, such as what
	// another node has locked.
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
	if err := s.config.Store.Glance(ctx, func(tx store.ReadTx) (err error) {
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
		if room > 0 {
			shares = append(shares, share{Callback: c, room: room})
		}
	}
	return shares, nil
}

// claim takes deliveries of the callbacks that are due, as far as their shares go.
func (s *Service) claim(ctx context.Context, tx store.Tx, now time.Time, shares []share, p *passed) error {
	spans := make([]store.Span, len(shares))
	for i, one := range shares {
		spans[i] = store.Span{CallbackKey: one.CallbackKey, Limit: int64(one.room)}
	}
	due, err := tx.DueDeliveries(ctx, now, spans)
	if err != nil {
		return err
	}
	of := map[merchant.CallbackKey][]delivery.Due{}
	for _, d := range due {
		key := merchant.CallbackKey{Owner: d.Owner, Product: d.Product}
		of[key] = append(of[key], d)
	}
	b := &booking{service: s, now: now, p: p}
	for i := range shares {
		b.book(&shares[i], of[shares[i].CallbackKey])
	}
	return tx.ClaimDeliveries(ctx, now, b.taken)
}

// booking is what a pass takes.
type booking struct {
	service *Service
	now     time.Time
	p       *passed
	taken   []delivery.Claim
}

// book takes deliveries of one callback: half its room of those that wait for a further
// attempt and half of the fresh ones behind them, and all of it when there is nothing of the
// other. What it does not take is free again when the transaction ends.
func (b *booking) book(one *share, due []delivery.Due) {
	first := slices.IndexFunc(due, func(d delivery.Due) bool { return d.Fresh() })
	if first < 0 {
		first = len(due)
	}
	again, fresh := due[:first], due[first:]
	forAgain := min(len(again), max(one.room/2, one.room-len(fresh)))
	if one.room == 1 && len(again) > 0 {
		forAgain = 1
	}
	for i := range again[:forAgain] {
		b.begin(one, &again[i], b.service.mischief(one.Owner, again[i].Kind))
	}
	for i := range fresh[:min(len(fresh), one.room-forAgain)] {
		d := &fresh[i]
		m := b.service.mischief(one.Owner, d.Kind)
		if m.Delay > 0 {
			b.taken = append(b.taken, delivery.Claim{Key: d.Key, Due: b.now.Add(m.Delay)})
			continue
		}
		b.begin(one, d, m)
	}
}

// begin takes a delivery for its next attempt.
func (b *booking) begin(one *share, d *delivery.Due, m Mischief) {
	d.Claim++
	b.taken = append(b.taken, delivery.Claim{Key: d.Key, Number: d.Claim, Due: b.now.Add(lease)})
	b.p.claims = append(b.p.claims, &claim{Delivery: d.Delivery, event: d.Event(), callback: one.Callback, mischief: m})
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
