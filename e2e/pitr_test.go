//go:build ha

package e2e

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// archived is one PostgreSQL whose log pgBackRest archives.
type archived struct {
	*cluster
	data, config string
	server       *daemon
}

// startArchived makes a server with an archive, as docs/backup.md tells.
func startArchived(t *testing.T) *archived {
	t.Helper()
	owner, err := user.Lookup("postgres")
	if err != nil {
		t.Fatalf("PostgreSQL does not run as root, and there is no other user for it: %v", err)
	}
	a := &archived{cluster: &cluster{T: t, dir: t.TempDir(), owner: owner, port: freePort(t)}}
	a.open()
	a.data, a.config = filepath.Join(a.dir, "data"), filepath.Join(a.own(filepath.Join(a.dir, "conf")), "pgbackrest.conf")
	a.own(a.data)
	for _, dir := range []string{"repo", "log", "lock", "spool"} {
		a.own(filepath.Join(a.dir, dir))
	}
	a.write(a.config, fmt.Sprintf(`[global]
repo1-path=%[1]s/repo
repo1-retention-full=2
start-fast=y
log-path=%[1]s/log
lock-path=%[1]s/lock
spool-path=%[1]s/spool
[favord]
pg1-path=%[2]s
pg1-port=%[3]d
pg1-socket-path=%[1]s/lock
`, a.dir, a.data, a.port))
	a.as("initdb", filepath.Join(os.Getenv("FAVORD_PG_BIN"), "initdb"), "-D", a.data, "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust", "-k")
	a.write(filepath.Join(a.dir, "settings"), fmt.Sprintf(`
port = %[1]d
listen_addresses = '127.0.0.1'
unix_socket_directories = '%[2]s/lock'
archive_mode = on
archive_command = 'pgbackrest --config=%[3]s --stanza=favord archive-push %%p'
archive_timeout = 60
`, a.port, a.dir, a.config))
	a.as("settings", "sh", "-c", fmt.Sprintf("cat %s/settings >>%s/postgresql.conf", a.dir, a.data))
	a.start()
	a.sql("create role favord login", "create database favord owner favord")
	a.backRest("stanza-create")
	return a
}

// open lets the server's user through to the directory.
func (c *cluster) open() {
	c.Helper()
	for dir := c.dir; dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			c.Fatal(err)
		}
	}
}

func (a *archived) write(path, text string) {
	a.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		a.Fatal(err)
	}
}

// as runs a program as the server's user, to its end.
func (a *archived) as(what string, program ...string) string {
	a.Helper()
	args := append([]string{"--reuid", a.owner.Uid, "--regid", a.owner.Gid, "--clear-groups", "--"}, program...)
	command := exec.CommandContext(a.Context(), "setpriv", args...)
	command.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "HOME="+a.dir)
	command.Dir = a.dir
	out, err := command.CombinedOutput()
	if err != nil {
		a.Fatalf("%s: %v\n%s", what, err, out)
	}
	return string(out)
}

func (a *archived) backRest(args ...string) {
	a.Helper()
	common := []string{"pgbackrest", "--config=" + a.config, "--stanza=favord", "--log-level-console=warn"}
	a.as("pgbackrest "+strings.Join(args, " "), append(common, args...)...)
}

// start starts PostgreSQL and waits until it takes changes.
func (a *archived) start() {
	a.Helper()
	a.server = a.run("postgres", "", filepath.Join(os.Getenv("FAVORD_PG_BIN"), "postgres"), "-D", a.data)
	a.until("PostgreSQL takes changes", func() bool {
		out, err := exec.CommandContext(a.Context(), "psql", "-XAtq", "-h", "127.0.0.1", "-p", strconv.Itoa(a.port), "-U", "postgres",
			"-c", "select pg_is_in_recovery()").Output()
		return err == nil && strings.TrimSpace(string(out)) == "f"
	})
}

// stop stops PostgreSQL as its package does.
func (a *archived) stop() {
	a.Helper()
	if err := a.server.command.Process.Signal(syscall.SIGINT); err != nil {
		a.Fatal(err)
	}
	<-a.server.ended
}

func (a *archived) database() string {
	return fmt.Sprintf("postgres://favord@127.0.0.1:%d/favord?sslmode=disable", a.port)
}

// TestAPointInTimeIsRestoredWithEverythingAcknowledgedBefore backs up under load, goes back to a moment
// after that, and compares: what was acknowledged before the moment is there, what began after it is
// not, the invariants hold, and the archive takes the new timeline.
func TestAPointInTimeIsRestoredWithEverythingAcknowledgedBefore(t *testing.T) {
	t.Parallel()
	a := startArchived(t)
	dir := t.TempDir()
	node := func() *process {
		return serveFile(t, dir, fmt.Sprintf("database: {url: %q, connections: 8}", a.database()))
	}
	first := node()
	x := newProxy(t)
	x.add(t, first)
	s := openSale(t, first, x)
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() { s.run(t) })
	}
	more := func(n int) {
		before, _, _ := s.counts()
		a.until("calls are answered", func() bool { is, _, _ := s.counts(); return is >= before+n })
	}
	more(callsAfterwards)
	a.backRest("--type=full", "backup")
	more(callsAfterwards)
	s.mu.Lock()
	before := maps.Clone(s.codes)
	s.mu.Unlock()
	target := strings.TrimSpace(a.sql("select clock_timestamp()"))
	s.mu.Lock()
	begun := s.next
	s.mu.Unlock()
	more(callsAfterwards)
	close(s.done)
	workers.Wait()
	all, _, _ := s.counts()
	if err := first.stop(); err != nil {
		t.Errorf("stop: %v\n%s", err, first.errors.String())
	}
	a.stop()

	a.backRest("--delta", "--type=time", "--target="+target, "--target-action=promote", "restore")
	a.start()
	check, err := exec.CommandContext(t.Context(), binary, "check", "--database", a.database()).CombinedOutput()
	if err != nil {
		t.Errorf("favord check: %v\n%s", err, check)
	}
	lost, late, there := 0, 0, map[string]string{}
	for line := range strings.Lines(a.sql(fmt.Sprintf("select send_request_no || ' ' || code from coupon where stock_id = '%s'", s.stock))) {
		number, code, _ := strings.Cut(strings.TrimSpace(line), " ")
		there[number] = code
		if n, err := strconv.Atoi(strings.TrimPrefix(number, "ha")); err != nil || n > begun+4 { // each of the workers may hold one
			late++
		}
	}
	for number, code := range before {
		if there[number] != code {
			lost++
		}
	}
	if lost > 0 || late > 0 {
		t.Errorf("%d acknowledged before the moment are lost, %d from after it are there", lost, late)
	}
	t.Logf("%d acknowledged, %d of them before %s: %d there, %d lost", all, len(before), target, len(there), lost)

	// A node goes on, what is gone counts as new, and a backup is taken of the new timeline.
	second := node()
	again := &sales{caller: second.caller(t), appid: second.AppID, stock: s.stock, codes: map[string]string{}}
	again.try(t, fmt.Sprintf("ha%08d", s.next))
	if n, open, _ := again.counts(); n != 1 || open != 0 {
		t.Error("a call after the restore fails")
	}
	a.backRest("--type=full", "backup")
}
