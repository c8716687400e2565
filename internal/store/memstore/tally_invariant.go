package memstore

import (
	"maps"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/rule/tally"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// total is what a stock's hours must add up to.
type total struct {
	issued, used, deactivated, deleted int64
	spent, back                        int64
}

// checkTallies compares what was counted by the hour and by the day with the rows.
func (d *data) checkTallies() []store.Invariant {
	tallies := store.Invariant{Name: store.InvariantTallies}
	totals, expiries := d.countCoupons()
	counted := map[tally.Stock]total{}
	for key, c := range d.tallies {
		sum := counted[key.Stock]
		switch key.Kind {
		case tally.Issued:
			sum.issued += c.N
		case tally.Used:
			sum.used += c.N
			sum.spent += int64(c.Amount)
		case tally.Returned:
			sum.used -= c.N
			sum.back += int64(c.Amount)
		case tally.Deactivated:
			sum.deactivated += c.N
		case tally.Deleted:
			sum.deleted += c.N
		}
		counted[key.Stock] = sum
	}
	for stock := range keys(totals, counted) {
		note(&tallies, totals[stock] == counted[stock])
	}
	days := store.Invariant{Name: store.InvariantExpiries}
	for key := range keys(expiries, d.expiries) {
		note(&days, expiries[key] == d.expiries[key])
	}
	return []store.Invariant{tallies, days}
}

// keys are those of either map.
func keys[K comparable, V any](a, b map[K]V) map[K]V {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// countCoupons counts the rows of both products.
func (d *data) countCoupons() (map[tally.Stock]total, map[expiryKey]int64) {
	totals, expiries := map[tally.Stock]total{}, map[expiryKey]int64{}
	for _, c := range d.coupons {
		stock := tally.Stock{Owner: c.Stock.Creator, Product: merchant.BusiFavor, ID: string(c.Stock.ID)}
		sum := totals[stock]
		sum.issued++
		if !c.Use.At.IsZero() {
			sum.used++
		}
		switch c.State {
		case coupon.StateSent:
			expiries[expiryKey{stock, day.Of(c.Life.Expire)}]++
		case coupon.StateDeactivated:
			sum.deactivated++
		case coupon.StateDeleted:
			sum.deleted++
		case coupon.StateUsed, coupon.StateExpired:
		}
		totals[stock] = sum
	}
	for _, v := range d.favor.vouchers {
		stock := tally.Stock{Owner: v.Stock.Creator, Product: merchant.Favor, ID: string(v.Stock.ID)}
		sum := totals[stock]
		sum.issued++
		if v.State == voucher.StateUsed {
			sum.used++
		} else {
			expiries[expiryKey{stock, day.Of(v.Window.End)}]++
		}
		totals[stock] = sum
	}
	d.countFlows(totals)
	return totals, expiries
}

// countFlows adds what payments took off and refunds gave back.
func (d *data) countFlows(totals map[tally.Stock]total) {
	for key, flows := range d.paid.flows {
		for _, f := range flows {
			stock := tally.Stock{Owner: f.Stock.Creator, Product: merchant.Favor, ID: string(f.Stock.ID)}
			sum, there := totals[stock]
			if !there {
				continue
			}
			if key.kind == payment.FlowUse {
				sum.spent += int64(f.Discount)
			} else {
				sum.back += int64(f.Discount)
			}
			totals[stock] = sum
		}
	}
}
