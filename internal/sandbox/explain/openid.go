package explain

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
)

// OpenIDCase is an openid that some program has lower- or upper-cased.
const OpenIDCase Cause = "OPENID_CASE"

// wrongCase returns an openid of a request whose case cannot be right: openids have 28
// characters, begin with a small o, and have letters of both cases. "" is none.
func wrongCase(r *Request) string {
	path, query, _ := strings.Cut(r.Target, "?")
	var texts []string
	for part := range strings.SplitSeq(path, "/") {
		texts = append(texts, part)
	}
	if values, err := url.ParseQuery(query); err == nil {
		texts = append(texts, values.Get("openid"), values.Get("open_id"))
	}
	var body struct {
		OpenID string `json:"openid"`
	}
	if json.Unmarshal(r.Body, &body) == nil {
		texts = append(texts, body.OpenID)
	}
	for _, text := range texts {
		if regexp.MustCompile(`^[oO][0-9A-Za-z_-]{27}$`).MatchString(text) &&
			(text[0] == 'O' || text == strings.ToLower(text)) {
			return text
		}
	}
	return ""
}

// openIDCase is about such an openid.
func openIDCase(openid string) clause {
	return clause{
		cause: OpenIDCase, zh: "签名是对的，但openid " + cut(openid) + " 的大小写被改动：openid 以小写 o 开头，区分大小写",
		en:     "the signature is right, but the openid " + cut(openid) + " is in the wrong case, as openids begin with a small o and need both cases",
		advice: advice{"请按微信返回的原样保存和传递，数据库列须区分大小写", "keep and pass it as WeChat gave it, in a column that tells upper from lower case"},
	}
}
