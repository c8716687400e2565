package e2e

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/favord/favord/client"
)

// TestAHangupTakesUpAnotherTokenAndNothingThatIsWrong changes the files of a server that runs.
func TestAHangupTakesUpAnotherTokenAndNothingThatIsWrong(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	key := make([]byte, 32)
	_, _ = rand.Read(key) // it never fails
	const file = "api: 127.0.0.1:0\nmanage: 127.0.0.1:0\ndata: data\nkey_file: kek\nmanage_token_file: token\nshutdown_delay: 0s\n"
	write("kek", hex.EncodeToString(key))
	write("token", prodToken)
	write("favord.yaml", file)
	p, err := serve(dir, "serve", "--config", filepath.Join(dir, "favord.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	hangUp := func() {
		t.Helper()
		if err := p.command.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
	}
	admits := func(token string) bool {
		t.Helper()
		operator, err := client.NewManagement(client.ManagementConfig{BaseURL: p.ManageURL, Token: token})
		if err != nil {
			t.Fatal(err)
		}
		_, err = operator.Status(t.Context())
		return err == nil
	}
	until := func(token string) {
		t.Helper()
		for !admits(token) {
			if context.Cause(t.Context()) != nil {
				t.Fatal("the token is not taken up")
			}
		}
	}
	const second, third = "second-" + prodToken, "third-" + prodToken
	if !admits(prodToken) || admits(second) {
		t.Error("the first token does not count, or another one does")
	}
	write("token", second)
	hangUp()
	until(second)
	if admits(prodToken) {
		t.Error("the first token still counts")
	}
	write("favord.yaml", file+"typo: 1\n")
	write("token", third)
	hangUp() // refused, and nothing changed
	write("favord.yaml", strings.Replace(file, "api: 127.0.0.1:0", "api: 127.0.0.1:1", 1))
	hangUp()
	until(third)
	if err := p.stop(); err != nil {
		t.Error(err)
	}
	log := p.errors.String()
	for _, want := range []string{
		"the configuration was reloaded", "next start on\" keys=[api]", "everything stays as it was",
		`msg="a file was read again and taken up" key=manage_token_file file=` + filepath.Join(dir, "token"),
		`msg="a file was read again and holds what it held" key=key_file file=` + filepath.Join(dir, "kek"),
	} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %q:\n%s", want, log)
		}
	}
	for _, secret := range []string{hex.EncodeToString(key), prodToken} {
		if strings.Contains(log, secret) {
			t.Errorf("the log shows a secret:\n%s", log)
		}
	}
}
