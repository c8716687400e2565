package memstore

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/partner"
	"github.com/favord/favord/internal/rule/picture"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// Check implements store.Checker. It is the plain reading of the invariants that the
// other engines express in SQL.
func (s *Store) Check(ctx context.Context) ([]store.Invariant, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	d := &s.data
	issued, days := map[coupon.StockKey]int64{}, map[coupon.StockKey]int64{}
	for key := range d.coupons {
		issued[key.Stock]++
	}
	for key, n := range d.days {
		days[key.stock] += n
	}
	codes := map[coupon.StockKey]int64{}
	for key := range d.codes {
		codes[key.Stock]++
	}
	count := store.Invariant{Name: store.InvariantIssued}
	most := store.Invariant{Name: store.InvariantMaximum}
	daily := store.Invariant{Name: store.InvariantDays}
	pools := store.Invariant{Name: store.InvariantCodes}
	for key, stock := range d.stocks {
		c := d.counters[key]
		note(&count, c.Issued == issued[key])
		note(&most, issued[key] <= stock.Limits.MaxCoupons)
		note(&daily, c.Issued == days[key])
		note(&pools, c.Codes == codes[key] && c.FreeCodes == int64(len(d.free[key])))
	}
	proved := []store.Invariant{
		count, most, daily, pools,
		d.receiptsHold(), d.partnershipsHold(), d.imagesHold(), d.accountsHold(), d.importsHold(), d.auditHolds(),
	}
	return slices.Concat(proved, d.couponsHold(), d.checkNotices(), d.checkTallies(), d.moneyHolds(), d.favor.hold(d.requests), d.paymentsHold()), nil
}

// receiptsHold counts what each account received of each stock.
func (d *data) receiptsHold() store.Invariant {
	proved := store.Invariant{Name: store.InvariantPerUser}
	for key, list := range d.given {
		s, known := d.stocks[key.Stock]
		note(&proved, !known || int64(len(list)) <= s.Limits.MaxPerUser)
	}
	return proved
}

func (d *data) couponsHold() []store.Invariant {
	proof := store.NewCouponProof()
	for key := range d.requests {
		if key.Operation.ChangesCoupon() {
			proof.Number(key)
		}
	}
	for _, e := range d.audit {
		if e.Batch.Count > 0 {
			proof.Batch(coupon.StockKey{Creator: e.Owner, ID: coupon.StockID(strings.TrimPrefix(e.Object, "stock/"))}, e.Batch)
		}
	}
	all := slices.SortedFunc(maps.Values(d.coupons), func(a, b coupon.Coupon) int {
		return cmp.Or(store.CompareStocks(a.Stock, b.Stock), cmp.Compare(a.ID, b.ID))
	})
	for i := range all {
		proof.Coupon(&all[i], store.LocatorOf(store.HolderOf(&all[i])), store.NumberKey(all[i].Holder, all[i].SendRequestNo))
	}
	return proof.Of()
}

func (d *data) partnershipsHold() store.Invariant {
	proved := store.Invariant{Name: store.InvariantPartnerships}
	for key, p := range d.partnerships {
		ended := p.State == partner.Terminated
		legal := (ended || p.State == partner.Established) && ended != p.Terminated.IsZero() &&
			!p.Built.Before(p.Created) && !p.Updated.Before(p.Built)
		_, there := d.stocks[coupon.StockKey{Creator: key.Stock.Creator, ID: coupon.StockID(key.Stock.ID)}]
		if key.Resource == partner.ResourceVouchers {
			_, there = d.favor.stocks[voucher.StockKey{Creator: key.Stock.Creator, ID: voucher.StockID(key.Stock.ID)}]
		}
		note(&proved, legal && there)
	}
	return proved
}

func (d *data) imagesHold() store.Invariant {
	proved := store.Invariant{Name: store.InvariantImages}
	uploaded := map[picture.Token]merchant.ID{}
	for key, r := range d.requests {
		if key.Operation != store.OpUploadImage {
			continue
		}
		token := picture.Token(r.Answer)
		uploaded[token] = key.Owner
		if _, there := d.images[token]; !there {
			note(&proved, false)
		}
	}
	for token := range d.images {
		note(&proved, uploaded[token] == d.images[token].Owner)
	}
	return proved
}

// note counts one row that was looked at.
func note(i *store.Invariant, holds bool) { //nolint:revive // it is a finding, not a flag
	i.Rows++
	if !holds {
		i.Broken++
	}
}
