package pgstore

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/row"
)

// proveCoupons compares coupons with numbers, batches and digests here, as the other engines
// do.
func (t *tx) proveCoupons(ctx context.Context) ([]store.Invariant, error) {
	proof := store.NewCouponProof()
	err := store.InOrder(
		func() error {
			return t.prove(ctx, `
		select creator_mchid, stock_id, operation, subject, number
		from request
		where operation in (3, 10, 11, 12, 13)`, func(rows pgx.Rows) error {
				var key store.RequestKey
				var operation int16
				var subject []byte
				err := rows.Scan(&key.Owner, &key.Stock, &operation, &subject, &key.Number)
				key.Operation, key.Subject = store.Operation(operation), string(subject) //nolint:gosec // as it was stored
				proof.Number(key)
				return err
			})
		},
		func() error {
			return t.prove(ctx, `
		select creator_mchid, substring(object from 7), coupons, coalesce(first_id, 0), coalesce(last_id, 0), digest
		from audit
		where coupons > 0`, func(rows pgx.Rows) error {
				var key coupon.StockKey
				var b store.Batch
				var digest []byte
				err := rows.Scan(&key.Creator, &key.ID, &b.Count, &b.First, &b.Last, &digest)
				copy(b.Digest[:], digest)
				proof.Batch(key, b)
				return err
			})
		},
		func() error {
			return t.prove(ctx, `
		select`+row.CouponColumns+`, locator, number_key
		from coupon
		order by creator_mchid, stock_id, id`, func(rows pgx.Rows) error {
				var locator row.Bytes16
				var number int64
				c, err := row.CouponAnd(rows.Scan, &locator, &number)
				proof.Coupon(&c, store.Locator(locator), number)
				return err
			})
		})
	return proof.Of(), err
}
