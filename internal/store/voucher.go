package store

import (
	"context"
	"math"
	"slices"
	"time"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/rule/voucher"
)

// VoucherStockReader reads stocks of vouchers.
type VoucherStockReader interface {
	// VoucherStock returns a stock by the id that the wire has, or ErrNotFound.
	VoucherStock(ctx context.Context, id voucher.StockID) (voucher.Stock, error)
	// VoucherCounters returns how much of each stock was given out, in all and on day.
	// Stocks that do not exist are not in the map.
	VoucherCounters(ctx context.Context, keys []voucher.StockKey, day day.Day) (map[voucher.StockKey]voucher.Counters, error)
	// VoucherStocks returns a page of a merchant's stocks, the newest first, and how many
	// there are in all.
	VoucherStocks(ctx context.Context, q VoucherStockQuery) ([]voucher.Stock, int64, error)
	// VoucherHeld returns how many vouchers of a stock a holder has ever received, for each
	// of the keys; one that is not in the map stands for none.
	VoucherHeld(ctx context.Context, keys []VoucherHolderKey) (map[VoucherHolderKey]int64, error)
	// VoucherMonths returns the face value that holders received of a creator in a month;
	// one that is not in the map stands for none.
	VoucherMonths(ctx context.Context, keys []VoucherMonthKey) (map[VoucherMonthKey]fen.Fen, error)
	// VoucherSenders returns the merchants that the creator allowed to send a stock, in
	// order.
	VoucherSenders(ctx context.Context, key voucher.StockKey) ([]merchant.ID, error)
	// StartedVoucherStocks counts, for each of the available merchants, the stocks that name
	// it, were started and have not ended at now. It counts no further than most.
	StartedVoucherStocks(ctx context.Context, available []merchant.ID, now time.Time, most int64) (map[merchant.ID]int64, error)
}

// VoucherStockQuery narrows the stocks of a merchant. Empty fields do not narrow.
type VoucherStockQuery struct {
	Creator merchant.ID
	// From and To bound the time of creation, both included.
	From, To time.Time
	// State is the state at Now, which decides about the end.
	State voucher.StockState
	Now   time.Time
	// Offset and Limit choose the page; Limit must be positive.
	Offset int64
	Limit  int64
}

// Matches reports whether a stock belongs to the answer. Engines without a query language
// use it, and it defines what the others must do.
func (q *VoucherStockQuery) Matches(s *voucher.Stock) bool {
	return s.Creator == q.Creator &&
		(q.From.IsZero() || !s.CreatedAt.Before(q.From)) &&
		(q.To.IsZero() || !s.CreatedAt.After(q.To)) &&
		(q.State == "" || s.StateAt(q.Now) == q.State)
}

// VoucherStockWriter changes stocks of vouchers.
type VoucherStockWriter interface {
	// InsertVoucherStock adds a stock with all counters at zero; ErrDuplicate when the id
	// is taken.
	InsertVoucherStock(ctx context.Context, s voucher.Stock) error
	// UpdateVoucherStock replaces everything but the key and the time of creation. It
	// reports ErrNotFound.
	UpdateVoucherStock(ctx context.Context, s voucher.Stock) error
	// LockVoucherStocks returns stocks with their counters of day, and keeps other
	// transactions from changing them and from giving out of them until this one ends.
	// Stocks that do not exist are not in the map.
	LockVoucherStocks(ctx context.Context, keys []voucher.StockKey, day day.Day) (map[voucher.StockKey]LockedVoucherStock, error)
	// LockToSend is LockVoucherStocks, and reads what to send of the stocks depends on, as it is
	// under the locks.
	LockToSend(ctx context.Context, ask SendAsk) (SendLocked, error)
	// SetVoucherCounters replaces the counters of locked stocks. The old values guard it:
	// ErrStale when they are not there any more.
	SetVoucherCounters(ctx context.Context, changes []VoucherCounterChange) error
	// SetVoucherHeld stores the holders' counters of locked stocks.
	SetVoucherHeld(ctx context.Context, held []VoucherHeld) error
	// SetVoucherMonths replaces what holders received in a month. Nothing locks it, as
	// stocks share it: the old values guard it, and ErrStale says that another transaction
	// was faster, so that this one has to run again.
	SetVoucherMonths(ctx context.Context, changes []VoucherMonthChange) error
	// SetVoucherSenders replaces the merchants that may send a stock besides its creator.
	SetVoucherSenders(ctx context.Context, key voucher.StockKey, senders []merchant.ID) error
	// LockAvailableMerchants keeps other transactions from starting stocks that name the
	// merchants until this one ends.
	LockAvailableMerchants(ctx context.Context, ids []merchant.ID) error
	// InsertStartedVoucherStocks notes that stocks were started; again changes nothing.
	InsertStartedVoucherStocks(ctx context.Context, started []StartedVoucherStock) error
}

// LockedVoucherStock is a stock with its counters of a day, which change for nobody else.
type LockedVoucherStock struct {
	Stock    voucher.Stock
	Counters voucher.Counters
}

// SendAsk says what a batch needs to know before it sends vouchers. Its stocks are at one day.
type SendAsk struct {
	Stocks []voucher.StockKey
	Day    day.Day
	// Holders are whose vouchers of the stocks count, Months in which month of whom they do.
	Holders []VoucherHolderKey
	Months  []VoucherMonthKey
	// Requests are numbers that may have been used before.
	Requests []RequestKey
}

// SendLocked is the answer to a SendAsk. What does not exist is not in the maps.
type SendLocked struct {
	Stocks   map[voucher.StockKey]LockedVoucherStock
	Held     map[VoucherHolderKey]int64
	Months   map[VoucherMonthKey]fen.Fen
	Requests map[RequestKey]Request
}

// LockOneByOne is LockToSend of an engine that no network is between.
func LockOneByOne(ctx context.Context, tx Tx, ask SendAsk) (l SendLocked, err error) {
	err = InOrder(
		func() error { l.Stocks, err = tx.LockVoucherStocks(ctx, ask.Stocks, ask.Day); return err },
		func() error { l.Held, err = tx.VoucherHeld(ctx, ask.Holders); return err },
		func() error { l.Months, err = tx.VoucherMonths(ctx, ask.Months); return err },
		func() error { l.Requests, err = tx.Requests(ctx, ask.Requests); return err },
	)
	return l, err
}

// StartedVoucherStock is a stock that was started, under one of its available merchants.
type StartedVoucherStock struct {
	Available merchant.ID
	Stock     voucher.StockKey
	End       time.Time
}

// VoucherCounterChange is a change of a stock's counters, both of one day. A stock comes
// once.
type VoucherCounterChange struct {
	Stock   voucher.StockKey
	Was, Is voucher.Counters
}

// VoucherHolderKey is a holder as a stock counts them.
type VoucherHolderKey struct {
	Stock  voucher.StockKey
	Holder user.ID
}

// VoucherHeld is how many vouchers of a stock a holder has received. A holder comes once.
type VoucherHeld struct {
	VoucherHolderKey
	Count int64
}

// VoucherMonthKey is a holder as a creator counts them in a month.
type VoucherMonthKey struct {
	Creator merchant.ID
	Month   day.Month
	Holder  user.ID
}

// VoucherMonthChange is a change of what a holder received in a month. A holder comes once.
type VoucherMonthChange struct {
	VoucherMonthKey
	Was, Is fen.Fen
}

// VoucherReader reads vouchers.
type VoucherReader interface {
	// Voucher returns a voucher, or ErrNotFound.
	Voucher(ctx context.Context, id voucher.ID) (voucher.Voucher, error)
	// VoucherOwners returns the stock of each voucher, which never changes. Those that do not
	// exist are not in the map.
	VoucherOwners(ctx context.Context, ids []voucher.ID) (map[voucher.ID]voucher.StockKey, error)
	// HeldVoucherStocks returns the stocks of which a holder has vouchers that were not used,
	// expired ones too, in the order of their keys.
	HeldVoucherStocks(ctx context.Context, holder user.ID) ([]HeldVoucherStock, error)
	// UserVouchers returns a page of a user's vouchers, the newest first, and how many there
	// are in all.
	UserVouchers(ctx context.Context, q VoucherQuery) ([]voucher.Voucher, int64, error)
}

// HeldVoucherStock is a stock of which somebody has vouchers that were not used; Until is when
// the last one of them ends.
type HeldVoucherStock struct {
	voucher.StockKey
	Until time.Time
}

// VoucherQuery narrows a user's vouchers. Empty fields do not narrow.
type VoucherQuery struct {
	Holder  user.ID
	Stock   voucher.StockID
	Creator merchant.ID
	Sender  merchant.ID
	// VisibleTo is the creator or the sender.
	VisibleTo merchant.ID
	// Stocks are those of which vouchers are wanted.
	Stocks []voucher.StockID
	// States are those wanted at Now, which decides about expiry.
	States []voucher.State
	Now    time.Time
	// Offset and Limit choose the page; Limit must be positive. NoLimit asks for all.
	Offset int64
	Limit  int64
}

// NoLimit is the Limit of a query that asks for everything.
const NoLimit = math.MaxInt64

// Matches reports whether a voucher belongs to the answer. Engines without a query language
// use it, and it defines what the others must do.
func (q *VoucherQuery) Matches(v *voucher.Voucher) bool {
	return v.Holder == q.Holder &&
		(q.Stock == "" || v.Stock.ID == q.Stock) &&
		(q.Creator == "" || v.Stock.Creator == q.Creator) &&
		(q.Sender == "" || v.Sender == q.Sender) &&
		(q.VisibleTo == "" || v.VisibleTo(q.VisibleTo)) &&
		(len(q.Stocks) == 0 || slices.Contains(q.Stocks, v.Stock.ID)) &&
		(len(q.States) == 0 || slices.Contains(q.States, v.StateAt(q.Now)))
}

// VoucherWriter changes vouchers.
type VoucherWriter interface {
	// InsertVouchers adds vouchers that nobody used; ErrDuplicate when an id is taken.
	InsertVouchers(ctx context.Context, vouchers []voucher.Voucher) error
	// LockVouchers returns vouchers and keeps other transactions from changing them until
	// this one ends. Those that do not exist are not in the map.
	LockVouchers(ctx context.Context, keys []VoucherKey) (map[voucher.ID]voucher.Voucher, error)
	// UpdateVouchers replaces the state and the consumption of locked vouchers.
	UpdateVouchers(ctx context.Context, vouchers []voucher.Voucher) error
	// RenameVoucherHolders replaces how the holders of locked vouchers were named.
	RenameVoucherHolders(ctx context.Context, vouchers []voucher.Voucher) error
}
