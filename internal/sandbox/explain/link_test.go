package explain_test

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"
	"testing"

	"github.com/favord/favord/internal/sandbox/explain"
)

const (
	apiv2Key      = "Abcdefghijklmnopqrstuvwxyz012345"
	otherAPIv2Key = "99999999999999999999999999999999"
)

// signText signs a text with a hash, which is keyed for HMAC.
func signText(plain func() hash.Hash, keyed bool, key, text string) string { //nolint:revive // a table says it
	h := plain()
	if keyed {
		h = hmac.New(plain, []byte(key))
	}
	h.Write([]byte(text))
	return hex.EncodeToString(h.Sum(nil))
}

// linkSigns is what a keyring knows of two merchants' keys.
func linkSigns(owner, text string) []explain.LinkSign {
	keys := map[string][2]string{mchid: {apiv2Key, apiv3Key}, otherMchid: {otherAPIv2Key, otherKey}}[owner]
	var list []explain.LinkSign
	for i, key := range keys {
		if key == "" {
			continue
		}
		for _, way := range []struct {
			name  string
			plain func() hash.Hash
			keyed bool
		}{{"HMAC-SHA256", sha256.New, true}, {"MD5", md5.New, false}, {"SHA-256", sha256.New, false}} {
			for _, appended := range []bool{true, false} {
				signed := text
				if appended {
					signed += "&key=" + key
				}
				list = append(list, explain.LinkSign{Hash: way.name, Key: []string{"APIv2", "APIv3"}[i], Appended: appended, Hex: signText(way.plain, way.keyed, key, signed)})
			}
		}
	}
	return list
}

const linkText = "open_id=oUpF8uMuAJO_M2pxb1Q9zNjWeS6o&out_request_no=H5 1&send_coupon_merchant=1900000001&stock_id=1282070000000017"

// TestWhyALinkIsRefused goes through what programs do to the sign of a claim link.
func TestWhyALinkIsRefused(t *testing.T) {
	t.Parallel()
	hmacOf := func(key, text string) string {
		return strings.ToUpper(signText(sha256.New, true, key, text+"&key="+key))
	}
	right := hmacOf(apiv2Key, linkText)
	query := "out_request_no=H5%201&stock_id=1282070000000017&send_coupon_merchant=1900000001&open_id=oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"
	with := func(sign string) string { return query + "&sign=" + sign }
	md5Of := strings.ToUpper(signText(md5.New, false, "", linkText+"&key="+apiv2Key))
	for name, c := range map[string]struct {
		query string
		want  []explain.Cause
		en    string
	}{
		"right":                    {with(right), []explain.Cause{explain.None}, "right"},
		"MD5":                      {with(md5Of), []explain.Cause{explain.LinkHash}, "MD5"},
		"SHA-256":                  {with(strings.ToUpper(signText(sha256.New, false, "", linkText+"&key="+apiv2Key))), []explain.Cause{explain.LinkHash}, "SHA-256"},
		"the APIv3 key":            {with(hmacOf(apiv3Key, linkText)), []explain.Cause{explain.LinkKey}, "APIv3 key instead"},
		"another merchant's key":   {with(hmacOf(otherAPIv2Key, linkText)), []explain.Cause{explain.LinkKey}, "key of merchant " + otherMchid},
		"a key that nobody has":    {with(hmacOf(strings.Repeat("k", 32), linkText)), []explain.Cause{explain.LinkKey}, "no key that is known"},
		"lower case":               {with(strings.ToLower(right)), []explain.Cause{explain.LinkCase}, "lower case"},
		"no key appended":          {with(strings.ToUpper(signText(sha256.New, true, apiv2Key, linkText))), []explain.Cause{explain.LinkNoKey}, "lacks &key="},
		"MD5 in lower case":        {with(strings.ToLower(md5Of)), []explain.Cause{explain.LinkHash, explain.LinkCase}, "MD5, and the sign is in lower case"},
		"sign_type":                {with(hmacOf(apiv2Key, strings.Replace(linkText, "&stock_id", "&sign_type=HMAC-SHA256&stock_id", 1))), []explain.Cause{explain.LinkSignType}, "sign_type"},
		"sign_type in the link":    {with(hmacOf(apiv2Key, strings.Replace(linkText, "&stock_id", "&sign_type=SHA&stock_id", 1))) + "&sign_type=SHA", []explain.Cause{explain.LinkSignType}, "sign_type"},
		"an empty code":            {with(hmacOf(apiv2Key, "coupon_code=&"+linkText)), []explain.Cause{explain.LinkEmpty}, "coupon_code"},
		"an empty code in it":      {with(hmacOf(apiv2Key, "coupon_code=&"+linkText)) + "&coupon_code=", []explain.Cause{explain.LinkEmpty}, "coupon_code"},
		"a glued fragment":         {with(right) + "%23wechat_pay&wechat_redirect", []explain.Cause{explain.LinkFragment}, "hangs at the value of sign"},
		"glued to a value":         {"sign=" + right + "&" + query + "%23wechat_pay%26wechat_redirect", []explain.Cause{explain.LinkFragment}, "value of open_id"},
		"glued, and MD5":           {with(md5Of) + "%23wechat_pay&wechat_redirect", []explain.Cause{explain.LinkFragment, explain.LinkHash}, "MD5"},
		"unsorted":                 {with(hmacOf(apiv2Key, "out_request_no=H5 1&stock_id=1282070000000017&send_coupon_merchant=1900000001&open_id=oUpF8uMuAJO_M2pxb1Q9zNjWeS6o")), []explain.Cause{explain.LinkOrder}, "not sorted"},
		"encoded values":           {with(hmacOf(apiv2Key, strings.ReplaceAll(linkText, " ", "%20"))), []explain.Cause{explain.LinkEncoded}, "URL-encoded"},
		"openid":                   {with(hmacOf(apiv2Key, strings.ReplaceAll(linkText, "open_id", "openid"))), []explain.Cause{explain.LinkNames}, "signed as openid"},
		"names of the plug-in":     {with(hmacOf(apiv2Key, "open_id=oUpF8uMuAJO_M2pxb1Q9zNjWeS6o&out_request_no0=H5 1&send_coupon_merchant=1900000001&stock_id0=1282070000000017")), []explain.Cause{explain.LinkNames}, "index"},
		"a value left out":         {with(hmacOf(apiv2Key, strings.Replace(linkText, "open_id=oUpF8uMuAJO_M2pxb1Q9zNjWeS6o&", "", 1))), []explain.Cause{explain.LinkValue}, "open_id was left out"},
		"the wrong name":           {strings.Replace(with(right), "open_id", "openid", 1), []explain.Cause{explain.LinkParameter}, "open_id, not openid"},
		"no sign":                  {query, []explain.Cause{explain.LinkParameter}, "sign is missing"},
		"no hex":                   {with("abc!"), []explain.Cause{explain.LinkForm}, "64 digits"},
		"a merchant that is none":  {strings.Replace(with(right), "merchant=1900000001", "merchant=1999999999", 1), []explain.Cause{explain.LinkMerchant}, "1999999999"},
		"what cannot be decoded":   {with("%zz"), []explain.Cause{explain.LinkUnreadable}, "URL-encoded"},
		"a time that was signed":   {with(hmacOf(apiv2Key, "customize_send_time=T&"+linkText)) + "&customize_send_time=T", []explain.Cause{explain.None}, "right"},
		"a time that was not":      {with(right) + "&customize_send_time=T", []explain.Cause{explain.None}, "right"},
		"something else was added": {with(hmacOf(apiv2Key, strings.Replace(linkText, "&stock_id", "&source=qr&stock_id", 1))) + "&source=qr", []explain.Cause{explain.LinkNames}, "documents do not list"},
	} {
		in, err := explain.Parse([]byte("https://action.weixin.qq.com/busifavor/getcouponinfo?" + c.query + "#wechat_pay&wechat_redirect\n"))
		if err != nil {
			t.Fatal(err)
		}
		k := known()
		k.LinkSigns = linkSigns
		f := explain.Signature(*in.Request, k)
		if fmt.Sprint(f.Causes) != fmt.Sprint(c.want) || !strings.Contains(f.Text.EN, c.en) {
			t.Errorf("%s: %v, want %v\n%s\n%s", name, f.Causes, c.want, f.Text.ZH, f.Text.EN)
		}
		if strings.Contains(fmt.Sprintf("%+v", f), apiv2Key) {
			t.Errorf("%s: the key is told", name)
		}
		expectSentence(t, &f)
	}
}

// TestACallOfThePluginIsExplained like a link, with the names of its items.
func TestACallOfThePluginIsExplained(t *testing.T) {
	t.Parallel()
	const text = "out_request_no0=P1&send_coupon_merchant=1900000001&stock_id0=1282070000000017"
	for name, c := range map[string]struct {
		text string
		want explain.Cause
	}{
		"right":            {text, explain.None},
		"without an index": {strings.NewReplacer("no0", "no", "id0", "id").Replace(text), explain.LinkNames},
		"an empty code":    {"coupon_code0=&" + text, explain.LinkEmpty},
	} {
		sign := strings.ToUpper(signText(sha256.New, true, apiv2Key, c.text+"&key="+apiv2Key))
		body := `{"send_coupon_params":[{"stock_id":"1282070000000017","out_request_no":"P1"}],"send_coupon_merchant":"1900000001","sign":"` + sign + `"}`
		k := known()
		k.LinkSigns = linkSigns
		f := explain.Signature(explain.Request{Method: "POST", Target: "/busifavor/sendcoupon", Body: []byte(body)}, k)
		if fmt.Sprint(f.Causes) != fmt.Sprint([]explain.Cause{c.want}) {
			t.Errorf("%s: %v %s", name, f.Causes, f.Text.EN)
		}
	}
}

// TestWhatMayHaveBeenMeantIsNamed: a path that is nearly one, and an openid in the wrong case.
func TestWhatMayHaveBeenMeantIsNamed(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/v3/marketing/busifavor/stock/1282070000000017":   "did you mean GET " + stockPath + "/{stock_id}",
		"/v3/marketing/busifavour/stocks":                  "did you mean POST " + stockPath,
		"/v3/certificate":                                  "did you mean GET /v3/certificates",
		"/v3/marketing/busifavor/user/oUpF8/coupons":       "did you mean GET /v3/marketing/busifavor/users/{openid}/coupons",
		"/v3/something/else/that/is/far/away/from/it/all/": "compare it with the documents",
	} {
		f := explain.Signature(explain.Request{Method: "GET", Target: path}, known())
		if fmt.Sprint(f.Causes) != "[PATH_UNKNOWN]" || !strings.Contains(f.Text.EN, want) {
			t.Errorf("%s: %v %s", path, f.Causes, f.Text.EN)
		}
	}
	const openid = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"
	for written, want := range map[string]string{
		openid: "[NONE]", strings.ToLower(openid): "[OPENID_CASE]", strings.ToUpper(openid): "[OPENID_CASE]", "o" + strings.Repeat("1", 20): "[NONE]",
	} {
		for _, s := range []sample{
			{method: "GET", target: "/v3/marketing/busifavor/users/" + written + "/coupons"},
			{method: "POST", target: stockPath, body: `{"openid":"` + written + `"}`},
			{method: "GET", target: "/v3/certificates?openid=" + written},
		} {
			r := s.request()
			if f := explain.Signature(r, known()); fmt.Sprint(f.Causes) != want {
				t.Errorf("%s %s: %v", s.target, s.body, f.Causes)
			}
		}
	}
}
