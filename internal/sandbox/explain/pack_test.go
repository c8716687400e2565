package explain_test

import (
	"crypto/md5"
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/favord/favord/internal/sandbox/explain"
)

const packText = "appid=wx8888888888888888&mchid=1900000001&openid=oUpF8uMuAJO_M2pxb1Q9zNjWeS6o&timestamp=1796443200"

// TestWhyALinkToACardPackIsRefused goes through what programs do to its sign and its time.
func TestWhyALinkToACardPackIsRefused(t *testing.T) {
	t.Parallel()
	signed := func(key, text string) string {
		return strings.ToUpper(signText(sha256.New, true, key, text+"&key="+key))
	}
	right := signed(apiv2Key, packText)
	with := func(sign string) string { return packText + "&sign=" + sign }
	swap := func(one, other string) string { return strings.Replace(packText, one, other, 1) }
	const unsorted = "openid=oUpF8uMuAJO_M2pxb1Q9zNjWeS6o&appid=wx8888888888888888&mchid=1900000001&timestamp=1796443200"
	at := func(timestamp string) string {
		text := strings.Replace(packText, "1796443200", timestamp, 1)
		return text + "&sign=" + signed(apiv2Key, text)
	}
	for name, c := range map[string]struct {
		query string
		after time.Duration
		want  explain.Cause
		en    string
	}{
		"right":                   {with(right), time.Minute, explain.None, "right"},
		"right, with a page":      {with(right) + "&page=2", time.Minute, explain.None, "right"},
		"eleven minutes old":      {with(right), 11 * time.Minute, explain.LinkOld, "signed 11m0s ago"},
		"from the future":         {with(right), -6 * time.Minute, explain.LinkOld, "6m0s ahead"},
		"milliseconds":            {at("1796443200000"), 0, explain.LinkOld, "ahead"},
		"a time that is no time":  {at("2026-12-05"), 0, explain.LinkOld, "no number of Unix seconds"},
		"MD5":                     {with(strings.ToUpper(signText(md5.New, false, "", packText+"&key="+apiv2Key))), 0, explain.LinkHash, "MD5"},
		"the APIv3 key":           {with(signed(apiv3Key, packText)), 0, explain.LinkKey, "APIv3 key instead"},
		"another merchant's key":  {with(signed(otherAPIv2Key, packText)), 0, explain.LinkKey, "key of merchant " + otherMchid},
		"lower case":              {with(strings.ToLower(right)), 0, explain.LinkCase, "lower case"},
		"no key appended":         {with(strings.ToUpper(signText(sha256.New, true, apiv2Key, packText))), 0, explain.LinkNoKey, "lacks &key="},
		"open_id":                 {with(signed(apiv2Key, swap("openid", "open_id"))), 0, explain.LinkNames, "as open_id"},
		"unsorted":                {unsorted + "&sign=" + signed(apiv2Key, unsorted), 0, explain.LinkOrder, "not sorted"},
		"without the time":        {with(signed(apiv2Key, swap("&timestamp=1796443200", ""))), 0, explain.LinkValue, "timestamp was left out"},
		"no time in the link":     {swap("&timestamp=1796443200", "") + "&sign=" + right, 0, explain.LinkParameter, "timestamp is missing"},
		"the wrong name":          {strings.Replace(with(right), "openid", "open_id", 1), 0, explain.LinkParameter, "openid, not open_id"},
		"no sign":                 {packText, 0, explain.LinkParameter, "sign is missing"},
		"an address of a sandbox": {"appid=wx8888888888888888&openid=o", 0, explain.LinkParameter, "only a sandbox takes"},
		"a merchant that is none": {swap("=1900000001", "=1999999999") + "&sign=" + right, 0, explain.LinkMerchant, "look at mchid"},
	} {
		in, err := explain.Parse([]byte("https://coupons.example.com/wallet?" + c.query))
		if err != nil {
			t.Fatal(err)
		}
		in.Request.Received = time.Unix(1796443200, 0).Add(c.after)
		k := known()
		k.LinkSigns = linkSigns
		f := explain.Signature(*in.Request, k)
		if fmt.Sprint(f.Causes) != fmt.Sprint([]explain.Cause{c.want}) || !strings.Contains(f.Text.EN, c.en) {
			t.Errorf("%s: %v, want %v\n%s\n%s", name, f.Causes, c.want, f.Text.ZH, f.Text.EN)
		}
		expectSentence(t, &f)
	}
}
