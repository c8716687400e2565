package backup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Keys are the files with secrets that an archive does not have.
type Keys struct {
	// KeyFile is the key file of the server.
	KeyFile string
	// DataDir is the data directory of a sandbox, which has the demo merchant's files; "" for
	// none.
	DataDir string
}

// fileKey is the name of a key file in a directory of keys.
const fileKey = "kek"

// sandboxFiles are the files of a sandbox's demo merchant. That some are missing is not unusual:
// they depend on its algorithm.
func sandboxFiles() []string {
	return []string{"credentials.json", "apiclient_key.pem", "apiclient_cert.pem", "platform_cert.pem", "platform_public_key.pem", "ca.pem"}
}

// copyTo copies the files into a directory that is made for it, for its owner only. It must be
// another one than that of the archive: who has both has everything.
func (k *Keys) copyTo(to, archive string) error {
	if to == archive || to == filepath.Dir(archive) {
		return refuse("密钥不能与备份放在同一目录，请换一个位置", "Keys are not put into the directory of the backup; choose another place.")
	}
	if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
		return errExists(to)
	}
	fresh, err := os.MkdirTemp(filepath.Dir(to), ".favord-keys-") // for its owner only
	if err != nil {
		return explain(err, to)
	}
	err = k.copyAll(fresh)
	if err == nil {
		err = moveTo(fresh, to)
	}
	if err != nil {
		return errors.Join(explain(err, to), os.RemoveAll(fresh))
	}
	return nil
}

func (k *Keys) copyAll(dir string) error {
	if err := copyFile(k.KeyFile, filepath.Join(dir, fileKey)); err != nil {
		return err
	}
	if k.DataDir == "" {
		return nil
	}
	for _, name := range sandboxFiles() {
		if err := copyFile(filepath.Join(k.DataDir, name), filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// putBack copies the files of a directory to where they belong, but over none that is there.
func (k *Keys) putBack(dir string) error {
	places := map[string]string{fileKey: k.KeyFile}
	if k.DataDir != "" {
		for _, name := range sandboxFiles() {
			places[name] = filepath.Join(k.DataDir, name)
		}
	}
	for name, to := range places {
		err := copyFile(filepath.Join(dir, name), to)
		if err != nil && !errors.Is(err, fs.ErrExist) && (!errors.Is(err, fs.ErrNotExist) || name == fileKey) {
			return explain(err, to)
		}
	}
	return nil
}

func copyFile(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return fmt.Errorf("copy key: %w", err)
	}
	f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("copy key: %w", err)
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}
