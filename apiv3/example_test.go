package apiv3_test

import (
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"regexp"
	"time"

	"github.com/favord/favord/apiv3"
)

// A caller signs a request, and a server verifies it over the bytes that it received.
func ExampleCredential_Authorize() {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	const serial = "7DB82723973976E12793ED584E3D41442B040AA3"
	signer, err := apiv3.NewRSASigner(serial, key)
	if err != nil {
		panic(err)
	}
	request := apiv3.Request{Method: "GET", Target: "/v3/certificates"}
	a, err := apiv3.Credential{Identity: "1900000001", Signer: signer}.Authorize(request, "1795312800", "nonce")
	if err != nil {
		panic(err)
	}

	// … the header travels …
	received, err := apiv3.ParseAuthorization(a.String())
	if err != nil {
		panic(err)
	}
	verifier, err := apiv3.NewRSAVerifier(serial, &key.PublicKey)
	if err != nil {
		panic(err)
	}
	fmt.Println(received.Identity, received.Verify(verifier, request) == nil)

	request.Target = "/v3/certificates?x=1"
	fmt.Println(received.Verify(verifier, request))
	// Output:
	// 1900000001 true
	// apiv3: signature does not verify
}

// A receiver opens the resource of a notification with its APIv3 key.
func ExampleBox_Open() {
	box, err := apiv3.NewBox([]byte("TESTONLYapiv3key0123456789ABCDEF"))
	if err != nil {
		panic(err)
	}
	sealed, err := box.Seal([]byte(`{"event":"COUPON.SEND"}`), "kB3qGm7YtZ1x", "coupon")
	if err != nil {
		panic(err)
	}
	text, err := box.Open(sealed)
	fmt.Println(string(text), err)

	sealed.AssociatedData = "other"
	_, err = box.Open(sealed)
	fmt.Println(err)
	// Output:
	// {"event":"COUPON.SEND"} <nil>
	// apiv3: the ciphertext cannot be opened
}

// The message of a signature, as both ends build it.
func ExampleRequestMessage() {
	fmt.Printf("%q\n", apiv3.RequestMessage(apiv3.Request{Method: "POST", Target: "/v3/x?a=%7C", Body: []byte("{}")}, "1795312800", "n"))
	// Output:
	// "POST\n/v3/x?a=%7C\n1795312800\nn\n{}\n"
}

// A timestamp may be off by five minutes, in both directions.
func ExampleCheckTimestamp() {
	now := time.Unix(1795312800, 0)
	fmt.Println(apiv3.CheckTimestamp("1795312500", now))
	fmt.Println(apiv3.CheckTimestamp("1795312499", now))
	// Output:
	// <nil>
	// apiv3: timestamp is more than 300 seconds away
}

// A probe carries a signature that is wrong on purpose.
func ExampleProbe() {
	signature := apiv3.Probe("c2lnbmF0dXJl")
	fmt.Println(signature, apiv3.IsProbe(signature), apiv3.IsProbe("c2lnbmF0dXJl"))
	// Output:
	// WECHATPAY/SIGNTEST/c2lnbmF0dXJl true false
}

// The number behind the dash tells a success, which is 0, from errors.
func ExampleNewRequestID() {
	id := apiv3.NewRequestID(268435461)
	fmt.Println(regexp.MustCompile(`^08[0-9A-F]{32}-268435461$`).MatchString(id))
	// Output:
	// true
}

// What is signed are the bytes as they travel: characters stand for themselves.
func ExampleEncodeJSON() {
	body, err := apiv3.EncodeJSON(map[string]string{"url": "https://example.com/?a=1&b=<2>", "name": "满减券"})
	fmt.Printf("%s %v\n", body, err)
	// Output:
	// {"name":"满减券","url":"https://example.com/?a=1&b=<2>"} <nil>
}

// What is written is read again; only the part meta is signed.
func ExampleWriteUpload() {
	contentType, body, err := apiv3.WriteUpload([]byte(`{"filename":"cup.png"}`), "cup.png", []byte("\x89PNG\r\n\x1a\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	parts, err := apiv3.ReadUpload(contentType, body)
	if err != nil {
		fmt.Println(err)
		return
	}
	signed, err := apiv3.SignedPart(parts)
	fmt.Printf("%s %v\n%s %d bytes\n", signed, err, parts[1].FileName, len(parts[1].Content))
	// Output:
	// {"filename":"cup.png"} <nil>
	// cup.png 8 bytes
}
