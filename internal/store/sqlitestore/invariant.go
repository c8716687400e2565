package sqlitestore

import (
	"context"
	"fmt"
	"slices"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/row"
)

// proof is a query that returns how many rows it looked at and how many break an
// invariant.
type proof struct{ name, query string }

// proofs are the invariants in SQL. Totals per stock come from one pass over each
// table; nothing here uses an index of the tables it checks, so that a damaged one
// shows.
func proofs() []proof {
	return slices.Concat(
		stockProofs(),
		codeProofs(),
		couponProofs(),
		moneyProofs(),
		marketingProofs(), accountProofs(),
		noticeProofs(),
		tallyProofs(),
		voucherProofs(),
		paymentProofs(),
	)
}

// stockProofs compare what stocks count with the rows that they count.
func stockProofs() []proof {
	return []proof{
		{store.InvariantIssued, `
			select count(*), coalesce(sum(s.issued <> coalesce(c.n, 0)), 0)
			from stock s
			left join (select creator_mchid, stock_id, count(*) n from coupon not indexed group by 1, 2) c
			  using (creator_mchid, stock_id)`},
		{store.InvariantMaximum, `
			select count(*), coalesce(sum(issued > json_extract(content, '$.limits.max_coupons')), 0)
			from stock`},
		{store.InvariantDays, `
			select count(*), coalesce(sum(s.issued <> s.day_issued + coalesce(d.n, 0)), 0)
			from stock s
			left join (select creator_mchid, stock_id, sum(issued) n from stock_day group by 1, 2) d
			  using (creator_mchid, stock_id)`},
	}
}

// codeProofs look at uploaded codes.
func codeProofs() []proof {
	return []proof{
		{store.InvariantCodes, `
			select count(*), coalesce(sum(s.codes <> coalesce(k.n, 0) or s.free_codes <> coalesce(f.n, 0)), 0)
			from stock s
			left join (select creator_mchid, stock_id, count(*) n from stock_code not indexed group by 1, 2) k
			  using (creator_mchid, stock_id)
			left join (select creator_mchid, stock_id, count(*) n from free_code group by 1, 2) f
			  using (creator_mchid, stock_id)`},
		{store.InvariantFree, `
			select count(*), coalesce(sum(k.slot is null or k.slot <> f.slot or k.position <> f.position), 0)
			from free_code f
			left join stock_code k using (creator_mchid, stock_id, code)`},
		{store.InvariantGiven, `
			select count(*), coalesce(sum(k.code is null or f.slot is not null), 0)
			from coupon c not indexed
			join stock s on s.creator_mchid = c.creator_mchid and s.stock_id = c.stock_id
			left join stock_code k on k.creator_mchid = c.creator_mchid and k.stock_id = c.stock_id and k.code = c.code
			left join free_code f on f.creator_mchid = c.creator_mchid and f.stock_id = c.stock_id and f.slot = k.slot
			where json_extract(s.content, '$.code_mode') = 'MERCHANT_UPLOAD'`},
	}
}

// couponProofs look at single coupons and holders.
func couponProofs() []proof {
	return []proof{
		{store.InvariantPerUser, `
			select count(*), coalesce(sum(c.n > json_extract(s.content, '$.limits.max_per_user')), 0)
			from (select creator_mchid, stock_id, account, count(*) n from coupon not indexed group by 1, 2, 3) c
			join stock s using (creator_mchid, stock_id)`},
		{store.InvariantNumbers, `
			select count(*), coalesce(sum(n > 1), 0)
			from (select count(*) n from coupon not indexed group by creator_mchid, stock_id, account, send_request_no)`},
		{store.InvariantUnique, `
			select count(*), coalesce(sum(n > 1), 0)
			from (select count(*) n from coupon not indexed group by creator_mchid, stock_id, code)`},
		{store.InvariantStates, `
			select count(*), coalesce(sum(
				state not in ('SENDED', 'USED', 'DELETED', 'DEACTIVATED')
				or state <> 'DELETED' and (state = 'USED') <> (coalesce(used_at, 0) <> 0)
				or (state = 'DEACTIVATED') <> (coalesce(deactivated_at, 0) <> 0)), 0)
			from coupon not indexed`},
		{store.InvariantVoided, requestProof(store.OpDeactivateCoupon, "deactivate_request_no", "state = 'DEACTIVATED'")},
	}
}

// requestProof looks for the request in which a coupon, of those that the condition chooses,
// got the number that its column shows.
func requestProof(operation store.Operation, column, condition string) string {
	return fmt.Sprintf(`
			select count(*), coalesce(sum(not exists (
				select 1 from request r
				where r.creator_mchid = c.creator_mchid and r.stock_id = c.stock_id and r.operation = %d
				  and r.subject = cast(c.code as blob) and r.number = c.%s)), 0)
			from coupon c not indexed
			where %s`, operation, column, condition)
}

// marketingProofs look at partnerships and images.
func marketingProofs() []proof {
	return []proof{
		{store.InvariantPartnerships, `
			select count(*), coalesce(sum(
				state not in ('ESTABLISHED', 'TERMINATED')
				or (state = 'TERMINATED') <> (terminated_at <> 0)
				or built_at < p.created_at or updated_at < built_at
				or (resource = 'BUSIFAVOR_STOCK' and not exists (
					select 1 from stock s
					where s.creator_mchid = p.creator_mchid and s.stock_id = p.stock_id))
				or (resource = 'FAVOR_STOCK' and not exists (
					select 1 from voucher_stock s
					where s.creator_mchid = p.creator_mchid and s.stock_id = p.stock_id))), 0)
			from partnership p not indexed`},
		{store.InvariantImages, `
			select count(*), coalesce(sum(i.token is null or r.token is null), 0)
			from image i not indexed
			full join (
				select distinct creator_mchid, cast(answer as text) token
				from request where operation = 45) r
			  on r.creator_mchid = i.mchid and r.token = i.token`},
	}
}

// Check implements store.Checker.
func (s *Store) Check(ctx context.Context) ([]store.Invariant, error) {
	var list []store.Invariant
	err := s.Read(ctx, func(tx store.ReadTx) error { return prove(ctx, tx, &list) })
	return list, err
}

func prove(ctx context.Context, reader store.ReadTx, list *[]store.Invariant) error {
	t, is := reader.(*tx)
	if !is {
		return fmt.Errorf("sqlitestore: %T is no transaction of SQLite", reader)
	}
	for _, p := range proofs() {
		proved := store.Invariant{Name: p.name}
		if err := t.row(ctx, p.query, nil, []any{&proved.Rows, &proved.Broken}); err != nil {
			return fmt.Errorf("check that %s: %w", p.name, err)
		}
		*list = append(*list, proved)
	}
	for _, prove := range []func(context.Context) (store.Invariant, error){t.proveBlocks, t.proveImports, t.proveAudit} {
		proved, err := prove(ctx)
		if err != nil {
			return err
		}
		*list = append(*list, proved)
	}
	coupons, err := t.proveCoupons(ctx)
	*list = append(*list, coupons...)
	return err
}

// proveBlocks compares blocks with codes here: SQLite cannot look at single bits.
func (t *tx) proveBlocks(ctx context.Context) (store.Invariant, error) {
	proof := store.NewBlockProof()
	err := t.rows(ctx, `
		select k.creator_mchid, k.stock_id, k.position, case when f.slot is null then 'DISPATCHED' else 'AVAILABLE' end
		from stock_code k not indexed
		left join free_code f using (creator_mchid, stock_id, slot)`,
		nil, func(scan row.Scan) error {
			var key coupon.StockKey
			var position int64
			var status coupon.CodeStatus
			err := scan(&key.Creator, &key.ID, &position, &status)
			proof.Code(key, position, status)
			return err
		})
	if err != nil {
		return store.Invariant{}, err
	}
	stored := map[store.BlockKey]store.CodeBlock{}
	err = t.rows(ctx, `
		select creator_mchid, stock_id, block, free, given, free_codes, given_codes
		from code_block`,
		nil, func(scan row.Scan) error {
			var key store.BlockKey
			var b store.CodeBlock
			var free, given []byte
			err := scan(&key.Stock.Creator, &key.Stock.ID, &key.Number, &free, &given, &b.FreeCodes, &b.GivenCodes)
			copy(b.Free[:], free)
			copy(b.Given[:], given)
			stored[key] = b
			return err
		})
	return proof.Of(stored), err
}

// proveImports compares imports with the parts of their files here, as the other engines do.
func (t *tx) proveImports(ctx context.Context) (store.Invariant, error) {
	proof := store.NewImportProof()
	err := t.rows(ctx, `select `+row.CodeImportColumns+` from code_import not indexed`, nil, func(scan row.Scan) error {
		i, err := row.CodeImport(scan)
		proof.Import(i)
		return err
	})
	if err != nil {
		return store.Invariant{}, err
	}
	err = t.rows(ctx, `
		select creator_mchid, stock_id, kind, number, length(data)
		from code_import_part
		order by creator_mchid, stock_id, kind, number`,
		nil, func(scan row.Scan) error {
			var key store.PartKey
			var bytes int64
			err := scan(&key.Stock.Creator, &key.Stock.ID, &key.Kind, &key.Number, &bytes)
			proof.Part(key, bytes)
			return err
		})
	return proof.Of(), err
}
