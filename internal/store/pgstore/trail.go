package pgstore

import (
	"context"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/row"
)

// Requests uses the primary key of request, once for each key.
func (t *tx) Requests(ctx context.Context, keys []store.RequestKey) (map[store.RequestKey]store.Request, error) {
	found := make(map[store.RequestKey]store.Request, len(keys))
	if len(keys) == 0 {
		return found, nil
	}
	err := t.rows(ctx, `
		select r.*
		from unnest($1::text[], $2::text[], $3::smallint[], $4::bytea[], $5::text[])
			k (creator_mchid, stock_id, operation, subject, number)
		cross join lateral (
			select creator_mchid, stock_id, operation, subject, number, content, answer, at
			from request
			where creator_mchid = k.creator_mchid and stock_id = k.stock_id
			  and operation = k.operation and subject = k.subject and number = k.number
			limit 1) r`,
		requestKeys(keys), func(scan row.Scan) error {
			r, err := scanRequest(scan)
			found[r.RequestKey] = r
			return err
		})
	return found, err
}

func scanRequest(scan row.Scan) (store.Request, error) {
	var r store.Request
	var subject, content pgtype.DriverBytes
	var operation int16
	var at int64
	err := scan(&r.Owner, &r.Stock, &operation, &subject, &r.Number, &content, &r.Answer, &at)
	r.Operation, r.Subject, r.At = store.Operation(operation), string(subject), store.TimeOf(at) //nolint:gosec // as it was stored
	copy(r.Content[:], content)
	return r, err
}

// requestKeys are five parameters: the columns of the primary key.
func requestKeys(keys []store.RequestKey) []any {
	return []any{
		column(keys, func(k *store.RequestKey) string { return string(k.Owner) }),
		column(keys, func(k *store.RequestKey) string { return string(k.Stock) }),
		column(keys, func(k *store.RequestKey) int16 { return int16(k.Operation) }),
		column(keys, func(k *store.RequestKey) []byte { return []byte(k.Subject) }),
		column(keys, func(k *store.RequestKey) string { return k.Number }),
	}
}

func (t *tx) InsertRequests(_ context.Context, requests []store.Request) error {
	if len(requests) == 0 {
		return nil
	}
	keys := column(requests, func(r *store.Request) store.RequestKey { return r.RequestKey })
	t.later(`
		insert into request (creator_mchid, stock_id, operation, subject, number, content, answer, at)
		select *
		from unnest($1::text[], $2::text[], $3::smallint[], $4::bytea[], $5::text[], $6::bytea[], $7::bytea[], $8::bigint[])`,
		append(requestKeys(keys),
			column(requests, func(r *store.Request) []byte { return r.Content[:] }),
			column(requests, func(r *store.Request) []byte { return nonNil(r.Answer) }),
			column(requests, func(r *store.Request) int64 { return store.Seconds(r.At) }))...)
	return nil
}

// nonNil returns the bytes, not null for none.
func nonNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// TouchRequests writes each row as it is: the commit then waits for a synchronous standby,
// and whoever reads the row's answer knows that it survives a failover. Their stocks or
// coupons are locked, so that the rows stay where they were found.
func (t *tx) TouchRequests(_ context.Context, keys []store.RequestKey) error {
	if len(keys) == 0 {
		return nil
	}
	t.later(`
		update request
		set at = at
		where ctid = any (array(
			select r.ctid
			from unnest($1::text[], $2::text[], $3::smallint[], $4::bytea[], $5::text[])
				k (creator_mchid, stock_id, operation, subject, number)
			cross join lateral (
				select ctid
				from request
				where creator_mchid = k.creator_mchid and stock_id = k.stock_id
				  and operation = k.operation and subject = k.subject and number = k.number
				limit 1) r))`,
		requestKeys(keys)...)
	return nil
}

// DropRequests uses the primary key of request.
func (t *tx) DropRequests(_ context.Context, d store.Drop) error {
	t.later(`
		delete from request
		where ctid = any (array(
			select ctid
			from request
			where creator_mchid = $1 and stock_id = '' and operation = $2 and at < $3
			limit $4
			for update skip locked))`,
		d.Owner, int16(d.Operation), store.Seconds(d.Before), d.Limit)
	return nil
}
