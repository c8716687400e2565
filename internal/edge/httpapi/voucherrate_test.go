package httpapi

import (
	"time"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/favor"
)

// voucherRates is the table of favor 2.
func voucherRates() map[string]wire.Rate {
	per := func(calls int, period time.Duration) wire.Rate {
		return wire.Rate{Calls: calls, Per: period, Scope: wire.PerMerchant}
	}
	return map[string]wire.Rate{
		favor.CreateStock:   per(60, time.Minute),
		favor.StartStock:    per(1000, time.Minute),
		favor.PauseStock:    per(1000, time.Minute),
		favor.RestartStock:  per(1000, time.Minute),
		favor.ListStocks:    per(1000, time.Second),
		favor.GetStock:      per(1000, time.Second),
		favor.ListMerchants: per(1000, time.Minute),
		favor.ListItems:     per(600, time.Minute),
		favor.SendCoupon:    per(500, time.Second),
		favor.ListCoupons:   per(2000, time.Second),
		favor.GetCoupon:     per(1000, time.Second),
	}
}
