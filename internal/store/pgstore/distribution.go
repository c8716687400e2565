package pgstore

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Placed is a table whose rows lie where their owner's are, once the database is distributed.
type Placed struct {
	Table string
	// Owner is the column with the merchant.
	Owner string
}

// PlacedTables are the tables that grow with the merchants' business, those first that others lie
// beside. All of an owner's rows have one placement.
func PlacedTables() []Placed {
	var tables []Placed
	for _, t := range []string{
		"stock", "stock_day", "coupon", "stock_code", "free_code", "code_block", "code_import", "code_import_part",
		"request", "audit", "audit_head", "subsidy", "subsidy_return", "callback", "delivery", "attempt", "partnership",
		"tally_hour", "tally_expiry",
		"voucher_stock", "voucher_day", "voucher_holder", "voucher_month", "voucher_sender", "voucher", "voucher_flow", "voucher_budget",
	} {
		tables = append(tables, Placed{t, "creator_mchid"})
	}
	for _, t := range []string{"paid_order", "balance", "posting", "card", "card_holder", "image", "voucher_started", "payment"} {
		tables = append(tables, Placed{t, "mchid"})
	}
	return tables
}

// ReferenceTables are those that every node holds whole: who takes part, who may do what, and keys.
func ReferenceTables() []string {
	return []string{
		"meta", "merchant", "merchant_appid", "merchant_permission", "sub_merchant", "brand_member",
		"merchant_certificate", "platform_key", "secret", "sealing_key", "user", "operator", "credential", "sign_in_failure",
		"draft", "owner",
	}
}

// key is a unique index that one server can hold, and what stands for it where each placement holds
// its own rows: the same with the owner in it.
type key struct {
	name, table, columns string
	// constraint says that the index is that of a primary key.
	constraint bool
}

// keysWithOwner are the indexes that find by an id alone. Ids that Favord draws do not meet, with or
// without them; ids from outside are unique for their merchant. Those of coupons have the owner in a
// collation of its own, which is not that by which rows are placed.
func keysWithOwner() []key {
	return []key{
		{name: "stock_by_id", table: "stock", columns: "stock_id, creator_mchid"},
		{name: "voucher_stock_by_id", table: "voucher_stock", columns: "stock_id, creator_mchid"},
		{name: "voucher_by_id", table: "voucher", columns: "voucher_id, creator_mchid", constraint: true},
		{name: "coupon_by_code", table: "coupon", columns: "code, stock_id, creator_mchid"},
		{name: "coupon_by_locator", table: "coupon", columns: "locator, number_key, creator_mchid"},
		{name: "payment_by_transaction", table: "payment", columns: "transaction_id, mchid"},
		{name: "paid_order_by_transaction", table: "paid_order", columns: "transaction_id, mchid"},
		{name: "subsidy_by_receipt", table: "subsidy", columns: "receipt_id, creator_mchid"},
		{name: "subsidy_return_by_receipt", table: "subsidy_return", columns: "return_receipt_id, creator_mchid"},
		{name: "card_by_id", table: "card", columns: "card_id, mchid"},
		{name: "card_code", table: "card_holder", columns: "card_id, code, mchid"},
		{name: "image_by_token", table: "image", columns: "token, mchid"},
	}
}

// OwnerKeys are the statements after which every unique key of a placed table holds its owner.
func OwnerKeys() []string {
	var list []string
	for _, k := range keysWithOwner() {
		drop := "drop index " + k.name
		if k.constraint {
			drop = fmt.Sprintf("alter table %s drop constraint %s", k.table, k.name)
		}
		list = append(list, drop, fmt.Sprintf("create unique index %s on %s (%s)", k.name, k.table, k.columns))
	}
	return list
}

// Distribution are the statements that spread a database over the workers of Citus, in their order:
// run at the coordinator, while no node is at work. Workers plan as this engine's sessions do, but
// for plans of unknown parameters, which would ask every shard.
func Distribution(database string, shards int) []string {
	list := []string{"create extension if not exists citus"}
	for _, table := range ownedTables() {
		list = append(list, "drop trigger keep_owner on "+table)
	}
	list = append(list, OwnerKeys()...)
	settings := sessionSettings()
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		if strings.HasPrefix(name, "enable_") {
			set := fmt.Sprintf("alter database %s set %s = %s", quoted(database), name, settings[name])
			list = append(list, set, fmt.Sprintf("select run_command_on_workers($$%s$$)", set))
		}
	}
	for _, t := range ReferenceTables() {
		list = append(list, fmt.Sprintf("select create_reference_table('%s')", quoted(t)))
	}
	first := ""
	for _, t := range PlacedTables() {
		where := fmt.Sprintf("colocate_with => '%s'", first)
		if first == "" {
			first, where = t.Table, fmt.Sprintf("shard_count => %d", shards)
		}
		list = append(list, fmt.Sprintf("select create_distributed_table('%s', '%s', %s)", t.Table, t.Owner, where))
	}
	return list
}

func quoted(name string) string { return pgx.Identifier{name}.Sanitize() }

// Distributed reports whether the database is spread over workers: then a batch should be of one
// owner.
func (s *Store) Distributed(ctx context.Context) (bool, error) {
	var is bool
	err := s.pool.QueryRow(ctx, `select to_regclass('pg_dist_partition') is not null`).Scan(&is)
	if err != nil {
		return false, fmt.Errorf("look for workers: %w", err)
	}
	return is, nil
}
