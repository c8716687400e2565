package explain

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
)

// node is a JSON value that keeps the order of members and the text of numbers.
type node struct {
	kind    byte // { [ " or 0 for a literal
	text    string
	members []member
}

type member struct {
	name  string
	value node
}

// maxDepth bounds how deep a value may nest.
const maxDepth = 64

var errDeep = errors.New("explain: nested too deep")

// parseJSON reads a whole document.
func parseJSON(body []byte) (node, bool) {
	d := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(body, []byte("\ufeff"))))
	d.UseNumber()
	n, err := parseValue(d, 0)
	if err != nil || d.More() {
		return node{}, false
	}
	return n, true
}

// parseString reads a document that is one string.
func parseString(body []byte) (string, bool) {
	n, ok := parseJSON(body)
	return n.text, ok && n.kind == '"'
}

func parseValue(d *json.Decoder, depth int) (node, error) {
	if depth > maxDepth {
		return node{}, errDeep
	}
	token, err := d.Token()
	if err != nil {
		return node{}, err
	}
	switch v := token.(type) {
	case json.Delim:
		return parseNested(d, v, depth)
	case string:
		return node{kind: '"', text: v}, nil
	case nil:
		return node{text: "null"}, nil
	default: // numbers keep their text
		return node{text: fmt.Sprint(v)}, nil
	}
}

func parseNested(d *json.Decoder, opening json.Delim, depth int) (node, error) {
	kind := opening.String()[0]
	n := node{kind: kind}
	for d.More() {
		var m member
		if kind == '{' {
			token, err := d.Token()
			if err != nil {
				return n, err
			}
			m.name, _ = token.(string)
		}
		var err error
		if m.value, err = parseValue(d, depth+1); err != nil {
			return n, err
		}
		n.members = append(n.members, m)
	}
	_, err := d.Token()
	return n, err
}

// style is how a library writes JSON.
type style struct {
	comma, colon string
	indent       string // "" is one line
	sorted       bool
	noNulls      bool
	escape       escapes
	lineEnd      bool
}

// escapes says what is escaped in strings besides what must be.
type escapes struct {
	unicode string // "", "lower" or "upper": characters beyond ASCII as \uXXXX
	slash   bool   // / as \/
	html    bool   // < > & as \u003c …
}

// styles lists how libraries write JSON, the usual ones first.
func styles() []style {
	var list []style
	for _, sorted := range []bool{false, true} {
		for _, layout := range []style{
			{comma: ",", colon: ":"},                // most
			{comma: ", ", colon: ": "},              // Python
			{comma: ",", colon: ": ", indent: "  "}, // for people
			{comma: ",", colon: ": ", indent: "    "},
			{comma: ",", colon: ": ", indent: "\t"},
			{comma: ",", colon: " : ", indent: "  "}, // Jackson
			{comma: ",", colon: ": "},
		} {
			for _, escape := range []escapes{
				{},
				{unicode: "lower"},
				{slash: true},
				{unicode: "lower", slash: true},
				{html: true},
				{unicode: "upper"},
				{unicode: "upper", slash: true},
				{unicode: "lower", html: true},
			} {
				for _, noNulls := range []bool{false, true} {
					for _, lineEnd := range []bool{false, true} {
						s := layout
						s.sorted, s.escape, s.noNulls, s.lineEnd = sorted, escape, noNulls, lineEnd
						list = append(list, s)
					}
				}
			}
		}
	}
	return list
}

// write renders a value.
func (s *style) write(b *strings.Builder, n *node, depth int) {
	switch n.kind {
	case '"':
		s.writeString(b, n.text)
	case '{', '[':
		s.writeNested(b, n, depth)
	default:
		b.WriteString(n.text)
	}
}

func (s *style) writeNested(b *strings.Builder, n *node, depth int) {
	members := n.members
	if n.kind == '{' && s.noNulls {
		members = slices.DeleteFunc(slices.Clone(members), func(m member) bool { return m.value.kind == 0 && m.value.text == "null" })
	}
	if n.kind == '{' && s.sorted {
		members = slices.Clone(members)
		slices.SortStableFunc(members, func(a, b member) int { return strings.Compare(a.name, b.name) })
	}
	b.WriteByte(n.kind)
	for i := range members {
		if i > 0 {
			b.WriteString(s.comma)
		}
		s.breakLine(b, depth+1)
		if n.kind == '{' {
			s.writeString(b, members[i].name)
			b.WriteString(s.colon)
		}
		s.write(b, &members[i].value, depth+1)
	}
	if len(members) > 0 {
		s.breakLine(b, depth)
	}
	b.WriteByte(n.kind + 2) // } follows { by two, and ] follows [
}

func (s *style) breakLine(b *strings.Builder, depth int) {
	if s.indent != "" {
		b.WriteString("\n" + strings.Repeat(s.indent, depth))
	}
}

func (s *style) writeString(b *strings.Builder, text string) {
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '/' && s.escape.slash:
			b.WriteString(`\/`)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ' || s.escape.html && strings.ContainsRune("<>&", r) || s.escape.unicode != "" && r > '~':
			s.writeEscaped(b, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
}

func (s *style) writeEscaped(b *strings.Builder, r rune) {
	format := `\u%04x`
	if s.escape.unicode == "upper" {
		format = `\u%04X`
	}
	for _, unit := range utf16.Encode([]rune{r}) {
		fmt.Fprintf(b, format, unit)
	}
}

func jsonString(text string) string {
	var b strings.Builder
	new(style).writeString(&b, text)
	return b.String()
}

// render writes a document.
func (s *style) render(n *node) string {
	var b strings.Builder
	s.write(&b, n, 0)
	if s.lineEnd {
		b.WriteByte('\n')
	}
	return b.String()
}

// maxRewritten is the longest body that is written in every style, in bytes.
const maxRewritten = 64 << 10

// addReformatted adds the ways in which libraries write the document that a body is.
func (c *collector) addReformatted(body []byte, set func(*draft, string)) {
	document, ok := parseJSON(body)
	if !ok || document.kind == '"' || len(body) > maxRewritten {
		return
	}
	sent := sentStyle(&document, body)
	for _, s := range styles() {
		cause, zh, en := s.differs(&sent)
		c.add(cause, "签名时包体的"+zh+"与发送的不同", "the body was signed with "+en, s.render(&document), set)
	}
}

// sentStyle returns the style in which a body was written, the usual one when no library
// writes so.
func sentStyle(document *node, body []byte) style {
	all := styles()
	if i := slices.IndexFunc(all, func(s style) bool { return s.render(document) == string(body) }); i >= 0 {
		return all[i]
	}
	return all[0]
}

// mostMembers is how many members of a body are tried in every order.
const mostMembers = 6

// orderPart has the orders of the members of a body: a map has none, so that a program that
// serialises it twice may get two.
func orderPart(body []byte) part {
	document, ok := parseJSON(body)
	if !ok || document.kind != '{' || len(document.members) > mostMembers || len(body) > maxRewritten {
		return part{}
	}
	c := newCollector(adviceBody(), string(body))
	sent := sentStyle(&document, body)
	others := []style{sent}
	if len(document.members) <= mostPermuted { // another library may write them in another style, too
		others = append(others, usualStyles()...)
	}
	set := func(d *draft, v string) { d.body = []byte(v) }
	for _, order := range orders(document.members) {
		other := node{kind: '{', members: order}
		for _, s := range others {
			zh, en := "字段次序", "another order of its members"
			if s != sent {
				_, moreZH, moreEN := s.differs(&sent)
				zh, en = zh+"、"+moreZH, en+" and "+moreEN
			}
			c.add(BodyKeyOrder, "签名时包体的"+zh+"与发送的不同", "the body was signed with "+en, s.render(&other), set)
		}
	}
	return part{variants: c.list, alone: true}
}

// usualStyles are those of the most used libraries.
func usualStyles() []style {
	plain, python, people := style{comma: ",", colon: ":"}, style{comma: ", ", colon: ": "}, style{comma: ",", colon: ": ", indent: "  "}
	escaped, php := python, plain
	escaped.escape.unicode = "lower"
	php.escape = escapes{unicode: "lower", slash: true}
	return []style{plain, python, people, escaped, php}
}

// orders returns every order of a few members.
func orders(list []member) [][]member {
	if len(list) <= 1 {
		return [][]member{list}
	}
	var all [][]member
	for i := range list {
		for _, tail := range orders(slices.Delete(slices.Clone(list), i, i+1)) {
			all = append(all, append([]member{list[i]}, tail...))
		}
	}
	return all
}

// differs says in what a style differs from the one in which a body was sent. The cause is
// the first of them.
func (s *style) differs(sent *style) (cause Cause, zh, en string) {
	var causes []Cause
	var listZH, listEN []string
	note := func(differ bool, cause Cause, zh, en string) {
		if differ {
			causes, listZH, listEN = append(causes, cause), append(listZH, zh), append(listEN, en)
		}
	}
	note(s.noNulls != sent.noNulls, BodyNulls, "值为null的字段", "members left out that are null")
	note(s.sorted != sent.sorted, BodyKeyOrder, "字段次序", "another order of its members")
	note(s.escape != sent.escape, BodyEscapes, `字符转义（\u、\/ 等）`, `other escapes of characters (\u, \/)`)
	note(s.comma != sent.comma || s.colon != sent.colon || s.indent != sent.indent, BodyReformatted, "空格或缩进", "other blanks or indents")
	note(s.lineEnd != sent.lineEnd, BodyLineEnd, "末尾换行", "another line end")
	if len(causes) == 0 {
		return BodyReformatted, "空格或缩进", "other blanks or indents"
	}
	return causes[0], strings.Join(listZH, "、"), strings.Join(listEN, " and ")
}
