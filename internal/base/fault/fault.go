// Package fault is the vocabulary of refusals: what kind of thing went wrong, and
// the sentence that a caller may read about it, in both languages.
//
// Only the text of an [Error] ever reaches a caller. Every other error is
// internal: it is logged, and the caller learns that the system failed. Which
// HTTP status and code belong to a kind is decided at the edge, not here.
package fault

import (
	"errors"
	"fmt"
)

// Kind says what went wrong, as far as a caller can act upon it.
type Kind uint8

// The kinds. The comment says what the caller should do.
const (
	// Internal is a failure of the system: repeat later with the same content.
	Internal Kind = iota
	// Unclear is a change whose outcome is not known: repeat with the same
	// request number, and the repeat settles it.
	Unclear
	// Invalid is a malformed, missing or out-of-range field: correct it.
	Invalid
	// Refused is a request that a rule of the protocol or of the business
	// forbids as it stands: do something else.
	Refused
	// AppIDMismatch is an appid that is not bound to the merchant.
	AppIDMismatch
	// MerchantUnknown is an mchid that does not exist.
	MerchantUnknown
	// Exists is a request number or thing that is there already with other
	// content.
	Exists
	// Forbidden is a caller without the right.
	Forbidden
	// Blocked is a caller without the right, where the platform says so with a
	// code of its own (favor 3.1, partnerships 7).
	Blocked
	// Limited is a request that a rule of the coupon or stock holds back.
	Limited
	// Exhausted is a budget that has nothing left to give.
	Exhausted
	// Barred is a user whom a rule keeps out.
	Barred
	// NotFound is a thing that does not exist, or not for this caller.
	NotFound
	// UserUnknown is an openid that does not exist or belongs to another appid.
	UserUnknown
	// TooFast is a caller above a rate, or a server above its load: slow down.
	TooFast
	// TooLarge is a request bigger than is read: send less.
	TooLarge
	// Unauthenticated is a caller who did not prove who it is.
	Unauthenticated
	// kindCount ends the list.
	kindCount
)

// Kinds lists every kind, for tests that must not forget one.
func Kinds() []Kind {
	all := make([]Kind, 0, kindCount)
	for k := range kindCount {
		all = append(all, k)
	}
	return all
}

// Text is a sentence in both languages.
type Text struct {
	ZH string
	EN string
}

// Error is a refusal with a text that callers may read.
type Error struct {
	Kind Kind
	Text Text
	// Field is the wire name of the field at fault, dotted from the body's top,
	// such as "coupon_use_rule.use_method"; "" when no single field is.
	Field string
	// Value is the offending value, a text or a number, for the caller's eyes only; nil and ""
	// are none.
	Value any
	// Issue says which rule is broken where the text is the same for many; zero otherwise.
	Issue Text
	// Number is the internal error number that ends the answer's Request-ID; 0
	// is the number of the kind (protocol 7.5).
	Number int
	// Missing says that the field must be there because of what others say. The edge then
	// uses its validator's words, with the title that the field is declared with.
	Missing bool
}

// NumberRepeated is the internal error number of a request number that comes back with other
// content (protocol 7.5).
const NumberRepeated = 268498688

// New returns a refusal of the given kind.
func New(kind Kind, zh, en string) *Error {
	return &Error{Kind: kind, Text: Text{ZH: zh, EN: en}}
}

// Missing is the refusal of a field that must be there because of what others say.
func Missing(field string) *Error {
	e := New(Invalid, "缺少必填参数"+field+"，请补充后重试", "The field "+field+" is required here.").At(field, "")
	e.Missing = true
	return e
}

// At returns a copy of e that names the field at fault and its value.
func (e *Error) At(field string, value any) *Error {
	located := *e
	located.Field, located.Value = field, value
	return &located
}

// Because returns a copy of e that says which rule is broken.
func (e *Error) Because(zh, en string) *Error {
	explained := *e
	explained.Issue = Text{ZH: zh, EN: en}
	return &explained
}

// Broken says which rule is broken: the issue, or the text where that says it.
func (e *Error) Broken() Text {
	if e.Issue == (Text{}) {
		return e.Text
	}
	return e.Issue
}

// Numbered returns a copy of e with a number of its own.
func (e *Error) Numbered(n int) *Error {
	numbered := *e
	numbered.Number = n
	return &numbered
}

// Error implements error.
func (e *Error) Error() string {
	if e.Field == "" {
		return e.Text.EN
	}
	return fmt.Sprintf("%s (%s)", e.Text.EN, e.Field)
}

// Is makes errors.Is compare kind and text, so that a located copy still equals
// the refusal it was made from.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && e.Kind == t.Kind && e.Text == t.Text
}

// Of returns the refusal in the chain of err. Anything else is the caller's
// business only in that the system failed.
func Of(err error) *Error {
	if e, is := errors.AsType[*Error](err); is {
		return e
	}
	return New(Internal, "系统异常，请稍后重试", "The system failed. Please try again later with the same parameters.")
}

// KindOf returns the kind of the refusal in the chain of err, [Internal] when
// there is none.
func KindOf(err error) Kind { return Of(err).Kind }
