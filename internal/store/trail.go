package store

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"github.com/favord/favord/internal/coupon"
	"github.com/favord/favord/internal/merchant"
	"github.com/favord/favord/internal/user"
)

// EventKind is the kind of an event that a merchant is notified of.
type EventKind string

// The kinds of events.
const (
	// EventCouponSent: a user got a merchant coupon. The payload is a CouponSent.
	EventCouponSent EventKind = "COUPON.SEND"
	// EventCouponUsed: a payment consumed a voucher. The payload is what the merchant is
	// told, as favor 9.3 has it: all of it is known then.
	EventCouponUsed EventKind = "COUPON.USE"
)

// Event is a row of the outbox: something that happened and will be delivered at
// least once. It is written in the transaction of the change.
type Event struct {
	// Owner is the merchant that is told.
	Owner merchant.ID
	// ID is the same on every attempt to deliver.
	ID   string
	Kind EventKind
	At   time.Time
	// Payload is JSON, written by the capability that made the change.
	Payload []byte
}

// EventID derives a UUID from a kind and what it is about, so that one change is one event
// however often it is told. It looks like version 5, as real ones do.
func EventID(kind EventKind, parts ...string) string {
	h := sha256.Sum256([]byte(strings.Join(append([]string{string(kind)}, parts...), "\x00")))
	h[6] = h[6]&0x0f | 0x50
	h[8] = h[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[0:4], h[4:6], h[6:8], h[8:10], h[10:16])
}

// CouponSent is the payload of EventCouponSent. The names are stored: never rename
// one.
type CouponSent struct {
	StockID   coupon.StockID `json:"stock_id"`
	Code      coupon.Code    `json:"coupon_code"`
	Holder    user.ID        `json:"holder"`
	AppID     merchant.AppID `json:"appid"`
	OpenID    user.OpenID    `json:"openid"`
	Channel   coupon.Channel `json:"channel"`
	Sender    merchant.ID    `json:"sender"`
	RequestNo string         `json:"out_request_no"`
}

// AuditEntry says who changed what. It is written in the transaction of the
// change and never altered.
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
}

// TrailReader reads events and audit entries, the oldest first.
type TrailReader interface {
	Events(ctx context.Context, owner merchant.ID, offset, limit int64) ([]Event, error)
	AuditEntries(ctx context.Context, owner merchant.ID, offset, limit int64) ([]AuditEntry, error)
}

// TrailWriter appends.
type TrailWriter interface {
	AppendEvents(ctx context.Context, events []Event) error
	AppendAudit(ctx context.Context, entries []AuditEntry) error
}
