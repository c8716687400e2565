// Package delivery holds what merchants are told: events, their way to a callback, and the
// attempts on that way. It is pure.
package delivery

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/rule/voucher"
)

// Kind is the kind of an event that a merchant is told of.
type Kind string

// The kinds of events.
const (
	// KindCouponSent: a user got a merchant coupon. The payload is a CouponSent.
	KindCouponSent Kind = "COUPON.SEND"
	// KindVoucherUsed: a payment consumed a voucher. The payload is a VoucherUsed.
	KindVoucherUsed Kind = "COUPON.USE"
)

// Product says which of a merchant's callbacks is told; empty for a kind that is not known here.
func (k Kind) Product() merchant.Product {
	switch k {
	case KindCouponSent:
		return merchant.BusiFavor
	case KindVoucherUsed:
		return merchant.Favor
	}
	return ""
}

// Event is something that happened. Where its owner listens, it becomes a delivery in the
// transaction of the change, and is delivered at least once.
type Event struct {
	// Owner is the merchant that is told, at its callback for Product.
	Owner   merchant.ID
	Product merchant.Product
	// ID is the same on every attempt to deliver.
	ID   string
	Kind Kind
	At   time.Time
	// Payload is JSON, written by the capability that made the change.
	Payload []byte
}

// NewEventID derives a UUID from a kind and what it is about, so that one change is one event
// however often it is told. It looks like version 5, as real ones do.
func NewEventID(kind Kind, parts ...string) string {
	h := sha256.Sum256([]byte(strings.Join(append([]string{string(kind)}, parts...), "\x00")))
	h[6] = h[6]&0x0f | 0x50
	h[8] = h[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[0:4], h[4:6], h[6:8], h[8:10], h[10:16])
}

// PartsOfSent name the event that tells of an issued coupon among all of its kind.
func PartsOfSent(stock coupon.StockID, code coupon.Code) []string {
	return []string{string(stock), string(code)}
}

// PartsOfUsed name the event that tells that a payment consumed a voucher among all of its kind.
func PartsOfUsed(id voucher.ID, transactionID string) []string {
	return []string{string(id), transactionID}
}

// Payload is what an event says: a CouponSent or a VoucherUsed.
type Payload interface{ kind() Kind }

// ErrPayload reports an event whose payload is not what its kind says.
var ErrPayload = errors.New("delivery: the event has no payload of its kind")

// NewEvent returns the event that tells owner what happened at a time. The parts name the
// change among all of its kind, as in [NewEventID].
func NewEvent(owner merchant.ID, at time.Time, p Payload, parts ...string) (Event, error) {
	text, err := json.Marshal(p)
	if err != nil {
		return Event{}, fmt.Errorf("encode event: %w", err)
	}
	kind := p.kind()
	return Event{Owner: owner, Product: kind.Product(), ID: NewEventID(kind, parts...), Kind: kind, At: at, Payload: text}, nil
}

// Read returns what the event says, nil for one of a kind that is not known here, or
// [ErrPayload].
func (e *Event) Read() (Payload, error) {
	switch e.Kind {
	case KindCouponSent:
		return read[CouponSent](e)
	case KindVoucherUsed:
		return read[VoucherUsed](e)
	}
	return nil, nil //nolint:nilnil // a later release may have written it
}

func read[P Payload](e *Event) (Payload, error) {
	var p P
	if json.Unmarshal(e.Payload, &p) != nil {
		return nil, ErrPayload
	}
	return p, nil
}

// CouponSent is the payload of KindCouponSent. The names are stored: never rename
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

func (CouponSent) kind() Kind { return KindCouponSent }

// VoucherUsed is the payload of KindVoucherUsed: all of it is known when the voucher is
// consumed, and a refund must not change it. The names are stored: never rename one.
type VoucherUsed struct {
	Creator     merchant.ID     `json:"stock_creator_mchid"`
	StockID     voucher.StockID `json:"stock_id"`
	VoucherID   voucher.ID      `json:"coupon_id"`
	Name        string          `json:"coupon_name"`
	Description string          `json:"description"`
	Received    time.Time       `json:"create_time"`
	NoCash      bool            `json:"no_cash"`
	Begin       time.Time       `json:"available_begin_time"`
	End         time.Time       `json:"available_end_time"`
	SingleItem  bool            `json:"singleitem"`
	Worth       Worth           `json:"normal_coupon_information"`
	Use         Use             `json:"consume_information"`
}

func (VoucherUsed) kind() Kind { return KindVoucherUsed }

// Worth is what a voucher takes off, from which total on.
type Worth struct {
	Face      fen.Fen `json:"coupon_amount"`
	Threshold fen.Fen `json:"transaction_minimum"`
}

// Use is the payment that consumed a voucher.
type Use struct {
	At            time.Time   `json:"consume_time"`
	Merchant      merchant.ID `json:"consume_mchid"`
	TransactionID string      `json:"transaction_id"`
	Goods         []UsedGoods `json:"goods_detail,omitempty"`
}

// UsedGoods is a line of the order.
type UsedGoods struct {
	ID       string  `json:"goods_id"`
	Quantity int64   `json:"quantity"`
	Price    fen.Fen `json:"price"`
	Discount fen.Fen `json:"discount_amount"`
}

// NewVoucherUsed says that a payment consumed a voucher of a stock.
func NewVoucherUsed(v *voucher.Voucher, stock *voucher.Stock) VoucherUsed {
	said := VoucherUsed{
		Creator: stock.Creator, StockID: stock.ID, VoucherID: v.ID, Name: stock.Name, Description: stock.Display.Description,
		Received: v.Received, NoCash: stock.NoCash, Begin: v.Window.Begin, End: v.Window.End, SingleItem: stock.SingleItem(),
		Worth: Worth{Face: stock.Face, Threshold: stock.Threshold},
		Use:   Use{At: v.Use.At, Merchant: v.Use.Merchant, TransactionID: v.Use.TransactionID},
	}
	for _, g := range v.Use.Goods {
		said.Use.Goods = append(said.Use.Goods, UsedGoods{ID: g.ID, Quantity: g.Quantity, Price: g.Price, Discount: g.Discount})
	}
	return said
}
