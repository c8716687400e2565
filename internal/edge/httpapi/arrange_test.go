package httpapi_test

import (
	"errors"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/limit"
	"github.com/favord/favord/internal/busifavor/redeem"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
)

// What no call leads to yet is arranged in the store.

func (f *fixture) setStockState(id string, state coupon.StockState) {
	f.t.Helper()
	f.write(func(tx store.Tx) error {
		s, err := tx.Stock(f.t.Context(), coupon.StockID(id))
		if err != nil {
			return err
		}
		s.State = state
		return tx.UpdateStock(f.t.Context(), s)
	})
}

// deleteCoupon does what the holder of a coupon does on the phone.
func (f *fixture) deleteCoupon(stock, code string) {
	f.t.Helper()
	if err := f.redeem.Delete(f.t.Context(), redeem.DeleteCommand{
		StockID: coupon.StockID(stock), Code: coupon.Code(code), AppID: aliceApp, OpenID: openID, Actor: "user",
	}); err != nil {
		f.t.Fatal(err)
	}
}

// shareAppID binds one more appid to a merchant.
func (f *fixture) shareAppID(id merchant.ID, appid merchant.AppID) {
	f.t.Helper()
	f.changeMerchant(id, func(m *merchant.Merchant) { m.AppIDs = append(m.AppIDs, appid) })
}

func (f *fixture) changeMerchant(id merchant.ID, change func(m *merchant.Merchant)) {
	f.t.Helper()
	f.write(func(tx store.Tx) error {
		m, err := tx.Merchant(f.t.Context(), id)
		if err != nil {
			return err
		}
		change(&m)
		return tx.UpdateMerchant(f.t.Context(), m)
	})
}

func (f *fixture) registerUser(u user.User) {
	f.t.Helper()
	f.write(func(tx store.Tx) error { return tx.InsertUsers(f.t.Context(), []user.User{u}) })
}

// linkPersons makes the two users of the fixture one person with two accounts.
func (f *fixture) linkPersons() {
	f.t.Helper()
	person := user.ID{9}
	f.registerUser(user.User{AppID: aliceApp, OpenID: openID, ID: user.ID{1}, Person: person})
	f.registerUser(user.User{AppID: aliceApp, OpenID: otherOpenID, ID: user.ID{2}, Person: person})
}

// newcomer is a merchant that has a certificate and no APIv3 key.
const newcomer = merchant.ID("1900000005")

// withoutAPIv3Key asks for certificates as a newcomer, who signs with alice's key.
func (f *fixture) withoutAPIv3Key() reply {
	f.t.Helper()
	ctx := f.t.Context()
	f.write(func(tx store.Tx) error {
		certificates, err := tx.Certificates(ctx, alice)
		if err != nil {
			return err
		}
		copied := certificates[0]
		copied.Owner = newcomer
		m := merchant.Merchant{ID: newcomer, Name: "n", Kind: merchant.Ordinary, KeyMode: merchant.ModeCertificate}
		return errors.Join(tx.InsertMerchant(ctx, m, opened()), tx.InsertCertificate(ctx, copied))
	})
	f.members.drafts[newcomer] = f.members.drafts[alice]
	return f.get(newcomer, "/v3/certificates")
}

// fillGate takes the only place behind the gate.
func (f *fixture) fillGate() {
	f.t.Helper()
	if err := f.gate.Enter(f.t.Context(), limit.Caller{}); err != nil {
		f.t.Fatal(err)
	}
}

// sealFor encrypts a field for a platform public key.
func (f *fixture) sealFor(pem []byte, plaintext string) string {
	f.t.Helper()
	key, err := apiv3.ParseRSAPublicKey(pem)
	if err != nil {
		f.t.Fatal(err)
	}
	sealed, err := apiv3.SealField(key, plaintext)
	if err != nil {
		f.t.Fatal(err)
	}
	return sealed
}
