package sqlitestore

import (
	"context"
	"time"

	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/row"
)

// OutboxAfter uses the primary key of outbox. There is one writer, so that events become
// visible in the order of their places.
func (t *tx) OutboxAfter(ctx context.Context, spans []store.Span) (map[merchant.CallbackKey][]store.Placed, error) {
	found := map[merchant.CallbackKey][]store.Placed{}
	for _, span := range spans {
		if err := t.rows(ctx, `
			select id, event_id, kind, at, payload
			from outbox
			where creator_mchid = ? and id > ?
			order by id
			limit ?`,
			[]any{span.Owner, span.After, span.Limit}, func(scan row.Scan) error {
				e := store.Placed{Event: delivery.Event{Owner: span.Owner}}
				var at int64
				err := scan(&e.Place, &e.ID, &e.Kind, &at, &e.Payload)
				e.At = store.TimeOf(at)
				found[span.CallbackKey] = append(found[span.CallbackKey], e)
				return err
			}); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// DueDeliveries uses the index delivery_due and the primary key of outbox.
func (t *tx) DueDeliveries(ctx context.Context, now time.Time, spans []store.Span) ([]delivery.Due, error) {
	var list []delivery.Due
	for _, span := range spans {
		if err := t.rows(ctx, `
			select`+row.DeliveryColumns+`, o.event_id, o.kind, o.at, o.payload
			from (
				select *
				from delivery
				where creator_mchid = ? and product = ? and state = 'PENDING' and due_ms <= ?
				order by due_ms, place
				limit ?) d
			join (select creator_mchid owner, id, event_id, kind, at, payload from outbox) o
			  on o.owner = d.creator_mchid and o.id = d.place
			order by due_ms, place`,
			[]any{span.Owner, span.Product, store.Millis(now), span.Limit}, func(scan row.Scan) error {
				var d delivery.Due
				var at int64
				var err error
				d.Delivery, err = row.DeliveryAnd(scan, &d.Event.ID, &d.Event.Kind, &at, &d.Event.Payload)
				d.Event.Owner, d.Event.At = d.Owner, store.TimeOf(at)
				list = append(list, d)
				return err
			}); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (t *tx) InsertDeliveries(ctx context.Context, list []delivery.Delivery) error {
	for i := range list {
		d := &list[i]
		if err := t.exec(ctx, `
			insert into delivery (
				creator_mchid, place, product, event_id, kind, state, taken_ms, started_ms,
				due_ms, ended_ms, claim, step, status, problem, sealed, key_version)
			values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			d.Owner, d.Place, d.Product, d.EventID, d.Kind, d.State, store.Millis(d.TakenAt), store.Millis(d.Started),
			store.Millis(d.Due), store.Millis(d.Ended), d.Claim, d.Step, d.Status, d.Problem, nonNil(d.Sealed), d.KeyVersion); err != nil {
			return err
		}
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

func (t *tx) ClaimDeliveries(ctx context.Context, keys []delivery.Key, until time.Time) error {
	for _, key := range keys {
		if err := t.exec(ctx, `
			update delivery
			set claim = claim + 1, due_ms = ?3
			where creator_mchid = ?1 and place = ?2`,
			key.Owner, key.Place, store.Millis(until)); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) MoveFeeds(ctx context.Context, feeds []store.Feed) error {
	for i := range feeds {
		f := &feeds[i]
		if err := t.exec(ctx, `
			update callback
			set position = ?3, passed = ?4, taken = ?5, removed = ?6
			where creator_mchid = ?1 and product = ?2`,
			f.Owner, f.Product, f.Position, f.Passed, f.Taken, f.Removed); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) SettleAttempts(ctx context.Context, outcomes []delivery.Outcome) error {
	for i := range outcomes {
		if err := t.settle(ctx, &outcomes[i]); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) settle(ctx context.Context, o *delivery.Outcome) error {
	there, err := t.exists(ctx, `
		select 1
		from delivery
		where creator_mchid = ? and place = ?`, o.Owner, o.Place)
	if err != nil || !there {
		return err
	}
	if err := t.exec(ctx, `
		insert into attempt (creator_mchid, place, number, url, serial, at_ms, took_ms, status, problem, answer)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		on conflict do nothing`,
		o.Owner, o.Place, o.Number, o.URL, o.Serial, store.Millis(o.At), o.TookMS, o.Status, o.Problem, o.Answer); err != nil {
		return err
	}
	return t.exec(ctx, `
		update delivery
		set state = ?4, due_ms = ?5, ended_ms = ?6, step = ?7, status = ?8, problem = ?9, sealed = ?10, key_version = ?11
		where creator_mchid = ?1 and place = ?2
		  and (state = 'PENDING' and claim = ?3 or ?4 = 'DELIVERED' and state <> 'DELIVERED')`,
		o.Owner, o.Place, o.Number, o.State, store.Millis(o.Due), store.Millis(o.EndedAt()), o.Step, o.Status, o.Problem,
		nonNil(o.Sealed), o.KeyVersion)
}

func (t *tx) ResendDeliveries(ctx context.Context, keys []delivery.Key, at time.Time) error {
	for _, key := range keys {
		if err := t.exec(ctx, `
			update delivery
			set state = 'PENDING', claim = claim + (state = 'PENDING'), started_ms = ?3, due_ms = ?3, step = 0, ended_ms = 0
			where creator_mchid = ?1 and place = ?2`,
			key.Owner, key.Place, store.Millis(at)); err != nil {
			return err
		}
	}
	return nil
}

// ExpireDeliveries uses the index delivery_due.
func (t *tx) ExpireDeliveries(ctx context.Context, e store.Expiry) (int64, error) {
	return t.execCount(ctx, `
		update delivery
		set state = 'DEAD', ended_ms = ?3, problem = ?6
		where (creator_mchid, place) in (
			select creator_mchid, place
			from delivery
			where creator_mchid = ?1 and product = ?2 and state = 'PENDING' and due_ms <= ?3 and started_ms < ?4
			order by due_ms
			limit ?5)`,
		e.Owner, e.Product, store.Millis(e.Now), store.Millis(e.StartedBefore), e.Limit, store.ProblemExpired)
}

// RemoveDeliveries uses the primary key of delivery and looks at so many rows only.
func (t *tx) RemoveDeliveries(ctx context.Context, key merchant.CallbackKey, before time.Time, limit int64) (int64, error) {
	var old []delivery.Key
	err := t.rows(ctx, `
		select place
		from (
			select place, state, ended_ms
			from delivery
			where creator_mchid = ? and product = ?
			order by place
			limit ?)
		where state <> 'PENDING' and ended_ms < ?`,
		[]any{key.Owner, key.Product, limit, store.Millis(before)}, func(scan row.Scan) error {
			k := delivery.Key{Owner: key.Owner}
			err := scan(&k.Place)
			old = append(old, k)
			return err
		})
	if err != nil {
		return 0, err
	}
	for _, k := range old {
		for _, statement := range []string{
			`
			delete from attempt
			where creator_mchid = ? and place = ?`,
			`
			delete from delivery
			where creator_mchid = ? and place = ?`,
		} {
			if err := t.exec(ctx, statement, k.Owner, k.Place); err != nil {
				return 0, err
			}
		}
	}
	return int64(len(old)), nil
}
