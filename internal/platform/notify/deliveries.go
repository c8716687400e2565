package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
)

// ErrNoDelivery is the answer to an event id without delivery.
var ErrNoDelivery = fault.New(fault.NotFound,
	"没有这个事件的投递记录", "There is no delivery of this event: it never was for a callback, or is not kept any more.")

// Delivery is an event on its way, as operators see it. Its times are real ones.
type Delivery struct {
	Owner   merchant.ID
	Product merchant.Product
	// EventID is the id in the notification. Place orders the deliveries of a merchant.
	EventID string
	Place   int64
	// Kind is the event_type, State PENDING, DELIVERED or DEAD.
	Kind, State string
	// TakenAt is when its first attempt began; before that, when the event happened.
	TakenAt time.Time
	// Due is the next attempt's time, zero when there is none; Ended when there is no more.
	Due, Ended time.Time
	// Attempts counts those that began. Status and Problem tell of the last one that ended.
	Attempts int64
	Status   int
	Problem  string
}

// Attempt is one try to deliver.
type Attempt struct {
	Number int64
	URL    string
	Serial string
	At     time.Time
	Took   time.Duration
	// Status is 0 when there was no answer; Problem then says why.
	Status  int
	Problem string
	// Answer is the beginning of the receiver's answer.
	Answer string
}

// Story is a delivery with everything that is known about it.
type Story struct {
	Delivery
	// At is when the event happened, in business time.
	At time.Time
	// Resource is what the receiver reads once it has decrypted it.
	Resource json.RawMessage
	Tries    []Attempt
}

// Query asks for deliveries of a merchant, the newest first.
type Query struct {
	Owner merchant.ID
	// Product and State narrow the list unless they are empty.
	Product merchant.Product
	State   string
	// From and Until bound when deliveries began, the latter exclusively; zero does not.
	From, Until time.Time
	// Before is the Place of the last delivery of the page before.
	Before int64
	// Limit is 1 to MaxPage.
	Limit int64
}

// MaxPage is the largest page of deliveries.
const MaxPage = 1000

func (q *Query) stored() store.DeliveryQuery {
	return store.DeliveryQuery{
		Owner: q.Owner, Product: q.Product, State: delivery.State(q.State), From: q.From, Until: q.Until,
		Before: q.Before, Limit: min(max(q.Limit, 1), MaxPage),
	}
}

// Deliveries returns a page of a merchant's deliveries.
func (s *Service) Deliveries(ctx context.Context, q Query) ([]Delivery, error) {
	var list []delivery.Delivery
	if err := s.config.Store.Glance(ctx, func(tx store.ReadTx) (err error) {
		list, err = tx.Deliveries(ctx, q.stored())
		return err
	}); err != nil {
		return nil, fmt.Errorf("deliveries: %w", err)
	}
	shown := make([]Delivery, len(list))
	for i := range list {
		shown[i] = show(&list[i])
	}
	return shown, nil
}

func show(d *delivery.Delivery) Delivery {
	taken := d.TakenAt
	if taken.IsZero() {
		taken = d.At
	}
	return Delivery{
		Owner: d.Owner, Product: d.Product, EventID: d.EventID, Place: d.Place, Kind: string(d.Kind), State: string(d.State),
		TakenAt: taken, Due: d.Due, Ended: d.Ended, Attempts: d.Claim, Status: d.Status, Problem: d.Problem,
	}
}

// Delivery returns the delivery of an event with its attempts.
func (s *Service) Delivery(ctx context.Context, owner merchant.ID, eventID string) (Story, error) {
	var story Story
	var event delivery.Event
	err := s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		d, err := tx.DeliveryOf(ctx, owner, eventID)
		if err != nil {
			return err
		}
		story.Delivery, story.At = show(&d), d.At
		if event, err = tx.EventAt(ctx, d.Key); err != nil {
			return err
		}
		tries, err := tx.Attempts(ctx, d.Key)
		story.Tries = make([]Attempt, len(tries))
		for i, a := range tries {
			story.Tries[i] = Attempt{
				Number: a.Number, URL: a.URL, Serial: a.Serial, At: a.At, Took: time.Duration(a.TookMS) * time.Millisecond,
				Status: a.Status, Problem: a.Problem, Answer: a.Answer,
			}
		}
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return Story{}, ErrNoDelivery
	}
	if err != nil {
		return Story{}, fmt.Errorf("delivery: %w", err)
	}
	one := &claim{event: event}
	if err := s.write(ctx, []*claim{one}); err != nil {
		return Story{}, fmt.Errorf("delivery: %w", err)
	}
	story.Resource = one.resource
	return story, nil
}

// Resent says what was sent again.
type Resent struct {
	Count int
	// Last is the Before of a query for the rest; 0 when there is none.
	Last int64
}

// Resend has events delivered again, signed anew, as if they had just happened: those that
// are named or, without any, a page of those that a query finds. The actor goes into the
// audit trail.
func (s *Service) Resend(ctx context.Context, actor string, q Query, eventIDs ...string) (Resent, error) {
	now := s.config.Clock.Now()
	var resent Resent
	err := s.config.Store.Write(ctx, func(tx store.Tx) error {
		list, err := chosen(ctx, tx, &q, eventIDs)
		if err != nil {
			return err
		}
		keys := make([]delivery.Key, len(list))
		trail := make([]store.AuditEntry, len(list))
		at := s.config.Business.For(string(q.Owner)).Now()
		for i := range list {
			keys[i] = list[i].Key
			trail[i] = store.AuditEntry{
				Owner: q.Owner, At: at, Actor: actor, Action: "manage.deliveries.resend", Object: "event/" + list[i].EventID,
				Before: stateOf(list[i].State), After: stateOf(delivery.Pending),
			}
		}
		resent = Resent{Count: len(keys)}
		if len(eventIDs) == 0 && int64(len(keys)) == q.stored().Limit {
			resent.Last = keys[len(keys)-1].Place
		}
		if err := tx.ResendDeliveries(ctx, keys, now); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, trail)
	})
	if errors.Is(err, store.ErrNotFound) {
		return Resent{}, ErrNoDelivery
	}
	if err != nil {
		return Resent{}, fmt.Errorf("resend: %w", err)
	}
	return resent, nil
}

// stateOf is a state as the audit says it.
func stateOf(s delivery.State) string { return `{"state":"` + string(s) + `"}` }

// chosen are the deliveries of the events that are named or, when none is, of a query.
func chosen(ctx context.Context, tx store.Tx, q *Query, eventIDs []string) ([]delivery.Delivery, error) {
	if len(eventIDs) == 0 {
		return tx.Deliveries(ctx, q.stored())
	}
	var list []delivery.Delivery
	for _, id := range eventIDs {
		d, err := tx.DeliveryOf(ctx, q.Owner, id)
		if err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, nil
}
