//go:build unix

package secretfile_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/secretfile"
)

func TestOnlyTheOwnerAndReadersOfItsGroupMayUseASecretFile(t *testing.T) {
	t.Parallel()
	for mode, taken := range map[fs.FileMode]bool{
		0o400: true, 0o600: true, 0o700: true, 0o440: true, 0o640: true, 0o750: true,
		0o604: false, 0o602: false, 0o601: false, 0o644: false, 0o660: false, 0o620: false, 0o777: false,
	} {
		path := filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(path, []byte(" s3cret\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		text, err := secretfile.Read(path, fault.Text{ZH: "令牌文件", EN: "token file"})
		switch {
		case taken && (text != "s3cret" || err != nil):
			t.Errorf("mode %o gives %q, %v", mode, text, err)
		case !taken && (fault.KindOf(err) != fault.Refused || !strings.Contains(fault.Of(err).Text.EN, "The token file "+path) || !strings.Contains(fault.Of(err).Text.ZH, "令牌文件 "+path)):
			t.Errorf("mode %o gives %v", mode, err)
		case text != "" && err != nil:
			t.Errorf("mode %o is refused and read", mode)
		}
	}
}

func TestASecretFileThatCannotBeReadIsNamed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, path := range []string{filepath.Join(dir, "none"), dir} {
		_, err := secretfile.Read(path, fault.Text{ZH: "密钥文件", EN: "key file"})
		if fault.KindOf(err) != fault.Refused || !strings.Contains(err.Error(), "The key file "+path+" cannot be read") {
			t.Errorf("%s gives %v", path, err)
		}
	}
}
