package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"strings"
	"time"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
)

// Operation is the kind of change that a request number belongs to. The values are
// stored: never renumber them.
type Operation uint8

// The operations with request numbers.
const (
	OpCreateStock Operation = 1
	OpSendCoupon  Operation = 2
	OpUseCoupon   Operation = 3
	OpModifyStock Operation = 4
	OpSetBudget   Operation = 5
	OpUploadCodes Operation = 6
	OpDeleteCode  Operation = 7

	OpReturnCoupon      Operation = 10
	OpDeactivateCoupon  Operation = 11
	OpAssociateOrder    Operation = 12
	OpDisassociateOrder Operation = 13
	OpSendCard          Operation = 14
	OpPaySubsidy        Operation = 15
	OpReturnSubsidy     Operation = 16
	OpFund              Operation = 17

	OpCreateVoucherStock Operation = 20
	// OpSendVoucher counts under the sender, whatever the stock; where users claim, for the
	// user and the stock that are its subject (favor 4.11).
	OpSendVoucher          Operation = 21
	OpBuildPartnership     Operation = 40
	OpTerminatePartnership Operation = 41

	// OpUploadImage has the digest of the file in place of a number.
	OpUploadImage Operation = 45

	// OpRefund counts under the caller, whosever vouchers it is about. 50 were payments: their rows
	// are their requests now.
	OpRefund Operation = 51

	// OpSignedCall is any operation without a request number: the signature's serial is
	// the subject, its nonce the number. It belongs to no stock. Its answers are nonces, which are
	// not kept for good; the engines' statements about them name it.
	OpSignedCall Operation = 60
)

// RequestKey is where a request number counts: under the creator of the stock that
// it changes, so that it lies beside that stock's rows.
type RequestKey struct {
	// Owner is the creator of the stock, or the caller where Stock is empty.
	Owner merchant.ID
	// Stock is empty where a number counts for all that a merchant has: for the
	// creation and the changes of stocks, for their codes, partnerships, images, cards and
	// subsidies.
	Stock     coupon.StockID
	Operation Operation
	// Subject is what within the stock: a holder, a code; bytes, not text.
	Subject string
	Number  string
}

// ChangesCoupon reports whether numbers of the operation change a coupon: then their subject
// is its code, with the caller behind it where several may make the change.
func (o Operation) ChangesCoupon() bool {
	switch o { //nolint:exhaustive // the others do not
	case OpUseCoupon, OpReturnCoupon, OpDeactivateCoupon, OpAssociateOrder, OpDisassociateOrder:
		return true
	}
	return false
}

// Coupon returns the one that a number changes, and the caller whose number it is where
// several may make the change.
func (k *RequestKey) Coupon() (c coupon.Key, caller string) {
	code, caller, _ := strings.Cut(k.Subject, "\x00")
	return coupon.Key{Stock: coupon.StockKey{Creator: k.Owner, ID: k.Stock}, Code: coupon.Code(code)}, caller
}

// Request is a request that was carried out, kept as long as its stock, or as nonces are: a repeat
// gets the same answer and has no effect, other content under the number is
// refused. Failures are not kept.
type Request struct {
	RequestKey
	Content Content
	// Answer is what the capability needs to answer again.
	Answer []byte
	At     time.Time
}

// Content is a digest of what a request asked for.
type Content [sha256.Size]byte

// ContentOf digests the parts of a request, in a fixed order. The digest is
// stored: an operation that gets a new part must leave it out when it is empty.
func ContentOf(parts ...string) Content {
	h := sha256.New()
	var size [8]byte
	for _, part := range parts {
		binary.BigEndian.PutUint64(size[:], uint64(len(part)))
		h.Write(size[:])
		h.Write([]byte(part))
	}
	return Content(h.Sum(nil))
}

// RequestReader reads request numbers.
type RequestReader interface {
	// Requests returns those of the keys that were carried out.
	Requests(ctx context.Context, keys []RequestKey) (map[RequestKey]Request, error)
}

// RequestWriter keeps request numbers.
type RequestWriter interface {
	// InsertRequests adds requests; ErrDuplicate when a key is there.
	InsertRequests(ctx context.Context, requests []Request) error
	// TouchRequests takes part in what the requests did: when this transaction is
	// durable, so are they. A transaction that found a repeat and changes nothing
	// else calls it before the repeat is answered; a row that was only read may
	// still be on its way to a standby, and lost with the primary.
	TouchRequests(ctx context.Context, keys []RequestKey) error
}
