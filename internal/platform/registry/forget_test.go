package registry_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/favord/favord/internal/platform/registry"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// TestWhoeverIsForgottenLeavesNoOpenID gives a user two coupons, one of which was used, and a voucher;
// a merchant is told, and the person is linked and marked.
func TestWhoeverIsForgottenLeavesNoOpenID(t *testing.T) {
	t.Parallel()
	overEveryStore(t, func(t *testing.T, over store.Store, s *registry.Service) {
		friend := put(t, s, registry.UserChange{OpenID: "oFriend"})
		u := put(t, s, registry.UserChange{OpenID: "oSecret", UnionID: new("uSecret"), SamePersonAs: friend.OpenID, Suspicious: new(true)})
		put(t, s, registry.UserChange{OpenID: "oSecretToo", AppID: otherApp, UnionID: new("uSecret")})
		event := hold(t, over, &u)
		f, err := s.Forget(t.Context(), registry.ForgetCommand{Actor: "operator:carol", OpenID: "oSecret"})
		want := registry.Forgotten{Account: u.ID, Name: user.Forgotten(u.ID), OpenIDs: 2, Coupons: 2, Vouchers: 1, Linked: 1}
		if f != want || err != nil {
			t.Errorf("forgotten %+v, %v", f, err)
		}
		for _, id := range []user.OpenID{"oSecret", "oSecretToo"} {
			if _, err := s.User(t.Context(), id); !errors.Is(err, registry.ErrNoUser) {
				t.Errorf("%s gives %v", id, err)
			}
		}
		left, err := s.User(t.Context(), f.Name)
		if err != nil || left.Person != friend.Person || !left.Suspicious || left.UnionID != "" || left.AppID != "" {
			t.Errorf("left is %+v, %v", left, err)
		}
		noSecret(t, over, &u, event)
		again, err := s.Forget(t.Context(), registry.ForgetCommand{Actor: "operator:carol", OpenID: f.Name})
		if err != nil || again.OpenIDs != 0 || again.Coupons != 0 || again.Vouchers != 0 {
			t.Errorf("once more: %+v, %v", again, err)
		}
		back := put(t, s, registry.UserChange{OpenID: "oSecret", UnionID: new("uSecret")})
		if back.ID != u.ID || back.Person != u.Person || !back.Suspicious {
			t.Errorf("whoever comes again is %+v, was %+v", back, u)
		}
	})
}

// hold gives a user coupons and a voucher, and returns the id of an event that names the user.
func hold(t *testing.T, over store.Store, u *user.User) (event string) {
	t.Helper()
	stock := coupon.StockKey{Creator: "1900000001", ID: "1282070000000099"}
	free := coupon.Coupon{
		Key: coupon.Key{Stock: stock, Code: "A"}, Holder: u.ID, AppID: u.AppID, OpenID: u.OpenID, State: coupon.StateSent, SendRequestNo: "1",
	}
	used := free
	used.Code, used.SendRequestNo, used.State = "B", "2", coupon.StateUsed
	used.Use = coupon.Use{RequestNo: "u", AppID: u.AppID, OpenID: u.OpenID}
	said := delivery.CouponSent{StockID: stock.ID, Code: "A", Holder: u.ID, OpenID: u.OpenID}
	sent, err := delivery.NewEvent(stock.Creator, noon(), said, string(stock.ID), "A")
	if err != nil {
		t.Fatal(err)
	}
	write(t, over, func(ctx context.Context, tx store.Tx) error {
		key := merchant.CallbackKey{Owner: stock.Creator, Product: merchant.BusiFavor}
		return tx.SetCallback(ctx, merchant.Callback{CallbackKey: key, URL: "https://example.com/n", On: true})
	})
	write(t, over, func(ctx context.Context, tx store.Tx) error {
		return store.InOrder(
			func() error { return tx.InsertCoupons(ctx, []coupon.Coupon{free, used}) },
			func() error { return tx.AppendEvents(ctx, []delivery.Event{sent}) },
			func() error {
				return tx.InsertVouchers(ctx, []voucher.Voucher{{
					ID: "9876543210", Stock: voucher.StockKey{Creator: stock.Creator, ID: "9865000"}, Holder: u.ID, AppID: u.AppID, OpenID: u.OpenID,
					State: voucher.StateSent, RequestNo: "v",
				}})
			},
		)
	})
	return sent.ID
}

func noon() time.Time { return time.Date(2026, 12, 5, 4, 0, 0, 0, time.UTC) }

func write(t *testing.T, s store.Store, fn func(ctx context.Context, tx store.Tx) error) {
	t.Helper()
	if err := s.Write(t.Context(), func(tx store.Tx) error { return fn(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

// noSecret looks through everything that an account holds, and at an event.
func noSecret(t *testing.T, over store.Store, u *user.User, event string) {
	t.Helper()
	if err := over.Read(t.Context(), func(tx store.ReadTx) error {
		coupons, n, err := tx.UserCoupons(t.Context(), store.CouponQuery{Holder: u.ID, Now: noon(), Limit: 10})
		if n != 2 {
			t.Errorf("%d coupons are left", n)
		}
		vouchers, m, errVouchers := tx.UserVouchers(t.Context(), store.VoucherQuery{Holder: u.ID, Now: noon(), Limit: 10})
		if m != 1 {
			t.Errorf("%d vouchers are left", m)
		}
		d, errDelivery := tx.DeliveryOf(t.Context(), "1900000001", event)
		told, errEvent := tx.EventAt(t.Context(), d.Key)
		audit, errAudit := tx.UnsealedAudit(t.Context(), store.Platform, 0, 100)
		text := fmt.Sprintf("%+v %+v %s %+v", coupons, vouchers, told.Payload, audit)
		if strings.Contains(text, "ecret") || !strings.Contains(text, "manage.users.forget") {
			t.Errorf("there is still %s", text)
		}
		return errors.Join(err, errVouchers, errDelivery, errEvent, errAudit)
	}); err != nil {
		t.Fatal(err)
	}
}
