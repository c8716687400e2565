package redeem_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	randv2 "math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/anishathalye/porcupine"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/busifavor/issue"
	"github.com/favord/favord/internal/busifavor/redeem"
	"github.com/favord/favord/internal/platform/directory"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/size"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/storetest"
)

// The size of a history. Each stock is checked by itself, so that the search for an
// order stays short.
const (
	stocks        = 60
	callers       = 8
	callsOfCaller = 12
	// Limits that the calls run into.
	mostCoupons = 12
	mostPerUser = 3
)

// player makes calls and writes down when each began and ended, on a clock that only
// counts.
type player struct {
	sender   *issue.Service
	redeemer *redeem.Service
	shop     *storetest.Shop
	now      atomic.Int64

	mu      sync.Mutex
	history []porcupine.Operation
	codes   map[coupon.StockID][]coupon.Code
}

func newPlayer(shop *storetest.Shop) *player {
	known := directory.New(shop.Store, clock.System{})
	return &player{
		shop: shop, codes: map[coupon.StockID][]coupon.Code{},
		sender:   issue.New(issue.Config{Store: shop.Store, Directory: known, Clock: clock.Same{Source: clock.Fixed(shop.Now)}, Random: rand.Reader, Users: users()}),
		redeemer: redeem.New(redeem.Config{Store: shop.Store, Directory: known, Clock: clock.Same{Source: clock.Fixed(shop.Now)}, Users: users()}),
	}
}

// addStocks adds the stocks of a round's history to the shop's.
func (p *player) addStocks(t *testing.T, round int) []coupon.StockID {
	t.Helper()
	ids := make([]coupon.StockID, stocks)
	if err := p.shop.Store.Write(t.Context(), func(tx store.Tx) error {
		for i := range ids {
			one := p.shop.Stock
			one.ID = coupon.StockID(fmt.Sprintf("12820700001%05d", round*stocks+i))
			ids[i] = one.ID
			if err := tx.InsertStock(t.Context(), one); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return ids
}

// playAll makes the calls of a round: of each stock by several callers at once.
func (p *player) playAll(t *testing.T, round int) {
	t.Helper()
	var wg sync.WaitGroup
	for i, stock := range p.addStocks(t, round) {
		for caller := range callers {
			wg.Go(func() { p.play(t, stock, caller, uint64(round*stocks+i)) })
		}
	}
	wg.Wait()
}

// play makes one caller's calls of a stock. What it does follows from the seed; what it
// finds depends on the others.
func (p *player) play(t *testing.T, stock coupon.StockID, caller int, seed uint64) {
	t.Helper()
	dice := randv2.New(randv2.NewPCG(seed, uint64(caller)))
	for range callsOfCaller {
		call := p.draw(stock, dice)
		began := p.now.Add(1)
		answer, err := p.call(t, call)
		if err != nil {
			t.Errorf("%+v: %v", call, err)
			return
		}
		p.note(porcupine.Operation{ClientId: caller, Input: call, Call: began, Output: answer, Return: p.now.Add(1)})
	}
}

// draw chooses a call. Ends are rare, so that coupons live long enough.
func (p *player) draw(stock coupon.StockID, dice *randv2.Rand) input {
	call := input{Kind: callSend, Stock: stock, Number: fmt.Sprint("n", dice.IntN(4))}
	if code := p.anyCode(stock, dice); code != "" {
		switch roll := dice.IntN(20); {
		case roll < 6:
			call.Kind, call.Code = callUse, code
		case roll < 11:
			call.Kind, call.Code = callReturn, code
		case roll < 12:
			call.Kind, call.Code = callDeactivate, code
		case roll < 13:
			call.Kind, call.Code, call.Number = callDelete, code, ""
		}
	}
	if call.Kind == callSend {
		call.User = user.OpenID(fmt.Sprintf("o%027d", dice.IntN(6)))
	}
	return call
}

func (p *player) anyCode(stock coupon.StockID, dice *randv2.Rand) coupon.Code {
	p.mu.Lock()
	defer p.mu.Unlock()
	if codes := p.codes[stock]; len(codes) > 0 {
		return codes[dice.IntN(len(codes))]
	}
	return ""
}

func (p *player) note(op porcupine.Operation) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.history = append(p.history, op)
	if call := op.Input.(input); call.Code == "" && op.Output.(output).Code != "" {
		p.codes[call.Stock] = append(p.codes[call.Stock], op.Output.(output).Code)
	}
}

func (p *player) call(t *testing.T, call input) (output, error) {
	t.Helper()
	target := redeem.Target{Caller: p.shop.Stock.Creator, Code: call.Code, StockID: call.Stock}
	var err error
	switch call.Kind {
	case callSend:
		sent, err := p.sender.Send(t.Context(), issue.SendCommand{
			Caller: p.shop.Stock.Creator, AppID: storetest.ShopAppID, OpenID: call.User, StockID: call.Stock, RequestNo: call.Number,
		})
		return refused(sent.Code, err)
	case callUse:
		_, err = p.redeemer.Use(t.Context(), redeem.UseCommand{Target: target, AppID: storetest.ShopAppID, RequestNo: call.Number})
	case callReturn:
		_, err = p.redeemer.Return(t.Context(), redeem.ReturnCommand{Target: target, RequestNo: call.Number})
	case callDeactivate:
		_, err = p.redeemer.Deactivate(t.Context(), redeem.DeactivateCommand{Target: target, RequestNo: call.Number})
	case callDelete:
		err = p.redeemer.Delete(t.Context(), redeem.DeleteCommand{StockID: call.Stock, Code: call.Code, Actor: "user"})
	}
	return refused("", err)
}

func refused(code coupon.Code, err error) (output, error) {
	if err == nil {
		return output{Code: code}, nil
	}
	for known, name := range map[error]string{
		coupon.RefusedQuota.Fault(): refusedQuota, coupon.RefusedNotEnough.Fault(): refusedEmpty,
		coupon.ErrUsed: refusedUsed, coupon.ErrNumberSpent: refusedSpent, coupon.ErrNotUsed: refusedUnused,
		coupon.ErrNotUsable: refusedUnusable, coupon.ErrDeleted: refusedDeleted,
	} {
		if errors.Is(err, known) {
			return output{Refused: name}, nil
		}
	}
	return output{}, err
}

func TestEverythingThatChangesACouponIsLinearizable(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		shop := storetest.OpenShop(t, s, coupon.Limits{MaxCoupons: mostCoupons, MaxPerUser: mostPerUser})
		var p *player
		checked := 0
		rounds := size.Counts{Usual: 1, Hour: 20, Night: 400}.Of(t)
		for round := range rounds {
			p = newPlayer(shop)
			p.playAll(t, round)
			if len(p.history) != stocks*callers*callsOfCaller {
				t.Fatalf("%d calls in round %d", len(p.history), round)
			}
			if !porcupine.CheckOperations(model(), p.history) {
				t.Fatalf("no order of the calls explains the answers of round %d", round)
			}
			checked += len(p.history)
			size.Tell(t, round+1, rounds, "rounds")
		}
		t.Logf("proof P5: %d concurrent calls are linearizable", checked)
		// The check can fail: one coupon redeemed twice is found, and one that was redeemed
		// after its end.
		for name, calls := range map[string][2]input{
			"a second redemption":           {{Kind: callUse, Number: "a"}, {Kind: callUse, Number: "b"}},
			"a redemption after the end":    {{Kind: callDeactivate, Number: "a"}, {Kind: callUse, Number: "b"}},
			"a return of what was not used": {{Kind: callReturn, Number: "a"}, {Kind: callUse, Number: "b"}},
			"an end while it was redeemed":  {{Kind: callUse, Number: "a"}, {Kind: callDeactivate, Number: "b"}},
		} {
			if porcupine.CheckOperations(model(), slices.Concat(p.history, both(p.history, calls))) {
				t.Errorf("%s went unnoticed", name)
			}
		}
	})
}

// both makes up that two calls of one coupon, one after the other, both succeeded.
func both(history []porcupine.Operation, calls [2]input) []porcupine.Operation {
	end := int64(len(history))*2 + 1
	made := make([]porcupine.Operation, len(calls))
	for i, call := range calls {
		call.Stock, call.Code = "1", "X"
		at := end + int64(2*i)
		made[i] = porcupine.Operation{Input: call, Call: at, Output: output{}, Return: at + 1}
	}
	return made
}
