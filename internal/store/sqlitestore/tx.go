package sqlitestore

import (
	"time"

	"github.com/favord/favord/internal/merchant"
	"github.com/favord/favord/internal/user"
)

// tx implements store.Tx over the session of one transaction. Methods stand in files
// by aggregate, in the order of the contract.
type tx struct {
	*session
	job *job // nil in a transaction that only reads
}

// changed notes that others may have cached data of a merchant that is now out of date.
func (t *tx) changed(owner merchant.ID) {
	if t.job.changed == nil {
		t.job.changed = map[merchant.ID]bool{}
	}
	t.job.changed[owner] = true
}

// toTime turns a stored time into a value; 0 is the zero time.
func toTime(seconds int64) time.Time {
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0)
}

// toUnix is the stored form of a time.
func toUnix(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

// toID reads a stored account. The schema holds its length.
func toID(raw []byte) user.ID {
	var id user.ID
	copy(id[:], raw)
	return id
}
