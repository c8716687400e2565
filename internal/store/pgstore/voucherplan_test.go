package pgstore_test

import (
	"errors"
	"testing"

	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/pgstore"
)

// voucherFilters are the statements about vouchers that filter what an index found.
func voucherFilters() []string {
	return []string{
		"from voucher v where v.holder",                          // a user's vouchers, narrowed
		"from voucher where creator_mchid", "update voucher set", // by voucher_by_id
		"v.creator_mchid = $2",                                                // of the few whose it may be
		"max(end_at) from voucher",                                            // those that were not used
		"from voucher_stock s where s.creator_mchid",                          // a merchant's stocks, narrowed
		"update voucher_stock set sent", "and sent = $4", "and received = $4", // the guards
		"from voucher_stock where creator_mchid", "update voucher_stock set state", // by voucher_stock_by_id
	}
}

// voucherPlans are the conditions that find the rows of statements about vouchers.
func voucherPlans() map[string]string {
	return map[string]string{
		"s.sent from voucher_stock s where":   "LockRows Index Scan using voucher_stock_by_id on voucher_stock s Index Cond: (stock_id = $2)",
		"update voucher_stock set sent":       "Index Scan using voucher_stock_by_id on voucher_stock Index Cond: (stock_id = $2)",
		"select sent from voucher_day":        "voucher_day_pkey on voucher_day Index Cond: ((creator_mchid = $1) AND (stock_id = $2) AND (day = $3))",
		"insert into voucher_day":             "Conflict Arbiter Indexes: voucher_day_pkey",
		"insert into voucher_holder":          "Conflict Arbiter Indexes: voucher_holder_pkey",
		"insert into voucher_month":           "Conflict Arbiter Indexes: voucher_month_pkey",
		"select received from voucher_holder": "voucher_holder_pkey on voucher_holder Index Cond: ((creator_mchid = $1) AND (stock_id = $2) AND (holder = k.holder))",
		"select received from voucher_month":  "voucher_month_pkey on voucher_month Index Cond: ((creator_mchid = $1) AND (month = $2) AND (holder = k.holder))",
		"from voucher_started s":              "voucher_started_pkey on voucher_started s Index Cond: ((mchid = k.mchid) AND (ends_at >= $2))",
		"from voucher v where v.voucher_id":   "voucher_by_id on voucher v Index Cond: (voucher_id = $1)",
		"update voucher set":                  "voucher_by_id on voucher Index Cond: (voucher_id = $1)",
		"max(end_at) from voucher":            "voucher_by_holder on voucher Index Cond: (holder = $1)",
		"select count(*) from voucher v":      "voucher_by_holder on voucher v Index Cond: (holder = $1)",
		"order by v.id desc limit $9":         "Index Scan Backward using voucher_by_holder on voucher v Index Cond: (holder = $1)",
		"order by s.created_at desc":          "Index Scan Backward using voucher_stock_by_time on voucher_stock s Index Cond: ((creator_mchid = $1) AND (created_at >= $2) AND (created_at <= $3))",

		"from voucher where creator_mchid = $1 and voucher_id = any($2) order by": "" +
			"LockRows Index Scan using voucher_by_id on voucher Index Cond: (voucher_id = ANY ($2))",
		"where transaction_id = any($1)": "payment_by_transaction on payment Index Cond: (transaction_id = ANY ($1))",
		"order by at desc, transaction_id desc": "" +
			"Index Scan Backward using payment_by_time on payment " +
			"Index Cond: ((mchid = $1) AND (at >= $2) AND (ROW(at, transaction_id) < ROW($3, $4)))",
		"from voucher_budget where creator_mchid": "voucher_budget_pkey on voucher_budget Index Cond: ((creator_mchid = $1) AND (stock_id = $2))",

		"stock_id from voucher where voucher_id = any($1)": "voucher_by_id on voucher Index Cond: (voucher_id = ANY ($1))",
		"stock_id from voucher where creator_mchid = $1":   "voucher_by_id on voucher Index Cond: (voucher_id = ANY ($2))",
		"where right(mchid, 5) = any($1)":                  "merchant_by_hint on merchant",
	}
}

// callPay asks for what payments depend on: the slices of the question are not empty.
func callPay(t *testing.T, s *pgstore.Store) {
	t.Helper()
	_ = s.Write(t.Context(), func(tx store.Tx) error {
		stock := voucher.StockKey{Creator: "1", ID: "1"}
		_, err := tx.LockToPay(t.Context(), store.PayAsk{
			Vouchers: []store.VoucherKey{{Stock: stock, ID: "1"}}, Stocks: []voucher.StockKey{stock}, Payments: []string{"1"},
			Budgets: []voucher.StockKey{stock}, Accounts: []payment.Account{{}},
		})
		return errors.Join(err, errOnPurpose)
	})
}
