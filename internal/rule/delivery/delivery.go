package delivery

import (
	"time"

	"github.com/favord/favord/internal/rule/merchant"
)

// State is what became of a delivery. The values are stored.
type State string

// The states of deliveries.
const (
	// Pending deliveries are attempted when they are due.
	Pending State = "PENDING"
	// Delivered ones were accepted by the receiver.
	Delivered State = "DELIVERED"
	// Dead ones are given up, until somebody sends them again.
	Dead State = "DEAD"
)

// Key names a delivery. Places of an owner grow, by and large, with time; there are gaps.
type Key struct {
	Owner merchant.ID
	Place int64
}

// Delivery is an event on its way to a callback: an event has one at most. Its times, but At,
// are real ones, to the millisecond.
type Delivery struct {
	Key
	Product merchant.Product
	EventID string
	Kind    Kind
	// At is when the event happened, in business time.
	At    time.Time
	State State
	// TakenAt is when its first attempt began, Started the same or when it was last sent
	// again. Both are zero before.
	TakenAt, Started time.Time
	// Due is when it is attempted next, zero at once; while an attempt runs, when that counts
	// as lost.
	Due time.Time
	// Ended is when it was delivered or given up; zero before.
	Ended time.Time
	// Claim counts the attempts that began, and is the number of the last one.
	Claim int64
	// Step counts the attempts that failed since Started.
	Step int
	// Status and Problem tell of the last attempt: see Attempt.
	Status  int
	Problem string
	// Sealed is the body that was sent, kept once an attempt failed, with the version of
	// the APIv3 key that it was sealed with; else empty.
	Sealed     []byte
	KeyVersion int
}

// Fresh reports whether nobody has taken the delivery yet.
func (d *Delivery) Fresh() bool { return d.State == Pending && d.Due.IsZero() }

// Due is a delivery whose time has come, with what its event says.
type Due struct {
	Delivery
	Payload []byte
}

// Event is the event of a delivery whose time has come.
func (d *Due) Event() Event {
	return Event{Owner: d.Owner, Product: d.Product, ID: d.EventID, Kind: d.Kind, At: d.At, Payload: d.Payload}
}

// Claim takes a delivery: no other node attempts it before Due, should nobody settle the
// attempt. Number is the attempt's, or 0 to hold a fresh delivery back until Due.
type Claim struct {
	Key
	Number int64
	Due    time.Time
}

// Attempt is one try to deliver.
type Attempt struct {
	// Number counts from 1. One that is missing was never settled: its node died.
	Number int64
	URL    string
	// Serial is the platform key that signed; empty when nothing was sent.
	Serial string
	At     time.Time
	// TookMS is how long it took, in milliseconds.
	TookMS int64
	// Status is the receiver's HTTP status, 0 when there was no answer.
	Status int
	// Problem says why there was none, in English; else empty.
	Problem string
	// Answer is the beginning of the receiver's answer, valid UTF-8.
	Answer string
}

// Outcome is what an attempt leads to.
type Outcome struct {
	Key
	Attempt
	// State is the new one. A failure counts only for a delivery that is pending and not
	// claimed again since; a success counts always.
	State State
	// Due is the next attempt's time, when State is Pending.
	Due        time.Time
	Step       int
	Sealed     []byte
	KeyVersion int
}

// EndedAt is when an attempt ended the delivery; zero when it did not.
func (o *Outcome) EndedAt() time.Time {
	if o.State == Pending {
		return time.Time{}
	}
	return o.At.Add(time.Duration(o.TookMS) * time.Millisecond)
}
