package pgtest_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/favord/favord/internal/store/pgtest"
)

// asChild is the argument that makes this test binary start a cluster, tell where it is,
// and wait to be killed.
const asChild = "start-a-cluster-and-wait"

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == asChild {
		child()
	}
	m.Run()
}

func child() {
	c, err := pgtest.Start(context.Background(), pgtest.Options{})
	if err != nil {
		panic(err)
	}
	_, _ = os.Stdout.WriteString(strconv.Itoa(c.Pid()) + " " + strconv.Itoa(c.Port()) + " " + c.Dir() + "\n")
	select {}
}

func ask[T any](t *testing.T, dsn, query string) T {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	var answer T
	if err := conn.QueryRow(t.Context(), query).Scan(&answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestAClusterIsDurableAndStopsWithoutATrace(t *testing.T) {
	t.Parallel()
	c, err := pgtest.Start(t.Context(), pgtest.Options{Settings: map[string]string{"work_mem": "7MB"}})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on",
		"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "work_mem": "7MB",
	} {
		if got := ask[string](t, c.DSN("postgres"), "show "+name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	dir, port := c.Dir(), c.Port()
	if err := c.Stop(); err != nil {
		t.Error(err)
	}
	expectGone(t, dir, port)
}

func expectGone(t *testing.T, dir string, port int) {
	t.Helper()
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still there: %v", dir, err)
	}
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err == nil {
		_ = conn.Close()
		t.Errorf("port %d still answers", port)
	}
}

func TestAKilledClusterComesBackWithWhatWasCommitted(t *testing.T) {
	t.Parallel()
	c := start(t)
	if err := c.Exec(t.Context(), "postgres", "create table kept as select 7 n"); err != nil {
		t.Fatal(err)
	}
	before := c.Pid()
	if err := c.Kill(); err != nil || c.Pid() != 0 {
		t.Fatalf("pid %d after kill: %v", c.Pid(), err)
	}
	if err := c.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := ask[int](t, c.DSN("postgres"), "select n from kept"); n != 7 || c.Pid() == before {
		t.Errorf("%d is kept by process %d", n, c.Pid())
	}
}

func start(t *testing.T) *pgtest.Cluster {
	t.Helper()
	c, err := pgtest.Start(t.Context(), pgtest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func TestAStandbyHasWhatASynchronousPrimaryAcknowledged(t *testing.T) {
	t.Parallel()
	primary := start(t)
	standby, err := pgtest.StandbyOf(t.Context(), primary, "second")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = standby.Stop() })
	if err := primary.Synchronous(t.Context(), "second"); err != nil {
		t.Fatal(err)
	}
	if err := primary.Exec(t.Context(), "postgres", "create table kept as select 7 n"); err != nil {
		t.Fatal(err)
	}
	if err := primary.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := standby.Promote(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := ask[int](t, standby.DSN("postgres"), "select n from kept"); n != 7 {
		t.Errorf("%d is kept", n)
	}
}

func TestDatabasesAreCopiesOfATemplatePreparedOnce(t *testing.T) {
	t.Parallel()
	c := start(t)
	prepared := 0
	prepare := func(string) error {
		prepared++
		return c.Exec(t.Context(), "copied", "create table made as select 1 n")
	}
	for range 3 {
		if n := ask[int](t, c.Fresh(t, "copied", prepare), "select n from made"); n != 1 {
			t.Errorf("a copy has %d", n)
		}
	}
	if prepared != 1 {
		t.Errorf("the template was prepared %d times", prepared)
	}
}

// TestAKilledTestLeavesNothingBehind kills a process that has a cluster.
func TestAKilledTestLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	command := exec.CommandContext(t.Context(), os.Args[0], asChild)
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 4096)
	n, err := output.Read(line)
	if err != nil {
		t.Fatal(err)
	}
	words := strings.Fields(string(bytes.TrimSpace(line[:n])))
	port, _ := strconv.Atoi(words[1])
	if err := command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, output)
	awaitGone(t, words[2])
	expectGone(t, words[2], port)
}

// awaitGone waits for the warden of a killed test.
func awaitGone(t *testing.T, dir string) {
	t.Helper()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	patience := time.After(time.Minute)
	for {
		if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
			return
		}
		select {
		case <-patience:
			t.Fatalf("%s is still there", dir)
		case <-ticker.C:
		}
	}
}
