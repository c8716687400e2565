package sqlitestore

import (
	"github.com/favord/favord/internal/rule/merchant"
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
