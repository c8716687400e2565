// Package bill makes the bills of stocks of cash vouchers: what was consumed and what
// was refunded, over the whole life of a stock or on one day, as files that are written
// while they are read from the store (favor 4.14 to 4.17, 4.20, 8).
//
// A day's lines are complete some hours after midnight, and from then on no file that has
// them changes: so the hash that is given out beforehand is that of the file.
package bill

import (
	"context"
	"crypto/sha1" //nolint:gosec // The contract has SHA-1 (favor 8.4); the answer that names the hash is signed.
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/planted"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

const (
	// ReadyAfter is when a day's lines are complete: at ten o'clock of the next (4.14).
	ReadyAfter = 10 * time.Hour
	// LinkLife is how long a link is good (4.14).
	LinkLife = 30 * time.Second
	// oldest is for how many days there are bills by day. The contract names no number.
	oldest = day.Day(90)
)

// Internal error numbers (3.3).
const (
	numberDay       = 268573590
	numberNoUses    = 268586001
	numberNoRefunds = 268586003
)

// Refusals of bills.
var (
	// ErrNoFile is the answer when it is too early, when there is no line, and to a link
	// that is not good.
	ErrNoFile = fault.New(fault.NotFound,
		"账单文件不存在", "There is no such bill: it is too early, there were no transactions, or the download link has expired.")
	ErrDay = fault.New(fault.Invalid,
		"请求日期超限", "The bill of that day is not available yet, or no longer available.").Numbered(numberDay)
	ErrNoUses = fault.New(fault.NotFound,
		"当天没有核销记录", "Nothing was consumed on that day.").Numbered(numberNoUses)
	ErrNoRefunds = fault.New(fault.NotFound,
		"当天没有退款记录", "Nothing was refunded on that day.").Numbered(numberNoRefunds)
)

// Kind is what the lines of a bill are about.
type Kind = payment.FlowKind

// The kinds of bills.
const (
	Uses    = payment.FlowUse
	Refunds = payment.FlowRefund
)

// Config is what a Service needs.
type Config struct {
	Store store.Store
	// Clock is business time: it decides which days are complete.
	Clock clock.Business
	// Time is the real time: links end by it.
	Time clock.Clock
	// ReadyAfter is how long after its end a day's lines are complete.
	ReadyAfter time.Duration
	// Authenticate returns the code that only this platform can calculate for a message, the
	// same on every node.
	Authenticate func(message []byte) []byte
}

// Service makes bills. It is safe for concurrent use.
type Service struct{ config Config }

// New returns a service.
func New(c Config) *Service { return &Service{c} }

// Query asks for a bill of a stock of the caller.
type Query struct {
	Caller  merchant.ID
	StockID voucher.StockID
	Kind    Kind
}

// Link leads its owner to a bill for [LinkLife].
type Link struct {
	Token string
	// SHA1 is the digest of the file in lower-case hex.
	SHA1 string
	// Lines is how many consumptions or refunds there are, at least one.
	Lines int64
}

// bill says which lines a file has, and how they look.
type bill struct {
	stock voucher.StockKey
	kind  Kind
	// daily is true for a bill by day, which has more columns.
	daily bool
	// from and to bound the time, both included.
	from, to time.Time
	// singleItem is true for a stock for single items.
	singleItem bool
}

// Whole returns a link to the bill of a stock's whole life, which is there once the day on
// which the stock ended is complete (4.14, 4.15). Refunds that come later are in it as soon
// as their days are.
func (s *Service) Whole(ctx context.Context, q Query) (Link, error) {
	link, err := s.link(ctx, q, func(stock *voucher.Stock, complete day.Day) (bill, error) {
		if day.Of(stock.End) > complete {
			return bill{}, ErrNoFile
		}
		return bill{from: time.Unix(0, 0), to: complete.End()}, nil
	}, ErrNoFile)
	if err != nil {
		return Link{}, fmt.Errorf("bill of stock %s: %w", q.StockID, err)
	}
	return link, nil
}

// Day returns a link to the bill of one day (4.16, 4.17).
func (s *Service) Day(ctx context.Context, q Query, of day.Day) (Link, error) {
	none := ErrNoUses
	if q.Kind == Refunds {
		none = ErrNoRefunds
	}
	link, err := s.link(ctx, q, func(_ *voucher.Stock, complete day.Day) (bill, error) {
		if of > complete || of < complete-oldest {
			return bill{}, ErrDay
		}
		return bill{daily: true, from: of.Begin(), to: of.End().Add(-planted.BillSecond.Second())}, nil
	}, none)
	if err != nil {
		return Link{}, fmt.Errorf("bill of stock %s by day: %w", q.StockID, err)
	}
	return link, nil
}

// link writes a bill once for its hash. The range of time comes from choose, which is told
// the last day that is complete; none is the answer when there is no line.
func (s *Service) link(ctx context.Context, q Query, choose func(stock *voucher.Stock, complete day.Day) (bill, error), none error) (Link, error) {
	stock, err := s.stock(ctx, q.StockID)
	switch {
	case err != nil:
		return Link{}, err
	case stock.Creator != q.Caller:
		return Link{}, voucher.ErrNotCreator
	}
	complete := day.Of(s.config.Clock.For(string(stock.Creator)).Now().Add(-s.config.ReadyAfter)) - 1
	b, err := choose(&stock, complete)
	if err != nil {
		return Link{}, err
	}
	b.stock, b.kind, b.singleItem = stock.StockKey, q.Kind, stock.SingleItem()
	digest := sha1.New() //nolint:gosec // see the import
	file, err := s.open(ctx, b)
	if err != nil {
		return Link{}, err
	}
	lines, err := file.WriteTo(ctx, digest)
	switch {
	case err != nil:
		return Link{}, err
	case lines == 0:
		return Link{}, none
	}
	return Link{Token: s.token(&b), SHA1: hex.EncodeToString(digest.Sum(nil)), Lines: lines}, nil
}

func (s *Service) stock(ctx context.Context, id voucher.StockID) (stock voucher.Stock, err error) {
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		stock, err = tx.VoucherStock(ctx, id)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		err = voucher.ErrStockNotFound.At("stock_id", string(id))
	}
	return stock, err
}

// Open returns the file that a link leads to (4.20). It reports [ErrNoFile] for a token that
// is over, that is not one of ours, or that was not given to the caller.
func (s *Service) Open(ctx context.Context, caller merchant.ID, token string) (*File, error) {
	b, owner, err := s.parse(token)
	if err == nil && owner != caller && !planted.BillForeign.In() {
		err = ErrNoFile
	}
	if err != nil {
		return nil, fmt.Errorf("open bill: %w", err)
	}
	stock, err := s.stock(ctx, b.stock.ID)
	if err != nil {
		return nil, fmt.Errorf("open bill: %w", err)
	}
	b.singleItem = stock.SingleItem()
	file, err := s.open(ctx, b)
	if err != nil {
		return nil, fmt.Errorf("open bill: %w", err)
	}
	return file, nil
}
