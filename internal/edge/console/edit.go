package console

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/wire/manage"
)

// Parts of a request that a replay may change.
const (
	partMethod    = "METHOD"
	partTarget    = "TARGET"
	partHeader    = "HEADER"
	partBody      = "BODY"
	partSignature = "SIGNATURE"
)

const headerAuthorization = "Authorization"

// Refusals of an edit.
var (
	errEditNothing = fault.New(fault.Invalid,
		"请给出新值（value），或要改的字节的位置与新值（at、byte），二者择一",
		"Give a new value, or the place of a byte and what it becomes; not both.").At("edits", "")
	errEditName = fault.New(fault.Invalid,
		"改动请求头需要其名称（name），改动其他部分不需要",
		"An edit of a header needs its name, and no other edit has one.").At("edits", "")
	errEditUnsigned = fault.New(fault.Invalid,
		"重新签名时原签名不起作用，改动签名须同时给出 as_sent",
		"Signed anew, the old signature has no effect; to change it, send the request as it was (as_sent).").At("as_sent", "")
	errEditSignature = fault.New(fault.Refused,
		"请求的 Authorization 头中没有可以改动的签名", "The request has no signature in its Authorization header that could be changed.")
)

// errEditPlace refuses a byte that is not there.
func errEditPlace(size int) error {
	return fault.New(fault.Invalid,
		fmt.Sprintf("没有这个字节：这一部分有 %d 个字节，位置从 0 起", size),
		fmt.Sprintf("There is no such byte: this part has %d, counted from 0.", size)).At("at", "")
}

// edit changes a call before it is made.
func (c *Call) edit(e *manage.ReplayEdit) error {
	signed := e.Part == partSignature || e.Part == partHeader && strings.EqualFold(e.Name, headerAuthorization)
	switch {
	case (e.Name != "") != (e.Part == partHeader):
		return errEditName
	case (e.At == nil) != (e.Byte == nil), e.At != nil && e.Value != nil, e.At == nil && e.Value == nil && e.Part != partHeader:
		return errEditNothing
	case signed && c.SentAt.IsZero():
		return errEditUnsigned
	}
	switch e.Part {
	case partMethod:
		return editText(&c.Method, e)
	case partTarget:
		return editText(&c.Target, e)
	case partBody:
		text := string(c.Body)
		err := editText(&text, e)
		c.Body = []byte(text)
		return err
	case partSignature:
		return c.editSignature(e)
	}
	return editHeader(c.Header, e)
}

// editText changes a text as a whole, or one byte of it.
func editText(text *string, e *manage.ReplayEdit) error {
	if e.Value != nil {
		*text = *e.Value
		return nil
	}
	if *e.At >= int64(len(*text)) {
		return errEditPlace(len(*text))
	}
	bytes := []byte(*text)
	bytes[*e.At] = byte(*e.Byte) //nolint:gosec // the wire bounds it
	*text = string(bytes)
	return nil
}

// editHeader changes the first value of a header; no value takes the header out.
func editHeader(h http.Header, e *manage.ReplayEdit) error {
	if e.At == nil && e.Value == nil {
		h.Del(e.Name)
		return nil
	}
	value := h.Get(e.Name)
	if err := editText(&value, e); err != nil {
		return err
	}
	h.Set(e.Name, value)
	return nil
}

// signatureKey begins the signature in an Authorization header.
const signatureKey = `signature="`

// editSignature changes the signature in the Authorization header: one byte of what its base64 says,
// or the text as a whole.
func (c *Call) editSignature(e *manage.ReplayEdit) error {
	authorization := c.Header.Get(headerAuthorization)
	before, rest, found := strings.Cut(authorization, signatureKey)
	text, after, closed := strings.Cut(rest, `"`)
	if !found || !closed {
		return errEditSignature
	}
	if e.Value == nil {
		raw, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return errEditSignature
		}
		signature := string(raw)
		if err := editText(&signature, e); err != nil {
			return err
		}
		text = base64.StdEncoding.EncodeToString([]byte(signature))
	} else {
		text = *e.Value
	}
	c.Header.Set(headerAuthorization, before+signatureKey+text+`"`+after)
	return nil
}
