package pgstore_test

import (
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/pgstore"
	"github.com/favord/favord/internal/store/storetest"
)

// uniqueEverywhere are the cases that demand of ids from outside to be unique across merchants, which
// nobody can promise who does not ask every placement.
func uniqueEverywhere() []string {
	return []string{
		"a voucher comes back as it was stored",
		"a payment comes back as it was stored",
		"an order is added once and locked",
	}
}

// TestPartitionsKeepTheContract runs the suite where every merchant's rows have one placement.
func TestPartitionsKeepTheContract(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(tb testing.TB) store.Store {
		tb.Helper()
		return mustOpen(tb, engines.Partitioned(tb))
	}, uniqueEverywhere()...)
}

// asksAll are the statements that may ask every placement, by what is in them. None of them is part of
// an issue, a redemption, a send or a delivery: an id that a call names leads to its owner once, and
// is remembered.
func asksAll() []string {
	return []string{
		// A receipt, without its merchant.
		"from subsidy where receipt_id", "from subsidy_return where return_receipt_id",
		// A code of the platform without its stock.
		"from coupon where code = $1 order by creator_mchid <> $2",
		// Payments and refunds: money across owners. Their vouchers and ids come from outside.
		"from voucher where voucher_id = any($1)", "from voucher v where v.voucher_id = $1",
		"from payment where transaction_id", "update payment", "from paid_order where transaction_id",
		// A user's coupons and vouchers, whosever they are.
		"from coupon where account = $1", "from voucher v where v.holder = $1", "from voucher where holder = $1",
		"cross join lateral ( select creator_mchid, stock_id, id, code", // coupons of several merchants, as events tell of them
		// What operators ask for, and what is looked for from time to time.
		"from stock where (created_at, stock_id)", "place) cross join lateral ( select sent from voucher_s",
		"from voucher_started s", "from tally_hour", "from tally_expiry",
		"with recursive owner", "from audit_head where creator_mchid >", // whose audit is to be sealed or was
		"from callback where (creator_mchid, product)", "from callback c cross join lateral", "from voucher_budget where ends_at",
		"from request where operation = 60",                                    // whose nonces are to be removed
		"from code_import where phase in", "from code_import where updated_at", // files that wait, and old ones
	}
}

// scanned finds the partitions that a plan looks into.
var scanned = regexp.MustCompile(`Scan (?:Backward )?(?:using \S+ )?on (\w+)_p(\d)\b`)

// TestPartitionsAreAskedOneByOne looks at the plan of every statement: one that names its owner looks
// into one partition of each table, whatever the merchant.
func TestPartitionsAreAskedOneByOne(t *testing.T) {
	t.Parallel()
	s, err := pgstore.Open(t.Context(), pgstore.Options{DSN: engines.Partitioned(t), Mode: store.Sandbox, Connections: 1})
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
	asked := map[string]bool{}
	for statement, plan := range plans {
		partitions := map[string]bool{}
		for _, found := range scanned.FindAllStringSubmatch(plan, -1) {
			partitions[found[2]] = true
		}
		listed := slices.IndexFunc(asksAll(), func(part string) bool { return strings.Contains(statement, part) })
		switch {
		case listed >= 0:
			asked[asksAll()[listed]] = asked[asksAll()[listed]] || len(partitions) > 1
		case len(partitions) > 1:
			t.Errorf("%d partitions are looked into by %s", len(partitions), statement)
		}
	}
	for _, part := range asksAll() {
		if !asked[part] {
			t.Errorf("no statement asks every partition for %q: it need not be listed", part)
		}
	}
}

// TestEveryTableOfPartitionsHasAPlace: who adds a table says where its rows lie.
func TestEveryTableOfPartitionsHasAPlace(t *testing.T) {
	t.Parallel()
	listed := pgstore.ReferenceTables()
	for _, p := range pgstore.PlacedTables() {
		listed = append(listed, p.Table)
	}
	slices.Sort(listed)
	s := mustOpen(t, engines.Database(t))
	rows, err := s.Pool().Query(t.Context(), `
		select relname::text
		from pg_class
		where relnamespace = 'public'::regnamespace and relkind = 'r'`)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	slices.Sort(tables)
	if diff := cmp.Diff(tables, listed); diff != "" || err != nil {
		t.Errorf("%v, placed or held by every node (-there are +listed):\n%s", err, diff)
	}
}

// TestADistributedDatabaseIsSeen: plans are made for the owner that is named, and lanes are apart.
func TestADistributedDatabaseIsSeen(t *testing.T) {
	t.Parallel()
	for distributed, mode := range map[bool]string{false: "force_generic_plan", true: "auto"} {
		dsn := engines.Database(t)
		if distributed {
			exec(t, dsn, `create table pg_dist_partition (logicalrelid regclass)`) // as Citus has it
		}
		s := mustOpen(t, dsn)
		var is string
		err := s.Pool().QueryRow(t.Context(), "show plan_cache_mode").Scan(&is)
		seen, errSeen := s.Distributed(t.Context())
		if is != mode || seen != distributed || errors.Join(err, errSeen) != nil {
			t.Errorf("distributed %v: plans %s, %v, %v", seen, is, err, errSeen)
		}
	}
}

// TestTheStatementsThatDistributeAreRecorded: Citus is not there to try them. A change of this text
// has to be tried by hand.
func TestTheStatementsThatDistributeAreRecorded(t *testing.T) {
	t.Parallel()
	recorded, err := os.ReadFile("testdata/distribution.sql")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, statement := range pgstore.Distribution("favord", 32) {
		lines = append(lines, statement+";\n")
	}
	if diff := cmp.Diff(string(recorded), strings.Join(lines, "")); diff != "" {
		t.Errorf("-recorded +now:\n%s", diff)
	}
}
