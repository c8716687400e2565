// Package explain names the cause of a signature that was refused, or of a notification that
// cannot be opened, in one sentence, with the first byte that differs. It finds out what the
// client signed: an RSA signature gives back the digest of the message under the signer's
// public key, so that a wrong key and a wrong message can be told apart for certain, and
// likely messages can be tried by the ten thousand. With SM2 they are tried one by one.
//
// The package is pure: it gets requests and public keys as values. It owns the causes and
// their texts, and no rule by which a server accepts a request.
package explain

import (
	"fmt"
	"strings"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/fault"
)

// Field is one header.
type Field struct {
	Name  string
	Value string
}

// Request is a request as it was received.
type Request struct {
	// Method and Target are as on the request line.
	Method string
	Target string
	Header []Field
	Body   []byte
	// Partial is true when Body is not all of it.
	Partial bool
	// Received is when it came; zero is unknown, and its timestamp is not judged.
	Received time.Time
	// Signed is the message that the client says it signed; nil when it does not say.
	Signed []byte
}

// values returns the values of a header.
func values(header []Field, name string) []string {
	var list []string
	for _, f := range header {
		if strings.EqualFold(f.Name, name) {
			list = append(list, f.Value)
		}
	}
	return list
}

// first returns the first value of a header that is not empty.
func first(header []Field, name string) string {
	for _, value := range values(header, name) {
		if value = strings.TrimSpace(value); value != "" {
			return value
		}
	}
	return ""
}

// Role is whose key it is.
type Role string

// The roles.
const (
	OfMerchant Role = "MERCHANT"
	OfPlatform Role = "PLATFORM"
)

// Key is a public key that somebody may have signed with.
type Key struct {
	Role Role
	// Owner is the merchant that it belongs to, or for which the platform signs with it.
	Owner string
	// Serial is that of the certificate, or the id of a public key.
	Serial string
	// PEM is the certificate or the public key, RSA or SM2.
	PEM string
	// Refused says why a certificate is not good any more; nil while it is.
	Refused error
}

// Known is what a request is explained with.
type Known struct {
	// Keys are those of the merchant that a request names and of the others.
	Keys []Key
	// Searched is how many merchants' keys are here when there are more; 0 when they are all.
	Searched int
	// Operations are what the server has; without any paths are not judged.
	Operations []Operation
	// MACs returns the message authentication codes of a message under the merchant's
	// symmetric keys; nil when nobody can.
	MACs func(owner string, message []byte) [][]byte
	// LinkSigns returns the signs of a claim link's text under a merchant's keys, made in every
	// way that is known, right or wrong; nil when nobody can, none for a merchant without keys.
	LinkSigns func(owner, text string) []LinkSign
}

// missed adds to a clause that no key fits that some merchants' keys were not tried.
func (k *Known) missed(c clause) clause {
	if k.Searched > 0 {
		c.zh += fmt.Sprintf("（商户太多，只查找了其中%d个商户的密钥）", k.Searched)
		c.en += fmt.Sprintf(" (there are more merchants than the %d whose keys were tried)", k.Searched)
	}
	return c
}

// Cause is the name of a cause, for programs.
type Cause string

// Finding is what was found out.
type Finding struct {
	// Causes are the causes, mostly one; two when they come together.
	Causes []Cause
	// Text is one sentence about them.
	Text fault.Text
	// Expected is the message that has to be signed, "" when it did not come to that.
	Expected string
	// Signed is the message that was signed, "" when it is not known.
	Signed string
	// Difference is where the two part; nil when that is not known.
	Difference *Difference
	// Plaintext is what a notification held, when it could be opened.
	Plaintext string
}

// Difference is the first byte in which two messages differ.
type Difference struct {
	// Byte, Line and Column count from 1, bytes in both cases.
	Byte, Line, Column int
	// Signed and Expected are what stands there, quoted; empty at the end of a message.
	Signed   string
	Expected string
}

// shown is how many bytes of a difference are shown.
const shown = 12

// differ returns the first difference of two messages, nil when they are equal.
func differ(signed, expected []byte) *Difference {
	i := 0
	for i < len(signed) && i < len(expected) && signed[i] == expected[i] {
		i++
	}
	if i == len(signed) && i == len(expected) {
		return nil
	}
	d := &Difference{Byte: i + 1, Line: 1, Column: 1, Signed: quote(signed[i:]), Expected: quote(expected[i:])}
	for _, b := range expected[:i] {
		d.Column++
		if b == '\n' {
			d.Line, d.Column = d.Line+1, 1
		}
	}
	return d
}

func quote(text []byte) string {
	if len(text) == 0 {
		return ""
	}
	return fmt.Sprintf("%q", text[:min(len(text), shown)])
}

// text says where a difference is, in brackets.
func (d *Difference) text() fault.Text {
	return d.textAs("签名的是", "应为", "was signed instead of")
}

// textAs is text in the words of whoever did something with the first message.
func (d *Difference) textAs(did, should, insteadOf string) fault.Text {
	if d == nil {
		return fault.Text{}
	}
	or := func(quoted, otherwise string) string {
		if quoted == "" {
			return otherwise
		}
		return quoted
	}
	return fault.Text{
		ZH: fmt.Sprintf("（自第%d个字节即第%d行第%d个字节起不同：%s%s，%s%s）", d.Byte, d.Line, d.Column, did, or(d.Signed, "结尾"), should, or(d.Expected, "结尾")),
		EN: fmt.Sprintf(" (from byte %d on, line %d, column %d: %s %s %s)", d.Byte, d.Line, d.Column, or(d.Signed, "the end"), insteadOf, or(d.Expected, "the end")),
	}
}

// Signature explains a request. It looks in the order in which a server does (protocol 1.3)
// and stops at the first thing that is wrong; only the message may differ in two ways.
func Signature(r Request, known Known) Finding {
	if r.IsLink() {
		return examineLink(&r, &known)
	}
	if f := checkRoute(&r, known.Operations); f != nil {
		return *f
	}
	if f := checkHeaders(&r); f != nil {
		return *f
	}
	a, f := readAuthorization(&r)
	if f != nil {
		return *f
	}
	if f := checkTime(a.Timestamp, r.Received); f != nil {
		return *f
	}
	ring := newRing(known.Keys)
	named, f := ring.find(&a, &known)
	if f != nil {
		return *f
	}
	e := &examination{request: &r, authorization: &a, known: &known, ring: ring, named: named}
	return e.examine()
}

// Because adds to a finding that nothing is wrong with the signature why the request was
// refused all the same; other findings stay as they are.
func (f Finding) Because(status int, reason fault.Text) Finding {
	if len(f.Causes) != 1 || f.Causes[0] != None || reason.EN == "" {
		return f
	}
	zh, en := strings.ReplaceAll(strings.TrimRight(reason.ZH, "。"), "。", "；"), strings.ReplaceAll(strings.TrimRight(reason.EN, "."), ". ", "; ")
	f.Text.ZH = fmt.Sprintf("签名是对的，请求因别的原因被拒绝（%d）：%s。", status, zh)
	f.Text.EN = fmt.Sprintf("The signature is right, and the request was refused (%d) for another reason: %s.", status, en)
	return f
}

// clause is a cause in words: what happened, and what to do instead.
type clause struct {
	cause  Cause
	zh, en string
	advice advice
}

// advice is what to do instead.
type advice fault.Text

// finding makes a sentence of clauses. The advice is that of the first.
func finding(clauses ...clause) Finding { return findingAt(nil, clauses...) }

// findingAt is finding with the place of the difference.
func findingAt(d *Difference, clauses ...clause) Finding {
	f := Finding{Difference: d}
	var zh, en []string
	for _, c := range clauses {
		f.Causes = append(f.Causes, c.cause)
		zh, en = append(zh, c.zh), append(en, c.en)
	}
	where := d.text()
	f.Text.ZH = strings.Join(zh, "，并且") + where.ZH
	f.Text.EN = capitalised(strings.Join(en, ", and ")) + where.EN
	if a := clauses[0].advice; a.ZH != "" {
		f.Text.ZH += "，" + a.ZH
		f.Text.EN += ": " + a.EN
	}
	f.Text.ZH += "。"
	f.Text.EN += "."
	return f
}

func capitalised(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// stop is finding as an early answer.
func stop(c clause) *Finding {
	f := finding(c)
	return &f
}

// signedBody returns the part of a body that the signature covers (protocol 2.6).
func signedBody(r *Request) []byte {
	contentType := first(r.Header, "Content-Type")
	if !apiv3.IsUpload(contentType) {
		return r.Body
	}
	meta, err := apiv3.UploadMeta(contentType, r.Body)
	if err != nil {
		return nil
	}
	return meta
}
