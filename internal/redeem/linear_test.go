package redeem_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	randv2 "math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/anishathalye/porcupine"

	"github.com/favord/favord/internal/clock"
	"github.com/favord/favord/internal/coupon"
	"github.com/favord/favord/internal/directory"
	"github.com/favord/favord/internal/issue"
	"github.com/favord/favord/internal/redeem"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/storetest"
	"github.com/favord/favord/internal/user"
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

// input is a call of a history: a send, or the use of a coupon.
type input struct {
	Stock  coupon.StockID
	User   user.OpenID
	Number string
	// Code is the coupon to use; "" asks for one.
	Code coupon.Code
}

// output is its answer: the code of the coupon, or what it was refused for.
type output struct {
	Code    coupon.Code
	Refused string
}

// state is a stock as the model has it. It is never changed in place.
type state struct {
	issued int
	held   map[user.OpenID]int
	sent   map[string]coupon.Code // by user and request number
	used   map[coupon.Code]string // by which number
}

// model is what a stock does when one call follows the other.
func model() porcupine.Model {
	return porcupine.Model{
		Init: func() any { return state{} },
		Step: func(s, in, out any) (bool, any) {
			before, call, answer := s.(state), in.(input), out.(output)
			if call.Code != "" {
				return use(before, call, answer)
			}
			return claim(before, call, answer)
		},
		Equal: func(a, b any) bool {
			x, y := a.(state), b.(state)
			return x.issued == y.issued && maps.Equal(x.held, y.held) && maps.Equal(x.sent, y.sent) && maps.Equal(x.used, y.used)
		},
		Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
			parts := map[coupon.StockID][]porcupine.Operation{}
			for _, op := range history {
				stock := op.Input.(input).Stock
				parts[stock] = append(parts[stock], op)
			}
			return slices.Collect(maps.Values(parts))
		},
	}
}

func claim(s state, call input, answer output) (bool, any) {
	key := string(call.User) + call.Number
	if code, known := s.sent[key]; known {
		return answer.Code == code, s
	}
	switch {
	case s.held[call.User] >= mostPerUser:
		return answer.Refused == "quota", s
	case s.issued >= mostCoupons:
		return answer.Refused == "empty", s
	case answer.Code == "":
		return false, s
	}
	for _, code := range s.sent {
		if code == answer.Code {
			return false, s
		}
	}
	next := state{issued: s.issued + 1, held: with(s.held, call.User, s.held[call.User]+1), sent: with(s.sent, key, answer.Code), used: s.used}
	return true, next
}

func use(s state, call input, answer output) (bool, any) {
	switch number, used := s.used[call.Code]; {
	case used && number == call.Number:
		return answer.Refused == "", s
	case used:
		return answer.Refused == "used", s
	}
	return answer.Refused == "", state{issued: s.issued, held: s.held, sent: s.sent, used: with(s.used, call.Code, call.Number)}
}

// with returns a copy of m with one more entry.
func with[K comparable, V any](m map[K]V, key K, value V) map[K]V {
	next := make(map[K]V, len(m)+1)
	maps.Copy(next, m)
	next[key] = value
	return next
}

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

// addStocks adds the stocks of the history to the shop's.
func (p *player) addStocks(t *testing.T) []coupon.StockID {
	t.Helper()
	ids := make([]coupon.StockID, stocks)
	if err := p.shop.Store.Write(t.Context(), func(tx store.Tx) error {
		for i := range ids {
			one := p.shop.Stock
			one.ID = coupon.StockID(fmt.Sprintf("12820700001%05d", i))
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

// play makes one caller's calls of a stock. What it does follows from the seed; what it
// finds depends on the others.
func (p *player) play(t *testing.T, stock coupon.StockID, caller int, seed uint64) {
	t.Helper()
	dice := randv2.New(randv2.NewPCG(seed, uint64(caller)))
	for range callsOfCaller {
		call := input{Stock: stock, User: user.OpenID(fmt.Sprintf("o%027d", dice.IntN(6))), Number: fmt.Sprint("n", dice.IntN(4))}
		if dice.IntN(2) == 0 {
			call.Code, call.User = p.anyCode(stock, dice), ""
		}
		began := p.now.Add(1)
		answer, err := p.call(t, call)
		if err != nil {
			t.Errorf("%+v: %v", call, err)
			return
		}
		p.note(porcupine.Operation{ClientId: caller, Input: call, Call: began, Output: answer, Return: p.now.Add(1)})
	}
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
	if call.Code == "" {
		sent, err := p.sender.Send(t.Context(), issue.SendCommand{
			Caller: p.shop.Stock.Creator, AppID: storetest.ShopAppID, OpenID: orSomebody(call.User), StockID: call.Stock, RequestNo: call.Number,
		})
		return refused(sent.Code, err)
	}
	_, err := p.redeemer.Use(t.Context(), redeem.UseCommand{
		Target: redeem.Target{Caller: p.shop.Stock.Creator, Code: call.Code, StockID: call.Stock}, AppID: storetest.ShopAppID, RequestNo: call.Number,
	})
	return refused("", err)
}

// orSomebody names the user of a call that found no coupon to use.
func orSomebody(id user.OpenID) user.OpenID {
	if id == "" {
		return openID
	}
	return id
}

func refused(code coupon.Code, err error) (output, error) {
	switch {
	case err == nil:
		return output{Code: code}, nil
	case errors.Is(err, coupon.RefusedQuota.Fault()):
		return output{Refused: "quota"}, nil
	case errors.Is(err, coupon.RefusedNotEnough.Fault()):
		return output{Refused: "empty"}, nil
	case errors.Is(err, coupon.ErrUsed):
		return output{Refused: "used"}, nil
	}
	return output{}, err
}

func TestIssueAndUseAreLinearizable(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		p := newPlayer(storetest.OpenShop(t, s, coupon.Limits{MaxCoupons: mostCoupons, MaxPerUser: mostPerUser}))
		var wg sync.WaitGroup
		for i, stock := range p.addStocks(t) {
			for caller := range callers {
				wg.Go(func() { p.play(t, stock, caller, uint64(i)) })
			}
		}
		wg.Wait()
		if len(p.history) != stocks*callers*callsOfCaller {
			t.Fatalf("%d calls", len(p.history))
		}
		if !porcupine.CheckOperations(model(), p.history) {
			t.Error("no order of the calls explains the answers")
		}
		// The check can fail: one coupon redeemed twice is found.
		if porcupine.CheckOperations(model(), append(p.history, doubleUse(p.history)...)) {
			t.Error("a second redemption went unnoticed")
		}
	})
}

// doubleUse makes up the calls of two numbers that both redeemed one coupon.
func doubleUse(history []porcupine.Operation) []porcupine.Operation {
	end := int64(len(history))*2 + 1
	call := func(number string, at int64) porcupine.Operation {
		return porcupine.Operation{Input: input{Stock: "1", Code: "X", Number: number}, Call: end + at, Output: output{}, Return: end + at + 1}
	}
	return []porcupine.Operation{call("a", 0), call("b", 2)}
}
