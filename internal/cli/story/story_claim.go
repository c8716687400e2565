package story

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/favord/favord/apiv2"
	"github.com/favord/favord/wire/busifavor"
)

// maxPage is the largest page that a user of the demo reads, in bytes.
const maxPage = 1 << 20

// claims are the steps in which a user claims vouchers.
func (s *favorStory) claims() []step {
	return []step{
		{"用户在小程序插件中领取代金券", "The user claims a voucher with the plug-in of a mini program", s.claimByPlugin},
		{"用户打开H5链接，点击领取", "The user opens a claim link and presses the button", s.claimByLink},
		{"用户在卡包里看到三张代金券", "The user sees three vouchers in the card pack", s.pack},
	}
}

func (s *favorStory) claimByPlugin(ctx context.Context) (string, error) {
	item := apiv2.PluginItem{StockID: s.stock.StockID, OutRequestNo: s.number("plugin"), CreateCouponMerchant: s.environment.MchID}
	signed := apiv2.Plugin{SendCouponMerchant: s.environment.MchID, Items: []apiv2.PluginItem{item}}.Signed(s.environment.APIv2Key)
	body, err := json.Marshal(busifavor.PluginRequest{
		AppID: s.environment.AppID, OpenID: s.environment.OpenID, SendCouponMerchant: signed.SendCouponMerchant, Sign: signed.Sign,
		SendCouponParams: []busifavor.PluginItem{busifavor.PluginItem(item)},
	})
	if err != nil {
		return "", fmt.Errorf("encode: %w", err)
	}
	answer, err := s.visit(ctx, http.MethodPost, apiv2.PluginPath, body)
	if err != nil {
		return "", err
	}
	var result busifavor.PluginResult
	if err := json.Unmarshal(answer, &result); err != nil || len(result.SendCouponResult) != 1 {
		return "", fmt.Errorf("the plug-in answers %.200s: %w", answer, err)
	}
	got := &result.SendCouponResult[0]
	return fmt.Sprintf("code %s  coupon_code %s", got.Code, got.CouponCode), same("code", busifavor.ItemSuccess, got.Code)
}

func (s *favorStory) claimByLink(ctx context.Context) (string, error) {
	link := apiv2.Link{
		StockID: s.stock.StockID, OutRequestNo: s.number("link"), SendCouponMerchant: s.environment.MchID, OpenID: s.environment.OpenID,
	}.Signed(s.environment.APIv2Key)
	page, err := s.visit(ctx, http.MethodPost, apiv2.LinkPath+"?"+link.Query(), nil)
	if err != nil {
		return "", err
	}
	return s.seen(page, s.Choose("领取成功，已放入卡包", "It is yours, and in your card pack"))
}

func (s *favorStory) pack(ctx context.Context) (string, error) {
	query := url.Values{"appid": {s.environment.AppID}, "openid": {s.environment.OpenID}}
	page, err := s.visit(ctx, http.MethodGet, "/wallet?"+query.Encode(), nil)
	if err != nil {
		return "", err
	}
	const want = 3
	if n := strings.Count(string(page), "coupon_id="); n != want {
		return "", fmt.Errorf("the card pack shows %d vouchers, want %d", n, want)
	}
	return s.seen(page, s.Choose("代金券", "Cash vouchers"))
}

// seen is what a user reads on a page, or an error when it is not there.
func (s *favorStory) seen(page []byte, text string) (string, error) {
	if !bytes.Contains(page, []byte(text)) {
		return "", fmt.Errorf("the page lacks %q", text)
	}
	return text, nil
}

// visit calls a page as a user's phone does.
func (s *favorStory) visit(ctx context.Context, method, target string, body []byte) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, s.environment.APIURL+target, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("visit: %w", err)
	}
	r.Header.Set("Accept-Language", s.Choose("zh-CN", "en"))
	answer, err := (&http.Client{Transport: s.watch}).Do(r)
	if err != nil {
		return nil, fmt.Errorf("visit: %w", err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxPage))
	if err != nil {
		return nil, fmt.Errorf("visit: %w", err)
	}
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the page answers %s", answer.Status)
	}
	return text, nil
}
