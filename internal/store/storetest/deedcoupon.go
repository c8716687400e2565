package storetest

import (
	"context"
	"fmt"
	"time"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/partner"
	"github.com/favord/favord/internal/rule/picture"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
)

// someStock returns one of two stocks, each of its merchant; later variants differ.
func someStock(n int) coupon.Stock {
	st := plain(coupon.StockID(fmt.Sprint("stock", n%2)), coupon.Limits{MaxCoupons: 10, MaxPerUser: 2})
	st.Creator, st.Name = owner(n), fmt.Sprint("券", n/2)
	return st
}

func someDay(n int) day.Day { return today() + day.Day(n/2%2) }

func someCoupon(n int) coupon.Coupon {
	c := issued(someStock(n).StockKey, coupon.Code(few("C", n)), holder(byte(n/2%4)))
	c.Sender, c.ID = someStock(n).Creator, int64(n)
	return c
}

func someHolders(n int) []store.HolderKey {
	who := holder(byte(n % 4))
	return []store.HolderKey{{Stock: someStock(0).StockKey, Holder: who}, {Stock: someStock(1).StockKey, Holder: who}}
}

// someAsk is about both stocks.
func someAsk(n int) store.Ask {
	return store.Ask{
		Stocks: []coupon.StockKey{someStock(n).StockKey, someStock(n + 1).StockKey}, Day: someDay(n), Holders: someHolders(n),
		Persons: []user.ID{holder(byte(n % 4))}, Codes: []coupon.Key{someCoupon(n).Key, {Stock: someStock(n).StockKey, Code: "none"}},
	}
}

// usedCoupon is a later state of a coupon.
func usedCoupon(n int) coupon.Coupon {
	c := someCoupon(n)
	c.State = coupon.States()[n%len(coupon.States())]
	c.Use = coupon.Use{RequestNo: few("u", n), At: noon()}
	c.Returned = coupon.Return{RequestNo: few("r", n), At: noon()}
	return c
}

func somePartnership(n int) partner.Partnership {
	p := partnership(few("p", n), appid("wx1"))
	p.Stock.Creator = owner(n)
	if n >= 4 {
		p.Terminate(noon().Add(time.Hour))
	}
	return p
}

// couponDeeds are about stocks, coupons, their codes, partnerships and images.
func couponDeeds() []deed {
	return []deed{
		{"InsertStock", of(func(n int) []any { return []any{someStock(n)} })},
		{"UpdateStock", of(func(n int) []any { return []any{someStock(n)} })},
		{"LockStock", of(func(n int) []any { return []any{someStock(n).StockKey, someDay(n)} })},
		{"LockToIssue", of(func(n int) []any { return []any{someAsk(n)} })},
		{"SetCounters", func(ctx context.Context, w *world, n int) ([]any, error) {
			_, was, err := w.tx.LockStock(ctx, someStock(n).StockKey, someDay(n))
			if n == variants-1 {
				was.Issued++ // what is not there any more
			}
			return []any{store.CounterChange{Stock: someStock(n).StockKey, Was: was, Is: was.Issue(coupon.CodesByUpload)}}, err
		}},
		{"InsertCoupons", of(func(n int) []any { return []any{[]coupon.Coupon{someCoupon(n)}} })},
		{"LockCoupon", of(func(n int) []any { return []any{someCoupon(n).Key} })},
		{"LockCoupons", of(func(n int) []any {
			return []any{[]coupon.Key{someCoupon(n).Key, someCoupon(n + 1).Key, {Code: "none"}}}
		})},
		{"UpdateCoupons", of(func(n int) []any { return []any{usedCoupon(n)} })},
		{"RenameHolders", of(func(n int) []any {
			c := usedCoupon(n)
			c.OpenID, c.Use.OpenID = user.Forgotten(c.Holder), ""
			return []any{[]coupon.Coupon{c}}
		})},
		{"InsertCodes", func(ctx context.Context, w *world, n int) ([]any, error) {
			_, _, err := w.tx.LockStock(ctx, someStock(n).StockKey, today())
			codes := []coupon.Code{coupon.Code(few("U", n)), coupon.Code(few("U", n/2)), "U9"}
			return []any{someStock(n).StockKey, codes[n%2:], noon().Add(time.Duration(n) * time.Second)}, err
		}},
		{"DeleteCode", of(func(n int) []any {
			return []any{coupon.Key{Stock: someStock(n).StockKey, Code: coupon.Code(few("U", n))}}
		})},
		{"TakeCodes", func(ctx context.Context, w *world, n int) ([]any, error) { // all there are, as which of them is left to chance
			_, _, err := w.tx.LockStock(ctx, someStock(n).StockKey, today())
			return []any{map[coupon.StockKey]int{someStock(n).StockKey: 100}}, err
		}},
		{"PutPartnership", of(func(n int) []any { return []any{somePartnership(n)} })},
		{"InsertImage", of(func(n int) []any { return []any{sketch(owner(n), picture.Token(few("i", n)))} })},
	}
}

func couponQuestions() (list []question) {
	for n := range 4 {
		c := someCoupon(n)
		list = append(list,
			question{"Counters", []any{someStock(n).StockKey, today() + day.Day(n/2)}},
			question{"Given", []any{someHolders(n)}},
			question{"Coupon", []any{c.Key}},
			question{"Coupons", []any{[]coupon.Key{c.Key, someCoupon(n + 2).Key}}},
			question{"CouponsWithCode", []any{c.Code, owner(n)}},
			question{"UserCoupons", []any{store.CouponQuery{Holder: holder(byte(n)), Now: noon().Add(2 * time.Hour), Limit: 100}}},
			question{"UserCoupons", []any{store.CouponQuery{Holder: holder(byte(n)), State: coupon.StateExpired, Now: noon().Add(2 * time.Hour), Limit: 1}}},
			question{"ScanCoupons", []any{store.CouponScan{Creator: c.Stock.Creator, Window: int64(1 + n)}}},
			question{"ScanCoupons", []any{store.CouponScan{Creator: c.Stock.Creator, Stock: c.Stock.ID, After: store.CouponPlace{Code: c.Code}, Window: 100}}},
			question{"UploadedCode", []any{coupon.Key{Stock: c.Stock, Code: coupon.Code(few("U", n))}}},
			question{"Partnership", []any{somePartnership(n).Key}},
			question{"Partnered", []any{somePartnership(n).Stock, partner.ResourceCoupons, []partner.Partner{appid("wx1")}}},
			question{"Image", []any{picture.Token(few("i", n))}})
	}
	for n := range 2 {
		list = append(list,
			question{"Stock", []any{someStock(n).ID}},
			question{"Stocks", []any{store.StockQuery{Creator: owner(n), Limit: 5}}},
			question{"Partnerships", []any{store.PartnershipQuery{Owner: owner(n), Resource: partner.ResourceCoupons, Limit: 3}}})
		for _, status := range []coupon.CodeStatus{"", coupon.CodeAvailable, coupon.CodeDispatched} {
			list = append(list, question{"UploadedCodes", []any{store.CodeQuery{Stock: someStock(n).StockKey, Status: status, Offset: 1, Limit: 3}}})
		}
	}
	return append(list, question{"ImageOwners", []any{[]picture.Token{"i0", "i1", "i2", "i3", "none"}}})
}
