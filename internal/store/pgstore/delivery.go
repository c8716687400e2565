package pgstore

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/row"
)

// OutboxAfter uses the primary key, outbox_by_owner, once for each span. It stops at the
// horizon.
func (t *tx) OutboxAfter(ctx context.Context, spans []store.Span) (map[merchant.CallbackKey][]store.Placed, error) {
	found := map[merchant.CallbackKey][]store.Placed{}
	if len(spans) == 0 {
		return found, nil
	}
	settled, err := t.horizon(ctx)
	if err != nil || settled == 0 {
		return found, err
	}
	err = t.rows(ctx, `
		select k.number, o.*
		from unnest($1::text[], $2::bigint[], $3::bigint[]) with ordinality k (owner, after, most, number)
		cross join lateral (
			select id, event_id, kind, at, payload
			from outbox
			where creator_mchid = k.owner and id > k.after and id <= $4
			order by id
			limit k.most) o`,
		[]any{
			column(spans, func(s *store.Span) string { return string(s.Owner) }),
			column(spans, func(s *store.Span) int64 { return s.After }),
			column(spans, func(s *store.Span) int64 { return s.Limit }),
			settled,
		}, func(scan row.Scan) error {
			var e store.Placed
			var number, at int64
			err := scan(&number, &e.Place, &e.ID, &e.Kind, &at, &e.Payload)
			if err == nil {
				key := spans[number-1].CallbackKey
				e.Owner, e.At = key.Owner, store.TimeOf(at)
				found[key] = append(found[key], e)
			}
			return err
		})
	return found, err
}

// DueDeliveries uses the index delivery_due and the primary key of outbox, once for each
// span.
func (t *tx) DueDeliveries(ctx context.Context, now time.Time, spans []store.Span) ([]delivery.Due, error) {
	if len(spans) == 0 {
		return nil, nil
	}
	var list []delivery.Due
	err := t.rows(ctx, `
		select`+row.DeliveryColumns+`, o.at, o.payload
		from unnest($1::text[], $2::text[], $3::bigint[]) k (owner, product, most)
		cross join lateral (
			select *
			from delivery
			where creator_mchid = k.owner and product = k.product and state = 'PENDING' and due_ms <= $4
			order by due_ms
			limit k.most
			for no key update skip locked) d
		cross join lateral (
			select at, payload
			from outbox
			where creator_mchid = d.creator_mchid and id = d.place
			limit 1) o`,
		[]any{
			column(spans, func(s *store.Span) string { return string(s.Owner) }),
			column(spans, func(s *store.Span) string { return string(s.Product) }),
			column(spans, func(s *store.Span) int64 { return s.Limit }),
			store.Millis(now),
		}, func(scan row.Scan) error {
			var d delivery.Due
			var at int64
			var err error
			d.Delivery, err = row.DeliveryAnd(scan, &at, &d.Event.Payload)
			d.Event.Owner, d.Event.ID, d.Event.Kind, d.Event.At = d.Owner, d.EventID, d.Kind, store.TimeOf(at)
			list = append(list, d)
			return err
		})
	return list, err
}

func (t *tx) InsertDeliveries(_ context.Context, list []delivery.Delivery) error {
	if len(list) == 0 {
		return nil
	}
	t.later(`
		insert into delivery (
			creator_mchid, place, product, event_id, kind, state, taken_ms, started_ms,
			due_ms, ended_ms, claim, step, status, problem, sealed, key_version)
		select *
		from unnest(
			$1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[],
			$9::bigint[], $10::bigint[], $11::bigint[], $12::integer[], $13::integer[], $14::text[], $15::bytea[], $16::integer[])`,
		column(list, func(d *delivery.Delivery) string { return string(d.Owner) }),
		column(list, func(d *delivery.Delivery) int64 { return d.Place }),
		column(list, func(d *delivery.Delivery) string { return string(d.Product) }),
		column(list, func(d *delivery.Delivery) string { return d.EventID }),
		column(list, func(d *delivery.Delivery) string { return string(d.Kind) }),
		column(list, func(d *delivery.Delivery) string { return string(d.State) }),
		column(list, func(d *delivery.Delivery) int64 { return store.Millis(d.TakenAt) }),
		column(list, func(d *delivery.Delivery) int64 { return store.Millis(d.Started) }),
		column(list, func(d *delivery.Delivery) int64 { return store.Millis(d.Due) }),
		column(list, func(d *delivery.Delivery) int64 { return store.Millis(d.Ended) }),
		column(list, func(d *delivery.Delivery) int64 { return d.Claim }),
		column(list, func(d *delivery.Delivery) int { return d.Step }),
		column(list, func(d *delivery.Delivery) int { return d.Status }),
		column(list, func(d *delivery.Delivery) string { return d.Problem }),
		column(list, func(d *delivery.Delivery) []byte { return nonNil(d.Sealed) }),
		column(list, func(d *delivery.Delivery) int { return d.KeyVersion }))
	return nil
}

// deliveryKeys are two parameters: the columns of the primary key, in its order, in which
// all transactions lock.
func deliveryKeys(keys []delivery.Key) (owners []string, places []int64) {
	keys = slices.SortedFunc(slices.Values(keys), compareDeliveries)
	return column(keys, func(k *delivery.Key) string { return string(k.Owner) }),
		column(keys, func(k *delivery.Key) int64 { return k.Place })
}

func compareDeliveries(a, b delivery.Key) int {
	return cmp.Or(cmp.Compare(a.Owner, b.Owner), cmp.Compare(a.Place, b.Place))
}

// ClaimDeliveries uses the primary key of delivery, once for each key.
func (t *tx) ClaimDeliveries(_ context.Context, keys []delivery.Key, until time.Time) error {
	if len(keys) == 0 {
		return nil
	}
	owners, places := deliveryKeys(keys)
	t.later(`
		update delivery d
		set claim = claim + 1, due_ms = $3
		from unnest($1::text[], $2::bigint[]) k (owner, place)
		where d.creator_mchid = k.owner and d.place = k.place`,
		owners, places, store.Millis(until))
	return nil
}

// MoveFeeds uses the primary key of callback, once for each feed.
func (t *tx) MoveFeeds(_ context.Context, feeds []store.Feed) error {
	if len(feeds) == 0 {
		return nil
	}
	t.later(`
		update callback c
		set position = k.position, passed = k.passed, taken = k.taken, removed = k.removed
		from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])
			k (owner, product, position, passed, taken, removed)
		where c.creator_mchid = k.owner and c.product = k.product`,
		column(feeds, func(f *store.Feed) string { return string(f.Owner) }),
		column(feeds, func(f *store.Feed) string { return string(f.Product) }),
		column(feeds, func(f *store.Feed) int64 { return f.Position }),
		column(feeds, func(f *store.Feed) int64 { return f.Passed }),
		column(feeds, func(f *store.Feed) int64 { return f.Taken }),
		column(feeds, func(f *store.Feed) int64 { return f.Removed }))
	return nil
}

// SettleAttempts uses the primary keys of delivery and attempt, once for each outcome.
func (t *tx) SettleAttempts(_ context.Context, outcomes []delivery.Outcome) error {
	if len(outcomes) == 0 {
		return nil
	}
	outcomes = slices.SortedFunc(slices.Values(outcomes), func(a, b delivery.Outcome) int {
		return compareDeliveries(a.Key, b.Key)
	})
	keys := []any{
		column(outcomes, func(o *delivery.Outcome) string { return string(o.Owner) }),
		column(outcomes, func(o *delivery.Outcome) int64 { return o.Place }),
		column(outcomes, func(o *delivery.Outcome) int64 { return o.Number }),
		column(outcomes, func(o *delivery.Outcome) int { return o.Status }),
		column(outcomes, func(o *delivery.Outcome) string { return o.Problem }),
	}
	t.keepAttempts(outcomes, keys)
	t.applyOutcomes(outcomes, keys)
	return nil
}

// keepAttempts and applyOutcomes share five parameters, which begin with the keys.
func (t *tx) keepAttempts(outcomes []delivery.Outcome, keys []any) {
	t.later(`
		insert into attempt (creator_mchid, place, number, status, problem, url, serial, at_ms, took_ms, answer)
		select k.*
		from unnest(
			$1::text[], $2::bigint[], $3::bigint[], $4::integer[], $5::text[],
			$6::text[], $7::text[], $8::bigint[], $9::bigint[], $10::text[])
			k (owner, place, number, status, problem, url, serial, at_ms, took_ms, answer)
		where exists (
			select 1
			from delivery d
			where d.creator_mchid = k.owner and d.place = k.place)
		on conflict do nothing`,
		append(slices.Clip(keys),
			column(outcomes, func(o *delivery.Outcome) string { return o.URL }),
			column(outcomes, func(o *delivery.Outcome) string { return o.Serial }),
			column(outcomes, func(o *delivery.Outcome) int64 { return store.Millis(o.At) }),
			column(outcomes, func(o *delivery.Outcome) int64 { return o.TookMS }),
			column(outcomes, func(o *delivery.Outcome) string { return o.Answer }))...)
}

func (t *tx) applyOutcomes(outcomes []delivery.Outcome, keys []any) {
	t.later(`
		update delivery d
		set state = k.state, due_ms = k.due_ms, ended_ms = k.ended_ms, step = k.step, status = k.status,
		    problem = k.problem, sealed = k.sealed, key_version = k.key_version
		from unnest(
			$1::text[], $2::bigint[], $3::bigint[], $4::integer[], $5::text[],
			$6::text[], $7::bigint[], $8::bigint[], $9::integer[], $10::bytea[], $11::integer[])
			k (owner, place, number, status, problem, state, due_ms, ended_ms, step, sealed, key_version)
		where d.creator_mchid = k.owner and d.place = k.place
		  and (d.state = 'PENDING' and d.claim = k.number or k.state = 'DELIVERED' and d.state <> 'DELIVERED')`,
		append(slices.Clip(keys),
			column(outcomes, func(o *delivery.Outcome) string { return string(o.State) }),
			column(outcomes, func(o *delivery.Outcome) int64 { return store.Millis(o.Due) }),
			column(outcomes, func(o *delivery.Outcome) int64 { return store.Millis(o.EndedAt()) }),
			column(outcomes, func(o *delivery.Outcome) int { return o.Step }),
			column(outcomes, func(o *delivery.Outcome) []byte { return nonNil(o.Sealed) }),
			column(outcomes, func(o *delivery.Outcome) int { return o.KeyVersion }))...)
}

// ResendDeliveries uses the primary key of delivery, once for each key.
func (t *tx) ResendDeliveries(_ context.Context, keys []delivery.Key, at time.Time) error {
	if len(keys) == 0 {
		return nil
	}
	owners, places := deliveryKeys(keys)
	t.later(`
		update delivery d
		set state = 'PENDING', claim = claim + case when state = 'PENDING' then 1 else 0 end,
		    started_ms = $3, due_ms = $3, step = 0, ended_ms = 0
		from unnest($1::text[], $2::bigint[]) k (owner, place)
		where d.creator_mchid = k.owner and d.place = k.place`,
		owners, places, store.Millis(at))
	return nil
}

// ExpireDeliveries uses the index delivery_due.
func (t *tx) ExpireDeliveries(ctx context.Context, e store.Expiry) (int64, error) {
	return t.count(ctx, `
		update delivery
		set state = 'DEAD', ended_ms = $3, problem = $6
		where ctid = any (array(
			select ctid
			from delivery
			where creator_mchid = $1 and product = $2 and state = 'PENDING' and due_ms <= $3 and started_ms < $4
			order by due_ms
			limit $5
			for no key update skip locked))`,
		e.Owner, e.Product, store.Millis(e.Now), store.Millis(e.StartedBefore), e.Limit, store.ProblemExpired)
}

// count runs a statement and returns how many rows it changed.
func (t *tx) count(ctx context.Context, statement string, args ...any) (n int64, err error) {
	t.later(statement, args...).Exec(func(tag pgconn.CommandTag) error {
		n = tag.RowsAffected()
		return nil
	})
	err = t.flush(ctx)
	return n, err
}

// RemoveDeliveries uses the primary keys of delivery and attempt, and looks at so many rows
// only.
func (t *tx) RemoveDeliveries(ctx context.Context, key merchant.CallbackKey, before time.Time, limit int64) (int64, error) {
	var old []int64
	err := t.rows(ctx, `
		select place
		from (
			select place, state, ended_ms
			from delivery
			where creator_mchid = $1 and product = $2
			order by place
			limit $3) oldest
		where state <> 'PENDING' and ended_ms < $4`,
		[]any{key.Owner, key.Product, limit, store.Millis(before)}, func(scan row.Scan) error {
			var place int64
			err := scan(&place)
			old = append(old, place)
			return err
		})
	if err != nil || len(old) == 0 {
		return 0, err
	}
	t.later(`
		delete from attempt
		where creator_mchid = $1 and place = any ($2::bigint[])`,
		key.Owner, old)
	t.later(`
		delete from delivery
		where creator_mchid = $1 and place = any ($2::bigint[]) and state <> 'PENDING'`,
		key.Owner, old)
	return int64(len(old)), nil
}
