package pgstore_test

import (
	"errors"
	"testing"

	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/pgstore"
)

// callQueries asks for lists of which the statement depends on what is asked.
func callQueries(t *testing.T, s *pgstore.Store) {
	t.Helper()
	for _, q := range []store.DeliveryQuery{{State: delivery.Dead}, {State: delivery.Pending}} {
		if err := s.Read(t.Context(), func(tx store.ReadTx) error {
			_, err := tx.Deliveries(t.Context(), q)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	s.Settle(1) // or nothing is asked for
	if err := s.Write(t.Context(), func(tx store.Tx) error {
		_, err := tx.OutboxAfter(t.Context(), []store.Span{{}})
		return errors.Join(err, tx.AppendEvents(t.Context(), []delivery.Event{{Owner: "1"}}))
	}); err != nil {
		t.Fatal(err)
	}
}

// noticeFilters are statements about callbacks and deliveries that look at more than their
// index can know.
func noticeFilters() []string {
	return []string{
		"pg_current_xact_id()", // asked once for a batch
		"from request where creator_mchid = $1 and stock_id = ''", // those of some minutes
		"from callback c cross join lateral", "from delivery", "update delivery",
	}
}

// noticePlans are the indexes by which callbacks and deliveries are found.
func noticePlans() map[string]string {
	return map[string]string{
		"from outbox where creator_mchid = $1 order":           "outbox_by_owner on outbox Index Cond: (creator_mchid = $1)",
		"from outbox where creator_mchid = $1 and id":          "outbox_by_owner on outbox Index Cond: ((creator_mchid = $1) AND (id = $2))",
		"from outbox where creator_mchid = k.owner":            "outbox_by_owner on outbox Index Cond: ((creator_mchid = k.owner) AND (id > k.after) AND (id <= $4))",
		"from callback c cross join lateral":                   "Index Only Scan using outbox_by_owner on outbox o Index Cond: ((creator_mchid = c.creator_mchid) AND (id > c.\"position\"))",
		"where c.is_on and d.creator_mchid":                    "delivery_due on delivery d Index Cond: ((creator_mchid = c.creator_mchid) AND (product = c.product) AND (due_ms <= $3))",
		"from callback where creator_mchid = k.owner":          "callback_pkey on callback Index Cond: ((creator_mchid = k.owner) AND (product = k.product))",
		"update callback c set position":                       "callback_pkey on callback c Index Cond: ((creator_mchid = (k.owner)::text) AND (product = (k.product)::text))",
		"from delivery where creator_mchid = k.owner":          "delivery_due on delivery Index Cond: ((creator_mchid = k.owner) AND (product = k.product) AND (due_ms <= $4))",
		"update delivery d":                                    "delivery_pkey on delivery d Index Cond: ((creator_mchid = (k.owner)::text) AND (place = k.place))",
		"insert into attempt":                                  "delivery_pkey on delivery d Index Cond: ((creator_mchid = (k.owner)::text) AND (place = k.place))",
		"update delivery set state = 'DEAD'":                   "delivery_due on delivery delivery_1 Index Cond: ((creator_mchid = $1) AND (product = $2) AND (due_ms <= $3))",
		"where event_id = $1":                                  "delivery_by_event on delivery d Index Cond: ((event_id = $1) AND (creator_mchid = $2))",
		"and state = 'DEAD' order by":                          "delivery_dead on delivery d Index Cond: (creator_mchid = $1)",
		"and ($7::text = '' or state = $7)":                    "delivery_pkey on delivery d Index Cond: (creator_mchid = $1)",
		"from ( select place, state, ended_ms":                 "delivery_pkey on delivery Index Cond: (creator_mchid = $1)",
		"from attempt where creator_mchid = $1 and place = $2": "attempt_pkey on attempt Index Cond: ((creator_mchid = $1) AND (place = $2))",
	}
}
