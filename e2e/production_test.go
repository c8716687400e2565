package e2e

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/favord/favord/apiv2"
	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/client"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

// What the operator of the production server chose.
const (
	prodToken  = "0123456789abcdef0123456789abcdef"
	prodMchID  = "1700000001"
	prodAppID  = "wx1234567890abcdef"
	prodOpenID = "oProductionUser0000000000001"
	prodAPIv2  = "Abcdefghijklmnopqrstuvwxyz012345"
	prodAPIv3  = "Zyxwvutsrqponmlkjihgfedcba987654"
)

// TestAProductionServerTakesAMerchantFromNothingToAClaimedCoupon plays the operator, the
// merchant and the user of a server that begins with an empty database.
func TestAProductionServerTakesAMerchantFromNothingToAClaimedCoupon(t *testing.T) {
	t.Parallel()
	p := serveProduction(t)
	operator, err := client.NewManagement(client.ManagementConfig{BaseURL: p.ManageURL, Token: prodToken, Language: "en"})
	if err != nil {
		t.Fatal(err)
	}
	caller := enroll(t, p, operator)
	stock, err := caller.BusiFavor().CreateStock(t.Context(), productionStock())
	if err != nil {
		t.Fatal(err)
	}
	link := apiv2.Link{StockID: stock.StockID, OutRequestNo: "P0001", SendCouponMerchant: prodMchID, OpenID: prodOpenID}.Signed(prodAPIv2)
	if status, page := visit(t, http.MethodGet, link.URL(p.APIURL)); status != http.StatusNotFound || !strings.Contains(page, "OpenID不正确") {
		t.Errorf("an openid that nobody registered gives %d %s", status, page)
	}
	if _, err := operator.PutUser(t.Context(), &manage.PutUserRequest{OpenID: prodOpenID, AppID: prodAppID}); err != nil {
		t.Fatal(err)
	}
	if status, page := visit(t, http.MethodPost, link.URL(p.APIURL)); status != http.StatusOK || !strings.Contains(page, "领取成功") {
		t.Errorf("the claim gives %d %s", status, page)
	}
	coupons, err := caller.BusiFavor().ListUserCoupons(t.Context(), &busifavor.ListUserCouponsRequest{
		OpenID: prodOpenID, AppID: prodAppID, CreatorMerchant: prodMchID,
	})
	if err != nil || coupons.TotalCount != 1 || coupons.Data[0].SendRequestNo != "P0001" {
		t.Errorf("the merchant sees %+v, %v", coupons, err)
	}
	if status, _ := visit(t, http.MethodPost, p.APIURL+apiv2.PluginPath); status != http.StatusNotFound {
		t.Errorf("the plug-in, which takes users at their word, gives %d", status)
	}
	openPack(t, p)
}

// openPack opens the card pack of a production server, which takes a link of the merchant.
func openPack(t *testing.T, p *process) {
	t.Helper()
	pack := apiv2.Pack{MchID: prodMchID, AppID: prodAppID, OpenID: prodOpenID, Timestamp: time.Now().Unix()}.Signed(prodAPIv2)
	if status, page := visit(t, http.MethodGet, pack.URL(p.APIURL)); status != http.StatusOK || !strings.Contains(page, "/wallet/card?") {
		t.Errorf("a link to the card pack gives %d %s", status, page)
	}
	pack.Sign = ""
	if status, page := visit(t, http.MethodGet, pack.URL(p.APIURL)); status != http.StatusBadRequest || !strings.Contains(page, "272758293") {
		t.Errorf("the card pack opens without a sign: %d %s", status, page)
	}
}

// serveProduction starts a production server on SQLite.
func serveProduction(t *testing.T) *process {
	t.Helper()
	dir := t.TempDir()
	key := make([]byte, 32)
	_, _ = rand.Read(key) // it never fails
	for name, text := range map[string]string{
		"kek": hex.EncodeToString(key), "token": prodToken,
		"favord.yaml": "api: 127.0.0.1:0\nmanage: 127.0.0.1:0\ndata: data\nkey_file: kek\nmanage_token_file: token\nlog: {level: error}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p, err := serve(dir, "serve", "--config", filepath.Join(dir, "favord.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	return p
}

// enroll registers a merchant with a key of its own and returns its client, which trusts
// what the operator handed over.
func enroll(t *testing.T, p *process, operator *client.Management) *client.Client {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: apiv3.NewSerial(), Subject: pkix.Name{CommonName: prodMchID},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := operator.CreateMerchant(t.Context(), &manage.CreateMerchantRequest{
		MchID: prodMchID, Name: "生产商户", AppIDs: []string{prodAppID}, APIv3Key: prodAPIv3, APIv2Key: prodAPIv2,
		Certificate: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
	}); err != nil {
		t.Fatal(err)
	}
	keys, err := operator.Keys(t.Context(), &manage.MerchantRequest{MchID: prodMchID})
	if err != nil {
		t.Fatal(err)
	}
	trusted := map[string]*rsa.PublicKey{}
	for _, k := range keys.Platform {
		if k.Kind != "PUBLIC_KEY" {
			continue
		}
		if trusted[k.SerialNo], err = apiv3.ParseRSAPublicKey([]byte(k.PEM)); err != nil {
			t.Fatal(err)
		}
	}
	c, err := client.New(client.Config{
		BaseURL: p.APIURL, MchID: prodMchID, SerialNo: fmt.Sprintf("%040X", template.SerialNumber), PrivateKey: private,
		PlatformKeys: trusted, WechatpaySerial: serialOf(trusted),
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func serialOf(keys map[string]*rsa.PublicKey) string {
	for serial := range keys {
		return serial
	}
	return ""
}

func productionStock() *busifavor.CreateStockRequest {
	begin := time.Now().Add(-time.Hour)
	return &busifavor.CreateStockRequest{
		StockName: "生产批次", BelongMerchant: prodMchID, GoodsName: "全场商品", StockType: "NORMAL",
		CouponUseRule: busifavor.CouponUseRule{
			CouponAvailableTime: busifavor.CouponAvailableTime{
				AvailableBeginTime: schema.TimeOf(begin), AvailableEndTime: schema.TimeOf(begin.Add(48 * time.Hour)),
			},
			FixedNormalCoupon: &busifavor.FixedNormalCoupon{DiscountAmount: 500, TransactionMinimum: 1000},
			UseMethod:         "OFF_LINE",
		},
		StockSendRule: busifavor.StockSendRule{MaxCoupons: 10, MaxCouponsPerUser: 1},
		OutRequestNo:  "P0001", CouponCodeMode: "WECHATPAY_MODE",
	}
}

// visit opens a page as a browser does, which follows where it leads.
func visit(t *testing.T, method, address string) (int, string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	u.Fragment = "" // it stays in the browser
	request, err := http.NewRequestWithContext(t.Context(), method, u.String(), http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}
