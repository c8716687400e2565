// Package serve is what all edges share. It turns a request into the values that package
// schema checks: which operation its path names, and what its path, query and body say; and it
// says in which language and how a request is told that it violates its declaration. It is strict
// where two parsers could disagree, and knows neither signatures nor capabilities.
package serve

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// maxDepth is how deep the values of a body may nest.
const maxDepth = 32

// Decode decodes everything that a request to an operation brings. The target is path and
// query as they were sent, the parameters are those of the path. The body is looked at only
// if the operation has one.
func Decode(op *wire.Operation, target string, parameters map[string]string, body []byte) (schema.Input, *schema.Violation) {
	in := schema.Input{Path: parameters}
	_, query, _ := strings.Cut(target, "?")
	var err error
	if in.Query, err = url.ParseQuery(query); err != nil {
		return in, badQuery(query)
	}
	var v *schema.Violation
	if in.Objects, v = queryObjects(op.Request, in.Query); v != nil {
		return in, v
	}
	if !op.Request.Has(schema.InBody) || op.Request.HasFile() {
		return in, nil
	}
	in.Body, v = DecodeBody(body)
	return in, v
}

// queryObjects decodes the parameters that are the text of a JSON object (partnerships 5).
func queryObjects(request *schema.Object, query url.Values) (map[string]map[string]any, *schema.Violation) {
	var objects map[string]map[string]any
	for i := range request.Fields {
		f := &request.Fields[i]
		if f.In != schema.InQuery || f.Kind != schema.Struct || len(query[f.Name]) != 1 {
			continue
		}
		members, v := decodeObjectText(document{place: schema.InQuery, name: f.Name}, []byte(query[f.Name][0]))
		if v != nil {
			return nil, v
		}
		if objects == nil {
			objects = map[string]map[string]any{}
		}
		objects[f.Name] = members
	}
	return objects, nil
}

func badQuery(query string) *schema.Violation {
	return &schema.Violation{
		Location: string(schema.InQuery), Value: start([]byte(query)), Issue: "cannot be decoded",
		ZH: "参数错误", EN: "The query cannot be decoded.",
	}
}

// Reasons for which a body is refused, besides bad syntax.
var (
	errNotObject = errors.New("it must be a JSON object")
	errTooDeep   = fmt.Errorf("it nests deeper than %d levels", maxDepth)
	errTrailing  = errors.New("something follows the JSON document")
)

// DecodeBody parses a body into the values that package schema binds. It is strict
// where two parsers could disagree: no duplicate names, no invalid UTF-8, nothing
// after the document, bounded depth. An empty body and the document null are no body
// (protocol 2.7).
func DecodeBody(body []byte) (map[string]any, *schema.Violation) {
	return decodeObjectText(document{place: schema.InBody}, body)
}

// document says which text of a request is JSON: the body, for which the name is empty, a
// part of it, or a parameter of the query.
type document struct {
	place schema.Place
	name  string
}

// String is how messages name the document.
func (d document) String() string {
	if d.name == "" {
		return "/" + string(d.place)
	}
	return "/" + string(d.place) + "/" + d.name
}

// field is how details name it: a JSON Pointer in the body, else the plain name.
func (d document) field() string {
	if d.place == schema.InBody && d.name != "" {
		return "/" + d.name
	}
	return d.name
}

func decodeObjectText(of document, text []byte) (map[string]any, *schema.Violation) {
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, nil
	}
	d := jsontext.NewDecoder(bytes.NewReader(text))
	value, err := decodeValue(d)
	if err == nil {
		err = atEnd(d, text)
	}
	if err != nil {
		return nil, badJSON(of, text, err)
	}
	switch members := value.(type) {
	case nil:
		return nil, nil
	case map[string]any:
		return members, nil
	default:
		return nil, badJSON(of, text, errNotObject)
	}
}

func decodeValue(d *jsontext.Decoder) (any, error) {
	token, err := d.ReadToken()
	if err != nil {
		return nil, err
	}
	if d.StackDepth() > maxDepth {
		return nil, errTooDeep
	}
	switch token.Kind() {
	case jsontext.KindNull:
		return nil, nil
	case jsontext.KindTrue, jsontext.KindFalse:
		return token.Bool(), nil
	case jsontext.KindNumber:
		return json.Number(token.String()), nil
	case jsontext.KindString:
		return token.String(), nil
	case jsontext.KindBeginObject:
		return decodeObject(d)
	case jsontext.KindBeginArray:
		return decodeArray(d)
	default: // the decoder itself refuses what does not fit
		return nil, fmt.Errorf("unexpected token %s", token.Kind())
	}
}

func decodeObject(d *jsontext.Decoder) (map[string]any, error) {
	members := map[string]any{}
	for d.PeekKind() != jsontext.KindEndObject {
		token, err := d.ReadToken()
		if err != nil {
			return nil, err
		}
		name := token.String()
		if members[name], err = decodeValue(d); err != nil {
			return nil, err
		}
	}
	_, err := d.ReadToken()
	return members, err
}

func decodeArray(d *jsontext.Decoder) ([]any, error) {
	elements := []any{}
	for d.PeekKind() != jsontext.KindEndArray {
		value, err := decodeValue(d)
		if err != nil {
			return nil, err
		}
		elements = append(elements, value)
	}
	_, err := d.ReadToken()
	return elements, err
}

// atEnd reports whatever follows the document.
func atEnd(d *jsontext.Decoder, body []byte) error {
	rest := bytes.TrimLeft(body[d.InputOffset():], " \t\r\n")
	if len(rest) == 0 {
		return nil
	}
	return &jsontext.SyntacticError{ByteOffset: int64(len(body) - len(rest)), Err: errTrailing}
}

// shownBody is how much of a body that does not parse goes back to the caller.
const shownBody = 64

// badJSON says where a text stops being JSON, in the words of the production
// validator (protocol 7.3). What it does not know there is a parameter error.
func badJSON(of document, text []byte, err error) *schema.Violation {
	v := &schema.Violation{Field: of.field(), Value: start(text), Issue: err.Error(), ZH: "参数错误"}
	if syntax, is := errors.AsType[*jsontext.SyntacticError](err); is {
		line, column := position(text, syntax.ByteOffset)
		v.Issue = fmt.Sprintf("line %d, column %d: %v", line, column, syntax.Err)
		v.ZH = fmt.Sprintf("解析 Json 出错 (位置: %s): * Line %d, Column %d\n  %v\n", of, line, column, syntax.Err)
	}
	v.EN = fmt.Sprintf("%s is not acceptable JSON: %s.", of.english(), v.Issue)
	return v
}

func (d document) english() string {
	if d.name == "" {
		return "The body"
	}
	return "The value of " + d.String()
}

// position turns an offset into line and column, both from 1; columns count
// characters.
func position(body []byte, offset int64) (line, column int) {
	before := body[:min(offset, int64(len(body)))]
	line = bytes.Count(before, []byte("\n")) + 1
	column = utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
	return line, column
}

func start(body []byte) string {
	text := body[:min(len(body), shownBody)]
	return string(bytes.ToValidUTF8(text, nil))
}
