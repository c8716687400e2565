package e2e

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/size"
	"github.com/favord/favord/internal/store/pgtest"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/schema"
)

// workers is how many clients it is killed under.
const workers = 4

// ledger is what a merchant knows: what it asked for, and what it was told.
type ledger struct {
	mu   sync.Mutex
	next int
	// asked are all numbers that were ever sent, told the acknowledged answers.
	asked map[string]bool
	told  map[string]fate
	// more is signaled when something was acknowledged, or when more may be.
	more *sync.Cond
	// most is how many a sale may come to before it waits.
	most int
}

func newLedger() *ledger {
	l := &ledger{asked: map[string]bool{}, told: map[string]fate{}}
	l.more = sync.NewCond(&l.mu)
	return l
}

func (l *ledger) number() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.next++
	number := fmt.Sprintf("crash%06d", l.next)
	l.asked[number] = true
	return number
}

func (l *ledger) acknowledge(number string, f fate) (acknowledged int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.told[number] = f
	l.more.Broadcast()
	return len(l.told)
}

// TestNoAcknowledgedCouponIsLostByKill9 kills the server in the middle of sends and
// redemptions, returns, deactivations and subsidies, again and again, and holds it to every
// answer that it ever gave.
func TestNoAcknowledgedCouponIsLostByKill9(t *testing.T) {
	t.Parallel()
	onBothEngines(t, engineCounts{
		sqlite: size.Counts{Usual: 40, Hour: 400, Night: 10_000}, postgres: size.Counts{Usual: 20, Hour: 100, Night: 1_000},
	}, crash)
}

// engineCounts are how often the server is killed on each engine.
type engineCounts struct{ sqlite, postgres size.Counts }

// onBothEngines runs a test on each engine: more are the flags of a server on it.
func onBothEngines(t *testing.T, counts engineCounts, run func(t *testing.T, times int, more ...string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		run(t, counts.sqlite.Of(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		run(t, counts.postgres.Of(t), "--database", pgtest.Shared(t).Empty(t))
	})
}

func crash(t *testing.T, cycles int, more ...string) {
	t.Helper()
	dir, state := t.TempDir(), t.TempDir()
	l := newLedger()
	p := start(t, dir, state, more...)
	stock := createStock(t, p)
	random := rand.New(rand.NewPCG(1, 2))
	for n := range cycles {
		p.work(t, l, stock, len(l.told)+1+random.IntN(20))
		p = start(t, dir, state, more...)
		p.checkSome(t, l, stock, random)
		size.Tell(t, n+1, cycles, "crashes")
	}
	p.checkAll(t, l, stock)
	p.checkInvariants(t, dir, more...)
	t.Logf("proof P1: %d crashes, %d requests, acknowledged %s: none lost, none twice", cycles, len(l.asked), l.count())
}

func createStock(t *testing.T, p *process) string {
	t.Helper()
	created, err := p.caller(t).BusiFavor().CreateStock(t.Context(), stockRequest(p))
	if err != nil {
		t.Fatal(err)
	}
	return created.StockID
}

// stockRequest asks for a stock with coupons enough for everybody.
func stockRequest(p *process) *busifavor.CreateStockRequest {
	now := time.Now().Truncate(time.Second)
	return &busifavor.CreateStockRequest{
		StockName: "崩溃测试", BelongMerchant: p.MchID, GoodsName: "全部", StockType: "NORMAL",
		CouponUseRule: busifavor.CouponUseRule{
			CouponAvailableTime: busifavor.CouponAvailableTime{
				AvailableBeginTime: schema.TimeOf(now.Add(-time.Hour)), AvailableEndTime: schema.TimeOf(now.Add(24 * time.Hour)),
			},
			FixedNormalCoupon: &busifavor.FixedNormalCoupon{DiscountAmount: 1, TransactionMinimum: 0}, UseMethod: "OFF_LINE",
		},
		StockSendRule: busifavor.StockSendRule{MaxCoupons: 1_000_000, MaxCouponsPerUser: 100},
		OutRequestNo:  "crash", CouponCodeMode: "WECHATPAY_MODE",
	}
}

// work sends and redeems with several workers, and kills the server as soon as enough
// was acknowledged: others are in the middle of something then.
func (p *process) work(t *testing.T, l *ledger, stock string, enough int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	caller := p.caller(t)
	var once sync.Once
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for ctx.Err() == nil {
				number := l.number()
				f, err := p.live(ctx, caller, stock, number)
				if unexpected(err) {
					t.Errorf("%s: %v", number, err)
				}
				if f.code == "" {
					return
				}
				if l.acknowledge(number, f) >= enough {
					once.Do(func() {
						p.kill()
						cancel()
					})
				}
			}
		})
	}
	wg.Wait()
}

// unexpected reports an answer that is an error: a broken connection is what the test is
// about.
func unexpected(err error) bool {
	var answered *client.APIError
	return errors.As(err, &answered)
}

func (p *process) send(stock, number string) *busifavor.SendCouponRequest {
	return &busifavor.SendCouponRequest{OpenID: openID(number), AppID: p.AppID, StockID: stock, OutRequestNo: number}
}

func (p *process) use(stock, code, number string) *busifavor.UseCouponRequest {
	return &busifavor.UseCouponRequest{
		CouponCode: code, StockID: stock, AppID: p.AppID, UseRequestNo: number, UseTime: schema.TimeOf(time.Now()),
	}
}

// openID gives every ten requests a user.
func openID(number string) string {
	return "o" + fmt.Sprintf("%027s", number[:len(number)-1])
}

// checkSome repeats a few acknowledged requests after a crash.
func (p *process) checkSome(t *testing.T, l *ledger, stock string, random *rand.Rand) {
	t.Helper()
	const some = 5
	checked := 0
	for number := range l.told { // in the map's random order
		p.check(t, l, stock, number)
		if checked++; checked == some || random.IntN(20) == 0 {
			return
		}
	}
}

// checkAll settles every request that was ever sent and compares the numbers: one coupon
// for each request, and no other.
func (p *process) checkAll(t *testing.T, l *ledger, stock string) {
	t.Helper()
	caller := p.caller(t)
	codes := map[string]string{}
	for number := range l.asked {
		if _, acknowledged := l.told[number]; acknowledged {
			p.check(t, l, stock, number)
		}
		answer, err := caller.BusiFavor().SendCoupon(t.Context(), p.send(stock, number))
		if err != nil {
			t.Fatalf("settle %s: %v", number, err)
		}
		if twin, taken := codes[answer.SendCouponResult.CouponCode]; taken {
			t.Errorf("%s and %s got the same coupon", number, twin)
		}
		codes[answer.SendCouponResult.CouponCode] = number
	}
	shown, err := caller.BusiFavor().GetStock(t.Context(), &busifavor.GetStockRequest{StockID: stock})
	if err != nil {
		t.Fatal(err)
	}
	if issued := shown.SendCountInformation.TotalSendNum; issued != int64(len(l.asked)) {
		t.Errorf("the stock counts %d coupons for %d requests", issued, len(l.asked))
	}
}

// checkInvariants stops the server and proves what its database must fulfil.
func (p *process) checkInvariants(t *testing.T, dir string, more ...string) {
	t.Helper()
	if err := p.stop(); err != nil {
		t.Errorf("stop: %v\n%s", err, p.errors.String())
	}
	from := []string{"check", "--data", dir}
	if len(more) > 0 {
		from = append([]string{"check"}, more...)
	}
	output, err := exec.CommandContext(t.Context(), binary, from...).CombinedOutput()
	if err != nil {
		t.Errorf("favord check: %v\n%s", err, output)
	}
}
