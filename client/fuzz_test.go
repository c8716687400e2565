package client_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"testing"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/client"
	"github.com/favord/favord/wire/notify"
)

// quickKey signs and verifies in no time, which leaves a fuzzer's time to what comes after the
// signature. That one bit of a real signature cannot be flipped is fuzzed in apiv3.
type quickKey struct{}

func (quickKey) Scheme() apiv3.Scheme { return apiv3.SchemeRSA }
func (quickKey) Serial() string       { return platformSerial }

func (quickKey) Sign(message []byte) (string, error) {
	sum := hmac.New(sha256.New, []byte(platformSerial))
	_, _ = sum.Write(message)
	return base64.StdEncoding.EncodeToString(sum.Sum(nil)), nil
}

func (k quickKey) Verify(message []byte, signature string) error {
	if want, _ := k.Sign(message); signature != want {
		return apiv3.ErrSignature
	}
	return nil
}

// FuzzNotificationsAreRefusedOrOpened: whatever comes signed by the platform gets an answer
// of the contract, and what comes otherwise gets 401.
func FuzzNotificationsAreRefusedOrOpened(f *testing.F) {
	_, body := event(f, notify.CouponSent, "1", sent, at())
	f.Add(body, true)
	f.Add([]byte(`{"id":"1","event_type":"COUPON.USE",`+
		`"resource":{"algorithm":"AEAD_AES_256_GCM","nonce":"","ciphertext":"","associated_data":""}}`), true)
	f.Add([]byte(`{"id":1}`), true)
	f.Add([]byte(``), false)
	file, _ := readVectors(f)
	for _, v := range file.Cases {
		f.Add(v.Request.Body, true)
	}
	c, err := client.New(client.Config{
		BaseURL: "http://127.0.0.1:1", MchID: "1900000001", SerialNo: merchantSerial, PrivateKey: merchantKey(),
		APIv3Key: apiKey, Verifiers: []apiv3.Verifier{quickKey{}}, Now: at,
	})
	if err != nil {
		f.Fatal(err)
	}
	handled := false
	h := handler(f, c, client.NotifyConfig{Other: func(context.Context, *client.Notification) error {
		handled = true
		return nil
	}})
	f.Fuzz(func(t *testing.T, body []byte, signed bool) {
		handled = false
		header := http.Header{"Content-Type": {"application/json"}}
		if signed {
			signature, err := apiv3.SignResponse(quickKey{}, body, at())
			if err != nil {
				t.Fatal(err)
			}
			signature.SetHeader(header)
		}
		status, answer := post(t, h, header, body)
		switch {
		case !signed && status != 401, handled != (status == 204), (status == 204) != (answer == ""):
			t.Errorf("signed %v, handled %v: %d %s", signed, handled, status, answer)
		}
	})
}
