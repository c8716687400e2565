// Package trail has the rules of the audit: what an entry says, how entries are chained, and what
// is wrong with a chain.
package trail

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/favord/favord/internal/rule/merchant"
)

// Entry says who changed what. It is written in the transaction of the change; from then
// on nothing of it changes but its Seal, once.
type Entry struct {
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
	Digest Hash
}

// Hash chains the entries of an audit.
type Hash [sha256.Size]byte

// String returns the hash in hexadecimal digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// ParseHash reads a hash from its 64 hexadecimal digits.
func ParseHash(text string) (Hash, error) {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != sha256.Size {
		return Hash{}, fmt.Errorf("store: %q is no hash", text)
	}
	return Hash(raw), nil
}

// Seal is a place in the chain of a merchant's audit. The zero Seal is none: the entry waits
// for the sealer.
type Seal struct {
	// Place counts from 1 without holes.
	Place int64
	// Hash is of the entry, its place, and the hash of the entry before.
	Hash Hash
}

// Head is where the chain of a merchant's audit ends; the zero Seal before its first entry.
type Head struct {
	Owner merchant.ID
	Seal
}

// format begins what is hashed. Another form would need another name.
const format = "favord audit 1"

// SealAt returns the seal of an entry behind another one of its owner.
func (e *Entry) SealAt(before Seal) Seal {
	place := before.Place + 1
	return Seal{Place: place, Hash: e.hash(place, before.Hash)}
}

// hash digests an entry, each text after its length.
func (e *Entry) hash(place int64, before Hash) Hash {
	line := append([]byte(format), before[:]...)
	for _, text := range []string{string(e.Owner), e.Actor, e.Action, e.Object, e.Request, e.Before, e.After} {
		line = binary.BigEndian.AppendUint32(line, uint32(len(text))) //nolint:gosec // some kilobytes at most
		line = append(line, text...)
	}
	for _, n := range []int64{place, seconds(e.At), e.Batch.Count, e.Batch.First, e.Batch.Last} {
		line = binary.BigEndian.AppendUint64(line, uint64(n)) //nolint:gosec // the bits, whatever they count
	}
	return sha256.Sum256(append(line, e.Batch.Digest[:]...))
}

// seconds is a time as it is stored: the zero time is 0.
func seconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

// Window is how many places a question about the audit looks at: what it asks for may be
// rare, and a merchant's audit long.
const Window = 20_000

// Query asks for sealed entries of a merchant, the newest first. What is empty narrows
// nothing.
type Query struct {
	Owner merchant.ID
	// Below is the place above the first that is looked at, Window places down.
	Below int64
	Actor string
	// Action is an id, or the beginning of ids with an asterisk.
	Action  string
	Object  string
	Request string
	// From and Until bound the time, the latter exclusively.
	From, Until time.Time
	Limit       int64
}

// Matches reports whether an entry is what a question asks for, wherever its place is.
func (q *Query) Matches(e *Entry) bool {
	prefix, some := strings.CutSuffix(q.Action, "*")
	return e.Owner == q.Owner && (q.Actor == "" || e.Actor == q.Actor) &&
		(q.Action == "" || e.Action == q.Action || some && strings.HasPrefix(e.Action, prefix)) &&
		(q.Object == "" || e.Object == q.Object) && (q.Request == "" || e.Request == q.Request) &&
		!e.At.Before(q.From) && (q.Until.IsZero() || e.At.Before(q.Until))
}
