package config_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/config"
)

// example is the commented example with every key in force.
func example(t *testing.T) string {
	t.Helper()
	return regexp.MustCompile(`(?m)^( *)#([a-z_]+: )`).ReplaceAllString(read(t, "../../docs/examples/favord.yaml"), "$1$2")
}

func loadAll(t *testing.T, text string) []config.Setting {
	t.Helper()
	path := filepath.Join(t.TempDir(), "favord.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	loaded, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return loaded.Settings()
}

func TestTheExampleHasEveryKeyAndIsRight(t *testing.T) {
	t.Parallel()
	for _, s := range loadAll(t, example(t)) {
		if s.Origin != "file" || s.Value == "" {
			t.Errorf("docs/examples/favord.yaml lacks %s: %+v", s.Name, s)
		}
	}
	if _, err := config.Load("../../docs/examples/favord.yaml"); err != nil {
		t.Error(err)
	}
}

// TestEveryKeyHasAVariableThatWins gives each key the value of the example through the
// environment.
func TestEveryKeyHasAVariableThatWins(t *testing.T) { //nolint:paralleltest // it sets variables of the process
	values := map[string]string{"database.password": "p@ss"}
	for _, s := range loadAll(t, example(t)) {
		if values[s.Name] == "" {
			values[s.Name] = s.Value
		}
	}
	for _, name := range config.Keys() {
		t.Setenv(config.EnvironmentOf(name), values[name])
	}
	for _, s := range loadAll(t, "mode: production\nkey_file: other\n") {
		want := values[s.Name]
		if s.Name == "database.password" {
			want = "xxxxx"
		}
		if s.Origin != config.EnvironmentOf(s.Name) || s.Value != want {
			t.Errorf("%+v, want %q", s, want)
		}
	}
}

func TestAVariableThatDoesNotFitIsNamed(t *testing.T) {
	t.Setenv("FAVORD_DATABASE_CONNECTIONS", "many")
	_, err := load(t, "mode: sandbox\ndata: /tmp/x\n")
	if fault.KindOf(err) != fault.Refused || !strings.Contains(err.Error(), `FAVORD_DATABASE_CONNECTIONS cannot be "many"`) {
		t.Errorf("%v", err)
	}
}

func TestAnUnknownKeyIsRefusedWithWhatWasMeant(t *testing.T) {
	t.Parallel()
	const right = "mode: sandbox\ndata: /tmp/x\n"
	for text, want := range map[string]string{
		"mod: sandbox\n":                              "line 1: there is no key mod; did you mean mode?",
		right + "databse: {url: x}\n":                 "line 3: there is no key databse; did you mean database?",
		right + "database:\n  connection: 5\n":        "line 4: there is no key database.connection; did you mean database.connections?",
		right + "connections: 5\n":                    "did you mean database.connections?",
		right + "claim: {trusted_proxies: ['::1']}\n": "did you mean trusted_proxies?",
		right + "log: {lvel: info}\n":                 "did you mean log.level?",
		right + "colour: blue\n":                      "line 3: there is no key colour.",
		right + "colour: {shade: blue}\n":             "line 3: there is no key colour.",
		right + "log: [info]\n":                       "line 3 has a value that does not fit its key.",
		right + "review_stocks: perhaps\n":            "line 3 has a value that does not fit its key.",
		right + "\tx: 1\n":                            "It is no YAML",
		right + "mode: production\n":                  "line 3 has a key that is there already.",
	} {
		_, err := load(t, text)
		if fault.KindOf(err) != fault.Refused || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q gives %v, want %q", text, err, want)
		}
	}
}

func TestSecretsAreNotPrinted(t *testing.T) {
	t.Parallel()
	settings := loadAll(t, "mode: sandbox\ndata: /tmp/x\ndatabase: {url: 'postgres://u:canary1@h/d', password: canary2}\n")
	if i := slices.IndexFunc(settings, func(s config.Setting) bool { return strings.Contains(s.Value, "canary") }); i >= 0 {
		t.Errorf("%+v", settings[i])
	}
}

// TestWhatIsPrintedIsWhatCounts covers the keys whose value is not the one that is set: what production
// always has, and what leaves it to the server.
func TestWhatIsPrintedIsWhatCounts(t *testing.T) {
	t.Parallel()
	usual := map[string]string{"misses.per_user": "60", "vouchers.running_limit": "500", "vouchers.forbidden_words": "测试"}
	const sandbox, production = "mode: sandbox\ndata: /tmp/x\n", "mode: production\ndata: /tmp/x\nkey_file: kek\n"
	for text, want := range map[string]config.Setting{
		sandbox:                                          {Name: "strict_users", Value: "false", Origin: "default"},
		sandbox + "strict_orders: true\n":                {Name: "strict_orders", Value: "true", Origin: "file"},
		production:                                       {Name: "strict_users", Value: "true", Origin: "production"},
		production + "strict_orders: false\n":            {Name: "strict_orders", Value: "true", Origin: "production"},
		sandbox + "misses: {per_user: 0}\n":              {Name: "misses.per_user", Value: "60", Origin: "default"},
		sandbox + "misses: {per_user: 7}\n":              {Name: "misses.per_user", Value: "7", Origin: "file"},
		sandbox + "review_stocks: false\n":               {Name: "vouchers.running_limit", Value: "500", Origin: "default"},
		sandbox + "vouchers: {running_limit: 0}\n":       {Name: "vouchers.running_limit", Value: "0", Origin: "file"},
		sandbox + "vouchers: {forbidden_words: []}\n":    {Name: "vouchers.forbidden_words", Value: "", Origin: "file"},
		production + "vouchers: {running_limit: null}\n": {Name: "vouchers.running_limit", Value: "500", Origin: "default"},
	} {
		path := filepath.Join(t.TempDir(), "favord.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		loaded, err := config.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(loaded.InEffect(usual), want) {
			t.Errorf("%s lacks %+v: %+v", text, want, loaded.InEffect(usual))
		}
	}
}
