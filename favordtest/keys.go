package favordtest

import (
	"crypto/rsa"
	_ "embed" // the keys
	"encoding/pem"
	"errors"
	"sync"

	"github.com/favord/favord/apiv3"
)

// keys are RSA keys for tests only. Making one takes longer than everything else that a
// sandbox does when it starts.
//
//go:embed testdata/test_only_keys.pem
var keys []byte

var errNoKeys = errors.New("favordtest: no test key is left; use fewer merchants")

// spareKeys hands out the test keys, each once.
func spareKeys() func() (*rsa.PrivateKey, error) {
	var mu sync.Mutex
	rest := keys
	return func() (*rsa.PrivateKey, error) {
		mu.Lock()
		defer mu.Unlock()
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return nil, errNoKeys
		}
		return apiv3.ParseRSAPrivateKey(pem.EncodeToMemory(block))
	}
}
