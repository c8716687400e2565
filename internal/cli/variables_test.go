package cli

import (
	"testing"

	"github.com/favord/favord/internal/config"
	"github.com/favord/favord/internal/sandbox"
)

// TestNoVariableForProgramsConfiguresAServer, since both are set in one shell.
func TestNoVariableForProgramsConfiguresAServer(t *testing.T) {
	t.Parallel()
	keys := map[string]string{}
	for _, key := range config.Keys() {
		keys[config.EnvironmentOf(key)] = key
	}
	for _, p := range (&sandbox.Environment{}).Variables() {
		if key, is := keys[p.Name]; is {
			t.Errorf("`favord env` prints %s, which is the variable of %s", p.Name, key)
		}
	}
}
