//go:build unix

package issue

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/busifavor/redeem"
	"github.com/favord/favord/internal/platform/directory"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/size"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/pgstore"
	"github.com/favord/favord/internal/store/pgtest"
	"github.com/favord/favord/internal/store/storetest"
)

// Sizes of the failovers. After so many of them everything that was acknowledged is looked at.
const (
	claimants    = 8
	perFailover  = 40
	perLook      = 20
	databaseName = "favord"
)

// pair is a primary with its standby, and a service on both.
type pair struct {
	primary, standby *pgtest.Cluster
	// synchronous has commits wait for the standby.
	synchronous bool
	store       *pgstore.Store
	service     *Service
	redeemer    *redeem.Service
	shop        *storetest.Shop
}

func newPair(t *testing.T, p *pair) *pair {
	t.Helper()
	ctx := t.Context()
	primary, err := pgtest.Start(ctx, pgtest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	p.primary = primary
	t.Cleanup(func() { _ = errors.Join(p.store.Close(), p.primary.Stop(), p.standby.Stop()) })
	if err := primary.CreateDatabase(ctx, databaseName, "template0"); err != nil {
		t.Fatal(err)
	}
	p.standby = p.newStandby(t, 0)
	p.connect(t)
	p.shop = storetest.OpenShop(t, p.store, coupon.Limits{MaxCoupons: 1_000_000, MaxPerUser: 1})
	p.serve()
	return p
}

// newStandby makes the n-th standby of the history.
func (p *pair) newStandby(t *testing.T, n int) *pgtest.Cluster {
	t.Helper()
	name := fmt.Sprint("standby", n)
	standby, err := pgtest.StandbyOf(t.Context(), p.primary, name)
	if err == nil && p.synchronous {
		err = p.primary.Synchronous(t.Context(), name)
	}
	if err != nil {
		t.Fatal(err)
	}
	return standby
}

// connect opens the store on whichever of the two accepts changes.
func (p *pair) connect(t *testing.T) {
	t.Helper()
	a, b := p.primary.DSN(databaseName), p.standby.DSN(databaseName)
	other, err := url.Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	both := strings.Replace(a, "@", "@"+other.Host+",", 1)
	p.store, err = pgstore.Open(t.Context(), pgstore.Options{DSN: both, Mode: store.Sandbox, Connections: 8})
	if err != nil {
		t.Fatal(err)
	}
}

func (p *pair) serve() {
	p.shop.Store = p.store
	p.service = New(Config{
		Store: p.store, Directory: directory.New(p.store, clock.System{}), Clock: clock.Same{Source: clock.Fixed(p.shop.Now)},
		Random: rand.Reader, Users: user.Policy{AutoRegister: true},
	})
	p.redeemer = redeem.New(redeem.Config{
		Store: p.store, Directory: p.service.config.Directory, Clock: p.service.config.Clock, Users: user.Policy{AutoRegister: true},
	})
}

// use redeems a coupon and reports whether that was acknowledged.
func (p *pair) use(ctx context.Context, code coupon.Code) bool {
	_, err := p.redeemer.Use(ctx, redeem.UseCommand{
		Target: redeem.Target{Caller: p.shop.Stock.Creator, StockID: p.shop.Stock.ID, Code: code},
		AppID:  storetest.ShopAppID, RequestNo: "u",
	})
	return err == nil
}

// failOver kills the primary as a power switch would and has the standby take over, with
// a new standby behind it.
func (p *pair) failOver(t *testing.T, n int) {
	t.Helper()
	ctx := t.Context()
	if err := p.standby.Promote(ctx); err != nil {
		t.Fatal(err)
	}
	dead := p.primary
	p.primary = p.standby
	p.standby = p.newStandby(t, n)
	if err := errors.Join(p.store.Close(), dead.Stop()); err != nil {
		t.Fatal(err)
	}
	p.connect(t)
	p.serve()
}

// acknowledged are the codes that were answered, by request number, and those whose redemption
// was.
type acknowledged struct {
	mu    sync.Mutex
	codes map[string]coupon.Code
	used  map[coupon.Code]bool
	next  atomic.Int64
}

func nothingYet() *acknowledged {
	return &acknowledged{codes: map[string]coupon.Code{}, used: map[coupon.Code]bool{}}
}

// sell has claimants ask until enough is acknowledged; then the primary is killed while
// the others are in the middle of something.
func (p *pair) sell(t *testing.T, a *acknowledged, enough int) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var once sync.Once
	var wg sync.WaitGroup
	for range claimants {
		wg.Go(func() {
			for ctx.Err() == nil {
				n := int(a.next.Add(1))
				sent, err := p.service.Send(ctx, command(p.shop, n, fmt.Sprint("n", n)))
				if err != nil {
					continue // its outcome is open: nothing was promised
				}
				used := n%2 == 0 && p.use(ctx, sent.Code)
				a.mu.Lock()
				a.codes[sent.RequestNo], a.used[sent.Code] = sent.Code, used
				reached := len(a.codes) >= enough
				a.mu.Unlock()
				if reached {
					once.Do(func() {
						if err := p.primary.Kill(); err != nil {
							t.Error(err)
						}
						stop()
					})
				}
			}
		})
	}
	wg.Wait()
}

// lost counts the acknowledged coupons that are not there, and those that are not used although
// that was acknowledged.
func (p *pair) lost(t *testing.T, a *acknowledged) int {
	t.Helper()
	lost := 0
	for number, code := range a.codes {
		key := coupon.Key{Stock: p.shop.Stock.StockKey, Code: code}
		err := p.store.Read(t.Context(), func(tx store.ReadTx) error {
			c, err := tx.Coupon(t.Context(), key)
			if a.used[code] && c.State != coupon.StateUsed {
				err = errors.Join(err, store.ErrNotFound)
			}
			return err
		})
		switch {
		case errors.Is(err, store.ErrNotFound):
			lost++
		case err != nil:
			t.Fatalf("%s: %v", number, err)
		}
	}
	return lost
}

func TestAFailoverLosesNothingThatWasAcknowledged(t *testing.T) {
	t.Parallel()
	p := newPair(t, &pair{synchronous: true})
	a, times := nothingYet(), size.Counts{Usual: 20, Hour: 60, Night: 2_000}.Of(t)
	for n := range times {
		p.sell(t, a, (n+1)*perFailover)
		p.failOver(t, n+1)
		size.Tell(t, n+1, times, "failovers")
		if (n+1)%perLook != 0 && n+1 != times {
			continue
		}
		if lost := p.lost(t, a); lost > 0 {
			t.Fatalf("failover %d: %d of %d acknowledged coupons are lost", n+1, lost, len(a.codes))
		}
	}
	for number, code := range a.codes { // a few of them, in the map's random order
		var n int
		_, _ = fmt.Sscanf(number, "n%d", &n)
		if again, err := p.service.Send(t.Context(), command(p.shop, n, number)); err != nil || again.Code != code {
			t.Errorf("%s was acknowledged with %s, a repeat gives %s, %v", number, code, again.Code, err)
		}
		if n%10 == 0 {
			break
		}
	}
	expectSound(t, p.store)
	t.Logf("proof P3: %d failovers, %d acknowledged of %d asked: none lost", times, len(a.codes), a.next.Load())
}

// TestAnAsynchronousStandbyLoses is the control: the loss that the test above looks for
// can be seen.
func TestAnAsynchronousStandbyLoses(t *testing.T) {
	t.Parallel()
	p := newPair(t, &pair{})
	a := nothingYet()
	// What is on its way to the standby when the primary dies is lost; a sender that
	// stands still makes sure that something is.
	sender := ask[int](t, p.primary, "select pid from pg_stat_replication")
	if err := syscall.Kill(sender, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	p.sell(t, a, perFailover)
	_ = syscall.Kill(sender, syscall.SIGKILL) // it may have gone with the primary
	p.failOver(t, 1)
	lost := p.lost(t, a)
	if lost == 0 {
		t.Error("nothing was lost, so the test would not see a loss")
	}
	t.Logf("proof P3: the asynchronous control loses %d", lost)
}

// pauseReplication stops the process that receives for the standby.
func (p *pair) pauseReplication(t *testing.T) (resume func()) {
	t.Helper()
	pid := ask[int](t, p.standby, "select pid from pg_stat_wal_receiver")
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	return func() { _ = syscall.Kill(pid, syscall.SIGCONT) } // it may have ended
}

// ask asks a cluster, not the store, for one value.
func ask[T any](t *testing.T, c *pgtest.Cluster, query string) T {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), c.DSN(databaseName))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	var value T
	if err := conn.QueryRow(t.Context(), query).Scan(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

// TestACancelledCommitIsUnclearAndARepeatWaits: a commit that is cancelled while it waits
// for the standby is done on the primary and nowhere else. It must not be reported as a
// success, and a repeat that finds its row must not be answered before the standby has it.
func TestACancelledCommitIsUnclearAndARepeatWaits(t *testing.T) {
	t.Parallel()
	p := newPair(t, &pair{synchronous: true})
	if err := p.store.Write(t.Context(), func(tx store.Tx) error { // or the user's registration would be stuck
		return tx.InsertUsers(t.Context(), []user.User{claimOf(p.shop, 1, "", "").User})
	}); err != nil {
		t.Fatal(err)
	}
	resume := p.pauseReplication(t)
	t.Cleanup(resume)
	send := func() <-chan error {
		done := make(chan error, 1)
		go func() {
			_, err := p.service.Send(t.Context(), command(p.shop, 1, "n1"))
			done <- err
		}()
		p.awaitStuckCommit(t)
		return done
	}
	const cancelStuck = "select bool_or(pg_cancel_backend(pid)) from pg_stat_activity where wait_event = 'SyncRep'"
	first := send()
	if !ask[bool](t, p.primary, cancelStuck) {
		t.Fatal("nothing waits for the standby")
	}
	if err := <-first; fault.KindOf(err) != fault.Unclear {
		t.Fatalf("a cancelled commit gives %v", err)
	}
	if ask[int](t, p.primary, "select count(*)::int from coupon") != 1 {
		t.Fatal("the commit was not done on the primary, so there is nothing to repeat")
	}
	second := send() // it found the row, and waits for the standby itself
	select {
	case err := <-second:
		t.Fatalf("a repeat was answered before the standby had it: %v", err)
	default:
	}
	resume()
	if err := <-second; err != nil {
		t.Errorf("the repeat ends with %v", err)
	}
	if ask[int](t, p.primary, "select count(*)::int from coupon") != 1 {
		t.Error("the repeat made another coupon")
	}
	t.Log("proof P3: a cancelled commit is unclear, its repeat waits for the standby: 1 coupon")
}

// awaitStuckCommit waits until a commit waits for the standby.
func (p *pair) awaitStuckCommit(t *testing.T) {
	t.Helper()
	if err := p.primary.Await(t.Context(), databaseName, "select exists (select 1 from pg_stat_activity where wait_event = 'SyncRep')"); err != nil {
		t.Fatal(err)
	}
}
