package sqlitestore

import (
	"context"
	"time"

	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/row"
)

func (t *tx) Callback(ctx context.Context, key merchant.CallbackKey) (merchant.Callback, error) {
	c := merchant.Callback{CallbackKey: key}
	var at int64
	err := t.row(ctx, `
		select url, is_on, updated_at
		from callback
		where creator_mchid = ? and product = ?`,
		[]any{key.Owner, key.Product}, []any{&c.URL, &c.On, &at})
	if err != nil {
		return merchant.Callback{}, err
	}
	c.UpdatedAt = store.TimeOf(at)
	return c, nil
}

func (t *tx) Callbacks(ctx context.Context, after merchant.CallbackKey, limit int64) ([]merchant.Callback, error) {
	return t.callbacks(ctx, `
		select creator_mchid, product, url, is_on, updated_at
		from callback
		where (creator_mchid, product) > (?, ?)
		order by creator_mchid, product
		limit ?`,
		after.Owner, after.Product, limit)
}

// Backlog uses the index delivery_due, once for each callback.
func (t *tx) Backlog(ctx context.Context, now time.Time, after merchant.CallbackKey, limit int64) ([]merchant.Callback, error) {
	return t.callbacks(ctx, `
		select creator_mchid, product, url, is_on, updated_at
		from callback c
		where (creator_mchid, product) > (?, ?)
		  and is_on and exists (
			select 1
			from delivery d
			where d.creator_mchid = c.creator_mchid and d.product = c.product
			  and d.state = 'PENDING' and d.due_ms <= ?)
		order by creator_mchid, product
		limit ?`,
		after.Owner, after.Product, store.Millis(now), limit)
}

func (t *tx) callbacks(ctx context.Context, query string, args ...any) ([]merchant.Callback, error) {
	var list []merchant.Callback
	err := t.rows(ctx, query, args, row.Into(&list, row.Callback))
	return list, err
}

// Deliveries uses the primary key of delivery or the index delivery_dead.
func (t *tx) Deliveries(ctx context.Context, q store.DeliveryQuery) ([]delivery.Delivery, error) {
	query := `
		select` + row.DeliveryColumns + `
		from delivery d
		where creator_mchid = ?1
		  and (?2 = '' or product = ?2)
		  and (?3 = 0 or place < ?3)
		  and taken_ms >= ?4
		  and (?5 = 0 or taken_ms < ?5)`
	args := []any{q.Owner, q.Product, q.Before, store.Millis(q.From), store.Millis(q.Until), q.Limit}
	if q.State == delivery.Dead {
		query += ` and state = 'DEAD'`
	} else {
		query += ` and (?7 = '' or state = ?7)`
		args = append(args, q.State)
	}
	var list []delivery.Delivery
	err := t.rows(ctx, query+`
		order by place desc
		limit ?6`,
		args, row.Into(&list, row.Delivery))
	return list, err
}

// DeliveryOf uses the index delivery_by_event.
func (t *tx) DeliveryOf(ctx context.Context, owner merchant.ID, eventID string) (delivery.Delivery, error) {
	var found []delivery.Delivery
	err := t.rows(ctx, `
		select`+row.DeliveryColumns+`
		from delivery d
		where event_id = ?1 and creator_mchid = ?2
		limit 1`,
		[]any{eventID, owner}, row.Into(&found, row.Delivery))
	return row.First(found, err)
}

func (t *tx) Attempts(ctx context.Context, key delivery.Key) ([]delivery.Attempt, error) {
	var list []delivery.Attempt
	err := t.rows(ctx, `
		select number, url, serial, at_ms, took_ms, status, problem, answer
		from attempt
		where creator_mchid = ? and place = ?
		order by number`,
		[]any{key.Owner, key.Place}, func(scan row.Scan) error {
			var a delivery.Attempt
			var at int64
			err := scan(&a.Number, &a.URL, &a.Serial, &at, &a.TookMS, &a.Status, &a.Problem, &a.Answer)
			a.At = store.TimeOfMillis(at)
			list = append(list, a)
			return err
		})
	return list, err
}

func (t *tx) EventAt(ctx context.Context, key delivery.Key) (delivery.Event, error) {
	e := delivery.Event{Owner: key.Owner}
	var at int64
	err := t.row(ctx, `
		select product, event_id, kind, at, payload
		from delivery
		where creator_mchid = ? and place = ?`,
		[]any{key.Owner, key.Place}, []any{&e.Product, &e.ID, &e.Kind, &at, &e.Payload})
	if err != nil {
		return delivery.Event{}, err
	}
	e.At = store.TimeOf(at)
	return e, nil
}

// SetCallback waits for nobody: there is one writer.
func (t *tx) SetCallback(ctx context.Context, c merchant.Callback) error {
	return t.exec(ctx, `
		insert into callback (creator_mchid, product, url, is_on, updated_at)
		values (?, ?, ?, ?, ?)
		on conflict (creator_mchid, product) do update
		set url = excluded.url, is_on = excluded.is_on, updated_at = excluded.updated_at`,
		c.Owner, c.Product, c.URL, c.On, store.Seconds(c.UpdatedAt))
}

func (t *tx) Listens(ctx context.Context, key merchant.CallbackKey) (bool, error) {
	return t.exists(ctx, `
		select 1
		from callback
		where creator_mchid = ? and product = ? and is_on`, key.Owner, key.Product)
}
