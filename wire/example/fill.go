package example

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/favord/favord/wire/schema"
)

// placeholder is one; the second group is the name of a number, or how much later a time is.
func placeholder() *regexp.Regexp { return regexp.MustCompile(`\$\{([a-z_]+)([.+][0-9a-z]+)?\}`) }

// Ways to write a value where it stands.
func asIs(text string) string        { return text }
func escapePath(text string) string  { return url.PathEscape(text) }
func escapeQuery(text string) string { return url.QueryEscape(text) }

// fill puts values in place of placeholders. Those that are unknown stay.
func (v *Values) fill(template string, escape func(string) string) string {
	var b strings.Builder
	rest := 0
	for _, at := range placeholder().FindAllStringSubmatchIndex(template, -1) {
		b.WriteString(escape(template[rest:at[0]]))
		rest = at[1]
		more := ""
		if at[4] >= 0 {
			more = template[at[4]:at[5]]
		}
		if value, known := v.value(template[at[2]:at[3]], more); known {
			b.WriteString(escape(value))
		} else {
			b.WriteString(template[at[0]:at[1]])
		}
	}
	b.WriteString(escape(template[rest:]))
	return b.String()
}

const day = 24 * time.Hour

func (v *Values) value(name, more string) (string, bool) {
	const digits, payment = 16, 24
	switch name {
	case "mchid":
		return v.MchID, true
	case "appid":
		return v.AppID, true
	case "openid":
		return v.OpenID, true
	case "now":
		return schema.TimeOf(v.later(more)).String(), true
	case "date":
		return schema.TimeOf(v.later(more)).String()[:len(time.DateOnly)], true
	case "number":
		return v.once(name+more, "example", digits), true
	case "transaction":
		return v.once(name+more, "4200", payment), true
	}
	value, known := v.Kept[name]
	return value, known
}

// later is a time after now; more is such as +30d or +1m, or nothing.
func (v *Values) later(more string) time.Time {
	span := strings.TrimPrefix(more, "+")
	if days, is := strings.CutSuffix(span, "d"); is {
		if n, err := strconv.Atoi(days); err == nil {
			return v.Now.Add(time.Duration(n) * day)
		}
	}
	passed, err := time.ParseDuration(span)
	if err != nil {
		return v.Now
	}
	return v.Now.Add(passed)
}

// once is a number of random digits after a prefix; one whose name has a dot is the same each time.
func (v *Values) once(name, prefix string, digits int) string {
	if known, is := v.named[name]; is {
		return known
	}
	drawn := prefix + v.Digits(digits)
	if strings.Contains(name, ".") {
		if v.named == nil {
			v.named = map[string]string{}
		}
		v.named[name] = drawn
	}
	return drawn
}

// Pick returns a value of an answer in JSON: "a.b" is the member b of a, "0" the first element of
// an array, and "url?token" the parameter token of the URL at url. What is no text is returned as
// JSON.
func Pick(answer []byte, path string) (string, bool) {
	path, parameter, isURL := strings.Cut(path, "?")
	var value any
	decoder := json.NewDecoder(strings.NewReader(string(answer)))
	decoder.UseNumber()
	if decoder.Decode(&value) != nil {
		return "", false
	}
	for name := range strings.SplitSeq(path, ".") {
		if value = member(value, name); value == nil {
			return "", false
		}
	}
	text, is := value.(string)
	switch {
	case isURL:
		at, err := url.Parse(text)
		return query(at, err, parameter)
	case is:
		return text, true
	}
	encoded, err := json.Marshal(value)
	return string(encoded), err == nil
}

// member is one of an object or array, nil when there is none.
func member(value any, name string) any {
	switch typed := value.(type) {
	case map[string]any:
		return typed[name]
	case []any:
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(typed) {
			return typed[i]
		}
	}
	return nil
}

func query(at *url.URL, err error, name string) (string, bool) {
	if err != nil || !at.Query().Has(name) {
		return "", false
	}
	return at.Query().Get(name), true
}
