package pgstore

import (
	"cmp"
	"context"
	"slices"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/row"
)

// Requests uses the primary key of request, once for each subject.
func (t *tx) Requests(ctx context.Context, keys []store.RequestKey) (map[store.RequestKey]store.Request, error) {
	found := t.queueRequests(keys)
	return found, t.flush(ctx)
}

// queueRequests is Requests; the map is filled at the next flush.
func (t *tx) queueRequests(keys []store.RequestKey) map[store.RequestKey]store.Request {
	found := make(map[store.RequestKey]store.Request, len(keys))
	for of, part := range grouped(keys, numbersOf, compareNumbers) {
		t.queue(`
		select k.number, r.content, r.answer, r.at
		from unnest($5::text[]) k (number)
		cross join lateral (
			select content, answer, at
			from request
			where creator_mchid = $1 and stock_id = $2 and operation = $3 and subject = $4 and number = k.number
			limit 1) r`,
			[]any{of.Owner, of.Stock, int16(of.Operation), []byte(of.Subject), column(part, func(k *store.RequestKey) string { return k.Number })},
			func(scan row.Scan) error {
				r := store.Request{RequestKey: of}
				var content pgtype.DriverBytes
				var at int64
				err := scan(&r.Number, &content, &r.Answer, &at)
				r.At = store.TimeOf(at)
				copy(r.Content[:], content)
				found[r.RequestKey] = r
				return err
			})
	}
	return found
}

// numbersOf is a key without its number.
func numbersOf(k *store.RequestKey) store.RequestKey {
	of := *k
	of.Number = ""
	return of
}

func compareNumbers(a, b store.RequestKey) int {
	return cmp.Or(cmp.Compare(a.Owner, b.Owner), cmp.Compare(a.Stock, b.Stock),
		cmp.Compare(a.Operation, b.Operation), cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Number, b.Number))
}

// InsertRequests adds those of each owner in one statement.
func (t *tx) InsertRequests(_ context.Context, requests []store.Request) error {
	for owner, part := range grouped(requests, func(r *store.Request) merchant.ID { return r.Owner }, cmp.Compare) {
		t.later(`
		insert into request (creator_mchid, stock_id, operation, subject, number, content, answer, at)
		select $1, k.*
		from unnest($2::text[], $3::smallint[], $4::bytea[], $5::text[], $6::bytea[], $7::bytea[], $8::bigint[]) k`,
			owner,
			column(part, func(r *store.Request) string { return string(r.Stock) }),
			column(part, func(r *store.Request) int16 { return int16(r.Operation) }),
			column(part, func(r *store.Request) []byte { return []byte(r.Subject) }),
			column(part, func(r *store.Request) string { return r.Number }),
			column(part, func(r *store.Request) []byte { return r.Content[:] }),
			column(part, func(r *store.Request) []byte { return nonNil(r.Answer) }),
			column(part, func(r *store.Request) int64 { return store.Seconds(r.At) }))
	}
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
// and whoever reads the row's answer knows that it survives a failover. Rows are met in the order
// of their keys.
func (t *tx) TouchRequests(_ context.Context, keys []store.RequestKey) error {
	for _, k := range slices.SortedFunc(slices.Values(keys), compareNumbers) {
		t.later(`
		update request
		set at = at
		where creator_mchid = $1 and stock_id = $2 and operation = $3 and subject = $4 and number = $5`,
			k.Owner, k.Stock, int16(k.Operation), []byte(k.Subject), k.Number)
	}
	return nil
}
