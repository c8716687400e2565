package gm

import (
	"crypto/cipher"
	"fmt"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"

	"github.com/favord/favord/apiv3"
)

// NewBox returns the SM4-GCM box of an APIv3 key, which must have 32 bytes. The key of
// the cipher is the first half of its SM3 digest (protocol 11).
func NewBox(key []byte) (*apiv3.Box, error) {
	if len(key) != apiv3.APIKeySize {
		return nil, fmt.Errorf("gm: APIv3 key has %d bytes, need %d", len(key), apiv3.APIKeySize)
	}
	block, err := sm4.NewCipher(boxKey(key))
	if err != nil {
		return nil, fmt.Errorf("gm: APIv3 key: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("gm: APIv3 key: %w", err)
	}
	return apiv3.NewBoxOf(apiv3.AlgorithmSM4GCM, aead)
}

// boxKey derives the key of SM4 from an APIv3 key.
func boxKey(key []byte) []byte {
	digest := sm3.Sum(key)
	return digest[:sm4.BlockSize]
}
