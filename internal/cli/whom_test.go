package cli

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/sandbox"
)

// running leaves word of sandboxes that answer, the first one started last.
func running(t *testing.T, mchids ...string) (state string) {
	t.Helper()
	state = t.TempDir()
	for i, mchid := range mchids {
		l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = l.Close() })
		e := sandbox.Environment{APIURL: "http://" + l.Addr().String(), MchID: mchid}
		file, at := filepath.Join(state, strconv.Itoa(i+1)+".json"), time.Unix(int64(1000-i), 0)
		if err := errors.Join(e.WriteFile(file), os.Chtimes(file, at, at)); err != nil {
			t.Fatal(err)
		}
	}
	return state
}

// answer runs a command line for a person who types something.
func answer(t *testing.T, state, typed string, args ...string) (out, said string, code int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = Run(context.Background(), args, term.IO{
		In: strings.NewReader(typed), Out: &stdout, Err: &stderr, English: true, StateDir: state, Clock: clock.System{},
		Env: func(string) string { return "" }, Interactive: true,
	})
	return stdout.String(), stderr.String(), code
}

func TestAPersonChoosesAmongSandboxes(t *testing.T) {
	t.Parallel()
	state := running(t, "1900000001", "1900000002")
	for _, answered := range [][2]string{{"1\n", "1900000001"}, {" 2 \n", "1900000002"}, {"2", "1900000002"}} {
		typed, want := answered[0], answered[1]
		out, said, code := answer(t, state, typed, "env", "--format", "dotenv")
		if code != term.ExitDone || !strings.Contains(out, `FAVORD_MCHID="`+want+`"`) || !strings.Contains(said, "Which one?") {
			t.Errorf("%q: %d\n%s%s", typed, code, said, out)
		}
	}
	for typed, want := range map[string]int{"3\n": term.ExitUsage, "x\n": term.ExitUsage, "": term.ExitFailed} {
		if out, said, code := answer(t, state, typed, "env"); code != want || out != "" {
			t.Errorf("%q: %d\n%s%s", typed, code, said, out)
		}
	}
}

func TestNobodyIsAskedAboutTheOnlySandbox(t *testing.T) {
	t.Parallel()
	if out, said, code := answer(t, running(t, "1900000001"), "", "env"); code != term.ExitDone || said != "" {
		t.Errorf("%d\n%s%s", code, said, out)
	}
}
