package corpus

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/favord/favord/wire/schema"
)

// longest bounds the texts that are made too long.
const longest = 8192

// texts are what a field must not have as a text: of a path, a query or a header that is what all
// kinds are.
func texts(f *schema.Field) []broken {
	switch f.Kind {
	case schema.Integer:
		return integerTexts(f)
	case schema.Boolean:
		return []broken{{"no boolean", "maybe"}}
	case schema.Date:
		return timeTexts()
	case schema.String:
	case schema.Struct, schema.Array, schema.File:
		return nil
	}
	return slices.Concat(lengths(f), []broken{{"NUL", "1\x00"}}, choices(f), patterns(f))
}

// lengths are texts that are too long or too short.
func lengths(f *schema.Field) (bad []broken) {
	if most := min(f.MaxChars, f.MaxBytes); most <= longest {
		bad = append(bad, broken{"too long", strings.Repeat("1", most+1)})
		if f.MaxBytes <= f.MaxChars {
			bad = append(bad, broken{"too many bytes", strings.Repeat("券", most/3+1)})
		}
	}
	if least := max(f.MinChars, f.MinBytes); least > 1 {
		bad = append(bad, broken{"too short", strings.Repeat("1", least-1)})
	}
	return bad
}

// choices are texts that a list does not have.
func choices(f *schema.Field) (bad []broken) {
	if len(f.Enum) == 0 {
		return nil
	}
	bad = []broken{{"not in the list", "NEVER"}, {"with a blank", f.Enum[0] + " "}}
	if lower := strings.ToLower(f.Enum[0]); lower != f.Enum[0] && !f.AnyCase && !slices.Contains(f.Enum, lower) {
		bad = append(bad, broken{"in small letters", lower})
	}
	return bad
}

// patterns are texts that do not match, and those that are no line.
func patterns(f *schema.Field) (bad []broken) {
	if f.Pattern != nil {
		for _, text := range []string{"-", "a b", "券", "１２", "1\n", "'", "../1", "%31", "<b>"} {
			if !f.Pattern.MatchString(text) {
				bad = append(bad, broken{"no match: " + strconv.QuoteToASCII(text), text})
			}
		}
	}
	if f.Line {
		for _, text := range []string{"a\nb", "\u200b", "\x07", "\u202e", "\u2028"} {
			bad = append(bad, broken{"no line: " + strconv.QuoteToASCII(text), text})
		}
	}
	return bad
}

func integerTexts(f *schema.Field) []broken {
	bad := []broken{
		{"no number", "one"},
		{"a fraction", "1.5"},
		{"an exponent", "1e3"},
		{"a plus", "+1"},
		{"a blank", " 1"},
		{"hexadecimal", "0x1"},
		{"wide digits", "１"},
		{"beyond 64 bits", "9223372036854775808"},
	}
	if f.Min != math.MinInt64 {
		bad = append(bad, broken{"below the least", strconv.FormatInt(f.Min-1, 10)})
	}
	if f.Max != math.MaxInt64 {
		bad = append(bad, broken{"above the most", strconv.FormatInt(f.Max+1, 10)})
	}
	return bad
}

func timeTexts() []broken {
	return []broken{
		{"no time", "tomorrow"},
		{"a day", "2026-12-01"},
		{"seconds", "1796000000"},
		{"without a zone", "2026-12-01T00:00:00"},
		{"a blank for T", "2026-12-01 00:00:00+08:00"},
		{"February 30", "2026-02-30T00:00:00+08:00"},
		{"February 29 of no leap year", "2027-02-29T00:00:00+08:00"},
		{"month 13", "2026-13-01T00:00:00+08:00"},
		{"hour 24", "2026-12-01T24:00:00+08:00"},
		{"second 60", "2026-12-01T23:59:60+08:00"},
		{"one digit of an hour", "2026-12-01T0:00:00+08:00"},
		{"a comma", "2026-12-01T00:00:00,5+08:00"},
		{"zone 25", "2026-12-01T00:00:00+25:00"},
		{"a zone by name", "2026-12-01T00:00:00 CST"},
		{"year 0", "0000-12-01T00:00:00+08:00"},
		{"year 1969", "1969-12-31T00:00:00Z"},
		{"year 9999", "9999-12-31T23:59:59-08:00"},
		{"year 10000", "10000-01-01T00:00:00Z"},
		{"a year of two digits", "26-12-01T00:00:00+08:00"},
		{"NUL", "2026-12-01T00:00:00+08:00\x00"},
	}
}

// badValue is a JSON value that a field must not have.
type badValue struct {
	name  string
	value any
}

// types are values of other types than a field has, and numbers beyond its bounds.
func types(f *schema.Field) []badValue {
	text, number := badValue{"a text", "x"}, badValue{"a number", json.Number("7")}
	boolean, object, array := badValue{"a boolean", true}, badValue{"an object", map[string]any{"x": 1}}, badValue{"an array", []any{"x"}}
	switch f.Kind {
	case schema.String, schema.Date:
		return []badValue{number, boolean, object, array}
	case schema.Boolean:
		return []badValue{text, {"a text: true", "true"}, number, object, array}
	case schema.Struct:
		return []badValue{text, number, boolean, array}
	case schema.Array:
		bad := []badValue{number, boolean, object}
		if !f.Commas {
			bad = append(bad, text)
		}
		return bad
	case schema.Integer:
		return append([]badValue{text, {"a text of digits", "7"}, boolean, object, array}, numbers(f)...)
	case schema.File:
	}
	return nil
}

func numbers(f *schema.Field) []badValue {
	var bad []badValue
	for _, t := range integerTexts(f) {
		if json.Valid([]byte(t.text)) && !strings.HasPrefix(t.text, " ") {
			bad = append(bad, badValue{t.name, json.Number(t.text)})
		}
	}
	return append(bad, badValue{"a whole fraction", json.Number("1.0")}, badValue{"very large", json.Number("1e999")},
		badValue{"below 64 bits", json.Number("-9223372036854775809")})
}
