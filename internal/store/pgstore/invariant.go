package pgstore

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/row"
)

// proof is a query that returns how many rows it looked at and how many break an
// invariant.
type proof struct{ name, query string }

// proofs are the invariants in SQL. Totals per stock come from one pass over each table.
func proofs() []proof {
	return slices.Concat(
		countingProofs(),
		codeProofs(),
		trailProofs(),
		moneyProofs(),
		marketingProofs(), accountProofs(), ownerProofs(),
		noticeProofs(),
		tallyProofs(),
		voucherProofs(),
		paymentProofs(),
	)
}

// countingProofs compare counters with rows and limits.
func countingProofs() []proof {
	return []proof{
		{store.InvariantIssued, `
			select count(*), count(*) filter (where s.issued <> coalesce(c.n, 0))
			from stock s
			left join (select creator_mchid, stock_id, count(*) n from coupon group by 1, 2) c
			  using (creator_mchid, stock_id)`},
		{store.InvariantMaximum, `
			select count(*), count(*) filter (where issued > (content::json -> 'limits' ->> 'max_coupons')::bigint)
			from stock`},
		{store.InvariantDays, `
			select count(*), count(*) filter (where s.issued <> s.day_issued + coalesce(d.n, 0))
			from stock s
			left join (select creator_mchid, stock_id, sum(issued) n from stock_day group by 1, 2) d
			  using (creator_mchid, stock_id)`},
		{store.InvariantPerUser, `
			select count(*), count(*) filter (where c.n > (s.content::json -> 'limits' ->> 'max_per_user')::bigint)
			from (select creator_mchid, stock_id, account, count(*) n from coupon group by 1, 2, 3) c
			join stock s using (creator_mchid, stock_id)`},
		{store.InvariantNumbers, `
			select count(*), count(*) filter (where n > 1)
			from (select count(*) n from coupon group by creator_mchid, stock_id, account, send_request_no) c`},
		{store.InvariantUnique, `
			select count(*), count(*) filter (where n > 1)
			from (select count(*) n from coupon group by creator_mchid, stock_id, code) c`},
		{store.InvariantStates, `
			select count(*), count(*) filter (where
				state not in ('SENDED', 'USED', 'DELETED', 'DEACTIVATED')
				or state <> 'DELETED' and (state = 'USED') <> (coalesce(used_at, 0) <> 0)
				or (state = 'DEACTIVATED') <> (coalesce(deactivated_at, 0) <> 0))
			from coupon`},
	}
}

// codeProofs look at uploaded codes.
func codeProofs() []proof {
	return []proof{
		{store.InvariantCodes, `
			select count(*), count(*) filter (where s.codes <> coalesce(k.n, 0) or s.free_codes <> coalesce(f.n, 0))
			from stock s
			left join (select creator_mchid, stock_id, count(*) n from stock_code group by 1, 2) k
			  using (creator_mchid, stock_id)
			left join (select creator_mchid, stock_id, count(*) n from free_code group by 1, 2) f
			  using (creator_mchid, stock_id)`},
		{store.InvariantFree, `
			select count(*), count(*) filter (where k.slot is null or k.slot <> f.slot or k.position <> f.position)
			from free_code f
			left join stock_code k using (creator_mchid, stock_id, code)`},
		{store.InvariantGiven, `
			select count(*), count(*) filter (where k.code is null or f.slot is not null)
			from coupon c
			join stock s on s.creator_mchid = c.creator_mchid and s.stock_id = c.stock_id
			left join stock_code k on k.creator_mchid = c.creator_mchid and k.stock_id = c.stock_id and k.code = c.code
			left join free_code f on f.creator_mchid = c.creator_mchid and f.stock_id = c.stock_id and f.slot = k.slot
			where s.content::json ->> 'code_mode' = 'MERCHANT_UPLOAD'`},
	}
}

// trailProofs compare what happened with what was written about it.
func trailProofs() []proof {
	return []proof{
		{store.InvariantVoided, requestProof(store.OpDeactivateCoupon, "deactivate_request_no", "c.state = 'DEACTIVATED'")},
	}
}

// requestProof looks for the request in which a coupon, of those that the condition chooses,
// got the number that its column shows.
func requestProof(operation store.Operation, column, condition string) string {
	return fmt.Sprintf(`
			select count(*), count(*) filter (where r.number is null)
			from coupon c
			left join request r
			  on r.creator_mchid = c.creator_mchid and r.stock_id = c.stock_id and r.operation = %d
			 and r.subject = convert_to(c.code, 'UTF8') and r.number = c.%s
			where %s`, operation, column, condition)
}

// marketingProofs look at partnerships and images.
func marketingProofs() []proof {
	return []proof{
		{store.InvariantPartnerships, `
			select count(*), count(*) filter (where
				p.state not in ('ESTABLISHED', 'TERMINATED')
				or (p.state = 'TERMINATED') <> (p.terminated_at <> 0)
				or p.built_at < p.created_at or p.updated_at < p.built_at
				or (p.resource = 'BUSIFAVOR_STOCK' and s.stock_id is null)
				or (p.resource = 'FAVOR_STOCK' and v.stock_id is null))
			from partnership p
			left join stock s using (creator_mchid, stock_id)
			left join voucher_stock v using (creator_mchid, stock_id)`},
		{store.InvariantImages, `
			select count(*), count(*) filter (where i.token is null or r.token is null)
			from image i
			full join (
				select distinct creator_mchid, convert_from(answer, 'UTF8') token
				from request where operation = 45) r
			  on r.creator_mchid = i.mchid and r.token = i.token`},
	}
}

// provingSettings turn around what sessionSettings say: a proof reads whole tables, as
// long as it takes, and no index, so that a damaged one shows.
func provingSettings() []string {
	return []string{
		"set local statement_timeout = 0",
		"set local idle_in_transaction_session_timeout = 0",
		"set local enable_seqscan = on",
		"set local enable_hashjoin = on",
		"set local enable_mergejoin = on",
		"set local enable_indexscan = off",
		"set local enable_indexonlyscan = off",
		"set local enable_bitmapscan = off",
		"set local plan_cache_mode = force_custom_plan",
	}
}

// Check implements store.Checker. It ends when ctx does.
func (s *Store) Check(ctx context.Context) (list []store.Invariant, err error) {
	err = s.Read(ctx, func(reader store.ReadTx) error {
		t, is := reader.(*tx)
		if !is {
			return fmt.Errorf("pgstore: %T is no transaction of PostgreSQL", reader)
		}
		for _, setting := range provingSettings() {
			t.later(setting)
		}
		if err := t.flush(ctx); err != nil {
			return err
		}
		for _, p := range proofs() {
			proved := store.Invariant{Name: p.name}
			if err := t.conn.QueryRow(ctx, p.query).Scan(&proved.Rows, &proved.Broken); err != nil {
				return fmt.Errorf("check that %s: %w", p.name, err)
			}
			list = append(list, proved)
		}
		for _, prove := range []func(context.Context) (store.Invariant, error){t.proveBlocks, t.proveImports, t.proveAudit} {
			proved, err := prove(ctx)
			if err != nil {
				return err
			}
			list = append(list, proved)
		}
		coupons, err := t.proveCoupons(ctx)
		list = append(list, coupons...)
		return err
	})
	return list, err
}

// proveBlocks compares blocks with codes here, as the other engines do.
func (t *tx) proveBlocks(ctx context.Context) (store.Invariant, error) {
	proof := store.NewBlockProof()
	if err := t.prove(ctx, `
		select k.creator_mchid, k.stock_id, k.position, case when f.slot is null then 'DISPATCHED' else 'AVAILABLE' end
		from stock_code k
		left join free_code f using (creator_mchid, stock_id, slot)`, func(rows pgx.Rows) error {
		var key coupon.StockKey
		var position int64
		var status coupon.CodeStatus
		err := rows.Scan(&key.Creator, &key.ID, &position, &status)
		proof.Code(key, position, status)
		return err
	}); err != nil {
		return store.Invariant{}, err
	}
	stored := map[store.BlockKey]store.CodeBlock{}
	err := t.prove(ctx, `
		select creator_mchid, stock_id, block, free, given, free_codes, given_codes
		from code_block`, func(rows pgx.Rows) error {
		var key store.BlockKey
		var b store.CodeBlock
		var free, given pgtype.Bits
		err := rows.Scan(&key.Stock.Creator, &key.Stock.ID, &key.Number, &free, &given, &b.FreeCodes, &b.GivenCodes)
		copy(b.Free[:], free.Bytes)
		copy(b.Given[:], given.Bytes)
		stored[key] = b
		return err
	})
	return proof.Of(stored), err
}

// proveImports compares imports with the parts of their files here, as the other engines do.
func (t *tx) proveImports(ctx context.Context) (store.Invariant, error) {
	proof := store.NewImportProof()
	if err := t.prove(ctx, `select `+row.CodeImportColumns+` from code_import`, func(rows pgx.Rows) error {
		i, err := row.CodeImport(rows.Scan)
		proof.Import(i)
		return err
	}); err != nil {
		return store.Invariant{}, err
	}
	err := t.prove(ctx, `
		select creator_mchid, stock_id, kind, number, length(data)
		from code_import_part
		order by creator_mchid, stock_id, kind, number`, func(rows pgx.Rows) error {
		var key store.PartKey
		var bytes int64
		err := rows.Scan(&key.Stock.Creator, &key.Stock.ID, &key.Kind, &key.Number, &bytes)
		proof.Part(key, bytes)
		return err
	})
	return proof.Of(), err
}

// prove reads every row of a query, as long as it takes.
func (t *tx) prove(ctx context.Context, query string, each func(rows pgx.Rows) error) error {
	rows, err := t.conn.Query(ctx, query)
	if err != nil {
		return fmt.Errorf("check: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows); err != nil {
			return fmt.Errorf("check: %w", err)
		}
	}
	return rows.Err()
}
