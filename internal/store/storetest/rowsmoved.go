package storetest

import (
	"context"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/store"
)

// OldStock is the one in a database of before a coupon's row was its request number, too.
func OldStock() coupon.Stock {
	return plain("1282070000000017", coupon.Limits{MaxCoupons: 9, MaxPerUser: 2})
}

// OldRows returns statements that fill a database of that time with a stock, which is stored as
// content, and coupons in all states; bytes writes bytes as a literal of the engine.
func OldRows(content []byte, bytes func(hex string) string) []string {
	st := OldStock()
	raw := func(b []byte) string { return bytes(hex.EncodeToString(b)) }
	who := func(n byte) string { id := holder(n); return raw(id[:]) }
	now := store.Seconds(noon())
	list := []string{
		fmt.Sprintf(`insert into stock (creator_mchid, stock_id, state, content, created_at, issued)
			values ('%s', '%s', 'RUNNING', '%s', %d, 5)`,
			creator, st.ID, content, now),
		fmt.Sprintf(`insert into stock_day (creator_mchid, stock_id, day, issued) values ('%s', '%s', %d, 5)`, creator, st.ID, today()),
	}
	for n, received := range map[byte]int{1: 2, 2: 2, 3: 1} {
		list = append(list, fmt.Sprintf(`insert into stock_holder (creator_mchid, stock_id, holder, received) values ('%s', '%s', %s, %d)`,
			creator, st.ID, who(n), received))
	}
	for i, c := range []struct {
		code, state, use string
		holder           byte
		used             int64
	}{
		{"A", "SENDED", "", 1, 0},
		{"B", "USED", "u1", 1, now},
		{"C", "SENDED", "", 2, 0},
		{"D", "DEACTIVATED", "", 2, 0},
		{"E", "SENDED", "", 3, 0},
	} {
		list = append(list,
			fmt.Sprintf(`insert into coupon (creator_mchid, stock_id, code, belong_mchid, sender_mchid, holder, appid, openid, state, start_at,
				expire_at, received_at, channel, send_request_no, use_request_no, used_at)
				values ('%s', '%s', '%s', '%s', '%s', %s, 'wx1', 'o%d', '%s', %d, %d, %d, 'API', 'R-%s', '%s', %d)`,
				creator, st.ID, c.code, other, creator, who(c.holder), c.holder, c.state, now, now+3600, now, c.code, c.use, c.used),
			oldRequest(raw, st.ID, 2, who(c.holder), "R-"+c.code, c.code),
			fmt.Sprintf(`insert into outbox (creator_mchid%[1]s, event_id, kind, at, payload)
				values ('%[2]s'%[3]s, 'e%[4]d', 'COUPON.SEND', %[5]d, %[6]s)`,
				idColumn(bytes), creator, idValue(bytes, i), i, now, raw([]byte(`{}`))))
	}
	return append(list,
		`update coupon set return_request_no = 'r1', returned_at = received_at where code = 'C'`,
		`update coupon set deactivate_request_no = 'd1', deactivated_at = received_at, deactivate_reason = 'x' where code = 'D'`,
		`update coupon set associated_out_trade_no = 'T' where code = 'E'`,
		oldRequest(raw, st.ID, store.OpUseCoupon, raw([]byte("B")), "u1", "used B"),
		oldRequest(raw, st.ID, store.OpUseCoupon, raw([]byte("C")), "u1", "used C"),
		oldRequest(raw, st.ID, store.OpReturnCoupon, raw([]byte("C")), "r1", "returned C"),
		oldRequest(raw, st.ID, store.OpDeactivateCoupon, raw([]byte("D")), "d1", "voided D"),
		oldRequest(raw, st.ID, store.OpAssociateOrder, raw([]byte("E\x00"+string(other))), "a1", "order of E"))
}

// idColumn and idValue are for the engine that numbers events itself: its bytes begin with x.
func idColumn(bytes func(string) string) string {
	if strings.HasPrefix(bytes(""), "x") {
		return ", id"
	}
	return ""
}

func idValue(bytes func(string) string, i int) string {
	if idColumn(bytes) == "" {
		return ""
	}
	return fmt.Sprint(", ", i+1)
}

func oldRequest(raw func([]byte) string, stock coupon.StockID, op store.Operation, subject, number, content string) string {
	digest := store.ContentOf(content)
	return fmt.Sprintf(`insert into request (creator_mchid, stock_id, operation, subject, number, content, answer, at)
		values ('%s', '%s', %d, %s, '%s', %s, %s, %d)`,
		creator, stock, op, subject, number, raw(digest[:]), raw([]byte("{}")), store.Seconds(noon()))
}

// ExpectCouponsMoved looks whether a store has what OldRows described.
func ExpectCouponsMoved(t *testing.T, s store.Store) {
	t.Helper()
	expectInvariants(t, s)
	key := OldStock().StockKey
	expectGiven(t, s, key)
	expectStates(t, s, key)
	expectNumbers(t, s, key)
	one := sale{store: s, key: key}
	issues := []claimant{{who: holder(1), number: "n", code: "X"}, {who: holder(3), number: "n", code: "Y"}}
	if got, err := one.batch(t.Context(), issues); err != nil || got[0] || !got[1] {
		t.Errorf("after it %v, %v", got, err) // the first one has two already
	}
	expectInvariants(t, s)
}

// shortOf is what a row has of the digest of a text.
func shortOf(text string) coupon.Digest { return store.ContentOf(text).ShortOf() }

func expectGiven(t *testing.T, s store.Store, key coupon.StockKey) {
	t.Helper()
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		holders := []store.HolderKey{{Stock: key, Holder: holder(1)}, {Stock: key, Holder: holder(2)}}
		given, err := tx.Given(ctx, holders)
		for i, codes := range []string{"AB", "CD"} {
			found := map[string]store.Given{}
			for _, g := range given[holders[i]] {
				found[g.Number] = g
			}
			want := map[string]store.Given{}
			for _, code := range codes {
				want["R-"+string(code)] = store.Given{Number: "R-" + string(code), Content: shortOf(string(code)), Code: coupon.Code(code)}
			}
			if diff := cmp.Diff(want, found); diff != "" {
				t.Errorf("given (-want +got):\n%s", diff)
			}
		}
		return err
	})
}

func expectStates(t *testing.T, s store.Store, key coupon.StockKey) {
	t.Helper()
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		for code, spent := range map[coupon.Code]int64{"A": 0, "B": 0, "C": 2, "D": 1, "E": 1} {
			c, err := tx.Coupon(ctx, coupon.Key{Stock: key, Code: code})
			if err != nil {
				return err
			}
			if c.Spent != spent {
				t.Errorf("%s counts %d numbers, want %d", code, c.Spent, spent)
			}
			if used := c.Use.Content == shortOf("used B") && c.Use.RequestNo == "u1"; used != (code == "B") {
				t.Errorf("%s: %+v", code, c.Use)
			}
		}
		newest, total, err := tx.UserCoupons(ctx, store.CouponQuery{Holder: holder(1), Now: noon(), Limit: 1})
		if len(newest) != 1 || newest[0].Code != "B" || total != 2 {
			t.Errorf("the newest of %d is %+v", total, newest)
		}
		return err
	})
}

func expectNumbers(t *testing.T, s store.Store, key coupon.StockKey) {
	t.Helper()
	numbers := func(op store.Operation, subject, number string) store.RequestKey {
		return store.RequestKey{Owner: creator, Stock: key.ID, Operation: op, Subject: subject, Number: number}
	}
	stays := numbers(store.OpUseCoupon, "C", "u1")
	gone := []store.RequestKey{numbers(store.OpUseCoupon, "B", "u1")}
	id := holder(1)
	gone = append(gone, numbers(2, string(id[:]), "R-A"))
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		found, err := tx.Requests(ctx, append(gone, stays))
		if _, there := found[stays]; !there || len(found) != 1 {
			t.Errorf("requests %v", found)
		}
		return err
	})
}

// Violations are changes of the rows that ExpectCouponsMoved left, by the invariant that each breaks:
// none of them is broken before.
func Violations() [][2]string {
	return [][2]string{
		{store.InvariantLocators, `update coupon set number_key = number_key + 1 where code = 'A'`},
		{store.InvariantBatches, `update coupon set received_at = received_at + 1 where code = 'Y'`},
		{store.InvariantSpent, `update coupon set spent = 5 where code = 'A'`},
		{store.InvariantReturns, `update coupon set return_request_no = 'r9' where code = 'C'`},
		{store.InvariantStates, `update coupon set used_at = 1 where code = 'A'`},
		{store.InvariantDays, `update stock set day_issued = day_issued + 1`},
		{store.InvariantIssued, `update stock set issued = issued + 1`},
		{store.InvariantNumbers, `update coupon set send_request_no = 'R-A' where code = 'B'`},
		{store.InvariantPerUser, `update coupon set account = (select account from coupon where code = 'A') where code = 'E'`},
		{store.InvariantUnique, `update coupon set code = 'A' where code = 'B'`},
	}
}

// Broken lists what a check finds.
func Broken(tb testing.TB, s store.Store) (names []string) {
	tb.Helper()
	list, err := s.Check(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	for _, one := range list {
		if one.Broken > 0 {
			names = append(names, one.Name)
		}
	}
	return names
}
