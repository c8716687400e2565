package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/partner"
	"github.com/favord/favord/internal/rule/picture"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// marketingCases are about partnerships and images.
func marketingCases() map[string]func(*testing.T, store.Store) {
	return map[string]func(*testing.T, store.Store){
		"a partnership comes back as it was stored":    testPartnership,
		"established partnerships count":               testPartnered,
		"partnerships come in pages, the newest first": testPartnershipPages,
		"an appid is bound to somebody or to nobody":   testAppIDBound,
		"an image comes back as it was stored":         testImages,
		"what breaks partnerships and images is shown": testMarketingInvariants,
	}
}

// partnership returns an established partnership of a stock of the creator.
func partnership(stock string, with partner.Partner) partner.Partnership {
	return partner.New(partner.Key{
		Stock: partner.Stock{Creator: creator, ID: stock}, Resource: partner.ResourceCoupons, Partner: with,
	}, noon())
}

func appid(id string) partner.Partner { return partner.Partner{Type: partner.ByAppID, ID: id} }

func mchid(id string) partner.Partner { return partner.Partner{Type: partner.ByMerchant, ID: id} }

func testPartnership(t *testing.T, s store.Store) {
	p := partnership("1", appid("wx1"))
	write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.PutPartnership(ctx, p) })
	expectPartnership(t, s, p)

	later := noon().Add(time.Hour)
	p.Terminate(later)
	changed := p
	changed.Created = later // it never changes
	write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.PutPartnership(ctx, changed) })
	expectPartnership(t, s, p)

	p.Build(later.Add(time.Hour))
	write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.PutPartnership(ctx, p) })
	expectPartnership(t, s, p)
}

func expectPartnership(t *testing.T, s store.Store, want partner.Partnership) {
	t.Helper()
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		got, err := tx.Partnership(ctx, want.Key)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("partnership (-want +got):\n%s", diff)
		}
		for name, change := range partnershipKeys() {
			key := want.Key
			change(&key)
			if _, err := tx.Partnership(ctx, key); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("with another %s: %v", name, err)
			}
		}
		return err
	})
}

// partnershipKeys change one column of a key each.
func partnershipKeys() map[string]func(k *partner.Key) {
	return map[string]func(k *partner.Key){
		"creator":      func(k *partner.Key) { k.Stock.Creator = other },
		"stock":        func(k *partner.Key) { k.Stock.ID = "2" },
		"resource":     func(k *partner.Key) { k.Resource = partner.ResourceVouchers },
		"partner type": func(k *partner.Key) { k.Partner.Type = partner.ByMerchant },
		"partner":      func(k *partner.Key) { k.Partner.ID = "WX1" },
	}
}

func testPartnered(t *testing.T, s store.Store) {
	established, terminated := partnership("1", appid("wx1")), partnership("1", mchid("1900000003"))
	terminated.Terminate(noon())
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.PutPartnership(ctx, established), tx.PutPartnership(ctx, terminated))
	})
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		ask := func(key partner.Key, partners ...partner.Partner) bool {
			found, err := tx.Partnered(ctx, key.Stock, key.Resource, partners)
			if err != nil {
				t.Error(err)
			}
			return found
		}
		key := established.Key
		if !ask(key, appid("wx1")) || !ask(key, mchid("1900000003"), appid("wx1")) {
			t.Error("an established partnership does not count")
		}
		if ask(key) || ask(key, mchid("1900000003")) || ask(key, appid("wx2"), mchid("wx1")) {
			t.Error("a terminated partnership counts, or one that never was")
		}
		for name, change := range partnershipKeys() {
			changed := key
			change(&changed)
			if ask(changed, changed.Partner) {
				t.Errorf("another %s counts", name)
			}
		}
		return nil
	})
}

func testPartnershipPages(t *testing.T, s store.Store) {
	var all []partner.Partnership // the newest first
	for i := range 7 {
		p := partnership(fmt.Sprint(i%2), appid(fmt.Sprint("wx", i)))
		if i%3 == 0 {
			p.Partner = mchid(fmt.Sprint(1900000000 + i))
		}
		foreign, vouchers := p, p
		foreign.Stock.Creator, vouchers.Resource = other, partner.ResourceVouchers
		all = append([]partner.Partnership{p}, all...)
		write(t, s, func(ctx context.Context, tx store.Tx) error {
			return errors.Join(tx.PutPartnership(ctx, p), tx.PutPartnership(ctx, foreign), tx.PutPartnership(ctx, vouchers))
		})
	}
	for _, q := range []store.PartnershipQuery{
		{Limit: 50},
		{Limit: 3},
		{Offset: 3, Limit: 3},
		{Offset: 6, Limit: 3},
		{Offset: 7, Limit: 3},
		{Offset: 1 << 40, Limit: 3},
		{Stock: "1", Limit: 2},
		{Stock: "1", Offset: 1, Limit: 50},
		{Partner: appid(""), Limit: 50},
		{Partner: mchid(""), Stock: "0", Limit: 50},
		{Partner: appid("wx5"), Limit: 50},
		{Partner: mchid("wx5"), Limit: 50},
		{Stock: "none", Limit: 50},
	} {
		q.Owner, q.Resource = creator, partner.ResourceCoupons
		var want []partner.Partnership
		var total int64
		for i := range all {
			if !q.Matches(&all[i]) {
				continue
			}
			if total >= q.Offset && total < q.Offset+q.Limit {
				want = append(want, all[i])
			}
			total++
		}
		read(t, s, func(ctx context.Context, tx store.ReadTx) error {
			got, n, err := tx.Partnerships(ctx, q)
			if diff := cmp.Diff(want, got); diff != "" || n != total {
				t.Errorf("%+v: %d of %d (-want +got):\n%s", q, n, total, diff)
			}
			return err
		})
	}
}

func testAppIDBound(t *testing.T, s store.Store) {
	insertMerchants(t, s)
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.UpdateMerchant(ctx, merchant.Merchant{ID: other, AppIDs: []merchant.AppID{"wx1"}})
	})
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		bound, err := tx.AppIDBound(ctx, "wx1")
		free, errFree := tx.AppIDBound(ctx, "WX1")
		if !bound || free {
			t.Errorf("the bound one is %v, the free one %v", bound, free)
		}
		return errors.Join(err, errFree)
	})
}

// sketch returns an image of a merchant.
func sketch(owner merchant.ID, token picture.Token) store.Image {
	return store.Image{
		Owner: owner, Token: token, Name: "../券.png", At: noon(),
		Picture: picture.Picture{Format: picture.PNG, Width: 120, Height: 7, Content: []byte("\x89PNG\x00\xff")},
	}
}

func testImages(t *testing.T, s store.Store) {
	mine, foreign := sketch(creator, "a-"), sketch(other, "A-")
	foreign.Content = slices.Repeat([]byte{0, 1, 254, 255}, picture.MaxBytes/4)
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.InsertImage(ctx, mine), tx.InsertImage(ctx, foreign))
	})
	for _, owner := range []merchant.ID{creator, other} {
		again := sketch(owner, "a-")
		if err := s.Write(t.Context(), func(tx store.Tx) error { return tx.InsertImage(t.Context(), again) }); !errors.Is(err, store.ErrDuplicate) {
			t.Errorf("the token again gives %v", err)
		}
	}
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		for _, want := range []store.Image{mine, foreign} {
			got, err := tx.Image(ctx, want.Token)
			// Millions of bytes are compared at once: one by one it takes longer than a transaction
			// may.
			same := bytes.Equal(want.Content, got.Content)
			want.Content, got.Content = nil, nil
			if diff := cmp.Diff(want, got); diff != "" || !same || err != nil {
				t.Errorf("image: %v, the same content is %v (-want +got):\n%s", err, same, diff)
			}
		}
		if _, err := tx.Image(ctx, "b-"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("an unknown token gives %v", err)
		}
		got, err := tx.ImageOwners(ctx, []picture.Token{"a-", "b-", "A-"})
		if diff := cmp.Diff(map[picture.Token]merchant.ID{"a-": creator, "A-": other}, got); diff != "" {
			t.Errorf("owners (-want +got):\n%s", diff)
		}
		return err
	})
}

// testMarketingInvariants breaks each of them.
func testMarketingInvariants(t *testing.T, s store.Store) {
	st := insertStock(t, s, plain("1282070000000017", coupon.Limits{MaxCoupons: 3, MaxPerUser: 5}))
	upload := func(owner merchant.ID, token string) store.Request {
		return store.Request{
			RequestKey: store.RequestKey{Owner: owner, Operation: store.OpUploadImage, Number: "digest of " + token}, Answer: []byte(token), At: noon(),
		}
	}
	insertVoucherStock(t, s, PlainVoucherStock("7", voucher.Limits{MaxCoupons: 1, MaxAmount: 100, MaxPerUser: 1}))
	good, vouchers := partnership(string(st.ID), appid("wx1")), partnership("7", appid("wx1"))
	vouchers.Resource = partner.ResourceVouchers
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.PutPartnership(ctx, good), tx.PutPartnership(ctx, vouchers), tx.InsertImage(ctx, sketch(creator, "a")), tx.InsertRequests(ctx, []store.Request{upload(creator, "a")}))
	})
	expectBroken(t, s, store.InvariantPartnerships, 2, 0)
	expectBroken(t, s, store.InvariantImages, 1, 0)

	foreign, wrong, early := partnership("no such stock", appid("wx2")), partnership(string(st.ID), appid("wx3")), partnership(string(st.ID), appid("wx4"))
	wrong.State, early.Built = partner.Terminated, noon().Add(-time.Second)
	confused := good
	confused.Resource = partner.ResourceVouchers // of a stock of coupons
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.PutPartnership(ctx, foreign), tx.PutPartnership(ctx, confused), tx.PutPartnership(ctx, wrong), tx.PutPartnership(ctx, early),
			tx.InsertImage(ctx, sketch(creator, "b")), tx.InsertImage(ctx, sketch(creator, "c")),
			tx.InsertRequests(ctx, []store.Request{upload(other, "c"), upload(creator, "d")}))
	})
	expectBroken(t, s, store.InvariantPartnerships, 6, 4)
	expectBroken(t, s, store.InvariantImages, 4, 3)
}

func expectBroken(t *testing.T, s store.Store, name string, rows, broken int64) {
	t.Helper()
	list, err := s.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(list, func(one store.Invariant) bool { return one.Name == name })
	if i < 0 || list[i].Rows < rows || list[i].Broken < broken || (list[i].Broken > 0) != (broken > 0) {
		t.Errorf("%q: %+v, want %d broken of %d", name, list, broken, rows)
	}
}
