package pgstore_test

import (
	"errors"
	"testing"
	"time"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/tally"
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
	if err := s.Write(t.Context(), func(tx store.Tx) error {
		_, err := tx.DueDeliveries(t.Context(), time.UnixMilli(1), []store.Span{{}})
		_, errTallies := tx.Tallies(t.Context(), store.TallyQuery{Owner: owner})
		_, errAll := tx.Tallies(t.Context(), store.TallyQuery{})
		_, errStock := tx.Tallies(t.Context(), store.TallyQuery{Owner: owner, Product: merchant.BusiFavor, StockID: "1"})
		_, errExpiries := tx.Expiries(t.Context(), store.ExpiryQuery{Owner: owner})
		_, errEnds := tx.Expiries(t.Context(), store.ExpiryQuery{Owner: owner, Product: merchant.BusiFavor, StockID: "1"})
		return errors.Join(err, errTallies, errAll, errStock, errExpiries, errEnds,
			tx.AddTallies(t.Context(), tally.OfIssued([]coupon.Coupon{{}})),
			tx.SetCallback(t.Context(), merchant.Callback{CallbackKey: listener(), On: true}),
			tx.AppendEvents(t.Context(), []delivery.Event{{Owner: owner, Product: merchant.BusiFavor}}))
	}); err != nil {
		t.Fatal(err)
	}
}

// noticeFilters are statements about callbacks and deliveries that look at more than their
// index can know.
func noticeFilters() []string {
	return []string{
		"from callback where creator_mchid = $1 and is_on", // one for each product
		"from tally_hour", "from tally_expiry", // hours and days of other stocks
		"from request where creator_mchid = $1 and stock_id = ''", // those of some minutes
		"from callback c cross join lateral", "from delivery", "update delivery",
	}
}

// noticePlans are the indexes by which callbacks and deliveries are found.
func noticePlans() map[string]string {
	return map[string]string{
		"where d.creator_mchid = c.creator_mchid":              "delivery_due on delivery d Index Cond: ((creator_mchid = c.creator_mchid) AND (product = c.product) AND (due_ms <= $3))",
		"from callback where creator_mchid = $1 and is_on":     "callback_pkey on callback Index Cond: (creator_mchid = $1)",
		"due_ms between $3 and $4":                             "delivery_due on delivery d Index Cond: ((creator_mchid = $1) AND (product = $2) AND (due_ms >= $3) AND (due_ms <= $4))",
		"stock_id = $4) and creator_mchid = $7":                "tally_hour_pkey on tally_hour Index Cond: ((creator_mchid = $7) AND (hour >= $1) AND (hour < $2))",
		"where creator_mchid = owner.mchid":                    "tally_hour Index Cond: ((creator_mchid = owner.mchid) AND (hour >= $1)",
		"hour = step.at":                                       "(creator_mchid = $7) AND (hour = step.at) AND (product = $3)",
		"day = step.at":                                        "(creator_mchid = $5) AND (day = step.at) AND (product = $3)",
		"stock_id = $4) and creator_mchid = $5":                "tally_expiry_pkey on tally_expiry Index Cond: ((creator_mchid = $5) AND (day >= $1) AND (day < $2))",
		"select product, event_id":                             "delivery_pkey on delivery Index Cond: ((creator_mchid = $1) AND (place = $2))",
		"update delivery set claim":                            "delivery_pkey on delivery Index Cond: ((creator_mchid = $1) AND (place = $2))",
		"update delivery set state = $4":                       "delivery_pkey on delivery Index Cond: ((creator_mchid = $1) AND (place = $2))",
		"update delivery set state = 'PENDING', claim":         "delivery_pkey on delivery Index Cond: ((creator_mchid = $1) AND (place = $2))",
		"insert into attempt":                                  "delivery_pkey on delivery Index Cond: ((creator_mchid = $1) AND (place = $2))",
		"update delivery set state = 'DEAD'":                   "delivery_due on delivery delivery_1 Index Cond: ((creator_mchid = $1) AND (product = $2) AND (due_ms > 0) AND (due_ms <= $3))",
		"where event_id = $1":                                  "delivery_by_event on delivery d Index Cond: ((event_id = $1) AND (creator_mchid = $2))",
		"and state = 'DEAD' order by":                          "delivery_dead on delivery d Index Cond: (creator_mchid = $1)",
		"and ($7::text = '' or state = $7)":                    "delivery_pkey on delivery d Index Cond: (creator_mchid = $1)",
		"from ( select place, state, ended_ms":                 "delivery_pkey on delivery Index Cond: (creator_mchid = $1)",
		"from attempt where creator_mchid = $1 and place = $2": "attempt_pkey on attempt Index Cond: ((creator_mchid = $1) AND (place = $2))",
	}
}
