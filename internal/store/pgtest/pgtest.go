// Package pgtest runs PostgreSQL clusters for tests and benchmarks, from the server
// binaries that are installed. Each cluster has a directory of its own, listens on a
// free port of 127.0.0.1 only, syncs as a real one does, and leaves nothing behind,
// even when the program that started it is killed.
package pgtest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// Oldest is the oldest major version of PostgreSQL that is looked for.
const Oldest = 15

// superuser is the role that owns a cluster.
const superuser = "favord"

// startWithin bounds how long a cluster may take until it answers.
const startWithin = time.Minute

// Options say how a cluster differs from PostgreSQL's defaults, which are durable.
type Options struct {
	// Settings are lines of postgresql.conf: name to value, unquoted.
	Settings map[string]string
}

// Cluster is a running PostgreSQL. Use Start. It is safe for concurrent use, but for
// Stop, Kill, Restart and Promote, which are for one caller at a time.
type Cluster struct {
	dir      string // holds everything below
	bin      string
	account  account
	port     int
	password string
	warden   *warden

	mu        sync.Mutex
	process   *process
	templates map[string]*template
	databases int
}

// Start makes and starts a cluster. The caller must Stop it.
func Start(ctx context.Context, o Options) (*Cluster, error) {
	c, err := prepare(ctx)
	if err != nil {
		return nil, err
	}
	if err := c.create(ctx, o); err != nil {
		return nil, errors.Join(err, c.Stop())
	}
	return c, nil
}

// prepare makes an empty directory that the account of the server owns, and has it
// removed whatever happens.
func prepare(ctx context.Context) (*Cluster, error) {
	bin, err := binaries(ctx)
	if err != nil {
		return nil, err
	}
	c := &Cluster{bin: bin, password: rand.Text(), templates: map[string]*template{}}
	if c.account, err = serverAccount(); err != nil {
		return nil, err
	}
	if c.dir, err = os.MkdirTemp("", "favord-pg-"); err != nil {
		return nil, fmt.Errorf("pgtest: make directory: %w", err)
	}
	if c.warden, err = watch(ctx, c.dir); err != nil {
		return nil, errors.Join(err, os.RemoveAll(c.dir))
	}
	if err := c.account.own(c.dir); err != nil {
		return nil, errors.Join(err, c.Stop())
	}
	return c, nil
}

func (c *Cluster) create(ctx context.Context, o Options) error {
	secret := filepath.Join(c.dir, "password")
	if err := c.write("password", c.password); err != nil {
		return err
	}
	if err := c.run(ctx, "initdb", "--pgdata="+c.data(), "--username="+superuser, "--pwfile="+secret,
		"--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"); err != nil {
		return err
	}
	if err := c.configure(o.Settings); err != nil {
		return err
	}
	return c.start(ctx)
}

// configure adds to postgresql.conf what every cluster of a test needs, and settings.
func (c *Cluster) configure(settings map[string]string) error {
	all := map[string]string{
		"listen_addresses":        "127.0.0.1",
		"unix_socket_directories": "",
		"max_connections":         "200",
		"shared_buffers":          "128MB",
		"lc_messages":             "C",
	}
	maps.Copy(all, settings)
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(&text, "%s = '%s'\n", name, strings.ReplaceAll(all[name], "'", "''"))
	}
	f, err := os.OpenFile(filepath.Join(c.data(), "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("pgtest: configure: %w", err)
	}
	_, err = f.WriteString(text.String())
	return errors.Join(err, f.Close())
}

// start runs the server until it answers. Another program may take the free port in
// between, so it tries a few.
func (c *Cluster) start(ctx context.Context) error {
	var failed error
	for range 5 {
		port, err := freePort(ctx)
		if err != nil {
			return err
		}
		c.port = port
		if failed = c.startHere(ctx); failed == nil || ctx.Err() != nil {
			return failed
		}
	}
	return failed
}

// startHere runs the server on the port that the cluster has.
func (c *Cluster) startHere(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	p, err := c.spawn(ctx)
	if err != nil {
		return err
	}
	c.mu.Lock()
	c.process = p
	c.mu.Unlock()
	if err := c.warden.guard(p.pid); err != nil {
		return errors.Join(err, p.stop())
	}
	if err := c.awaitReady(ctx, p); err != nil {
		return errors.Join(err, p.stop())
	}
	return nil
}

// Restart starts a cluster again after Kill or Halt, on the same port.
func (c *Cluster) Restart(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	for {
		err := c.startHere(ctx)
		if err == nil || ctx.Err() != nil || !strings.Contains(c.Log(), stillInUse) {
			return err
		}
	}
}

// stillInUse is what PostgreSQL says as long as a process of a killed server lives.
const stillInUse = "is still in use"

// Pid returns the process id of the server, 0 when it does not run.
func (c *Cluster) Pid() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.process == nil || c.process.ended() {
		return 0
	}
	return c.process.pid
}

// Dir returns the directory that holds everything of the cluster.
func (c *Cluster) Dir() string { return c.dir }

// Port returns the port on 127.0.0.1.
func (c *Cluster) Port() int { return c.port }

// Kill ends the server as a power cut of the machine would, but that what was written
// and not synced stays. Restart brings it back.
func (c *Cluster) Kill() error { return c.running().kill() }

// Halt shuts the server down in good order and keeps its data. Restart brings it back.
func (c *Cluster) Halt() error { return c.running().stop() }

// Stop shuts the server down and removes everything.
func (c *Cluster) Stop() error {
	return errors.Join(c.running().stop(), os.RemoveAll(c.dir), c.warden.dismiss())
}

func (c *Cluster) running() *process {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.process
}

// Log returns what the server wrote since it last started.
func (c *Cluster) Log() string {
	text, _ := os.ReadFile(c.logFile())
	return string(text)
}

func (c *Cluster) data() string    { return filepath.Join(c.dir, "data") }
func (c *Cluster) logFile() string { return filepath.Join(c.dir, "log") }

// write makes a file that the server can read and nobody else.
func (c *Cluster) write(name, content string) error {
	path := filepath.Join(c.dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		return fmt.Errorf("pgtest: %w", err)
	}
	return c.account.own(path)
}

func freePort(ctx context.Context) (int, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("pgtest: free port: %w", err)
	}
	defer func() { _ = l.Close() }()
	address, is := l.Addr().(*net.TCPAddr)
	if !is {
		return 0, fmt.Errorf("pgtest: %v is no TCP address", l.Addr())
	}
	return address.Port, nil
}
