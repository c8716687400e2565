package memstore

import (
	"cmp"
	"context"
	"slices"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/rule/tally"
	"github.com/favord/favord/internal/store"
)

type expiryKey struct {
	stock tally.Stock
	day   day.Day
}

func (t *tx) Tallies(_ context.Context, q store.TallyQuery) ([]tally.Count, error) {
	sums := map[tally.Key]tally.Count{}
	for key, c := range t.data.tallies {
		if !asked(key.Stock, tally.Stock{Owner: q.Owner, Product: q.Product, ID: q.StockID}) || key.Hour < q.From || key.Hour >= q.Until {
			continue
		}
		key.Owner = q.Owner
		if !q.ByStock {
			key.ID = ""
		}
		if q.ByDay {
			key.Hour = key.Hour.DayBegin()
		}
		sum := sums[key]
		sums[key] = tally.Count{Key: key, N: sum.N + c.N, Amount: sum.Amount + c.Amount}
	}
	var list []tally.Count
	for _, c := range sums {
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b tally.Count) int {
		return cmp.Or(cmp.Compare(a.Hour, b.Hour), cmp.Compare(a.Product, b.Product), cmp.Compare(a.ID, b.ID),
			cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Channel, b.Channel))
	})
	return list, nil
}

// asked reports whether a stock is one of those that a query names.
func asked(stock, query tally.Stock) bool {
	return (query.Owner == "" || stock.Owner == query.Owner) && (query.Product == "" || stock.Product == query.Product) &&
		(query.ID == "" || stock.ID == query.ID)
}

func (t *tx) Expiries(_ context.Context, q store.ExpiryQuery) ([]tally.Expiry, error) {
	query := tally.Stock{Owner: q.Owner, Product: q.Product, ID: q.StockID}
	sums := map[day.Day]int64{}
	for key, n := range t.data.expiries {
		if asked(key.stock, query) && key.day >= q.From && key.day < q.Until {
			sums[key.day] += n
		}
	}
	var list []tally.Expiry
	for on, n := range sums {
		if n != 0 {
			list = append(list, tally.Expiry{Stock: query, Day: on, N: n})
		}
	}
	slices.SortFunc(list, func(a, b tally.Expiry) int { return cmp.Compare(a.Day, b.Day) })
	return list, nil
}

func (t *tx) AddTallies(_ context.Context, sheet *tally.Sheet) error {
	for _, c := range sheet.Counts() {
		sum := t.data.tallies[c.Key]
		put(t, t.data.tallies, c.Key, tally.Count{Key: c.Key, N: sum.N + c.N, Amount: sum.Amount + c.Amount})
	}
	for _, e := range sheet.Expiries() {
		key := expiryKey{e.Stock, e.Day}
		put(t, t.data.expiries, key, t.data.expiries[key]+e.N)
	}
	return nil
}
