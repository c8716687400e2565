package e2e

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/size"
	"github.com/favord/favord/internal/store/pgtest"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/manage"
)

// crowd is many who get and use coupons of two nodes at once, through their management ports: what
// is looked at here is what the nodes count, and calls that are signed take as much again.
type crowd struct {
	coupons, clients int
	dir, database    string
	stocks           []string

	mu    sync.Mutex
	nodes [2]*node

	next atomic.Int64
	// due gets a word whenever it is time to kill a node.
	due chan struct{}
	// repeated counts calls that broke off and were made again.
	repeated atomic.Int64
}

// node is a running node, and how to call it.
type node struct {
	*process
	manage *client.Management
}

// TestFiguresOfNodesThatAreKilledAddUp has two nodes on one PostgreSQL give out coupons and take them
// back, kills one after the other, and compares what each hour says with what there is.
func TestFiguresOfNodesThatAreKilledAddUp(t *testing.T) {
	t.Parallel()
	c, kills := &crowd{
		coupons: size.Counts{Usual: 1_000, Hour: 20_000, Night: 200_000}.Of(t), clients: 32,
		dir: t.TempDir(), database: pgtest.Shared(t).Empty(t),
	}, size.Counts{Usual: 2, Hour: 20, Night: 200}.Of(t)
	c.due = make(chan struct{}, kills)
	for i := range c.nodes {
		c.nodes[i] = c.node(t)
	}
	c.addStocks(t)
	var killer, wg sync.WaitGroup
	killer.Go(func() { c.kill(t, kills) })
	begun := clock.System{}.Now()
	for range c.clients {
		wg.Go(func() { c.work(t, kills) })
	}
	wg.Wait()
	took := clock.System{}.Now().Sub(begun)
	killer.Wait()
	for i := range c.nodes {
		c.at(i).compareFigures(t, c.database, c.coupons)
	}
	c.at(0).checkInvariants(t, c.dir, "--database", c.database)
	t.Logf("proof P23: 2 nodes, %d kills, %d calls made again, %d issued and 4 in 10 changed in %s: every hour adds up",
		kills, c.repeated.Load(), c.coupons, took.Round(time.Second))
}

func (c *crowd) node(t *testing.T) *node {
	t.Helper()
	p := start(t, c.dir, t.TempDir(), "--database", c.database, "--unlimited", "--sm2")
	transport := &http.Transport{MaxIdleConnsPerHost: c.clients}
	t.Cleanup(transport.CloseIdleConnections)
	m, err := client.NewManagement(client.ManagementConfig{
		BaseURL: p.ManageURL, HTTPClient: &http.Client{Transport: transport, Timeout: time.Minute},
	})
	if err != nil {
		t.Fatal(err)
	}
	return &node{p, m}
}

// addStocks adds some: a transaction counts for several of them.
func (c *crowd) addStocks(t *testing.T) {
	t.Helper()
	for i := range 4 {
		request, created := stockRequest(c.at(0).process), busifavor.CreateStockResponse{}
		request.OutRequestNo += fmt.Sprint(i)
		c.call(t, 0, "stocks", request, &created)
		c.stocks = append(c.stocks, created.StockID)
	}
}

func (c *crowd) at(i int) *node {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.nodes[i%len(c.nodes)]
}

// kill kills a node whenever it is due, and starts another in its place.
func (c *crowd) kill(t *testing.T, kills int) {
	t.Helper()
	dice := rand.New(rand.NewPCG(5, 6))
	for range kills {
		select {
		case <-t.Context().Done():
			return
		case <-c.due:
		}
		i := dice.IntN(len(c.nodes))
		dead := c.at(i)
		dead.kill()
		fresh := c.node(t)
		c.mu.Lock()
		c.nodes[i] = fresh
		c.mu.Unlock()
		close(dead.replaced)
	}
}

// work gets coupons, and uses some at the other node, until there are enough.
func (c *crowd) work(t *testing.T, kills int) {
	t.Helper()
	for t.Context().Err() == nil && !t.Failed() {
		n := int(c.next.Add(1)) - 1
		if n >= c.coupons {
			return
		}
		if n%(c.coupons/(kills+1)) == 0 && n > 0 {
			c.due <- struct{}{}
		}
		c.one(t, n)
	}
}

func (c *crowd) one(t *testing.T, n int) {
	t.Helper()
	number, stock, p := numberOf(n), c.stocks[n%len(c.stocks)], c.at(n).process
	sent := busifavor.SendCouponResponse{}
	c.call(t, n, "coupons/send", &busifavor.SendCouponRequest{
		OpenID: userOf(n), AppID: p.AppID, StockID: stock, OutRequestNo: number,
	}, &sent)
	code := sent.SendCouponResult.CouponCode
	switch {
	case isUsed(n):
		c.call(t, n+1, "coupons/use", p.use(stock, code, number), &struct{}{})
	case isVoided(n):
		c.call(t, n+1, "coupons/deactivate", p.void(stock, code, number), &struct{}{})
	}
}

// call calls a node until it is answered: the one that took its place, when it was killed.
func (c *crowd) call(t *testing.T, i int, what string, request, answer any) {
	t.Helper()
	body, err := json.Marshal(request)
	if err != nil {
		t.Error(err)
		return
	}
	for t.Context().Err() == nil {
		p := c.at(i)
		made, err := p.manage.MakeCall(t.Context(), &manage.MakeCallRequest{
			MchID: p.MchID, Method: http.MethodPost, Target: "/v3/marketing/busifavor/" + what, Body: string(body),
		})
		switch {
		case err == nil && made.Status == http.StatusOK:
			if err := json.Unmarshal([]byte(made.Body), answer); err != nil {
				t.Error(err)
			}
			return
		case err == nil || unexpected(err):
			t.Errorf("%s %s: %+v, %v", what, body, made, err)
			return
		}
		c.repeated.Add(1)
		select {
		case <-p.ended:
			<-p.replaced
		default: // it is about to be
		}
	}
}
