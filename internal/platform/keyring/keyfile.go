package keyring

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/secretfile"
	"github.com/favord/favord/internal/store"
)

// LoadSealer reads the key-encryption key from a file that others may not read, as 64 hex
// digits. Its refusals name the file.
func LoadSealer(path string) (*Sealer, error) {
	text, err := secretfile.Read(path, fault.Text{ZH: "密钥文件", EN: "key file"})
	if err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(text)
	if err != nil || len(key) != sealKeySize {
		return nil, fault.New(fault.Refused,
			fmt.Sprintf("密钥文件 %s 的内容应为一行、64位十六进制字符，可用 favord keyfile new 生成", path),
			fmt.Sprintf("The key file %s must hold one line of 64 hex digits; `favord keyfile new` makes one.", path))
	}
	sealer, err := NewSealer(key)
	if err != nil {
		return nil, err
	}
	sealer.path = path
	return sealer, nil
}

// MakeSealer is LoadSealer for a sandbox: it makes the file when there is none, unless the
// database has secrets already, which a new key would never open.
func MakeSealer(ctx context.Context, s store.Store, path string) (*Sealer, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		sealed, err := isSealed(ctx, s)
		if err != nil {
			return nil, err
		}
		if sealed {
			return nil, fault.New(fault.Refused,
				fmt.Sprintf("缺少密钥文件 %s，而数据库中的密钥只能由它打开；请恢复该文件，或换用新的数据目录和数据库", path),
				fmt.Sprintf("The key file %s is missing, and only it opens the secrets of the database; restore it, or start with a new data directory and database.", path))
		}
		if err := createKeyFile(path); err != nil {
			return nil, err
		}
	}
	return LoadSealer(path)
}

// isSealed reports whether a database has secrets, or knows the key that will seal them.
func isSealed(ctx context.Context, s store.Store) (sealed bool, err error) {
	err = s.Read(ctx, func(tx store.ReadTx) error {
		keys, err := tx.SealingKeys(ctx)
		if err != nil {
			return err
		}
		secrets, err := tx.Secrets(ctx, store.SecretKey{}, 1)
		sealed = len(keys)+len(secrets) > 0
		return err
	})
	if err != nil {
		return false, fmt.Errorf("look for secrets: %w", err)
	}
	return sealed, nil
}

// NewKeyFile makes a file with a new key, for a server that is to be set up. It overwrites none:
// what another key has sealed would be lost.
func NewKeyFile(path string) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return fault.New(fault.Refused,
			fmt.Sprintf("%s 已存在，不会覆盖：由旧密钥加密的数据将再也无法打开", path),
			fmt.Sprintf("%s exists and is not overwritten: what its key has sealed could never be opened again.", path))
	}
	return createKeyFile(path)
}

// createKeyFile makes a file with a new key, whole or not at all. Of two nodes that do it at
// once, one is first, and the other finds its file.
func createKeyFile(path string) (err error) {
	key := make([]byte, sealKeySize)
	_, _ = rand.Read(key) // never fails, see its documentation
	fresh := path + "." + rand.Text()
	defer func() { err = errors.Join(err, os.Remove(fresh)) }()
	if err := writeSynced(fresh, hex.EncodeToString(key)+"\n"); err != nil {
		return fmt.Errorf("keyring: write key file: %w", err)
	}
	if err := os.Link(fresh, path); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("keyring: write key file: %w", err)
	}
	return nil
}

// writeSynced writes a file for its owner only. It outlives a power cut, as what the key seals
// does.
func writeSynced(path, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}
