package row

import (
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/store"
)

// AuditColumns are what AuditEntry reads, in its order.
const AuditColumns = `
		creator_mchid, id, at, actor, action, object, coalesce(coupons, 0), coalesce(first_id, 0), coalesce(last_id, 0), digest,
		coalesce(request_id, ''), coalesce(was, ''), coalesce(became, ''), coalesce(place, 0), hash`

// AuditEntry reads the AuditColumns.
func AuditEntry(scan Scan) (store.AuditEntry, error) {
	var e store.AuditEntry
	var at int64
	var digest, hash []byte
	err := scan(&e.Owner, &e.ID, &at, &e.Actor, &e.Action, &e.Object, &e.Batch.Count, &e.Batch.First, &e.Batch.Last, &digest,
		&e.Request, &e.Before, &e.After, &e.Seal.Place, &hash)
	e.At = store.TimeOf(at)
	copy(e.Batch.Digest[:], digest)
	copy(e.Seal.Hash[:], hash)
	return e, err
}

// AuditHead reads owner, place and hash of a head.
func AuditHead(scan Scan) (store.AuditHead, error) {
	var h store.AuditHead
	var hash []byte
	err := scan(&h.Owner, &h.Place, &hash)
	copy(h.Hash[:], hash)
	return h, err
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
