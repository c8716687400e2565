package sqlitestore

import (
	"context"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/row"
)

// proveCoupons compares coupons with numbers, batches and digests here.
func (t *tx) proveCoupons(ctx context.Context) ([]store.Invariant, error) {
	proof := store.NewCouponProof()
	err := store.InOrder(
		func() error {
			return t.rows(ctx, `
		select creator_mchid, stock_id, operation, subject, number
		from request
		where operation in (3, 10, 11, 12, 13)`,
				nil, func(scan row.Scan) error {
					var key store.RequestKey
					var subject []byte
					err := scan(&key.Owner, &key.Stock, &key.Operation, &subject, &key.Number)
					key.Subject = string(subject)
					proof.Number(key)
					return err
				})
		},
		func() error {
			return t.rows(ctx, `
		select creator_mchid, substr(object, 7), coupons, coalesce(first_id, 0), coalesce(last_id, 0), digest
		from audit
		where coupons > 0`,
				nil, func(scan row.Scan) error {
					var key coupon.StockKey
					var b store.Batch
					var digest []byte
					err := scan(&key.Creator, &key.ID, &b.Count, &b.First, &b.Last, &digest)
					copy(b.Digest[:], digest)
					proof.Batch(key, b)
					return err
				})
		},
		func() error {
			return t.rows(ctx, `
		select`+row.CouponColumns+`, locator, number_key
		from coupon not indexed
		order by creator_mchid, stock_id, id`,
				nil, func(scan row.Scan) error {
					var locator row.Bytes16
					var number int64
					c, err := row.CouponAnd(scan, &locator, &number)
					proof.Coupon(&c, store.Locator(locator), number)
					return err
				})
		})
	return proof.Of(), err
}
