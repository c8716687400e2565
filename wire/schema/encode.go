package schema

import (
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"strconv"
	"strings"
)

// Encode is the client's side of Bind: it fills the parameters of a path and returns
// the escaped path with its query. The src is a struct that o describes, or a pointer
// to one; its body is encoding/json's business, its headers are those of
// [Object.EncodeHeader]. A parameter that has the zero value is left out of the query.
func (o *Object) Encode(path string, src any) (string, error) {
	value := reflect.Indirect(reflect.ValueOf(src))
	if value.Type() != o.typ {
		return "", fmt.Errorf("schema: %s cannot encode a %s", o.typ, value.Type())
	}
	query := url.Values{}
	for i := range o.Fields {
		f := &o.Fields[i]
		text, given, err := f.text(value.Field(f.index))
		if err != nil {
			return "", err
		}
		switch f.In {
		case InPath:
			if !given {
				return "", fmt.Errorf("schema: the path needs %s", f.Name)
			}
			path = strings.ReplaceAll(path, "{"+f.Name+"}", url.PathEscape(text))
		case InQuery:
			if given {
				query.Set(f.Name, text)
			}
		case InHeader, InBody:
		}
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return path, nil
}

// EncodeHeader returns the headers that a request brings. The src is a struct that o
// describes, or a pointer to one; what has the zero value is left out.
func (o *Object) EncodeHeader(src any) map[string]string {
	value := reflect.Indirect(reflect.ValueOf(src))
	headers := map[string]string{}
	for i := range o.Fields {
		f := &o.Fields[i]
		if f.In != InHeader {
			continue
		}
		if text, given := text(value.Field(f.index)); given {
			headers[f.Name] = text
		}
	}
	return headers
}

// text renders the value of a field, and reports whether it was given.
func (f *Field) text(v reflect.Value) (string, bool, error) {
	if f.In != InQuery || f.Kind != Struct {
		rendered, given := text(v)
		return rendered, given, nil
	}
	if v.IsZero() {
		return "", false, nil
	}
	rendered, err := json.Marshal(v.Interface())
	if err != nil {
		return "", false, fmt.Errorf("schema: %s: %w", f.Name, err)
	}
	return string(rendered), true, nil
}

// text renders a parameter, and reports whether it was given.
func text(v reflect.Value) (string, bool) {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return "", false
		}
		rendered, _ := text(v.Elem())
		return rendered, true
	}
	switch v.Kind() {
	case reflect.String:
		return v.String(), v.String() != ""
	case reflect.Int, reflect.Int32, reflect.Int64:
		return strconv.FormatInt(v.Int(), 10), v.Int() != 0
	case reflect.Bool:
		return strconv.FormatBool(v.Bool()), v.Bool()
	default:
		return fmt.Sprint(v.Interface()), !v.IsZero()
	}
}
