package e2e

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/size"
	"github.com/favord/favord/internal/store/pgtest"
	"github.com/favord/favord/wire/busifavor"
)

// saleSizes are those of the sale over many nodes. Clients go on when nothing is left, until there were so
// many attempts.
type saleSizes struct{ nodes, clientsPerNode, coupons, attempts, kills int }

// sizes of the sale: wider where the tests run for long.
func sizes(t *testing.T) saleSizes {
	t.Helper()
	z := saleSizes{nodes: 4, clientsPerNode: 8}
	if size.Soaks() {
		z.nodes, z.clientsPerNode = 8, 64
	}
	z.coupons = size.Counts{Usual: 1_500, Hour: 10_000, Night: 10_000}.Of(t)
	z.attempts = size.Counts{Usual: 1_600, Hour: 50_000, Night: 1_000_000}.Of(t)
	z.kills = size.Counts{Usual: 6, Hour: 100, Night: 100}.Of(t)
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
	// asked counts the requests, killed the nodes that were killed and replaced; empty is that nothing is left.
	asked, killed int
	empty         bool
	// more is signaled when more may be asked.
	more *sync.Cond

	// due gets a word whenever it is time to kill a node.
	due chan struct{}
}

// TestNodesThatAreKilledNeverOversell has several nodes issue of one stock over one
// PostgreSQL, kills them at random, and wants exactly as many coupons as there are.
func TestNodesThatAreKilledNeverOversell(t *testing.T) {
	t.Parallel()
	z := sizes(t)
	s := &sale{
		saleSizes: z, dir: t.TempDir(), database: pgtest.Shared(t).Empty(t),
		codes: map[string]string{}, due: make(chan struct{}, z.kills),
	}
	s.more = sync.NewCond(&s.mu)
	for range s.nodes {
		s.running = append(s.running, s.node(t))
	}
	s.stock = s.limitedStock(t, s.running[0])
	var killers, wg sync.WaitGroup
	killers.Go(func() { s.killAtRandom(t) })
	for i := range s.nodes * s.clientsPerNode {
		wg.Go(func() { s.claim(t, i%s.nodes) })
	}
	wg.Wait()
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

// number is that of the next request, "" when there were enough. As many parts of the stock as there are kills,
// and one more, are asked for one after the other, so that each kill comes in the middle of the sale.
func (s *sale) number() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	part := s.coupons / (s.kills + 1)
	for s.killed < s.kills && s.asked >= (s.killed+1)*part {
		s.more.Wait()
	}
	if s.empty && s.asked >= s.attempts {
		return ""
	}
	s.asked++
	if s.asked%part == part/2 && s.asked/part < s.kills {
		s.due <- struct{}{}
	}
	return fmt.Sprintf("sale%07d", s.asked)
}

// claim asks one node for coupons, each for a user of its own, until there were enough attempts.
// When the node dies it goes on with the one that takes its place.
func (s *sale) claim(t *testing.T, i int) {
	t.Helper()
	for t.Context().Err() == nil {
		p := s.at(i)
		caller := p.caller(t)
		for {
			number := s.number()
			if number == "" {
				return
			}
			if err := s.one(t.Context(), p, caller, number); err != nil {
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

// one asks for a coupon, and notes what it got: one, or that none is left.
func (s *sale) one(ctx context.Context, p *process, caller *client.Client, number string) error {
	answer, err := caller.BusiFavor().SendCoupon(ctx, s.request(p, number))
	s.mu.Lock()
	defer s.mu.Unlock()
	var refused *client.APIError
	switch {
	case err == nil:
		s.codes[number] = answer.SendCouponResult.CouponCode
	case errors.As(err, &refused) && refused.Code == "RULE_LIMIT":
		s.empty = true
	default:
		return err
	}
	return nil
}

func (s *sale) request(p *process, number string) *busifavor.SendCouponRequest {
	return &busifavor.SendCouponRequest{OpenID: fmt.Sprintf("o%027s", number), AppID: p.AppID, StockID: s.stock, OutRequestNo: number}
}

// killAtRandom kills nodes whenever it is due, and starts others in their place.
func (s *sale) killAtRandom(t *testing.T) {
	t.Helper()
	dice := rand.New(rand.NewPCG(3, 4))
	for n := range s.kills {
		<-s.due
		i := dice.IntN(s.nodes)
		dead := s.at(i)
		dead.kill()
		fresh := s.node(t)
		s.mu.Lock()
		s.running[i] = fresh
		s.killed++
		s.more.Broadcast()
		s.mu.Unlock()
		close(dead.replaced)
		size.Tell(t, n+1, s.kills, "kills")
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
		s.nodes, s.killed, s.asked, len(s.codes), s.coupons)
}
