package corpus

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// fields are the violations of every field's declaration.
func (b *Base) fields(op *wire.Operation) []Line {
	var lines []Line
	if op.Request.HasFile() {
		return nil // the parts of a form are looked at by tests of their own
	}
	for i := range op.Request.Fields {
		f := &op.Request.Fields[i]
		switch f.In {
		case schema.InPath:
			lines = append(lines, b.inPath(op, f)...)
		case schema.InQuery:
			lines = append(lines, b.inQuery(f)...)
		case schema.InHeader:
			lines = append(lines, b.inHeader(f)...)
		case schema.InBody:
		}
	}
	w := &walk{base: b}
	w.object(op.Request, nil)
	return append(lines, w.lines...)
}

func (b *Base) violation(name, field string) Line {
	l := b.line(name, badParameter())
	l.Field = field
	return l
}

func (b *Base) inPath(op *wire.Operation, f *schema.Field) []Line {
	var lines []Line
	for _, bad := range texts(f) {
		l := b.violation("path "+f.Name+": "+bad.name, f.Name)
		path, query, has := strings.Cut(b.Target, "?")
		segments := strings.Split(path, "/")
		segments[slices.Index(strings.Split(op.Path, "/"), "{"+f.Name+"}")] = url.PathEscape(bad.text)
		l.Target = strings.Join(segments, "/")
		if has {
			l.Target += "?" + query
		}
		lines = append(lines, l)
	}
	if op.Request.Has(schema.InBody) && !f.Repeatable {
		l := b.violation("path "+f.Name+": once more in the body", "/"+f.Name)
		l.Body = edit(b.Body, []string{f.Name}, func(members map[string]any, last string) { members[last] = "1" })
		lines = append(lines, l)
	}
	return lines
}

func (b *Base) inQuery(f *schema.Field) []Line {
	var lines []Line
	add := func(name, target, field string) {
		l := b.violation("query "+f.Name+": "+name, field)
		l.Target = target
		lines = append(lines, l)
	}
	if f.Required {
		add("missing", withoutQuery(b.Target, f.Name), f.Name)
	}
	if f.Kind == schema.Struct {
		for _, bad := range []broken{{"an array", "[]"}, {"half an object", "{"}, {"a text", `"a"`}, {"a name twice", `{"a":1,"a":1}`}} {
			add(bad.name, setQuery(b.Target, f.Name, url.QueryEscape(bad.text)), f.Name)
		}
		add("twice", setQuery(b.Target, f.Name, "{}")+"&"+f.Name+"=%7B%7D", f.Name)
		return lines
	}
	twice := setQuery(b.Target, f.Name, "1")
	add("twice", twice+"&"+f.Name+"=1", f.Name)
	for _, bad := range texts(f) {
		if bad.text != "" || !f.Blank {
			add(bad.name, setQuery(b.Target, f.Name, url.QueryEscape(bad.text)), f.Name)
		}
	}
	return lines
}

func (b *Base) inHeader(f *schema.Field) []Line {
	var lines []Line
	if f.Required {
		l := b.violation("header "+f.Name+": missing", f.Name)
		l.Header = nil
		lines = append(lines, l)
	}
	twice := b.violation("header "+f.Name+": twice", f.Name)
	twice.Header = map[string][]string{f.Name: {"1", "2"}}
	lines = append(lines, twice)
	for _, bad := range texts(f) {
		if strings.ContainsAny(bad.text, "\x00\n\x07") || strings.TrimSpace(bad.text) == "" {
			continue // what no header can have
		}
		l := b.violation("header "+f.Name+": "+bad.name, f.Name)
		l.Header = map[string][]string{f.Name: {bad.text}}
		lines = append(lines, l)
	}
	return lines
}

// walk goes through the members of a body.
type walk struct {
	base  *Base
	lines []Line
}

// find returns a value of the good body, and whether its parents are there.
func (w *walk) find(path []string) (value any, has bool) {
	decoder := json.NewDecoder(strings.NewReader(w.base.Body))
	decoder.UseNumber()
	if decoder.Decode(&value) != nil {
		return nil, len(path) <= 1
	}
	for i, name := range path {
		switch typed := value.(type) {
		case map[string]any:
			value = typed[name]
		case []any:
			n, err := strconv.Atoi(name)
			if err != nil || n >= len(typed) {
				return nil, false
			}
			value = typed[n]
		default:
			return nil, i == len(path)
		}
	}
	return value, true
}

func (w *walk) object(o *schema.Object, at []string) {
	for i := range o.Fields {
		f := &o.Fields[i]
		if f.In == schema.InBody {
			w.field(f, append(slices.Clone(at), f.Name))
		}
	}
}

// field breaks one member in every way, if what is around it is there.
func (w *walk) field(f *schema.Field, at []string) {
	value, reachable := w.find(at)
	if !reachable {
		return
	}
	remove := func(members map[string]any, last string) { delete(members, last) }
	if f.Required {
		w.add("missing", at, remove)
		w.put("null", at, nil)
		if f.Blank {
			w.put("empty", at, "")
		}
	}
	if value != nil && strings.ToUpper(f.Name) != f.Name {
		spelt := append(slices.Clone(at[:len(at)-1]), strings.ToUpper(f.Name))
		l := w.base.violation("body /"+strings.Join(at, "/")+": in capitals", "/"+strings.Join(spelt, "/"))
		l.Body = edit(w.base.Body, at, func(members map[string]any, last string) {
			delete(members, last)
			members[strings.ToUpper(last)] = value
		})
		w.lines = append(w.lines, l)
	}
	w.values(f, at, value)
}

// values puts wrong values where a field or an element is.
func (w *walk) values(f *schema.Field, at []string, value any) {
	for _, bad := range types(f) {
		w.put(bad.name, at, bad.value)
	}
	switch f.Kind {
	case schema.Struct:
		if _, is := value.(map[string]any); is {
			w.object(f.Object, at)
		}
	case schema.Array:
		w.elements(f, at, value)
	case schema.String, schema.Date:
		for _, bad := range texts(f) {
			if bad.text != "" || !f.Blank && f.Texts["required"] == "" {
				w.put(bad.name, at, bad.text)
			}
		}
	case schema.Integer, schema.Boolean, schema.File:
	}
}

// mostItems bounds the arrays that are made too long.
const mostItems = 1200

func (w *walk) elements(f *schema.Field, at []string, value any) {
	elements, is := value.([]any)
	if !is || len(elements) == 0 {
		return
	}
	if f.MinItems > 0 {
		w.put("too few elements", at, []any{})
	}
	if f.MaxItems < mostItems {
		w.put("too many elements", at, slices.Repeat(elements[:1], f.MaxItems+1))
	}
	first := append(slices.Clone(at), "0")
	w.put("null", first, nil)
	w.values(f.Element, first, elements[0])
}

func (w *walk) put(name string, at []string, value any) {
	w.add(name, at, func(members map[string]any, last string) { members[last] = value })
}

func (w *walk) add(name string, at []string, change func(members map[string]any, last string)) {
	l := w.base.violation("body /"+strings.Join(at, "/")+": "+name, "/"+strings.Join(at, "/"))
	l.Body = edit(w.base.Body, at, change)
	w.lines = append(w.lines, l)
}
