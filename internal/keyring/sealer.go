package keyring

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"github.com/favord/favord/internal/fault"
	"github.com/favord/favord/internal/store"
)

// sealKeySize is the length of a key-encryption key in bytes.
const sealKeySize = 32

// errSealed reports a secret that the sealer cannot open: it was sealed with another
// key, or it is not what its row says it is.
var errSealed = errors.New("keyring: the secret cannot be opened")

// Sealer encrypts secrets at rest with AES-256-GCM. What a secret is for is bound to
// it, so that a secret which is moved to another row does not open. The zero Sealer
// is not usable, and none prints its key.
type Sealer struct {
	aead cipher.AEAD
	// authentication is the key of [Keyring.Authenticate].
	authentication []byte
}

// NewSealer returns the sealer of a key-encryption key of 32 bytes.
func NewSealer(key []byte) (*Sealer, error) {
	if len(key) != sealKeySize {
		return nil, fmt.Errorf("keyring: key-encryption key has %d bytes, need %d", len(key), sealKeySize)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("keyring: key-encryption key: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("keyring: key-encryption key: %w", err)
	}
	authentication, err := authenticator(key)
	if err != nil {
		return nil, err
	}
	return &Sealer{aead: aead, authentication: authentication}, nil
}

// String keeps the key out of logs.
func (*Sealer) String() string { return "keyring.Sealer" }

// seal fills the box of s with plaintext.
func (e *Sealer) seal(s store.Secret, plaintext []byte) store.Secret {
	nonce := make([]byte, e.aead.NonceSize())
	_, _ = rand.Read(nonce) // never fails, see its documentation
	s.Box = e.aead.Seal(nonce, nonce, plaintext, boundTo(s))
	return s
}

// open returns what is in the box of s.
func (e *Sealer) open(s store.Secret) ([]byte, error) {
	size := e.aead.NonceSize()
	if len(s.Box) < size {
		return nil, errSealed
	}
	plaintext, err := e.aead.Open(nil, s.Box[:size], s.Box[size:], boundTo(s))
	if err != nil {
		return nil, errSealed
	}
	return plaintext, nil
}

// boundTo is the associated data of a secret: everything that says what it is.
func boundTo(s store.Secret) []byte {
	return []byte(strings.Join([]string{string(s.Owner), string(s.Purpose), s.Name, strconv.Itoa(s.Version)}, "\x00"))
}

// MakeSealer is LoadSealer for a sandbox: it makes the file when there is none.
func MakeSealer(path string) (*Sealer, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if err := createKeyFile(path); err != nil {
			return nil, err
		}
	}
	return LoadSealer(path)
}

// LoadSealer reads the key-encryption key from a file that nobody else may read, as
// 64 hex digits.
func LoadSealer(path string) (*Sealer, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fault.New(fault.Refused,
			fmt.Sprintf("无法读取密钥文件 %s：%v", path, err),
			fmt.Sprintf("The key file %s cannot be read: %v", path, err))
	}
	if err := checkPrivate(path); err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != sealKeySize {
		return nil, fault.New(fault.Refused,
			fmt.Sprintf("密钥文件 %s 的内容应为64位十六进制字符", path),
			fmt.Sprintf("The key file %s must hold 64 hex digits.", path))
	}
	return NewSealer(key)
}

func createKeyFile(path string) error {
	key := make([]byte, sealKeySize)
	_, _ = rand.Read(key) // never fails, see its documentation
	if err := os.WriteFile(path, []byte(hex.EncodeToString(key)+"\n"), 0o600); err != nil {
		return fmt.Errorf("keyring: write key file: %w", err)
	}
	return nil
}
