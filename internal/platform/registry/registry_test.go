package registry_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/platform/registry"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/storetest"
)

const (
	shopApp  = storetest.ShopAppID
	otherApp = merchant.AppID("wx9999999999999999")
	another  = merchant.ID("1900000002")
)

// onEveryEngine runs a test with a shop and a second merchant in each engine.
func onEveryEngine(t *testing.T, test func(t *testing.T, s *registry.Service)) {
	t.Helper()
	overEveryStore(t, func(t *testing.T, _ store.Store, s *registry.Service) { test(t, s) })
}

// overEveryStore is onEveryEngine for a test that needs the store, too.
func overEveryStore(t *testing.T, test func(t *testing.T, over store.Store, s *registry.Service)) {
	t.Helper()
	engines.Each(t, func(t *testing.T, s store.Store) {
		shop := storetest.OpenShop(t, s, coupon.Limits{MaxCoupons: 10, MaxPerUser: 1})
		if err := s.Write(t.Context(), func(tx store.Tx) error {
			return tx.InsertMerchant(t.Context(), merchant.Merchant{
				ID: another, Name: "n", Kind: merchant.Ordinary, KeyMode: merchant.ModeCertificate, AppIDs: []merchant.AppID{otherApp},
			}, shop.Now)
		}); err != nil {
			t.Fatal(err)
		}
		test(t, s, registry.New(registry.Config{Store: s, Clock: clock.Fixed(shop.Now)}))
	})
}

func put(t *testing.T, s *registry.Service, c registry.UserChange) user.User {
	t.Helper()
	if c.AppID == "" {
		c.AppID = shopApp
	}
	u, err := s.PutUser(t.Context(), c)
	if err != nil {
		t.Fatalf("%+v: %v", c, err)
	}
	if got, err := s.User(t.Context(), c.OpenID); err != nil || got != u {
		t.Errorf("%s reads %+v, %v; was put as %+v", c.OpenID, got, err, u)
	}
	return u
}

func TestARegisteredUserIsTheOneThatASandboxWouldMake(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, s *registry.Service) {
		const id = user.OpenID("oUpF8uMuAJO_M2pxb1Q9zNjWeS6o")
		made, err := user.Policy{AutoRegister: true}.Judge(user.User{}, shopApp, id)
		if err != nil {
			t.Fatal(err)
		}
		made.Known = true
		for range 2 {
			if got := put(t, s, registry.UserChange{OpenID: id}); got != made {
				t.Errorf("%+v, want %+v", got, made)
			}
		}
	})
}

func TestOpenIDsOfOneUnionShareAnAccount(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, s *registry.Service) {
		first := put(t, s, registry.UserChange{OpenID: "o1", UnionID: new("u1"), Suspicious: new(true)})
		second := put(t, s, registry.UserChange{OpenID: "o2", AppID: otherApp, UnionID: new("u1")})
		if first.ID != second.ID || first.Person != second.Person || !second.Suspicious {
			t.Errorf("%+v and %+v", first, second)
		}
		if trusted := put(t, s, registry.UserChange{OpenID: "o2", AppID: otherApp, Suspicious: new(false)}); trusted.Suspicious {
			t.Errorf("%+v", trusted)
		}
		if got, err := s.User(t.Context(), "o1"); err != nil || got.Suspicious {
			t.Errorf("the account is suspicious under the other appid: %+v, %v", got, err)
		}
		put(t, s, registry.UserChange{OpenID: "o3", AppID: otherApp})
		late := put(t, s, registry.UserChange{OpenID: "o3", AppID: otherApp, UnionID: new("u2")})
		joined := put(t, s, registry.UserChange{OpenID: "o4", UnionID: new("u2")})
		if late.ID != joined.ID {
			t.Error("a unionid that came late leads to another account")
		}
		for name, c := range map[string]struct {
			change registry.UserChange
			want   error
		}{
			"another appid":     {registry.UserChange{OpenID: "o1", AppID: otherApp}, user.ErrOtherAppID},
			"another's unionid": {registry.UserChange{OpenID: "o1", AppID: shopApp, UnionID: new("u2")}, user.ErrOtherUnion},
			"a second openid":   {registry.UserChange{OpenID: "o5", AppID: shopApp, UnionID: new("u1")}, user.ErrSecondOpenID},
			"an unbound appid":  {registry.UserChange{OpenID: "o5", AppID: "wxnone"}, registry.ErrAppIDUnbound},
			"an empty openid":   {registry.UserChange{OpenID: "", AppID: shopApp}, user.ErrForm},
			"a strange openid":  {registry.UserChange{OpenID: "o 1", AppID: shopApp}, user.ErrForm},
		} {
			if _, err := s.PutUser(t.Context(), c.change); !errors.Is(err, c.want) {
				t.Errorf("%s gives %v, want %v", name, err, c.want)
			}
		}
		if _, err := s.User(t.Context(), "o5"); !errors.Is(err, registry.ErrNoUser) {
			t.Errorf("a refused user is there: %v", err)
		}
	})
}

func TestLinkedUsersAreOnePerson(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, s *registry.Service) {
		for i := range 5 {
			put(t, s, registry.UserChange{OpenID: user.OpenID(fmt.Sprint("o", i))})
		}
		expect := func(of user.OpenID, want ...user.OpenID) {
			t.Helper()
			list, err := s.Users(t.Context(), registry.UserQuery{SamePersonAs: of, Limit: 10})
			var got []user.OpenID
			for _, u := range list {
				got = append(got, u.OpenID)
			}
			if !slices.Equal(got, want) || err != nil {
				t.Errorf("%s is %v, %v; want %v", of, got, err, want)
			}
		}
		put(t, s, registry.UserChange{OpenID: "o1", SamePersonAs: "o0"})
		put(t, s, registry.UserChange{OpenID: "o3", SamePersonAs: "o2"})
		expect("o0", "o0", "o1")
		put(t, s, registry.UserChange{OpenID: "o2", SamePersonAs: "o1"}) // and with it o3
		for _, of := range []user.OpenID{"o0", "o1", "o2", "o3"} {
			expect(of, "o0", "o1", "o2", "o3")
		}
		put(t, s, registry.UserChange{OpenID: "o2", SamePersonAs: "o2"})
		expect("o0", "o0", "o1", "o3")
		expect("o2", "o2")
		expect("o4", "o4")
		if _, err := s.PutUser(t.Context(), registry.UserChange{OpenID: "o4", AppID: shopApp, SamePersonAs: "nobody"}); !errors.Is(err, registry.ErrNoUser) {
			t.Errorf("nobody gives %v", err)
		}
	})
}

func TestUsersAreListedPageByPage(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, s *registry.Service) {
		for i := range 5 {
			put(t, s, registry.UserChange{OpenID: user.OpenID(fmt.Sprint("o", i)), Suspicious: new(i%2 == 0)})
		}
		first, err := s.Users(t.Context(), registry.UserQuery{Limit: 3})
		rest, errRest := s.Users(t.Context(), registry.UserQuery{Limit: 3, After: "o2"})
		if len(first) != 3 || len(rest) != 2 || errors.Join(err, errRest) != nil {
			t.Errorf("pages of %d and %d, %v", len(first), len(rest), errors.Join(err, errRest))
		}
		suspicious, err := s.Users(t.Context(), registry.UserQuery{Limit: 10, Suspicious: true})
		if len(suspicious) != 3 || err != nil {
			t.Errorf("%d suspicious, %v", len(suspicious), err)
		}
	})
}

// TestAPersonOfManyIsListedInPagesAndFullSomeTime fills one person up.
func TestAPersonOfManyIsListedInPagesAndFullSomeTime(t *testing.T) {
	t.Parallel()
	const most = 1000
	overEveryStore(t, func(t *testing.T, over store.Store, s *registry.Service) {
		first := put(t, s, registry.UserChange{OpenID: "o0000", UnionID: new("u1")})
		var linked []user.User
		for i := 1; i < most; i++ {
			u := user.New(shopApp, user.OpenID(fmt.Sprintf("o%04d", i)), "")
			u.Person = first.Person
			linked = append(linked, u)
		}
		if err := over.Write(t.Context(), func(tx store.Tx) error { return tx.InsertUsers(t.Context(), linked) }); err != nil {
			t.Fatal(err)
		}
		seen := 0
		for q := (registry.UserQuery{SamePersonAs: "o0500", Limit: 100}); ; {
			page, err := s.Users(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			seen += len(page)
			if len(page) < q.Limit {
				break
			}
			q.After = page[len(page)-1].OpenID
		}
		if seen != most {
			t.Errorf("%d of %d are listed", seen, most)
		}
		// By a unionid the person would get one more.
		if _, err := s.PutUser(t.Context(), registry.UserChange{OpenID: "o9999", AppID: otherApp, UnionID: new("u1")}); !errors.Is(err, registry.ErrTooManyLinked) {
			t.Errorf("one more: %v", err)
		}
	})
}

func TestARaceToRegisterMakesOneUser(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, s *registry.Service) {
		got, errs := storetest.Race(16, func(int) (user.User, error) {
			return s.PutUser(t.Context(), registry.UserChange{OpenID: "o1", AppID: shopApp, UnionID: new("u"), Suspicious: new(true)})
		})
		for i, err := range errs {
			if err != nil || got[i] != got[0] {
				t.Errorf("%+v, %v", got[i], err)
			}
		}
	})
}

func TestAMerchantIsChangedWhereItIsToldTo(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, s *registry.Service) {
		m, err := s.ChangeMerchant(t.Context(), registry.MerchantChange{ID: another, Name: "新名称", AppIDs: []merchant.AppID{"wxb", "wxa", "wxb"}})
		if err != nil || m.Name != "新名称" || !slices.Equal(m.AppIDs, []merchant.AppID{"wxa", "wxb"}) || m.Kind != merchant.Ordinary {
			t.Errorf("%+v, %v", m, err)
		}
		m, err = s.ChangeMerchant(t.Context(), registry.MerchantChange{
			ID: another, Kind: merchant.Provider, KeyMode: merchant.ModePublicKey, Permissions: []merchant.Permission{merchant.IssueByAPI},
		})
		if err != nil || m.Name != "新名称" || m.Kind != merchant.Provider || m.KeyMode != merchant.ModePublicKey || !m.May(merchant.IssueByAPI) || len(m.AppIDs) != 2 {
			t.Errorf("%+v, %v", m, err)
		}
		if got, err := s.Merchant(t.Context(), another); err != nil || got.Kind != merchant.Provider {
			t.Errorf("reads %+v, %v", got, err)
		}
		if _, err := s.ChangeMerchant(t.Context(), registry.MerchantChange{ID: "1"}); !errors.Is(err, merchant.ErrNotRegistered) {
			t.Errorf("a stranger gives %v", err)
		}
		page, err := s.Merchants(t.Context(), "", 1)
		if err != nil || len(page) != 1 || page[0].ID == another {
			t.Errorf("%+v, %v", page, err)
		}
	})
}

func TestOnlyAProviderHasSubMerchants(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, s *registry.Service) {
		shop := merchant.ID("1900000001")
		relation := registry.Relation{Provider: another, Sub: shop}
		if _, err := s.AddSubMerchant(t.Context(), relation); !errors.Is(err, registry.ErrNotProvider) {
			t.Errorf("an ordinary merchant: %v", err)
		}
		if _, err := s.ChangeMerchant(t.Context(), registry.MerchantChange{ID: another, Kind: merchant.Provider}); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if m, err := s.AddSubMerchant(t.Context(), relation); err != nil || !slices.Equal(m.SubMerchants, []merchant.ID{shop}) {
				t.Errorf("%+v, %v", m, err)
			}
		}
		for _, c := range []struct {
			relation registry.Relation
			want     error
		}{
			{registry.Relation{Provider: another, Sub: another}, registry.ErrSubIsProvider},
			{registry.Relation{Provider: another, Sub: "1"}, merchant.ErrNotRegistered},
			{registry.Relation{Provider: "1", Sub: shop}, merchant.ErrNotRegistered},
		} {
			if _, err := s.AddSubMerchant(t.Context(), c.relation); !errors.Is(err, c.want) {
				t.Errorf("%+v gives %v, want %v", c.relation, err, c.want)
			}
		}
		if _, err := s.ChangeMerchant(t.Context(), registry.MerchantChange{ID: another, Kind: merchant.Ordinary}); !errors.Is(err, registry.ErrHasSubMerchants) {
			t.Errorf("a provider with sub-merchants becomes ordinary: %v", err)
		}
		for range 2 {
			if m, err := s.RemoveSubMerchant(t.Context(), relation); err != nil || len(m.SubMerchants) != 0 {
				t.Errorf("%+v, %v", m, err)
			}
		}
	})
}

func TestEveryChangeLeavesAnAuditEntry(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, st store.Store) {
		shop := storetest.OpenShop(t, st, coupon.Limits{MaxCoupons: 1, MaxPerUser: 1})
		s := registry.New(registry.Config{Store: st, Clock: clock.Fixed(shop.Now)})
		_, errUser := s.PutUser(t.Context(), registry.UserChange{Actor: "operator", OpenID: "o1", AppID: shopApp})
		_, errChange := s.ChangeMerchant(t.Context(), registry.MerchantChange{Actor: "operator", ID: shop.Stock.Creator, Kind: merchant.Provider})
		if err := errors.Join(errUser, errChange); err != nil {
			t.Fatal(err)
		}
		for owner, want := range map[merchant.ID]string{store.Platform: "manage.users.put", shop.Stock.Creator: "manage.merchants.change"} {
			if err := st.Read(t.Context(), func(tx store.ReadTx) error {
				entries, err := tx.UnsealedAudit(t.Context(), owner, 0, 10)
				if len(entries) != 1 || entries[0].Action != want || entries[0].Actor != "operator" {
					t.Errorf("%q: %+v", owner, entries)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// TestThePermissionToBeToldOfEventsSwitchesTheCallback takes 营销事件推送 from a merchant and gives
// it back; vouchers are told of without it.
func TestThePermissionToBeToldOfEventsSwitchesTheCallback(t *testing.T) {
	t.Parallel()
	overEveryStore(t, func(t *testing.T, over store.Store, s *registry.Service) {
		products := []merchant.Product{merchant.BusiFavor, merchant.Favor}
		if err := over.Write(t.Context(), func(tx store.Tx) error {
			for _, p := range products {
				c := merchant.Callback{CallbackKey: merchant.CallbackKey{Owner: another, Product: p}, URL: "https://shop.example/" + string(p), On: true}
				if err := tx.SetCallback(t.Context(), c); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			permissions []merchant.Permission
			want        []bool
		}{
			{[]merchant.Permission{merchant.IssueByAPI}, []bool{false, true}},
			{merchant.AllPermissions(), []bool{true, true}},
		} {
			if _, err := s.ChangeMerchant(t.Context(), registry.MerchantChange{ID: another, Permissions: c.permissions}); err != nil {
				t.Fatal(err)
			}
			for i, p := range products {
				if err := over.Read(t.Context(), func(tx store.ReadTx) error {
					callback, err := tx.Callback(t.Context(), merchant.CallbackKey{Owner: another, Product: p})
					if callback.On != c.want[i] || callback.URL != "https://shop.example/"+string(p) {
						t.Errorf("with %v: %+v, want on: %t", c.permissions, callback, c.want[i])
					}
					return err
				}); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

func TestABrandIsKeptAndTakenAway(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, s *registry.Service) {
		brand := merchant.Brand{Name: "品牌", LogoURL: "https://img.example.com/wxpaylogo/x/0"}
		if m, err := s.ChangeMerchant(t.Context(), registry.MerchantChange{ID: another, Brand: &brand}); err != nil || m.CardName() != "品牌" {
			t.Errorf("%+v, %v", m, err)
		}
		m, err := s.ChangeMerchant(t.Context(), registry.MerchantChange{ID: another, Name: "新名称"})
		if err != nil || m.Brand != brand {
			t.Errorf("%+v, %v", m, err)
		}
		if m, err := s.ChangeMerchant(t.Context(), registry.MerchantChange{ID: another, Brand: &merchant.Brand{}}); err != nil || m.CardName() != "新名称" {
			t.Errorf("%+v, %v", m, err)
		}
	})
}
