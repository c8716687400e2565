package explain

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Causes that lie in a claim link, a call of the plug-in or a link to a card pack, which are signed
// with the APIv2 key (busifavor 10.5).
const (
	LinkParameter  Cause = "LINK_PARAMETER_MISSING"
	LinkFragment   Cause = "LINK_FRAGMENT_GLUED"
	LinkHash       Cause = "LINK_SIGN_HASH"
	LinkKey        Cause = "LINK_SIGN_KEY"
	LinkNoKey      Cause = "LINK_SIGN_WITHOUT_KEY"
	LinkCase       Cause = "LINK_SIGN_CASE"
	LinkEmpty      Cause = "LINK_SIGN_EMPTY_VALUE"
	LinkSignType   Cause = "LINK_SIGN_TYPE"
	LinkOrder      Cause = "LINK_SIGN_ORDER"
	LinkEncoded    Cause = "LINK_SIGN_ENCODED"
	LinkNames      Cause = "LINK_SIGN_NAMES"
	LinkValue      Cause = "LINK_SIGN_VALUE_MISSING"
	LinkForm       Cause = "LINK_SIGN_FORM"
	LinkMerchant   Cause = "MERCHANT_UNKNOWN"
	LinkUnreadable Cause = "LINK_UNREADABLE"
	// LinkOld is a link to a card pack that is older than ten minutes, or from the future.
	LinkOld Cause = "LINK_EXPIRED"
)

// Where claim links and the plug-in lead.
const (
	pathLink   = "/busifavor/getcouponinfo"
	pathPlugin = "/busifavor/sendcoupon"
)

// Names of parameters that are not signed, and of the merchant that signs.
const (
	nameSign   = "sign"
	nameTime   = "customize_send_time"
	nameSender = "send_coupon_merchant"
	nameCode   = "coupon_code"

	nameCreator = "create_coupon_merchant"
)

// LinkSign is what a text would be signed with in one way or another, right or wrong.
type LinkSign struct {
	// Hash is such as HMAC-SHA256, Key APIv2 or APIv3.
	Hash, Key string
	// Appended is true when &key= and the key stand at the end of the text.
	Appended bool
	// Hex is the sign, in lower case.
	Hex string
}

// pair is a parameter.
type pair struct{ name, value string }

// link is a claim link, a call of the plug-in, or a link to a card pack.
type link struct {
	plugin, pack bool
	// pairs are the parameters as they came, without the sign.
	pairs []pair
	sign  string
	// glued is the parameter at which the fragment hangs.
	glued string
	// received is when it came; zero is unknown.
	received time.Time
}

// owner is the name of the merchant that signs.
func (l *link) owner() string {
	if l.pack {
		return namePackMerchant
	}
	return nameSender
}

// IsLink reports whether a request is one that the APIv2 key signs.
func (r *Request) IsLink() bool {
	path, _, _ := strings.Cut(r.Target, "?")
	return path == pathLink || path == pathPlugin || isPack(path)
}

// examineLink explains a claim link, a call of the plug-in or a link to a card pack.
func examineLink(r *Request, known *Known) Finding {
	l, ok := readLink(r)
	if !ok {
		return finding(clause{
			cause: LinkUnreadable, zh: "参数无法解析", en: "the parameters cannot be read",
			advice: advice{"链接的参数应做URL编码，插件的包体应为JSON", "write those of a link URL-encoded, and the body of the plug-in as JSON"},
		})
	}
	var before []clause
	if l.glued != "" {
		before = append(before, clause{
			cause: LinkFragment, zh: "片段 #wechat_pay&wechat_redirect 被编码成 %23，粘在了参数 " + l.glued + " 的值上", en: "the fragment #wechat_pay&wechat_redirect was encoded as %23 and hangs at the value of " + l.glued,
			advice: advice{"应原样写在链接末尾，不做编码", "write it unencoded at the end of the link"},
		})
	}
	if l.isBare() {
		return finding(bare())
	}
	if c := l.missing(); c != nil {
		return finding(append(before, *c)...)
	}
	return l.compare(known, before)
}

func readLink(r *Request) (*link, bool) {
	path, query, _ := strings.Cut(r.Target, "?")
	l := &link{plugin: path == pathPlugin, pack: isPack(path), received: r.Received}
	if l.plugin {
		ok := l.readPlugin(r.Body)
		return l, ok
	}
	query, _, _ = strings.Cut(query, "#")
	for one := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(one, "=")
		name, errName := url.QueryUnescape(name)
		value, errValue := url.QueryUnescape(value)
		if errName != nil || errValue != nil {
			return nil, false
		}
		if bare, _, found := strings.Cut(value, "#wechat_"); found {
			value, l.glued = bare, name
		}
		switch name {
		case nameSign:
			l.sign = value
		case "", "wechat_redirect":
		default:
			l.pairs = append(l.pairs, pair{name, value})
		}
	}
	return l, true
}

// readPlugin reads the body of the plug-in: the items' names get their index.
func (l *link) readPlugin(body []byte) bool {
	var call struct {
		Params []map[string]any `json:"send_coupon_params"`
		Sender string           `json:"send_coupon_merchant"`
		Sign   string           `json:"sign"`
	}
	if json.Unmarshal(body, &call) != nil {
		return false
	}
	for i, item := range call.Params {
		for _, name := range slices.Sorted(maps.Keys(item)) {
			if text, is := item[name].(string); is {
				l.pairs = append(l.pairs, pair{name + strconv.Itoa(i), text})
			}
		}
	}
	l.pairs, l.sign = append(l.pairs, pair{nameSender, call.Sender}), call.Sign
	return true
}

// missing is about a parameter that there must be.
func (l *link) missing() *clause {
	for _, name := range l.wanted() {
		if l.value(name) != "" {
			continue
		}
		c := &clause{
			cause: LinkParameter, zh: "缺少参数 " + name, en: "the parameter " + name + " is missing",
			advice: advice{"请对照文档的参数表", "compare it with the documents"},
		}
		if name == "open_id" && l.value("openid") != "" {
			c.advice = advice{"参数名是 open_id，不是 openid", "its name is open_id, not openid"}
		}
		if name == namePackOpenID && l.pack && l.value("open_id") != "" {
			c.advice = advice{"参数名是 openid，不是 open_id", "its name is openid, not open_id"}
		}
		return c
	}
	if l.sign == "" {
		return &clause{cause: LinkParameter, zh: "缺少参数 sign", en: "the parameter sign is missing", advice: l.advice()}
	}
	return nil
}

// wanted are the parameters that there must be, besides the sign.
func (l *link) wanted() []string {
	switch {
	case l.plugin:
		return []string{"stock_id0", "out_request_no0", nameSender}
	case l.pack:
		return packNames()
	}
	return []string{"stock_id", "out_request_no", nameSender, "open_id"}
}

func (l *link) value(name string) string {
	for _, p := range l.pairs {
		if p.name == name {
			return p.value
		}
	}
	return ""
}

// advice is how to sign.
func (l *link) advice() advice {
	zh, en := "发券商户", l.owner()
	if l.pack {
		zh = "商户"
	}
	return advice{
		ZH: "应去掉空值，按参数名ASCII排序，用 & 连接 name=value，末尾加 &key= 和" + zh + "的APIv2密钥，以该密钥计算HMAC-SHA256，结果为大写十六进制",
		EN: "drop empty values, sort by name, join name=value with &, append &key= and the APIv2 key of " + en +
			", take HMAC-SHA256 under that key, and write it in upper-case hex",
	}
}

// candidateText is a text that may have been signed, with what is wrong with it; the right one has
// nothing wrong.
type candidateText struct {
	text  string
	wrong *clause
}

// compare looks for the text and the way in which the sign was made.
func (l *link) compare(known *Known, before []clause) Finding {
	sender := l.value(l.owner())
	spellings := l.spellings()
	if known.LinkSigns == nil || len(known.LinkSigns(sender, "")) == 0 {
		return finding(append(before, clause{
			cause: LinkMerchant, zh: "商户 " + cut(sender) + " 未登记，或没有APIv2密钥", en: "the merchant " + cut(sender) + " is not known here, or has no APIv2 key",
			advice: advice{"请核对 " + l.owner(), "look at " + l.owner()},
		})...)
	}
	for _, owner := range known.owners(sender) {
		for _, s := range spellings {
			for _, way := range known.LinkSigns(owner, s.text) {
				if strings.EqualFold(way.Hex, l.sign) {
					return l.made(before, s, way, owner)
				}
			}
		}
	}
	f := finding(append(before, l.unknown(known))...)
	f.Expected = shownText(spellings[0].text, true)
	return f
}

// owners lists merchants, one of them first.
func (k *Known) owners(first string) []string {
	list := []string{first}
	for i := range k.Keys {
		if owner := k.Keys[i].Owner; !slices.Contains(list, owner) {
			list = append(list, owner)
		}
	}
	return list
}

// shownText is a text that is signed, without the key.
func shownText(text string, appended bool) string { //nolint:revive // the flag is a fact
	if appended {
		return text + "&key=…"
	}
	return text
}

// made says how the sign was made, and what of that is wrong.
func (l *link) made(before []clause, s candidateText, way LinkSign, owner string) Finding {
	list := before
	note := func(wrong bool, cause Cause, zh, en string) {
		if wrong {
			list = append(list, clause{cause: cause, zh: zh, en: en, advice: l.advice()})
		}
	}
	note(way.Hash != "HMAC-SHA256", LinkHash, "sign 是用 "+way.Hash+" 计算的", "the sign was made with "+way.Hash)
	note(owner != l.value(l.owner()), LinkKey, "sign 用的是商户 "+owner+" 的密钥", "the sign was made with the key of merchant "+owner)
	note(way.Key != "APIv2", LinkKey, "sign 用的是 "+way.Key+" 密钥，不是APIv2密钥", "the sign was made with the "+way.Key+" key instead of the APIv2 key")
	note(!way.Appended, LinkNoKey, "签名串末尾缺少 &key= 和密钥", "what was signed lacks &key= and the key at its end")
	note(l.sign != strings.ToUpper(l.sign), LinkCase, "sign 写成了小写", "the sign is in lower case")
	if s.wrong != nil {
		list = append(list, *s.wrong)
	}
	if len(list) == 0 {
		list = append(list, l.fine())
	}
	f := finding(list...)
	f.Expected, f.Signed = shownText(l.right(), true), shownText(s.text, way.Appended)
	return f
}

// fine is about a link whose sign is right.
func (l *link) fine() clause {
	name := "open_id"
	if l.pack {
		name = namePackOpenID
	}
	if openid := wrongCase(&Request{Target: "/" + l.value(name)}); openid != "" {
		return openIDCase(openid)
	}
	if c := l.age(); c != nil {
		return *c
	}
	return clause{cause: None, zh: "签名是对的", en: "the signature is right"}
}

// unknown is about a sign that was made in no known way.
func (l *link) unknown(known *Known) clause {
	const md5Size, sha256Size = 32, 64
	digits := strings.Trim(strings.ToLower(l.sign), "0123456789abcdef") == ""
	switch size := len(l.sign); {
	case !digits || size != md5Size && size != sha256Size:
		return clause{
			cause: LinkForm, zh: fmt.Sprintf("sign 应为%d位十六进制，这里是 %s", sha256Size, cut(l.sign)), en: fmt.Sprintf("the sign must have %d digits of hex, here it is %s", sha256Size, cut(l.sign)),
			advice: l.advice(),
		}
	case size == md5Size:
		return clause{cause: LinkHash, zh: "sign 只有32位，是MD5", en: "the sign has 32 digits, as MD5 gives", advice: l.advice()}
	}
	return known.missed(clause{
		cause: LinkKey, zh: "sign 不是用这里已知的任何密钥对这些参数计算的", en: "the sign was made with no key that is known here, or of other parameters than the link has",
		advice: l.advice(),
	})
}
