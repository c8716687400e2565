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

func compareDeliveries(a, b delivery.Key) int {
	return cmp.Or(cmp.Compare(a.Owner, b.Owner), cmp.Compare(a.Place, b.Place))
}

// ClaimDeliveries changes one after the other, by primary key and in its order: no plan can go wrong.
func (t *tx) ClaimDeliveries(_ context.Context, now time.Time, claims []delivery.Claim) error {
	claims = slices.SortedFunc(slices.Values(claims), func(a, b delivery.Claim) int { return compareDeliveries(a.Key, b.Key) })
	for i := range claims {
		c := &claims[i]
		t.later(`
		update delivery
		set claim = $3, due_ms = $4,
		    started_ms = case taken_ms when 0 then $5 else started_ms end,
		    taken_ms = case taken_ms when 0 then $5 else taken_ms end
		where creator_mchid = $1 and place = $2`,
			c.Owner, c.Place, c.Number, store.Millis(c.Due), store.Millis(now))
	}
	return nil
}

// SettleAttempts changes one delivery after the other, as ClaimDeliveries does.
func (t *tx) SettleAttempts(_ context.Context, outcomes []delivery.Outcome) error {
	outcomes = slices.SortedFunc(slices.Values(outcomes), func(a, b delivery.Outcome) int {
		return compareDeliveries(a.Key, b.Key)
	})
	for i := range outcomes {
		o := &outcomes[i]
		t.later(`
		insert into attempt (creator_mchid, place, number, status, problem, url, serial, at_ms, took_ms, answer)
		select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10
		where exists (
			select 1
			from delivery
			where creator_mchid = $1 and place = $2)
		on conflict do nothing`,
			o.Owner, o.Place, o.Number, o.Status, o.Problem, o.URL, o.Serial, store.Millis(o.At), o.TookMS, o.Answer)
		t.later(`
		update delivery
		set state = $4, due_ms = $5, ended_ms = $6, step = $7, status = $8, problem = $9, sealed = $10, key_version = $11
		where creator_mchid = $1 and place = $2
		  and (state = 'PENDING' and claim = $3 or $4 = 'DELIVERED' and state <> 'DELIVERED')`,
			o.Owner, o.Place, o.Number, o.State, store.Millis(o.Due), store.Millis(o.EndedAt()), o.Step, o.Status, o.Problem,
			nonNil(o.Sealed), o.KeyVersion)
	}
	return nil
}

// ResendDeliveries changes one after the other, as ClaimDeliveries does.
func (t *tx) ResendDeliveries(_ context.Context, keys []delivery.Key, at time.Time) error {
	for _, key := range slices.SortedFunc(slices.Values(keys), compareDeliveries) {
		t.later(`
		update delivery
		set state = 'PENDING', claim = claim + case when state = 'PENDING' then 1 else 0 end,
		    taken_ms = case taken_ms when 0 then $3 else taken_ms end, started_ms = $3, due_ms = $3, step = 0, ended_ms = 0
		where creator_mchid = $1 and place = $2`,
			key.Owner, key.Place, store.Millis(at))
	}
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

// ReplacePayload uses the primary key of delivery.
func (t *tx) ReplacePayload(_ context.Context, key delivery.Key, payload []byte) error {
	t.later(`
		update delivery
		set payload = $3, sealed = '', key_version = 0
		where creator_mchid = $1 and place = $2`, key.Owner, key.Place, payload)
	return nil
}
