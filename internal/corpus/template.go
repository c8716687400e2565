package corpus

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/favord/favord/wire"
)

// A request has values that no two servers have in common: ids and codes that they drew, and
// cipher texts. Their place is taken by ${path.name}, ${query.name}, ${header.name} or
// ${body.…}, with the names that lead to it.

// Template returns a request with placeholders for every value in which it differs from another
// sample of the same operation, and for the key that it names.
func Template(op *wire.Operation, one, other Base) Base {
	a, b := Values(op, one), Values(op, other)
	for _, place := range slices.Sorted(maps.Keys(a)) {
		if a[place] != b[place] || place == "/header/Wechatpay-Serial" {
			one.replace(op, place)
		}
	}
	return one
}

// Values returns the values of a request by their places.
func Values(op *wire.Operation, b Base) map[string]string {
	values := map[string]string{}
	path, query, _ := strings.Cut(b.Target, "?")
	segments := strings.Split(path, "/")
	for i, name := range strings.Split(op.Path, "/") {
		if strings.HasPrefix(name, "{") {
			values["/path/"+strings.Trim(name, "{}")] = segments[i]
		}
	}
	for pair := range strings.SplitSeq(query, "&") {
		if name, value, found := strings.Cut(pair, "="); found {
			values["/query/"+name] = value
		}
	}
	for name, list := range b.Header {
		values["/header/"+name] = strings.Join(list, ",")
	}
	var body any
	if json.Unmarshal([]byte(b.Body), &body) == nil {
		leaves("/body", body, values)
	}
	return values
}

func leaves(at string, value any, into map[string]string) {
	switch typed := value.(type) {
	case map[string]any:
		for name, member := range typed {
			leaves(at+"/"+name, member, into)
		}
	case []any:
		for i, element := range typed {
			leaves(at+"/"+strconv.Itoa(i), element, into)
		}
	case string:
		into[at] = typed
	}
}

// placeholder has no slash, so that it is one segment of a path.
func placeholder(place string) string { return "${" + strings.ReplaceAll(place[1:], "/", ".") + "}" }

// replace puts a placeholder in place of a value.
func (b *Base) replace(op *wire.Operation, place string) {
	switch where, name, _ := strings.Cut(place[1:], "/"); where {
	case "path":
		path, query, has := strings.Cut(b.Target, "?")
		segments := strings.Split(path, "/")
		segments[slices.Index(strings.Split(op.Path, "/"), "{"+name+"}")] = placeholder(place)
		b.Target = strings.Join(segments, "/")
		if has {
			b.Target += "?" + query
		}
	case "query":
		b.Target = setQuery(b.Target, name, placeholder(place))
	case "header":
		b.Header = map[string][]string{name: {placeholder(place)}}
	default:
		b.Body = edit(b.Body, strings.Split(name, "/"), func(members map[string]any, last string) { members[last] = placeholder(place) })
	}
}

// Fill puts the values of a sample in place of the placeholders of a line.
func Fill(l Line, values map[string]string) Line {
	var pairs []string
	for place, value := range values {
		pairs = append(pairs, placeholder(place), value)
		if escaped := url.QueryEscape(placeholder(place)); strings.Contains(l.Target, escaped) {
			pairs = append(pairs, escaped, url.QueryEscape(value))
		}
	}
	replacer := strings.NewReplacer(pairs...)
	l.Target, l.Body = replacer.Replace(l.Target), replacer.Replace(l.Body)
	if l.Bytes != nil {
		l.Bytes = []byte(replacer.Replace(string(l.Bytes)))
	}
	header := map[string][]string{}
	for name, list := range l.Header {
		for _, value := range list {
			header[name] = append(header[name], replacer.Replace(value))
		}
	}
	l.Header = header
	return l
}

// setQuery gives a parameter of the query one raw value, in its place or at the end.
func setQuery(target, name, value string) string {
	path, query, has := strings.Cut(target, "?")
	pairs := strings.Split(query, "&")
	if !has {
		pairs = nil
	}
	at := slices.IndexFunc(pairs, func(pair string) bool { return strings.HasPrefix(pair, name+"=") })
	if at < 0 {
		pairs = append(pairs, "")
		at = len(pairs) - 1
	}
	pairs[at] = name + "=" + value
	return path + "?" + strings.Join(pairs, "&")
}

// withoutQuery leaves a parameter of the query out.
func withoutQuery(target, name string) string {
	path, query, _ := strings.Cut(target, "?")
	pairs := slices.DeleteFunc(strings.Split(query, "&"), func(pair string) bool { return strings.HasPrefix(pair, name+"=") })
	if len(pairs) == 0 {
		return path
	}
	return path + "?" + strings.Join(pairs, "&")
}

// edit changes a member somewhere in a JSON object, whose parents must be there. Elements of
// arrays go by their number.
func edit(body string, path []string, change func(members map[string]any, last string)) string {
	var root map[string]any
	decoder := json.NewDecoder(strings.NewReader(body))
	decoder.UseNumber()
	if decoder.Decode(&root) != nil || root == nil {
		root = map[string]any{}
	}
	var at any = root
	for i, name := range path {
		switch typed := at.(type) {
		case map[string]any:
			if i == len(path)-1 {
				change(typed, name)
			}
			at = typed[name]
		case []any:
			n, err := strconv.Atoi(name)
			if err != nil || n >= len(typed) {
				return body
			}
			if i == len(path)-1 {
				holder := map[string]any{name: typed[n]}
				change(holder, name)
				typed[n] = holder[name]
			}
			at = typed[n]
		}
	}
	return encode(root)
}

// encode writes JSON with its names in order.
func encode(value any) string {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return ""
	}
	return strings.TrimSuffix(text.String(), "\n")
}
