package attention_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/platform/attention"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/storetest"
)

const aDay = 24 * time.Hour

// desk looks at a shop whose stock of ten coupons ends in a day, at a time that the test moves.
type desk struct {
	t    *testing.T
	shop *storetest.Shop
	now  *clock.Manual
	*attention.Service
}

func open(t *testing.T, s store.Store) *desk {
	t.Helper()
	shop := storetest.OpenShop(t, s, coupon.Limits{MaxCoupons: 100, MaxPerUser: 1})
	now := clock.NewManual(shop.Now)
	return &desk{t, shop, now, attention.New(attention.Config{Store: s, Business: clock.Same{Source: now}, Clock: now})}
}

func (d *desk) write(change func(ctx context.Context, tx store.Tx) error) {
	d.t.Helper()
	if err := d.shop.Store.Write(d.t.Context(), func(tx store.Tx) error { return change(d.t.Context(), tx) }); err != nil {
		d.t.Fatal(err)
	}
}

// found lists what needs somebody: kind, stock or merchant, what is left of what. It is never one
// that was kept.
func (d *desk) found(owner merchant.ID) (list []string, whole bool) {
	d.t.Helper()
	d.now.Set(d.now.Now().Add(attention.Age))
	got, err := d.List(d.t.Context(), owner)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, m := range got.Matters {
		list = append(list, fmt.Sprint(m.Kind, " ", m.StockID, m.Detail, " ", m.Left, "/", m.Whole))
	}
	return list, got.Whole
}

func (d *desk) expect(want ...string) {
	d.t.Helper()
	for _, owner := range []merchant.ID{"", d.shop.Stock.Creator} {
		if got, whole := d.found(owner); !slices.Equal(got, want) || !whole {
			d.t.Errorf("%q finds %q, want %q (whole: %v)", owner, got, want, whole)
		}
	}
	if got, _ := d.found("1900000999"); len(got) > 0 {
		d.t.Errorf("a stranger finds %q", got)
	}
}

// add stores a stock like that of the shop, of which c was given out.
func (d *desk) add(id coupon.StockID, c coupon.Counters, change func(*coupon.Stock)) {
	d.t.Helper()
	s := d.shop.Stock
	s.ID, s.Validity.End = id, d.shop.Now.Add(30*aDay)
	change(&s)
	today := day.Of(d.shop.Now)
	d.write(func(ctx context.Context, tx store.Tx) error {
		if err := tx.InsertStock(ctx, s); err != nil {
			return err
		}
		_, was, err := tx.LockStock(ctx, s.StockKey, today)
		c.Day, c.IssuedToday = today, c.Issued
		return errors.Join(err, tx.SetCounters(ctx, store.CounterChange{Stock: s.StockKey, Was: was, Is: c}))
	})
}

func TestAStockNeedsSomebodyWhenLittleIsLeftOrMuchIsAndItEnds(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		d := open(t, s)
		d.add("11", coupon.Counters{Issued: 90}, func(*coupon.Stock) {})
		d.add("12", coupon.Counters{Issued: 89}, func(*coupon.Stock) {})
		d.add("13", coupon.Counters{Issued: 51}, func(s *coupon.Stock) { s.Validity.End = d.shop.Now.Add(aDay) })
		d.add("14", coupon.Counters{Issued: 50}, func(s *coupon.Stock) { s.Limits.MaxAmount = 55 * s.Benefit.Discount })
		d.add("15", coupon.Counters{}, func(s *coupon.Stock) { s.State = coupon.StockUnaudited })
		d.add("16", coupon.Counters{Issued: 99}, func(s *coupon.Stock) { s.State = coupon.StockPaused })
		d.add("17", coupon.Counters{Codes: 50, FreeCodes: 5}, func(s *coupon.Stock) { s.CodeMode = coupon.CodesByUpload })
		d.add("18", coupon.Counters{Codes: 50, FreeCodes: 6}, func(s *coupon.Stock) { s.CodeMode = coupon.CodesByUpload })
		discount := int64(d.shop.Stock.Benefit.Discount)
		d.expect("CODES_LOW 17 5/50", "STOCK_NEARLY_OUT 11 10/100",
			fmt.Sprintf("BUDGET_NEARLY_SPENT 14 %d/%d", 5*discount, 55*discount),
			"STOCK_ENDS_UNUSED 1282070000000017 100/100", "STOCK_UNDER_REVIEW 15 100/100")
		d.now.Set(d.shop.Now.Add(31 * aDay))
		d.expect("STOCK_UNDER_REVIEW 15 100/100")
	})
}

func TestStocksOfVouchersNeedSomebodyToo(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		d := open(t, s)
		d.now.Set(d.shop.Now.Add(10 * aDay)) // the shop's own stock has ended
		for id, change := range map[voucher.StockID]func(*voucher.Stock){
			"21": func(*voucher.Stock) {},
			"22": func(v *voucher.Stock) { v.State = voucher.StockAudit },
			"23": func(v *voucher.Stock) { v.State = voucher.StockUnactivated },
			"24": func(v *voucher.Stock) { v.State, v.Begin = voucher.StockUnactivated, d.now.Now().Add(aDay) },
		} {
			v := storetest.PlainVoucherStock(id, voucher.Limits{MaxCoupons: 10, MaxAmount: 1000, MaxPerUser: 1})
			v.Begin, v.End, v.CreatedAt = d.shop.Now, d.shop.Now.Add(60*aDay), d.shop.Now
			change(&v)
			d.write(func(ctx context.Context, tx store.Tx) error { return tx.InsertVoucherStock(ctx, v) })
		}
		d.write(func(ctx context.Context, tx store.Tx) error {
			key := voucher.StockKey{Creator: d.shop.Stock.Creator, ID: "21"}
			locked, err := tx.LockVoucherStocks(ctx, []voucher.StockKey{key}, day.Of(d.now.Now()))
			was := locked[key].Counters
			is := was
			is.Sent, is.SentToday = 9, 9
			return errors.Join(err, tx.SetVoucherCounters(ctx, []store.VoucherCounterChange{{Stock: key, Was: was, Is: is}}))
		})
		d.expect("STOCK_NEARLY_OUT 21 1/10", "STOCK_UNDER_REVIEW 22 10/10", "STOCK_NOT_STARTED 23 10/10")
	})
}

func TestTheLastCertificateOfAMerchantIsToldOfBeforeItEnds(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		d := open(t, s)
		d.now.Set(d.shop.Now.Add(10 * aDay))
		at := func(days int) time.Time { return d.now.Now().Add(time.Duration(days) * aDay) }
		own := func(serial string, days int, status merchant.CertificateStatus) {
			d.write(func(ctx context.Context, tx store.Tx) error {
				return tx.InsertCertificate(ctx, merchant.Certificate{
					Owner: d.shop.Stock.Creator, Serial: serial, PEM: "p", NotBefore: d.shop.Now, NotAfter: at(days), Status: status,
				})
			})
		}
		d.expect()
		own("A1", 20, merchant.CertificateActive)
		own("A2", 100, merchant.CertificateRevoked)
		d.expect("CERTIFICATE_ENDS A1 0/0")
		own("A3", 100, merchant.CertificateActive)
		d.expect()
		d.write(func(ctx context.Context, tx store.Tx) error {
			return tx.InsertPlatformKey(ctx, merchant.PlatformKey{
				Owner: d.shop.Stock.Creator, Serial: "P1", PEM: "p", Effective: d.shop.Now, Expire: at(-1), SignsFrom: d.shop.Now,
			})
		})
		d.expect("CERTIFICATE_ENDS P1 0/0")
	})
}

func TestEventsThatNobodyTookNeedSomebody(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		d := open(t, s)
		d.now.Set(d.shop.Now.Add(10 * aDay))
		owner := d.shop.Stock.Creator
		storetest.Listen(t, s, owner)
		for i := range 5 {
			d.write(func(ctx context.Context, tx store.Tx) error {
				return tx.AppendEvents(ctx, []delivery.Event{{
					Owner: owner, Product: merchant.BusiFavor, ID: fmt.Sprint("EV-", i), Kind: delivery.KindCouponSent, At: d.shop.Now,
				}})
			})
		}
		d.expect()
		d.settle(delivery.Dead, 500, 2)
		d.expect("DELIVERIES_DEAD 500 2/2")
		d.settle(delivery.Pending, 0, 2)
		d.expect("DELIVERIES_DEAD 500 2/2", "RECEIVER_FAILING refused 4/0")
		d.settle(delivery.Delivered, 204, 1)
		d.expect("DELIVERIES_DEAD 500 2/2")
	})
}

// settle ends an attempt at each of the oldest n events that are fresh.
func (d *desk) settle(to delivery.State, status, n int) {
	d.t.Helper()
	d.write(func(ctx context.Context, tx store.Tx) error {
		due, err := tx.DueDeliveries(ctx, d.shop.Now, []store.Span{{
			CallbackKey: merchant.CallbackKey{Owner: d.shop.Stock.Creator, Product: merchant.BusiFavor}, Limit: int64(n),
		}})
		for i := range due {
			o := delivery.Outcome{Key: due[i].Key, Attempt: delivery.Attempt{Number: 1, URL: "http://r", At: d.shop.Now, Status: status}, State: to}
			if status == 0 {
				o.Problem, o.Due = "refused", d.now.Now().Add(aDay)
			}
			err = errors.Join(err,
				tx.ClaimDeliveries(ctx, d.shop.Now, []delivery.Claim{{Key: o.Key, Number: 1, Due: d.now.Now().Add(aDay)}}),
				tx.SettleAttempts(ctx, []delivery.Outcome{o}))
		}
		return err
	})
}

func TestALookThatLeavesSomethingOutSaysSo(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		d := open(t, s)
		d.write(func(ctx context.Context, tx store.Tx) error {
			for i := range attention.MaxMerchants {
				id := merchant.ID(fmt.Sprint(1900001000 + i))
				if err := tx.InsertMerchant(ctx, merchant.Merchant{ID: id, Name: "店", Kind: merchant.Ordinary, KeyMode: merchant.ModeCertificate}, d.shop.Now); err != nil {
					return err
				}
			}
			return nil
		})
		if _, whole := d.found(""); whole {
			t.Error("more merchants than it looks at are all of them")
		}
		if _, whole := d.found(d.shop.Stock.Creator); !whole {
			t.Error("one merchant is not all of it")
		}
	})
}

func TestAnAnswerIsKeptForALittleWhile(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		d := open(t, s)
		before, _ := d.found("")
		d.add("11", coupon.Counters{Issued: 90}, func(*coupon.Stock) {})
		if got, err := d.List(t.Context(), ""); err != nil || len(got.Matters) != len(before) {
			t.Errorf("at once: %v, %v", got, err)
		}
		if after, _ := d.found(""); len(after) != len(before)+1 {
			t.Errorf("later: %q, before %q", after, before)
		}
	})
}
