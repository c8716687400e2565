//go:build ha

package e2e

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/favord/favord/client"
	"github.com/favord/favord/wire/busifavor"
)

// namespaceName names the variable with what the names of network namespaces begin with: in one lives a
// member of PostgreSQL, in one a member of etcd. Empty is none, and then nothing is parted. `make ha`
// sets it.
const namespaceName = "FAVORD_HA_NAMESPACE"

// callsAfterwards is how many calls must have been answered after a fault.
const callsAfterwards = 300

// sales send coupons, some dozens a second, and remember what was acknowledged.
type sales struct {
	caller *client.Client
	appid  string
	stock  string

	mu sync.Mutex
	// codes are those that were acknowledged, by their numbers; open are numbers without an answer
	// so far.
	codes map[string]string
	open  []string
	last  time.Time
	gap   time.Duration
	next  int
	done  chan struct{}
}

// run sends one coupon after the other. What failed is asked for again by the same number, as the
// contract wants it.
func (s *sales) run(t *testing.T) {
	t.Helper()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for {
		s.try(t, s.take())
		select {
		case <-ticker.C:
		case <-s.done:
			return
		}
	}
}

// take returns a number: every second time one that is open, if there is any.
func (s *sales) take() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	if s.next%2 == 0 && len(s.open) > 0 {
		number := s.open[0]
		s.open = s.open[1:]
		return number
	}
	return fmt.Sprintf("ha%08d", s.next)
}

func (s *sales) try(t *testing.T, number string) {
	t.Helper()
	sent, err := s.caller.BusiFavor().SendCoupon(t.Context(), &busifavor.SendCouponRequest{
		OpenID: fmt.Sprintf("o%027s", number), AppID: s.appid, StockID: s.stock, OutRequestNo: number,
	})
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.open = append(s.open, number)
		return
	}
	if code, was := s.codes[number]; was && code != sent.SendCouponResult.CouponCode {
		t.Errorf("%s was answered with %s and %s", number, code, sent.SendCouponResult.CouponCode)
	}
	s.codes[number] = sent.SendCouponResult.CouponCode
	s.gap = max(s.gap, now.Sub(s.last))
	s.last = now
}

// counts returns how many numbers were acknowledged and are open, and the longest time without an
// acknowledgement since the last call of begin.
func (s *sales) counts() (acknowledged, open int, gap time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	return len(s.codes), len(s.open), max(s.gap, now.Sub(s.last))
}

// begin begins to look for gaps.
func (s *sales) begin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gap, s.last = 0, time.Now()
}

// verdict compares what was acknowledged with what the database has: how many coupons are lost, and
// how many there are more than numbers.
func (s *sales) verdict(c *cluster) (lost, doubled int) {
	c.Helper()
	s.mu.Lock()
	acknowledged := maps.Clone(s.codes) // more will be, while the database is read
	s.mu.Unlock()
	found := map[string][]string{}
	rows := c.sql(fmt.Sprintf("select send_request_no || ' ' || code from coupon where stock_id = '%s'", s.stock))
	for line := range strings.Lines(rows) {
		number, code, _ := strings.Cut(strings.TrimSpace(line), " ")
		found[number] = append(found[number], code)
	}
	for number, code := range acknowledged {
		if !slices.Contains(found[number], code) {
			lost++
		}
	}
	for _, codes := range found {
		doubled += len(codes) - 1
	}
	return lost, doubled
}

// fault is what is done to the cluster, and how it is mended.
type fault struct {
	name     string
	do, mend func()
}

// TestFaultsLoseNothingAndDoubleNothing does to a cluster under load what happens to clusters, and
// compares after each what was acknowledged with what is there.
func TestFaultsLoseNothingAndDoubleNothing(t *testing.T) {
	t.Parallel()
	namespace := os.Getenv(namespaceName)
	c := startCluster(t, namespace)
	dir := t.TempDir()
	node := func() *process {
		return serveFile(t, dir, fmt.Sprintf("database: {url: %q, connections: 8}", c.url()))
	}
	x := newProxy(t)
	nodes := []*process{node(), node()}
	for _, p := range nodes {
		x.add(t, p)
	}
	s := openSale(t, nodes[0], x)
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() { s.run(t) })
	}
	table := &strings.Builder{}
	fmt.Fprintf(table, "%-44s %8s %6s %8s %8s\n", "fault", "answered", "lost", "doubled", "gap")
	for _, f := range faults(t, c, x, nodes, node) {
		if f.do == nil {
			fmt.Fprintf(table, "%-44s %s\n", f.name, "skipped: network namespaces are not allowed here")
			continue
		}
		before, _, _ := s.counts()
		s.begin()
		f.do()
		c.until("calls are answered after: "+f.name, func() bool { n, _, _ := s.counts(); return n >= before+callsAfterwards })
		if f.mend != nil {
			f.mend()
		}
		c.whole()
		after, _, gap := s.counts()
		lost, doubled := s.verdict(c)
		fmt.Fprintf(table, "%-44s %8d %6d %8d %7.1fs\n", f.name, after-before, lost, doubled, gap.Seconds())
		if lost > 0 || doubled > 0 {
			t.Errorf("%s: %d lost, %d doubled", f.name, lost, doubled)
		}
	}
	c.until("no number is open", func() bool { _, open, _ := s.counts(); return open == 0 })
	close(s.done)
	workers.Wait()
	lost, doubled := s.verdict(c)
	all, _, _ := s.counts()
	fmt.Fprintf(table, "%-44s %8d %6d %8d\n", "at the end", all, lost, doubled)
	if lost > 0 || doubled > 0 {
		t.Errorf("at the end: %d lost, %d doubled", lost, doubled)
	}
	check, err := exec.CommandContext(t.Context(), binary, "check", "--database", c.url()).CombinedOutput()
	if err != nil {
		t.Errorf("favord check: %v\n%s", err, check)
	}
	_, _ = os.Stdout.WriteString("\n" + table.String() + "\n")
}

func openSale(t *testing.T, p *process, x *proxy) *sales {
	t.Helper()
	config := p.config(t)
	config.BaseURL = x.URL
	caller, err := client.New(config, client.WithRetry(client.Retry{}), client.WithTimeout(5*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	request := stockRequest(p)
	request.StockSendRule = busifavor.StockSendRule{MaxCoupons: 1_000_000, MaxCouponsPerUser: 1}
	created, err := p.caller(t).BusiFavor().CreateStock(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	return &sales{
		caller: caller, appid: p.AppID, stock: created.StockID, codes: map[string]string{}, last: time.Now(), done: make(chan struct{}),
	}
}

// faults are those that are done, in their order.
func faults(t *testing.T, c *cluster, x *proxy, nodes []*process, node func() *process) []fault {
	t.Helper()
	var dead *site
	down := -1
	list := []fault{
		{name: "kill -9 of a favord node", do: func() { nodes[0].kill() }, mend: func() {
			nodes[0] = node()
			x.add(t, nodes[0])
		}},
		{name: "kill -9 of PostgreSQL on the primary", do: func() {
			if err := syscall.Kill(c.postmaster(c.leader()), syscall.SIGKILL); err != nil {
				t.Error(err)
			}
		}},
		{name: "kill -9 of the primary with its Patroni", do: func() {
			dead = c.leader()
			c.die(dead)
		}, mend: func() { dead.patroni = c.startPatroni(dead) }},
		{name: "kill -9 of the etcd that leads", do: func() {
			down = c.etcdLeader()
			c.etcds[down].kill()
		}, mend: func() { c.restartEtcd(down) }},
		{name: "kill -9 of an etcd that follows", do: func() {
			down = (c.etcdLeader() + 1) % len(c.etcds)
			c.etcds[down].kill()
		}, mend: func() { c.restartEtcd(down) }},
		{name: "an etcd that leads stands still", do: func() {
			down = c.etcdLeader()
			c.etcds[down].signal(syscall.SIGSTOP)
		}, mend: func() { c.etcds[down].signal(syscall.SIGCONT) }},
		{name: "switchover", do: func() { c.switchTo(c.other(c.leader())) }},
	}
	return append(list, partings(c)...)
}

// partings cut the links of what lives in namespaces: a member of PostgreSQL, and one of etcd.
func partings(c *cluster) []fault {
	list := []fault{
		{name: "the primary is parted from all others", do: func() { c.lead(c.sites[0]); c.link(member, "down") }},
		{name: "the standby is parted from all others", do: func() { c.lead(c.sites[1]); c.link(member, "down") }},
		{name: "an etcd that leads is parted from all others", do: func() { c.leadEtcd(c.apart()); c.link(etcdMember, "down") }},
		{name: "an etcd that follows is parted from all others", do: func() { c.leadEtcd(0); c.link(etcdMember, "down") }},
	}
	for i, what := range []string{member, member, etcdMember, etcdMember} {
		list[i].mend = func() { c.link(what, "up") }
		if c.namespace == "" {
			list[i].do = nil
		}
	}
	return list
}

// What lives in a namespace of its own, as its name ends.
const (
	member     = "-member"
	etcdMember = "-etcd"
)

// link cuts the link to a namespace, or mends it.
func (c *cluster) link(what, state string) {
	c.Helper()
	if out, err := exec.CommandContext(c.Context(), "ip", "link", "set", c.namespace+what, state).CombinedOutput(); err != nil {
		c.Fatalf("ip link: %v\n%s", err, out)
	}
}

// lead has a site lead, unless it does.
func (c *cluster) lead(s *site) {
	c.Helper()
	if c.leader() != s {
		c.switchTo(s)
		c.whole()
	}
}

// switchTo makes the standby the primary, as somebody does who wants to service a machine.
func (c *cluster) switchTo(s *site) {
	c.Helper()
	leader := c.other(s)
	status, text := c.ask(leader, http.MethodPost, "/switchover", fmt.Sprintf(`{"leader":%q,"candidate":%q}`, leader.name, s.name))
	if status != http.StatusOK && status != 0 { // it may take longer than the client waits
		c.Fatalf("switchover: %d %s", status, text)
	}
	c.until("the standby leads", func() bool { return c.leader() == s })
}
