package store

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/user"
)

// Engines store times as seconds since 1970, and accounts as bytes.

// Seconds is the stored form of a time; the zero time is 0.
func Seconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

// TimeOf is the time that was stored as seconds.
func TimeOf(seconds int64) time.Time {
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0)
}

// Millis is a time as it is stored where seconds are too coarse; 0 is the zero time.
func Millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// TimeOfMillis is the reverse of Millis.
func TimeOfMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}

// PageStart is where the rows of a page of stocks begin: all that are older than this time
// of creation and id.
func PageStart(q StockQuery) (createdAt int64, id coupon.StockID) {
	if q.After == nil {
		return math.MaxInt64, ""
	}
	return Seconds(q.After.CreatedAt), q.After.ID
}

// AccountOf is the account that was stored as bytes. The schemas hold their length.
func AccountOf(raw []byte) user.ID {
	var id user.ID
	copy(id[:], raw)
	return id
}

// OnePerson returns those of the users who are the person, up to limit, in the order of
// their openids.
func OnePerson(person user.ID, users []user.User, limit int) []user.User {
	users = slices.DeleteFunc(users, func(u user.User) bool { return u.Person != person })
	slices.SortFunc(users, func(a, b user.User) int { return cmp.Compare(a.OpenID, b.OpenID) })
	return users[:min(limit, len(users))]
}
