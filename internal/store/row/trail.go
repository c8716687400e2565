package row

import (
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/store"
)

// AuditColumns are what AuditEntry reads, in its order.
const AuditColumns = `
		at, actor, action, object, coalesce(coupons, 0), coalesce(first_id, 0), coalesce(last_id, 0), digest`

// AuditEntry reads the AuditColumns of an owner's entry.
func AuditEntry(owner merchant.ID) func(Scan) (store.AuditEntry, error) {
	return func(scan Scan) (store.AuditEntry, error) {
		e := store.AuditEntry{Owner: owner}
		var at int64
		var digest []byte
		err := scan(&at, &e.Actor, &e.Action, &e.Object, &e.Batch.Count, &e.Batch.First, &e.Batch.Last, &digest)
		e.At = store.TimeOf(at)
		copy(e.Batch.Digest[:], digest)
		return e, err
	}
}

// Posting reads account, amount, reference and time of an owner's posting.
func Posting(owner merchant.ID) func(Scan) (payment.Posting, error) {
	return func(scan Scan) (payment.Posting, error) {
		p := payment.Posting{Account: payment.Account{Owner: owner}}
		var at int64
		err := scan(&p.Name, &p.Amount, &p.Reference, &at)
		p.At = store.TimeOf(at)
		return p, err
	}
}
