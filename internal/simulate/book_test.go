package simulate

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// book has what was acknowledged.
type book struct {
	world *world
	// calls are those with a number, by it; keys their order.
	calls   map[string]*call
	keys    []string
	answers map[string]string
	// open are those that nobody knows the outcome of.
	open map[string]bool

	coupons   []*sent
	vouchers  []*given
	payments  []*paidOrder
	subsidies []paidSubsidy
	funded    fen.Fen
	// most and perDay are the largest limits that anybody ever asked for, current and
	// currentPerDay what was answered last.
	most, perDay, current, currentPerDay int64

	mu sync.Mutex
	// got are the events that reached the receiver.
	got map[string]bool
}

// sent is a coupon.
type sent struct {
	key    coupon.Key
	who    int
	caller merchant.ID
	number string
	// uses are the numbers of acknowledged redemptions, returns counts the returns that were asked
	// for.
	uses    map[string]bool
	returns int
	voided  bool
}

// hidden reports whether the code is one that the engine drew itself.
func (s *sent) hidden(w *world) bool { return s.key.Stock.ID == w.shop.pooled.ID && w.memory == nil }

// given is a voucher.
type given struct {
	id     voucher.ID
	who    int
	number string
}

// paidOrder is a payment.
type paidOrder struct {
	transaction string
	total       fen.Fen
	refunded    fen.Fen
	// refunds counts those that were asked for.
	refunds int
}

type paidSubsidy struct {
	receipt string
	of      *sent
	amount  fen.Fen
}

func newBook(w *world) *book {
	l := w.shop.plain.Limits
	return &book{
		world: w, calls: map[string]*call{}, answers: map[string]string{}, open: map[string]bool{}, got: map[string]bool{},
		most: l.MaxCoupons, perDay: l.MaxPerDay, current: l.MaxCoupons, currentPerDay: l.MaxPerDay,
	}
}

// begun notes a call, and reports whether it repeats what was acknowledged.
func (b *book) begun(c *call) (acked bool) {
	if c.key != "" && b.calls[c.key] == nil {
		b.calls[c.key] = c
		b.keys = append(b.keys, c.key)
	}
	_, acked = b.answers[c.key]
	return acked
}

// ended notes how a call ended. What was acknowledged before it began, must be answered again.
func (b *book) ended(c *call, acked bool, answer string, err error) {
	w, outcome := b.world, outcomeOf(err)
	shown := answer
	if c.hidden || err != nil {
		shown = ""
	}
	w.note("%d %s %s %s %s", w.report.steps, c.kind, c.key, outcome, shown)
	first, known := b.answers[c.key]
	switch outcome {
	case "done":
		delete(b.open, c.key)
		switch {
		case c.key == "":
		case !known:
			w.report.acked++
			b.answers[c.key] = answer
			if c.acked != nil {
				c.acked(answer)
			}
		case first != answer:
			w.fail("%s answered %q, before %q", c.key, answer, first)
		}
	case "unclear", "broken":
		w.report.unclear++
		if c.key != "" && !known {
			b.open[c.key] = true
		}
	case "refused":
		delete(b.open, c.key)
		if acked && (c.refusable == nil || !errors.Is(err, c.refusable)) {
			w.fail("%s was answered %q and is refused now: %v", c.key, first, err)
		}
	case "internal":
		w.fail("%s ends with an internal error: %v", c.key, err)
	}
}

// repeatOpen repeats what is unclear, and returns how much that is.
func (b *book) repeatOpen() (count int) {
	for _, key := range b.keys {
		if b.open[key] {
			count++
			b.world.launch(b.world.nodes[count%len(b.world.nodes)], b.calls[key])
		}
	}
	return count
}

// arrived notes an event that reached the receiver.
func (b *book) arrived(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.got[id] = true
}

// check holds the database against the book.
func (b *book) check() {
	w := b.world
	list, err := w.engine.Check(w.tb.Context())
	if err != nil {
		w.fail("check: %v", err)
	}
	for _, one := range list {
		if one.Broken > 0 {
			w.fail("%s: broken in %d of %d", one.Name, one.Broken, one.Rows)
		}
	}
	if err := w.engine.Read(w.tb.Context(), func(tx store.ReadTx) error { return b.compare(w.tb.Context(), tx) }); err != nil {
		w.fail("%v", err)
	}
}

// compare returns the first thing that is not as it was acknowledged.
func (b *book) compare(ctx context.Context, tx store.ReadTx) error {
	return store.InOrder(
		func() error { return b.compareCoupons(ctx, tx) },
		func() error { return b.comparePayments(ctx, tx) },
		func() error { return b.compareMoney(ctx, tx) },
	)
}

func (b *book) compareCoupons(ctx context.Context, tx store.ReadTx) error {
	ofDay, ofStock, ofFamily := map[day.Day]int64{}, map[coupon.StockID]int64{}, map[int]int64{}
	for _, s := range b.coupons {
		c, err := tx.Coupon(ctx, s.key)
		switch {
		case err != nil:
			return fmt.Errorf("coupon %s of stock %s was acknowledged: %w", s.key.Code, s.key.Stock.ID, err)
		case c.SendRequestNo != s.number || c.Sender != s.caller:
			return fmt.Errorf("coupon %s was issued under %s, not %s", s.key.Code, c.SendRequestNo, s.number)
		case len(s.uses) > 1+s.returns:
			return fmt.Errorf("coupon %s was redeemed %d times, with %d returns", s.key.Code, len(s.uses), s.returns)
		case s.voided && c.State != coupon.StateDeactivated:
			return fmt.Errorf("coupon %s was voided and is %s", s.key.Code, c.State)
		case len(s.uses) > 0 && s.returns == 0 && (c.State != coupon.StateUsed || !s.uses[c.Use.RequestNo]):
			return fmt.Errorf("coupon %s was redeemed and is %s by %q", s.key.Code, c.State, c.Use.RequestNo)
		}
		ofStock[s.key.Stock.ID]++
		switch s.key.Stock.ID {
		case b.world.shop.plain.ID:
			ofDay[day.Of(c.Received)]++
		case b.world.shop.personal.ID:
			ofFamily[s.who/family]++
		}
	}
	for of, n := range ofDay {
		if n > b.perDay {
			return fmt.Errorf("%d coupons were acknowledged on day %d, at most %d were allowed", n, of, b.perDay)
		}
	}
	for of, n := range ofFamily {
		if n > b.world.shop.personal.Limits.MaxPerUser {
			return fmt.Errorf("person %d got %d coupons", of, n)
		}
	}
	if n := ofStock[b.world.shop.plain.ID]; n > b.most {
		return fmt.Errorf("%d coupons of %d were acknowledged", n, b.most)
	}
	return nil
}

func (b *book) comparePayments(ctx context.Context, tx store.ReadTx) error {
	for _, g := range b.vouchers {
		if v, err := tx.Voucher(ctx, g.id); err != nil || v.RequestNo != g.number {
			return fmt.Errorf("voucher %s was acknowledged under %s: %q, %w", g.id, g.number, v.RequestNo, err)
		}
	}
	used := map[voucher.ID]string{}
	for _, p := range b.payments {
		is, err := tx.Payment(ctx, p.transaction)
		switch {
		case err != nil:
			return fmt.Errorf("payment %s was acknowledged: %w", p.transaction, err)
		case is.Total != p.total, is.Refunded < p.refunded, is.Refunded > is.Total:
			return fmt.Errorf("payment %s of %d, with %d refunded, is %d with %d", p.transaction, p.total, p.refunded, is.Total, is.Refunded)
		}
		for _, v := range is.Vouchers {
			if is.Refunded == is.Total {
				continue // it may be used again
			}
			if other := used[v.ID]; other != "" {
				return fmt.Errorf("voucher %s paid %s and %s", v.ID, other, p.transaction)
			}
			used[v.ID] = p.transaction
		}
	}
	return nil
}

func (b *book) compareMoney(ctx context.Context, tx store.ReadTx) error {
	for _, s := range b.subsidies {
		is, err := tx.Subsidy(ctx, s.receipt)
		if err != nil || is.Amount != s.amount {
			return fmt.Errorf("subsidy %s of %d was acknowledged: %d, %w", s.receipt, s.amount, is.Amount, err)
		}
	}
	return nil
}

// deliveries lists the deliveries of the creator.
func (b *book) deliveries() (list []delivery.Delivery) {
	ctx := b.world.tb.Context()
	if err := b.world.engine.Read(ctx, func(tx store.ReadTx) (err error) {
		list, err = tx.Deliveries(ctx, store.DeliveryQuery{Owner: creator, Limit: 1_000_000})
		return err
	}); err != nil {
		b.world.fail("deliveries: %v", err)
	}
	return list
}

// delivered reports whether no event waits.
func (b *book) delivered() bool {
	for _, d := range b.deliveries() {
		if d.State == delivery.Pending {
			return false
		}
	}
	return true
}

// close closes the book at the end: nothing is open, every event arrived.
func (b *book) close() {
	for _, key := range b.keys {
		if b.open[key] {
			b.world.fail("%s is still unclear", key)
		}
	}
	for _, d := range b.deliveries() {
		switch {
		case d.State == delivery.Pending:
			b.world.fail("event %s was never delivered", d.EventID)
		case d.State == delivery.Delivered && !b.got[d.EventID]:
			b.world.fail("event %s counts as delivered and never arrived", d.EventID)
		}
	}
}
