package day

import "time"

// Use is how much of a day something may be used.
type Use byte

// The values of a Use.
const (
	Never   Use = 'N'
	Partly  Use = 'P'
	Wholly  Use = 'A'
	seconds     = 86400
)

// useOf is the use of a day of which so many seconds count.
func useOf(n int64) Use {
	switch {
	case n <= 0:
		return Never
	case n < seconds:
		return Partly
	}
	return Wholly
}

// maxCalendar is how many days a calendar has at most. A stock that may be created has fewer.
const maxCalendar = 400

// Calendar is the use of each day from the one of begin to the one of end; secondsOn counts how many
// seconds of a day count.
func Calendar(begin, end time.Time, secondsOn func(Day) int64) (first Day, days []Use) {
	first = Of(begin)
	for d := first; d <= Of(end) && len(days) < maxCalendar; d++ {
		days = append(days, useOf(secondsOn(d)))
	}
	return first, days
}

// Overlap counts the seconds that spans share, both ends of each included. Without spans it is 0.
func Overlap(spans ...[2]time.Time) int64 {
	if len(spans) == 0 {
		return 0
	}
	begin, end := spans[0][0].Unix(), spans[0][1].Unix()
	for _, s := range spans[1:] {
		begin, end = max(begin, s[0].Unix()), min(end, s[1].Unix())
	}
	return max(0, end-begin+1)
}

// At is a second of the day, 0 to 86399.
func (d Day) At(second int) time.Time { return d.Begin().Add(time.Duration(second) * time.Second) }
