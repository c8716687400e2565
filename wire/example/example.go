// Package example has a request of every operation that merchants sign: one that works as it stands
// against a new sandbox, and what has to be done before it. Documents, the console and the command
// line show the same ones; a test sends each to a server.
package example

import (
	"slices"
	"strings"
	"time"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// Example is a request with placeholders, which [Example.Request] fills in:
//
//	${mchid} ${appid} ${openid}  who calls, and the user
//	${now} ${now+30d} ${now+1m}  a time, RFC 3339
//	${date+1m}                   the day of a time, as 2006-01-02
//	${number} ${number.a}        a new request number; one with a name is the same each time
//	${transaction.a}             28 digits, as payments have them
//	${stock_id} and others       what a [Step] before took from its answer
type Example struct {
	// Operation is its id.
	Operation string
	// Before is what is to be done first, in order.
	Before []Step
	// Parameters are those of path, query and header, by name.
	Parameters map[string]string
	// Body is JSON; "" is none.
	Body string
	// Serial says that the request names a key of the platform in the header Wechatpay-Serial.
	Serial bool
	// File is an image to upload, nil elsewhere.
	File []byte
}

// Step is one thing that is done before a request: a call, or time that passes.
type Step struct {
	Call Example
	// Keep is the name under which a value of the answer is kept; "" is none. From is where it
	// stands, see [Pick].
	Keep, From string
	// Advance is by how much business time moves on, in place of a call.
	Advance time.Duration
}

// Values are what placeholders stand for.
type Values struct {
	MchID, AppID, OpenID string
	Now                  time.Time
	// Digits returns so many random digits.
	Digits func(n int) string
	// Kept are values of earlier answers. A placeholder of one that is not there stays as it is,
	// which a shell takes for a variable.
	Kept map[string]string

	named map[string]string
}

// Request is a request as it is sent.
type Request struct {
	Method string
	// Target is path and query, escaped.
	Target string
	// Header has names and values in turn.
	Header [][2]string
	// Body is nil where there is none, or where it is a file's.
	Body []byte
}

// Of returns the example of an operation, and whether there is one.
func Of(operation string) (Example, bool) {
	for _, one := range All() {
		if one.Operation == operation {
			return one, true
		}
	}
	return Example{}, false
}

// Request fills in an example of an operation. The same values give related requests: what has a
// name is the same in all of them.
func (e *Example) Request(op *wire.Operation, v *Values) Request {
	r := Request{Method: op.Method, Target: op.Path}
	separator := "?"
	if op.Request != nil {
		for i := range op.Request.Fields {
			f := &op.Request.Fields[i]
			text, given := e.Parameters[f.Name]
			if !given {
				continue
			}
			switch f.In {
			case schema.InPath:
				r.Target = strings.Replace(r.Target, "{"+f.Name+"}", v.fill(text, escapePath), 1)
			case schema.InQuery:
				r.Target += separator + f.Name + "=" + v.fill(text, escapeQuery)
				separator = "&"
			case schema.InHeader:
				r.Header = append(r.Header, [2]string{f.Name, v.fill(text, asIs)})
			case schema.InBody:
			}
		}
	}
	if e.Body != "" {
		r.Body = []byte(v.fill(e.Body, asIs))
	}
	return r
}

// Parameter fills in the value of one parameter, as it is before it is escaped.
func (e *Example) Parameter(name string, v *Values) (string, bool) {
	text, given := e.Parameters[name]
	return v.fill(text, asIs), given
}

// Kept lists the values that come from steps before, in the order in which the steps take them.
func (e *Example) Kept() []string {
	var names []string
	for i := range e.Before {
		if name := e.Before[i].Keep; name != "" && e.wants(name) {
			names = append(names, name)
		}
	}
	return names
}

// wants reports whether the request itself has a placeholder.
func (e *Example) wants(name string) bool {
	text := "${" + name + "}"
	for _, value := range e.Parameters {
		if strings.Contains(value, text) {
			return true
		}
	}
	return strings.Contains(e.Body, text)
}

// Moves reports whether business time moves on before the request.
func (e *Example) Moves() bool {
	return slices.ContainsFunc(e.Before, func(s Step) bool { return s.Advance > 0 })
}

// Documented are the values that documents show: those of the demo merchant of every sandbox, a
// time that is always the same, numbers of zeros, and answers of nobody.
func Documented() Values {
	const opened = 1_796_443_200 // 2026-12-05 12:00:00 in Beijing
	return Values{
		MchID: "1900000001", AppID: "wx8888888888888888", OpenID: "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
		Now:    time.Unix(opened, 0),
		Digits: func(n int) string { return strings.Repeat("0", n-1) + "1" },
		Kept: map[string]string{
			"stock_id": "1282070000000020", "coupon_code": "120000000001", "coupon_id": "9867000000000001",
			"subsidy_receipt_id": "1120200119165100000000000001", "subsidy_return_receipt_id": "1120200119165100000000000002",
			"token": "TOKEN",
		},
	}
}
