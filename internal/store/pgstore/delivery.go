package pgstore

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/row"
)

// AppendEvents uses the primary key of callback, unless it is known who listens.
func (t *tx) AppendEvents(ctx context.Context, events []delivery.Event) error {
	if len(events) == 0 {
		return nil
	}
	if err := t.askListening(ctx, column(events, func(e *delivery.Event) merchant.ID { return e.Owner })...); err != nil {
		return err
	}
	told := map[merchant.ID][]delivery.Event{}
	for _, e := range events {
		if slices.Contains(t.listening[e.Owner].on, e.Product) {
			told[e.Owner] = append(told[e.Owner], e)
		}
	}
	for _, owner := range slices.Sorted(maps.Keys(told)) {
		t.insertDeliveries(owner, told[owner])
	}
	return nil
}

// insertDeliveries makes fresh deliveries. The sequence gives their places in the order of the
// events.
func (t *tx) insertDeliveries(owner merchant.ID, events []delivery.Event) {
	t.later(`
		insert into delivery (creator_mchid, product, event_id, kind, at, payload)
		select $1, *
		from unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::bytea[])`,
		owner,
		column(events, func(e *delivery.Event) string { return string(e.Product) }),
		column(events, func(e *delivery.Event) string { return e.ID }),
		column(events, func(e *delivery.Event) string { return string(e.Kind) }),
		column(events, func(e *delivery.Event) int64 { return store.Seconds(e.At) }),
		column(events, func(e *delivery.Event) []byte { return nonNil(e.Payload) }))
}

// DueDeliveries uses the index delivery_due, twice for each span.
func (t *tx) DueDeliveries(ctx context.Context, now time.Time, spans []store.Span) ([]delivery.Due, error) {
	var list []delivery.Due
	for i := range spans {
		s := &spans[i]
		for _, due := range [][2]int64{{1, store.Millis(now)}, {0, 0}} {
			t.queue(`
				select`+row.DeliveryColumns+`, d.payload
				from delivery d
				where creator_mchid = $1 and product = $2 and state = 'PENDING' and due_ms between $3 and $4
				order by due_ms, place
				limit $5
				for no key update skip locked`,
				[]any{s.Owner, s.Product, due[0], due[1], s.Limit}, row.Into(&list, row.Due))
		}
	}
	return list, t.flush(ctx)
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

// ClaimDeliveries uses the primary key of delivery, once for each claim.
func (t *tx) ClaimDeliveries(_ context.Context, now time.Time, claims []delivery.Claim) error {
	if len(claims) == 0 {
		return nil
	}
	claims = slices.SortedFunc(slices.Values(claims), func(a, b delivery.Claim) int { return compareDeliveries(a.Key, b.Key) })
	t.later(`
		update delivery d
		set claim = k.number, due_ms = k.due_ms,
		    taken_ms = case d.taken_ms when 0 then $5 else d.taken_ms end,
		    started_ms = case d.taken_ms when 0 then $5 else d.started_ms end
		from unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[]) k (owner, place, number, due_ms)
		where d.creator_mchid = k.owner and d.place = k.place`,
		column(claims, func(c *delivery.Claim) string { return string(c.Owner) }),
		column(claims, func(c *delivery.Claim) int64 { return c.Place }),
		column(claims, func(c *delivery.Claim) int64 { return c.Number }),
		column(claims, func(c *delivery.Claim) int64 { return store.Millis(c.Due) }),
		store.Millis(now))
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
		    taken_ms = case taken_ms when 0 then $3 else taken_ms end, started_ms = $3, due_ms = $3, step = 0, ended_ms = 0
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
		where creator_mchid = $1 and ctid = any (array(
			select ctid
			from delivery
			where creator_mchid = $1 and product = $2 and state = 'PENDING' and due_ms > 0 and due_ms <= $3 and started_ms < $4
			order by due_ms, place
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
			limit $3
			for update skip locked) oldest
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
		where creator_mchid = $1 and place = any ($2::bigint[])`,
		key.Owner, old)
	return int64(len(old)), nil
}
