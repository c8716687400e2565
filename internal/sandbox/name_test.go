package sandbox_test

import (
	"os"
	"strings"
	"testing"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/sandbox"
)

// TestANameIsNoFlagAndNoPath: names become files and arguments of commands.
func TestANameIsNoFlagAndNoPath(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	snapshots, contexts := &sandbox.Snapshots{Dir: dir}, sandbox.Contexts{Dir: dir}
	for _, name := range []string{"", "-", "-rf", "--all", "_x", "..", ".", "a/b", "../a", "A", "a b", "a\n", "店", strings.Repeat("a", 65)} {
		if err := snapshots.Remove(name); fault.KindOf(err) != fault.Invalid {
			t.Errorf("snapshot %q: %v", name, err)
		}
		if err := contexts.Add(name, &sandbox.Environment{}); fault.KindOf(err) != fault.Refused {
			t.Errorf("context %q: %v", name, err)
		}
	}
	for _, name := range []string{"a", "0", "before-sale", "a_b-", strings.Repeat("a", 64)} {
		if err := snapshots.Remove(name); fault.KindOf(err) != fault.NotFound {
			t.Errorf("snapshot %q: %v", name, err)
		}
		if err := contexts.Add(name, &sandbox.Environment{}); err != nil {
			t.Errorf("context %q: %v", name, err)
		}
	}
	if _, err := os.Stat(dir + "/.json"); err == nil {
		t.Error("a file without a name was made")
	}
}
