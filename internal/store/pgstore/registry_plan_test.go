package pgstore_test

import (
	"testing"

	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/pgstore"
)

// callUserQueries has every kind of list of users prepared.
func callUserQueries(t *testing.T, s *pgstore.Store) {
	t.Helper()
	for _, q := range []store.UserQuery{{Limit: 1, Suspicious: true}, {Limit: 1, UnionID: "u"}} {
		if err := s.Read(t.Context(), func(tx store.ReadTx) error {
			_, err := tx.UserPage(t.Context(), q)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// registryPlans are the indexes by which lists of users and merchants are found.
func registryPlans() map[string]string {
	return map[string]string{
		"unionid <> '' and openid >":         `Index Scan using user_unionid on "user" Index Cond: ((unionid = $1) AND (openid > $2))`,
		"where suspicious and openid >":      `Index Scan using user_suspicious on "user" Index Cond: (openid > $1)`,
		`from "user" where openid >`:         `Index Scan using user_pkey on "user" Index Cond: (openid > $1)`,
		"person <> account":                  `Index Scan using user_person on "user" Index Cond: ((person = $1) AND (openid > $2))`,
		"where account = $1 order by appid":  `Index Scan using user_account on "user" Index Cond: (account = $1)`,
		"from merchant where mchid >":        "merchant_pkey on merchant Index Cond: (mchid > $1)",
		"provider_mchid = $1 order by mchid": "sub_merchant_pkey on sub_merchant Index Cond: (provider_mchid = $1)",
	}
}
