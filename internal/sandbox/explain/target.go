package explain

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Causes that lie in the URL.
const (
	URLCase      Cause = "URL_CASE"
	URLHost      Cause = "URL_HOST"
	URLDecoded   Cause = "URL_DECODED"
	URLEncoded   Cause = "URL_ENCODED"
	URLEscapes   Cause = "URL_ESCAPE_CASE"
	URLSlash     Cause = "URL_SLASH"
	URLTemplate  Cause = "URL_TEMPLATE"
	URLPrefix    Cause = "URL_PREFIX"
	URLMissing   Cause = "URL_MISSING"
	QueryDropped Cause = "QUERY_DROPPED"
	QueryOrder   Cause = "QUERY_ORDER"
	QueryEncoded Cause = "QUERY_ENCODED"
	QuerySpaces  Cause = "QUERY_SPACES"
	QueryEmpty   Cause = "QUERY_EMPTY_VALUES"
	QueryHTML    Cause = "QUERY_HTML"
	QueryAdded   Cause = "QUERY_QUESTION_MARK"
	QueryInBody  Cause = "QUERY_IN_BODY"
)

// adviceURL is about the URL.
func adviceURL() advice {
	return advice{ZH: "应对请求行中的路径和查询串按原样签名", EN: "sign path and query exactly as they are sent"}
}

// targetPart has the variants of a target. The hosts are those that the request names.
func targetPart(target string, hosts []string, operations []Operation) part {
	c := newCollector(adviceURL(), target)
	set := func(d *draft, v string) { d.target = v }
	path, query, hasQuery := strings.Cut(target, "?")
	c.addCases(target, set)
	for _, host := range hosts {
		c.add(URLHost, "签名时URL包含了协议和域名", "scheme and host were signed with the URL", "https://"+host+target, set)
		c.add(URLHost, "签名时URL包含了协议和域名", "scheme and host were signed with the URL", "http://"+host+target, set)
		c.add(URLHost, "签名时URL包含了域名", "the host was signed with the URL", host+target, set)
		c.add(URLHost, "签名时URL包含了域名", "the host was signed with the URL", "//"+host+target, set)
	}
	if hasQuery {
		c.addQueries(path, query, set)
	}
	c.addEncodings(path, query, hasQuery, set)
	c.addPaths(path, query, hasQuery, set)
	for _, o := range operations {
		if fits(o.Path, path) {
			c.add(URLTemplate, "签名时路径中的参数没有替换为实际值", "the path was signed with its parameters not filled in", join(o.Path, query, hasQuery), set)
		}
	}
	c.add(URLMissing, "签名串缺少URL", "the URL was left out of what was signed", "", set)
	return part{variants: c.list}
}

func join(path, query string, hasQuery bool) string { //nolint:revive // the flag is part of the value
	if hasQuery {
		return path + "?" + query
	}
	return path
}

func (c *collector) addCases(target string, set func(*draft, string)) {
	c.add(URLCase, "签名时URL被转成了小写", "the URL was lower-cased before it was signed", strings.ToLower(target), set)
	c.add(URLCase, "签名时URL被转成了大写", "the URL was upper-cased before it was signed", strings.ToUpper(target), set)
	escape := regexp.MustCompile(`%[0-9a-fA-F]{2}`)
	c.add(URLEscapes, "签名时百分号编码写成了大写", "percent-encodings were signed in upper case", escape.ReplaceAllStringFunc(target, strings.ToUpper), set)
	c.add(URLEscapes, "签名时百分号编码写成了小写", "percent-encodings were signed in lower case", escape.ReplaceAllStringFunc(target, strings.ToLower), set)
}

func (c *collector) addQueries(path, query string, set func(*draft, string)) {
	c.add(QueryDropped, "签名时缺少查询串", "the query was left out of what was signed", path, set)
	c.add(QueryDropped, "签名时缺少查询串，只留下了问号", "only the question mark of the query was signed", path+"?", set)
	pairs := strings.Split(query, "&")
	sorted := slices.Sorted(slices.Values(pairs))
	reversed := slices.Clone(pairs)
	slices.Reverse(reversed)
	c.add(QueryOrder, "签名时查询参数被重新排序", "the parameters of the query were signed in another order", path+"?"+strings.Join(sorted, "&"), set)
	c.add(QueryOrder, "签名时查询参数的次序颠倒了", "the parameters of the query were signed in reverse order", path+"?"+strings.Join(reversed, "&"), set)
	for _, order := range permutations(pairs) {
		c.add(QueryOrder, "签名时查询参数的次序不同", "the parameters of the query were signed in another order", path+"?"+strings.Join(order, "&"), set)
	}
	c.add(QueryHTML, "签名时查询串中的 & 写成了 &amp;", "&amp; was signed instead of & in the query", path+"?"+strings.ReplaceAll(query, "&", "&amp;"), set)
	full := slices.DeleteFunc(slices.Clone(pairs), func(p string) bool { return p == "" || strings.HasSuffix(p, "=") })
	c.add(QueryEmpty, "签名时去掉了值为空的查询参数", "parameters without a value were left out of what was signed", strings.TrimSuffix(path+"?"+strings.Join(full, "&"), "?"), set)
	for i := range pairs { // one that was added or taken away later
		rest := slices.Delete(slices.Clone(pairs), i, i+1)
		c.add(QueryDropped, "签名时缺少一个查询参数", "a parameter of the query was left out of what was signed", strings.TrimSuffix(path+"?"+strings.Join(rest, "&"), "?"), set)
	}
}

// mostPermuted is how many parameters are tried in every order.
const mostPermuted = 4

// permutations returns every order of a few texts.
func permutations(list []string) [][]string {
	if len(list) > mostPermuted {
		return nil
	}
	if len(list) <= 1 {
		return [][]string{list}
	}
	var all [][]string
	for i := range list {
		rest := slices.Delete(slices.Clone(list), i, i+1)
		for _, tail := range permutations(rest) {
			all = append(all, append([]string{list[i]}, tail...))
		}
	}
	return all
}

// encoding is a way in which libraries write path and query.
type encoding struct {
	cause        Cause
	zh, en       string
	path, values func(string) string
}

func encodings() []encoding {
	plain := func(s string) string { return s }
	raw := func(keep string) func(string) string { // percent-encodes all but keep
		return func(s string) string {
			s = url.QueryEscape(unescapeQuery(s))
			s = strings.ReplaceAll(s, "+", "%20")
			for _, r := range keep {
				s = strings.ReplaceAll(s, url.QueryEscape(string(r)), string(r))
			}
			return s
		}
	}
	form := func(keep string) func(string) string { // the same with + for blanks, as forms have it
		return func(s string) string {
			return strings.ReplaceAll(raw(keep)(s), "%20", "+")
		}
	}
	another := func(values func(string) string) encoding {
		return encoding{QueryEncoded, "签名时查询串的编码与发送的不同", "the query was encoded in another way when it was signed", plain, values}
	}
	return []encoding{
		{URLDecoded, "签名时URL被解码", "the URL was decoded before it was signed", unescapePath, unescapeQuery},
		{URLDecoded, "签名时URL被解码", "the URL was decoded before it was signed", unescapePath, unescapePath},
		{URLDecoded, "签名时查询串被解码", "the query was decoded before it was signed", plain, unescapeQuery},
		{URLDecoded, "签名时查询串被解码", "the query was decoded before it was signed", plain, unescapePath},
		another(raw("")),
		another(raw("!'()*")),
		another(raw(":$,[]")),
		another(raw(":$,[]!'()*@/?;")),
		another(form("")),
		another(form("*")),
		another(form(":$,")),
		another(form(":$,[]")),
		{QuerySpaces, "签名时空格写成了+", "blanks were signed as +", plain, func(s string) string { return strings.ReplaceAll(s, "%20", "+") }},
		{QuerySpaces, "签名时空格写成了%20", "blanks were signed as %20", plain, func(s string) string { return strings.ReplaceAll(s, "+", "%20") }},
		{URLEncoded, "签名时已编码的查询串又编码了一次", "the query was encoded once more before it was signed", plain, url.QueryEscape},
		{URLEncoded, "签名时路径的编码与发送的不同", "the path was encoded in another way when it was signed", func(s string) string { return url.PathEscape(unescapePath(s)) }, plain},
		{URLEncoded, "签名时路径的编码与发送的不同", "the path was encoded in another way when it was signed", func(s string) string { return (&url.URL{Path: unescapePath(s)}).EscapedPath() }, plain},
	}
}

func unescapeQuery(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}

func unescapePath(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	return s
}

// addEncodings adds each encoding, with the parameters in their order and sorted.
func (c *collector) addEncodings(path, query string, hasQuery bool, set func(*draft, string)) { //nolint:revive // the flag is part of the value
	pairs := strings.Split(query, "&")
	sorted := slices.Sorted(slices.Values(pairs))
	for _, e := range encodings() {
		c.add(e.cause, e.zh, e.en, join(each(path, "/", e.path), each(query, "&", e.pair), hasQuery), set)
	}
	if !hasQuery {
		return
	}
	for _, e := range encodings() {
		c.add(QueryOrder, e.zh+"且重新排序", e.en+" and sorted", join(each(path, "/", e.path), each(strings.Join(sorted, "&"), "&", e.pair), true), set)
	}
	c.add(URLEncoded, "签名时整个查询串又编码了一次", "the whole query was encoded once more before it was signed", path+"?"+url.QueryEscape(query), set)
}

// pair encodes name and value.
func (e encoding) pair(pair string) string { return each(pair, "=", e.values) }

func each(text, separator string, change func(string) string) string {
	list := strings.Split(text, separator)
	for i := range list {
		list[i] = change(list[i])
	}
	return strings.Join(list, separator)
}

func (c *collector) addPaths(path, query string, hasQuery bool, set func(*draft, string)) { //nolint:revive // the flag is part of the value
	with := func(p string) string { return join(p, query, hasQuery) }
	c.add(URLSlash, "签名时URL缺少开头的斜杠", "the slash at the beginning of the URL was left out of what was signed", strings.TrimPrefix(with(path), "/"), set)
	c.add(URLSlash, "签名时路径末尾多了斜杠", "a slash was signed after the path", with(path+"/"), set)
	c.add(URLSlash, "签名时路径末尾的斜杠被去掉", "the slash after the path was left out of what was signed", with(strings.TrimSuffix(path, "/")), set)
	c.add(URLSlash, "签名时URL以两个斜杠开头", "the URL was signed with two slashes at its beginning", "/"+with(path), set)
	c.add(URLSlash, "签名时连续的斜杠被合并", "repeated slashes were signed as one", with(regexp.MustCompile(`/{2,}`).ReplaceAllString(path, "/")), set)
	c.add(URLPrefix, "签名时路径缺少 /v3", "/v3 was left out of the path that was signed", with(strings.TrimPrefix(path, "/v3")), set)
	if rest := strings.Index(path, "/v3/"); rest > 0 {
		c.add(URLPrefix, "签名时路径缺少 /v3 之前的部分", "what comes before /v3 was left out of the path that was signed", with(path[rest:]), set)
	}
	if !hasQuery {
		c.add(QueryAdded, "签名时路径后多了问号", "a question mark was signed after the path", path+"?", set)
	}
}
