package corpus

import (
	"strings"
	"unicode/utf8"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// broken is a text with what is wrong with it.
type broken struct{ name, text string }

// paths are targets that look like that of the operation and are not.
func (b *Base) paths(op *wire.Operation, p *Port) []Line {
	path, query, has := strings.Cut(b.Target, "?")
	rest := ""
	if has {
		rest = "?" + query
	}
	last := strings.LastIndexByte(path, '/')
	var lines []Line
	for _, unknown := range []broken{
		{"a slash at the end", path + "/"},
		{"two slashes", path[:last] + "/" + path[last:]},
		{"a dot", path[:last] + "/." + path[last:]},
		{"two dots", path[:last] + "/x/.." + path[last:]},
		{"two escaped dots", path[:last] + "/x/%2e%2e" + path[last:]},
		{"another version", strings.Replace(path, "/v", "/v0", 1)},
		{"a capital", strings.Replace(path, "/v", "/V", 1)},
		{"more at the end", path + "/more/than/there/is"},
		{"an escaped letter", strings.Replace(path, "/v", "/%76", 1)},
	} {
		l := b.line("path: "+unknown.name, p.noPath(unknown.text))
		l.Target = unknown.text + rest
		lines = append(lines, l)
	}
	for _, method := range []string{"TRACE", "PROPFIND", strings.ToLower(op.Method)} {
		l := b.line("method: "+method, p.noMethod)
		l.Method = method
		lines = append(lines, l)
	}
	return lines
}

// documents are bodies that are no JSON object, and queries that cannot be decoded.
func (b *Base) documents(op *wire.Operation) []Line {
	var lines []Line
	separator := "?"
	if strings.Contains(b.Target, "?") {
		separator = "&"
	}
	for _, bad := range []broken{{"a semicolon", "a;b=1"}, {"a bad escape", "a=%zz"}, {"half an escape", "a=%2"}} {
		l := b.line("query: "+bad.name, badParameter())
		l.Target += separator + bad.text
		lines = append(lines, l)
	}
	if !op.Request.Has(schema.InBody) || op.Request.HasFile() || b.Body == "" {
		return lines
	}
	for _, bad := range b.brokenJSON() {
		l := b.line("document: "+bad.name, badParameter())
		if l.Body = bad.text; !utf8.ValidString(bad.text) {
			l.Body, l.Bytes = "", []byte(bad.text)
		}
		lines = append(lines, l)
	}
	return lines
}

// maxDepth is how deep a body may nest.
const maxDepth = 32

func (b *Base) brokenJSON() []broken {
	body := strings.TrimSpace(b.Body)
	open := strings.TrimSuffix(body, "}")
	comma := ","
	if body == "{}" {
		comma = ""
	}
	deep := strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth)
	return []broken{
		{"an array", "[" + body + "]"},
		{"a text", `"` + strings.Repeat("a", 8) + `"`},
		{"a number", "1"},
		{"true", "true"},
		{"half of it", body[:len(body)/2]},
		{"without its end", open},
		{"a comma at the end", open + ",}"},
		{"more than one", body + body},
		{"something behind", body + "x"},
		{"a name twice", open + comma + `"zz":1,"zz":1}`},
		{"a name twice, escaped", open + comma + `"zz":1,"\u007az":2}`},
		{"no UTF-8", open + comma + "\"zz\":\"\xff\xfe\"}"},
		{"half of a character", open + comma + "\"zz\":\"\xe6\x83\"}"},
		{"half of a pair", open + comma + `"zz":"\ud800"}`},
		{"a control character", open + comma + "\"zz\":\"a\x01b\"}"},
		{"a line within a text", open + comma + "\"zz\":\"a\nb\"}"},
		{"too deep", open + comma + `"zz":` + deep + "}"},
		{"a comment", "/* c */" + body},
		{"single quotes", strings.ReplaceAll(body, `"`, `'`) + "'"},
		{"a name without quotes", open + comma + "zz:1}"},
		{"a mark of byte order", "\xef\xbb\xbf" + body},
		{"NaN", open + comma + `"zz":NaN}`},
		{"a number that begins 0", open + comma + `"zz":01}`},
		{"a number with a plus", open + comma + `"zz":+1}`},
		{"hexadecimal", open + comma + `"zz":0x1}`},
		{"True", open + comma + `"zz":True}`},
		{"a bad escape", open + comma + `"zz":"\x41"}`},
		{"UTF-16", "\xff\xfe{\x00}\x00"},
		{"a form", "a=1&b=2"},
		{"XML", "<xml><a>1</a></xml>"},
		{"NUL", "\x00"},
		{"NUL behind", body + "\x00"},
	}
}
