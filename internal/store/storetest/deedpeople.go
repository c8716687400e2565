package storetest

import (
	"fmt"
	"time"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
)

// few names one of four, so that deeds collide.
func few(prefix string, n int) string { return fmt.Sprint(prefix, n%4) }

// owner is one of two merchants.
func owner(n int) merchant.ID {
	if n%2 == 0 {
		return creator
	}
	return other
}

// someMerchant returns a merchant; later variants of one differ.
func someMerchant(n int) merchant.Merchant {
	ids := []merchant.ID{creator, other, "1900000003"}
	return merchant.Merchant{
		ID: ids[n%len(ids)], Name: fmt.Sprint("n", n/2), Kind: merchant.Ordinary, KeyMode: merchant.ModeCertificate,
		AppIDs: []merchant.AppID{merchant.AppID(few("wx", n))}, Permissions: []merchant.Permission{merchant.IssueByAPI},
	}
}

func someUser(n int) user.User {
	return user.User{
		AppID: merchant.AppID(few("wx", n)), OpenID: user.OpenID(few("o", n)), ID: holder(byte(n % 4)), Person: holder(byte(n / 2 % 4)),
		UnionID: few("u", n/2), Suspicious: n >= 4,
	}
}

func someSecret(n int) store.Secret {
	return store.Secret{Owner: owner(n), Purpose: store.PurposeAPIv3, Version: 1 + n/2, Box: []byte{byte(n)}, PEM: "pem"}
}

func someCertificate(n int) merchant.Certificate {
	return merchant.Certificate{
		Owner: owner(n), Serial: few("AB", n), PEM: "pem", NotBefore: noon(), NotAfter: noon().Add(time.Hour), Status: merchant.CertificateActive,
	}
}

// peopleDeeds are about merchants, keys and users.
func peopleDeeds() []deed {
	return []deed{
		{"InsertMerchant", of(func(n int) []any { return []any{someMerchant(n), noon()} })},
		{"LockMerchant", of(func(n int) []any { return []any{someMerchant(n).ID} })},
		{"UpdateMerchant", of(func(n int) []any { return []any{someMerchant(n)} })},
		{"AddSubMerchant", of(func(n int) []any { return []any{owner(n), owner(n + 1)} })},
		{"RemoveSubMerchant", of(func(n int) []any { return []any{owner(n), owner(n + 1)} })},
		{"JoinBrand", of(func(n int) []any { return []any{owner(n / 2), fmt.Sprint("brand", n%2)} })},
		{"InsertCertificate", of(func(n int) []any { return []any{someCertificate(n)} })},
		{"SetCertificateStatus", of(func(n int) []any { return []any{owner(n), few("AB", n), merchant.CertificateRevoked} })},
		{"InsertPlatformKey", of(func(n int) []any {
			return []any{merchant.PlatformKey{Owner: owner(n), Serial: few("CD", n), PEM: "pem", Effective: noon(), Expire: noon(), SignsFrom: noon()}}
		})},
		{"InsertSecret", of(func(n int) []any { return []any{someSecret(n)} })},
		{"InsertSealingKey", of(func(n int) []any {
			return []any{store.SealingKey{Generation: 1 + n%4, Fingerprint: few("f", n)}}
		})},
		{"ReplaceBox", of(func(n int) []any { return []any{someSecret(n), []byte{byte(n), 1}} })},
		{"LockSealingKey", of(func(n int) []any { return []any{few("f", n)} })},
		{"DropSealingKey", of(func(n int) []any { return []any{few("f", n)} })},
		{"InsertUsers", of(func(n int) []any { return []any{[]user.User{someUser(n), someUser(n + 1)}} })},
		{"UpdateUser", of(func(n int) []any { return []any{someUser(n)} })},
		{"ForgetAccount", of(func(n int) []any {
			u := someUser(n)
			return []any{u.Forget()}
		})},
	}
}

func peopleQuestions() (list []question) {
	for n := range 4 {
		openid := user.OpenID(few("o", n))
		list = append(list,
			question{"UserByOpenID", []any{openid}},
			question{"UserByAccount", []any{holder(byte(n)), merchant.AppID(few("wx", n))}},
			question{"Users", []any{[]user.OpenID{openid, "none"}}},
			question{"UsersOfAccount", []any{holder(byte(n)), 10}},
			question{"UsersOfPerson", []any{holder(byte(n)), user.OpenID(few("o", n/2)), 10}},
			question{"LinkedAccounts", []any{[]user.ID{holder(byte(n)), holder(byte(n + 1))}}},
			question{"UserPage", []any{store.UserQuery{UnionID: few("u", n), Limit: 3}}},
			question{"AppIDBound", []any{merchant.AppID(few("wx", n))}},
			question{"AppIDServes", []any{merchant.AppID(few("wx", n)), owner(n / 2)}})
	}
	for n := range 2 {
		list = append(list,
			question{"Merchant", []any{owner(n)}},
			question{"MerchantPage", []any{merchant.ID(""), 1 + n}},
			question{"IsSubMerchant", []any{owner(n), owner(n + 1)}},
			question{"SubMerchants", []any{owner(n)}},
			question{"Brands", []any{owner(n)}},
			question{"SameBrand", []any{owner(n), owner(n + 1)}},
			question{"Certificates", []any{owner(n)}},
			question{"PlatformKeys", []any{owner(n)}},
			question{"Secret", []any{owner(n), store.PurposeAPIv3, ""}},
			question{"Expiring", []any{
				store.EndSpan{From: noon().Add(time.Duration(n) * time.Second), Until: noon().Add(time.Minute)}, merchant.ID(""), 1 + n,
			}},
			question{"Secrets", []any{store.SecretKey{}, 1 + n}})
	}
	return append(list, question{"Merchant", []any{merchant.ID("1900000003")}}, question{"SealingKeys", nil},
		question{"KeyEnds", []any{noon()}}, question{"KeyEnds", []any{noon().Add(2 * time.Hour)}},
		question{"UserPage", []any{store.UserQuery{Suspicious: true, After: "o1", Limit: 3}}})
}
