package apiv2_test

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/favord/favord/apiv2"
)

// The worked examples of busifavor 10.5.
const (
	key    = "Abcdefghijklmnopqrstuvwxyz012345"
	sender = "1900000001"
)

func h5() apiv2.Link {
	return apiv2.Link{
		StockID: "1282070000000017", OutRequestNo: "H520261122000001",
		SendCouponMerchant: sender, OpenID: "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
	}
}

func plugin(items ...apiv2.PluginItem) apiv2.Plugin {
	return apiv2.Plugin{SendCouponMerchant: sender, Items: items}
}

func TestTheWorkedExamplesOfTheContractHold(t *testing.T) {
	t.Parallel()
	withCode := h5()
	withCode.StockID, withCode.OutRequestNo, withCode.CouponCode = "1282070000000018", "H520261122000002", "CODE-0004"
	for name, c := range map[string]struct {
		parameters    apiv2.Parameters
		message, sign string
	}{
		"plug-in, one item": {
			plugin(apiv2.PluginItem{StockID: "1282070000000017", OutRequestNo: "PLUG20261122000001"}).Parameters(),
			"out_request_no0=PLUG20261122000001&send_coupon_merchant=1900000001&stock_id0=1282070000000017&key=" + key,
			"54C641406D0C3965F1F9DB352833BD314F4FC6A6FFD7639348339CB9E9B28953",
		},
		"plug-in, two items with merchant codes": {
			plugin(
				apiv2.PluginItem{StockID: "1282070000000018", OutRequestNo: "PLUG20261122000002", CouponCode: "CODE-0001"},
				apiv2.PluginItem{StockID: "1282070000000018", OutRequestNo: "PLUG20261122000003", CouponCode: "CODE-0002"},
			).Parameters(),
			"coupon_code0=CODE-0001&coupon_code1=CODE-0002&out_request_no0=PLUG20261122000002&out_request_no1=PLUG20261122000003&" +
				"send_coupon_merchant=1900000001&stock_id0=1282070000000018&stock_id1=1282070000000018&key=" + key,
			"F1B60B9033569C4FDC86594F0CF3790868ADFC8C91B6DACB4436FA5F1C1D681B",
		},
		"plug-in, only the second item with a code": {
			plugin(
				apiv2.PluginItem{StockID: "1282070000000017", OutRequestNo: "PLUG20261122000004"},
				apiv2.PluginItem{StockID: "1282070000000018", OutRequestNo: "PLUG20261122000005", CouponCode: "CODE-0003"},
			).Parameters(),
			"coupon_code1=CODE-0003&out_request_no0=PLUG20261122000004&out_request_no1=PLUG20261122000005&" +
				"send_coupon_merchant=1900000001&stock_id0=1282070000000017&stock_id1=1282070000000018&key=" + key,
			"1C28BD2ADF3F04EB713C595D6DE08F05EFADBF17CC4D6FDCB46EB6AB76A37A98",
		},
		"H5": {
			h5().Parameters(),
			"open_id=oUpF8uMuAJO_M2pxb1Q9zNjWeS6o&out_request_no=H520261122000001&send_coupon_merchant=1900000001&stock_id=1282070000000017&key=" + key,
			"A2496B567D9F8AB317646F2CB14817EA92FDF053869E63C4C0AB1E8B746D090A",
		},
		"H5 with a merchant code": {
			withCode.Parameters(),
			"coupon_code=CODE-0004&open_id=oUpF8uMuAJO_M2pxb1Q9zNjWeS6o&out_request_no=H520261122000002&" +
				"send_coupon_merchant=1900000001&stock_id=1282070000000018&key=" + key,
			"821CD643477A1D88FE85041A0F47C1666CCDD25320BF882FDED31D963C8CAD2D",
		},
	} {
		if got := c.parameters.Message(key); got != c.message {
			t.Errorf("%s: message\n%s, want\n%s", name, got, c.message)
		}
		if got := c.parameters.Sign(key); got != c.sign {
			t.Errorf("%s: sign %s, want %s", name, got, c.sign)
		}
		if !c.parameters.Verify(key, c.sign) {
			t.Errorf("%s: the sign does not verify", name)
		}
	}
}

func TestOnlyTheSignOfTheContractIsAccepted(t *testing.T) {
	t.Parallel()
	right := h5().Signed(key)
	if !right.Verify(key) {
		t.Fatal("the right sign is refused")
	}
	digest := md5.Sum([]byte(h5().Parameters().Message(key)))
	md5Sign := strings.ToUpper(hex.EncodeToString(digest[:]))
	if md5Sign != "F657D6C0699C6212C923F3BF72AA88F0" {
		t.Fatalf("the contract's MD5 example gives %s", md5Sign)
	}
	for name, sign := range map[string]string{
		"MD5": md5Sign, "lower case": strings.ToLower(right.Sign), "none": "", "a prefix": right.Sign[:63], "blanks": right.Sign + " ",
		"another key's": h5().Signed(strings.Repeat("0", apiv2.KeySize)).Sign,
	} {
		wrong := right
		wrong.Sign = sign
		if wrong.Verify(key) {
			t.Errorf("%s is accepted: %q", name, sign)
		}
	}
	if empty := h5().Signed(""); empty.Verify("") {
		t.Error("an empty key verifies")
	}
}

func TestTheTimeOfSendingMayBeSignedOrNot(t *testing.T) {
	t.Parallel()
	const at = "2026-12-05T12:00:00+08:00"
	link := h5()
	link.CustomizeSendTime = at
	signedToo := link.Parameters()
	signedToo["customize_send_time"] = at
	item := apiv2.PluginItem{StockID: "1", OutRequestNo: "n", CustomizeSendTime: at}
	p := plugin(item, apiv2.PluginItem{StockID: "2", OutRequestNo: "m"})
	pluginSignedToo := p.Parameters()
	pluginSignedToo["customize_send_time0"] = at
	for _, sign := range []string{link.Parameters().Sign(key), signedToo.Sign(key)} {
		link.Sign = sign
		if !link.Verify(key) {
			t.Errorf("link: %s is refused", sign)
		}
	}
	for _, sign := range []string{p.Parameters().Sign(key), pluginSignedToo.Sign(key)} {
		p.Sign = sign
		if !p.Verify(key) {
			t.Errorf("plug-in: %s is refused", sign)
		}
	}
}

func TestALinkIsReadBackFromItsURL(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringN(0, 20, 60)
		link := apiv2.Link{
			StockID: text.Draw(t, "stock"), OutRequestNo: text.Draw(t, "number"), SendCouponMerchant: text.Draw(t, "sender"),
			OpenID: text.Draw(t, "openid"), CouponCode: text.Draw(t, "code"), CustomizeSendTime: text.Draw(t, "time"),
		}.Signed(key)
		u, err := url.Parse(link.URL("http://127.0.0.1:18080/"))
		if err != nil {
			t.Fatal(err)
		}
		if u.Path != apiv2.LinkPath || u.Fragment != "wechat_pay&wechat_redirect" {
			t.Fatalf("%s", u)
		}
		if got := apiv2.LinkOf(u.Query()); got != link || !got.Verify(key) {
			t.Fatalf("%+v, want %+v", got, link)
		}
	})
}

// TestTheCreatorOfAVoucherMayBeSignedOrNot: the documents do not sign it.
func TestTheCreatorOfAVoucherMayBeSignedOrNot(t *testing.T) {
	t.Parallel()
	p := plugin(apiv2.PluginItem{StockID: "1000000001", OutRequestNo: "n", CreateCouponMerchant: "1900000002"})
	signedToo := p.Parameters()
	signedToo["create_coupon_merchant0"] = "1900000002"
	for _, sign := range []string{p.Parameters().Sign(key), signedToo.Sign(key)} {
		p.Sign = sign
		if !p.Verify(key) {
			t.Errorf("%s is refused", sign)
		}
	}
}

func TestAnItemTravelsUnderTheNamesOfThePlugin(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal([]apiv2.PluginItem{
		{StockID: "1", OutRequestNo: "n"}, {StockID: "2", OutRequestNo: "m", CouponCode: "C", CustomizeSendTime: "T"},
	})
	const want = `[{"stock_id":"1","out_request_no":"n"},{"stock_id":"2","out_request_no":"m","coupon_code":"C","customize_send_time":"T"}]`
	if err != nil || string(text) != want {
		t.Errorf("%s, %v", text, err)
	}
}
