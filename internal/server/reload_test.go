package server_test

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/server"
)

// TestAReloadTellsWhatItTookAndTakesNothingWhenAFileIsWrong replaces a key, a certificate and a
// token of a server that runs.
func TestAReloadTellsWhatItTookAndTakesNothingWhenAFileIsWrong(t *testing.T) {
	t.Parallel()
	c := freshConfig(t)
	dir := t.TempDir()
	files, first := writeCertificate(t, dir, "used")
	c.ManageTLS, c.KeyFile = files, filepath.Join(dir, "kek")
	kek := strings.Repeat("ab", 32) + "\n"
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(c.KeyFile, kek)
	const token, other = "token-of-the-management-port-of-32", "other-of-the-management-port-of-32"
	c.ManageToken = token
	r := start(t, c)
	defer r.finish(t)
	reload := func(token string) map[string]server.Reread {
		t.Helper()
		list, err := r.Reload(t.Context(), server.Changeable{ManageToken: token, ManageTokenFile: "token"})
		if err != nil {
			t.Fatal(err)
		}
		by := map[string]server.Reread{}
		for _, one := range list {
			by[one.Key] = one
		}
		return by
	}
	for key, one := range reload(token) {
		if one.Changed {
			t.Errorf("%s is said to be another: %+v", key, one)
		}
	}

	_, second := writeCertificate(t, dir, "used")
	newer := hex.EncodeToString(bytes.Repeat([]byte{7}, 32))
	write(c.KeyFile, newer+"\n"+kek)
	took := reload(other)
	tls, key := took["manage_tls.certificate"], took["key_file"]
	told := strings.HasPrefix(tls.Before, apiv3.SerialOf(first)) && strings.HasPrefix(tls.Now, apiv3.SerialOf(second))
	if !told || tls.File != files.Certificate {
		t.Errorf("of the certificate it says %+v", tls)
	}
	if !key.Changed || !strings.HasSuffix(key.Now, " "+key.Before) || strings.Contains(key.Now, newer[:8]) {
		t.Errorf("of the key file it says %+v", key)
	}
	if one := took["manage_token_file"]; !one.Changed || one.Now+one.Before != "" {
		t.Errorf("of the token it says %+v", one)
	}

	write(c.KeyFile, kek)
	write(files.Key, "no key")
	if list, err := r.Reload(t.Context(), server.Changeable{ManageToken: token}); err == nil || list != nil {
		t.Errorf("a certificate without its key is taken: %+v, %v", list, err)
	}
	write(c.KeyFile, newer+"\n"+kek)
	_, _ = writeCertificate(t, dir, "used")
	if took := reload(other); took["manage_token_file"].Changed || took["key_file"].Changed {
		t.Errorf("a refused reload took something: %+v", took)
	}
}
