package corpus

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// Sample is a request of an operation that fits its declaration, with every field. Whether it
// would succeed is another question.
func Sample(op *wire.Operation) Base {
	b := Base{Method: op.Method, Target: op.Path}
	if op.Request == nil {
		return b
	}
	body := map[string]any{}
	for i := range op.Request.Fields {
		f := &op.Request.Fields[i]
		value := fitting(f)
		switch f.In {
		case schema.InPath:
			b.Target = strings.Replace(b.Target, "{"+f.Name+"}", url.PathEscape(text(value)), 1)
		case schema.InQuery:
			b.Target = setQuery(b.Target, f.Name, url.QueryEscape(text(value)))
		case schema.InBody:
			body[f.Name] = value
		case schema.InHeader:
		}
	}
	if len(body) > 0 {
		b.Body = encode(body)
	}
	return b
}

func text(value any) string {
	if s, is := value.(string); is {
		return s
	}
	return encode(value)
}

// fitting is a value that a field may have.
func fitting(f *schema.Field) any {
	switch f.Kind {
	case schema.Integer:
		return json.Number(strconv.FormatInt(min(max(1, f.Min), f.Max), 10))
	case schema.Boolean:
		return true
	case schema.Date:
		return "2030-01-02T15:04:05+08:00"
	case schema.Array:
		return []any{fitting(f.Element)}
	case schema.Struct:
		members := map[string]any{}
		for i := range f.Object.Fields {
			members[f.Object.Fields[i].Name] = fitting(&f.Object.Fields[i])
		}
		return members
	case schema.String, schema.File:
	}
	if len(f.Enum) > 0 {
		return f.Enum[0]
	}
	candidates := []string{"1900000009", "2026-12-05", "BANK_1", "https://www.example.com/notify", strings.Repeat("1", f.MaxBytes%64)}
	for _, candidate := range candidates {
		if fits(f, candidate) {
			return candidate
		}
	}
	return strings.Repeat("1", max(1, f.MinBytes, f.MinChars))
}

func fits(f *schema.Field, s string) bool {
	chars := utf8.RuneCountInString(s)
	return chars >= f.MinChars && chars <= f.MaxChars && len(s) >= f.MinBytes && len(s) <= f.MaxBytes &&
		(f.Pattern == nil || f.Pattern.MatchString(s))
}
