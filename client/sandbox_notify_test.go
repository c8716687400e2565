package client_test

import (
	"context"
	"crypto/rsa"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/favord/favord/client"
	"github.com/favord/favord/favordtest"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/notify"
)

// TestASandboxDeliversToTheHandler of a merchant that is on the way to the public key:
// notifications are signed with either.
func TestASandboxDeliversToTheHandler(t *testing.T) {
	t.Parallel()
	s := favordtest.Start(t)
	caller, err := client.New(client.Config{
		BaseURL: s.URL, MchID: s.MchID, SerialNo: s.SerialNo, PrivateKey: s.PrivateKey, APIv3Key: s.APIv3Key,
		PlatformKeys: map[string]*rsa.PublicKey{s.PublicKeyID: s.PlatformKeys[s.PublicKeyID]}, AutoCertificates: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	const coupons = 20
	received := make(chan *notify.CouponSend, coupons)
	h, err := caller.NotifyHandler(client.NotifyConfig{
		CouponSend: func(_ context.Context, _ *client.Notification, e *notify.CouponSend) error {
			received <- e
			return nil
		},
		Once:    client.RememberIDs(coupons),
		OnError: func(_ *http.Request, err error) { t.Error(err) },
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	if _, err := caller.BusiFavor().SetCallback(t.Context(), &busifavor.SetCallbackRequest{NotifyURL: server.URL + "/notify"}); err != nil {
		t.Fatal(err)
	}
	codes := map[string]bool{}
	for i := range coupons {
		sent, err := caller.BusiFavor().SendCoupon(t.Context(), &busifavor.SendCouponRequest{
			StockID: demoStock, OpenID: s.OpenID, AppID: s.AppID, OutRequestNo: fmt.Sprint("n", i),
		})
		if err != nil {
			t.Fatal(err)
		}
		codes[sent.SendCouponResult.CouponCode] = true
	}
	for range coupons {
		select {
		case e := <-received:
			if !codes[e.CouponCode] || e.StockID != demoStock {
				t.Errorf("got %+v", e)
			}
			delete(codes, e.CouponCode)
		case <-t.Context().Done():
			t.Fatal("not everything was delivered")
		}
	}
}
