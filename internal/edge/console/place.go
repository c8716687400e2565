package console

import (
	"strconv"
	"strings"
	"time"

	"github.com/favord/favord/internal/base/fault"
)

// errPlace refuses a page that begins nowhere.
var errPlace = fault.New(fault.Invalid, "after须为上一页的next", "after must be the next of the page before.")

// placeOf names the last one of a page that is in the order of time, for the next page to go on after it.
func placeOf(at time.Time, id string) string { return strconv.FormatInt(at.Unix(), 10) + "-" + id }

// parsePlace is the reverse of placeOf; nothing is the zero time.
func parsePlace(after string) (at time.Time, id string, err error) {
	if after == "" {
		return time.Time{}, "", nil
	}
	seconds, id, _ := strings.Cut(after, "-")
	n, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil || n <= 0 || id == "" {
		return time.Time{}, "", errPlace.At("after", after)
	}
	return time.Unix(n, 0), id, nil
}
