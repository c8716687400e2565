package limit

import "time"

// Pace is how fast a peer must be at least, at sending a body or at taking an answer: it has
// Grace, and a second more for each Rate bytes.
type Pace struct {
	Grace time.Duration
	Rate  int64 // bytes in a second
}

// Left is how long a peer may still take when the given bytes have gone and it took so long
// for them; 0 is that its time is over.
func (p Pace) Left(gone int64, took time.Duration) time.Duration {
	return max(0, p.Grace+time.Duration(float64(gone)/float64(p.Rate)*float64(time.Second))-took)
}
