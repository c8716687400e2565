package apiv2_test

import (
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/favord/favord/apiv2"
)

func TestALinkToThePackSignsEverythingInIt(t *testing.T) {
	t.Parallel()
	p := apiv2.Pack{MchID: sender, AppID: "wx8888888888888888", OpenID: "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", Timestamp: 1796443200}.Signed(key)
	const want = "appid=wx8888888888888888&mchid=1900000001&openid=oUpF8uMuAJO_M2pxb1Q9zNjWeS6o&timestamp=1796443200&key=" + key
	if got := p.Parameters().Message(key); got != want {
		t.Errorf("message %s, want %s", got, want)
	}
	for name, change := range map[string]func(p *apiv2.Pack){
		"merchant": func(p *apiv2.Pack) { p.MchID = "1900000002" }, "appid": func(p *apiv2.Pack) { p.AppID = "wx1" },
		"openid": func(p *apiv2.Pack) { p.OpenID = "o" }, "time": func(p *apiv2.Pack) { p.Timestamp++ },
		"case": func(p *apiv2.Pack) { p.Sign = strings.ToLower(p.Sign) },
	} {
		changed := p
		change(&changed)
		if changed.Verify(key) {
			t.Errorf("another %s verifies", name)
		}
	}
}

func TestALinkToThePackIsReadBackFromItsURL(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringN(0, 20, 60)
		p := apiv2.Pack{
			MchID: text.Draw(t, "merchant"), AppID: text.Draw(t, "appid"), OpenID: text.Draw(t, "openid"), Timestamp: rapid.Int64().Draw(t, "time"),
		}.Signed(key)
		u, err := url.Parse(p.URL("http://127.0.0.1:18080/"))
		if err != nil {
			t.Fatal(err)
		}
		if got := apiv2.PackOf(u.Query()); u.Path != apiv2.PackPath || got != p || !got.Verify(key) {
			t.Fatalf("%s: %+v, want %+v", u, got, p)
		}
	})
	for _, text := range []string{"", "+5", "05", "5 ", "x", "99999999999999999999"} {
		if got := apiv2.PackOf(url.Values{"timestamp": {text}}); got.Timestamp != 0 {
			t.Errorf("%q is %d", text, got.Timestamp)
		}
	}
}
