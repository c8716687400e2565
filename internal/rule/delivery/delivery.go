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

// Key names a delivery by its event: an event has one at most.
type Key struct {
	Owner merchant.ID
	Place int64
}

// Delivery is an event on its way to a callback. Its times are real ones, to the
// millisecond.
type Delivery struct {
	Key
	Product merchant.Product
	EventID string
	Kind    Kind
	State   State
	// TakenAt is when it began, Started the same or when it was last sent again.
	TakenAt, Started time.Time
	// Due is when it is attempted next; while an attempt runs, when that counts as lost.
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

// Due is a delivery whose time has come, with its event.
type Due struct {
	Delivery
	Event Event
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
