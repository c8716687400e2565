package pay

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/anishathalye/porcupine"

	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/size"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
)

// The size of a history. Each group of vouchers is checked by itself, so that the search for an
// order stays short.
const (
	groups        = 40
	vouchersOf    = 3
	paymentsOf    = 3
	callers       = 6
	callsOfCaller = 6
	total         = fen.Fen(2000)
	part          = fen.Fen(700)
)

// asked is a call of a history: a payment with vouchers, or a refund under a number.
type asked struct {
	group       int
	transaction string
	// first and second are vouchers of the group; second is -1 for none, first for a refund.
	first, second int
	number        string
	amount        fen.Fen
}

// What a call is refused for; empty for one that was carried out.
const (
	refusedContent = "content"
	refusedUsed    = "used"
	refusedUnknown = "unknown"
	refusedAmount  = "amount"
)

// purse is a group as the model has it. It is never changed in place.
type purse struct {
	// used has the payment that used a voucher.
	used     map[int]string
	payments map[string]made
}

// made is a payment.
type made struct {
	first, second int
	refunded      fen.Fen
	// refunds are the amounts by number, in a form that can be compared.
	refunds string
}

func (purse) vouchers(first, second int) []int {
	if second < 0 || second == first {
		return []int{first}
	}
	return []int{first, second}
}

// model is what a group does when one call follows the other.
func model() porcupine.Model {
	return porcupine.Model{
		Init: func() any { return purse{} },
		Step: func(s, in, out any) (bool, any) {
			before, call, answer := s.(purse), in.(asked), out.(string)
			next, refused := before.refund(call)
			if call.first >= 0 {
				next, refused = before.pay(call)
			}
			return refused == answer, next
		},
		Equal: func(a, b any) bool {
			x, y := a.(purse), b.(purse)
			return maps.Equal(x.used, y.used) && maps.Equal(x.payments, y.payments)
		},
		Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
			parts := map[int][]porcupine.Operation{}
			for _, op := range history {
				group := op.Input.(asked).group
				parts[group] = append(parts[group], op)
			}
			return slices.Collect(maps.Values(parts))
		},
	}
}

func (p purse) pay(call asked) (purse, string) {
	if first, known := p.payments[call.transaction]; known {
		if first.first != call.first || first.second != call.second {
			return p, refusedContent
		}
		return p, ""
	}
	for _, v := range p.vouchers(call.first, call.second) {
		if p.used[v] != "" {
			return p, refusedUsed
		}
	}
	next := purse{used: maps.Clone(p.used), payments: with(p.payments, call.transaction, made{first: call.first, second: call.second})}
	if next.used == nil {
		next.used = map[int]string{}
	}
	for _, v := range p.vouchers(call.first, call.second) {
		next.used[v] = call.transaction
	}
	return next, ""
}

func (p purse) refund(call asked) (purse, string) {
	is, known := p.payments[call.transaction]
	if !known {
		return p, refusedUnknown
	}
	mark := fmt.Sprintf("%s=%d;", call.number, call.amount)
	switch {
	case strings.Contains(is.refunds, mark):
		return p, ""
	case strings.Contains(is.refunds, call.number+"="):
		return p, refusedContent
	case is.refunded+call.amount > total:
		return p, refusedAmount
	}
	is.refunded += call.amount
	is.refunds += mark
	next := purse{used: maps.Clone(p.used), payments: with(p.payments, call.transaction, is)}
	if is.refunded == total {
		maps.DeleteFunc(next.used, func(_ int, by string) bool { return by == call.transaction })
	}
	return next, ""
}

// with returns a copy of m with one more entry.
func with[K comparable, V any](m map[K]V, key K, value V) map[K]V {
	next := make(map[K]V, len(m)+1)
	maps.Copy(next, m)
	next[key] = value
	return next
}

// refusalOf names what a call was refused for.
func refusalOf(err error) (string, error) {
	for name, refusals := range map[string][]error{
		refusedContent: {voucher.ErrPaymentContent, voucher.ErrRefundContent},
		refusedUsed:    {voucher.MisfitState.Fault()},
		refusedUnknown: {voucher.ErrPaymentUnknown},
		refusedAmount:  {voucher.ErrRefundAmount},
	} {
		if slices.ContainsFunc(refusals, func(one error) bool { return errors.Is(err, one) }) {
			return name, nil
		}
	}
	return "", err
}

// TestPaymentsAndRefundsAreLinearizable has callers pay with a few vouchers, with one number and with
// several, and refund in parts and in whole; the answers must be those of some order.
func TestPaymentsAndRefundsAreLinearizable(t *testing.T) {
	t.Parallel()
	engines.Each(t, func(t *testing.T, s store.Store) {
		x := openTill(t, s)
		checked := 0
		rounds := size.Counts{Usual: 1, Hour: 20, Night: 500}.Of(t)
		for round := range rounds {
			history := x.history(t, round)
			if result, _ := porcupine.CheckOperationsVerbose(model(), history, 0); result != porcupine.Ok {
				t.Fatalf("round %d: %s", round, result)
			}
			checked += len(history)
			size.Tell(t, round+1, rounds, "rounds")
		}
		x.holds()
		t.Logf("proof P5: %d concurrent payments and refunds are linearizable", checked)
	})
}

// history makes the calls of a round and writes down when each began and ended, on a clock that only
// counts.
func (x *till) history(t *testing.T, round int) []porcupine.Operation {
	t.Helper()
	ids := make([][]voucher.ID, groups)
	for group := range ids {
		ids[group] = x.give(group%len(x.stocks), vouchersOf)
	}
	var now atomic.Int64
	var mu sync.Mutex
	var history []porcupine.Operation
	var wg sync.WaitGroup
	for caller := range callers {
		wg.Go(func() {
			c := rand.New(rand.NewPCG(uint64(round), uint64(caller)))
			for n := range callsOfCaller * groups {
				call := draw(c, round, n%groups)
				op := porcupine.Operation{ClientId: caller, Input: call, Call: now.Add(1)}
				answer, err := refusalOf(x.do(call, ids[call.group]))
				if err != nil {
					t.Errorf("%+v: %v", call, err)
				}
				op.Output, op.Return = answer, now.Add(1)
				mu.Lock()
				history = append(history, op)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return history
}

// draw draws a call about a group.
func draw(c *rand.Rand, round, group int) asked {
	call := asked{group: group, transaction: fmt.Sprintf("42%d-%d-%d", round, group, c.IntN(paymentsOf)), first: -1, second: -1}
	if c.IntN(3) > 0 {
		call.first = c.IntN(vouchersOf)
		if c.IntN(3) == 0 {
			call.second = (call.first + 1) % vouchersOf
		}
		return call
	}
	call.number, call.amount = fmt.Sprintf("%s-%d", call.transaction, c.IntN(3)), total
	if c.IntN(2) == 0 {
		call.amount = part
	}
	return call
}

func (x *till) do(call asked, ids []voucher.ID) error {
	if call.first < 0 {
		_, err := x.refund(call.transaction, call.number, call.amount)
		return err
	}
	with := []voucher.ID{ids[call.first]}
	if call.second >= 0 {
		with = append(with, ids[call.second])
	}
	_, err := x.consume(call.transaction, total, with...)
	return err
}
