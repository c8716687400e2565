package storetest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/coupon"
	"github.com/favord/favord/internal/delivery"
	"github.com/favord/favord/internal/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/user"
)

// Differential plays random sequences of transactions on an engine and on a model,
// and compares every outcome and every row that can be read.
func Differential(t *testing.T, open, openModel Open) {
	t.Helper()
	rapid.Check(t, func(rt *rapid.T) {
		engine, model := open(t), openModel(t)
		defer func() { _, _ = engine.Close(), model.Close() }()
		for i := range rapid.IntRange(1, 12).Draw(rt, "transactions") {
			steps := rapid.SliceOfN(drawStep(), 1, 6).Draw(rt, fmt.Sprint("steps", i))
			var end error
			if rapid.IntRange(0, 9).Draw(rt, fmt.Sprint("abort", i)) == 0 {
				end = errOnPurpose
			}
			got, want := play(engine, steps, end), play(model, steps, end)
			if diff := cmp.Diff(want, got); diff != "" {
				rt.Fatalf("transaction %d ends otherwise (-model +engine):\n%s", i, diff)
			}
			if diff := cmp.Diff(dump(t, model), dump(t, engine)); diff != "" {
				rt.Fatalf("after transaction %d (-model +engine):\n%s", i, diff)
			}
		}
	})
}

// step is one write of a sequence, drawn from few ids so that steps collide.
type step struct {
	What   string
	Stock  int
	Code   int
	Holder byte
	N      int64
	State  coupon.State
}

func drawStep() *rapid.Generator[step] {
	return rapid.Custom(func(t *rapid.T) step {
		return step{
			What:   rapid.SampledFrom([]string{"stock", "pause", "counters", "held", "coupon", "use", "request", "event", "merchant", "user", "upload", "give", "delete"}).Draw(t, "what"),
			Stock:  rapid.IntRange(1, 2).Draw(t, "stock"),
			Code:   rapid.IntRange(1, 4).Draw(t, "code"),
			Holder: rapid.ByteRange(1, 3).Draw(t, "holder"),
			N:      rapid.Int64Range(0, 3).Draw(t, "n"),
			State:  rapid.SampledFrom(coupon.States()).Draw(t, "state"),
		}
	})
}

// stockOf gives the second stock to another merchant.
func (s step) stockOf() coupon.Stock {
	st := plain(coupon.StockID(fmt.Sprint("stock", s.Stock)), coupon.Limits{MaxCoupons: 10, MaxPerUser: 2})
	if s.Stock == 2 {
		st.Creator = other
	}
	return st
}

func (s step) run(ctx context.Context, tx store.Tx) error {
	st := s.stockOf()
	c := issued(st.StockKey, coupon.Code(fmt.Sprint("C", s.Code)), holder(s.Holder))
	switch s.What {
	case "stock":
		return tx.InsertStock(ctx, st)
	case "pause":
		st.State = coupon.StockPaused
		return tx.UpdateStock(ctx, st)
	case "counters":
		_, was, err := tx.LockStock(ctx, st.StockKey, today()+day.Day(s.N))
		if err != nil {
			return err
		}
		return tx.SetCounters(ctx, store.CounterChange{Stock: st.StockKey, Was: was, Is: was.Issue(coupon.CodesByUpload)})
	case "held":
		return tx.SetHeld(ctx, []store.Held{heldBy(st.StockKey, holder(s.Holder), s.N+1)})
	case "coupon":
		return tx.InsertCoupons(ctx, []coupon.Coupon{c})
	case "use":
		c.State, c.Use = s.State, coupon.Use{RequestNo: fmt.Sprint(s.N), At: noon()}
		c.Returned = coupon.Return{RequestNo: fmt.Sprint(s.N), At: noon()}
		return tx.UpdateCoupon(ctx, c)
	case "request":
		return tx.InsertRequests(ctx, []store.Request{{RequestKey: s.requestKey(), Content: store.ContentOf(s.What), Answer: []byte{byte(s.N)}, At: noon()}})
	case "event":
		return tx.AppendEvents(ctx, []delivery.Event{{Owner: st.Creator, ID: fmt.Sprint(s.N), Kind: delivery.KindCouponSent, At: noon(), Payload: []byte{1}}})
	case "upload":
		return s.upload(ctx, tx)
	case "give": // all there are, as which of them is left to chance
		if _, _, err := tx.LockStock(ctx, st.StockKey, today()); err != nil {
			return err
		}
		_, err := tx.TakeCodes(ctx, map[coupon.StockKey]int{st.StockKey: 100})
		return err
	case "delete":
		return tx.DeleteCode(ctx, c.Key)
	case "user":
		return tx.InsertUsers(ctx, []user.User{{AppID: "wx1", OpenID: user.OpenID(fmt.Sprint("o", s.Holder)), ID: holder(byte(s.N))}})
	default:
		return tx.InsertMerchant(ctx, merchant.Merchant{ID: st.Creator, Name: "n", Kind: merchant.Ordinary, KeyMode: merchant.ModeCertificate}, noon())
	}
}

// upload adds two codes.
func (s step) upload(ctx context.Context, tx store.Tx) error {
	key := s.stockOf().StockKey
	if _, _, err := tx.LockStock(ctx, key, today()); err != nil {
		return err
	}
	codes := []coupon.Code{coupon.Code(fmt.Sprint("C", s.N)), coupon.Code(fmt.Sprint("C", s.Code))}
	_, err := tx.InsertCodes(ctx, key, codes, noon().Add(time.Duration(s.N)*time.Second))
	return err
}

func (s step) requestKey() store.RequestKey {
	return store.RequestKey{Owner: s.stockOf().Creator, Stock: s.stockOf().ID, Operation: store.OpUseCoupon, Subject: fmt.Sprint(s.Code), Number: fmt.Sprint(s.N)}
}

// play runs the steps in one transaction, which then ends with an error or nil, and
// returns what the contract says about the outcome.
func play(s store.Store, steps []step, end error) string {
	err := s.Write(context.Background(), func(tx store.Tx) error {
		for _, one := range steps {
			if err := one.run(context.Background(), tx); err != nil {
				return err
			}
		}
		if end == nil {
			return nil
		}
		// Errors that an engine put off come at the next read.
		if _, err := tx.Users(context.Background(), []user.OpenID{"none"}); err != nil {
			return err
		}
		return end
	})
	return outcome(err)
}

// outcome reduces an error to what the contract says about it.
func outcome(err error) string {
	for _, known := range []error{store.ErrNotFound, store.ErrDuplicate, store.ErrStale, user.ErrNotFound, errOnPurpose} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	if err != nil {
		return "failed: " + err.Error()
	}
	return "done"
}

// state is everything that the contract lets one read.
type state struct {
	Stocks   map[coupon.StockID]coupon.Stock
	Counters map[string]coupon.Counters
	Held     []map[user.ID]int64
	Coupons  map[byte][]coupon.Coupon
	Codes    [][]coupon.UploadedCode
	Requests map[store.RequestKey]store.Request
	Events   []delivery.Event
	Users    map[user.OpenID]user.User
	Errors   []string
}

func dump(tb testing.TB, s store.Store) state {
	tb.Helper()
	d := state{
		Stocks: map[coupon.StockID]coupon.Stock{}, Counters: map[string]coupon.Counters{},
		Coupons: map[byte][]coupon.Coupon{}, Requests: map[store.RequestKey]store.Request{}, Users: map[user.OpenID]user.User{},
	}
	read(tb, s, func(ctx context.Context, tx store.ReadTx) error {
		for number := 1; number <= 2; number++ {
			d.addStock(ctx, tx, step{Stock: number}.stockOf().StockKey, step{Stock: number})
		}
		for who := range byte(4) {
			d.addHolder(ctx, tx, who)
		}
		return nil
	})
	return d
}

func (d *state) addStock(ctx context.Context, tx store.ReadTx, key coupon.StockKey, numbered step) {
	st, err := tx.Stock(ctx, key.ID)
	d.note(err)
	d.Stocks[key.ID] = st
	if err == nil {
		for day := range day.Day(4) {
			counters, err := tx.Counters(ctx, key, today()+day)
			d.note(err)
			d.Counters[fmt.Sprint(key, day)] = counters
		}
	}
	for _, status := range []coupon.CodeStatus{"", coupon.CodeAvailable, coupon.CodeDispatched} {
		codes, err := tx.UploadedCodes(ctx, store.CodeQuery{Stock: key, Status: status, Offset: 1, Limit: 3})
		d.note(err)
		d.Codes = append(d.Codes, append([]coupon.UploadedCode{}, codes...))
	}
	held, err := heldIn(ctx, tx, key, holder(1), holder(2), holder(3))
	d.note(err)
	d.Held = append(d.Held, held)
	events, err := tx.Events(ctx, key.Creator, 0, 100)
	d.note(err)
	d.Events = append(d.Events, events...)
	for code := 1; code <= 4; code++ {
		for n := range int64(4) {
			numbered.Code, numbered.N = code, n
			found, err := tx.Requests(ctx, []store.RequestKey{numbered.requestKey()})
			d.note(err)
			maps.Copy(d.Requests, found)
		}
	}
}

func (d *state) addHolder(ctx context.Context, tx store.ReadTx, who byte) {
	coupons, total, err := tx.UserCoupons(ctx, store.CouponQuery{Holder: holder(who), Now: noon().Add(2 * time.Hour), Limit: 100})
	d.note(err)
	if total != int64(len(coupons)) {
		d.Errors = append(d.Errors, fmt.Sprintf("total %d of %d", total, len(coupons)))
	}
	d.Coupons[who] = coupons
	openid := user.OpenID(fmt.Sprint("o", who))
	u, err := tx.UserByOpenID(ctx, openid)
	d.note(err)
	d.Users[openid] = u
}

func (d *state) note(err error) { d.Errors = append(d.Errors, outcome(err)) }
