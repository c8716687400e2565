// Package corpus makes bad requests from the tables of operations. A good request of an operation
// is broken in one way at a time, and what the contract wants in return follows from the rule
// that is broken, not from what a server answers. The requests are committed, one file for each
// operation, and tests play them against real servers: each gets the answer that its line names,
// and nothing changes.
package corpus

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/favord/favord/wire"
)

// Line is one bad request, with the answer that it must get. None may have an effect.
type Line struct {
	// Name says what is wrong.
	Name   string `json:"name"`
	Method string `json:"method"`
	// Target is path and query as they are sent. It, the headers and the body have
	// placeholders for what differs from server to server, see [Fill].
	Target string              `json:"target"`
	Header map[string][]string `json:"header,omitempty"`
	// Without names headers that are left out.
	Without []string `json:"without,omitempty"`
	Body    string   `json:"body,omitempty"`
	// Bytes is the body where it is no UTF-8.
	Bytes []byte `json:"bytes,omitempty"`
	// Blanks is how many blanks follow the body.
	Blanks int `json:"blanks,omitempty"`
	// Sign is how the signature is wrong; "" is a good one.
	Sign Wrong `json:"sign,omitempty"`

	Status int `json:"status"`
	// Code is that of the answer; "" is an answer without one.
	Code string `json:"code,omitempty"`
	// Field is what a violation names; "" is not looked at.
	Field string `json:"field,omitempty"`
}

// Content is the whole body.
func (l *Line) Content() []byte {
	body := l.Bytes
	if body == nil {
		body = []byte(l.Body)
	}
	return append(bytes.Clone(body), strings.Repeat(" ", l.Blanks)...)
}

// Wrong is a way in which a signature or what stands for it is wrong.
type Wrong string

// file is where the lines of an operation are.
func file(dir, id string) string { return filepath.Join(dir, id+".jsonl") }

// Read returns the lines of an operation from a directory; none when there is no file.
func Read(dir, id string) ([]Line, error) {
	text, err := os.ReadFile(file(dir, id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var lines []Line
	for row := range bytes.Lines(text) {
		var l Line
		if err := json.Unmarshal(row, &l); err != nil {
			return nil, fmt.Errorf("%s: %w", file(dir, id), err)
		}
		lines = append(lines, l)
	}
	return lines, nil
}

// Differ says where lines differ from those that are wanted; "" when they do not.
func Differ(got, want []Line) string {
	for i := range min(len(got), len(want)) {
		if one, other := encode(got[i]), encode(want[i]); one != other {
			return fmt.Sprintf("line %d is\n%s\nand should be\n%s", i+1, one, other)
		}
	}
	if len(got) != len(want) {
		return fmt.Sprintf("%d lines, want %d", len(got), len(want))
	}
	return ""
}

// Write keeps the lines of an operation in a directory.
func Write(dir, id string, lines []Line) error {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	for i := range lines {
		if err := encoder.Encode(&lines[i]); err != nil {
			return err
		}
	}
	return os.WriteFile(file(dir, id), text.Bytes(), 0o600)
}

// Base is a good request of an operation, which is broken.
type Base struct {
	Method, Target string
	Header         map[string][]string
	Body           string
}

// Answer is what a request must get; without a code it has none.
type Answer struct {
	Status int
	Code   string
}

// Port is how a port answers what is no call of it.
type Port struct {
	// noPath is the answer to a target that is no operation's.
	noPath   func(target string) Answer
	noMethod Answer
	// callers are the requests of which not the content is wrong, but who sends it and how.
	callers func(op *wire.Operation, b *Base) []Line
}

// Of returns every bad request of an operation: those of its path, of who calls, of its document
// and of its fields.
func (p *Port) Of(op *wire.Operation, b Base) []Line {
	lines := append(b.paths(op, p), p.callers(op, &b)...)
	if op.Request == nil {
		return lines
	}
	lines = append(lines, b.documents(op)...)
	return append(lines, b.fields(op)...)
}

// line is the request unbroken.
func (b *Base) line(name string, want Answer) Line {
	l := Line{Name: name, Method: b.Method, Target: b.Target, Body: b.Body, Status: want.Status, Code: want.Code}
	if len(b.Header) > 0 {
		l.Header = map[string][]string{}
		for header, values := range b.Header {
			l.Header[header] = slices.Clone(values)
		}
	}
	return l
}

// badParameter is the answer to a request that does not have the form of its declaration.
func badParameter() Answer { return Answer{http.StatusBadRequest, "PARAM_ERROR"} }
