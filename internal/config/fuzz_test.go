package config_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/config"
)

// FuzzAConfigurationIsReadOrRefusedInOneSentence reads whatever a file may say.
func FuzzAConfigurationIsReadOrRefusedInOneSentence(f *testing.F) {
	for _, seed := range []string{
		"mode: production\ndata: /var/lib/favord\n", "mode: sandbox\nnotify: {tail: 72h}\n",
		"a: &a [*a]\n", "mode: [sandbox]\n", "mod: x\n",
		"api: 127.0.0.1:0\nmanage: :\ntrusted_proxies: [10.0.0.0/8, x]\n", "database: {url: 'postgres://x', connections: -1}\n",
		"---\n---\n", "? {}\n",
		"misses: {merchant: 99999999999999999999}\n", "log: {level: loud, format: xml}\n", "shutdown_delay: 1h30\n", "mode: !!binary aGk=\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(t.TempDir(), "favord.yaml")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		read, err := config.Load(path)
		if err != nil {
			if refusal := fault.Of(err); refusal.Kind == fault.Internal || refusal.Text.ZH == "" || refusal.Text.EN == "" {
				t.Errorf("%q is refused with %v", text, err)
			}
			return
		}
		if len(read.Settings()) == 0 {
			t.Error("there are no settings")
		}
	})
}
