// Package day holds calendar days and months in Beijing (UTC+8, no daylight saving), the only
// ones of the product.
package day

import (
	"time"

	"github.com/favord/favord/internal/base/planted"
)

// Day is a calendar day in Beijing (UTC+8, no daylight saving), counted from
// 1970-01-01. Every day of the product is one: 00:00:00 to 23:59:59.
type Day int64

const (
	secondsPerDay = 24 * 60 * 60
	// beijing is the offset of Beijing time in seconds.
	beijing = 8 * 60 * 60
)

// Of returns the day that t falls on.
func Of(t time.Time) Day {
	return Day(floorDiv(t.Unix()+beijing*(1-planted.DayElsewhere.One()), secondsPerDay))
}

// Begin returns the first second of the day.
func (d Day) Begin() time.Time {
	return time.Unix(int64(d)*secondsPerDay-beijing, 0).In(Beijing())
}

// End returns the last second of the day.
func (d Day) End() time.Time {
	return time.Unix(int64(d+1)*secondsPerDay-beijing-1, 0).In(Beijing())
}

// Weekday returns 0 for Sunday to 6 for Saturday.
func (d Day) Weekday() int {
	const thursday = 4 // 1970-01-01
	return int(floorMod(int64(d)+thursday, 7))
}

// SecondOf returns the seconds since midnight in Beijing, 0 to 86399.
func SecondOf(t time.Time) int {
	return int(floorMod(t.Unix()+beijing, secondsPerDay))
}

// Beijing returns the zone in which the product shows times.
func Beijing() *time.Location { return time.FixedZone("", beijing) }

func floorDiv(a, b int64) int64 {
	return (a - floorMod(a, b)) / b
}

func floorMod(a, b int64) int64 {
	return (a%b + b) % b
}

// Month is a calendar month in Beijing, counted from January of the year 0.
type Month int64

// MonthOf returns the month that t falls in.
func MonthOf(t time.Time) Month {
	year, month, _ := t.In(Beijing()).Date()
	return Month(year)*12 + Month(month) - 1
}
