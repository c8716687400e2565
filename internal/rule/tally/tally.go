// Package tally counts what happens with stocks, by the hour, and what expires, by the day. It
// is pure.
package tally

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/voucher"
)

// Kind is what is counted. The values are stored.
type Kind string

// The kinds. What is returned was used before, and stays counted as used.
const (
	Issued      Kind = "ISSUED"
	Used        Kind = "USED"
	Returned    Kind = "RETURNED"
	Deactivated Kind = "DEACTIVATED"
	Deleted     Kind = "DELETED"
)

// Hour counts hours since 1970. Those of Beijing begin with those of the world.
type Hour int64

// HourOf returns the hour that t falls in.
func HourOf(t time.Time) Hour {
	seconds := t.Unix()
	return Hour((seconds - (seconds%3600+3600)%3600) / 3600)
}

// Begin returns the first second of the hour.
func (h Hour) Begin() time.Time { return time.Unix(int64(h)*3600, 0).In(day.Beijing()) }

// beijing is how many hours its days begin before those of the world.
const beijing = 8

// DayBegin returns the first hour of the day in Beijing that the hour falls on.
func (h Hour) DayBegin() Hour { return h - ((h+beijing)%24+24)%24 }

// Stock names a stock of either product.
type Stock struct {
	Owner   merchant.ID
	Product merchant.Product
	ID      string
}

func (s Stock) compare(o Stock) int {
	return cmp.Or(cmp.Compare(s.Owner, o.Owner), cmp.Compare(s.Product, o.Product), cmp.Compare(s.ID, o.ID))
}

// Key names a count.
type Key struct {
	Stock
	Hour Hour
	Kind Kind
	// Channel is how the coupons reached their holders; empty for vouchers.
	Channel coupon.Channel
}

// Count is how often something happened, and what it was worth: what vouchers took off. What
// merchant coupons are worth, their stocks know.
type Count struct {
	Key
	N      int64
	Amount fen.Fen
}

// Expiry is how many of a stock are usable until the end of a day, unless something happens.
type Expiry struct {
	Stock
	Day day.Day
	N   int64
}

// Sheet is what a transaction counts. The zero Sheet is empty, as is none.
type Sheet struct {
	counts   map[Key]Count
	expiries map[expiryKey]int64
}

type expiryKey struct {
	stock Stock
	day   day.Day
}

// OfIssued counts coupons that were issued.
func OfIssued(coupons []coupon.Coupon) *Sheet {
	s := &Sheet{}
	for i := range coupons {
		s.Coupon(Issued, &coupons[i], coupons[i].Received)
	}
	return s
}

// OfSent counts vouchers that were sent.
func OfSent(vouchers []voucher.Voucher) *Sheet {
	s := &Sheet{}
	for i := range vouchers {
		s.Voucher(Issued, &vouchers[i], vouchers[i].Received)
	}
	return s
}

// OfConsumed counts vouchers that a payment consumed.
func OfConsumed(vouchers []voucher.Voucher) *Sheet {
	s := &Sheet{}
	for i := range vouchers {
		s.Voucher(Used, &vouchers[i], vouchers[i].Use.At)
	}
	return s
}

// Coupon counts what happened to a coupon, as it is now.
func (s *Sheet) Coupon(kind Kind, c *coupon.Coupon, at time.Time) {
	stock := Stock{Owner: c.Stock.Creator, Product: merchant.BusiFavor, ID: string(c.Stock.ID)}
	s.add(Key{Stock: stock, Hour: HourOf(at), Kind: kind, Channel: c.Channel}, 1, 0)
	if kind == Deleted && c.Use != (coupon.Use{}) {
		return // it was used, and so not to expire
	}
	s.expires(kind, stock, day.Of(c.Life.Expire))
}

// Voucher counts what happened to a voucher. One that was used says for how much; one that was
// returned says so no more: see Refunded.
func (s *Sheet) Voucher(kind Kind, v *voucher.Voucher, at time.Time) {
	stock := ofVouchers(v.Stock)
	s.add(Key{Stock: stock, Hour: HourOf(at), Kind: kind}, 1, v.Use.Discount)
	s.expires(kind, stock, day.Of(v.Window.End))
}

// Refunded counts what a refund gives back of what a voucher took off, whether the voucher
// comes back with it or not.
func (s *Sheet) Refunded(stock voucher.StockKey, amount fen.Fen, at time.Time) {
	s.add(Key{Stock: ofVouchers(stock), Hour: HourOf(at), Kind: Returned}, 0, amount)
}

func ofVouchers(key voucher.StockKey) Stock {
	return Stock{Owner: key.Creator, Product: merchant.Favor, ID: string(key.ID)}
}

func (s *Sheet) add(key Key, n int64, amount fen.Fen) {
	if s.counts == nil {
		s.counts = map[Key]Count{}
	}
	c := s.counts[key]
	s.counts[key] = Count{Key: key, N: c.N + n, Amount: c.Amount + amount}
}

// expires counts what became usable, or ceased to be, by its last day.
func (s *Sheet) expires(kind Kind, stock Stock, last day.Day) {
	n := int64(-1)
	if kind == Issued || kind == Returned {
		n = 1
	}
	if s.expiries == nil {
		s.expiries = map[expiryKey]int64{}
	}
	s.expiries[expiryKey{stock, last}] += n
}

// Counts lists what was counted, in the order in which all transactions write.
func (s *Sheet) Counts() []Count {
	if s == nil {
		return nil
	}
	return slices.SortedFunc(maps.Values(s.counts), func(a, b Count) int {
		return cmp.Or(a.compare(b.Stock), cmp.Compare(a.Hour, b.Hour), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Channel, b.Channel))
	})
}

// Expiries lists what changed by days, in the order in which all transactions write.
func (s *Sheet) Expiries() []Expiry {
	if s == nil {
		return nil
	}
	list := make([]Expiry, 0, len(s.expiries))
	for key, n := range s.expiries {
		if n != 0 {
			list = append(list, Expiry{Stock: key.stock, Day: key.day, N: n})
		}
	}
	slices.SortFunc(list, func(a, b Expiry) int { return cmp.Or(a.compare(b.Stock), cmp.Compare(a.Day, b.Day)) })
	return list
}
