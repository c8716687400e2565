package store

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/favord/favord/internal/rule/coupon"
)

// BatchOf returns the batch of coupons of one stock, which are in the order of their IDs.
func BatchOf(coupons []coupon.Coupon) Batch {
	h := sha256.New()
	var line []byte
	for i := range coupons {
		line = appendIssue(line[:0], &coupons[i])
		h.Write(line)
	}
	return Batch{
		Count: int64(len(coupons)), First: coupons[0].ID, Last: coupons[len(coupons)-1].ID, Digest: Hash(h.Sum(nil)),
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
