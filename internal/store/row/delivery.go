package row

import (
	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
)

// Callback reads the columns creator_mchid, product, url, is_on and updated_at.
func Callback(scan Scan) (merchant.Callback, error) {
	var c merchant.Callback
	var at int64
	err := scan(&c.Owner, &c.Product, &c.URL, &c.On, &at)
	c.UpdatedAt = store.TimeOf(at)
	return c, err
}

// DeliveryColumns are what Delivery reads, in its order, of the table delivery d.
const DeliveryColumns = `
			d.creator_mchid, d.place, d.product, d.event_id, d.kind, d.at, d.state, d.taken_ms, d.started_ms,
			d.due_ms, d.ended_ms, d.claim, d.step, d.status, d.problem, d.sealed, d.key_version`

// Delivery reads the DeliveryColumns.
func Delivery(scan Scan) (delivery.Delivery, error) { return deliveryAnd(scan) }

// Due reads the DeliveryColumns and the payload behind them.
func Due(scan Scan) (d delivery.Due, err error) {
	d.Delivery, err = deliveryAnd(scan, &d.Payload)
	return d, err
}

// deliveryAnd reads the DeliveryColumns, and more columns behind them.
func deliveryAnd(scan Scan, more ...any) (delivery.Delivery, error) {
	var d delivery.Delivery
	var at, taken, started, due, ended int64
	err := scan(append([]any{
		&d.Owner, &d.Place, &d.Product, &d.EventID, &d.Kind, &at, &d.State, &taken, &started,
		&due, &ended, &d.Claim, &d.Step, &d.Status, &d.Problem, &d.Sealed, &d.KeyVersion,
	}, more...)...)
	d.At = store.TimeOf(at)
	d.TakenAt, d.Started = store.TimeOfMillis(taken), store.TimeOfMillis(started)
	d.Due, d.Ended = store.TimeOfMillis(due), store.TimeOfMillis(ended)
	if len(d.Sealed) == 0 {
		d.Sealed = nil
	}
	return d, err
}
