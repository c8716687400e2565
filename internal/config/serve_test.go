package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/config"
)

func load(t *testing.T, text string) (config.Serve, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "favord.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return config.LoadServe(path)
}

func TestAFileIsReadOverTheDefaults(t *testing.T) {
	t.Parallel()
	got, err := load(t, "key_file: /etc/favord/kek\ndatabase:\n  url: postgres://favord@db/favord?sslmode=verify-full\n  connections: 32\n")
	if err != nil {
		t.Fatal(err)
	}
	want := config.Serve{
		Mode: "production", API: "127.0.0.1:18080", Manage: "127.0.0.1:18081", KeyFile: "/etc/favord/kek", PartnerAppIDs: "any", ShutdownDelay: "5s", Notify: config.Notify{Tail: "72h"},
		Database: config.Database{URL: "postgres://favord@db/favord?sslmode=verify-full", Connections: 32},
		Log:      config.Log{Level: "info", Format: "text", Access: true},
		Traces:   config.Traces{Share: 1},

		Retention: config.Retention{Journal: "7d", Deliveries: "7d", Nonces: "20m", Sessions: "1d", Drafts: "90d", Imports: "7d"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("configuration (-want +got):\n%s", diff)
	}
}

func TestTheEnvironmentWinsOverTheFile(t *testing.T) {
	t.Setenv("FAVORD_API", "127.0.0.1:1")
	t.Setenv("FAVORD_DATABASE_PASSWORD", "p@ss word")
	t.Setenv("FAVORD_SHUTDOWN_DELAY", "1m")
	got, err := load(t, "mode: sandbox\ndata: /tmp/x\napi: 127.0.0.1:2\ndatabase: {url: 'postgres://u@h/d'}\n")
	if err != nil || got.API != "127.0.0.1:1" || got.Delay() != time.Minute {
		t.Fatalf("%+v, %v", got, err)
	}
	if dsn := got.Database.DSN(); dsn != "postgres://u:p%40ss%20word@h/d" {
		t.Errorf("DSN %s", dsn)
	}
}

func TestAWrongFileIsRefusedInOneSentence(t *testing.T) {
	t.Parallel()
	const right = "mode: sandbox\ndata: /tmp/x\n"
	for text, want := range map[string]string{
		"mod: sandbox\n":                                                    "line 1",
		right + "database: [1]\n":                                           "line 3",
		"mode: test\n":                                                      "mode must be",
		right + "api: here\n":                                               "api must be",
		right + "manage: here\n":                                            "manage must be",
		"mode: sandbox\n":                                                   "data (the data directory)",
		"mode: production\ndata: /x\n":                                      "key_file",
		right + "database: {connections: 3}\n":                              "connections must be",
		right + "database: {url: 'mysql://h/d'}\n":                          "postgres://",
		right + "database: {url: 'postgres://'}\n":                          "lacks a host",
		right + "database: {url: 'postgres://a b:s%zz@h/d'}\n":              "is not a URL",
		right + "shutdown_delay: 5\n":                                       "shutdown_delay must be",
		right + "shutdown_delay: -1s\n":                                     "shutdown_delay must be",
		right + "shutdown_delay: 301s\n":                                    "shutdown_delay must be",
		right + "log: {format: xml}\n":                                      "log.format",
		right + "log: {level: loud}\n":                                      "log.level",
		right + "notify: {networks: [10.0.0.0/7]}\n":                        "wider than /8",
		right + "notify: {networks: [10.0.0.0]}\n":                          "no '/'",
		right + "notify: {networks: ['::ffff:10.0.0.0/104']}\n":             "not a network",
		right + "notify: {ports: [0]}\n":                                    "notify.ports must be",
		right + "notify: {tail: 73h}\n":                                     "notify.tail must be",
		right + "notify: {tail: soon}\n":                                    "notify.tail must be",
		right + "retention: {deliveries: 6d}\n":                             "retention.deliveries must be 7d to 3660d",
		right + "retention: {nonces: 19m}\n":                                "retention.nonces must be 20m",
		right + "retention: {sessions: soon}\n":                             "retention.sessions must be 0s",
		right + "retention: {coupons: 7d}\n":                                "line 3",
		right + "notify: {ports: [65536]}\n":                                "line 3",
		right + "partner_appids: some\n":                                    "partner_appids must be",
		right + "tls: {certificate: a.pem}\n":                               "tls must have both",
		right + "manage_tls: {key: a.pem}\n":                                "manage_tls must have both",
		right + "manage_url: http://favord.example.com\n":                   "manage_url must be",
		right + "manage_url: https://192.0.2.1\n":                           "manage_url must be",
		right + "manage_url: 'https://[2001:db8::1]'\n":                     "manage_url must be",
		right + "manage_url: https://favord.example.com/console\n":          "manage_url must be",
		right + "manage_url: https://favord.example.com:443\n":              "manage_url must be",
		right + "manage_url: https://Favord.example.com\n":                  "manage_url must be",
		right + "manage_url: https://a@favord.example.com\n":                "manage_url must be",
		right + "media_base_url: img.example.com\n":                         "media_base_url must look",
		right + "media_base_url: 'ftp://h'\n":                               "media_base_url must look",
		right + "media_base_url: 'https://h/?a'\n":                          "media_base_url must look",
		right + "media_base_url: 'https://u:s%25zz@h'\n":                    "media_base_url must look",
		right + "media_base_url: https://" + strings.Repeat("h", 76) + "\n": "more than 83 characters",
	} {
		_, err := load(t, text)
		if fault.KindOf(err) != fault.Refused || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "s%zz") {
			t.Errorf("%q gives %v, want %q", text, err, want)
		}
	}
	if _, err := config.LoadServe(filepath.Join(t.TempDir(), "none.yaml")); fault.KindOf(err) != fault.Refused {
		t.Errorf("a missing file gives %v", err)
	}
}

func TestATokenFileHoldsOneLineThatAHeaderCanCarry(t *testing.T) {
	t.Parallel()
	read := func(text string, mode os.FileMode) (string, error) {
		t.Helper()
		path := filepath.Join(t.TempDir(), "token")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		return config.ReadToken(path)
	}
	right := strings.Repeat("0aZ-", 8)
	for _, mode := range []os.FileMode{0o600, 0o640} {
		if got, err := read(right+"\n", mode); got != right || err != nil {
			t.Errorf("mode %o gives %q, %v", mode, got, err)
		}
	}
	if got, err := read(right+"\n"+right+"2\n", 0o600); got != right || err != nil {
		t.Errorf("of two tokens %q is the first, %v", got, err)
	}
	for text, mode := range map[string]os.FileMode{
		right[1:]: 0o600, right + "\n" + right[1:]: 0o600, right + "\n\n" + right: 0o600, right + " x": 0o600, right + "令": 0o600, "": 0o600,
		right: 0o644, right + "1": 0o660,
	} {
		got, err := read(text, mode)
		if got != "" || fault.KindOf(err) != fault.Refused || !strings.Contains(fault.Of(err).Text.EN, "management token file ") {
			t.Errorf("%q with mode %o gives %q, %v", text, mode, got, err)
		}
	}
}
