package sandbox

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/merchant"
)

// FaultKind is what goes wrong on purpose.
type FaultKind string

// The kinds of faults. Those of callbacks concern what is delivered to merchants, all others
// the answers to their calls.
const (
	// FaultError answers with a documented error and does nothing.
	FaultError FaultKind = "ERROR"
	// FaultDelay does what was asked and holds the answer back.
	FaultDelay FaultKind = "DELAY"
	// FaultCutBefore breaks the connection before anything is done, FaultCutAfter when it is
	// done.
	FaultCutBefore FaultKind = "CUT_BEFORE"
	FaultCutAfter  FaultKind = "CUT_AFTER"
	// FaultBadSignature signs other bytes, FaultNoSignature none, FaultStaleSignature at a time
	// outside the window; FaultOtherSerial names a key that nobody knows.
	FaultBadSignature   FaultKind = "BAD_SIGNATURE"
	FaultNoSignature    FaultKind = "NO_SIGNATURE"
	FaultStaleSignature FaultKind = "STALE_SIGNATURE"
	FaultOtherSerial    FaultKind = "OTHER_SERIAL"
	// FaultProbe is the platform's own probe of who verifies (protocol 6.5).
	FaultProbe FaultKind = "PROBE"
	// FaultBillHash names another hash than the bill has.
	FaultBillHash FaultKind = "BILL_HASH"

	FaultCallbackDuplicate FaultKind = "CALLBACK_DUPLICATE"
	FaultCallbackDelay     FaultKind = "CALLBACK_DELAY"
	FaultCallbackReorder   FaultKind = "CALLBACK_REORDER"
	FaultCallbackForged    FaultKind = "CALLBACK_FORGED"
	FaultCallbackStale     FaultKind = "CALLBACK_STALE"
	FaultCallbackProbe     FaultKind = "CALLBACK_PROBE"
	// FaultCallbackEmptyAttach has attach_info as an empty string where there is none, as the
	// platform once sent it (busifavor 11.3).
	FaultCallbackEmptyAttach FaultKind = "CALLBACK_EMPTY_ATTACH_INFO"
)

// FaultKinds lists every kind.
func FaultKinds() []FaultKind {
	return []FaultKind{
		FaultError, FaultDelay, FaultCutBefore, FaultCutAfter,
		FaultBadSignature, FaultNoSignature, FaultStaleSignature, FaultOtherSerial, FaultProbe, FaultBillHash,
		FaultCallbackDuplicate, FaultCallbackDelay, FaultCallbackReorder, FaultCallbackForged, FaultCallbackStale, FaultCallbackProbe,
		FaultCallbackEmptyAttach,
	}
}

// OfCallbacks reports whether a kind concerns what is delivered to merchants.
func (k FaultKind) OfCallbacks() bool { return strings.HasPrefix(string(k), "CALLBACK_") }

// Fault is a rule: what goes wrong, where, how often.
type Fault struct {
	// ID is given by the sandbox.
	ID   string
	Kind FaultKind
	// Owner is whose calls or callbacks it concerns; empty is everybody's.
	Owner merchant.ID
	// Subject is the id of an operation, or for callbacks a kind of event; a star at the end
	// stands for whatever follows, empty for all.
	Subject string
	// Status, Code and Message are the answer of a FaultError.
	Status  int
	Code    string
	Message string
	// Delay is for how long a FaultDelay or FaultCallbackDelay holds back.
	Delay time.Duration
	// Percent is how many of a hundred calls it hits, 1 to 100.
	Percent int
	// Left is how many it will still hit; a negative number means that it never ends.
	Left int64
	// Hits is how many it has hit.
	Hits int64
}

// Bounds of faults.
const (
	// MaxFaults is how many rules a sandbox has at most.
	MaxFaults = 100
	// MaxFaultDelay is the longest delay of an answer.
	MaxFaultDelay = time.Minute
	// MaxCallbackDelay is the longest delay of a callback.
	MaxCallbackDelay = 72 * time.Hour
)

// Endless is the Left of a rule that never ends.
const Endless = -1

// Refusals of a rule.
var (
	ErrManyFaults = fault.New(fault.Refused,
		fmt.Sprintf("故障规则最多 %d 条，请先清除", MaxFaults),
		fmt.Sprintf("There are at most %d faults; clear some first.", MaxFaults))
	ErrNoFault = fault.New(fault.NotFound, "没有这条故障规则", "There is no such fault.")
	errDelay   = fault.New(fault.Invalid,
		"DELAY与CALLBACK_DELAY须给出延迟（delay_ms，命令行为--delay）：应答不超过60秒，回调不超过72小时；其他故障没有延迟",
		"DELAY and CALLBACK_DELAY need a delay (delay_ms; --delay on the command line): at most 60 s for answers, 72 h for callbacks. "+
			"No other fault has one.",
	).At("delay_ms", "")
	errPercent = fault.New(fault.Invalid, "比例须为1到100", "percent must be 1 to 100.").At("percent", "")
	errCount   = fault.New(fault.Invalid, "次数须大于0", "count must be positive.").At("count", "")
	errAnswer  = fault.New(fault.Invalid,
		"ERROR故障需要code（命令行为--code），且须为该接口文档列出的错误；其他故障不能带status和code",
		"An ERROR needs the code of an error that is documented for the operation (--code on the command line); "+
			"no other fault takes a status or a code.",
	).At("code", "")
)

// Check reports what is wrong with a rule. Whether its answer is a documented one is for
// those to say who know the operations.
func (f *Fault) Check() error {
	limit := MaxFaultDelay
	if f.Kind.OfCallbacks() {
		limit = MaxCallbackDelay
	}
	delays := f.Kind == FaultDelay || f.Kind == FaultCallbackDelay
	switch {
	case !slices.Contains(FaultKinds(), f.Kind):
		return fault.New(fault.Invalid, "未知的故障类型", "There is no such kind of fault.").At("kind", string(f.Kind))
	case delays != (f.Delay > 0) || f.Delay > limit:
		return errDelay
	case f.Percent < 1 || f.Percent > 100:
		return errPercent
	case f.Left == 0 || f.Left < Endless:
		return errCount
	case f.Kind == FaultError && f.Code == "", f.Kind != FaultError && (f.Code != "" || f.Status != 0):
		return errAnswer
	}
	return nil
}

// maxSuggested is how many errors are suggested for one that does not exist.
const maxSuggested = 3

// Undocumented refuses an answer that an operation does not have, and names those of its
// answers, given as "status code", that are the most like it.
func Undocumented(f *Fault, operation string, known []string) error {
	if f.Code == "" {
		return errAnswer
	}
	asked := f.Code
	if f.Status != 0 {
		asked = strconv.Itoa(f.Status) + " " + asked
	}
	like := func(text string) int {
		_, code, _ := strings.Cut(text, " ")
		return distance(strings.ToUpper(f.Code), code)
	}
	near := slices.Clone(known)
	slices.SortStableFunc(near, func(a, b string) int { return like(a) - like(b) })
	near = near[:min(len(near), maxSuggested)]
	zh := fmt.Sprintf("接口%s的文档中没有错误%s", operation, asked)
	en := fmt.Sprintf("%s has no documented error %s", operation, asked)
	if f.Message != "" {
		zh += "（" + f.Message + "）"
		en += " (" + f.Message + ")"
	}
	return fault.New(fault.Invalid,
		zh+"，您要找的可能是："+strings.Join(near, "、"), en+". Did you mean "+strings.Join(near, ", ")+"?").At("code", f.Code)
}

// distance is how many letters two words differ by (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := before
			if a[i] != b[j] {
				cost++
			}
			before, row[j+1] = row[j+1], min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// Faults are the rules of a sandbox. They are not kept over a restart. It is safe for
// concurrent use.
type Faults struct {
	mu    sync.Mutex
	rules []*Fault
	dice  *mathrand.Rand
}

// NewFaults returns no rules yet. The same seed and the same calls in the same order are hit
// alike.
func NewFaults(seed uint64) *Faults {
	return &Faults{dice: mathrand.New(mathrand.NewPCG(seed, seed))} //nolint:gosec // chance, not a secret
}

// Add adds a rule and returns it with its id.
func (f *Faults) Add(rule Fault) (Fault, error) {
	if err := rule.Check(); err != nil {
		return Fault{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.rules) >= MaxFaults {
		return Fault{}, ErrManyFaults
	}
	var raw [4]byte
	_, _ = rand.Read(raw[:]) // it never fails
	rule.ID, rule.Hits = hex.EncodeToString(raw[:]), 0
	f.rules = append(f.rules, &rule)
	return rule, nil
}

// List returns the rules, the oldest first.
func (f *Faults) List() []Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	list := make([]Fault, len(f.rules))
	for i, rule := range f.rules {
		list[i] = *rule
	}
	return list
}

// Remove removes a rule.
func (f *Faults) Remove(id string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.IndexFunc(f.rules, func(rule *Fault) bool { return rule.ID == id })
	if i < 0 {
		return ErrNoFault
	}
	f.rules = slices.Delete(f.rules, i, i+1)
	return nil
}

// Clear removes every rule and returns how many there were.
func (f *Faults) Clear() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := len(f.rules)
	f.rules = nil
	return n
}

// OfCall returns the fault that hits a call, if one does, and counts it.
func (f *Faults) OfCall(operation string, owner merchant.ID) (Fault, bool) {
	return f.pick(func(rule *Fault) bool { return !rule.Kind.OfCallbacks() && rule.concerns(operation, owner) })
}

// OfCallback returns the fault that hits a callback, if one does, and counts it.
func (f *Faults) OfCallback(event string, owner merchant.ID) (Fault, bool) {
	return f.pick(func(rule *Fault) bool { return rule.Kind.OfCallbacks() && rule.concerns(event, owner) })
}

func (f *Faults) pick(concerns func(*Fault) bool) (Fault, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, rule := range f.rules {
		if rule.Left == 0 || !concerns(rule) || f.dice.IntN(100) >= rule.Percent {
			continue
		}
		rule.Hits++
		if rule.Left > 0 {
			rule.Left--
		}
		return *rule, true
	}
	return Fault{}, false
}

func (f *Fault) concerns(subject string, owner merchant.ID) bool {
	if f.Owner != "" && f.Owner != owner {
		return false
	}
	if prefix, open := strings.CutSuffix(f.Subject, "*"); open {
		return strings.HasPrefix(subject, prefix)
	}
	return f.Subject == "" || f.Subject == subject
}
