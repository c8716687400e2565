package engines

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/pgstore"
	"github.com/favord/favord/internal/store/pgtest"
)

// Placements is over how many partitions a partitioned database spreads each table.
const Placements = 4

// Partitioned is Database whose placed tables are partitioned by their owners: what a statement would
// ask of the workers of a distributed database, it asks of partitions here, and PostgreSQL refuses
// every unique key without the owner. A table's n-th partition is called after it, with _pn.
func Partitioned(tb testing.TB) string {
	tb.Helper()
	return pgtest.Shared(tb).Fresh(tb, "partitioned", func(dsn string) error {
		ctx := context.Background()
		s, err := pgstore.Open(ctx, pgstore.Options{DSN: dsn, Mode: store.Sandbox})
		if err == nil {
			err = errors.Join(s.Close(), partition(ctx, dsn))
		}
		return err
	})
}

func partition(ctx context.Context, dsn string) error {
	statements := pgstore.OwnerKeys()
	for _, t := range pgstore.PlacedTables() {
		statements = append(statements, fmt.Sprintf(`
			do $$
			declare
				indexes text[] := array(select indexdef from pg_indexes where tablename = '%[1]s' and schemaname = current_schema());
				one text;
			begin
				alter table %[1]s rename to whole;
				create table %[1]s (like whole including defaults including constraints including identity including storage)
					partition by hash (%[2]s);
				for n in 0 .. %[3]d - 1 loop
					execute format('create table %[1]s_p%%s partition of %[1]s for values with (modulus %[3]d, remainder %%s)', n, n);
				end loop;
				drop table whole;
				foreach one in array indexes loop
					execute one;
				end loop;
			end $$`, t.Table, t.Owner, Placements))
	}
	return pgtest.Run(ctx, dsn, statements...)
}
