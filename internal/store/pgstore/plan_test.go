package pgstore_test

import (
	"context"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/pgstore"
)

// callEverything calls each method of store.Tx with one zero value of everything.
func callEverything(t *testing.T, s *pgstore.Store) {
	t.Helper()
	for method := range reflect.TypeFor[store.Tx]().Methods() {
		_ = s.Write(t.Context(), func(tx store.Tx) error {
			var args []reflect.Value
			for parameter := range method.Type.Ins() {
				args = append(args, argument(t, parameter))
			}
			call := reflect.ValueOf(tx).MethodByName(method.Name)
			if method.Type.IsVariadic() {
				call.CallSlice(args)
			} else {
				call.Call(args)
			}
			_, _ = tx.IsSubMerchant(t.Context(), "", "") // has everything sent
			return errOnPurpose
		})
	}
}

func argument(t *testing.T, of reflect.Type) reflect.Value {
	t.Helper()
	switch {
	case of == reflect.TypeFor[context.Context]():
		return reflect.ValueOf(t.Context())
	case of.Kind() == reflect.Slice:
		return reflect.MakeSlice(of, 1, 1)
	case of.Kind() == reflect.Map:
		one := reflect.MakeMap(of)
		one.SetMapIndex(reflect.Zero(of.Key()), reflect.Zero(of.Elem()))
		return one
	case of.Kind() == reflect.Struct && reflect.Zero(of).Comparable():
		filled := reflect.New(of).Elem()
		for i := range of.NumField() {
			if list := filled.Field(i); list.Kind() == reflect.Slice && list.Type().Elem().Kind() == reflect.String {
				list.Set(reflect.MakeSlice(list.Type(), 1, 1))
			}
		}
		return filled
	}
	return reflect.Zero(of)
}

// explainAll returns the plan of each prepared statement that reads or changes rows.
func explainAll(t *testing.T, conn *pgx.Conn) map[string]string {
	t.Helper()
	rows, err := conn.Query(t.Context(), `
		select name, statement, coalesce(array_length(parameter_types, 1), 0)
		from pg_prepared_statements
		where statement ~ '^\s*(with|select|insert|update|delete)'
		  and statement !~ 'pg_prepared|pg_notify|current_setting|pg_class|from meta|into meta|advisory'`)
	if err != nil {
		t.Fatal(err)
	}
	type prepared struct {
		Name, Statement string
		Parameters      int
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[prepared])
	if err != nil {
		t.Fatal(err)
	}
	plans := map[string]string{}
	for _, p := range list {
		explain := "explain (costs off) execute " + pgx.Identifier{p.Name}.Sanitize()
		if p.Parameters > 0 {
			explain += "(" + strings.TrimSuffix(strings.Repeat("null,", p.Parameters), ",") + ")"
		}
		rows, err := conn.Query(t.Context(), explain)
		if err != nil {
			t.Fatal(err)
		}
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatalf("%s: %v", p.Statement, err)
		}
		plans[strings.Join(strings.Fields(p.Statement), " ")] = strings.Join(strings.Fields(strings.ReplaceAll(strings.Join(lines, " "), "->", "")), " ")
	}
	return plans
}

// detours are what no plan may hold, and in which statements they are wanted.
func detours() map[string][]string {
	return map[string][]string{
		"Seq Scan": nil, "Bitmap": nil, "Hash Join": nil, "Merge Join": nil,
		// a few rows of one merchant, of one code or of one user
		"Sort": {
			"from partnership", "from merchant_certificate", "from platform_key", "creator_mchid <> $2",
			"where account = $1 and openid > $2", "max(end_at) from voucher",
			"u.person = any($1)",
			"from tally_hour", "from tally_expiry", // sums of what is read in the order of the key
		},
		"Filter": {
			"$3::text = ''", "state = 'ESTABLISHED'", // an owner's partnerships, narrowed; few rows
			"$2::text = ''",                                 // a user's coupons, narrowed
			"where account = $1 and openid > $2",            // one openid for each appid
			"(select max(expire_at) ends from platform_key", // all keys: some for each merchant
			"distinct mchid from platform_key",              // the same, once an hour
			"update secret set box", "delete from secret",   // the guards of one secret
			"from merchant_appid a where a.appid",                                     // few merchants share an appid
			"from subsidy where creator_mchid", "update subsidy", "update paid_order", // few rows of a coupon, one of a receipt or an order
			"update balance", "update draft", "update code_import", // the guards
			"from coupon where code = $1 and stock_id", "from coupon where code = k.coupon", "update coupon", // by coupon_by_code
			"any($2)", "and ctid = any", "and a.ctid = r.ctid", // rows by where they lie, of one owner
			"with recursive owner",                   // no more than were asked for
			"place < $2",                             // within its window
			"from audit_head where creator_mchid > ", // without those that nobody has sealed anything of
		},
	}
}

// hot are statements that every batch or redemption runs, and the condition that finds
// their rows in an index.
func hot() map[string]string {
	return map[string]string{
		"from owner where kind = $1 and id = $2":    "owner_pkey on owner Index Cond: ((kind = $1) AND (id = $2))",
		"from owner where kind = $1 and id = any":   "owner_pkey on owner Index Cond: ((kind = $1) AND (id = ANY ($2)))",
		"last_id, pg_current_xact_id":               "LockRows Index Scan using stock_pkey on stock Index Cond: ((stock_id = ANY ($2)) AND (creator_mchid = $1))",
		"update stock s set (issued":                "Index Scan using stock_pkey on stock s Index Cond: ((stock_id = ANY ($2)) AND (creator_mchid = $1))",
		"update stock set day":                      "Index Scan using stock_pkey on stock Index Cond: ((stock_id = $2) AND (creator_mchid = $1))",
		"delete from stock_day":                     "Index Scan using stock_day_pkey on stock_day Index Cond: ((creator_mchid = $1) AND (stock_id = $2) AND (day = $3))",
		"locator = any($2)":                         "Index Scan using coupon_by_locator on coupon Index Cond: (locator = ANY ($2))",
		"select code, stock_id from coupon":         "Index Only Scan using coupon_by_code on coupon Index Cond: (code = ANY ($2))",
		"where u.person = any($1)":                  `Index Scan using user_person on "user" u Index Cond: (person = ANY ($1))`,
		"select content, answer, at from request":   "request_pkey on request Index Cond: ((creator_mchid = $1) AND (stock_id = $2) AND (operation = $3) AND (subject = $4) AND (number = k.number))",
		"update request set at = at":                "request_pkey on request Index Cond: ((creator_mchid = $1) AND (stock_id = $2) AND (operation = $3) AND (subject = $4) AND (number = $5))",
		"creator_mchid = $3 for no key update":      "coupon_by_code on coupon Index Cond: ((code = $1) AND (stock_id = $2))",
		"update coupon":                             "coupon_by_code on coupon Index Cond: ((code = $1) AND (stock_id = $2))",
		"code = any($2) order by code, stock_id":    "LockRows Index Scan using coupon_by_code on coupon Index Cond: (code = ANY ($2))",
		"creator_mchid <> $2":                       "coupon_by_code on coupon Index Cond: (code = $1)",
		"select count(*) from coupon where account": "coupon_by_holder on coupon Index Cond: (account = $1)",
		"order by id desc limit $10":                "Index Scan Backward using coupon_by_holder on coupon Index Cond: (account = $1)",
		"(array( (select ctid":                      "Index Scan using free_code_pkey on free_code free_code_1 Index Cond: ((creator_mchid = $1) AND (stock_id = $2) AND (slot >= $3))",
		"from unnest($1::text[]) k (openid)":        `user_pkey on "user" Index Cond: (openid = k.openid)`,
		`from "user" where openid = $1`:             `user_pkey on "user" Index Cond: (openid = $1)`,
		`from "user" where account = $1 and appid`:  `user_account on "user" Index Cond: ((account = $1) AND (appid = $2))`,
		"select state, created_at, built_at":        "partnership_by_partner on partnership Index Cond: ((creator_mchid = $1) AND (resource = $2) AND (stock_id = $3) AND (partner_type = $4) AND (partner_id = $5))",
		"k (type, id)":                              "partnership_by_partner on partnership Index Cond: ((creator_mchid = $1) AND (resource = $2) AND (stock_id = $3) AND (partner_type = k.type) AND (partner_id = k.id))",
		"from partnership where creator_mchid = $1 and resource = $2 and ($3::text = '' or stock_id = $3) and ($4::text = '' or partner_type = $4) and ($5::text = '' or partner_id = $5) order": "Index Scan using partnership_by_partner on partnership Index Cond: ((creator_mchid = $1) AND (resource = $2))",
		"insert into partnership":         "Conflict Arbiter Indexes: partnership_by_partner",
		"from image where":                "image_by_token on image Index Cond: (token = $2)",
		"from merchant_appid where appid": "merchant_appid_owners on merchant_appid Index Cond: (appid = $1)",
	}
}

// moneyPlans are those of what moves between merchants.
func moneyPlans() map[string]string {
	return map[string]string{
		"from subsidy where creator_mchid":     "Index Scan Backward using subsidy_pkey on subsidy Index Cond: ((creator_mchid = $1) AND (stock_id = $2) AND (code = $3))",
		"from subsidy where receipt_id":        "subsidy_by_receipt on subsidy Index Cond: (receipt_id = $1)",
		"where return_receipt_id":              "subsidy_return_by_receipt on subsidy_return Index Cond: (return_receipt_id = $1)",
		"order by return_receipt_id desc":      "Index Scan Backward using subsidy_return_pkey on subsidy_return Index Cond: ((creator_mchid = $1) AND",
		"from paid_order where transaction_id": "paid_order_by_transaction on paid_order Index Cond: (transaction_id = $1)",
		"from paid_order where mchid":          "paid_order_by_number on paid_order Index Cond: ((mchid = $1) AND (out_trade_no = $2))",
		"from posting":                         "posting_by_owner on posting Index Cond: (mchid = $1)",
		"from balance":                         "balance_pkey on balance Index Cond: ((mchid = $1) AND (account = $2))",
		"from card where":                      "card_by_id on card Index Cond: (card_id = $2)",
	}
}

// TestEveryStatementUsesItsIndex calls every method of the contract on one connection of an
// empty database, of which nothing is known to the planner, and asks PostgreSQL how it
// would run each statement that the connection then has prepared.
func TestEveryStatementUsesItsIndex(t *testing.T) {
	t.Parallel()
	s, err := pgstore.Open(t.Context(), pgstore.Options{DSN: engines.Database(t), Mode: store.Sandbox, Connections: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	callEverything(t, s)
	callQueries(t, s)
	callPay(t, s)
	callUserQueries(t, s)
	callStocks(t, s)
	callOwned(t, s)
	callHinted(t, s)
	var plans map[string]string
	if err := s.Pool().AcquireFunc(t.Context(), func(conn *pgxpool.Conn) error {
		plans = explainAll(t, conn.Conn())
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if len(plans) < 40 {
		t.Errorf("only %d statements are prepared", len(plans))
	}
	for statement, plan := range plans {
		for word, exceptions := range detours() {
			if word == "Filter" {
				exceptions = slices.Concat(exceptions, noticeFilters(), voucherFilters(), stockFilters())
			}
			wanted := slices.ContainsFunc(exceptions, func(part string) bool { return strings.Contains(statement, part) })
			if strings.Contains(plan, word) && !wanted {
				t.Errorf("%s in the plan of %s:\n%s", word, statement, plan)
			}
		}
	}
	plansOf := hot()
	maps.Copy(plansOf, noticePlans())
	maps.Copy(plansOf, registryPlans())
	maps.Copy(plansOf, voucherPlans())
	maps.Copy(plansOf, moneyPlans())
	maps.Copy(plansOf, auditPlans())
	maps.Copy(plansOf, stockPlans())
	for part, index := range plansOf {
		expectIndex(t, plans, part, index)
	}
}

func expectIndex(t *testing.T, plans map[string]string, part, index string) {
	t.Helper()
	found := 0
	for statement, plan := range plans {
		if strings.Contains(statement, part) {
			found++
			if !strings.Contains(plan, index) {
				t.Errorf("%s\n%s\nwant %s", statement, plan, index)
			}
		}
	}
	if found == 0 {
		t.Errorf("no statement with %q", part)
	}
}
