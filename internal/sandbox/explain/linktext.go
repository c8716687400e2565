package explain

import (
	"net/url"
	"slices"
	"strings"
)

// right is the text that has to be signed, before the key.
func (l *link) right() string { return l.spellings()[0].text }

// signed are the parameters that have to be signed, by name.
func (l *link) signed() []pair {
	documented := []string{"stock_id", "out_request_no", nameSender, "open_id", nameCode}
	if l.pack {
		documented = packNames()
	}
	var list []pair
	for _, p := range l.pairs {
		name := p.name
		if l.plugin {
			name = strings.TrimRight(name, "0123456789")
		}
		if p.value != "" && slices.Contains(documented, name) {
			list = append(list, p)
		}
	}
	return sortedPairs(list)
}

func sortedPairs(list []pair) []pair {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b pair) int { return strings.Compare(a.name, b.name) })
	return list
}

func joined(list []pair) string {
	texts := make([]string, len(list))
	for i, p := range list {
		texts[i] = p.name + "=" + p.value
	}
	return strings.Join(texts, "&")
}

// spellings are the texts that may have been signed, the right one first.
func (l *link) spellings() []candidateText {
	right := l.signed()
	list := []candidateText{{text: joined(right)}}
	seen := map[string]bool{list[0].text: true}
	add := func(cause Cause, zh, en string, pairs []pair) {
		text := joined(pairs)
		if seen[text] {
			return
		}
		seen[text] = true
		s := candidateText{text: text}
		if zh != "" {
			s.wrong = &clause{cause: cause, zh: zh, en: en, advice: l.advice()}
		}
		list = append(list, s)
	}
	plus := func(more ...pair) []pair { return sortedPairs(append(slices.Clone(right), more...)) }
	all := sortedPairs(slices.DeleteFunc(slices.Clone(l.pairs), func(p pair) bool { return p.value == "" }))
	if more := l.unsigned(); len(more) > 0 { // which is accepted
		add(None, "", "", plus(more...))
	}
	if !l.pack {
		add(LinkEmpty, "签名时带上了空的 "+nameCode, "the empty "+nameCode+" was signed", plus(pair{name: l.codeName()}))
	}
	for _, kind := range []string{"HMAC-SHA256", "MD5", l.value("sign_type")} {
		add(LinkSignType, "签名时带上了 sign_type", "the parameter sign_type was signed", plus(pair{"sign_type", kind}))
	}
	add(LinkNames, "签名时带上了文档没有列出的参数", "parameters were signed that the documents do not list", all)
	add(LinkEmpty, "签名时带上了值为空的参数", "parameters without a value were signed", sortedPairs(l.pairs))
	add(LinkNames, "签名时带上了 sign 本身", "the empty sign itself was signed", plus(pair{name: nameSign}))
	l.addOrders(add, right)
	l.addValues(add, right)
	return list
}

// unsigned are the parameters that need not be signed: the times of sending and the creators
// of cash vouchers.
func (l *link) unsigned() []pair {
	var list []pair
	for _, p := range l.pairs {
		if (strings.HasPrefix(p.name, nameTime) || strings.HasPrefix(p.name, nameCreator)) && p.value != "" {
			list = append(list, p)
		}
	}
	return list
}

func (l *link) codeName() string {
	if l.plugin {
		return nameCode + "0"
	}
	return nameCode
}

type adder func(cause Cause, zh, en string, pairs []pair)

// addOrders adds other orders and names.
func (l *link) addOrders(add adder, right []pair) {
	var asSent []pair
	for _, p := range l.pairs {
		if slices.Contains(right, p) {
			asSent = append(asSent, p)
		}
	}
	add(LinkOrder, "签名时参数没有按名称排序", "the parameters were not sorted by name when they were signed", asSent)
	reversed := slices.Clone(right)
	slices.Reverse(reversed)
	add(LinkOrder, "签名时参数按名称倒序排列", "the parameters were sorted backwards when they were signed", reversed)
	renamed := func(change func(string) string) []pair {
		list := slices.Clone(right)
		for i := range list {
			list[i].name = change(list[i].name)
		}
		return sortedPairs(list)
	}
	if l.pack {
		other := renamed(func(s string) string { return strings.ReplaceAll(s, "openid", "open_id") })
		add(LinkNames, "签名时参数名写成了 open_id", "openid was signed as open_id", other)
		return
	}
	add(LinkNames, "签名时参数名写成了 openid", "open_id was signed as openid", renamed(func(s string) string { return strings.ReplaceAll(s, "open_id", "openid") }))
	if l.plugin {
		add(LinkNames, "签名时参数名缺少序号", "the names were signed without their index", renamed(func(s string) string { return strings.TrimRight(s, "0123456789") }))
		return
	}
	add(LinkNames, "签名时参数名带了插件的序号", "the names were signed with an index, as those of the plug-in", renamed(func(s string) string {
		if s == nameSender || s == "open_id" {
			return s
		}
		return s + "0"
	}))
}

// addValues adds other values, and texts that lack a parameter.
func (l *link) addValues(add adder, right []pair) {
	changed := func(change func(string) string) []pair {
		list := slices.Clone(right)
		for i := range list {
			list[i].value = change(list[i].value)
		}
		return list
	}
	add(LinkEncoded, "签名时参数值做了URL编码", "the values were URL-encoded when they were signed", changed(url.QueryEscape))
	add(LinkEncoded, "签名时参数值做了URL编码", "the values were URL-encoded when they were signed", changed(url.PathEscape))
	add(LinkEncoded, "签名时参数值带有引号", "the values were signed in quotes", changed(func(s string) string { return `"` + s + `"` }))
	const fragment = "#wechat_pay&wechat_redirect"
	for i, p := range right {
		add(LinkValue, "签名时缺少参数 "+p.name, "the parameter "+p.name+" was left out of what was signed", slices.Delete(slices.Clone(right), i, i+1))
		glued := slices.Clone(right)
		glued[i].value += fragment
		add(LinkFragment, "签名时参数 "+p.name+" 的值带上了片段 "+fragment, "the fragment "+fragment+" was signed with the value of "+p.name, glued)
	}
}
