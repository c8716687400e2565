package gm

import (
	"crypto/ecdsa"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"

	"github.com/favord/favord/apiv3"
)

// Kinds of PEM blocks.
const (
	blockPKCS8       = "PRIVATE KEY"
	blockSEC1        = "EC PRIVATE KEY"
	blockPublic      = "PUBLIC KEY"
	blockCertificate = "CERTIFICATE"
)

// ErrKey reports a key that is none of SM2, or one with which SM2 cannot work.
var ErrKey = errors.New("gm: not an SM2 key")

// PrivateKey is an SM2 private key. Use [GenerateKey] or a parser.
type PrivateKey struct {
	key    *sm2.PrivateKey
	public *PublicKey
}

// PublicKey is an SM2 public key. Use a parser, [CertificateKey] or
// [PrivateKey.Public].
type PublicKey struct {
	key *ecdsa.PublicKey
	// identity is ZA of GB/T 32918.2: the digest over signer id, curve and key
	// with which every signed message begins. It never changes, so it is
	// computed once.
	identity []byte
}

// signerID is the id that every signer of APIv3 has (protocol 11).
const signerID = "1234567812345678"

// GenerateKey makes a new key.
func GenerateKey() (*PrivateKey, error) {
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("gm: generate key: %w", err)
	}
	return newPrivateKey(key)
}

func newPrivateKey(key *sm2.PrivateKey) (*PrivateKey, error) {
	// Signing divides by d+1, so that the range ends one below that of ECDSA.
	limit := new(big.Int).Sub(key.Params().N, big.NewInt(1))
	if key.D.Sign() <= 0 || key.D.Cmp(limit) >= 0 {
		return nil, ErrKey
	}
	public, err := newPublicKey(&key.PublicKey)
	if err != nil {
		return nil, err
	}
	return &PrivateKey{key: key, public: public}, nil
}

func newPublicKey(parsed any) (*PublicKey, error) {
	key, ok := parsed.(*ecdsa.PublicKey)
	if !ok || !sm2.IsSM2PublicKey(key) || !isOnCurve(point(key)) {
		return nil, ErrKey
	}
	identity, err := sm2.CalculateZA(key, []byte(signerID))
	if err != nil {
		return nil, fmt.Errorf("gm: public key: %w", err)
	}
	return &PublicKey{key: key, identity: identity}, nil
}

// point returns the coordinates of a key.
func point(key *ecdsa.PublicKey) (x, y *big.Int) {
	return key.X, key.Y //nolint:staticcheck // what takes their place knows the curves of the standard library only.
}

func isOnCurve(x, y *big.Int) bool {
	return sm2.P256().IsOnCurve(x, y) //nolint:staticcheck // the library has nothing newer for this curve.
}

// Public returns the public half.
func (k *PrivateKey) Public() *PublicKey { return k.public }

// String keeps the key out of logs.
func (*PrivateKey) String() string { return "gm.PrivateKey" }

// GoString keeps the key out of logs.
func (*PrivateKey) GoString() string { return "gm.PrivateKey" }

// Equal reports whether both are the same key.
func (k *PublicKey) Equal(other *PublicKey) bool { return k.key.Equal(other.key) }

// PKCS8 returns the key in DER (PKCS#8).
func (k *PrivateKey) PKCS8() ([]byte, error) {
	der, err := smx509.MarshalPKCS8PrivateKey(k.key)
	if err != nil {
		return nil, fmt.Errorf("gm: encode key: %w", err)
	}
	return der, nil
}

// PEM returns the key as text (PKCS#8), the form in which merchants hold theirs.
func (k *PrivateKey) PEM() ([]byte, error) {
	der, err := k.PKCS8()
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: blockPKCS8, Bytes: der}), nil
}

// PEM returns the key as text (SubjectPublicKeyInfo).
func (k *PublicKey) PEM() ([]byte, error) {
	der, err := smx509.MarshalPKIXPublicKey(k.key)
	if err != nil {
		return nil, fmt.Errorf("gm: encode key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: blockPublic, Bytes: der}), nil
}

// ParsePKCS8 reads a private key in DER. It reports [ErrKey] for a key of another
// algorithm.
func ParsePKCS8(der []byte) (*PrivateKey, error) {
	parsed, err := smx509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, fmt.Errorf("gm: private key: %w", err)
	}
	key, ok := parsed.(*sm2.PrivateKey)
	if !ok {
		return nil, ErrKey
	}
	return newPrivateKey(key)
}

// ParsePrivateKey reads a private key in PEM, PKCS#8 or SEC 1. It reports [ErrKey] for
// a key of another algorithm.
func ParsePrivateKey(text []byte) (*PrivateKey, error) {
	if der, err := firstBlock(text, blockPKCS8); err == nil {
		return ParsePKCS8(der)
	}
	der, err := firstBlock(text, blockSEC1)
	if err != nil {
		return nil, err
	}
	key, err := smx509.ParseSM2PrivateKey(der)
	if err != nil {
		return nil, fmt.Errorf("gm: private key: %w", err)
	}
	return newPrivateKey(key)
}

// ParsePublicKey reads a public key in PEM (SubjectPublicKeyInfo). It reports [ErrKey]
// for a key of another algorithm.
func ParsePublicKey(text []byte) (*PublicKey, error) {
	der, err := firstBlock(text, blockPublic)
	if err != nil {
		return nil, err
	}
	parsed, err := smx509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, fmt.Errorf("gm: public key: %w", err)
	}
	return newPublicKey(parsed)
}

func firstBlock(text []byte, kind string) ([]byte, error) {
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == kind {
			return block.Bytes, nil
		}
	}
	return nil, fmt.Errorf("%w: %s", apiv3.ErrPEM, kind)
}
