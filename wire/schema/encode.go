package schema

import (
	"fmt"
	"net/url"
	"reflect"
	"strconv"
	"strings"
)

// Encode is the client's side of Bind: it fills the parameters of a path and returns
// the escaped path with its query. The src is a struct that o describes, or a pointer
// to one; its body is encoding/json's business. A parameter that has the zero value
// is left out of the query.
func (o *Object) Encode(path string, src any) (string, error) {
	value := reflect.Indirect(reflect.ValueOf(src))
	if value.Type() != o.typ {
		return "", fmt.Errorf("schema: %s cannot encode a %s", o.typ, value.Type())
	}
	query := url.Values{}
	for i := range o.Fields {
		f := &o.Fields[i]
		text, given := text(value.Field(f.index))
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
		case InBody:
		}
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return path, nil
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
