package store

import "time"

// MaxCounted is where the counts of deliveries that are not over end: to count more would
// keep a database busy that has enough to do.
const MaxCounted = 100_000

// Figures tell how a store is doing.
type Figures struct {
	// Bytes is the size of the database.
	Bytes int64
	// Commits counts the commits of this process, each of which was synced to disk once,
	// Changes the transactions that they made durable.
	Commits, Changes int64
	// Connections of this process.
	Connections Connections
	Deliveries  DeliveryFigures
}

// Connections of a process to its database.
type Connections struct {
	// Open are there, Busy are in use, Most are allowed.
	Open, Busy, Most int
}

// DeliveryFigures count deliveries of all callbacks.
type DeliveryFigures struct {
	// Kept are all, Pending and Dead those of these states, up to MaxCounted.
	Kept, Pending, Dead int64
	// OldestDue is when the one was due that is due longest; zero when none is pending.
	OldestDue time.Time
}
