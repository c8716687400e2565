package redeem

import (
	"context"
	"time"

	"github.com/favord/favord/internal/base/lane"
	"github.com/favord/favord/internal/base/origin"
	"github.com/favord/favord/internal/base/planted"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/tally"
	"github.com/favord/favord/internal/store"
)

// outcome is what one change of a batch gets: an answer or a refusal.
type outcome struct {
	answer answer
	err    error
}

// do has a change decided with others of the same creator: all of one coupon in the same lane.
func (s *Service) do(ctx context.Context, ch change) (answer, error) {
	if ch.actor == "" {
		ch.actor = string(ch.Caller)
	}
	ch.requestID = origin.Request(ctx)
	got, err := s.lanes.Do(ctx, string(ch.stock.Creator), string(ch.Code), ch)
	if err == nil {
		err = got.err
	}
	return got.answer, err
}

// run decides changes, of any coupons, in one transaction. When that fails, each coupon gets a
// transaction of its own.
func (s *Service) run(ctx context.Context, changes []change) ([]outcome, error) {
	return lane.Apart(changes, (*change).key,
		func(part []change) ([]outcome, error) { return s.batch(ctx, part) },
		func(err error) outcome { return outcome{err: err} })
}

// batch decides changes in one transaction. Its error is that of the whole batch; what a change is
// refused for is in its outcome.
func (s *Service) batch(ctx context.Context, changes []change) (outcomes []outcome, err error) {
	err = s.config.Store.Write(ctx, func(tx store.Tx) error {
		b, err := s.open(ctx, tx, changes)
		if err != nil {
			return err
		}
		outcomes = b.decide(changes)
		return b.write(ctx, tx)
	})
	return outcomes, err
}

// batch is one transaction's view of the coupons that it changes: later changes see what earlier
// ones did.
type batch struct {
	service *Service
	locked  store.LockedCoupons
	// spent are the numbers that were carried out and do not stand in a coupon.
	spent map[store.RequestKey]store.Request
	// times are the business times of creators.
	times map[merchant.ID]time.Time
	rows  rows
}

// rows are what a batch writes.
type rows struct {
	// coupons are those that were changed, each once, in the order of their first change.
	coupons  []coupon.Key
	requests []store.Request
	audit    []store.AuditEntry
	tallies  tally.Sheet
}

// open locks the coupons and loads the numbers of those that count some: as a rule none does.
func (s *Service) open(ctx context.Context, tx store.Tx, changes []change) (b *batch, err error) {
	b = &batch{service: s, times: map[merchant.ID]time.Time{}}
	seen := make(map[coupon.Key]bool, len(changes))
	keys := make([]coupon.Key, 0, len(changes))
	for i := range changes {
		if key := changes[i].key(); !seen[key] {
			seen[key] = true
			keys = append(keys, key)
		}
	}
	if b.locked, err = tx.LockCoupons(ctx, keys); err != nil {
		return nil, err
	}
	var numbers []store.RequestKey
	for i := range changes {
		if b.locked.Coupons[changes[i].key()].Spent > 0 && changes[i].operation != 0 {
			numbers = append(numbers, changes[i].request())
		}
	}
	b.spent, err = tx.Requests(ctx, numbers)
	return b, err
}

// decide gives every change its outcome, in order.
func (b *batch) decide(changes []change) []outcome {
	outcomes := make([]outcome, len(changes))
	for i := range changes {
		outcomes[i].answer, outcomes[i].err = b.one(&changes[i])
	}
	return outcomes
}

// one follows the order of checks of busifavor 8.4: existence, permission, repeat, and then what
// the change itself demands.
func (b *batch) one(ch *change) (answer, error) {
	c, found := b.locked.Coupons[ch.key()]
	switch {
	case !found:
		return answer{}, ch.missing
	case ch.may != nil && !ch.may(&c, ch.Caller):
		return answer{}, coupon.ErrNotYours
	}
	if ch.operation != 0 {
		if a, known, err := ch.first(&c, b.spent); known {
			return a, err
		}
	}
	was, v := c, view{now: b.now(ch.stock.Creator)}
	if s, found := b.locked.Stocks[ch.stock]; found {
		v.stock = &s
	}
	a, err := ch.apply(&c, &v)
	if err != nil {
		return answer{}, err
	}
	if ch.operation == 0 && c == was {
		return a, nil // so it was before
	}
	spent, err := ch.spend(&c, a, was.Use, v.now)
	if err != nil {
		return answer{}, err
	}
	c.Spent += int64(len(spent)) * (1 - planted.RedeemUncounted.One())
	b.keep(ch, &was, &c, spent, v.now)
	return a, nil
}

// now is the business time of a creator, the same for all of a batch.
func (b *batch) now(creator merchant.ID) time.Time {
	at, known := b.times[creator]
	if !known {
		at = b.service.config.Clock.For(string(creator)).Now()
		b.times[creator] = at
	}
	return at
}

// keep notes a change, so that it is written and those that follow see it.
func (b *batch) keep(ch *change, was, c *coupon.Coupon, spent []store.Request, now time.Time) {
	b.locked.Coupons[c.Key] = *c
	for _, r := range spent {
		b.spent[r.RequestKey] = r
	}
	b.rows.coupons = append(b.rows.coupons, c.Key)
	b.rows.requests = append(b.rows.requests, spent...)
	b.rows.audit = append(b.rows.audit, ch.audit(was, c, now))
	if ch.counts != "" {
		b.rows.tallies.Coupon(ch.counts, c, now)
	}
}

// write stores what was decided. Of a batch of nothing but repeats the locks are what makes its
// answers as durable as the first ones.
func (b *batch) write(ctx context.Context, tx store.Tx) error {
	if len(b.rows.coupons) == 0 {
		return nil
	}
	written := make(map[coupon.Key]bool, len(b.rows.coupons))
	changed := make([]coupon.Coupon, 0, len(b.rows.coupons))
	for _, key := range b.rows.coupons {
		if !written[key] {
			written[key] = true
			changed = append(changed, b.locked.Coupons[key])
		}
	}
	return store.InOrder(
		func() error { return tx.UpdateCoupons(ctx, changed...) },
		func() error { return tx.InsertRequests(ctx, b.rows.requests) },
		func() error { return tx.AppendAudit(ctx, b.rows.audit) },
		func() error { return tx.AddTallies(ctx, &b.rows.tallies) },
	)
}
