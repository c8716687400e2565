// Package notify is the wire of notifications: the envelope in which the platform posts
// an event to a merchant's URL, and the events themselves (protocol 6, busifavor 11,
// favor 9). Sender and receiver use the same declarations.
//
// The package seals and opens; signing, sending and verifying are others' business.
package notify

import (
	"fmt"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/wire/schema"
)

// EncryptResource is the resource_type of every envelope.
const EncryptResource = "encrypt-resource"

// Envelope is the body of a notification. Its members are written in the order that was
// seen live; receivers take any.
type Envelope struct {
	// ID is unique per event and the same on every delivery of it: receivers tell
	// repetitions by it.
	ID string `json:"id" title:"通知ID" rule:"required chars=1..36"`
	// CreateTime is when the event happened, the same on every delivery.
	CreateTime   schema.Time `json:"create_time" title:"通知创建时间" rule:"required chars=1..32"`
	ResourceType string      `json:"resource_type" title:"通知数据类型" rule:"required chars=1..32"`
	// EventType is one of the types of [Kinds], or one that came later.
	EventType string   `json:"event_type" title:"通知类型" rule:"required chars=1..32"`
	Summary   string   `json:"summary" title:"回调摘要" rule:"required chars=1..64"`
	Resource  Resource `json:"resource" title:"通知数据" rule:"required"`
}

// Resource is the event, sealed with the receiver's APIv3 key.
type Resource struct {
	OriginalType   string `json:"original_type" title:"原始回调类型" rule:"required chars=1..32"`
	Algorithm      string `json:"algorithm" title:"加密算法类型" rule:"required chars=1..32"`
	Ciphertext     string `json:"ciphertext" title:"数据密文" rule:"required"`
	AssociatedData string `json:"associated_data" title:"附加数据"`
	Nonce          string `json:"nonce" title:"随机串" rule:"required chars=12..12"`
}

// Open returns the JSON of the event, and apiv3.ErrBox when box has another key or
// algorithm or the resource was changed.
func (r Resource) Open(box *apiv3.Box) ([]byte, error) {
	return box.Open(apiv3.Sealed{
		Algorithm: r.Algorithm, AssociatedData: r.AssociatedData, Ciphertext: r.Ciphertext, Nonce: r.Nonce,
	})
}

// Kind is what the envelopes of one type of event have in common.
type Kind struct {
	EventType    string
	Summary      string
	OriginalType string
	// AssociatedData goes into the seal.
	AssociatedData string
}

// Types of events, as envelopes name them.
const (
	// CouponSent: a user got a merchant coupon. The event is a [CouponSend].
	CouponSent = "COUPON.SEND"
	// CouponUsed: a payment consumed a cash voucher. The event is a [CouponUse].
	CouponUsed = "COUPON.USE"
	// EchoSucceeded: somebody called the security echo with a notify_url. The event is
	// an [Echo].
	EchoSucceeded = "SECURITY_ECHO.SUCCESS"
)

// Kinds lists what the platform sends. The documents print other summaries and leave
// associated_data empty here and there; these are the texts seen live (protocol 6.1).
func Kinds() []Kind {
	return []Kind{
		{EventType: CouponSent, Summary: "商家券领券通知", OriginalType: "coupon", AssociatedData: "coupon"},
		{EventType: CouponUsed, Summary: "代金券核销通知", OriginalType: "coupon", AssociatedData: "coupon"},
		// The associated data is (inferred): receivers demand that it is not empty.
		{EventType: EchoSucceeded, Summary: "回调通知成功", OriginalType: "security", AssociatedData: "security"},
	}
}

// KindOf returns the kind of an event type, and false when the platform sends none.
func KindOf(eventType string) (Kind, bool) {
	for _, k := range Kinds() {
		if k.EventType == eventType {
			return k, true
		}
	}
	return Kind{}, false
}

// Event is one event before it is sealed.
type Event struct {
	// ID has 1 to 36 characters and is unique.
	ID string
	// CreateTime is when it happened.
	CreateTime schema.Time
	// Resource is its JSON.
	Resource []byte
}

// Seal puts an event into an envelope, under a fresh nonce. The box holds the
// receiver's APIv3 key.
func (k Kind) Seal(box *apiv3.Box, e Event) (Envelope, error) {
	sealed, err := box.Seal(e.Resource, apiv3.NewBoxNonce(), k.AssociatedData)
	if err != nil {
		return Envelope{}, fmt.Errorf("notify: seal %s %s: %w", k.EventType, e.ID, err)
	}
	return Envelope{
		ID: e.ID, CreateTime: e.CreateTime, ResourceType: EncryptResource, EventType: k.EventType, Summary: k.Summary,
		Resource: Resource{
			OriginalType: k.OriginalType, Algorithm: sealed.Algorithm, Ciphertext: sealed.Ciphertext,
			AssociatedData: sealed.AssociatedData, Nonce: sealed.Nonce,
		},
	}, nil
}

// Answer is the body of a receiver's refusal: code FAIL, and a message for the log of
// the platform. A success is 200 or 204, whatever its body (protocol 6.3).
type Answer struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Fail is the code of an [Answer].
const Fail = "FAIL"
