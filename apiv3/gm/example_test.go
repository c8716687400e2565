package gm_test

import (
	"fmt"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/apiv3/gm"
)

// A caller signs a request with SM2; everything but the signer is as with RSA.
func ExampleNewSigner() {
	key, err := gm.GenerateKey()
	if err != nil {
		panic(err)
	}
	const serial = "157056765AB5A9EEE5D363D0329039A254D5EF49"
	request := apiv3.Request{Method: "GET", Target: "/v3/certificates?algorithm_type=SM2"}
	caller := apiv3.Credential{Identity: "1900000001", Signer: gm.NewSigner(serial, key)}
	a, err := caller.Authorize(request, "1795312800", "nonce")
	if err != nil {
		panic(err)
	}

	// … the header travels …
	received, err := apiv3.ParseAuthorization(a.String())
	if err != nil {
		panic(err)
	}
	fmt.Println(received.Scheme, received.Verify(gm.NewVerifier(serial, key.Public()), request) == nil)
	// Output:
	// WECHATPAY2-SM2-WITH-SM3 true
}

// A receiver opens a platform certificate or a notification with its APIv3 key.
func ExampleNewBox() {
	box, err := gm.NewBox([]byte("TESTONLYapiv3key0123456789ABCDEF"))
	if err != nil {
		panic(err)
	}
	text, err := box.Open(apiv3.Sealed{
		Algorithm: "AEAD_SM4_GCM", AssociatedData: "coupon", Nonce: "fdasflkja484",
		Ciphertext: "ehc11ERGFLhCO5kpl9NpiHe03o+ycD0JwO+ECU4iyKb+wpNMIpPQLF8fzTx1gLusootsfdgny8tNniXvbIowsCGA3cy3v/J7/4D6neg=",
	})
	fmt.Println(string(text), err)
	// Output:
	// {"stock_id":"9865888","coupon_id":"98674556","status":"USED"} <nil>
}

// A sensitive field travels encrypted for the key that Wechatpay-Serial names.
func ExampleSealField() {
	platform, err := gm.GenerateKey()
	if err != nil {
		panic(err)
	}
	sealed, err := gm.SealField(platform.Public(), "张三")
	if err != nil {
		panic(err)
	}
	fmt.Println(gm.OpenField(platform, sealed))
	// Output:
	// 张三 <nil>
}
