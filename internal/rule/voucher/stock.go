// Package voucher holds the rules of cash vouchers (代金券): what a stock may promise, the
// commands of its life, when a voucher may be given out and when it may be spent. It is
// pure: it reads no clock, keeps no state and knows neither storage nor the wire. Money
// and days are those of package coupon. Section numbers in comments are those of the
// favor contract.
package voucher

import (
	"cmp"
	"slices"
	"time"

	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/merchant"
)

// StockID identifies a stock on the wire: decimal digits.
type StockID string

// StockKey identifies a stock in storage. The creator comes first: it owns the stock and
// everything that hangs on it.
type StockKey struct {
	Creator merchant.ID
	ID      StockID
}

// CompareKeys orders keys as rows are locked.
func CompareKeys(a, b StockKey) int {
	return cmp.Or(cmp.Compare(a.Creator, b.Creator), cmp.Compare(a.ID, b.ID))
}

// StockState is where a stock stands (5.3).
type StockState string

// The states of a stock. "stoped", spelt as the platform spells it, is final.
const (
	StockUnactivated StockState = "unactivated"
	// StockAudit is set and left by the platform alone.
	StockAudit   StockState = "audit"
	StockRunning StockState = "running"
	StockPaused  StockState = "paused"
	StockStopped StockState = "stoped"
)

// StockStates lists every state of a stock.
func StockStates() []StockState {
	return []StockState{StockUnactivated, StockAudit, StockRunning, StockPaused, StockStopped}
}

// Stock is a batch of vouchers and the rules for giving them out and spending them (5.1).
// It belongs to its creator, always.
type Stock struct {
	StockKey
	Name    string
	Comment string
	Display Display
	// NoCash is true for a stock that is not pre-funded.
	NoCash bool
	// Begin and End bound every voucher of the stock, both included.
	Begin, End time.Time
	// Face is what a voucher takes off, Threshold the least amount that it applies to.
	Face, Threshold fen.Fen
	Limits          Limits
	Times           Times
	Payment         Payment
	// Items are the goods of a stock for single items; none means the whole order.
	Items []string
	// ExcludedItems are goods that never count.
	ExcludedItems []string
	// Merchants are those at which a payment may consume a voucher.
	Merchants []merchant.ID
	// ExtInfo is kept for the creator and means nothing here.
	ExtInfo string

	// State is as stored; a reader wants [Stock.StateAt].
	State     StockState
	CreatedAt time.Time
	// StartedAt, PausedAt, RestartedAt and StoppedAt are the times of the last such
	// command; zero when there was none.
	StartedAt, PausedAt, RestartedAt, StoppedAt time.Time
}

// Display is how the card looks.
type Display struct {
	Description string
	LogoURL     string
	Brand       string
	Color       string
	ImageURL    string
	// JumpTarget is where the card leads; "" is the default page.
	JumpTarget       string
	MiniProgramAppID merchant.AppID
	MiniProgramPath  string
}

// JumpToMiniProgram is the jump target that needs a mini program.
const JumpToMiniProgram = "MINI_PROGRAM"

// Limits are the rules of giving out (4.1).
type Limits struct {
	MaxCoupons int64
	MaxAmount  fen.Fen
	// MaxAmountPerDay is 0 for no such limit.
	MaxAmountPerDay fen.Fen
	MaxPerUser      int64
	// NaturalPerson makes all accounts of one person share MaxPerUser.
	NaturalPerson bool
	// PreventAbuse refuses suspicious accounts.
	PreventAbuse bool
}

// Payment says which payments may consume a voucher. What is empty does not narrow.
type Payment struct {
	GoodsTags []string
	// LimitPay is the one payment method; "" means any.
	LimitPay string
	// Card are the bank cards; nil means any.
	Card       *Card
	TradeTypes []string
	// Combine allows other vouchers of the merchant on the same order.
	Combine bool
}

// Card is a set of bank cards by the beginning of their numbers.
type Card struct {
	Name string
	BINs []string
}

// SingleItem reports whether threshold and discount look only at the listed goods.
func (s *Stock) SingleItem() bool { return len(s.Items) > 0 }

// StateAt returns the state at t: a stock stops by itself when its time ends, without
// anyone writing it down (5.3). One under review waits for the review.
func (s *Stock) StateAt(t time.Time) StockState {
	if s.State != StockAudit && t.After(s.End) {
		return StockStopped
	}
	return s.State
}

// StoppedSince returns when the stock stopped, as seen at t; zero when it did not.
func (s *Stock) StoppedSince(t time.Time) time.Time {
	switch {
	case s.StateAt(t) != StockStopped:
		return time.Time{}
	case !s.StoppedAt.IsZero():
		return s.StoppedAt
	}
	return s.End
}

// AcceptedAt reports whether a merchant is one at which vouchers of the stock may be spent.
func (s *Stock) AcceptedAt(m merchant.ID) bool { return slices.Contains(s.Merchants, m) }
