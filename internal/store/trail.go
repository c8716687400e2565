package store

import (
	"crypto/sha256"
	"encoding/binary"
	"time"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
)

// AuditEntry says who changed what. It is written in the transaction of the change; from then
// on nothing of it changes but its Seal, once.
type AuditEntry struct {
	// Owner is the merchant whose data changed.
	Owner merchant.ID
	At    time.Time
	// Actor is who asked: an mchid, or a name with a prefix such as "system:".
	Actor string
	// Action is the id of an operation.
	Action string
	// Object is what changed, such as "stock/1282070000000017".
	Object string
	// Request is the Request-ID of the call that asked; empty for a batch, in which many calls
	// share an entry, and for what no call asked for. An entry that has none gets that of the
	// context in which it is appended.
	Request string
	// Before and After are JSON objects with what the change replaced and by what; empty where
	// the action says it all.
	Before, After string
	// Batch are the coupons of the stock that were issued at once; zero for all else.
	Batch Batch
	// ID is what the engine calls the entry. It grows, and says nothing about order.
	ID int64
	// Seal is the entry's place in the chain of its owner, which the sealer gives it.
	Seal Seal
}

// Batch is a run of coupons of a stock.
type Batch struct {
	// Count is how many there are, First and Last their lowest and highest IDs.
	Count, First, Last int64
	// Digest is of what never changes about them.
	Digest Content
}

// BatchOf returns the batch of coupons of one stock, which are in the order of their IDs.
func BatchOf(coupons []coupon.Coupon) Batch {
	h := sha256.New()
	var line []byte
	for i := range coupons {
		line = appendIssue(line[:0], &coupons[i])
		h.Write(line)
	}
	return Batch{
		Count: int64(len(coupons)), First: coupons[0].ID, Last: coupons[len(coupons)-1].ID, Digest: Content(h.Sum(nil)),
	}
}

// appendIssue appends what never changes about a coupon, each text after its length. That is
// what digests are made of: nothing of it is ever changed, and no openid is in it.
func appendIssue(line []byte, c *coupon.Coupon) []byte {
	for _, text := range []string{
		string(c.Stock.Creator), string(c.Stock.ID), string(c.Code), string(c.Belong), string(c.Sender), string(c.AppID),
		string(c.Channel), c.SendRequestNo,
	} {
		line = binary.BigEndian.AppendUint16(line, uint16(len(text))) //nolint:gosec // at most some dozen bytes
		line = append(line, text...)
	}
	line = append(append(line, c.Holder[:]...), c.SendContent[:]...)
	for _, n := range []int64{c.ID, Seconds(c.Received), Seconds(c.Life.Start), Seconds(c.Life.Expire)} {
		line = binary.BigEndian.AppendUint64(line, uint64(n)) //nolint:gosec // the bits, whatever they count
	}
	return line
}
