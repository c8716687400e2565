// Package storetest holds every storage engine to the contract of package store: one
// suite of conformance, concurrency and benchmarks. An engine's own test calls Run;
// a bug found in one engine becomes a case here first.
package storetest

import (
	"context"
	"maps"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
)

// Open returns a new, empty store, which the suite closes.
type Open func(tb testing.TB) store.Store

// Run runs the whole suite, but for the cases that are named.
func Run(t *testing.T, open Open, but ...string) {
	t.Helper()
	t.Run("every method has a case", coverage)
	cases := map[string]func(*testing.T, store.Store){
		"a merchant keeps its appids and permissions":        testMerchant,
		"sub-merchants are related one way":                  testSubMerchant,
		"an appid serves its owner and the owner's provider": testAppIDServes,
		"a user is found by openid and by account":           testUsers,
		"users are found in bulk":                            testUsersInBulk,
		"a request can be touched":                           testTouch,
		"changes are told":                                   testChanges,
		"the invariants hold, and show what breaks them":     testInvariants,
		"certificates and platform keys are listed":          testKeys,
		"the newest version of a secret counts":              testSecrets,
		"secrets come in pages, the newest version of each":  testSecretPages,
		"key-encryption keys are told apart":                 testSealingKeys,
		"a secret gets another box once":                     testReplacedBox,
		"a key-encryption key that is sealed with stays":     testDroppedSealingKey,
		"a stock comes back as it was stored":                testStock,
		"stock ids are unique across merchants":              testStockIDs,
		"counters are guarded by their old values":           testCounters,
		"stocks of several creators are counted at once":     testCountersTogether,
		"days count apart":                                   testDays,
		"what accounts got of a stock is found":              testGiven,
		"several stocks are locked at once":                  testLockStocks,
		"what is foreseen of a stock is proved":              testForeseen,
		"a coupon comes back as it was stored":               testCoupon,
		"several coupons are locked and changed at once":     testLockCoupons,
		"a code is unique within its stock only":             testCodes,
		"a user's coupons are filtered as the query says":    testUserCoupons,
		"a user's coupons come in pages, the newest first":   testPages,
		"a creator's coupons are gone through in windows":    testScanCoupons,
		"a request number is kept once with its answer":      testRequests,
	}
	for _, more := range []map[string]func(*testing.T, store.Store){
		transactionCases(), voucherCases(), paymentCases(), codeCases(), importCases(), registryCases(), marketingCases(),
		noticeCases(), moneyCases(), tallyCases(), operatorCases(), draftCases(), retentionCases(), auditCases(), deedCases(), raceCases(),
	} {
		maps.Copy(cases, more)
	}
	for _, name := range but {
		if cases[name] == nil {
			t.Errorf("there is no case %q", name)
		}
		delete(cases, name)
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			t.Cleanup(func() { _ = s.Close() })
			test(t, s)
		})
	}
}

// Times and ids of the suite.
const (
	creator = merchant.ID("1900000001")
	other   = merchant.ID("1900000002")
)

func noon() time.Time { return time.Date(2026, 12, 5, 4, 0, 0, 0, time.UTC) }

func today() day.Day { return day.Of(noon()) }

func holder(n byte) user.ID { return user.ID{n, 15: 1} }

// write runs fn in a transaction that must succeed.
func write(tb testing.TB, s store.Store, fn func(ctx context.Context, tx store.Tx) error) {
	tb.Helper()
	if err := s.Write(tb.Context(), func(tx store.Tx) error { return fn(tb.Context(), tx) }); err != nil {
		tb.Fatalf("write: %v", err)
	}
}

// read runs fn in a transaction that must succeed.
func read(tb testing.TB, s store.Store, fn func(ctx context.Context, tx store.ReadTx) error) {
	tb.Helper()
	if err := s.Read(tb.Context(), func(tx store.ReadTx) error { return fn(tb.Context(), tx) }); err != nil {
		tb.Fatalf("read: %v", err)
	}
}

// stock returns a stock with every field set.
func stock(id coupon.StockID) coupon.Stock {
	return coupon.Stock{
		StockKey: coupon.StockKey{Creator: creator, ID: id},
		Belong:   other, Name: "8月1日活动券", Comment: "活动使用", Goods: "全场商品",
		Type: coupon.TypeNormal, CodeMode: coupon.CodesByPlatform, State: coupon.StockRunning,
		Benefit: coupon.Benefit{Type: coupon.TypeNormal, Discount: 500, Percent: 88, Price: 7, Minimum: 1000},
		UseBy:   coupon.UseBy{Method: "MINI_PROGRAMS", MiniProgramAppID: "wx1", MiniProgramPath: "/p"},
		Validity: coupon.Validity{
			Begin: noon().Add(-24 * time.Hour), End: noon().Add(24 * time.Hour),
			Days: 3, WaitDays: 1, Seconds: 60, WeekDays: []int{0, 6},
			DayTimes:  []coupon.DayTime{{Begin: 0, End: 3600}},
			Irregular: []coupon.Period{{Begin: noon(), End: noon().Add(time.Hour)}},
		},
		Limits: coupon.Limits{
			MaxCoupons: 40, MaxPerUser: 5, MaxPerDay: 40, MaxAmount: 1e9, MaxAmountPerDay: 1e8,
			NaturalPerson: coupon.Yes, PreventAbuse: coupon.No, Transferable: coupon.Unset, Shareable: coupon.Yes,
		},
		Entrance: coupon.Entrance{
			MiniProgram: &coupon.MiniProgram{AppID: "wx2", Path: "/q", EntranceText: "欢迎", GuidingText: "更多"},
			AppID:       "wx3", HallID: "h", StoreID: "s", CodeDisplay: "QRCODE",
		},
		Display: coupon.Display{
			Description: "须知", LogoURL: "https://qpic.cn/l", ImageURL: "https://qpic.cn/i", Color: "Color020",
			Finder: &coupon.Finder{ID: "f", VideoID: "v", CoverImageURL: "https://qpic.cn/c"},
		},
		NotifyAppID: "wx4", Subsidy: coupon.Yes, CreatedAt: noon(),
	}
}

// plain returns a stock with few rules.
func plain(id coupon.StockID, limits coupon.Limits) coupon.Stock {
	s := stock(id)
	s.Limits, s.Entrance, s.Display = limits, coupon.Entrance{}, coupon.Display{}
	s.Validity = coupon.Validity{Begin: noon(), End: noon().Add(24 * time.Hour)}
	return s
}

// issued returns a coupon of a stock.
func issued(key coupon.StockKey, code coupon.Code, to user.ID) coupon.Coupon {
	return coupon.Coupon{
		Key: coupon.Key{Stock: key, Code: code}, SendContent: coupon.Digest{byte(len(code))}, Belong: other, Sender: creator,
		Holder: to, AppID: "wx1", OpenID: "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
		State: coupon.StateSent, Life: coupon.Life{Start: noon(), Expire: noon().Add(time.Hour)},
		Received: noon(), Channel: coupon.ChannelAPI, SendRequestNo: "R-" + string(code),
	}
}
