package memstore

import (
	"context"
	"maps"

	"github.com/favord/favord/internal/coupon"
)

func (t *tx) InsertCodes(_ context.Context, key coupon.StockKey, codes []coupon.Code) ([]coupon.Code, error) {
	known := maps.Clone(t.data.codes[key])
	if known == nil {
		known = map[coupon.Code]bool{}
	}
	var had []coupon.Code
	for _, code := range codes {
		if _, found := known[code]; found {
			had = append(had, code)
			continue
		}
		known[code] = true
	}
	put(t, t.data.codes, key, known)
	return had, nil
}

func (t *tx) TakeCodes(_ context.Context, wanted map[coupon.StockKey]int) (map[coupon.StockKey][]coupon.Code, error) {
	taken := make(map[coupon.StockKey][]coupon.Code, len(wanted))
	for key, n := range wanted {
		taken[key] = t.takeCodes(key, n)
	}
	return taken, nil
}

// takeCodes takes what the map's random order brings first.
func (t *tx) takeCodes(key coupon.StockKey, n int) (taken []coupon.Code) {
	known := maps.Clone(t.data.codes[key])
	for code, free := range known {
		if len(taken) == n {
			break
		}
		if free {
			taken = append(taken, code)
			known[code] = false
		}
	}
	put(t, t.data.codes, key, known)
	return taken
}
