package sqlitestore

import (
	"context"
	"time"

	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/row"
)

// AppendEvents asks once for each callback who listens.
func (t *tx) AppendEvents(ctx context.Context, events []delivery.Event) error {
	listens := map[merchant.CallbackKey]bool{}
	for i := range events {
		e := &events[i]
		key := merchant.CallbackKey{Owner: e.Owner, Product: e.Product}
		on, known := listens[key]
		if !known {
			var err error
			if on, err = t.Listens(ctx, key); err != nil {
				return err
			}
			listens[key] = on
		}
		if !on {
			continue
		}
		if err := t.insertDelivery(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) insertDelivery(ctx context.Context, e *delivery.Event) error {
	place, err := t.next(ctx, `select coalesce(max(place), 0) from delivery where creator_mchid = ?`, e.Owner)
	if err != nil {
		return err
	}
	return t.exec(ctx, `
		insert into delivery (
			creator_mchid, place, product, event_id, kind, at, payload, state, taken_ms, started_ms, due_ms, claim)
		values (?, ?, ?, ?, ?, ?, ?, 'PENDING', 0, 0, 0, 0)`,
		e.Owner, place, e.Product, e.ID, e.Kind, store.Seconds(e.At), nonNil(e.Payload))
}

// DueDeliveries uses the index delivery_due.
func (t *tx) DueDeliveries(ctx context.Context, now time.Time, spans []store.Span) ([]delivery.Due, error) {
	var list []delivery.Due
	for _, span := range spans {
		for _, due := range []struct{ from, until int64 }{{1, store.Millis(now)}, {0, 0}} {
			if err := t.rows(ctx, `
				select`+row.DeliveryColumns+`, payload
				from delivery d
				where creator_mchid = ? and product = ? and state = 'PENDING' and due_ms between ? and ?
				order by due_ms, place
				limit ?`,
				[]any{span.Owner, span.Product, due.from, due.until, span.Limit}, row.Into(&list, row.Due)); err != nil {
				return nil, err
			}
		}
	}
	return list, nil
}

// nonNil returns the bytes, not null for none.
func nonNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

func (t *tx) ClaimDeliveries(ctx context.Context, now time.Time, claims []delivery.Claim) error {
	for _, c := range claims {
		if err := t.exec(ctx, `
			update delivery
			set claim = ?3, due_ms = ?4,
			    taken_ms = iif(taken_ms = 0, ?5, taken_ms), started_ms = iif(taken_ms = 0, ?5, started_ms)
			where creator_mchid = ?1 and place = ?2`,
			c.Owner, c.Place, c.Number, store.Millis(c.Due), store.Millis(now)); err != nil {
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
			set state = 'PENDING', claim = claim + (state = 'PENDING'),
			    taken_ms = iif(taken_ms = 0, ?3, taken_ms), started_ms = ?3, due_ms = ?3, step = 0, ended_ms = 0
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
			where creator_mchid = ?1 and product = ?2 and state = 'PENDING' and due_ms between 1 and ?3 and started_ms < ?4
			order by due_ms, place
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

func (t *tx) ReplacePayload(ctx context.Context, key delivery.Key, payload []byte) error {
	return t.exec(ctx, `
		update delivery
		set payload = ?, sealed = x'', key_version = 0
		where creator_mchid = ? and place = ?`, payload, key.Owner, key.Place)
}
