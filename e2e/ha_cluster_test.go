//go:build ha

package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The programs are those of Debian; what they are told is in docs/postgresql.md, too.
const (
	// ttl is for how long the primary's lease in etcd lasts, in seconds: so long the cluster waits for a
	// machine that is gone. Patroni wants at least 20.
	ttl = 20
	// loopWait and retryTimeout keep loopWait + 2*retryTimeout within ttl.
	loopWait, retryTimeout = 5, 5
	// settleWithin is how long the cluster may take to become whole again.
	settleWithin = 3 * time.Minute
)

// cluster is PostgreSQL on two members under Patroni, with three etcd, behind haproxy.
type cluster struct {
	*testing.T
	dir string
	// namespace is what the names of namespaces begin with; empty is none.
	namespace string
	owner     *user.User
	etcds     []*daemon
	sites     []*site
	proxy     *daemon
	// etcdClient are the addresses of etcd, apart by commas.
	etcdClient []string
	// port is where haproxy passes on to the primary.
	port int
	http *http.Client
}

// site is a member with its Patroni.
type site struct {
	name, host, dir string
	postgres, rest  int
	namespace       string
	patroni         *daemon
}

// daemon is a program that runs until it is killed.
type daemon struct {
	command *exec.Cmd
	args    []string
	log     string
	ended   chan struct{}
}

// run starts a program as a user, in a network namespace unless that is empty.
func (c *cluster) run(name, namespace string, program ...string) *daemon {
	c.Helper()
	args := append([]string{"setpriv", "--reuid", c.owner.Uid, "--regid", c.owner.Gid, "--clear-groups", "--"}, program...)
	if namespace != "" {
		args = append([]string{"ip", "netns", "exec", namespace}, args...)
	}
	d := &daemon{args: program, log: filepath.Join(c.dir, name+".log"), ended: make(chan struct{})}
	d.command = exec.CommandContext(context.Background(), args[0], args[1:]...)
	out, err := os.OpenFile(d.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		c.Fatal(err)
	}
	// The sources may lie where the other user may not look.
	d.command.Dir, d.command.Stdout, d.command.Stderr = c.dir, out, out
	d.command.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "HOME="+c.dir, "PGHOST=")
	d.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := d.command.Start(); err != nil {
		c.Fatal(err)
	}
	go func() {
		defer close(d.ended)
		_ = d.command.Wait()
		_ = out.Close()
	}()
	c.Cleanup(func() {
		d.kill()
		if c.Failed() {
			text, _ := os.ReadFile(d.log)
			c.Logf("%s:\n%s", name, text[max(0, len(text)-3000):])
		}
	})
	return d
}

// kill ends a program and those that it started, as a power switch would.
func (d *daemon) kill() {
	_ = syscall.Kill(-d.command.Process.Pid, syscall.SIGKILL)
	<-d.ended
}

// signal stops a program and those that it started, or has them go on.
func (d *daemon) signal(s syscall.Signal) { _ = syscall.Kill(-d.command.Process.Pid, s) }

// freePort returns a port that nobody listens at.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it is there for a moment
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port
}

// startCluster starts everything and waits until it is whole. The first site is in a namespace of
// its own if there is one.
func startCluster(t *testing.T, namespace string) *cluster {
	t.Helper()
	owner, err := user.Lookup("postgres")
	if err != nil {
		t.Fatalf("PostgreSQL does not run as root, and there is no other user for it: %v", err)
	}
	c := &cluster{
		T: t, dir: t.TempDir(), namespace: namespace, owner: owner, port: freePort(t), http: &http.Client{Timeout: 2 * time.Second},
	}
	c.open()
	here, there, apart := "127.0.0.1", "127.0.0.1", "127.0.0.1"
	if namespace != "" {
		here, there, apart = "10.77.0.1", "10.77.0.2", "10.77.0.3"
	}
	c.startEtcd(here, here, apart)
	c.sites = []*site{c.newSite("one", there, c.within(member)), c.newSite("two", here, "")}
	c.Cleanup(c.endServers)
	c.sites[0].patroni = c.startPatroni(c.sites[0])
	c.until("the first member leads", func() bool { return c.leader() == c.sites[0] })
	c.sites[1].patroni = c.startPatroni(c.sites[1])
	c.startProxy()
	c.whole()
	c.sql("create role favord login", "create database favord owner favord")
	return c
}

func (c *cluster) own(path string) string {
	c.Helper()
	uid, _ := strconv.Atoi(c.owner.Uid)
	gid, _ := strconv.Atoi(c.owner.Gid)
	if err := os.MkdirAll(path, 0o700); err != nil {
		c.Fatal(err)
	}
	if err := os.Chown(path, uid, gid); err != nil {
		c.Fatal(err)
	}
	return path
}

// within is the namespace of what lives in one; empty without any.
func (c *cluster) within(what string) string {
	if c.namespace == "" {
		return ""
	}
	return c.namespace + what
}

// apart is the etcd that lives in a namespace: the last.
func (c *cluster) apart() int { return len(c.etcds) - 1 }

// startEtcd starts one on each host.
func (c *cluster) startEtcd(hosts ...string) {
	c.Helper()
	var peers, all []string
	ports := make([]int, len(hosts))
	for i, host := range hosts {
		ports[i] = freePort(c.T)
		peers = append(peers, "http://"+net.JoinHostPort(host, strconv.Itoa(freePort(c.T))))
		all = append(all, fmt.Sprintf("e%d=%s", i, peers[i]))
		c.etcdClient = append(c.etcdClient, fmt.Sprintf("%s:%d", host, ports[i]))
	}
	c.etcds = make([]*daemon, len(hosts))
	for i := range hosts {
		c.etcds[i] = &daemon{args: c.etcdCommand(i, peers, all)}
		c.restartEtcd(i)
	}
}

// restartEtcd starts one as it was started.
func (c *cluster) restartEtcd(i int) {
	c.Helper()
	namespace := ""
	if i == c.apart() {
		namespace = c.within(etcdMember)
	}
	c.etcds[i] = c.run(fmt.Sprint("etcd", i), namespace, c.etcds[i].args...)
}

func (c *cluster) etcdCommand(i int, peers, all []string) []string {
	name, client := fmt.Sprint("e", i), "http://"+c.etcdClient[i]
	return []string{
		"etcd", "--name", name, "--data-dir", c.own(filepath.Join(c.dir, "etcd"+name)), "--listen-client-urls", client,
		"--advertise-client-urls", client, "--listen-peer-urls", peers[i], "--initial-advertise-peer-urls", peers[i],
		"--initial-cluster", strings.Join(all, ","), "--initial-cluster-state", "new",
		"--heartbeat-interval", "100", "--election-timeout", "1000",
	}
}

func (c *cluster) newSite(name, host, namespace string) *site {
	dir := c.own(filepath.Join(c.dir, name))
	return &site{name: name, host: host, namespace: namespace, dir: dir, postgres: freePort(c.T), rest: freePort(c.T)}
}

// startPatroni starts a member's Patroni, which starts PostgreSQL.
func (c *cluster) startPatroni(s *site) *daemon {
	c.Helper()
	file := filepath.Join(s.dir, "patroni.yml")
	text := fmt.Sprintf(`scope: favord
name: %[1]s
restapi: {listen: %[2]s:%[3]d, connect_address: %[2]s:%[3]d}
etcd3: {hosts: "%[4]s"}
bootstrap:
  dcs:
    ttl: %[5]d
    loop_wait: %[6]d
    retry_timeout: %[7]d
    maximum_lag_on_failover: 1048576
    synchronous_mode: true
    postgresql:
      use_pg_rewind: true
      parameters:
        synchronous_commit: "on"
        wal_log_hints: "on"
        max_connections: 60
        tcp_keepalives_idle: 5
        tcp_keepalives_interval: 2
        tcp_keepalives_count: 3
  initdb: [{encoding: UTF8}, {locale: C.UTF-8}, data-checksums]
postgresql:
  listen: %[2]s:%[8]d
  connect_address: %[2]s:%[8]d
  data_dir: %[9]s/data
  bin_dir: %[10]s
  pgpass: %[9]s/pgpass
  authentication: {superuser: {username: postgres}, replication: {username: replicator}, rewind: {username: postgres}}
  parameters: {unix_socket_directories: "%[9]s"}
  pg_hba:
    - local all postgres trust
    - host all postgres 127.0.0.0/8 trust
    - host all postgres 10.77.0.0/24 trust
    - host favord all 127.0.0.0/8 trust
    - host favord all 10.77.0.0/24 trust
    - host replication all 127.0.0.0/8 trust
    - host replication all 10.77.0.0/24 trust
`, s.name, s.host, s.rest, strings.Join(c.etcdClient, ","), ttl, loopWait, retryTimeout, s.postgres, s.dir, os.Getenv("FAVORD_PG_BIN"))
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		c.Fatal(err)
	}
	return c.run("patroni-"+s.name, s.namespace, "patroni", file)
}

// startProxy starts haproxy, which asks Patroni who leads, twice a second.
func (c *cluster) startProxy() {
	c.Helper()
	servers := ""
	for _, s := range c.sites {
		servers += fmt.Sprintf("  server %s %s:%d check port %d\n", s.name, s.host, s.postgres, s.rest)
	}
	file := filepath.Join(c.own(filepath.Join(c.dir, "haproxy")), "haproxy.cfg")
	text := fmt.Sprintf(`global
  maxconn 200
defaults
  mode tcp
  timeout connect 2s
  timeout client 1h
  timeout server 1h
listen primary
  bind 127.0.0.1:%d
  option httpchk OPTIONS /primary
  http-check expect status 200
  default-server inter 500ms fall 2 rise 1 on-marked-down shutdown-sessions
%s`, c.port, servers)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		c.Fatal(err)
	}
	c.proxy = c.run("haproxy", "", "haproxy", "-db", "-f", file)
}

// url is where favord finds the primary.
func (c *cluster) url() string {
	return fmt.Sprintf("postgres://favord@127.0.0.1:%d/favord?sslmode=disable&connect_timeout=2", c.port)
}

// sql runs statements on the primary as its superuser.
func (c *cluster) sql(statements ...string) string {
	c.Helper()
	var all strings.Builder
	for _, s := range statements {
		command := exec.CommandContext(c.Context(), "psql", "-XAtq", "-v", "ON_ERROR_STOP=1",
			"-h", "127.0.0.1", "-p", strconv.Itoa(c.port), "-U", "postgres", "-c", s)
		if strings.HasPrefix(s, "select") {
			command.Args = append(command.Args, "favord")
		}
		out, err := command.CombinedOutput()
		if err != nil {
			c.Fatalf("%s: %v\n%s", s, err, out)
		}
		all.Write(out)
	}
	return all.String()
}

// until waits for something.
func (c *cluster) until(what string, is func() bool) {
	c.Helper()
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	deadline := time.NewTimer(settleWithin)
	defer deadline.Stop()
	for !is() {
		select {
		case <-ticker.C:
		case <-deadline.C:
			c.Fatalf("%s: not after %s", what, settleWithin)
		}
	}
}

// ask asks the Patroni of a site.
func (c *cluster) ask(s *site, method, path, body string) (int, []byte) {
	at := "http://" + net.JoinHostPort(s.host, strconv.Itoa(s.rest)) + path
	request, err := http.NewRequestWithContext(c.Context(), method, at, strings.NewReader(body))
	if err != nil {
		c.Fatal(err)
	}
	answer, err := c.http.Do(request)
	if err != nil {
		return 0, nil
	}
	defer func() { _ = answer.Body.Close() }()
	text, _ := io.ReadAll(answer.Body)
	return answer.StatusCode, text
}

// leader is the site that leads, nil when there is none.
func (c *cluster) leader() *site {
	for _, s := range c.sites {
		if status, _ := c.ask(s, http.MethodGet, "/primary", ""); status == http.StatusOK {
			return s
		}
	}
	return nil
}

// other is the site that does not lead.
func (c *cluster) other(of *site) *site {
	if c.sites[0] == of {
		return c.sites[1]
	}
	return c.sites[0]
}

// whole waits until one member leads and the other one is its synchronous standby.
func (c *cluster) whole() {
	c.Helper()
	c.until("one member leads and the other is its synchronous standby", func() bool {
		leader := c.leader()
		if leader == nil {
			return false
		}
		standby, _ := c.ask(c.other(leader), http.MethodGet, "/synchronous", "")
		through, _ := net.DialTimeout("tcp", fmt.Sprint("127.0.0.1:", c.port), time.Second) //nolint:noctx // it has a timeout
		if through == nil {
			return false
		}
		_ = through.Close()
		return standby == http.StatusOK
	})
}

// postmaster is the process of PostgreSQL at a site.
func (c *cluster) postmaster(s *site) int {
	c.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, "data", "postmaster.pid"))
	if err != nil {
		c.Fatal(err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(line)
	if err != nil {
		c.Fatal(err)
	}
	return pid
}

// endServers stops what a Patroni that was killed left running, so that nobody writes any more where files
// are removed.
func (c *cluster) endServers() {
	c.Helper()
	for _, s := range c.sites {
		if _, err := os.Stat(filepath.Join(s.dir, "data", "postmaster.pid")); err != nil {
			continue
		}
		pid := c.postmaster(s)
		_ = syscall.Kill(pid, syscall.SIGQUIT) // it ends when all its children have
		c.until("PostgreSQL ends", func() bool { return syscall.Kill(pid, 0) != nil })
	}
}

// die kills Patroni and PostgreSQL of a site, as when its machine is gone.
func (c *cluster) die(s *site) {
	c.Helper()
	pid := c.postmaster(s)
	s.patroni.kill()
	_ = syscall.Kill(pid, syscall.SIGKILL)
}

// etcdStatus is who an etcd is, and which one it takes for the leader; zeros when it does not answer.
func (c *cluster) etcdStatus(i int) (member, leader uint64) {
	out, err := exec.CommandContext(c.Context(), "etcdctl", "--endpoints", c.etcdClient[i], "endpoint", "status", "-w", "json").Output()
	if err != nil {
		return 0, 0
	}
	var status []struct {
		Status struct {
			Header struct {
				Member uint64 `json:"member_id"`
			} `json:"header"`
			Leader uint64 `json:"leader"`
		}
	}
	if json.Unmarshal(bytes.TrimSpace(out), &status) != nil || len(status) != 1 {
		return 0, 0
	}
	return status[0].Status.Header.Member, status[0].Status.Leader
}

// etcdLeader is the one of three that leads.
func (c *cluster) etcdLeader() (leads int) {
	c.Helper()
	c.until("an etcd leads", func() bool {
		for i := range c.etcdClient {
			if member, leader := c.etcdStatus(i); member != 0 && member == leader {
				leads = i
				return true
			}
		}
		return false
	})
	return leads
}

// leadEtcd has an etcd lead.
func (c *cluster) leadEtcd(i int) {
	c.Helper()
	c.until("the etcd leads", func() bool {
		leader := c.etcdLeader()
		if leader == i {
			return true
		}
		id, _ := c.etcdStatus(i)
		to := strconv.FormatUint(id, 16)
		_ = exec.CommandContext(c.Context(), "etcdctl", "--endpoints", c.etcdClient[leader], "move-leader", to).Run()
		return false
	})
}
