package store

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/user"
)

// A coupon's row is its request number and its holder's count, too: all coupons that an
// account ever got of a stock lie beside each other in one index, which is unique by request
// number. What the index has are digests of fixed size. Strangers whose digests meet are told
// apart by the full values in the rows.

// Locator is where the coupons lie that an account got of a stock: half a digest of each.
// It is stored: what it is made of never changes.
type Locator [16]byte

// half is what a locator has of each digest.
const half = len(Locator{}) / 2

// LocatorOf returns the locator of an account's coupons of a stock.
func LocatorOf(key HolderKey) Locator {
	var l Locator
	stock := sha256.Sum256([]byte(string(key.Stock.Creator) + "/" + string(key.Stock.ID)))
	account := sha256.Sum256(key.Holder[:])
	copy(l[:half], stock[:])
	copy(l[half:], account[:])
	return l
}

// NumberKey tells the request numbers of an account apart. It is stored.
func NumberKey(account user.ID, number string) int64 {
	digest := sha256.Sum256([]byte(string(account[:]) + number))
	return int64(binary.BigEndian.Uint64(digest[:])) //nolint:gosec // the bits, whatever they count
}

// HolderOf is the key of a coupon's holder.
func HolderOf(c *coupon.Coupon) HolderKey { return HolderKey{Stock: c.Stock, Holder: c.Holder} }

// ShortOf is the part of a digest that a coupon's row has.
func (c Content) ShortOf() coupon.Digest { return coupon.Digest(c[:len(coupon.Digest{})]) }
