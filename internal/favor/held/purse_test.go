package held_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/favor/held"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/storetest"
)

const (
	creator = merchant.ID("1900000001") // whom storetest.OpenShop makes
	sender  = merchant.ID("1900000002")
	cashier = merchant.ID("1900000003")
	openID  = user.OpenID("oUpF8uMuAJO_M2pxb1Q9zNjWeS6o")
)

// openPurse makes a user with four vouchers of two stocks: "a1" and "a2" of the creator's,
// "b1" that the sender sent, "c1" of a stock that the sender created and the cashier takes,
// too. One is used, one has expired.
func openPurse(t *testing.T, s store.Store) (*held.Service, time.Time) {
	t.Helper()
	shop := storetest.OpenShop(t, s, coupon.Limits{MaxCoupons: 1, MaxPerUser: 1})
	now := shop.Now
	holder, err := user.Policy{AutoRegister: true}.Judge(user.User{}, storetest.ShopAppID, openID)
	if err != nil {
		t.Fatal(err)
	}
	first := storetest.PlainVoucherStock("1", voucher.Limits{MaxCoupons: 5, MaxPerUser: 5})
	second := storetest.PlainVoucherStock("2", voucher.Limits{MaxCoupons: 5, MaxPerUser: 5})
	second.Creator, second.Merchants = sender, []merchant.ID{sender, cashier}
	sent := func(stock *voucher.Stock, id voucher.ID, by merchant.ID) voucher.Voucher {
		v := storetest.SentVoucher(stock.StockKey, id, holder.ID)
		v.Sender, v.Window = by, voucher.Window{Begin: now, End: now.Add(time.Hour)}
		return v
	}
	used, expired := sent(&first, "a2", creator), sent(&first, "b2", sender)
	used.State, used.Use = voucher.StateUsed, voucher.Consumption{TransactionID: "4200", At: now, Merchant: cashier, Discount: 100}
	expired.Window.End = now.Add(-time.Second)
	if err := s.Write(t.Context(), func(tx store.Tx) error {
		ctx := t.Context()
		return errors.Join(
			addMerchant(ctx, tx, sender), addMerchant(ctx, tx, cashier),
			tx.InsertVoucherStock(ctx, first), tx.InsertVoucherStock(ctx, second),
			tx.InsertVouchers(ctx, []voucher.Voucher{
				sent(&first, "a1", creator), used, sent(&first, "b1", sender), expired, sent(&second, "c1", sender),
			}),
			tx.UpdateVouchers(ctx, []voucher.Voucher{used}))
	}); err != nil {
		t.Fatal(err)
	}
	return held.New(held.Config{Store: s, Clock: clock.Same{Source: clock.Fixed(now)}, Users: user.Policy{AutoRegister: true}}), now
}

// addMerchant adds a merchant that shares the shop's appid.
func addMerchant(ctx context.Context, tx store.Tx, id merchant.ID) error {
	return tx.InsertMerchant(ctx, merchant.Merchant{
		ID: id, Kind: merchant.Ordinary, KeyMode: merchant.ModeCertificate, AppIDs: []merchant.AppID{storetest.ShopAppID},
	}, time.Unix(1, 0))
}

// TestTheListOfAUser is the table of results of 4.12.
func TestTheListOfAUser(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		p, _ := openPurse(t, s)
		for name, c := range map[string]struct {
			query held.ListQuery
			want  string
		}{
			"the creator's, which is the caller":     {held.ListQuery{Caller: creator}, "b1 a2 a1"},
			"the creator's by name":                  {held.ListQuery{Caller: creator, Creator: creator}, "b1 a2 a1"},
			"only usable ones":                       {held.ListQuery{Caller: creator, Creator: creator, Filter: held.OnlySent}, "b1 a1"},
			"used ones are not alone":                {held.ListQuery{Caller: creator, Creator: creator, Filter: held.SentAndUsed}, "b1 a2 a1"},
			"of a stock":                             {held.ListQuery{Caller: creator, StockID: "2"}, ""},
			"sent by somebody":                       {held.ListQuery{Caller: creator, Sender: sender}, "b1"},
			"the sender's own":                       {held.ListQuery{Caller: sender, Sender: sender}, "c1 b1"},
			"the sender sees what it sent":           {held.ListQuery{Caller: sender, Creator: creator}, "b1"},
			"the sender as creator":                  {held.ListQuery{Caller: sender}, "c1"},
			"nobody else sees any":                   {held.ListQuery{Caller: cashier, Creator: creator}, ""},
			"where they can be spent":                {held.ListQuery{Caller: creator, Available: creator}, "b1 a1"},
			"where they cannot":                      {held.ListQuery{Caller: creator, Available: cashier}, ""},
			"at the cashier":                         {held.ListQuery{Caller: sender, Available: cashier}, "c1"},
			"the state is ignored there":             {held.ListQuery{Caller: sender, Available: cashier, Filter: held.SentAndUsed, StockID: "1"}, "c1"},
			"the creator comes before the available": {held.ListQuery{Caller: creator, Creator: creator, Available: cashier}, "b1 a2 a1"},
			"the sender comes before the available":  {held.ListQuery{Caller: sender, Sender: sender, Available: creator}, "c1 b1"},
			"consumer money":                         {held.ListQuery{Caller: creator, Consumer: true}, ""},
		} {
			q := c.query
			q.AppID, q.OpenID, q.Size = storetest.ShopAppID, openID, 20
			page, err := p.List(t.Context(), q)
			if got := ids(page); err != nil || got != c.want || page.Total != int64(len(strings.Fields(c.want))) {
				t.Errorf("%s: %q of %d, %v, want %q", name, got, page.Total, err, c.want)
			}
		}
	})
}

func ids(page held.Page) string {
	var list []string
	for _, v := range page.Vouchers {
		list = append(list, string(v.Voucher.ID))
	}
	return strings.Join(list, " ")
}

func TestPagesOfVouchers(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		p, _ := openPurse(t, s)
		for _, c := range []struct {
			number, size int64
			want         string
		}{
			{0, 2, "b1 a2"}, {1, 2, "a1"}, {2, 2, "past"}, {0, 3, "b1 a2 a1"}, {1, 3, "past"}, {0, 100, "b1 a2 a1"}, {2147483647, 100, "past"},
		} {
			page, err := p.List(t.Context(), held.ListQuery{
				Caller: creator, AppID: storetest.ShopAppID, OpenID: openID, Number: c.number, Size: c.size,
			})
			if c.want == "past" {
				if !errors.Is(err, voucher.ErrPage) {
					t.Errorf("page %d of %d: %v", c.number, c.size, err)
				}
				continue
			}
			if err != nil || ids(page) != c.want || page.Total != 3 || page.Number != c.number || page.Size != c.size {
				t.Errorf("page %d of %d: %+v, %v, want %q", c.number, c.size, page, err, c.want)
			}
		}
		// The page does not count for what can be spent at a merchant.
		page, err := p.List(t.Context(), held.ListQuery{
			Caller: creator, AppID: storetest.ShopAppID, OpenID: openID, Available: creator, Number: 9, Size: 1,
		})
		if err != nil || ids(page) != "b1 a1" || page.Number != 0 || page.Size != 2 {
			t.Errorf("%+v, %v", page, err)
		}
		page, err = p.List(t.Context(), held.ListQuery{
			Caller: creator, AppID: storetest.ShopAppID, OpenID: openID, Available: cashier, Number: 9, Size: 1,
		})
		if err != nil || page.Total != 0 || page.Number != 0 || page.Size != held.DefaultPage {
			t.Errorf("%+v, %v", page, err)
		}
	})
}

// TestAllThatCanBeSpentIsListed has an old voucher behind a thousand newer ones that cannot be
// spent at the merchant, and more than a thousand that can.
func TestAllThatCanBeSpentIsListed(t *testing.T) {
	t.Parallel()
	const many = 1080
	engines.Each(t, func(t *testing.T, s store.Store) {
		p, now := openPurse(t, s)
		holder, err := user.Policy{AutoRegister: true}.Judge(user.User{}, storetest.ShopAppID, openID)
		if err != nil {
			t.Fatal(err)
		}
		var newer []voucher.Voucher
		for i := range many {
			v := storetest.SentVoucher(voucher.StockKey{Creator: creator, ID: "1"}, voucher.ID(fmt.Sprint("n", i)), holder.ID)
			v.Sender, v.Window = sender, voucher.Window{Begin: now, End: now.Add(time.Hour)}
			newer = append(newer, v)
		}
		if err := s.Write(t.Context(), func(tx store.Tx) error { return tx.InsertVouchers(t.Context(), newer) }); err != nil {
			t.Fatal(err)
		}
		for at, want := range map[merchant.ID]int64{cashier: 1, creator: many + 1} {
			page, err := p.List(t.Context(), held.ListQuery{
				Caller: sender, AppID: storetest.ShopAppID, OpenID: openID, Available: at, Size: held.DefaultPage,
			})
			if err != nil || page.Total != want || page.Size != want || int64(len(page.Vouchers)) != want {
				t.Errorf("at %s: %d vouchers, total %d, size %d, %v, want %d", at, len(page.Vouchers), page.Total, page.Size, err, want)
			}
		}
	})
}

func TestOneVoucherIsShownToItsParties(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		p, now := openPurse(t, s)
		for _, c := range []struct {
			caller merchant.ID
			id     voucher.ID
			want   any
		}{
			{creator, "a1", voucher.StateSent},
			{creator, "a2", voucher.StateUsed},
			{creator, "b1", voucher.StateSent},
			{creator, "b2", voucher.StateExpired},
			{sender, "b1", voucher.StateSent},
			{sender, "a1", voucher.ErrForeign},
			{cashier, "a1", voucher.ErrForeign},
			{creator, "none", voucher.ErrNotFound},
		} {
			view, err := p.Get(t.Context(), held.GetQuery{Caller: c.caller, AppID: storetest.ShopAppID, OpenID: openID, ID: c.id})
			if want, refused := c.want.(error); refused {
				if !errors.Is(err, want) {
					t.Errorf("%s sees %s: %v, want %v", c.caller, c.id, err, want)
				}
				continue
			}
			if err != nil || fmt.Sprint(view.State) != fmt.Sprint(c.want) || view.Stock.ID != "1" {
				t.Errorf("%s sees %s: %+v, %v", c.caller, c.id, view, err)
			}
			if used := view.Voucher.Use; c.want == voucher.StateUsed && (used.TransactionID != "4200" || !used.At.Equal(now) || used.Merchant != cashier) {
				t.Errorf("consumed as %+v", used)
			}
		}
		other := user.OpenID("oUpF8uMuAJO_M2pxb1Q9zNjWeS7p")
		for _, c := range []struct {
			query held.GetQuery
			want  error
		}{
			{held.GetQuery{Caller: creator, AppID: storetest.ShopAppID, OpenID: other, ID: "a1"}, voucher.ErrNotFound},
			{held.GetQuery{Caller: creator, AppID: "wx0000000000000000", OpenID: openID, ID: "a1"}, voucher.ErrAppID},
			{held.GetQuery{Caller: creator, AppID: storetest.ShopAppID, OpenID: "nobody", ID: "a1"}, voucher.ErrUser},
		} {
			if _, err := p.Get(t.Context(), c.query); !errors.Is(err, c.want) {
				t.Errorf("%+v: %v, want %v", c.query, err, c.want)
			}
		}
	})
}

// TestAHolderSeesTheirOwnVouchersAndNoOthers shows the card pack of a user, and narrows it to
// what one merchant is party to.
func TestAHolderSeesTheirOwnVouchersAndNoOthers(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		service, _ := openPurse(t, s)
		me := held.Holder{AppID: storetest.ShopAppID, OpenID: openID}
		ids := func(h held.Holder, state voucher.State) string {
			cards, total, err := service.Cards(t.Context(), held.CardsQuery{Holder: h, State: state, Limit: 10})
			if err != nil || total != int64(len(cards)) {
				t.Fatal(total, err)
			}
			var list []string
			for _, c := range cards {
				list = append(list, string(c.Voucher.ID))
			}
			return strings.Join(list, " ")
		}
		byCreator := me
		byCreator.Party = creator
		for _, c := range []struct {
			holder held.Holder
			state  voucher.State
			want   string
		}{
			{me, "", "c1 b2 b1 a2 a1"}, {me, voucher.StateUsed, "a2"}, {me, voucher.StateExpired, "b2"}, {byCreator, "", "b2 b1 a2 a1"},
		} {
			if got := ids(c.holder, c.state); got != c.want {
				t.Errorf("%+v %s sees %s, want %s", c.holder, c.state, got, c.want)
			}
		}
		if card, err := service.Card(t.Context(), held.CardQuery{Holder: me, ID: "a2"}); err != nil ||
			card.State != voucher.StateUsed || card.MerchantName == "" {
			t.Errorf("%+v, %v", card, err)
		}
		for _, q := range []held.CardQuery{{Holder: me, ID: "nothing"}, {Holder: byCreator, ID: "c1"}} {
			if _, err := service.Card(t.Context(), q); !errors.Is(err, voucher.ErrNotFound) {
				t.Errorf("%+v gives %v", q, err)
			}
		}
	})
}
