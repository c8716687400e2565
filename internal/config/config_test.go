package config_test

import (
	"strings"
	"testing"

	"github.com/favord/favord/internal/config"
)

func TestTheLocaleDecidesTheLanguage(t *testing.T) { //nolint:paralleltest // it changes the environment
	for values, english := range map[[4]string]bool{
		{"", "", "", ""}:                         true,
		{"", "", "", "C.UTF-8"}:                  true,
		{"", "", "", "zh_CN.UTF-8"}:              false,
		{"", "", "", "ZH"}:                       false,
		{"", "en_US.UTF-8", "", "zh_CN.UTF-8"}:   true,
		{"zh", "en_US.UTF-8", "", "en_US.UTF-8"}: false,
		{"en", "", "zh_CN", "zh_CN.UTF-8"}:       true,
	} {
		for i, name := range []string{"FAVORD_LANG", "LC_ALL", "LC_MESSAGES", "LANG"} {
			t.Setenv(name, values[i])
		}
		if got := config.English(); got != english {
			t.Errorf("%v is English: %v", values, got)
		}
	}
}

func TestStateGoesWhereItIsTold(t *testing.T) {
	t.Setenv("FAVORD_STATE_DIR", "/tmp/somewhere")
	if dir, err := config.StateDir(); err != nil || dir != "/tmp/somewhere" {
		t.Errorf("%s, %v", dir, err)
	}
	t.Setenv("FAVORD_STATE_DIR", "")
	t.Setenv("XDG_CACHE_HOME", "/tmp/cache")
	t.Setenv("HOME", "/tmp/home")
	if dir, err := config.StateDir(); err != nil || !strings.HasSuffix(dir, "favord/running") {
		t.Errorf("%s, %v", dir, err)
	}
}
