package pgstore_test

import (
	"errors"
	"testing"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/pgstore"
)

// callStocks asks for everything that issuing depends on, on two days.
func callStocks(t *testing.T, s *pgstore.Store) {
	t.Helper()
	key := coupon.StockKey{Creator: owner, ID: "1"}
	ask := store.Ask{
		Stocks: []coupon.StockKey{key}, Day: 1, Holders: []store.HolderKey{{Stock: key}},
		Persons: []user.ID{{}}, Codes: []coupon.Key{{Stock: key}},
	}
	if err := s.Write(t.Context(), func(tx store.Tx) error {
		_ = tx.InsertStock(t.Context(), coupon.Stock{StockKey: key})
		locked, _ := tx.LockToIssue(t.Context(), ask)
		was := locked.Stocks[key].Counters
		_ = tx.SetCounters(t.Context(), store.CounterChange{Stock: key, Was: was, Is: was.Issue(coupon.CodesByPlatform)})
		was = was.Issue(coupon.CodesByPlatform)
		one := locked.Stocks[key]
		ask.Foreseen = &store.Foreseen{LockedStock: one, Version: locked.Version}
		_, _ = tx.LockToIssue(t.Context(), ask)
		_ = tx.SetCounters(t.Context(), store.CounterChange{Stock: key, Was: was, Is: was, Foreseen: locked.Version})
		ask.Foreseen = nil
		ask.Day++
		_, err := tx.LockToIssue(t.Context(), ask)
		_, errSent := tx.IsSubMerchant(t.Context(), "", "")
		return errors.Join(err, errSent, errOnPurpose)
	}); !errors.Is(err, errOnPurpose) {
		t.Error(err)
	}
}

// stockFilters are in which statements about stocks and their codes a filter is wanted.
func stockFilters() []string {
	return []string{
		"$1::text = '' or creator_mchid = $1",             // an operator's list of stocks
		"from card where mchid", "from image where mchid", // one row, by its id
		"upto > $4", // the blocks of a page of codes
	}
}

// stockPlans are statements about stocks and their codes, and the condition that finds their
// rows in an index.
func stockPlans() map[string]string {
	return map[string]string{
		"select from stock where creator_mchid = $1":            "LockRows Index Scan using stock_pkey on stock",
		"from stock where creator_mchid = $1 and stock_id = $2": "stock_pkey on stock Index Cond: ((stock_id = $2) AND (creator_mchid = $1))",

		"and ($1::text = '' or creator_mchid = $1)": "Index Scan Backward using stock_by_age on stock Index Cond: (ROW(created_at, stock_id) < ROW($2, $3))",
		"insert into stock_code":                    "code_by_position on stock_code stock_code_1 Index Cond: ((stock_id = $2) AND (creator_mchid = $1))",
		"and position = k.position":                 "code_by_position on stock_code Index Cond: ((stock_id = $2) AND (\"position\" = k.\"position\") AND (creator_mchid = $1))",
		"from stock_code k where":                   "stock_code_pkey on stock_code k Index Cond: ((creator_mchid = $1) AND (stock_id = $2) AND (code = $3))",
		"select slot from stock_code":               "stock_code_pkey on stock_code Index Cond: ((creator_mchid = $1) AND (stock_id = $2) AND (code = $3))",
		"from code_block":                           "Index Scan using code_block_pkey on code_block Index Cond: ((creator_mchid = $1) AND (stock_id = $2))",
		"insert into code_block":                    "Conflict Arbiter Indexes: code_block_pkey",
		"where code = k.coupon":                     "coupon_by_code on coupon Index Cond: ((code = k.coupon) AND (stock_id = k.stock))",
	}
}
