package e2e

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/size"
	"github.com/favord/favord/internal/store/pgtest"
	"github.com/favord/favord/wire/busifavor"
)

// saleSizes are those of the sale over many nodes.
type saleSizes struct{ nodes, clientsPerNode, coupons, kills int }

// sizes of the sale: wider where the tests run for long.
func sizes(t *testing.T) saleSizes {
	t.Helper()
	z := saleSizes{nodes: 4, clientsPerNode: 8, coupons: size.Times(t, 1500), kills: size.Times(t, 6)}
	if size.Soaks() {
		z.nodes, z.clientsPerNode = 8, 64
	}
	return z
}

// sale is one stock that many nodes issue of.
type sale struct {
	saleSizes
	dir, database string
	stock         string

	mu      sync.Mutex
	running []*process
	codes   map[string]string // acknowledged, by request number

	next atomic.Int64
	// milestones gets a word whenever it is time to kill a node.
	milestones chan struct{}
}

// TestNodesThatAreKilledNeverOversell has several nodes issue of one stock over one
// PostgreSQL, kills them at random, and wants exactly as many coupons as there are.
func TestNodesThatAreKilledNeverOversell(t *testing.T) {
	t.Parallel()
	z := sizes(t)
	s := &sale{
		saleSizes: z, dir: t.TempDir(), database: pgtest.Shared(t).Empty(t),
		codes: map[string]string{}, milestones: make(chan struct{}, z.kills+1),
	}
	for range s.nodes {
		s.running = append(s.running, s.node(t))
	}
	s.stock = s.limitedStock(t, s.running[0])
	done := make(chan struct{})
	var killers, wg sync.WaitGroup
	killers.Go(func() { s.killAtRandom(t, done) })
	for i := range s.nodes * s.clientsPerNode {
		wg.Go(func() { s.claim(t, i%s.nodes) })
	}
	wg.Wait()
	close(done)
	killers.Wait()
	s.settle(t)
}

// node starts a node. All share the directory with the keys, as nodes of one
// installation share their key file.
func (s *sale) node(t *testing.T) *process {
	t.Helper()
	return start(t, s.dir, t.TempDir(), "--database", s.database, "--unlimited")
}

func (s *sale) limitedStock(t *testing.T, p *process) string {
	t.Helper()
	request := stockRequest(p)
	request.StockSendRule = busifavor.StockSendRule{MaxCoupons: int64(s.coupons), MaxCouponsPerUser: 1}
	created, err := p.caller(t).BusiFavor().CreateStock(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	return created.StockID
}

func (s *sale) at(i int) *process {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.running[i]
}

// claim asks one node for coupons, each for a user of its own, until the stock is empty.
// When the node dies it goes on with the one that takes its place.
func (s *sale) claim(t *testing.T, i int) {
	t.Helper()
	for t.Context().Err() == nil {
		p := s.at(i)
		caller := p.caller(t)
		for {
			number := fmt.Sprintf("sale%06d", s.next.Add(1))
			empty, err := s.one(t.Context(), p, caller, number)
			if empty {
				return
			}
			if err != nil {
				if unexpected(err) {
					t.Errorf("%s: %v", number, err)
				}
				break
			}
		}
		select {
		case <-p.ended: // the connection broke because the node was killed
			<-p.replaced
		default: // it is about to be, or it was something else
		}
	}
}

func (s *sale) one(ctx context.Context, p *process, caller *client.Client, number string) (empty bool, err error) {
	answer, err := caller.BusiFavor().SendCoupon(ctx, s.request(p, number))
	var refused *client.APIError
	switch {
	case err == nil:
		s.mu.Lock()
		defer s.mu.Unlock()
		s.codes[number] = answer.SendCouponResult.CouponCode
		if len(s.codes)%(s.coupons/(s.kills+1)) == 0 {
			s.milestones <- struct{}{}
		}
		return false, nil
	case errors.As(err, &refused) && refused.Code == "RULE_LIMIT":
		return true, nil
	}
	return false, err
}

func (s *sale) request(p *process, number string) *busifavor.SendCouponRequest {
	return &busifavor.SendCouponRequest{OpenID: fmt.Sprintf("o%027s", number), AppID: p.AppID, StockID: s.stock, OutRequestNo: number}
}

// killAtRandom kills nodes and starts others in their place, as long as the sale runs.
func (s *sale) killAtRandom(t *testing.T, done <-chan struct{}) {
	t.Helper()
	dice := rand.New(rand.NewPCG(3, 4))
	for range s.kills {
		select {
		case <-done:
			return
		case <-s.milestones:
		}
		i := dice.IntN(s.nodes)
		dead := s.at(i)
		dead.kill()
		fresh := s.node(t)
		s.mu.Lock()
		s.running[i] = fresh
		s.mu.Unlock()
		close(dead.replaced)
	}
}

// settle holds every node to every answer that another one gave.
func (s *sale) settle(t *testing.T) {
	t.Helper()
	seen := map[string]string{}
	for number, code := range s.codes {
		if twin, taken := seen[code]; taken {
			t.Errorf("%s and %s got the same coupon", number, twin)
		}
		seen[code] = number
	}
	checked := 0
	for number, code := range s.codes {
		p := s.at(checked % s.nodes)
		answer, err := p.caller(t).BusiFavor().SendCoupon(t.Context(), s.request(p, number))
		if err != nil || answer.SendCouponResult.CouponCode != code {
			t.Errorf("%s was acknowledged with %s, a repeat gives %+v, %v", number, code, answer, err)
		}
		if checked++; checked == 200 {
			break
		}
	}
	shown, err := s.at(0).caller(t).BusiFavor().GetStock(t.Context(), &busifavor.GetStockRequest{StockID: s.stock})
	if err != nil || shown.SendCountInformation.TotalSendNum != int64(s.coupons) {
		t.Errorf("the stock of %d counts %+v, %v", s.coupons, shown, err)
	}
	s.at(0).checkInvariants(t, s.dir, "--database", s.database)
	t.Logf("proof P4: %d nodes, %d kills, %d requests, %d acknowledged of %d coupons: none lost, none too many",
		s.nodes, s.kills, s.next.Load(), len(s.codes), s.coupons)
}
