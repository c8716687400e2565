package bill_test

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/favor/bill"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/storetest"
)

const (
	alice = merchant.ID("1900000001") // whom storetest.OpenShop makes
	bob   = merchant.ID("1900000002")
)

// office makes bills of a stock of alice; its time is moved by hand.
type office struct {
	*bill.Service
	t     testing.TB
	store store.Store
	clock *clock.Manual
	stock voucher.Stock
}

func openOffice(tb testing.TB, s store.Store) *office {
	tb.Helper()
	shop := storetest.OpenShop(tb, s, coupon.Limits{MaxCoupons: 1, MaxPerUser: 1})
	o := &office{t: tb, store: s, clock: clock.NewManual(shop.Now)}
	o.Service = o.node()
	o.stock = storetest.PlainVoucherStock("77", voucher.Limits{MaxCoupons: 10, MaxAmount: 1000, MaxPerUser: 5})
	o.stock.Creator = alice
	o.write(func(tx store.Tx) error { return tx.InsertVoucherStock(tb.Context(), o.stock) })
	return o
}

// node is a service over the same store.
func (o *office) node() *bill.Service {
	return bill.New(bill.Config{
		Store: o.store, Clock: clock.Same{Source: o.clock}, Time: o.clock, ReadyAfter: bill.ReadyAfter,
		Authenticate: func(message []byte) []byte {
			sum := sha256.Sum256(append([]byte("secret"), message...))
			return sum[:]
		},
	})
}

func (o *office) write(fn func(tx store.Tx) error) {
	o.t.Helper()
	if err := o.store.Write(o.t.Context(), fn); err != nil {
		o.t.Fatal(err)
	}
}

// happen writes lines into the bills of the stock, several in each second.
func (o *office) happen(kind payment.FlowKind, n int, from time.Time) {
	o.t.Helper()
	lines := make([]payment.Flow, n)
	for i := range lines {
		lines[i] = payment.Flow{
			Stock: o.stock.StockKey, Kind: kind, At: from.Add(time.Duration(i/7) * time.Second), Voucher: "5", TransactionID: fmt.Sprintf("t%d", i),
			Merchant: bob, Discount: 1, Total: 123456,
		}
		if kind == payment.FlowRefund {
			lines[i].RefundID = fmt.Sprintf("r%d", i)
		}
	}
	o.write(func(tx store.Tx) error { return tx.InsertFlows(o.t.Context(), lines) })
}

func (o *office) query(kind bill.Kind) bill.Query {
	return bill.Query{Caller: alice, StockID: o.stock.ID, Kind: kind}
}

// read returns the file that a link leads to, and fails unless it is the one announced.
func (o *office) read(s *bill.Service, link bill.Link) string {
	o.t.Helper()
	file, err := s.Open(o.t.Context(), alice, link.Token)
	if err != nil {
		o.t.Fatal(err)
	}
	var b bytes.Buffer
	lines, err := file.WriteTo(o.t.Context(), &b)
	digest := sha1.Sum(b.Bytes())
	if err != nil || lines != link.Lines || hex.EncodeToString(digest[:]) != link.SHA1 {
		o.t.Fatalf("%d lines with hash %x, announced were %d with %s: %v", lines, digest, link.Lines, link.SHA1, err)
	}
	return b.String()
}

// TestABillOfManyPartsHasEveryLineOnce on every engine, from whichever node it is fetched.
func TestABillOfManyPartsHasEveryLineOnce(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		o := openOffice(t, s)
		const n = 2*store.MaxFlows + 5
		o.happen(payment.FlowUse, n, o.stock.Begin)
		o.clock.Set(day.Of(o.stock.End).End().Add(bill.ReadyAfter + time.Second))
		link, err := o.Whole(t.Context(), o.query(bill.Uses))
		if err != nil {
			t.Fatal(err)
		}
		text := o.read(o.node(), link)
		if !strings.HasSuffix(text, fmt.Sprintf("\r\n总条数\r\n`%d\r\n", n)) {
			t.Errorf("the bill ends with %q", text[len(text)-30:])
		}
		for i := range n {
			if count := strings.Count(text, fmt.Sprintf(",`t%d,", i)); count != 1 {
				t.Errorf("line %d is there %d times", i, count)
			}
		}
	})
}

// TestABillIsThereFromTenOnTheDayAfter: of the whole life after the stock's end, of a day
// after that day. A refund that comes later is in the bill of the stock from the day after.
func TestABillIsThereFromTenOnTheDayAfter(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		o := openOffice(t, s)
		last := day.Of(o.stock.End)
		o.happen(payment.FlowRefund, 1, last.Begin())
		ready := last.End().Add(bill.ReadyAfter + time.Second)
		whole := func() (bill.Link, error) { return o.Whole(t.Context(), o.query(bill.Refunds)) }
		ofDay := func(d day.Day) (bill.Link, error) { return o.Day(t.Context(), o.query(bill.Refunds), d) }

		o.clock.Set(ready.Add(-time.Second))
		if _, err := whole(); !errors.Is(err, bill.ErrNoFile) {
			t.Errorf("a second early: %v", err)
		}
		if _, err := ofDay(last); !errors.Is(err, bill.ErrDay) {
			t.Errorf("the day's a second early: %v", err)
		}
		o.clock.Set(ready)
		if link, err := ofDay(last); err != nil || link.Lines != 1 {
			t.Errorf("the day's: %+v, %v", link, err)
		}
		if _, err := ofDay(last - 1); !errors.Is(err, bill.ErrNoRefunds) {
			t.Errorf("a day without lines: %v", err)
		}
		early, err := whole()
		if err != nil {
			t.Fatal(err)
		}
		o.happen(payment.FlowRefund, 1, ready)
		o.read(o.Service, early) // has not changed
		o.clock.Set(ready.Add(24 * time.Hour))
		if link, err := whole(); err != nil || link.Lines != 2 {
			t.Errorf("with a late refund: %+v, %v", link, err)
		}
	})
}

// TestATokenIsGoodForItsOwnerForHalfAMinute and nobody can make or change one.
func TestATokenIsGoodForItsOwnerForHalfAMinute(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		o := openOffice(t, s)
		o.happen(payment.FlowUse, 1, o.stock.Begin)
		o.clock.Set(day.Of(o.stock.End).End().Add(bill.ReadyAfter + time.Second))
		link, err := o.Whole(t.Context(), o.query(bill.Uses))
		if err != nil {
			t.Fatal(err)
		}
		refused := func(caller merchant.ID, token string) {
			t.Helper()
			if _, err := o.Open(t.Context(), caller, token); !errors.Is(err, bill.ErrNoFile) {
				t.Errorf("%s with %q: %v", caller, token, err)
			}
		}
		refused(bob, link.Token)
		for i := range link.Token {
			changed := []byte(link.Token)
			changed[i] ^= 1
			refused(alice, string(changed))
		}
		for _, token := range []string{"", ".", "..", link.Token + "A", link.Token[:len(link.Token)-1], strings.Replace(link.Token, ".", "", 1)} {
			refused(alice, token)
		}
		o.clock.Set(o.clock.Now().Add(bill.LinkLife))
		o.read(o.Service, link)
		o.clock.Set(o.clock.Now().Add(time.Second))
		refused(alice, link.Token)
	})
}

// TestADayHasItsFirstAndItsLastSecond has a consumption at each end of a day, and one beside each.
func TestADayHasItsFirstAndItsLastSecond(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		o := openOffice(t, s)
		of := day.Of(o.clock.Now())
		for _, at := range []time.Time{of.Begin().Add(-time.Second), of.Begin(), of.End(), of.End().Add(time.Second)} {
			o.happen(bill.Uses, 1, at)
		}
		o.clock.Set((of + 2).End())
		for offset, want := range map[day.Day]int64{-1: 1, 0: 2, 1: 1} {
			link, err := o.Day(t.Context(), o.query(bill.Uses), of+offset)
			if err != nil || link.Lines != want {
				t.Errorf("%d days later: %d lines, %v; want %d", offset, link.Lines, err, want)
			}
		}
	})
}
