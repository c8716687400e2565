package store

import (
	"cmp"
	"slices"

	"github.com/favord/favord/internal/rule/coupon"
)

// firstBatched is the lowest ID that a coupon with a batch can have: coupons from before
// batches were written are numbered from one on.
const firstBatched = 1 << 40

// CouponProof compares coupons with what is stored about them elsewhere, for Check. It is
// told of numbers and batches first, then of the coupons in the order of stocks and IDs.
type CouponProof struct {
	// numbers are those that changed each coupon, but for its issue and the current use.
	numbers map[coupon.Key]map[changed]bool
	batches map[coupon.StockKey][]Batch

	locators, spent, returned, batched Invariant

	// of is the stock that is being looked at, run its coupons since the last batch ended.
	of  coupon.StockKey
	run []coupon.Coupon
}

// changed is a number with what it was for.
type changed struct {
	operation Operation
	number    string
}

// NewCouponProof returns a proof that knows of nothing yet.
func NewCouponProof() *CouponProof {
	return &CouponProof{
		numbers: map[coupon.Key]map[changed]bool{}, batches: map[coupon.StockKey][]Batch{},
		locators: Invariant{Name: InvariantLocators}, spent: Invariant{Name: InvariantSpent},
		returned: Invariant{Name: InvariantReturns}, batched: Invariant{Name: InvariantBatches},
	}
}

// Number tells it of a request number that changed a coupon.
func (p *CouponProof) Number(key RequestKey) {
	c, caller := key.Coupon()
	if p.numbers[c] == nil {
		p.numbers[c] = map[changed]bool{}
	}
	p.numbers[c][changed{key.Operation, key.Number + "\x00" + caller}] = true
}

// Batch tells it of a batch of a stock.
func (p *CouponProof) Batch(stock coupon.StockKey, b Batch) {
	p.batches[stock] = append(p.batches[stock], b)
}

// Coupon tells it of a coupon and of where its row lies.
func (p *CouponProof) Coupon(c *coupon.Coupon, locator Locator, number int64) {
	note(&p.locators, locator == LocatorOf(HolderOf(c)) && number == NumberKey(c.Holder, c.SendRequestNo))
	history := p.numbers[c.Key]
	delete(p.numbers, c.Key)
	used := changed{OpUseCoupon, c.Use.RequestNo + "\x00"}
	whole := c.State != coupon.StateUsed || c.Use.RequestNo != "" && !c.Use.At.IsZero()
	note(&p.spent, whole && int64(len(history)) == c.Spent && (c.Use.RequestNo == "" || !history[used]))
	if c.Returned.RequestNo != "" {
		note(&p.returned, history[changed{OpReturnCoupon, c.Returned.RequestNo + "\x00"}])
	}
	if c.Stock != p.of {
		p.endStock()
		p.of = c.Stock
		slices.SortFunc(p.batches[p.of], func(a, b Batch) int { return cmp.Compare(a.First, b.First) })
	}
	p.run = append(p.run, *c)
	p.endBatches(c.ID)
}

// endBatches compares the coupons up to an ID with the batch that ends there.
func (p *CouponProof) endBatches(id int64) {
	if id < firstBatched {
		p.run = p.run[:0]
		return
	}
	for list := p.batches[p.of]; len(list) > 0 && list[0].Last <= id; list = p.batches[p.of] {
		note(&p.batched, len(p.run) > 0 && BatchOf(p.run) == list[0])
		p.batches[p.of], p.run = list[1:], p.run[:0]
	}
}

// endStock counts what is left of a stock: coupons without a batch, batches without coupons.
func (p *CouponProof) endStock() {
	if len(p.run) > 0 {
		note(&p.batched, false)
	}
	for range p.batches[p.of] {
		note(&p.batched, false)
	}
	delete(p.batches, p.of)
	p.run = p.run[:0]
}

// Of returns what was proved.
func (p *CouponProof) Of() []Invariant {
	p.endStock()
	for range p.batches { // of stocks without any coupon
		note(&p.batched, false)
	}
	for range p.numbers { // of coupons that do not exist
		note(&p.spent, false)
	}
	return []Invariant{p.locators, p.batched, p.spent, p.returned}
}

// note counts one row that was looked at.
func note(i *Invariant, holds bool) { //nolint:revive // it is a finding, not a flag
	i.Rows++
	if !holds {
		i.Broken++
	}
}
