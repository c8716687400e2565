package redeem_test

import (
	"maps"
	"slices"
	"strings"

	"github.com/anishathalye/porcupine"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/user"
)

// kind is what a call of a history asks for.
type kind string

const (
	callSend       kind = "send"
	callUse        kind = "use"
	callReturn     kind = "return"
	callDeactivate kind = "deactivate"
	callDelete     kind = "delete"
)

// input is a call of a history.
type input struct {
	Kind  kind
	Stock coupon.StockID
	// User is who a coupon is sent to; "" for other calls.
	User user.OpenID
	// Number is the request number; "" for callDelete, which has none.
	Number string
	// Code is the coupon to change; "" for callSend.
	Code coupon.Code
}

// output is its answer: the code of the coupon, or what it was refused for.
type output struct {
	Code    coupon.Code
	Refused string
}

// What a call is refused for.
const (
	refusedQuota    = "quota"
	refusedEmpty    = "empty"
	refusedUsed     = "used"
	refusedSpent    = "spent"
	refusedUnused   = "unused"
	refusedUnusable = "unusable"
	refusedDeleted  = "deleted"
)

// state is a stock as the model has it. It is never changed in place.
type state struct {
	issued  int
	held    map[user.OpenID]int
	sent    map[string]coupon.Code // by user and request number
	coupons map[coupon.Code]life
}

// life is a coupon: the zero life is one that was just issued.
type life struct {
	state coupon.State // "" for one that is usable
	by    string       // the number of the redemption that counts
	done  string       // every number that was carried out, with its kind
}

// model is what a stock does when one call follows the other.
func model() porcupine.Model {
	return porcupine.Model{
		Init: func() any { return state{} },
		Step: func(s, in, out any) (bool, any) {
			before, call, answer := s.(state), in.(input), out.(output)
			if call.Kind == callSend {
				return claim(before, call, answer)
			}
			next, refused := before.coupons[call.Code].step(call)
			if refused != answer.Refused {
				return false, s
			}
			return true, state{issued: before.issued, held: before.held, sent: before.sent, coupons: with(before.coupons, call.Code, next)}
		},
		Equal: func(a, b any) bool {
			x, y := a.(state), b.(state)
			return x.issued == y.issued && maps.Equal(x.held, y.held) && maps.Equal(x.sent, y.sent) && maps.Equal(x.coupons, y.coupons)
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
		return answer.Refused == refusedQuota, s
	case s.issued >= mostCoupons:
		return answer.Refused == refusedEmpty, s
	case answer.Code == "":
		return false, s
	}
	for _, code := range s.sent {
		if code == answer.Code {
			return false, s
		}
	}
	next := state{issued: s.issued + 1, held: with(s.held, call.User, s.held[call.User]+1), sent: with(s.sent, key, answer.Code), coupons: s.coupons}
	return true, next
}

// step is what one call does to a coupon: what it becomes, and what the call is refused for.
func (l life) step(call input) (life, string) {
	mark := string(call.Kind) + " " + call.Number + ";"
	if call.Number != "" && strings.Contains(l.done, mark) {
		if call.Kind == callUse && l.by != call.Number {
			return l, refusedSpent
		}
		return l, ""
	}
	next := life{state: l.state, by: l.by, done: l.done + mark}
	switch call.Kind {
	case callUse:
		next.state, next.by = coupon.StateUsed, call.Number
		return allow(l, next, map[coupon.State]string{
			coupon.StateUsed: refusedUsed, coupon.StateDeleted: refusedDeleted, coupon.StateDeactivated: refusedUnusable,
		})
	case callReturn:
		next.state, next.by = "", ""
		return allow(l, next, map[coupon.State]string{
			"": refusedUnused, coupon.StateDeleted: refusedDeleted, coupon.StateDeactivated: refusedUnused,
		})
	case callDeactivate:
		next.state = coupon.StateDeactivated
		return allow(l, next, map[coupon.State]string{
			coupon.StateUsed: refusedUnusable, coupon.StateDeleted: refusedUnusable, coupon.StateDeactivated: refusedUnusable,
		})
	case callDelete:
		next.state, next.done = coupon.StateDeleted, l.done
		return allow(l, next, map[coupon.State]string{coupon.StateDeactivated: refusedUnusable})
	case callSend:
	}
	return l, "no such call"
}

// allow returns the next life unless the present state refuses.
func allow(now, next life, refusals map[coupon.State]string) (life, string) {
	if refused := refusals[now.state]; refused != "" {
		return now, refused
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
