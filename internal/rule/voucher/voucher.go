package voucher

import (
	"time"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/base/planted"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
)

// ID identifies a voucher: decimal digits, unique on the platform.
type ID string

// State is where a voucher stands (5.3).
type State string

// The states of a voucher.
const (
	StateSent    State = "SENDED"
	StateUsed    State = "USED"
	StateExpired State = "EXPIRED"
)

// States lists every state of a voucher.
func States() []State { return []State{StateSent, StateUsed, StateExpired} }

// Voucher is one copy of a stock in one user's hands. Face and threshold are those of the
// stock, which never change.
type Voucher struct {
	ID    ID
	Stock StockKey
	// Sender is the merchant that gave it out.
	Sender merchant.ID
	// Holder is the account; AppID and OpenID are how it was named then.
	Holder user.ID
	AppID  merchant.AppID
	OpenID user.OpenID
	// RequestNo is the out_request_no of the sending call.
	RequestNo string
	Received  time.Time
	Window    Window

	// State is as stored; a reader wants [Voucher.StateAt].
	State State
	// Use is the current consumption; zero unless the state is USED.
	Use Consumption
}

// Consumption is the payment that consumed a voucher (7.3).
type Consumption struct {
	TransactionID string
	At            time.Time
	// Merchant collected the money.
	Merchant merchant.ID
	// Discount is what the voucher took off.
	Discount fen.Fen
	// Goods are the lines of the order; none when it had none.
	Goods []Goods
}

// Goods is a line of an order. The names are stored: never rename one.
type Goods struct {
	ID       string `json:"goods_id"`
	Quantity int64  `json:"quantity"`
	// Price is of one piece.
	Price fen.Fen `json:"price"`
	// Discount is this line's share of the discount.
	Discount fen.Fen `json:"discount_amount"`
}

// StateAt returns the state at t: a voucher that nobody used expires by itself when its
// window ends, without anyone writing it down.
func (v *Voucher) StateAt(t time.Time) State {
	if v.State == StateSent && t.After(v.Window.End) {
		return StateExpired
	}
	return v.State
}

// VisibleTo reports whether a merchant may read the voucher: the creator of its stock, and
// the one that sent it (4.12, 4.13).
func (v *Voucher) VisibleTo(m merchant.ID) bool {
	return m == v.Stock.Creator || m == v.Sender || planted.VoucherSeen.In()
}

// Refusals of a query of vouchers (4.12, 4.13).
var (
	ErrNotFound = fault.New(fault.NotFound,
		"券不存在", "The user has no such voucher.")
	// ErrForeign is the answer to a merchant that neither created the stock nor sent the
	// voucher.
	ErrForeign = fault.New(fault.Refused,
		"非法的商户号", "The calling merchant neither created the stock nor sent the voucher.")
	// ErrPage is the answer to a page past the end. The text is odd and was seen live.
	ErrPage = fault.New(fault.MerchantUnknown,
		"商户号不合法", "This page does not exist: offset is a page number, counted from 0.")
)
