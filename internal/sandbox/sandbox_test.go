package sandbox_test

import (
	"encoding/json"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/favord/favord/internal/sandbox"
)

// full is an environment with a value of its own in every field.
func full() sandbox.Environment {
	var e sandbox.Environment
	v := reflect.ValueOf(&e).Elem()
	for i := range v.NumField() {
		v.Field(i).SetString(`it's "` + v.Type().Field(i).Name + `" $HOME \ end`)
	}
	return e
}

func TestEveryFieldHasAName(t *testing.T) {
	t.Parallel()
	e := full()
	text, err := e.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var names map[string]string
	if err := json.Unmarshal(text, &names); err != nil {
		t.Fatal(err)
	}
	pairs := e.Pairs()
	if len(pairs) != len(names) || len(pairs) != reflect.TypeFor[sandbox.Environment]().NumField() {
		t.Errorf("%d pairs, %d names in JSON", len(pairs), len(names))
	}
	for _, p := range pairs {
		if names[p.Name] != p.Value {
			t.Errorf("%s is %q in JSON, %q as a pair", p.Name, names[p.Name], p.Value)
		}
	}
	back, err := sandbox.EnvironmentOf(func(name string) string { return names[name] })
	if err != nil || back != e {
		t.Errorf("back: %+v, %v", back, err)
	}
}

// TestTheShellReadsWhatWasMeant lets a shell read every value, quotes and dollars
// included.
func TestTheShellReadsWhatWasMeant(t *testing.T) {
	t.Parallel()
	e := full()
	script := e.Shell()
	for _, p := range e.Pairs() {
		script += `printf '%s\n' "$FAVORD_` + strings.ToUpper(p.Name) + "\"\n"
	}
	output, err := exec.CommandContext(t.Context(), "sh", "-c", script).Output()
	if err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	for _, p := range e.Pairs() {
		want.WriteString(p.Value + "\n")
	}
	if string(output) != want.String() {
		t.Errorf("the shell reads\n%s\nwant\n%s", output, want.String())
	}
	if dotenv := e.Dotenv(); !strings.Contains(dotenv, `FAVORD_MCHID="it's \"MchID\" \$HOME \\ end"`) {
		t.Errorf("dotenv\n%s", dotenv)
	}
}

func TestAFileIsWholeOrNotThere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "env.json")
	e := full()
	for range 2 {
		if err := e.WriteFile(path); err != nil {
			t.Fatal(err)
		}
	}
	back, err := sandbox.ReadEnvironment(path)
	if err != nil || back != e {
		t.Errorf("back: %+v, %v", back, err)
	}
	if err := e.WriteFile(filepath.Join(dir, "none", "env.json")); err == nil {
		t.Error("a file is written into a folder that is not there")
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("left over: %v, %v", entries, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

// TestTheSandboxesThatAnswerAreFound: word of dead ones is removed, and what else lies there stays.
func TestTheSandboxesThatAnswerAreFound(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if found, err := sandbox.Running(t.Context(), dir); err != nil || len(found) != 0 {
		t.Errorf("none: %v, %v", found, err)
	}
	older, newer := listen(t).Addr(), listen(t).Addr()
	announce(t, dir, "1", older, time.Unix(1000, 0))
	announce(t, dir, "2", newer, time.Unix(2000, 0))
	announce(t, dir, "3", silent(t), time.Unix(3000, 0))
	announce(t, dir, "5", newer, time.Unix(1500, 0)) // it had the port before
	announce(t, dir, "ready", newer, time.Unix(3000, 0))
	if err := os.WriteFile(filepath.Join(dir, "4.json"), []byte("garbage"), 0o600); err != nil {
		t.Fatal(err)
	}
	found, err := sandbox.Running(t.Context(), dir)
	if err != nil || len(found) != 2 || found[0].APIURL != "http://"+newer.String() || found[1].APIURL != "http://"+older.String() {
		t.Errorf("found %v, %v, want %s and %s", found, err, newer, older)
	}
	if files, _ := filepath.Glob(filepath.Join(dir, "*.json")); len(files) != 3 {
		t.Errorf("left over: %v", files)
	}
}

// silent returns an address where nobody listens, and nobody else will during the test: the
// near end of a connection. A port that was closed may be another program's at once.
func silent(t *testing.T) net.Addr {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", listen(t).Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn.LocalAddr()
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func announce(t *testing.T, dir, name string, addr net.Addr, at time.Time) {
	t.Helper()
	e := sandbox.Environment{APIURL: "http://" + addr.String()}
	path := filepath.Join(dir, name+".json")
	if err := errors.Join(e.WriteFile(path), os.Chtimes(path, at, at)); err != nil {
		t.Fatal(err)
	}
}

func TestWordOfASandboxIsTakenBack(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state")
	l := listen(t)
	e := sandbox.Environment{APIURL: "http://" + l.Addr().String()}
	withdraw, err := sandbox.Announce(dir, &e)
	if err != nil {
		t.Fatal(err)
	}
	if found, err := sandbox.Running(t.Context(), dir); err != nil || len(found) != 1 || found[0].Environment != e {
		t.Errorf("found %+v, %v", found, err)
	}
	for range 2 {
		if err := withdraw(); err != nil {
			t.Error(err)
		}
	}
	if found, err := sandbox.Running(t.Context(), dir); err != nil || len(found) != 0 {
		t.Errorf("afterwards: %v, %v", found, err)
	}
}
